# The debhelper addon "pkgguard": writes relations before dh_gencontrol, and checks the packages after the build.
# dh_pkgguard_precheck does the first before the package is configured too, so that a mistake stops the build at once.
use strict;
use warnings;
use Debian::Debhelper::Dh_Lib;

insert_before('dh_update_autotools_config', 'dh_pkgguard_precheck');
insert_before('dh_gencontrol', 'dh_pkgguard');
insert_after('dh_builddeb', 'dh_pkgguard_check');

1;
