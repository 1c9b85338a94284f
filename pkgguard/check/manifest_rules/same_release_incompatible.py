"""same-release-incompatible: the client and the server of one release do not work together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.manifest_subject import ManifestSubject
    from pkgguard.diagnostics import Diagnostic


def check(subject: ManifestSubject) -> Iterator[Diagnostic]:
    """The client and the server of one release do not work together."""
    for protocol, client in subject.contracts:
        for pair in subject.pairs.unmet(protocol, client).same_release:
            yield subject.report(
                RULE,
                f"{client} and {protocol.server} {pair.client} do not work together: {pair.reason.sentence}",
                position=pair.reason.position,
                releases=(pair.client,),
                reasons=(pair.reason,),
            )


RULE: Final = Rule(
    id="same-release-incompatible",
    severity=Severity.WARNING,
    title="The client and the server of one release do not work together",
    explanation=(
        "Upstream releases both sides with the same number, and a change says that they do not work"
        " together. Usually, a bound of the change is wrong by one release."
    ),
    help="Check the bounds of this change, unless upstream really released such a pair.",
    references=("docs/manifest.md",),
    order=510,
    group="manifest",
    check_manifest=check,
)
