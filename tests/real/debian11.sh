#!/bin/sh
# Makes the archive of what Debian 11's rpm 4.16 needs to run, for tests/integrations/test_rpm_*.py: packages that are
# unpacked and not configured. The tests themselves need no network then. Usage: debian11.sh FILE.tar
set -eu

archive=$1
mkdir -p "$(dirname "$archive")"
if [ -e "$archive" ] && [ -z "$(find "$0" -newer "$archive")" ]; then
	echo "$archive is there already"
	exit 0
fi

# The machine's own Debian mirror where it is a Debian; Debian's own archive keeps what mirrors have dropped.
mirror=$(sed -n 's/^URIs: *//p; s/^deb \([^[]\|\[[^]]*\] *\)*\(https\?:[^ ]*\).*/\2/p' \
	/etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -n 1)

make() {
	mmdebstrap --mode=root --variant=extract --include=rpm bullseye "$archive.new.tar" ${1:+"$1"}
}
make "$mirror" || make http://archive.debian.org/debian
mv "$archive.new.tar" "$archive"
