"""String literals that the agent and a runtime share: what no .proto file shows and both must agree on."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pkgguard.escape.toml import toml_string

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tools.kata.clone import Clone

DATA: Final = Path(__file__).resolve().parents[2] / "tests/data"
LITERALS: Final = DATA / "kata-literals.toml"
NOISE: Final = DATA / "kata-noise.toml"

RUNTIMES: Final = {"go": ("src/runtime", r"\.go$"), "rs": ("src/runtime-rs", r"\.rs$")}
"""The folder of each runtime, and how its source files are named."""

_AGENT: Final = ("src/agent", "src/libs")
_LEFT_OUT: Final = r"_test\.go$|\.pb\.go$|/vendor/|/tests?/|/mock"
_RUST_TESTS: Final = re.compile(r"#\[cfg\(test\)\]\s*mod\s")
_LITERAL: Final = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_KEY: Final = re.compile(r"([A-Za-z][\w.-]{2,})=")
_LISTS: Final = ("both", "agent", "runtime", "gone")
_QUOTED: Final = re.compile(r'"([^"]+)"')


class Row(NamedTuple):
    """The literals that the agent and one runtime began and ceased to share in a release.

    ``side`` is the runtime, ``both``, ``agent`` and ``runtime`` are what came, by
    whose side of it is new, and ``gone`` is what went.
    """

    side: str
    release: str
    both: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    runtime: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def came(self) -> tuple[str, ...]:
        """All that the two sides began to share."""
        return self.both + self.agent + self.runtime

    def as_toml(self) -> str:
        """Return the row as it stands in the data."""
        lists = [(name, getattr(self, name)) for name in _LISTS]
        lines = ["[[row]]", f'side = "{self.side}"', f'release = "{self.release}"']
        for name, some in lists:
            if some:
                lines.append(f"{name} = [{', '.join(map(toml_string, some))}]")
        return "\n".join(lines) + "\n"


def shared_rows(clone: Clone, old: str, new: str) -> list[Row]:
    """Return a row for each runtime whose literals the agent shares differently in a release than before."""
    rows = []
    agent = [_literals(clone, release, _AGENT, r"\.rs$") for release in (old, new)]
    for side, (folder, named) in RUNTIMES.items():
        runtime = [_literals(clone, release, (folder,), named) for release in (old, new)]
        before, after = agent[0] & runtime[0], agent[1] & runtime[1]
        came = sorted(after - before)
        row = Row(
            side,
            new,
            both=tuple(one for one in came if one not in agent[0] and one not in runtime[0]),
            agent=tuple(one for one in came if one not in agent[0] and one in runtime[0]),
            runtime=tuple(one for one in came if one in agent[0]),
            gone=tuple(sorted(before - after)),
        )
        if row.came or row.gone:
            rows.append(row)
    return rows


def _literals(clone: Clone, release: str, under: tuple[str, ...], named: str) -> set[str]:
    """Return the literals of source files, and the key of each that begins like ``key=``.

    Where one side writes ``"encryption_key=ephemeral"`` and the other puts it together
    of ``"encryption_key"`` and a value, they share the key.
    """
    found: set[str] = set()
    for file in clone.files(release, under, named, _LEFT_OUT):
        text = _RUST_TESTS.split(file.text)[0] if file.path.endswith(".rs") else file.text
        found |= set(_LITERAL.findall(text))
    return found | {match[1] for one in found if (match := _KEY.match(one))}


def read_rows(text: str) -> list[Row]:
    """Read the rows of the data."""
    return [
        Row(row["side"], row["release"], *(tuple(row.get(name, ())) for name in _LISTS))
        for row in tomllib.loads(text)["row"]
    ]


def unexplained(rows: Iterable[Row], manifest: Mapping[str, Any], noise: Mapping[str, Any]) -> list[str]:
    """Name the literals of rows that are in no change of a manifest and not in the list of noise."""
    known = set(_named(manifest)) | {one for group in noise["noise"] for one in group["literals"]}
    return sorted({one for row in rows for one in row.came + row.gone} - known)


def _named(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Return what the changes have in quotes, and of a kernel parameter or an option its name too."""
    for change in manifest["change"]:
        for what in change["what"]:
            for one in _QUOTED.findall(what):
                yield one
                yield one.removeprefix("agent.")
                yield one.partition("=")[0]
