"""A baseline: the findings that an archive had at the start, which do not fail until they are fixed.

It counts the findings of a rule for each package and peer, whatever their versions, so
that a new upload with an old fault is not a new finding. It only shrinks.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.check.accepted import AcceptedFinding
from pkgguard.errors import BaselineError
from pkgguard.regular_files import content

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pkgguard.check.engine import CheckResult
    from pkgguard.diagnostics import Diagnostic, PackageRef

FORMAT: Final = 1
"""The version of the format of the file."""

LARGEST: Final = 20_000_000
"""Bytes of a baseline: 100,000 entries take half of them."""

BECAUSE: Final = "the baseline has it"
_KEYS: Final = ("rule", "family", "package", "architecture", "peer")


class Entry(NamedTuple):
    """What is counted: a rule, and a package and its peer, by name."""

    rule: str
    family: str
    package: str
    architecture: str
    peer: str


def entry_of(finding: Diagnostic) -> Entry:
    """Return the entry of a finding about a package."""
    package = finding.package
    if package is None:
        return Entry(finding.id, "", "", "", finding.peer)
    return Entry(finding.id, package.family, package.name, package.architecture, finding.peer)


def read_baseline(path: Path) -> Counter[Entry]:
    """Return how often a baseline has each entry.

    Raises :class:`BaselineError` if it is not one, and :class:`OSError` if the file
    cannot be read.
    """
    data = content(path, LARGEST + 1)
    if len(data) > LARGEST:
        raise _refused(path, f"is larger than {LARGEST} bytes")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _refused(path, "is not JSON") from error
    if not isinstance(document, dict) or document.get("baseline") != FORMAT:
        raise _refused(path, f'does not say "baseline": {FORMAT}')
    entries = document.get("findings")
    if not isinstance(entries, list) or document.keys() - {"baseline", "findings"}:
        raise _refused(path, "has other keys than baseline and findings")
    found: Counter[Entry] = Counter()
    for number, one in enumerate(entries, 1):
        spend()
        if not isinstance(one, dict) or one.keys() != {*_KEYS, "count"}:
            raise _refused(path, f"finding {number} has other keys than {', '.join(_KEYS)}, count")
        count = one["count"]
        if type(count) is not int or count < 1 or not all(isinstance(one[key], str) for key in _KEYS):
            raise _refused(path, f"finding {number} needs texts, and a count of 1 or more")
        found[Entry(*(one[key] for key in _KEYS))] += count
    return found


def _refused(path: Path, reason: str) -> BaselineError:
    return BaselineError(str(path), "", reason, "write it anew with --update-baseline, under another name")


def written_baseline(entries: Counter[Entry]) -> str:
    """Return the text of a baseline, with one finding on each line."""
    lines = [
        json.dumps({**entry._asdict(), "count": count}) for entry, count in sorted(entries.items()) if count
    ]
    listed = "\n" + ",\n".join(lines) + "\n" if lines else ""
    return f'{{"baseline": {FORMAT}, "findings": [{listed}]}}\n'


def apply_baseline(result: CheckResult, baseline: Counter[Entry], place: str) -> CheckResult:
    """Return the result with the findings of a baseline as accepted ones; ``place`` is its name."""
    left = Counter(baseline)
    kept: list[Diagnostic] = []
    accepted = list(result.accepted)
    for finding in result.findings:
        spend()
        entry = entry_of(finding)
        if left[entry] > 0:
            left[entry] -= 1
            accepted.append(AcceptedFinding(finding, BECAUSE, place))
        else:
            kept.append(finding)
    return result._replace(findings=tuple(kept), accepted=tuple(accepted))


def all_of(findings: Iterable[Diagnostic]) -> Counter[Entry]:
    """Return the baseline that has each of some findings."""
    return Counter(map(entry_of, findings))


def shrunk(
    baseline: Counter[Entry], findings: Iterable[Diagnostic], judged: Iterable[PackageRef]
) -> Counter[Entry]:
    """Return a baseline without what has been fixed: it never has more than before.

    Entries of packages that were not judged stay.
    """
    present = all_of(findings)
    known = {(ref.family, ref.name, ref.architecture) for ref in judged}
    return Counter(
        {
            entry: min(count, present[entry])
            if (entry.family, entry.package, entry.architecture) in known
            else count
            for entry, count in baseline.items()
        }
    )
