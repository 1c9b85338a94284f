"""Why releases are kept apart: the statement of the manifest as data, and the words for it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.manifest.model import Kind, Need
from pkgguard.versions.release import release_at

if TYPE_CHECKING:
    from pkgguard.manifest.history import Incompatibility
    from pkgguard.manifest.model import Broken, Change
    from pkgguard.versions.release import Release
    from pkgguard.versions.sets import VersionSet


class Cause(StrEnum):
    """What kind of statement keeps two releases apart."""

    CHANGE = "change"
    BROKEN = "broken"
    LOCKSTEP = "lockstep"
    WINDOW = "window"
    HORIZON = "horizon"
    UNLISTED = "unlisted"


UNKNOWN: Final = frozenset({Cause.HORIZON, Cause.UNLISTED})
"""The causes that speak of releases of which nothing is known."""

_NAMED: Final = 3
"""How many of the things that a change is about a sentence names."""


class Reason(NamedTuple):
    """Why some releases are kept apart: the statement of the manifest.

    It is about ``releases`` of a ``component``, and about ``peer``, the component
    that they are kept apart from, or an empty string where the statement is about
    all. ``change`` or ``broken`` is the entry behind it, where there is one.

    For a change: ``what`` are the things that the client needs and the server
    lacks, in their ``form`` (``old``, ``new``, or nothing where there is but one);
    ``gone`` says that the change took them away, and ``again`` is the server release
    that brought them back. ``bound`` is the first release past the horizon, or the
    oldest listed one; ``window`` the minors that upstream promises.
    """

    cause: Cause
    protocol: str
    component: str
    releases: VersionSet
    peer: str = ""
    what: tuple[str, ...] = ()
    form: str = ""
    change: Change | None = None
    broken: Broken | None = None
    need: Need = Need.REQUIRED
    gone: bool = False
    again: Release | None = None
    bound: Release | None = None
    window: int = 0

    @classmethod
    def of(cls, incompatibility: Incompatibility, client: str, releases: VersionSet, server: str) -> Reason:
        """Return why an incompatibility keeps apart some client releases and those of a server."""
        change = incompatibility.change
        return cls(
            Cause.CHANGE,
            incompatibility.protocol,
            client,
            releases,
            server,
            incompatibility.what,
            incompatibility.form,
            change,
            need=change.need,
            gone=incompatibility.gone,
            again=incompatibility.again,
        )

    @property
    def because(self) -> str:
        """The manifest's own words for it; may be empty."""
        entry = self.change or self.broken
        return entry.because if entry is not None else ""

    @property
    def symptom(self) -> str:
        """What a user of the broken pair sees; may be empty."""
        return self.change.symptom if self.change is not None else ""

    @property
    def hits(self) -> str:
        """Who is hit; may be empty."""
        return self.change.hits if self.change is not None else ""

    @property
    def see(self) -> tuple[str, ...]:
        """The sources."""
        entry = self.change or self.broken
        return entry.see if entry is not None else ()

    @property
    def sentence(self) -> str:
        """The statement in one sentence."""
        return _SENTENCES[self.cause](self)


class Exclusion(NamedTuple):
    """The releases of the other side that are excluded for one reason."""

    reason: Reason
    excluded: VersionSet


def span_text(releases: VersionSet) -> str:
    """Return a set of releases in words: ``1.2.0``, or ``from 1.1.0 until 2.0.0``."""
    parts = []
    for low, high in releases.intervals():
        if low.key == high.key:
            parts.append(str(release_at(low)))
        elif low.rank:
            parts.append(f"before {release_at(high)}")
        elif high.rank:
            parts.append(f"from {release_at(low)} on")
        else:
            parts.append(f"from {release_at(low)} until {release_at(high)}")
    return " and ".join(parts)


def _who(reason: Reason) -> str:
    return f"{reason.component} {span_text(reason.releases)}"


def _change(reason: Reason) -> str:
    change = reason.change
    if change is None:
        raise ValueError("a reason of this cause has a change")
    things = ", ".join(reason.what[:_NAMED])
    if len(reason.what) > _NAMED:
        things += f" and {len(reason.what) - _NAMED} more"
    verb = "needs" if reason.need is Need.REQUIRED else "uses, if it is there,"
    form = f"the {reason.form} form of " if reason.form else ""
    if not reason.gone:
        when = f"offers from {' and '.join(map(str, reversed(change.server)))} on"
    elif change.kind is Kind.CHANGED:
        when = f"offers only before {change.old_until or change.server[-1]}"
    else:
        when = f"no longer offers from {change.server[-1]} on"
    if reason.again is not None:
        when += f" (again from {reason.again} on)"
    return f"{_who(reason)} {verb} {form}{things}, which {reason.peer} {when}"


def _broken(reason: Reason) -> str:
    return f"{_who(reason)} must never be paired: {reason.because or 'declared broken'}"


def _lockstep(reason: Reason) -> str:
    return f"{_who(reason)} and {reason.peer} are one atomic set: only the same release meets"


def _window(reason: Reason) -> str:
    works = f"upstream promises {_who(reason)} to work with {reason.peer}"
    if not reason.window:
        return f"{works} of the same minor only"
    minors = "one minor" if reason.window == 1 else f"{reason.window} minors"
    return f"{works} within {minors} only"


def _horizon(reason: Reason) -> str:
    return (
        f"{_who(reason)} is the newest that the manifest knows,"
        f" and the horizon trusts unknown ones before {reason.bound} only"
    )


def _unlisted(reason: Reason) -> str:
    return f"releases of {reason.component} before {reason.bound} are not in the manifest"


_SENTENCES: Final = {
    Cause.CHANGE: _change,
    Cause.BROKEN: _broken,
    Cause.LOCKSTEP: _lockstep,
    Cause.WINDOW: _window,
    Cause.HORIZON: _horizon,
    Cause.UNLISTED: _unlisted,
}
