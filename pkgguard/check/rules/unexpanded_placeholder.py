"""unexpanded-placeholder: the published package contains a placeholder of its build."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.check.few import few
from pkgguard.check.placeholders import holds_placeholder, placeholders
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.few import Occurrence
    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A relation contains something that the build should have replaced."""
    yield from few(subject, RULE, _unreplaced(subject))


def _unreplaced(subject: Subject) -> Iterator[Occurrence]:
    package = subject.package
    texts = [(str(relation), relation.text) for relation in package.relations]
    texts += [(f"{field}: {text}" if field else text, text) for field, text, _ in package.malformed]
    for line, text in texts:
        spend()
        held = dict.fromkeys(placeholders(text))
        view = _view(subject, text) if held else None
        for found in held:
            message = f"contains the placeholder {found!r}, which was not replaced"
            yield view, message, (line,)


def _view(subject: Subject, text: str) -> PeerView | None:
    words = set(re.findall(r"[\w.+-]+", text))
    return next((view for view in subject.peers if view.name in words), None)


RULE: Final = Rule(
    id="unexpanded-placeholder",
    severity=Severity.ERROR,
    title="A placeholder was not replaced at build time",
    explanation=(
        "A template variable such as @VERSION@, ${binary:Version} or %{version} is left in the built package."
        " The constraint that it was part of is lost, or names a package that does not exist."
    ),
    help="Make the build replace it, and fail if it cannot.",
    references=("deb-substvars(5)", "kata-containers/packaging#62"),
    order=170,
    check_subject=check,
    reports_instead=holds_placeholder,
)
