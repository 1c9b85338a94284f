# The debhelper addon "pkgguard": writes relations before dh_gencontrol, and checks the packages after the build.
use strict;
use warnings;
use Debian::Debhelper::Dh_Lib;

insert_before('dh_gencontrol', 'dh_pkgguard');
insert_after('dh_builddeb', 'dh_pkgguard_check');

1;
