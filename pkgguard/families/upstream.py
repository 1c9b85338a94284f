"""From a package's version to the release that it stands for.

Packagers decorate an upstream release in a few known ways; each is recognised
here by its shape, and whatever has none of these shapes stands for no release.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_CORE: Final = re.compile(r"(\d+\.\d+\.\d+)(.*)", re.DOTALL)
_PRERELEASE_WORD: Final = r"(?:alpha|beta|rc|pre|preview|dev|snapshot|cvs|svn|git|a(?=\d)|b(?=\d))"
# What follows a tilde and is not a prerelease: a backport, or a repackaged upstream archive.
_SAME_RELEASE: Final = r"(?i:~(?:bpo|deb\d|ubuntu|backport|el\d|fc\d|suse|sles|lp\d|ds|dfsg|repack))"
_MARKED_PRERELEASE: Final = rf"(?i:[._-]?{_PRERELEASE_WORD})"
_SNAPSHOT: Final = r"(?i:[._](?:git|svn|cvs|snapshot))"
_RPM_PRERELEASE: Final = rf"(?i:0\.(?:\d{{1,4}}[.~-])?(?:\d{{8}})?{_PRERELEASE_WORD})"


class Reading(NamedTuple):
    """What an upstream version says: its release, and whether it comes before it.

    ``release`` is empty where no release can be read, and ``why`` says so.
    ``suffix`` is what follows the release's three numbers.
    """

    release: str
    suffix: str
    prerelease: bool
    why: str = ""


def read_upstream(upstream: str, revision: str) -> Reading:
    """Read the upstream part and the revision (deb) or release (rpm) of a version.

    ``+git…``, ``+dfsg``, ``.git+…``, ``^…`` follow a release and count as it;
    ``~bpo12+1`` is a backport of it; any other ``~…``, a trailing ``rc1`` or
    ``_rc0``, and Fedora's old ``0.1.rc1`` revisions are its prereleases.
    ``+really`` turns the order round, and a fourth number is another release.
    """
    if "+really" in upstream:
        why = "'+really' makes it sort as another version than it is, so no bound on it can be right"
        return Reading("", "", prerelease=False, why=why)
    core = _CORE.fullmatch(upstream)
    if core is None:
        return Reading("", "", prerelease=False, why="does not begin with three numbers, as a release does")
    release, suffix = core.groups()
    if re.match(r"\.?\d", suffix):
        why = f"has a fourth number after {release}, and releases have three"
        return Reading("", suffix, prerelease=False, why=why)
    early = revision.startswith("0.") and re.match(_RPM_PRERELEASE, revision) is not None
    if not suffix:
        return Reading(release, suffix, prerelease=early)
    if suffix[0] == "~":
        return Reading(release, suffix, prerelease=early or not re.match(_SAME_RELEASE, suffix))
    if re.match(_SNAPSHOT, suffix):
        return Reading(release, suffix, prerelease=early)
    if re.match(_MARKED_PRERELEASE, suffix):
        return Reading(release, suffix, prerelease=True)
    if suffix[0] in "+^-._":
        return Reading(release, suffix, prerelease=early)
    return Reading(
        "", suffix, prerelease=False, why=f"{suffix!r} right after {release} is not a known decoration"
    )
