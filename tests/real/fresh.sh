#!/bin/sh
# Makes the archive of a fresh Debian system, as a container or mmdebstrap gives it: apt, and no package lists.
# What README's first command fetches stands in it as a local archive of packages and a folder of wheels, so that
# tests/project/test_readme_commands.py types that command there without a network; /srv/names lists every package that the
# release has.
# Usage: fresh.sh FILE.tar SUITE PYTHON-VERSION
set -eu

archive=$1 suite=$2 python=$3
mkdir -p "$(dirname "$archive")"
here=$(cd "$(dirname "$0")/../.." && pwd)
if [ -e "$archive" ] && [ -z "$(find "$here/setup.cfg" "$0" -newer "$archive")" ]; then
	echo "$archive is there already"
	exit 0
fi

# The machine's own Debian mirror where it is a Debian, so that it is respected; Debian's otherwise.
mirror=$(sed -n 's/^URIs: *//p; s/^deb \([^[]\|\[[^]]*\] *\)*\(https\?:[^ ]*\).*/\2/p' \
	/etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -n 1)

wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
requirements=$(sed -n '/^install_requires =/,/^$/{s/^    //p}' "$here/setup.cfg" | tr -d ' ')
# shellcheck disable=SC2086
python3 -m pip download --quiet --disable-pip-version-check --dest "$wheels" --only-binary=:all: \
	--python-version "$python" setuptools wheel $requirements

download='APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get --yes --quiet --download-only install'
mmdebstrap --mode=root --variant=apt --dpkgopt=force-unsafe-io \
	--customize-hook="$download python3-venv" \
	--customize-hook='mkdir -p "$1/srv/packages" && mv "$1"/var/cache/apt/archives/*.deb "$1/srv/packages"' \
	--customize-hook='cd "$1/srv/packages" && apt-ftparchive packages . > Packages' \
	--customize-hook='APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-cache dumpavail |
		sed -n "s/^Package: //p" | LC_ALL=C sort -u > "$1/srv/names"' \
	--customize-hook='rm -f "$1"/etc/apt/sources.list.d/*' \
	--customize-hook='echo "deb [trusted=yes] file:/srv/packages ./" > "$1/etc/apt/sources.list"' \
	--customize-hook="cp -r '$wheels' \"\$1/srv/wheels\"" \
	--customize-hook='chmod -R a+rX "$1/srv"' \
	"$suite" "$archive.new.tar" ${mirror:+"$mirror"}
mv "$archive.new.tar" "$archive"
