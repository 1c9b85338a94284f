"""siblings-disagree: builds of one version have different guards."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subjects: Sequence[Subject]) -> Iterator[Diagnostic]:
    """Builds of one package for several architectures have different guards."""
    builds: defaultdict[tuple[str, str, str], list[Subject]] = defaultdict(list)
    for subject in subjects:
        package = subject.package
        rebuilt = subject.family.traits.rebuilt
        version = re.sub(f"(?:{rebuilt})$", "", package.version)
        builds[package.family, package.name, version].append(subject)
    for same in builds.values():
        first, *rest = same
        for other in rest:
            for ours, theirs in zip(first.peers, other.peers, strict=True):
                if ours.admitted != theirs.admitted:
                    here, there = other.package, first.package
                    if here.architecture == there.architecture:
                        than = f"from the other build for {there.architecture}"
                    else:
                        than = f"on {here.architecture} and on {there.architecture}"
                    message = f"accepts different versions of {ours.name} {than}"
                    relations = tuple(dict.fromkeys((*theirs.naming, *ours.naming)))
                    yield other.report(RULE, theirs, message, relations=relations)


RULE: Final = Rule(
    id="siblings-disagree",
    severity=Severity.ERROR,
    title="Builds of the same version have different guards",
    explanation=(
        "The builds of one version for several architectures must have the same guards. These differ, so"
        " users of one architecture are not protected in the same way as users of another."
    ),
    help="Generate the relations once for all architectures.",
    references=("Debian Policy 7.2",),
    order=270,
    check_subjects=check,
)
