"""peer-without-release: the manifest does not say which releases a peer carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.compat.guard import peers_without_release
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A peer carries components that have no release in common."""
    manifest = subject.compatibility.manifest
    for peer in peers_without_release(manifest, subject.identity.package):
        if subject.family.name in peer.shipping:
            name, carries = peer.shipping[subject.family.name].name, ", ".join(peer.carries)
            message = (
                f"cannot be judged beside {name}: what that carries ({carries}) has no release in common"
            )
            yield subject.report(RULE, None, message)


RULE: Final = Rule(
    id="peer-without-release",
    severity=Severity.ERROR,
    title="The manifest does not say which releases a peer carries",
    explanation=(
        "A version of a package stands for one release of each component in it. If these have no release in"
        " common, the numbers of none of them are versions of the package, so no relation can name it, and"
        " it may be incompatible."
    ),
    help=(
        "In the manifest, have the package carry first the component whose number it has, and name the"
        " releases of the others in `published`."
    ),
    references=("deb-version(7)", "rpm-version(7)"),
    order=430,
    since=1,
    check_subject=check,
)
