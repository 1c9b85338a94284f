"""Why releases are incompatible: what the manifest says, as data and as a sentence."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.diagnostics import NOWHERE, Position
from pkgguard.manifest.model import Kind, Need, Window
from pkgguard.versions.lookup import release_at
from pkgguard.versions.release_sets import exactly

if TYPE_CHECKING:
    from pkgguard.manifest.history import Incompatibility
    from pkgguard.manifest.model import Broken, Change, Component
    from pkgguard.versions.release import Release, Scheme
    from pkgguard.versions.sets import VersionSet


class Cause(StrEnum):
    """The kind of statement that makes two releases incompatible."""

    CHANGE = "change"
    BROKEN = "broken"
    LOCKSTEP = "lockstep"
    EXACT = "exact"
    WINDOW = "window"
    HORIZON = "horizon"
    UNLISTED = "unlisted"


UNKNOWN: Final = frozenset({Cause.HORIZON, Cause.UNLISTED})
"""The causes that concern releases that the manifest does not cover."""

_NAMED: Final = 3
"""How many of a change's capabilities a sentence names."""


class Reason(NamedTuple):
    """Why some releases are incompatible: the statement of the manifest.

    It concerns ``releases`` of a ``component``, and ``peer``, the component that they
    are incompatible with (empty if the statement concerns every peer). ``change`` or
    ``broken`` is the entry in the manifest, if there is one.

    For a change, ``what`` lists the capabilities that the client needs and the server
    lacks, and ``form`` is their form (``old`` or ``new``, or empty if there is only
    one). ``gone`` is true if the change removed them, and ``again`` is the server
    release that restored them. ``bound`` is the first release past the horizon, or the
    oldest listed one. ``window`` is how many minors older and newer the peer may be.
    ``scheme`` is the component's scheme, in which ``releases`` are written.
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
    window: Window = Window()
    scheme: Scheme | None = None

    @classmethod
    def of(
        cls, incompatibility: Incompatibility, client: Component, releases: VersionSet, server: str
    ) -> Reason:
        """Return the reason why an incompatibility separates some client releases from a server's."""
        change = incompatibility.change
        return cls(
            Cause.CHANGE,
            incompatibility.protocol,
            client.name,
            releases,
            server,
            incompatibility.what,
            incompatibility.form,
            change,
            need=change.need,
            gone=incompatibility.gone,
            again=incompatibility.again,
            scheme=client.scheme,
        )

    @classmethod
    def of_broken(cls, broken: Broken, protocol: str) -> Reason:
        """Return the reason why a broken release has no peer in a protocol."""
        release = broken.release
        return cls(
            Cause.BROKEN, protocol, broken.component, exactly(release), broken=broken, scheme=release.scheme
        )

    @property
    def span(self) -> str:
        """The releases in words."""
        return span_text(self.releases, self.scheme)

    @property
    def because(self) -> str:
        """The manifest's own explanation; may be empty."""
        entry = self.change or self.broken
        return entry.because if entry is not None else ""

    @property
    def symptom(self) -> str:
        """What a user of an incompatible pair sees; may be empty."""
        return self.change.symptom if self.change is not None else ""

    @property
    def hits(self) -> str:
        """Who is affected; may be empty."""
        return self.change.hits if self.change is not None else ""

    @property
    def see(self) -> tuple[str, ...]:
        """The sources."""
        entry = self.change or self.broken
        return entry.see if entry is not None else ()

    @property
    def position(self) -> Position:
        """The file and the line on which the entry behind it stands; they are empty if there is none."""
        entry = self.change or self.broken
        return entry.position if entry is not None else NOWHERE

    @property
    def needed(self) -> str:
        """What the client needs, such as ``the old form of transport``; empty without a change."""
        if self.change is None:
            return ""
        things = ", ".join(self.what[:_NAMED])
        if len(self.what) > _NAMED:
            things += f" and {len(self.what) - _NAMED} more"
        return f"the {self.form} form of {things}" if self.form else things

    @property
    def offered(self) -> str:
        """When the server offers it, such as ``which agent offers from 1.1.0 on``; empty without a change."""
        change = self.change
        if change is None:
            return ""
        if not self.gone:
            when = f"offers from {' and '.join(map(str, reversed(change.server)))} on"
        elif change.kind is Kind.CHANGED:
            when = f"offers only before {change.old_until or change.server[-1]}"
        else:
            when = f"no longer offers from {change.server[-1]} on"
        if self.again is not None:
            when += f" (again from {self.again} on)"
        return f"which {self.peer} {when}"

    @property
    def sentence(self) -> str:
        """The statement in one sentence."""
        return _SENTENCES[self.cause](self)


class Exclusion(NamedTuple):
    """The peer releases that are excluded for one reason."""

    reason: Reason
    excluded: VersionSet


def span_text(releases: VersionSet, scheme: Scheme | None = None) -> str:
    """Describe a set of releases in words: ``1.2.0``, or ``from 1.1.0 until 2.0.0``.

    ``scheme`` is the component's; without one it is the default.
    """
    parts = []
    for low, high in releases.intervals():
        if low.key == high.key:
            parts.append(str(release_at(low, scheme)))
        elif low.rank:
            parts.append(f"before {release_at(high, scheme)}")
        elif high.rank:
            parts.append(f"from {release_at(low, scheme)} on")
        else:
            parts.append(f"from {release_at(low, scheme)} until {release_at(high, scheme)}")
    return " and ".join(parts)


def _who(reason: Reason) -> str:
    return f"{reason.component} {reason.span}"


def _change(reason: Reason) -> str:
    if reason.change is None:
        raise ValueError("a reason of this cause has a change")
    verb = "needs" if reason.need is Need.REQUIRED else "optionally uses"
    return f"{_who(reason)} {verb} {reason.needed}, {reason.offered}"


def _broken(reason: Reason) -> str:
    return f"{_who(reason)} is declared broken{reason.because and f': {reason.because}'}"


def _lockstep(reason: Reason) -> str:
    return f"{_who(reason)} works only with the same release of {reason.peer} (mode)"


def _exact(reason: Reason) -> str:
    return f"{_who(reason)} works only with the same full version of {reason.peer} (mode)"


def _window(reason: Reason) -> str:
    older, newer = reason.window
    if older != newer:
        which = f"that are {_at_most(newer, 'newer')} and {_at_most(older, 'older')}"
    elif older:
        which = f"at most {_minors(older)} away"
    else:
        which = "of the same minor version"
    promise = f"upstream promises only that {_who(reason)} works with {reason.peer} releases"
    return f"{promise} {which} (window)"


def _at_most(minors: int, direction: str) -> str:
    return f"at most {_minors(minors)} {direction}" if minors else f"not {direction}"


def _minors(count: int) -> str:
    return "one minor version" if count == 1 else f"{count} minor versions"


def _horizon(reason: Reason) -> str:
    return (
        f"{reason.component} releases newer than {reason.span}"
        f" are assumed compatible only below {reason.bound} (policy.horizon)"
    )


def _unlisted(reason: Reason) -> str:
    return f"{reason.component} releases before {reason.bound} are not in the manifest"


_SENTENCES: Final = {
    Cause.CHANGE: _change,
    Cause.BROKEN: _broken,
    Cause.LOCKSTEP: _lockstep,
    Cause.EXACT: _exact,
    Cause.WINDOW: _window,
    Cause.HORIZON: _horizon,
    Cause.UNLISTED: _unlisted,
}
