"""``python -m tools.kata CLONE RELEASE [--write]``: what a new release of Kata Containers brings.

CLONE is a clone of kata-containers with its tags. The release is compared with the
newest one in ``tests/data``: RPCs and calls, fields, names of drivers and devices,
and the string literals that the agent shares with the Go runtime and with runtime-rs.
A line that begins with ``!`` is to be explained.
``--write`` adds the release to the data; the tests of the manifest then fail until
each of these things is in a change, or in the list of noise with its reason.

``python -m tools.kata CLONE --sources`` checks every commit and file that the
manifest names as a source in kata-containers.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tools.kata.clone import Clone, MissingReleaseError
from tools.kata.facts import facts_of, field_events
from tools.kata.literals import DATA, LITERALS, NOISE, shared_rows, unexplained

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MANIFEST: Final = DATA.parents[1] / "pkgguard/manifests/kata.toml"
LISTS: Final = DATA / "kata.json.gz"
_SOURCE: Final = re.compile(
    r"kata-containers/kata-containers(?:@(?P<commit>\w+)|:(?P<path>\S+)@(?P<tag>\S+))$"
)


def main(words: Sequence[str]) -> int:
    """Run the command; return 1 if a line begins with ``!``, 2 if it was called wrongly."""
    flags = {word for word in words if word.startswith("--")}
    plain = [word for word in words if not word.startswith("--")]
    try:
        if flags == {"--sources"} and len(plain) == 1:
            return _told(wrong_sources(Clone(Path(plain[0])), _manifest()))
        if flags <= {"--write"} and len(plain) == 2:
            return _told(report(Clone(Path(plain[0])), plain[1], write=bool(flags)))
    except MissingReleaseError as error:
        print(error, file=sys.stderr)
        return 2
    print(__doc__, file=sys.stderr)
    return 2


def _told(lines: Iterator[str]) -> int:
    found = False
    for line in lines:
        found = found or line.startswith("!")
        print(line)
    return int(found)


def _manifest() -> dict[str, Any]:
    return tomllib.loads(MANIFEST.read_text("utf-8"))


def report(clone: Clone, release: str, *, write: bool) -> Iterator[str]:
    """Name what a release brings; a line with ``!`` is for something new that is not explained yet."""
    lists = json.loads(gzip.decompress(LISTS.read_bytes()))
    old = max(lists["releases"], key=_number)
    if _number(release) <= _number(old):
        raise MissingReleaseError(f"{release} is not newer than {old}, the newest release in {LISTS.name}")
    facts, known = facts_of(clone, release), lists["releases"][old]
    for name, found in facts.lists().items():
        yield from (f"! {name}: + {one}" for one in sorted(set(found) - set(known[name])))
        yield from (f"! {name}: - {one}" for one in sorted(set(known[name]) - set(found)))
    events = list(field_events(facts_of(clone, old).fields, facts.fields))
    yield from (f"! field {event}: {name}" for event, name in events)
    rows = shared_rows(clone, old, release)
    new = unexplained(rows, _manifest(), tomllib.loads(NOISE.read_text("utf-8")))
    for row in rows:
        yield from row.as_toml().splitlines()
    yield from (f"! literal: {one}" for one in new)
    if write:
        lists["releases"][release] = facts.lists()
        lists["fields"] += [[release, event, name] for event, name in events]
        LISTS.write_bytes(gzip.compress(json.dumps(lists, sort_keys=True).encode(), mtime=0))
        with LITERALS.open("a", encoding="utf-8") as file:
            file.writelines(f"\n{row.as_toml()}" for row in rows)


def wrong_sources(clone: Clone, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Name the sources in kata-containers that do not exist or are first in another release."""
    for change in manifest["change"]:
        bounds = {change.get("client")}
        bounds |= set(change["server"]) if isinstance(change["server"], list) else {change["server"]}
        for source in change["see"]:
            if (match := _SOURCE.match(source)) is None:
                continue
            try:
                if match["path"]:
                    clone.text(match["tag"], match["path"])
                elif (first := clone.first_release(match["commit"])) not in bounds:
                    yield f"! {change['what'][0]}: {source} is first in {first}"
            except MissingReleaseError as error:
                yield f"! {change['what'][0]}: {source}: {error}"


def _number(release: str) -> tuple[int, ...]:
    if not re.fullmatch(r"\d+\.\d+\.\d+", release):
        raise MissingReleaseError(f"{release} is not a final release, such as 4.1.0")
    return tuple(map(int, release.split(".")))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
