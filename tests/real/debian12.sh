#!/bin/sh
# Makes the archive of a Debian 12 system that tests/project/test_debian_packages.py works in: a minimal system with
# apt, its package lists, and every package that the tests install, downloaded and not installed. The tests
# themselves need no network then. Usage: debian12.sh FILE.tar
set -eu

archive=$1
here=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$(dirname "$archive")"
if [ -e "$archive" ] && [ -z "$(find "$here/debian/control" "$0" -newer "$archive")" ]; then
	echo "$archive is there already"
	exit 0
fi

# The machine's own Debian 12 sources where it has them, so that a mirror is respected; Debian's otherwise.
sources=$(apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
	'Created-By: Packages' 'Origin: Debian' | grep -E ' bookworm(-updates|-security)? ' | sort -u || true)

download='APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get --yes --quiet --download-only --no-install-recommends'
printf '%s\n' "$sources" | mmdebstrap \
	--mode=root --variant=apt --format=tar --skip=cleanup/apt,cleanup/reproducible \
	--aptopt='APT::Install-Recommends "false"' --dpkgopt=force-unsafe-io \
	--customize-hook="cd '$here' && $download build-dep ./" \
	--customize-hook="$download install build-essential debhelper lintian fakeroot" \
	bookworm "$archive.new" ${sources:+-}
mv "$archive.new" "$archive"
