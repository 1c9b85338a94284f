"""The meaning of a relation, in a form that all families share.

A constraint names a package and may bound its version. An expression joins constraints.
deb uses only constraints and :class:`Any_`; the other classes are the operators of
rpm's rich dependencies.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator


class Operator(Enum):
    """A comparison of versions; the value is its spelling in rpm."""

    LESS = "<"
    LESS_EQUAL = "<="
    EQUAL = "="
    GREATER_EQUAL = ">="
    GREATER = ">"


class Constraint(NamedTuple):
    """A name, and a bound on its version if ``operator`` is given.

    ``qualifier`` is deb's architecture qualifier (``any``, ``amd64``), without
    its colon; rpm's ``(x86-64)`` is part of the name.
    """

    name: str
    operator: Operator | None = None
    version: str = ""
    qualifier: str = ""


def constraint_on(name: str, version: str, operator: Operator = Operator.EQUAL) -> Constraint:
    """Return the constraint on a name, without a bound if the version is empty."""
    return Constraint(name, operator, version) if version else Constraint(name)


@dataclass(frozen=True, slots=True)
class _Several:
    of: tuple[Expression, ...]


class Any_(_Several):  # noqa: N801 - the plain words are builtins
    """At least one of ``of`` holds (deb ``|``, rpm ``or``)."""

    __slots__ = ()


class All_(_Several):  # noqa: N801
    """Each of ``of`` holds, maybe because of different packages (rpm ``and``)."""

    __slots__ = ()


class With(_Several):
    """One package satisfies each of ``of`` (rpm ``with``)."""

    __slots__ = ()


class Without(NamedTuple):
    """One package satisfies ``keep`` but not ``drop`` (rpm ``without``)."""

    keep: Expression
    drop: Expression


@dataclass(frozen=True, slots=True)
class _Conditional:
    then: Expression
    condition: Expression
    otherwise: Expression | None = None


class If(_Conditional):
    """``then`` if ``condition`` holds, else ``otherwise`` or nothing (rpm ``if``)."""

    __slots__ = ()


class Unless(_Conditional):
    """``then`` if ``condition`` does not hold, else ``otherwise`` (rpm ``unless``)."""

    __slots__ = ()


Expression: TypeAlias = Constraint | Any_ | All_ | With | Without | If | Unless


def constraints(expression: Expression) -> Iterator[Constraint]:
    """Yield every constraint of an expression, left to right."""
    match expression:
        case Constraint():
            yield expression
        case Any_(of) | All_(of) | With(of):
            for part in of:
                yield from constraints(part)
        case Without(keep, drop):
            yield from constraints(keep)
            yield from constraints(drop)
        case If(then, condition, otherwise) | Unless(then, condition, otherwise):
            yield from constraints(then)
            yield from constraints(condition)
            if otherwise is not None:
                yield from constraints(otherwise)


def speaks_of(expression: Expression, name: str) -> bool:
    """Return whether an expression names a package, or its build for one architecture (``name(isa)``)."""
    return any(one.name == name or one.name.startswith(f"{name}(") for one in constraints(expression))
