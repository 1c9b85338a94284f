"""undecided-change: a change has a key that nobody has decided yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.manifest_subject import ManifestSubject
    from pkgguard.diagnostics import Diagnostic


def check(subject: ManifestSubject) -> Iterator[Diagnostic]:
    """A change lists keys under ``undecided``."""
    for change in subject.manifest.changes:
        if change.undecided:
            what = ", ".join(change.what)
            keys = ", ".join(change.undecided)
            yield subject.report(
                RULE, f"the change of {what} has undecided keys: {keys}", position=change.position
            )


RULE: Final = Rule(
    id="undecided-change",
    severity=Severity.ERROR,
    title="A change has a key that a person must decide",
    explanation="""`pkgguard protocol record` reads what changed from the files of a protocol. Only a person \
knows from which release on the client needs it, and whether a client works without it. So it writes what is \
safest, and lists these keys under `undecided`.""",
    help="correct the keys that `undecided` lists, and remove it",
    references=("docs/manifest.md", "docs/protocol.md"),
    order=565,
    group="manifest",
    check_manifest=check,
)
