"""Reading the tables of packages: each describes one package, or one for each series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.families import registry
from pkgguard.manifest.mistakes import UNKNOWN_NAME
from pkgguard.manifest.packages import PackageReader
from pkgguard.manifest.series import depth_of, divided, holds_series, listed_series, parse_series

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pkgguard.manifest.model import Component
    from pkgguard.manifest.package_spec import PackageSpec
    from pkgguard.manifest.places import Place
    from pkgguard.manifest.typed_table import Mistakes, Table


class PackageTables:
    """The packages of a manifest, while their tables are read.

    ``packages`` are the packages by name, and ``tables`` has the name of each one's
    table. ``note_unknown`` notes a mistake if a name in a key of a table is not known.
    """

    def __init__(
        self,
        components: Mapping[str, Component],
        mistakes: Mistakes,
        note_unknown: Callable[[Table, str, str, str, Mapping[str, object]], None],
    ) -> None:
        self.packages: dict[str, PackageSpec] = {}
        self.tables: dict[str, str] = {}
        self._divided: dict[str, tuple[str, ...]] = {}
        self._components = components
        self._mistakes = mistakes
        self._note_unknown = note_unknown

    def add(self, name: str, table: Table) -> None:
        """Read a table of a package, which may describe one package per series."""
        package = self._package(name, table)
        names = [one.name for one in package.shipping.values() if holds_series(one.name)]
        given = self._series(table, names)
        table.finish()
        if not names:
            packages = [package._replace(series=given[0])] if given else [package]
        else:
            carried = [self._components[one] for one in package.carries if one in self._components]
            found = given or listed_series(carried, depth_of(names[0]))
            if not found and not self._mistakes:
                table.note("carries", "has no release, so there is no package of any series")
            if package.files:
                help = "name the files in a package of one series, or leave them out"
                table.note("files", "cannot belong to packages of several series", help)
                package = package._replace(files=())
            packages = divided(package, found)
        for one in packages:
            if one.name in self.packages:
                reason = f"makes a package {one.name}, and there is [package.{one.name}] too"
                table.note("", reason, "call one of the two otherwise")
            self.packages[one.name] = one
            self.tables[one.name] = name
        self._divided[name] = tuple(one.name for one in packages)

    def check_peers(self, hint: Callable[[str, str, Mapping[str, object]], str]) -> None:
        """Check the peers of packages; the peers of one series apply to all of the table.

        ``hint`` returns the nearest of some known names of a kind.
        """
        for name, package in self.packages.items():
            if package.peers is None:
                continue
            place: Place = ("package", self.tables[name])
            for peer in package.peers:
                if peer == self.tables[name]:
                    self._mistakes.note(place, "peers", "a package cannot be its own peer")
                elif peer not in self.packages and peer not in self._divided:
                    reason = f"no package is called {peer!r}"
                    nearest = hint("package", peer, self.packages)
                    self._mistakes.note(place, "peers", reason, nearest, UNKNOWN_NAME)
            every = (one for peer in package.peers for one in self._divided.get(peer, (peer,)))
            self.packages[name] = package._replace(peers=tuple(dict.fromkeys(every)))

    def _package(self, name: str, table: Table) -> PackageSpec:
        package = PackageReader(name, table, self._components).package()
        for component in package.carries:
            self._note_unknown(table, "carries", "component", component, self._components)
        return package

    def _series(self, table: Table, names: list[str]) -> list[tuple[int, ...]]:
        """Read the series of a package; without a series in its name, there may be only one."""
        depths = {depth_of(name) for name in names}
        if len(depths) > 1:
            table.note("", "holds one number of the series in one family and two in another", "write both")
        found = []
        for text in table.strings("series"):
            numbers = parse_series(text)
            if not numbers or (depths and len(numbers) not in depths):
                form = "10.7" if 2 in depths or not depths else "15"
                table.note("series", f"{text!r} is not a series", f"write it as in {form}")
            else:
                found.append(numbers)
        if not names and len(found) > 1:
            form = f'{registry.names()[0]} = "postgresql-{{major}}"'
            help = f"write {{major}} or {{major}}.{{minor}} in its name, as in {form}"
            table.note("series", "names several series, and the package's name holds none", help)
        return sorted(found, reverse=True)
