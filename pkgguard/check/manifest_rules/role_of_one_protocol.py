"""role-of-one-protocol: a role has only one protocol."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity
from pkgguard.manifest.typed_table import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.manifest_subject import ManifestSubject
    from pkgguard.diagnostics import Diagnostic


def check(subject: ManifestSubject) -> Iterator[Diagnostic]:
    """Only one protocol has a role."""
    roles: defaultdict[str, list[str]] = defaultdict(list)
    for protocol in subject.manifest.protocols.values():
        if protocol.role:
            roles[protocol.role].append(protocol.name)
    for role, (name, *others) in roles.items():
        if not others:
            near = nearest(role, [one for one in roles if one != role])
            yield subject.report(
                RULE,
                f"{name} is the only protocol with the role {role}, so its server has no alternative",
                help=f"Did you mean {near!r}?" if near else "",
            )


RULE: Final = Rule(
    id="role-of-one-protocol",
    severity=Severity.WARNING,
    title="A role has only one protocol",
    explanation=(
        "The servers of the protocols with one role are alternatives: a client needs only one of them. A role"
        " that only one protocol has is probably misspelt in another."
    ),
    help="Give the other server's protocol the same role.",
    references=("docs/manifest.md",),
    order=580,
    group="manifest",
    check_manifest=check,
)
