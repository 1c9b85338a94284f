"""pinned-revision: an exact version includes a revision that a rebuild changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pkgguard.check.bounds import bounds, peer_finder
from pkgguard.check.few import few
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity
from pkgguard.families.expression import Operator
from pkgguard.versions.sets import Boundary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.few import Occurrence
    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.versions.sets import Key, VersionSet


def check(subject: Subject) -> Iterator[Diagnostic]:
    """An exact version includes a revision that a rebuild changes."""
    yield from few(subject, RULE, _pinned(subject))


def _pinned(subject: Subject) -> Iterator[Occurrence]:
    named = peer_finder(subject)
    for relation, bound in bounds(subject):
        view = named(bound)
        if (
            view is not None
            and not (view.guard.exact and view.admitted == view.intended)
            and relation.field in subject.family.traits.positive_fields
            and bound.operator is Operator.EQUAL
            and subject.family.split(bound.version)[2]
            and _stands_alone(view.admitted, subject.family.key(bound.version))
        ):
            rebuilt = subject.family.traits.rebuilt
            if rebuilt and re.search(f"(?:{rebuilt})$", bound.version):
                why = "an architecture-independent package is not rebuilt, so it never has this version"
            elif subject.family.key(bound.version) == subject.key:
                continue  # only packages that are built together have such a pin
            else:
                why = "it refuses a rebuild of the same release"
            yield view, f"pins {view.name} to {bound.version}: {why}", (str(relation),)


def _stands_alone(admitted: VersionSet, key: Key) -> bool:
    """Return whether a version is admitted and its neighbours are not; otherwise it is not a pin."""
    return (Boundary.before(key), Boundary.after(key)) in admitted.intervals()


RULE: Final = Rule(
    id="pinned-revision",
    severity=Severity.WARNING,
    title="An exact version includes a revision that a rebuild changes",
    explanation=(
        "The revision of a version belongs to a single build. A rebuild, a binary"
        " upload for one architecture, or a build service with its own counter changes it, and the package"
        " becomes uninstallable. A pin to the package's own version is right for packages that are always"
        " built together."
    ),
    help="Use the release as the bound, as the relations shown do.",
    references=(
        "Debian Policy 7.1",
        "kata-containers/packaging#563",
        "kata-containers/documentation#685",
    ),
    order=190,
    check_subject=check,
    exempts_siblings=True,
)
