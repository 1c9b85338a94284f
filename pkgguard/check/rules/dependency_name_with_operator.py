"""dependency-name-with-operator: a comparison without spaces became part of a package's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.few import few
from pkgguard.check.placeholders import holds_placeholder
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity
from pkgguard.families.interface import Pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.few import Occurrence
    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A comparison without spaces around it became part of a package's name."""
    yield from few(subject, RULE, _misnamed(subject))


def _misnamed(subject: Subject) -> Iterator[Occurrence]:
    for relation in subject.package.relations:
        for pitfall, text in subject.family.pitfalls(relation):
            if pitfall in _WHY and not holds_placeholder(text):
                yield None, f"names a package {text!r}: {_WHY[pitfall]}", (str(relation),)


_WHY: Final = {
    Pitfall.OPERATOR_IN_NAME: "without spaces, the comparison is part of the name",
    Pitfall.SEPARATOR_IN_NAME: "a bar or a single parenthesis is part of the name",
}


RULE: Final = Rule(
    id="dependency-name-with-operator",
    severity=Severity.ERROR,
    title="A comparison or a separator became part of a package's name",
    explanation=(
        "rpmbuild needs spaces around a comparison. It accepts `Requires: a>=1.0`, but as a requirement of a"
        " package named `a>=1.0`, which does not exist. In"
        " the same way `Requires: a|b` requires a package named `a|b`: alternatives are written `(a or b)`."
    ),
    help="Put spaces around the comparison, as in `a >= 1.0`, and write alternatives as `(a or b)`.",
    references=("rpm dependencies manual",),
    order=250,
    check_subject=check,
)
