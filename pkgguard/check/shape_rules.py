"""The rules about how a package's relations are written."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.check.few import few
from pkgguard.compat.guard import is_bundle
from pkgguard.families.expression import Constraint, Operator, constraints
from pkgguard.families.interface import Pitfall
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.few import Told
    from pkgguard.check.finding import Finding
    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.families.interface import Relation

_PLACEHOLDER: Final = re.compile(r"@[A-Za-z_]\w*@|\$\{[^}]*\}?|%\{[^}]*\}?|%[A-Za-z_]\w+")


def breaks_everything(subject: Subject) -> Iterator[Finding]:
    """Two clauses that were meant as an interval refuse every version."""
    family = subject.family
    said: defaultdict[str, list[tuple[Relation, VersionSet]]] = defaultdict(list)
    for relation in subject.package.relations:
        spend()
        one = relation.expression
        if (
            relation.field in family.traits.negative_fields
            and isinstance(one, Constraint)
            and one.operator is not None
            and not one.qualifier
        ):
            said[one.name].append((relation, family.range_of(one.operator.value, one.version)))
    for name, clauses in said.items():
        if len(clauses) > 1 and VersionSet.union(versions for _, versions in clauses) == VersionSet.full():
            lines = tuple(str(relation) for relation, _ in clauses)
            fields = " and ".join(dict.fromkeys(relation.field for relation, _ in clauses))
            message = f"refuses every {name}: clauses of {fields} are a union, not an interval"
            view = next((view for view in subject.peers if view.name == name), None)
            yield subject.report("breaks-everything", view, message, relations=lines)


def unversioned_provides(subject: Subject) -> Iterator[Finding]:
    """A guarded name is provided without a version."""
    yield from few(subject, "unversioned-provides", _unversioned_provides(subject))


def _unversioned_provides(subject: Subject) -> Iterator[Told]:
    manifest = subject.compatibility.manifest
    guarded = {
        shipping.name
        for package in manifest.packages.values()
        for family, shipping in package.shipping.items()
        if family == subject.family.name
    } - {subject.package.name}
    stems = tuple(f"{one.provides}-" for one in manifest.protocols.values() if one.provides)
    for relation in _provides(subject):
        one = relation.expression
        if isinstance(one, Constraint) and one.operator is None:
            protocol = bool(stems) and one.name.startswith(stems) and one.name.rpartition("-")[2].isdigit()
            if one.name in guarded or protocol:
                meets = (
                    "every versioned relation"
                    if subject.family.traits.always_revised
                    else "no versioned relation"
                )
                message = f"provides {one.name} without a version, which meets {meets} that names it"
                yield None, message, (str(relation),)


def missing_protocol_provides(subject: Subject) -> Iterator[Finding]:
    """A server package does not provide the protocol that its release speaks."""
    compatibility = subject.compatibility
    package = subject.identity.package
    provided = {relation.expression for relation in _provides(subject)}
    for protocol in compatibility.manifest.protocols.values():
        if protocol.provides and protocol.server in package.carries and not is_bundle(package, protocol):
            release = subject.identity.releases[protocol.server]
            major, minor = compatibility.protocol_version(protocol.name, release)
            wanted = Constraint(f"{protocol.provides}-{major}", Operator.EQUAL, f"{major}.{minor}")
            if wanted not in provided:
                message = f"does not provide {wanted.name} = {wanted.version}, the protocol that it speaks"
                lines = tuple(
                    str(one.relation)
                    for one in subject.generated.relations
                    if one.relation.field == subject.family.traits.providing_field
                )
                yield subject.report("missing-protocol-provides", None, message, fix=lines)


def dependency_name_with_operator(subject: Subject) -> Iterator[Finding]:
    """A comparison without blanks around it became the name of a package."""
    yield from few(subject, "dependency-name-with-operator", _dependency_name_with_operator(subject))


def _dependency_name_with_operator(subject: Subject) -> Iterator[Told]:
    for relation in subject.package.relations:
        for trap, text in subject.family.pitfalls(relation):
            if trap is Pitfall.OPERATOR_IN_NAME and not _PLACEHOLDER.search(text):
                message = f"names a package {text!r}: without blanks the comparison is part of the name"
                yield None, message, (str(relation),)


def maintainer_harm(subject: Subject) -> Iterator[Finding]:
    """A relation does more to other packages than to keep versions apart."""
    traits = subject.family.traits
    for view in subject.peers:
        naming = [relation for relation in subject.package.relations if _names(relation, view.name)]
        fields = {relation.field for relation in naming}
        harm = []
        for together in traits.replacing_fields:
            if together <= fields:
                verb = "removes" if len(together) == 1 else "together remove"
                harm.append(
                    f"{' and '.join(sorted(together))} {verb} an installed {view.name} without a word"
                )
        if fields & traits.pre_dependency_fields:
            field = sorted(fields & traits.pre_dependency_fields)[0]
            harm.append(f"{field} on {view.name} makes the two uninstallable where it depends back")
        for relation in naming:
            for trap, text in subject.family.pitfalls(relation):
                if trap is Pitfall.OBSOLETE_OPERATOR:
                    harm.append(f"the obsolete operator {text!r} is read differently by different tools")
        for message in dict.fromkeys(harm):
            yield subject.report("maintainer-harm", view, message)


def unexpanded_placeholder(subject: Subject) -> Iterator[Finding]:
    """Something that the build should have replaced was published."""
    yield from few(subject, "unexpanded-placeholder", _unexpanded_placeholder(subject))


def _unexpanded_placeholder(subject: Subject) -> Iterator[Told]:
    package = subject.package
    texts = [(str(relation), relation.text) for relation in package.relations]
    texts += [(f"{field}: {text}" if field else text, text) for field, text, _ in package.malformed]
    for line, text in texts:
        spend()
        held = dict.fromkeys(_PLACEHOLDER.findall(text))
        view = _view(subject, text) if held else None
        for found in held:
            message = f"holds the placeholder {found!r}, which nothing replaced"
            yield view, message, (line,)


def holds_placeholder(text: str) -> bool:
    """Return whether a text holds something that a build should have replaced."""
    return bool(_PLACEHOLDER.search(text))


def _view(subject: Subject, text: str) -> PeerView | None:
    words = set(re.findall(r"[\w.+-]+", text))
    return next((view for view in subject.peers if view.name in words), None)


def _provides(subject: Subject) -> list[Relation]:
    field = subject.family.traits.providing_field
    return [relation for relation in subject.package.relations if relation.field == field]


def _names(relation: Relation, name: str) -> bool:
    return any(part.name == name for part in constraints(relation.expression))
