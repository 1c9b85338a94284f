"""one-sided-peer: only one of two packages lists the other as a peer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.manifest_subject import ManifestSubject
    from pkgguard.diagnostics import Diagnostic


def check(subject: ManifestSubject) -> Iterator[Diagnostic]:
    """A package lists a peer that does not list it."""
    packages = subject.manifest.packages
    peers = {package.name: frozenset(package.peers or ()) for package in packages.values()}
    for package in packages.values():
        for peer in package.peers or ():
            if packages[peer].peers is not None and package.name not in peers[peer]:
                yield subject.report(
                    RULE,
                    f"{package.name} lists {peer} in its peers, but {peer} does not list {package.name}",
                    help=f'Add "{package.name}" to the peers of {peer}.',
                )


RULE: Final = Rule(
    id="one-sided-peer",
    severity=Severity.WARNING,
    title="Only one of two packages lists the other as a peer",
    explanation="Two packages are peers only if each lists the other, or lists no peers at all.",
    help="List the package in the peers of the other one.",
    references=("docs/manifest.md",),
    order=550,
    group="manifest",
    check_manifest=check,
)
