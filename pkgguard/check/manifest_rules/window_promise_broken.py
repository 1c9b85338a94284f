"""window-promise-broken: a change makes releases incompatible that work together according to the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity
from pkgguard.manifest.model import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.manifest_subject import ManifestSubject
    from pkgguard.diagnostics import Diagnostic


def check(subject: ManifestSubject) -> Iterator[Diagnostic]:
    """Two series are inside the window, but a change makes two of their releases incompatible."""
    for protocol, client in subject.contracts:
        if subject.manifest.mode(protocol) is not Mode.WINDOW:
            continue
        for (mine, theirs), pair in subject.pairs.broken_series(protocol, client).items():
            yield subject.report(
                RULE,
                f"the window promises that {client} {mine}.x works with {protocol.server} {theirs}.x,"
                f" but {client} {pair.client} does not with {pair.server}: {pair.reason.sentence}",
                position=pair.reason.position,
                releases=(pair.client, pair.server),
                reasons=(pair.reason,),
            )


RULE: Final = Rule(
    id="window-promise-broken",
    severity=Severity.WARNING,
    title="A change breaks what the window promises",
    explanation=(
        "Upstream promises that releases a given number of minor versions apart work together, but a change"
        " in the manifest makes two such releases incompatible. The relations exclude the pair in"
        " spite of the promise."
    ),
    help='Report it upstream, or set mode = "protocol".',
    references=("docs/manifest.md",),
    order=500,
    group="manifest",
    check_manifest=check,
)
