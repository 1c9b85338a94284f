"""missing-protocol-provides: a server package does not provide its protocol version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.compat.guard import is_bundle
from pkgguard.diagnostics import Severity
from pkgguard.families.expression import constraint_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A server package does not provide the protocol version of its release."""
    compatibility = subject.compatibility
    package = subject.identity.package
    provided = {relation.expression for relation in subject.provided}
    for protocol in compatibility.manifest.protocols.values():
        if protocol.is_provided and protocol.server in package.carries and not is_bundle(package, protocol):
            name = compatibility.provided(protocol.name, subject.identity.releases[protocol.server])
            if name is not None and constraint_on(*name) not in provided:
                what = " = ".join(filter(None, name))
                message = f"does not provide {what}, the protocol version of its release"
                lines = tuple(
                    str(one.relation)
                    for one in subject.generated.relations
                    if one.relation.field == subject.family.traits.providing_field
                )
                yield subject.report(RULE, None, message, fix=lines)


RULE: Final = Rule(
    id="missing-protocol-provides",
    severity=Severity.ERROR,
    title="The server package does not provide its protocol version",
    explanation=(
        "According to the manifest, server packages provide the protocol with its own version, and client"
        " packages depend on that name. If it is missing or has another version, no client can be installed"
        " with this package."
    ),
    help="Add the Provides shown.",
    references=("Debian Policy 7.5", "rpm dependencies manual"),
    order=150,
    check_subject=check,
)
