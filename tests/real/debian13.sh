#!/bin/sh
# Makes the archive of a Debian 13 system with debputy, which Debian 12 has not, and with rpm 4.20, for
# tests/integrations/test_debputy_build.py and tests/integrations/test_rpm_*.py.
# The tests themselves need no network then. Usage: debian13.sh FILE.tar
set -eu

archive=$1
mkdir -p "$(dirname "$archive")"
if [ -e "$archive" ] && [ -z "$(find "$0" -newer "$archive")" ]; then
	echo "$archive is there already"
	exit 0
fi

# The machine's own Debian mirror where it is a Debian, so that it is respected; Debian's otherwise.
mirror=$(sed -n 's/^URIs: *//p; s/^deb \([^[]\|\[[^]]*\] *\)*\(https\?:[^ ]*\).*/\2/p' \
	/etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -n 1)

mmdebstrap --mode=root --variant=apt --aptopt='APT::Install-Recommends "false"' --dpkgopt=force-unsafe-io \
	--include=dh-debputy,debhelper,python3-pytest,rpm \
	--include=python3-click,python3-debian,python3-jinja2,python3-rpm,python3-semver,python3-toml,python3-zstandard \
	trixie "$archive.new.tar" ${mirror:+"$mirror"}
mv "$archive.new.tar" "$archive"
