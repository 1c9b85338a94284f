"""release-fits-nothing: a client release works with no listed server release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.manifest_subject import listed
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.manifest_subject import ManifestSubject
    from pkgguard.diagnostics import Diagnostic


def check(subject: ManifestSubject) -> Iterator[Diagnostic]:
    """Some releases of a client work with no release of the server."""
    for protocol, client in subject.contracts:
        lonely = subject.pairs.unmet(protocol, client).lonely
        if lonely:
            yield subject.report(
                RULE,
                f"no known {protocol.server} release works with {client} {listed(lonely)}",
                releases=lonely,
            )


RULE: Final = Rule(
    id="release-fits-nothing",
    severity=Severity.WARNING,
    title="A release works with nothing on the other side",
    explanation=(
        "No listed release of the server offers everything that these client releases need, so packages that"
        " carry them cannot be installed with any package of the server."
    ),
    help="Check the changes that require more than any server offers, or list the missing release.",
    references=("docs/manifest.md",),
    order=520,
    group="manifest",
    check_manifest=check,
)
