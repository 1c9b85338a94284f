"""older-client-guards-itself: only the requirement of older clients refuses this server package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.admitted_releases import counted
from pkgguard.check.older_clients import only_server_can_refuse
from pkgguard.check.rule import Rule
from pkgguard.check.siblings import guards_itself
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A server leaves it to older clients to refuse it, and the package tool checks that only once."""
    if subject.family.traits.rechecks_dependencies:
        return
    for view in subject.peers:
        older = tuple(
            release
            for release in view.admitted_incompatible
            if not view.guard.as_client
            and only_server_can_refuse(subject, view, release)
            and guards_itself(view, release)
        )
        if older:
            message = (
                f"leaves it to {view.name} {counted(older)} to refuse it, and dpkg does not look at"
                " their Depends again when only this package is upgraded"
            )
            yield subject.report(RULE, view, message, releases=older)


RULE: Final = Rule(
    id="older-client-guards-itself",
    severity=Severity.INFO,
    title="Only the Depends of older clients refuses this server package",
    explanation=(
        "Older clients pin the server that they were built with, so apt does not install this package beside"
        " them. dpkg checks Depends when it configures a package, but not when a package that it names is"
        " upgraded later, so `dpkg -i` of this package alone succeeds and leaves a broken pair."
    ),
    help="Add the Breaks shown if the two may be installed without apt.",
    references=("Debian Policy 7.2", "Debian Policy 7.3"),
    order=360,
    check_subject=check,
)
