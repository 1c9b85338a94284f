"""Reading rich dependencies such as ``(A and B)``, with the refusals of rpmbuild.

The grammar is that of rpm's page on boolean dependencies. The refused combinations are
those of rpm's parser (rpmrichParseForTag of rpm 4.18), and were compared with rpmspec.
"""

from __future__ import annotations

import re
from typing import Final, NoReturn

from pkgguard.budget import spend
from pkgguard.errors import RelationError
from pkgguard.families.expression import (
    All_,
    Any_,
    Constraint,
    Expression,
    If,
    Unless,
    With,
    Without,
)
from pkgguard.families.rpm.dependency_syntax import OPERATORS, check_constraint

_BLANK: Final = re.compile(r"[\s,]*", re.ASCII)
_WORD: Final = re.compile(r"[^\s)]*", re.ASCII)
_CHAINED: Final = frozenset({"and", "or", "with"})
_WORDS: Final = frozenset({"and", "or", "if", "unless", "else", "with", "without"})
_IN_WITH: Final = frozenset({"", "or", "with", "without"})
_REVERSED_FIELDS: Final = frozenset({"Conflicts", "Supplements", "Enhances"})
_DEPTH: Final = 64


class RichParser:
    """Reads one rich dependency in the text of a field.

    ``field`` is the relation field, ``text`` its text; :meth:`parse` starts at
    a position of an opening parenthesis. A parser is used once.
    """

    def __init__(self, field: str, text: str) -> None:
        self._field = field
        self._text = text
        self._at = 0

    def parse(self, start: int) -> tuple[Expression, int]:
        """Return the dependency that opens at ``start``, and the position of its end.

        Raises :class:`RelationError` with the part that rpm would refuse.
        """
        self._at = start
        expression, seen = self._group(1)
        part = self._text[start : self._at]
        if self._field in _REVERSED_FIELDS:
            self._refuse_context("or", seen, part)
        else:
            self._refuse_context("and", seen, part)
        return expression, self._at

    def _group(self, depth: int) -> tuple[Expression, set[str]]:
        """Return one group in parentheses, and the marks that rpm's checks pass to the outer one.

        ``if`` and ``unless`` mark a group to which no outer and/or has given a clear
        meaning yet, ``mixed`` one that cannot be inside a ``with``.
        """
        start = self._at
        if depth > _DEPTH:
            self._refuse(start, f"more than {_DEPTH} parentheses are nested", "simplify it")
        self._at += 1
        operands: list[Expression] = []
        words: list[str] = []
        seen: set[str] = set()
        while True:
            spend()
            self._skip()
            if self._peek() == ")":
                reason = "an operand is missing after the last word" if words else "the parentheses are empty"
                self._refuse(start, reason)
            if self._peek() == "(":
                operand, inner = self._group(depth + 1)
                if words and words[-1] in ("if", "unless"):
                    inner -= {"if", "unless"}
                seen |= inner
            else:
                operand = self._constraint(start)
            operands.append(operand)
            self._skip()
            if not self._peek():
                self._refuse(start, "a closing parenthesis is missing", "add the ')'")
            if self._peek() == ")":
                break
            words.append(self._operator(words))
        self._at += 1
        self._check(words, seen, self._text[start : self._at])
        return _join(operands, words), seen

    def _check(self, words: list[str], seen: set[str], part: str) -> None:
        first, last = (words[0], words[-1]) if words else ("", "")
        if first in ("with", "without") and "mixed" in seen:
            raise RelationError(
                self._field,
                part,
                "only 'or', 'with' and 'without' may be inside 'with' and 'without'",
                "move the 'and' or the condition outside, into a separate dependency",
            )
        self._refuse_context(first, seen, part)
        if first in ("if", "unless"):
            seen.add(first)
        if last in ("and", "or"):
            seen -= {"if", "unless"}
        if last not in _IN_WITH:
            seen.add("mixed")

    def _refuse_context(self, word: str, seen: set[str], part: str) -> None:
        """Refuse an ``if`` under an ``or``, and an ``unless`` under an ``and``, as rpm does."""
        if word in ("and", "if") and "unless" in seen:
            raise RelationError(
                self._field,
                part,
                "'unless' has no meaning here; rpm allows it in Conflicts, Supplements, Enhances, under 'or'",
                "write 'if' instead, or join it with 'or'",
            )
        if word in ("or", "unless") and "if" in seen:
            raise RelationError(
                self._field,
                part,
                "'if' has no meaning here; rpm allows it in Requires, Recommends, Suggests, under 'and'",
                "write 'unless' instead, or join it with 'and'",
            )

    def _operator(self, words: list[str]) -> str:
        at = self._at
        word = _match(_WORD, self._text, at)
        if word not in _WORDS:
            help = "put spaces around the operator" if any(sign in word for sign in "<>=") else ""
            self._refuse(
                at, f"{word!r} is not a word of a rich dependency (and or if unless else with without)", help
            )
        if word == "else" and words not in (["if"], ["unless"]):
            # rpm reads a lone else and then loses its right side.
            self._refuse(
                at, "'else' belongs after 'if' or 'unless' in the same parentheses", "write (A if B else C)"
            )
        if words and word != "else" and word != words[-1]:
            self._refuse(
                at, f"{words[-1]!r} and {word!r} cannot be chained", "put one of them in parentheses"
            )
        if words and word != "else" and word not in _CHAINED:
            self._refuse(at, f"{word!r} cannot be chained", "put the first two in parentheses")
        self._at = at + len(word)
        return word

    def _constraint(self, group: int) -> Constraint:
        name = self._token()
        if not name:
            self._refuse(group, "a name is missing")
        self._skip()
        operator = OPERATORS.get(self._ahead())
        version = ""
        if operator is not None:
            self._token()
            self._skip()
            version = self._token()
            if not version:
                self._refuse(group, f"a version is missing after {name} {operator.value}")
        return check_constraint(self._field, name, operator, version)

    def _token(self) -> str:
        token = self._ahead()
        self._at += len(token)
        return token

    def _ahead(self) -> str:
        """Return the token that starts here, including parentheses that close within it."""
        at, depth = self._at, 0
        text = self._text
        while at < len(text) and text[at] not in " \t\n\r\v\f,":
            if text[at] == "(":
                depth += 1
            elif text[at] == ")":
                depth -= 1
                if depth < 0:
                    break
            at += 1
        return text[self._at : at]

    def _skip(self) -> None:
        self._at += len(_match(_BLANK, self._text, self._at))

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _refuse(self, start: int, reason: str, help: str = "") -> NoReturn:
        raise RelationError(self._field, self._text[start:].strip(), reason, help)


def _match(pattern: re.Pattern[str], text: str, at: int) -> str:
    found = pattern.match(text, at)
    return found.group() if found else ""


def _join(operands: list[Expression], words: list[str]) -> Expression:
    if not words:
        # Not simplified: in rpm, a package can conflict with itself through a rich dependency, even of one
        # name, but never through a plain one.
        return Any_((operands[0],))
    match words[0]:
        case "and":
            return All_(tuple(operands))
        case "or":
            return Any_(tuple(operands))
        case "with":
            return With(tuple(operands))
        case "without":
            return Without(operands[0], operands[1])
    otherwise = operands[2] if len(operands) > 2 else None
    kind = If if words[0] == "if" else Unless
    return kind(operands[0], operands[1], otherwise)


def render(expression: Expression) -> str:
    """Return an expression as rpm writes it, with the normalisation of rpmbuild."""
    match expression:
        case Constraint(name, operator, version):
            return f"{name} {operator.value} {version}" if operator else name
        case All_(of):
            return f"({' and '.join(map(render, of))})"
        case Any_(of):
            return f"({' or '.join(map(render, of))})"
        case With(of):
            return f"({' with '.join(map(render, of))})"
        case Without(keep, drop):
            return f"({render(keep)} without {render(drop)})"
        case If(then, condition, otherwise):
            word = "if"
        case Unless(then, condition, otherwise):
            word = "unless"
    tail = f" else {render(otherwise)}" if otherwise is not None else ""
    return f"({render(then)} {word} {render(condition)}{tail})"
