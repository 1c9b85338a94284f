"""sorts-elsewhere: the package's version does not sort where its release belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity
from pkgguard.families.rebuilds import openings
from pkgguard.versions.sets import Boundary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """No bound can separate a prerelease from its release, or the version sorts as another release."""
    identity, family = subject.identity, subject.family
    releases = " and ".join(f"{name} {identity.releases[name]}" for name in identity.package.numbered)
    if identity.displaced:
        message = f"carries {releases}, but sorts as another release, whose bounds it meets"
        yield subject.report(RULE, None, message)
    elif identity.prerelease:
        release = identity.releases[identity.package.numbered[0]]
        shipping = identity.package.shipping[family.name]
        plain = family.releases.write(release)
        epoch = family.split(subject.package.version)[0]
        forms = (f"{plain}{suffix}" for suffix in ("", *openings(shipping.name, shipping.rebuilds)))
        least = min(forms, key=family.key)
        accepted = family.range_of(">=", family.join(epoch, least, ""))
        if Boundary.before(subject.key) in accepted:
            message = f"is a prerelease of {releases}, and no bound can tell it apart from the release"
            yield subject.report(RULE, None, message)


RULE: Final = Rule(
    id="sorts-elsewhere",
    severity=Severity.WARNING,
    title="The package's version does not sort where its release belongs",
    explanation=(
        "A prerelease whose mark is in the revision, such as 1.0.0-65.rc10, sorts above 1.0.0, so a peer that"
        " requires 1.0.0 accepts it. A version such as 2.0.0+really1.0.0 sorts as 2.0.0, so peers that refuse"
        " 1.0.0 accept it."
    ),
    help=(
        "Number a prerelease so that it sorts below its release. If the version is already published, name it"
        " and its release in the manifest (`published`)."
    ),
    references=("deb-version(7)", "rpm-version(7)", "Debian Policy 5.6.12"),
    order=420,
    since=1,
    check_subject=check,
)
