"""admits-unknown-peer: the relations admit peer versions that the manifest does not cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.compat.engine import allowed
from pkgguard.compat.reasons import UNKNOWN
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The bounds extend past the horizon, or below the oldest release in the manifest."""
    for view in subject.peers:
        if not view.naming or not view.guard.as_client:
            continue
        unknown = [one for one in view.guard.required if one.reason.cause in UNKNOWN]
        known = [one for one in view.guard.required if one not in unknown]
        reach = view.translation.versions(~allowed(unknown) & allowed(known)) & view.admitted
        if reach:
            reasons = tuple(one.reason for one in unknown if view.translation.excluded(one.excluded) & reach)
            yield subject.report(
                RULE,
                view,
                f"accepts {view.name} releases that the manifest does not know",
                reasons=reasons,
            )


RULE: Final = Rule(
    id="admits-unknown-peer",
    severity=Severity.INFO,
    title="The relations admit peer versions that the manifest does not cover",
    explanation=(
        "The bounds extend below the oldest release in the manifest, or past the horizon of its policy."
        " Whether these releases work is not known."
    ),
    help="Bound the relation as shown, or set the policy's horizon to what upstream promises.",
    references=("Semantic Versioning 2.0.0",),
    order=110,
    check_subject=check,
)
