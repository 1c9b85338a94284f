# The debhelper addon "pkgguard": relations before the control files are made, a check after the build.
use strict;
use warnings;
use Debian::Debhelper::Dh_Lib;

insert_before('dh_gencontrol', 'dh_pkgguard');
insert_after('dh_builddeb', 'dh_pkgguard_check');

1;
