"""Semantic versions: semver 2.0.0 without build metadata, which has no order (semver.org, item 10)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pkgguard.errors import VersionError
from pkgguard.versions.release import FINAL, LONGEST, Release, ReleaseCore, Scheme

if TYPE_CHECKING:
    from pkgguard.versions.sets import Key

_PLAIN: Final = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")
_CORE: Final = re.compile(r"(\d+\.\d+\.\d+)(.*)", re.DOTALL)


class Semver(Scheme):
    """``MAJOR.MINOR.PATCH`` and prereleases such as ``1.3.0-rc.1``."""

    name = "semver"
    described = "a semantic version"

    @property
    def usual_branch(self) -> int:
        """A branch is a minor series."""
        return 2

    @property
    def last_position(self) -> int:
        """The patch."""
        return 3

    def parse(self, text: str) -> Release:
        """Read a semantic version."""
        # semver before 3.1 takes the digits of every script, and a line's end.
        if not isinstance(text, str) or len(text) > LONGEST or not text.isascii() or text.endswith("\n"):
            raise VersionError(str(text)[:LONGEST], "semver", "write MAJOR.MINOR.PATCH, such as 1.2.0")
        key, prerelease = _parse(text)
        return Release(key, text, self, prerelease)

    def text_of(self, key: Key) -> str:
        """Write the three numbers, and the identifiers of a prerelease."""
        major, minor, patch, _, rest = key
        text = f"{major}.{minor}.{patch}"
        if rest != FINAL:
            text += "-" + ".".join(str(number) if not kind else word for kind, number, word in rest[1])
        return text

    def core(self, upstream: str) -> ReleaseCore:
        """Find three numbers; a fourth one would be another release."""
        match = _CORE.fullmatch(upstream)
        if match is None:
            return ReleaseCore((), "", "does not begin with three numbers, as a release does")
        release, suffix = match.groups()
        if re.match(r"\.?\d", suffix):
            return ReleaseCore((), suffix, f"has a fourth number after {release}, and releases have three")
        return ReleaseCore((release,), suffix)

    def shorter(self, release: Release) -> str:
        """1.3 sorts below 1.3.0, the first release of its series."""
        major, minor, patch, *_ = release.key
        if patch or release.prerelease:
            return ""
        return f"{major}.{minor}" if minor else f"{major}"


@lru_cache(maxsize=100_000)
def _parse(text: str) -> tuple[Key, str]:
    if plain := _PLAIN.fullmatch(text):
        major, minor, patch = map(int, plain.groups())
        return (major, minor, patch, 0, FINAL), ""
    return _parse_prerelease(text)


def _parse_prerelease(text: str) -> tuple[Key, str]:
    import semver  # noqa: PLC0415 - most releases are plain, and it takes a while to load

    try:
        parsed = semver.VersionInfo.parse(text)
    except (ValueError, TypeError) as error:
        raise VersionError(
            str(text), "semver", "write MAJOR.MINOR.PATCH, such as 1.2.0 or 1.2.0-rc1"
        ) from error
    if parsed.build:
        raise VersionError(text, "semver", "build metadata (+…) has no order; leave it out")
    prerelease = parsed.prerelease or ""
    return (parsed.major, parsed.minor, parsed.patch, 0, _prerelease_key(prerelease)), prerelease


def _prerelease_key(prerelease: str) -> Key:
    # A final release sorts above its prereleases; identifiers compare as semver item 11 says.
    if not prerelease:
        return FINAL
    parts = prerelease.split(".")
    return (0, tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts))


SCHEME: Final = Semver
