"""Reading the release that a package's version stands for.

Packagers decorate an upstream release in a few known ways, which are recognised here by
their form. A version of any other form stands for no release.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.families.rebuilds import rebuild_at
from pkgguard.versions.lookup import default_scheme

if TYPE_CHECKING:
    from pkgguard.versions.release import Scheme

_REALLY: Final = re.compile(r"\+really|[.~]really(?=v?[0-9])")

_SNAPSHOT: Final = r"(?i:[._](?:git|svn|cvs|snapshot))"
# Suffixes that may follow a release's numbers directly: a portable release, an extended support release.
_PLAIN_SUFFIX: Final = r"(?i:[._-]?(?:p[0-9]+|esr)(?![A-Za-z]))"
_LATER_PRERELEASE: Final = r"(?i:[~._-](?:alpha|beta|rc|pre)(?:[._]?[0-9]+)?(?=[~._+-]|\Z))"
_REVISION_PRERELEASE: Final = r"(?i:(?:\A|[.~_])(?:alpha|beta|rc|pre)(?:[._]?[0-9]+)?(?=[.~_+]|\Z))"


def divided_at_really(upstream: str) -> tuple[str, str, str]:
    """Return the release that a version sorts as, the mark ``+really``, and the release that it is."""
    *_, last = (None, *_REALLY.finditer(upstream))
    return (upstream[: last.start()], last[0], upstream[last.end() :]) if last else ("", "", upstream)


class Reading(NamedTuple):
    """The release of an upstream version, and whether the version precedes it.

    ``release`` is empty if no release can be read, and ``why`` is the reason.
    ``suffix`` follows the release's numbers. ``exact`` is an alternative to
    ``release``: the release with the word after its numbers (9.2p1). ``displaced`` is
    whether the version sorts as another release.
    """

    release: str
    suffix: str
    prerelease: bool
    why: str = ""
    exact: str = ""
    displaced: bool = False


def read_upstream(
    upstream: str, revision: str, scheme: Scheme | None = None, rebuilds: tuple[str, ...] = ()
) -> Reading:
    """Read the upstream part and the revision (deb) or release (rpm) of a version.

    A release may be followed by ``+git…``, ``+dfsg``, ``.git+…`` or ``^…``.
    ``~bpo12+1`` is a backport of it, and ``~3-0``, ``~ce`` and ``~jammy`` are rebuilds.
    Any other ``~…``, a trailing ``rc1`` or ``_rc0``, also in the revision, mark a
    prerelease. The release is after ``+really``, if that occurs.

    ``rebuilds`` are more suffixes of rebuilds.
    """
    scheme = scheme or default_scheme()
    before, really, text = divided_at_really(upstream)
    core = scheme.core(re.sub(r"\A[vV.+](?=[0-9])", "", text))
    if not core.texts:
        why = f"has {really!r} before {text}, which {core.why}" if really else core.why
        return Reading("", core.suffix, prerelease=False, why=why)
    *exact, release = core.texts
    kind = _judged(core.suffix, revision, scheme, rebuilds)
    if kind is None and not exact:
        why = f"{core.suffix!r} right after {release} is not a known decoration"
        return Reading("", core.suffix, prerelease=False, why=why)
    word = exact[0] if exact else ""
    if kind is None:
        release, word = word, ""
        kind = _judged(core.suffix[len(release) - len(core.texts[-1]) :], revision, scheme, rebuilds) or False
    early = kind or _is_early(revision, scheme)
    return Reading(release, core.suffix, early, exact=word, displaced=bool(before))


def _judged(suffix: str, revision: str, scheme: Scheme, rebuilds: tuple[str, ...]) -> bool | None:
    """Return whether the text after a release marks a prerelease, or None if it is not known."""
    if not suffix:
        return False
    words = rf"(?:{scheme.prerelease_words}|[ab](?=[0-9]))"
    rest = f"{suffix}-{revision}" if revision else suffix
    if rebuild := rebuild_at(rest, rebuilds):
        return re.search(_LATER_PRERELEASE, suffix[len(rebuild) :]) is not None
    if suffix[0] == "~":
        return True
    if re.match(_SNAPSHOT, suffix):
        return False
    if re.match(rf"(?i:[._-]?{words})", suffix):
        return True
    known = re.match(_PLAIN_SUFFIX, suffix)
    if known is None and scheme.suffix_words:
        known = re.match(rf"[._-]?(?:{scheme.suffix_words})[0-9]*(?![A-Za-z])", suffix)
    if known is not None:
        return _judged(suffix[known.end() :], revision, scheme, rebuilds)
    return False if suffix[0] in "+^-._" else None


def _is_early(revision: str, scheme: Scheme) -> bool:
    """Return whether a revision marks a prerelease: as Fedora's 0.1.rc1, or as a separate word."""
    early = rf"(?i:0\.(?:\d{{1,4}}[.~-])?(?:\d{{8}})?(?:{scheme.prerelease_words}|[ab](?=[0-9])))"
    return re.match(early, revision) is not None or re.search(_REVISION_PRERELEASE, revision) is not None
