"""Bounds that were written by hand, as changes that a person has to confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pkgguard.families.expression import Operator
from pkgguard.families.lookup import family
from pkgguard.manifest.gaps import gap
from pkgguard.manifest.model import Horizon, Kind, Mode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.integrations.adopted import AdoptedPackage, AdoptedSource, Bound
    from pkgguard.integrations.listed_releases import ListedReleases
    from pkgguard.versions.release import Release


class Pair(NamedTuple):
    """A client and its server, as a relation between them shows."""

    client: str
    server: str


class Roles(NamedTuple):
    """The packages with a part in the protocol; no clients, or an empty server, are not known."""

    clients: tuple[str, ...]
    server: str
    names: tuple[str, ...]


class DraftedChange(NamedTuple):
    """A change that a bound stands for; releases that are not known are gaps.

    ``component`` is the client that it is about. ``sources`` are the places of the bounds.
    """

    kind: Kind
    component: str
    server: str
    client: str
    optional: bool
    thing: str
    sources: tuple[str, ...] = ()
    advice: str = ""

    def values(self, *, several: bool) -> dict[str, Any]:
        """Return the values for the template; ``several`` is whether the protocol has several clients."""
        return {
            "kind": self.kind.value,
            "what": gap(f"the call, field or text because of which {self.thing}"),
            "server": self.server,
            "client": self.client,
            "client_name": self.component if several else "",
            "optional": self.optional,
            "because": gap(f"why {self.thing}"),
            "comments": [*self.sources, *filter(None, (self.advice,))],
        }


class Promise(NamedTuple):
    """A promise that a bound on the package's own version makes, and its place."""

    word: str
    place: str


class Confirmable(NamedTuple):
    """What the bounds of a source become in a manifest: changes, a promise, and remarks."""

    changes: tuple[DraftedChange, ...]
    mode: Promise | None
    horizon: str
    notes: tuple[str, ...]


def pairs(source: AdoptedSource, client: str = "", server: str = "") -> tuple[Pair, ...]:
    """Return the clients and servers that relations of a source show, without duplicates.

    A package is the client of one that it requires. ``client`` and ``server`` limit
    them, and may be packages of other sources.
    """
    names = {one.name for one in source.packages} | {one for one in (client, server) if one}
    negative = family(source.family).traits.negative_fields
    positive: dict[Pair, None] = {}
    refused: dict[Pair, None] = {}
    for package in source.packages:
        for bound in package.bounds:
            if bound.peer in names and bound.peer != package.name:
                if bound.field in negative:
                    refused[Pair(bound.peer, package.name)] = None
                else:
                    positive[Pair(package.name, bound.peer)] = None
    refused = {pair: None for pair in refused if Pair(pair.server, pair.client) not in positive}
    found = (
        one for one in {**positive, **refused} if client in ("", one.client) and server in ("", one.server)
    )
    return tuple(found)


def changes_of(source: AdoptedSource, roles: Roles, listed: ListedReleases) -> Confirmable:
    """Return what the bounds between the client and the server of a source become."""
    reader = _Reader(source, roles, listed)
    for package in source.packages:
        for bound in package.bounds:
            if bound.operator is not None:
                reader.read(package, bound)
    return Confirmable(tuple(reader.changes()), reader.mode, reader.horizon.value, tuple(reader.notes))


class _Reader:
    """Reads bounds one after the other."""

    def __init__(self, source: AdoptedSource, roles: Roles, listed: ListedReleases) -> None:
        self._family = family(source.family)
        self._roles = roles
        self._listed = listed
        self._own = {one.name for one in source.packages}
        self._found: dict[DraftedChange, list[str]] = {}
        self.mode: Promise | None = None
        self.horizon = Horizon.MINOR
        self.notes: list[str] = []

    def changes(self) -> Iterator[DraftedChange]:
        """Yield the changes; bounds that say the same are one."""
        for change, sources in self._found.items():
            yield change._replace(sources=tuple(dict.fromkeys(sources)))

    def read(self, package: AdoptedPackage, bound: Bound) -> None:
        """Read a bound, if it is between a client and the server."""
        if bound.peer == self._roles.server and package.name in self._roles.clients:
            about = self._on_server
        elif package.name == self._roles.server and bound.peer in self._roles.clients:
            about = self._on_client
        else:
            return
        negative = bound.field in self._family.traits.negative_fields
        if bound.operator is Operator.EQUAL and not negative and self._is_pin(package, bound):
            return
        release = self._listed.of(bound.version)
        if release is None:
            self._note(bound, "its version shows no final release")
            return
        lower, upper = _limits(bound.operator, release, self._next(bound.peer, release), negative=negative)
        if lower is None and upper is None:
            self._note(bound, "it is about one release, or about the newest one; see [[broken]]")
        if lower is not None:
            about(package, bound, lower, is_lower=True)
        if upper is not None:
            refused = next((one for one in self._every(bound.peer) if one >= upper), upper)
            about(package, bound, refused, is_lower=False)

    def _every(self, peer: str) -> tuple[Release, ...]:
        """Return the releases of a peer that are listed."""
        return self._listed.releases if peer in self._own else self._listed.elsewhere.get(peer, ())

    def _next(self, peer: str, release: Release) -> Release | None:
        return next((one for one in self._every(peer) if one > release), None)

    def _is_pin(self, package: AdoptedPackage, bound: Bound) -> bool:
        """Return whether a bound is on the package's own version, which becomes a promise."""
        _, upstream, revision = self._family.split(package.version)
        whole = self._family.join("", upstream, revision)
        if bound.version in (package.version, whole):
            self.mode = Promise(Mode.EXACT.value, f"{bound.place}: {bound.text}")
            return True
        if bound.version in (
            upstream,
            self._family.join(self._family.split(package.version)[0], upstream, ""),
        ):
            self.mode = self.mode or Promise(Mode.LOCKSTEP.value, f"{bound.place}: {bound.text}")
            return True
        return False

    def _on_server(self, package: AdoptedPackage, bound: Bound, release: Release, *, is_lower: bool) -> None:
        """Read a bound that a client has on its server."""
        server, optional = self._roles.server, bound.field == self._family.traits.recommending_field
        if is_lower:
            if self._is_oldest(bound, release):
                return
            advice = f"since {package.name} {self._current(package)} at the latest: name its first release"
            thing = f"{package.name} needs {server} {release} or newer"
            current = self._current(package)
            self._add(
                bound,
                DraftedChange(
                    Kind.ADDED, package.name, str(release), current, optional, thing, advice=advice
                ),
            )
        elif not self._is_future(bound, release):
            client = gap(f"the first release of {package.name} that works with {server} {release}")
            thing = f"{package.name} does not work with {server} {release}"
            self._add(bound, DraftedChange(Kind.REMOVED, package.name, str(release), client, optional, thing))

    def _on_client(self, package: AdoptedPackage, bound: Bound, release: Release, *, is_lower: bool) -> None:
        """Read a bound that the server has on a client."""
        if is_lower:
            if self._is_oldest(bound, release):
                return
            advice = f"since {package.name} {self._current(package)} at the latest: name its first release"
            thing = f"{bound.peer} before {release} does not work with {package.name}"
            current = self._current(package)
            self._add(
                bound,
                DraftedChange(Kind.REMOVED, bound.peer, current, str(release), False, thing, advice=advice),
            )
        elif not self._is_future(bound, release):
            server = gap(f"the first release of {package.name} that works with {bound.peer} {release}")
            thing = f"{bound.peer} {release} needs a newer {package.name}"
            self._add(bound, DraftedChange(Kind.ADDED, bound.peer, server, str(release), False, thing))

    def _current(self, package: AdoptedPackage) -> str:
        release = self._listed.of(package.version)
        return (
            str(release) if release is not None else gap(f"the release of {package.name} {package.version}")
        )

    def _is_oldest(self, bound: Bound, release: Release) -> bool:
        """Return whether a bound admits every listed release, so that policy.past says the same."""
        if bound.peer in self._own and release <= self._listed.releases[0]:
            self._note(bound, "every listed release satisfies it; older ones are refused (policy.past)")
            return True
        return False

    def _is_future(self, bound: Bound, release: Release) -> bool:
        """Return whether a bound refuses only releases that are not listed, as the horizon does."""
        every = self._every(bound.peer)
        if every and release <= every[-1]:
            return False
        if every and release.major == every[-1].major:
            self.horizon = Horizon.PATCH
        self._note(bound, "it refuses releases that are not listed, as policy.horizon does")
        return True

    def _note(self, bound: Bound, remark: str) -> None:
        self.notes.append(f"{bound.place}: {bound.text}: not a change: {remark}")

    def _add(self, bound: Bound, change: DraftedChange) -> None:
        self._found.setdefault(change, []).append(f"{bound.place}: {bound.text}")


def _limits(
    operator: Operator | None, release: Release, following: Release | None, *, negative: bool
) -> tuple[Release | None, Release | None]:
    """Return the first release that a bound admits, and the first one after those, or None for each."""
    if negative:
        opposite = {
            Operator.LESS: Operator.GREATER_EQUAL,
            Operator.LESS_EQUAL: Operator.GREATER,
            Operator.GREATER_EQUAL: Operator.LESS,
            Operator.GREATER: Operator.LESS_EQUAL,
        }
        operator = opposite.get(operator) if operator is not None else None
    match operator:
        case Operator.GREATER_EQUAL:
            return release, None
        case Operator.GREATER:
            return following, None
        case Operator.LESS:
            return None, release
        case Operator.LESS_EQUAL:
            return None, following
        case Operator.EQUAL:
            return release, following
        case _:
            return None, None
