"""How releases are written as package versions and read back, where a tilde sorts before the end.

deb and rpm share this: a version with a tilde sorts below what stands before the
tilde (deb-version(7), rpm-version(7)), so ``1.3.0~rc.1`` is a prerelease of 1.3.0
and ``1.3.0~`` is below all of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.families.upstream import Reading, read_upstream

if TYPE_CHECKING:
    from collections.abc import Callable

    from pkgguard.versions.release import Release
    from pkgguard.versions.sets import Key

_AFTER_REVISION: Final = ("+1", ".1", "~1")
_AFTER_UPSTREAM: Final = ("-1", "+git1-1", "-0.1", "~bpo1-1")


class TildeReleases(NamedTuple):
    """The releases of a family with a tilde; see :class:`~pkgguard.families.interface.Releases`.

    ``key`` is the family's order of versions.
    """

    key: Callable[[str], Key]

    def write(self, release: Release) -> str:
        """Return a release as packages write it: ``1.3.0-rc.1`` is ``1.3.0~rc.1``."""
        if not release.prerelease:
            return release.text
        return f"{release.final}~{release.prerelease.replace('-', '.')}"

    def writings(self, release: Release) -> frozenset[str]:
        """Return the ways to write a release that the family cannot tell apart: rpm reads rc1 as rc.1."""
        form = self.write(release)
        if not release.prerelease:
            return frozenset((form,))
        joined = f"{release.final}~{release.prerelease.replace('.', '').replace('-', '')}"
        return frozenset((form, joined) if self.key(joined) == self.key(form) else (form,))

    def below(self, upstream: str) -> str:
        """Return the bound below a version and everything that leads to it."""
        return f"{upstream}~"

    def above(self, upstream: str) -> str:
        """Return the bound above a prerelease and its rebuilds, below the next prerelease."""
        return f"{upstream}.0~"

    def candidate(self, upstream: str, number: int) -> str:
        """Return the version of a release candidate of a release."""
        return f"{upstream}~rc{number}-1"

    def repackaged(self, version: str, *, revised: bool) -> tuple[str, ...]:
        """Return versions near a version, with or without a revision, that may stand for its release."""
        base = version.rstrip("~")
        return (base, *(base + suffix for suffix in (_AFTER_REVISION if revised else _AFTER_UPSTREAM)))

    def read(self, upstream: str, revision: str) -> Reading:
        """Return the release that an upstream version and a revision stand for."""
        return read_upstream(upstream, revision)

    def is_written_as(self, upstream: str, form: str) -> bool:
        """Return whether an upstream version is a release as written, with or without a packager's suffix."""
        return re.match(rf"{re.escape(form)}(?!\.?[0-9A-Za-z])", upstream) is not None
