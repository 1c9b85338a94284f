"""Reading and writing the relation fields of a binary package.

Sources: Debian Policy 7.1 and 7.5, deb-control(5). What is refused was measured with
dpkg-deb 1.21, which is the first program to read the fields of a build.
"""

from __future__ import annotations

import re
from sys import intern
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.errors import RelationError, VersionError
from pkgguard.families import limits
from pkgguard.families.deb.version import key
from pkgguard.families.expression import Any_, Constraint, Operator
from pkgguard.families.interface import Relation
from pkgguard.families.remembered import remembered
from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    from pkgguard.families.expression import Expression

POSITIVE_FIELDS: Final = ("Pre-Depends", "Depends", "Recommends", "Suggests", "Enhances")
NEGATIVE_FIELDS: Final = ("Breaks", "Conflicts")
RELATION_FIELDS: Final = (*POSITIVE_FIELDS, *NEGATIVE_FIELDS, "Replaces", "Provides")

_FIELDS: Final = {field.lower(): field for field in RELATION_FIELDS}
_SINGLE: Final = frozenset({*NEGATIVE_FIELDS, "Replaces", "Provides"})
_OPERATORS: Final = {
    "<<": Operator.LESS,
    "<=": Operator.LESS_EQUAL,
    "=": Operator.EQUAL,
    ">=": Operator.GREATER_EQUAL,
    ">>": Operator.GREATER,
}
# Policy 7.1: the single signs are obsolete, and do not mean what they seem to mean.
_OBSOLETE: Final = {"<": "<=", ">": ">="}
_CONFUSED: Final = {"==": "=", "=<": "<=", "=>": ">=", "<<=": "<=", ">>=": ">="}
_SPELLING: Final = {operator: text for text, operator in _OPERATORS.items()}

_BLANK: Final = " \t\n\r\f\v"
_CLAUSE: Final = re.compile(r"([^\s():\[<]*)(:[^\s()\[<]*)?(.*)", re.ASCII | re.DOTALL)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]*")
_ARCHITECTURE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
# apt needs more than three characters from the operator to the end of the field, including the parenthesis.
_SHORT_BOUND: Final = re.compile(r"\([ \t\n\r\f\v]*([^()]{0,2}\))\Z")
_BOUND: Final = re.compile(r"([<>=!~^]*)(.*)", re.ASCII | re.DOTALL)


def parse(field: str, text: str) -> tuple[Relation, ...]:
    """Return the clauses of a relation field, folded or not, in order.

    ``field`` may be in any case. A blank text has no clauses. A clause keeps its own
    text except for white space. As in dpkg and apt, the obsolete ``<`` and ``>`` mean
    ``<=`` and ``>=``, and a bare version means ``=``.

    Raises :class:`RelationError`, which names the wrong part, for everything that
    dpkg-deb refuses to build, and for a ``Provides`` with an operator other than ``=``,
    which dpkg and apt ignore.
    """
    name = _FIELDS.get(field.lower())
    if name is None:
        raise RelationError(
            field, text, "this is not a relation field", f"use one of {', '.join(RELATION_FIELDS)}"
        )
    if not text.strip(_BLANK):
        return ()
    found = tuple(_clause(name, clause) for clause in text.split(","))
    if short := _SHORT_BOUND.search(text.rstrip(_BLANK)):
        reason = "apt rejects such a short bound at the end of a field"
        raise RelationError(name, f"({short[1]}", reason, "write a space before the version")
    return found


def render(expression: Expression) -> str:
    """Return a constraint, or alternatives of constraints, as a clause.

    Raises :class:`RelationError` for an expression that deb cannot express.
    """
    match expression:
        case Constraint(name, operator, version, qualifier):
            text = f"{name}:{qualifier}" if qualifier else name
            return text if operator is None else f"{text} ({_SPELLING[operator]} {version})"
        case Any_(of) if of and all(isinstance(part, Constraint) for part in of):
            return " | ".join(render(part) for part in of)
    raise RelationError("", str(expression), "deb relations have only constraints and alternatives")


@remembered
def range_of(operator: str, version: str) -> VersionSet:
    """Return the versions that a bound admits, in dpkg's order.

    ``operator`` is one of ``< <= = >= >`` with their plain meaning, ``version`` a full
    version. Raises :class:`VersionError` for an invalid version, and
    :class:`RelationError` for another operator.
    """
    return interval(operator, Boundary.before(key(version)), Boundary.after(key(version)))


def interval(operator: str, before: Boundary, after: Boundary) -> VersionSet:
    """Return the positions that a bound admits, from the positions just before and after its version."""
    match operator:
        case "<":
            return VersionSet.until(before)
        case "<=":
            return VersionSet.until(after)
        case "=":
            return VersionSet.between(before, after)
        case ">=":
            return VersionSet.from_(before)
        case ">":
            return VersionSet.from_(after)
    raise RelationError("", operator, "this is not an operator", "use one of < <= = >= >")


def obsolete_operators(relation: Relation) -> tuple[str, ...]:
    """Return the obsolete operators of a clause: ``<``, ``>``, or an empty text for no operator.

    dpkg and apt read them as ``<=``, ``>=`` and ``=``; other solvers read the
    first two as strict.
    """
    found = (_BOUND.match(bound.strip(_BLANK)) for bound in re.findall(r"\(([^)]*)\)", relation.text))
    return tuple(match[1] for match in found if match and match[1] in {"", *_OBSOLETE})


def _clause(field: str, text: str) -> Relation:
    spend()
    shown = " ".join(text.split())
    if not shown:
        raise RelationError(field, shown, "a clause between commas is empty", "remove the surplus comma")
    parts = text.split("|")
    if len(parts) > 1 and field in _SINGLE:
        raise RelationError(field, shown, f"{field} allows no alternatives", "write them as separate clauses")
    if not all(part.strip(_BLANK) for part in parts):
        raise RelationError(field, shown, "an alternative is empty", "remove the surplus '|'")
    if len(parts) > limits.ALTERNATIVES:
        reason = f"a clause has {len(parts)} alternatives; at most {limits.ALTERNATIVES} are judged"
        raise RelationError(field, f"{shown[:60]}...", reason, "name fewer")
    found = tuple(_constraint(field, part.strip(_BLANK)) for part in parts)
    return Relation(field, shown, found[0] if len(found) == 1 else Any_(found))


def _constraint(field: str, text: str) -> Constraint:
    match = _CLAUSE.fullmatch(text)
    assert match is not None  # noqa: S101 - every part of the pattern may be empty
    # The same name may occur in tens of thousands of relations.
    name, qualifier, rest = intern(match[1]), match[2] or "", match[3].strip(_BLANK)
    text = " ".join(text.split())
    if "$" in name:
        raise RelationError(
            field, text, "a substitution variable was not replaced", "define it before the build"
        )
    if not _NAME.fullmatch(name):
        raise RelationError(
            field,
            text,
            f"{name!r} is not a package name",
            "start with a letter or digit, then letters, digits, + - . _",
        )
    if qualifier and not _ARCHITECTURE.fullmatch(qualifier[1:]):
        raise RelationError(
            field, text, f"{qualifier!r} is not an architecture qualifier", "write ':any' or drop it"
        )
    if not rest:
        return Constraint(name, qualifier=qualifier[1:])
    bound, closed, tail = rest.partition(")")
    if not rest.startswith("("):
        raise _surplus(field, text, rest)
    if not closed:
        raise RelationError(field, text, "the version is not closed", "add ')'")
    if tail.strip(_BLANK):
        raise _surplus(field, text, tail.strip(_BLANK))
    operator, version = _bound(field, text, bound[1:].strip(_BLANK))
    if field == "Provides" and operator is not Operator.EQUAL:
        raise RelationError(field, text, "a provided version can only be exact", f"write '(= {version})'")
    return Constraint(name, operator, version, qualifier[1:])


def _bound(field: str, text: str, bound: str) -> tuple[Operator, str]:
    match = _BOUND.fullmatch(bound)
    assert match is not None  # noqa: S101 - every part of the pattern may be empty
    written, version = match[1] or "=", match[2].strip(_BLANK)
    operator = _OPERATORS.get(_OBSOLETE.get(written, written))
    if operator is None:
        meant = _CONFUSED.get(written)
        help = f"write '({meant} {version})'" if meant else f"use one of {' '.join(_OPERATORS)}"
        raise RelationError(field, text, f"{written!r} is not an operator", help)
    try:
        key(version)
    except VersionError as error:
        help = "give a version" if not version else "write a version as described in deb-version(7)"
        raise RelationError(field, text, str(error), help) from error
    return operator, version


def _surplus(field: str, text: str, rest: str) -> RelationError:
    if rest.startswith("["):
        return RelationError(
            field,
            text,
            "a binary package has no architecture restrictions",
            f"drop {rest!r}; it is for source packages",
        )
    if rest.startswith("<"):
        return RelationError(
            field, text, "a binary package has no build profiles", f"drop {rest!r}; it is for source packages"
        )
    if rest.startswith("("):
        return RelationError(
            field, text, "a clause can have only one bound", "write the second bound as a separate clause"
        )
    return RelationError(
        field, text, f"{rest!r} follows where the clause should end", "separate clauses by commas"
    )
