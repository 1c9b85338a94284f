"""The entries of a manifest for the changes of a protocol, and what of them a person must decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pkgguard.editing.changes import change_lines
from pkgguard.manifest.limits import SENTENCE
from pkgguard.manifest.model import ChangeKey, Kind
from pkgguard.protocol.change_classes import Pairing, Weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pkgguard.manifest.model import Manifest, Protocol
    from pkgguard.protocol.differences import Difference

_KINDS: Final = {
    frozenset({Pairing.NEW_CLIENT}): Kind.ADDED,
    frozenset({Pairing.OLD_CLIENT}): Kind.REMOVED,
    frozenset(Pairing): Kind.CHANGED,
}


_JUDGED: Final = (ChangeKey.KIND, ChangeKey.CLIENT, ChangeKey.NEED)
"""What a person decides of a change that fails nowhere on the wire."""


class Entry(NamedTuple):
    """An entry for changes that happened together.

    ``server`` is the release of the server with the changes. ``client`` has the release
    of each client that is assumed to need them, which is the same one, where the
    manifest lists it. ``undecided`` are the keys that a person must decide.
    """

    protocol: str
    kind: Kind
    what: tuple[str, ...]
    server: str
    client: Mapping[str, str]
    because: str
    undecided: tuple[ChangeKey, ...]
    several_clients: bool = False


class _Group(NamedTuple):
    """Changes that one entry is about: those of one service or message, alike in whom they break."""

    weight: Weight
    kind: Kind
    container: str


def entries(
    found: Iterable[Difference], manifest: Manifest, protocol: Protocol, release: str
) -> tuple[Entry, ...]:
    """Return the entries for the changes that a release of the server brings.

    What only looks like a change has none. Changes of one part of the protocol are one
    change of the manifest, of the gravest class.
    """
    by_part: dict[str, list[Difference]] = {}
    for one in found:
        if one.weight is not Weight.NONE:
            by_part.setdefault(one.what, []).append(one)
    groups: dict[_Group, dict[str, list[Difference]]] = {}
    for what, changes in by_part.items():
        kind = _KINDS[frozenset(pair for one in changes for pair in one.pairs)]
        container = what.rpartition("/" if "/" in what else ".")[0]
        groups.setdefault(_Group(changes[0].weight, kind, container), {})[what] = changes
    client = {
        name: release for name in protocol.clients if manifest.components[name].find(release) is not None
    }
    return tuple(
        Entry(
            protocol.name,
            group.kind,
            tuple(parts),
            release,
            client,
            _because(parts.values()),
            _JUDGED if group.weight is Weight.JUDGE else (ChangeKey.CLIENT,),
            len(protocol.clients) > 1,
        )
        for group, parts in groups.items()
    )


def _because(changes: Iterable[list[Difference]]) -> str:
    """Return what happened, and in which methods."""
    titles = dict.fromkeys(one.change_class.title for some in changes for one in some)
    methods = dict.fromkeys(
        name for some in changes for one in some for name in (*one.carried.requests, *one.carried.responses)
    )
    text = ", ".join(titles)
    if methods:
        text += f" (carried by {', '.join(method.rpartition('/')[2] for method in methods)})"
    return text if len(text) <= SENTENCE else f"{text[: SENTENCE - 1]}…"


def table_of(entry: Entry) -> dict[str, Any]:
    """Return an entry as the table ``[[change]]`` that it is in a manifest."""
    table: dict[str, Any] = {
        "protocol": entry.protocol,
        "kind": entry.kind.value,
        "what": list(entry.what),
        "server": entry.server,
    }
    if entry.client:
        table["client"] = dict(entry.client) if entry.several_clients else entry.server
    return table | {"because": entry.because, "undecided": [key.value for key in entry.undecided]}


def written(entry: Entry) -> str:
    """Return an entry as TOML."""
    return "".join(f"{line}\n" for line in change_lines(table_of(entry)))
