"""Adding a change to a manifest."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from pkgguard.editing.text import Insertion, ManifestText
from pkgguard.escape.toml import toml_key, toml_string

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

KEYS: Final = (
    "id", "replaces", "protocol", "kind", "what", "server", "client", "need", "old_until", "because", "hits",
    "symptom", "see", "undecided",
)  # fmt: skip
"""The keys of a change, in the order in which they are written."""

_WIDTH: Final = 110
_COLUMN: Final = 9
_KIND: Final = re.compile(r"\s*kind(\s*)=")


def with_change(source: ManifestText, change: Mapping[str, Any]) -> tuple[list[Insertion], dict[str, Any]]:
    """Return the insertions that add a change after the others, and the tables of the result.

    Nothing is inserted if the manifest has the same change.
    """
    return with_changes(source, [change])


def with_changes(
    source: ManifestText, changes: Iterable[Mapping[str, Any]]
) -> tuple[list[Insertion], dict[str, Any]]:
    """Return the insertions that add several changes after the others, and the tables of the result.

    A change is left out if the manifest has the same one.
    """
    every = source.document.get("change", [])
    known = [_meaning(source, one) for one in every] if isinstance(every, list) else []
    wanted = deepcopy(source.document)
    end, column = _after_changes(source)
    ends = source.line_end
    texts = []
    for change in changes:
        given = {key: change[key] for key in KEYS if change.get(key)}
        if _meaning(source, given) in known:
            continue
        wanted["change"] = [*wanted.get("change", []), given]
        texts.append(ends + "".join(f"{line}{ends}" for line in change_lines(given, column)))
    if not texts:
        return [], wanted
    before = ends if end and not source.text[:end].endswith("\n") else ""
    return [Insertion(end, before + "".join(texts))], wanted


def _after_changes(source: ManifestText) -> tuple[int, int]:
    """Return where the last change ends, and the column of its equals signs."""
    headers = source.places.headers
    last = max((number for number, (_, place) in enumerate(headers) if place[0] == "change"), default=None)
    if last is None:
        return len(source.text), _COLUMN
    lines = source.text.split("\n")
    first = max(line for line, place in headers[: last + 1] if len(place) == 2)
    end = headers[last + 1][0] - 1 if last + 1 < len(headers) else len(lines)
    while end > first and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    column = next(
        (len("kind") + len(found[1]) for found in map(_KIND.match, lines[first:end]) if found), _COLUMN
    )
    return min(sum(len(line) + 1 for line in lines[:end]), len(source.text)), column


def change_lines(change: Mapping[str, Any], column: int = _COLUMN) -> list[str]:
    """Return a change as lines of TOML, with its equals signs in a column."""
    return ["[[change]]", *_lines(change, column)]


def _lines(change: Mapping[str, Any], column: int) -> Iterator[str]:
    for key, value in change.items():
        line = (
            f"{key.ljust(column - 1)} = {_toml(value)}"
            if column > len("kind") + 1
            else f"{key} = {_toml(value)}"
        )
        if len(line) <= _WIDTH or not isinstance(value, list) or len(value) == 1:
            yield line
        else:
            yield line[: line.index("=") + 1] + " ["
            yield from (f"  {_toml(one)}," for one in value)
            yield "]"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{toml_key(key)} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return toml_string(str(value))


def _meaning(source: ManifestText, change: Any) -> object:
    """Return what is equal of two changes that say the same."""
    if not isinstance(change, dict):
        return None
    protocol = source.manifest.protocols.get(change.get("protocol", ""))
    client = change.get("client", {})
    if not isinstance(client, dict) and protocol is not None:
        client = dict.fromkeys(protocol.clients, client)
    return {
        **{key: " ".join(str(change.get(key, "")).split()) for key in KEYS},
        "need": change.get("need", "required"),
        "what": _texts(change.get("what")),
        "see": _texts(change.get("see")),
        "server": sorted(_texts(change.get("server"))),
        "client": {name: sorted(_texts(one)) for name, one in client.items()}
        if isinstance(client, dict)
        else client,
    }


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    return [" ".join(str(one).split()) for one in (value if isinstance(value, list) else [value])]
