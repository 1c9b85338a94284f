"""Words that both sides of a protocol have in their sources, and that changed: what no .proto file shows.

A storage driver, an option or a device type is a string that the client sends and the
server knows. So a literal that begins or ceases to be in the sources of both sides may
be a change of the protocol. Most are noise, such as names of modules: those that a
person has looked at are kept in a list.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.errors import ProtocolError
from pkgguard.protocol.limits import RECORD
from pkgguard.protocol.literals import literals
from pkgguard.regular_files import content

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from pkgguard.manifest.model import Change
    from pkgguard.protocol.source_trees import Sources

_QUOTED: Final = re.compile(r'"([^"]+)"')


class Row(NamedTuple):
    """The words that a client's folder and the server began and ceased to share.

    ``both``, ``client`` and ``server`` are those that came, by the side on which they
    are new.
    """

    folder: str
    both: tuple[str, ...]
    client: tuple[str, ...]
    server: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many words there are."""
        return len(self.both) + len(self.client) + len(self.server) + len(self.gone)


class _Words(NamedTuple):
    clients: tuple[frozenset[str], ...]
    server: frozenset[str]


def changed_words(
    old: Sources, new: Sources, clients: Sequence[str], servers: Sequence[str], known: Collection[str]
) -> list[Row]:
    """Return a row for each folder of a client whose shared words changed; ``known`` words are left out.

    Raises :class:`ProtocolError` for a folder that neither version has.
    """
    missing = set(clients) | set(servers)
    before, after = (_words(one, clients, servers, missing) for one in (old, new))
    if missing:
        raise ProtocolError(min(missing), "", "is not a folder of either version", "name it from the top")
    rows = []
    for folder, was, now in zip(clients, before.clients, after.clients, strict=True):
        shared, came = was & before.server, (now & after.server) - (was & before.server) - set(known)
        rows.append(
            Row(
                folder,
                _sorted(one for one in came if one not in was and one not in before.server),
                _sorted(one for one in came if one not in was and one in before.server),
                _sorted(one for one in came if one in was),
                _sorted(shared - (now & after.server) - set(known)),
            )
        )
    return [row for row in rows if row.size]


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words))


def _words(sources: Sources, clients: Sequence[str], servers: Sequence[str], missing: set[str]) -> _Words:
    def of(folder: str) -> Iterator[str]:
        files = sources.files(folder)
        if files is not None:
            missing.discard(folder)
            for file in files:
                spend()
                yield from literals(file.path, file.text)

    server = frozenset(word for folder in servers for word in of(folder))
    return _Words(tuple(frozenset(of(folder)) for folder in clients), server)


def named_words(changes: Iterable[Change]) -> set[str]:
    """Return what changes have in quotes, and of an option such as ``"key=value"`` the key too."""
    found = set()
    for change in changes:
        for what in change.what:
            for word in _QUOTED.findall(what):
                found |= {word, word.partition("=")[0], word.partition("=")[0] + "="}
    return found


def read_noise(path: Path) -> set[str]:
    """Read a list of noise: TOML with tables ``[[noise]]``, each with ``reason`` and ``literals``.

    Raises :class:`ProtocolError` and :class:`OSError`.
    """
    import tomllib  # noqa: PLC0415 - few commands need it

    data = content(path, RECORD + 1)
    if len(data) > RECORD:
        raise ProtocolError(str(path), "", f"is larger than {RECORD} bytes")
    try:
        document = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ProtocolError(str(path), "", f"is not valid TOML: {str(error)[:200]}") from error
    found: set[str] = set()
    groups = document.pop("noise", [])
    if document or not isinstance(groups, list):
        raise ProtocolError(str(path), "", "must consist of tables [[noise]]")
    for group in groups:
        words = group.get("literals") if isinstance(group, dict) else None
        reason = group.get("reason") if isinstance(group, dict) else None
        if not isinstance(words, list) or not all(isinstance(one, str) for one in (*words, reason)):
            help = 'write reason = "…" and literals = ["…"]'
            raise ProtocolError(str(path), "[[noise]]", "is not a list of words with a reason", help)
        found.update(words)
    return found
