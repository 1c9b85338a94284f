"""The fix of a package as it is written in a spec with the macros of pkgguard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pkgguard.check.package_fix import PackageFix

_FAMILY: Final = "rpm"


def fix_in_spec(fix: PackageFix) -> PackageFix:
    """Return the fix of a package with the macro %pkgguard_relations in place of the relations."""
    if fix.package.family != _FAMILY or not fix.added:
        return fix
    return fix._replace(lines=(f"%{{pkgguard_relations {fix.package.name}}}",))
