"""Judging many pairs of packages of one family."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pkgguard.families.absent import Terms, common, disputed, needs, outside, ruled_out, spoken_of
from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    from collections.abc import Hashable

    from pkgguard.families.interface import Family, Package


class _Spoken(NamedTuple):
    """The names that a package needs, those that it refuses, and those in both.

    ``versions`` numbers the versions that it needs of each name on which two packages
    may disagree. ``number`` identifies all of this. ``sound`` is whether nothing is
    both needed and refused.
    """

    needed: frozenset[str]
    refused: frozenset[str]
    both: frozenset[str]
    versions: int
    number: int
    sound: bool


class Meetings:
    """Whether two packages can be installed together, computed once for all similar packages.

    The packages must be of one family, have different names, and be acceptable to one
    machine. They are compared by identity, so they must exist as long as this object is
    used.
    """

    def __init__(self, family: Family) -> None:
        self._family = family
        traits = family.traits
        self._terms = Terms(traits.positive_fields, traits.negative_fields, family.range_of, bare=True)
        self._numbers: dict[Hashable, int] = {}
        self._profiles: dict[int, tuple[int | None, Boundary]] = {}
        self._accepted: dict[tuple[int, int | None], VersionSet | None] = {}
        self._spoken: dict[int, _Spoken] = {}
        self._statements: dict[tuple[frozenset[str], frozenset[str], int], int] = {}
        self._independent: dict[tuple[int, int, str, str], bool] = {}
        self._sound: dict[int, bool] = {}
        self._one_version = not traits.several_versions
        self._versions: dict[tuple[tuple[str, VersionSet], ...], int] = {}
        self._needs: list[dict[str, VersionSet]] = []
        self._apart: dict[tuple[int, int], frozenset[str]] = {}

    def independent(self, one: Package, other: Package) -> bool:
        """Return whether the two certainly do not contradict each other or themselves about a third one."""
        mine, theirs = self._speaks(one), self._speaks(other)
        key = (mine.number, theirs.number, one.name, other.name)
        answer = self._independent.get(key)
        if answer is None:
            answer = self._independent[key] = self._is_independent(mine, theirs, {one.name, other.name})
        return answer and all(
            spoken.sound or not spoken.both - {one.name, other.name} or self._is_sound(package)
            for spoken, package in ((mine, one), (theirs, other))
        )

    def _is_independent(self, mine: _Spoken, theirs: _Spoken, names: set[str]) -> bool:
        if (mine.needed & theirs.refused) - names or (theirs.needed & mine.refused) - names:
            return False
        return not self._disagreeing(mine.versions, theirs.versions) - names

    def installable(self, one: Package, other: Package) -> bool | None:
        """Return whether two packages can be installed together; None if the pair must be judged."""
        mine, own_place = self._profile(one)
        theirs, other_place = self._profile(other)
        if mine is None or theirs is None or not self.independent(one, other):
            return None
        first = self._accepts(one, other, theirs)
        second = self._accepts(other, one, mine)
        if first is None or second is None:
            return None
        return other_place in first and own_place in second

    def known(self, one: Package, other: Package) -> bool | None:
        """Return the answer of :meth:`installable` if it was computed before, or None."""
        mine, theirs = self._profiles.get(id(one)), self._profiles.get(id(other))
        if mine is None or theirs is None or not self.independent(one, other):
            return None
        first = self._accepted.get((id(one), theirs[0]))
        second = self._accepted.get((id(other), mine[0]))
        if first is None or second is None:
            return None
        return theirs[1] in first and mine[1] in second

    def _profile(self, package: Package) -> tuple[int | None, Boundary]:
        """Return the number of a package's profile, if it has one, and the position of its version."""
        found = self._profiles.get(id(package))
        if found is None:
            place = Boundary.before(self._family.key(package.version))
            profile = self._family.profile(package)
            number = None if profile is None else self._numbers.setdefault(profile, len(self._numbers))
            found = self._profiles[id(package)] = (number, place)
        return found

    def _accepts(self, package: Package, other: Package, profile: int) -> VersionSet | None:
        key = (id(package), profile)
        if key not in self._accepted:
            self._accepted[key] = self._family.accepts(package, other)
        return self._accepted[key]

    def _speaks(self, package: Package) -> _Spoken:
        found = self._spoken.get(id(package))
        if found is None:
            traits = self._family.traits
            needed = spoken_of((package,), traits.positive_fields)
            refused = spoken_of((package,), traits.negative_fields)
            versions = self._number_of_needs(package)
            statement = (needed, refused, versions)
            number = self._statements.setdefault(statement, len(self._statements))
            both = needed & refused
            found = _Spoken(needed, refused, both, versions, number, sound=not both)
            self._spoken[id(package)] = found
        return found

    def _number_of_needs(self, package: Package) -> int:
        """Return a number that identifies the versions that a package needs of each name."""
        found: dict[str, VersionSet] = {}
        if self._one_version:
            for name, some in needs(package, self._terms).items():
                found[name] = common(versions for versions, _ in some)
        number = self._versions.setdefault(
            tuple(sorted(found.items(), key=lambda one: one[0])), len(self._needs)
        )
        if number == len(self._needs):
            self._needs.append(found)
        return number

    def _disagreeing(self, one: int, other: int) -> frozenset[str]:
        """Return the names without a version that meets the needs of both packages."""
        key = (one, other)
        if key not in self._apart:
            mine, theirs = self._needs[one], self._needs[other]
            every = VersionSet.full()
            self._apart[key] = frozenset(
                name
                for name in mine.keys() | theirs.keys()
                if mine.get(name, every).is_disjoint(theirs.get(name, every))
            )
        return self._apart[key]

    def _is_sound(self, package: Package) -> bool:
        """Return whether a package certainly refuses nothing that its own requirements name."""
        if id(package) not in self._sound:
            alone = (package,)
            names = outside(alone, self._family.traits.providing_field)
            self._sound[id(package)] = not ruled_out(alone, names, self._terms) and not (
                self._one_version and any(disputed(alone, names, self._terms))
            )
        return self._sound[id(package)]
