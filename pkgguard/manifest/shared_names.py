"""Names and paths that belong to one part of a manifest only.

``tables`` maps the name of each package to that of the table that describes it, which
may describe several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.manifest.limits import PATTERNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkgguard.manifest.model import Protocol
    from pkgguard.manifest.package_spec import PackageSpec
    from pkgguard.manifest.places import Place
    from pkgguard.manifest.typed_table import Mistakes


def check_shipped_names(
    packages: Mapping[str, PackageSpec], tables: Mapping[str, str], mistakes: Mistakes
) -> None:
    """Note each two packages that have one name in a family."""
    seen: dict[tuple[str, str], str] = {}
    for package in packages.values():
        for family, shipping in package.shipping.items():
            other = seen.setdefault((family, shipping.name), package.name)
            if other != package.name:
                place: Place = ("package", tables[package.name])
                mistakes.note(place, family, f"[package.{other}] is called {shipping.name!r} in {family} too")


def check_files(packages: Mapping[str, PackageSpec], tables: Mapping[str, str], mistakes: Mistakes) -> None:
    """Note each two packages that have one path; raise an error if there are too many paths."""
    seen: dict[str, str] = {}
    for package in packages.values():
        for pattern in package.files:
            if len(seen) >= PATTERNS:
                reason = f"has more than {PATTERNS} patterns with those of the packages before"
                help = "name a few files by which a package is known"
                mistakes.refuse(("package", tables[package.name]), "files", reason, help)
            other = seen.setdefault(pattern, package.name)
            if other != package.name:
                place: Place = ("package", tables[package.name])
                reason = f"[package.{other}] names {pattern!r} too"
                mistakes.note(place, "files", reason, "name each file in one package")


def check_virtual_names(
    packages: Mapping[str, PackageSpec], protocols: Mapping[str, Protocol], mistakes: Mistakes
) -> None:
    """Note each name that protocols provide and that is a package already."""
    shipped = {one.name for package in packages.values() for one in package.shipping.values()}
    for protocol in protocols.values():
        chosen = (("provides", name) for _, name in protocol.names)
        for key, name in (("provides", protocol.provides), ("slot", protocol.slot), *chosen):
            if name in shipped:
                reason = f"{name!r} is the name of a package"
                help = "give a name of its own, which packages provide"
                mistakes.note(("protocol", protocol.name), key, reason, help)
