"""missing-recommendation: nothing recommends the versions of a peer that have all that the package uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.as_generated import is_as_generated
from pkgguard.check.recommendations import recommendations, recommended
from pkgguard.check.rule import Rule
from pkgguard.compat.guard import required_groups
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.recommendations import Recommendation
    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.versions.release import Release


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A package accepts a release that lacks what the package can use, and recommends no better one."""
    if _has_generated(subject):
        return
    said = tuple(recommendations(subject))
    if is_as_generated(subject):
        return
    for group in required_groups(subject.compatibility.manifest, subject.guards):
        if not all(guard.recommended for guard in group):
            continue  # no release has everything, so none is recommended
        for view in subject.peers:
            release = _lacking(view, said) if view.guard in group else None
            if release is not None:
                reasons = tuple(
                    one.reason for one in view.guard.exclusions if release.boundary in one.excluded
                )
                message = f"does not recommend the versions that offer more than {view.name} {release}"
                yield subject.report(RULE, view, f"{message}: {reasons[0].sentence}", reasons=reasons)
                break


def _has_generated(subject: Subject) -> bool:
    """Return whether the package recommends all that pkgguard would write, in one of its dialects."""
    field = subject.family.traits.recommending_field
    carried = {one.text for one in subject.package.relations if one.field == field}
    wanted = (
        {one.relation.text for one in subject.generated_for(target).relations if one.relation.field == field}
        for target in subject.family.summary.targets
    )
    return bool(carried) and any(texts and carried >= texts for texts in wanted)


def _lacking(view: PeerView, said: tuple[Recommendation, ...]) -> Release | None:
    """Return the newest release of a peer that is accepted and recommended, and lacks something."""
    inside = view.otherwise_accepted.union(view.admitted_releases)
    return next(
        (
            release
            for release in reversed(view.guard.known)
            if view.guard.compatible(release)
            and release.boundary not in view.guard.recommended
            and release in inside
            and recommended(view, release, said)
        ),
        None,
    )


RULE: Final = Rule(
    id="missing-recommendation",
    severity=Severity.INFO,
    title="The package does not recommend the versions of its peer that have all that it uses",
    explanation=(
        "The package works with older versions of its peer, but can use something that only newer ones have."
        " Recommends makes the package tool choose a newer one where there is one."
    ),
    help="Add the Recommends shown.",
    references=("Debian Policy 7.2", "rpm weak dependencies manual"),
    order=330,
    check_subject=check,
)
