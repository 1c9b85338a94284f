"""Whether apt finds an order in which to unpack and configure packages.

Debian Policy 7.2: the Pre-Depends of a package must be configured before it is
unpacked, and its Depends before it is configured. The tools break cycles of Depends.
They cannot break most cycles with a Pre-Depends, and apt refuses these although
``apt-get check`` finds nothing wrong. Whether apt solves a cycle depends on the order
of its attempts, so this module follows that order step by step. The methods are those
of the same names in apt's ``orderlist.cc`` and ``packagemanager.cc`` (2.6), for a
system where nothing is installed yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PRE_DEPENDS: Final = "Pre-Depends"
DEPENDS: Final = "Depends"

_SCORES: Final = {"required": 5, "important": 4, "standard": 3, "optional": 1}
# apt gives up after 5,000 rounds; at most one round per package changes anything new.
_ROUNDS: Final = 40


@dataclass(frozen=True, slots=True)
class Alternative:
    """One alternative of a clause: the steps that meet it, and the step with exactly its name."""

    targets: tuple[int, ...]
    named: int | None


@dataclass(frozen=True, slots=True)
class Clause:
    """A positive clause of a relation field."""

    field: str
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One package to unpack and configure; ``clauses`` come in the order of apt's own list.

    ``lockstep`` is whether it is Multi-Arch: same.
    """

    name: str
    clauses: tuple[Clause, ...]
    essential: bool = False
    priority: str = ""
    lockstep: bool = False


class _State(Enum):
    NOW = 0
    UNPACKED = 1
    CONFIGURED = 2


class _StuckError(Exception):
    """apt gives up."""


def has_order(steps: Sequence[Step]) -> bool:
    """Return whether apt finds an order for the steps if none of them is installed."""
    immediate = _immediate(steps)
    try:
        return _Manager(steps, immediate).install(_Ordering(steps, immediate).order_unpack())
    except _StuckError:
        return False


def _immediate(steps: Sequence[Step]) -> frozenset[int]:
    """Return the essential packages and their dependencies by name, which apt configures immediately."""
    found: set[int] = set()
    ahead = [number for number, step in enumerate(steps) if step.essential]
    while ahead:
        number = ahead.pop()
        if number in found:
            continue
        found.add(number)
        for clause in steps[number].clauses:
            if clause.field in (PRE_DEPENDS, DEPENDS):
                ahead += (a.named for a in clause.alternatives if a.named is not None)
    return frozenset(found)


@dataclass(slots=True)
class _Ordering:
    """The order with which apt begins; each of its four passes refines the previous one."""

    steps: Sequence[Step]
    immediate: frozenset[int]
    primary: Callable[[_Ordering, int], None] = field(init=False)
    secondary: Callable[[_Ordering, int], None] | None = field(init=False, default=None)
    depth: int = field(init=False, default=0)
    added: dict[int, None] = field(init=False, default_factory=dict)
    pending: set[int] = field(init=False, default_factory=set)

    def order_unpack(self) -> list[int]:
        order = sorted(range(len(self.steps)), key=lambda n: (-self._score(n), self.steps[n].name))
        for primary, secondary in (
            (_Ordering.unpack_critical, _Ordering.configure),
            (_Ordering.unpack_critical, None),
            (_Ordering.unpack_critical, None),
            (_Ordering.unpack_pre, None),
        ):
            self.primary, self.secondary = primary, secondary
            self.depth, self.added, self.pending = 0, {}, set()
            for number in order:
                self._visit(number)
            order = list(self.added)
        return order

    def _score(self, number: int) -> int:
        step = self.steps[number]
        return (
            200 * step.essential
            + 10 * (number in self.immediate)
            + 50 * any(clause.field == PRE_DEPENDS for clause in step.clauses)
            + _SCORES.get(step.priority, 0)
        )

    def _visit(self, number: int) -> None:
        if number in self.added or number in self.pending:
            return
        self.depth += 1
        self.pending.add(number)
        old = self.primary
        if number in self.immediate and self.primary is not _Ordering.unpack_pre:
            self.primary = _Ordering.unpack_pre_depends
        self.primary(self, number)
        if self.secondary is not None:
            self.secondary(self, number)
        self.pending.discard(number)
        self.added[number] = None
        self.primary = old
        self.depth -= 1

    def _alternatives(self, number: int) -> Iterator[tuple[str, Alternative]]:
        for clause in self.steps[number].clauses:
            spend()
            for alternative in clause.alternatives:
                yield clause.field, alternative

    def _is_settled(self, alternative: Alternative, *, looks_for_loops: bool) -> bool:
        """Return whether an alternative needs no visit."""
        loops = alternative.named in self.pending
        if any(target in self.added for target in alternative.targets) and not (loops and looks_for_loops):
            return True
        return loops or alternative.named in self.added

    def unpack_critical(self, number: int) -> None:
        for name, alternative in self._alternatives(number):
            if name == PRE_DEPENDS and not self._is_settled(alternative, looks_for_loops=True):
                old, self.primary = self.primary, _Ordering.unpack_pre_depends
                self._visit_all(alternative)
                self.primary = old

    def unpack_pre_depends(self, number: int) -> None:
        for name, alternative in self._alternatives(number):
            if name in (PRE_DEPENDS, DEPENDS) and not self._is_settled(
                alternative, looks_for_loops=name == PRE_DEPENDS
            ):
                self._visit_all(alternative)

    def unpack_pre(self, number: int) -> None:
        for name, alternative in self._alternatives(number):
            if name not in (PRE_DEPENDS, DEPENDS):
                continue
            if name == DEPENDS and self.depth == 1 and number not in self.immediate:
                continue
            if not self._is_settled(alternative, looks_for_loops=True):
                self._visit_all(alternative)

    def configure(self, number: int) -> None:
        for name, alternative in self._alternatives(number):
            if name == DEPENDS:
                self._visit_all(alternative)

    def _visit_all(self, alternative: Alternative) -> None:
        for target in alternative.targets:
            self._visit(target)


@dataclass(slots=True)
class _Manager:
    """Unpacks and configures in an order, and corrects that order meanwhile, as apt does."""

    steps: Sequence[Step]
    immediate: frozenset[int]
    state: dict[int, _State] = field(init=False)
    looping: set[int] = field(init=False, default_factory=set)
    present: set[int] = field(init=False, default_factory=set)
    sound: bool = field(init=False, default=True)

    def install(self, order: Sequence[int]) -> bool:
        self.state = dict.fromkeys(order, _State.NOW)
        for number in order:
            if self.state[number] is _State.NOW:
                self._unpack(number, at_once=number in self.immediate)
        return self.sound

    def _guarded(self, number: int, *, loop: bool, action: Callable[[], None]) -> None:
        if not loop:
            self.looping.add(number)
        try:
            action()
        finally:
            if not loop:
                self.looping.discard(number)

    def _unpack(self, number: int, *, at_once: bool) -> None:
        loop = number in self.looping
        clauses = self.steps[number].clauses
        stuck = False
        for _ in range(_ROUNDS):
            changed = False
            for place, clause in enumerate(clauses):
                if clause.field == PRE_DEPENDS:
                    met, again = self._pre_depends(number, clauses, place, loop=loop)
                    changed |= again
                    stuck |= not met
            if not changed:
                break
        else:
            raise _StuckError
        if stuck:
            raise _StuckError
        if loop:
            return
        self.state[number] = _State.UNPACKED
        self.present.add(number)
        if not at_once:
            return
        if self.steps[number].lockstep:
            for other in self._siblings(number, _State.NOW):
                self._unpack(other, at_once=False)
        try:
            self._configure(number)
        except _StuckError:
            # apt ignores it and leaves the package to the final run.
            return

    def _pre_depends(
        self, number: int, clauses: Sequence[Clause], place: int, *, loop: bool
    ) -> tuple[bool, bool]:
        """Try to configure a Pre-Depends; return whether it is configured, and whether anything changed."""
        changed = False
        # If nothing in the clause helps, apt continues with the clauses after it.
        for alternative in (a for clause in clauses[place:] for a in clause.alternatives):
            spend()
            for target in alternative.targets:
                if self.state[target] is _State.CONFIGURED:
                    return True, changed
                if self.state[target] is _State.NOW:
                    if target in self.looping and loop:
                        continue
                    self._guarded(number, loop=loop, action=lambda t=target: self._unpack(t, at_once=True))  # type: ignore[misc]
                else:
                    self._guarded(number, loop=loop, action=lambda t=target: self._configure(t))  # type: ignore[misc]
                return True, target not in self.looping
        return False, changed

    def _configure(self, number: int) -> None:
        loop = number in self.looping
        self._configure_all_for(number, self._waiting_for(number, loop=loop), loop=loop)
        if loop:
            return
        if self.state[number] is _State.CONFIGURED:
            raise _StuckError
        self._set_configured(number)
        if self.steps[number].lockstep and number not in self.immediate:
            for other in self._siblings(number, _State.UNPACKED):
                self._configure(other)

    def _waiting_for(self, number: int, *, loop: bool) -> list[Clause]:
        """Unpack the dependencies of a package; return the clauses whose packages wait to be configured."""
        waiting: list[Clause] = []
        for _ in range(_ROUNDS):
            changed = False
            for clause in self.steps[number].clauses:
                if clause.field not in (PRE_DEPENDS, DEPENDS):
                    continue
                met, again = self._unpack_for(number, clause, loop=loop)
                changed |= again
                if not met:
                    waiting.append(clause)
            if not changed:
                return waiting
        raise _StuckError

    def _configure_all_for(self, number: int, waiting: Sequence[Clause], *, loop: bool) -> None:
        met = True
        for _ in range(_ROUNDS):
            changed = False
            for clause in waiting:
                # As in apt, only the result of the last clause counts.
                met, again = self._configure_for(number, clause, loop=loop)
                changed |= again
            if not changed:
                break
        else:
            raise _StuckError
        if not met:
            raise _StuckError

    def _unpack_for(self, number: int, clause: Clause, *, loop: bool) -> tuple[bool, bool]:
        """Unpack a package that meets a clause, if it is not yet unpacked."""
        if loop:
            return False, False
        for alternative in clause.alternatives:
            spend()
            for target in alternative.targets:
                if self.state[target] is _State.NOW:
                    self._guarded(number, loop=loop, action=lambda t=target: self._unpack(t, at_once=True))  # type: ignore[misc]
                    return True, target not in self.looping
        return False, False

    def _configure_for(self, number: int, clause: Clause, *, loop: bool) -> tuple[bool, bool]:
        """Configure an unpacked package that meets a clause."""
        for alternative in clause.alternatives:
            spend()
            for target in alternative.targets:
                if self.state[target] is _State.CONFIGURED:
                    return True, False
                if self.state[target] is _State.UNPACKED:
                    if target in self.looping and loop:
                        return True, False
                    self._guarded(number, loop=loop, action=lambda t=target: self._configure(t))  # type: ignore[misc]
                    return True, target not in self.looping
        return False, False

    def _set_configured(self, number: int) -> None:
        for clause in self.steps[number].clauses:
            if clause.field in (PRE_DEPENDS, DEPENDS) and not any(
                self.present & {*alternative.targets} for alternative in clause.alternatives
            ):
                self.sound = False
        self.state[number] = _State.CONFIGURED

    def _siblings(self, number: int, state: _State) -> list[int]:
        return [
            other
            for other, step in enumerate(self.steps)
            if other != number and step.name == self.steps[number].name and self.state[other] is state
        ]
