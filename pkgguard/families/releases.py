"""How releases are written as package versions and read back, if a tilde sorts before the end.

deb and rpm share this: a version with a tilde sorts below the text before the
tilde (deb-version(7), rpm-version(7)), so ``1.3.0~rc.1`` is a prerelease of 1.3.0
and ``1.3.0~`` is below all of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.families.upstream import Reading, read_upstream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pkgguard.versions.release import Release, Scheme
    from pkgguard.versions.sets import Key

_AFTER_REVISION: Final = ("+1", ".1", "~1")
_AFTER_UPSTREAM: Final = ("-1", "+git1-1", "-0.1", "~bpo1-1")


class TildeReleases(NamedTuple):
    """The releases of a family with a tilde; see :class:`~pkgguard.families.interface.Releases`.

    ``key`` is the family's order of versions, ``backported`` the suffix that a backport
    adds to a version, if the family has one.
    """

    key: Callable[[str], Key]
    backported: str = ""

    def write(self, release: Release) -> str:
        """Return the upstream version of a release: ``1.3.0~rc.1`` for ``1.3.0-rc.1``."""
        if not release.prerelease:
            return release.text
        return f"{release.scheme.numbers_of(release)}~{release.prerelease.replace('-', '.')}"

    def writings(self, release: Release) -> frozenset[str]:
        """Return the upstream versions of a release that are equal in the family: rpm reads rc1 as rc.1."""
        form = self.write(release)
        if not release.prerelease:
            return frozenset((form,))
        numbers = release.scheme.numbers_of(release)
        joined = f"{numbers}~{release.prerelease.replace('.', '').replace('-', '')}"
        forms = {form, joined} if self.key(joined) == self.key(form) else {form}
        # 16.0 and 16 are one release, whichever of them is listed.
        others = {release.final, release.scheme.numbers_of(release.shortest)}
        return frozenset(other + one[len(numbers) :] for one in forms for other in (numbers, *others))

    def series(self, release: Release) -> str | None:
        """Return the shorter version that sorts below a first release: 1.3 below 1.3.0."""
        return release.scheme.shorter(release) or None

    def below(self, upstream: str) -> str:
        """Return the bound below a version and all its prereleases."""
        return f"{upstream}~"

    def above(self, upstream: str) -> str:
        """Return the bound above a prerelease and its rebuilds, below the next prerelease."""
        return f"{upstream}.0~"

    def candidate(self, upstream: str, number: int) -> str:
        """Return the version of a release candidate of a release."""
        return f"{upstream}~rc{number}-1"

    def backport(self, version: str) -> str | None:
        """Return the version of a backport; a version that ends with a tilde has none."""
        return f"{version}{self.backported}" if self.backported and not version.endswith("~") else None

    def builds(self, upstream: str, count: int) -> Iterator[str]:
        """Yield the versions of the first builds of an upstream version."""
        return (f"{upstream}-{number + 1}" for number in range(count))

    def near(self, bound: str, further: int) -> Iterator[str]:
        """Yield versions just around a bound, and ``further`` ones of the same kind."""
        base = bound.rstrip("~")
        revised = "-" in base
        yield base
        yield from (base + suffix for suffix in (_AFTER_REVISION if revised else _AFTER_UPSTREAM))
        yield from (f"{base}{'+' if revised else '-'}{number + 2}" for number in range(further))

    def read(self, upstream: str, revision: str, scheme: Scheme, rebuilds: tuple[str, ...] = ()) -> Reading:
        """Return the release that an upstream version and a revision stand for."""
        return read_upstream(upstream, revision, scheme, rebuilds)

    def is_written_as(self, upstream: str, form: str) -> bool:
        """Return whether an upstream version is exactly a release, with or without a packager's suffix."""
        return re.match(rf"{re.escape(form)}(?!\.?[0-9A-Za-z])", upstream) is not None
