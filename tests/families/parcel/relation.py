"""The relations of parcels: ``needs: server >=1.1.0 <2.0.0-0 | other``."""

from __future__ import annotations

import re

from pkgguard.families.parcel.version import key

from pkgguard.errors import RelationError, VersionError
from pkgguard.families.expression import Any_, Constraint, Expression, Operator, With
from pkgguard.families.interface import Relation

FIELDS = ("needs", "likes", "refuses", "offers")
_BOUND = re.compile(r"(<=|>=|<|>|=)(\S+)")


def parse(field: str, text: str) -> tuple[Relation, ...]:
    """Read the clauses of a field, one per line."""
    return tuple(
        Relation(field, line.strip(), _any(field, line)) for line in text.splitlines() if line.strip()
    )


def _any(field: str, text: str) -> Expression:
    found = tuple(_one(field, part) for part in text.split("|"))
    return found[0] if len(found) == 1 else Any_(found)


def _one(field: str, text: str) -> Expression:
    name, *bounds = text.split() or [""]
    if not re.fullmatch(r"[a-z][a-z0-9+.-]*", name):
        raise RelationError(field, text.strip(), "a clause begins with the name of a parcel")
    found = []
    for bound in bounds:
        match = _BOUND.fullmatch(bound)
        if match is None:
            raise RelationError(field, bound, "a bound is an operator and a version")
        try:
            key(match[2])
        except VersionError as error:
            raise RelationError(field, bound, str(error)) from error
        found.append(Constraint(name, Operator(match[1]), match[2]))
    if len(found) < 2:
        return found[0] if found else Constraint(name)
    return With(tuple(found))


def render(expression: Expression) -> str:
    """Write an expression as a clause."""
    match expression:
        case Any_(of):
            return " | ".join(map(render, of))
        case With(of):
            bounds = (
                f"{one.operator.value}{one.version}"
                for one in of
                if isinstance(one, Constraint) and one.operator
            )
            (name,) = {one.name for one in of if isinstance(one, Constraint)}
            return " ".join((name, *bounds))
        case Constraint(name, operator, version):
            return name if operator is None else f"{name} {operator.value}{version}"
    raise AssertionError(expression)
