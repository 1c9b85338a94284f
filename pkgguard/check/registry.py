"""The rules, found from the modules in :mod:`pkgguard.check.rules`."""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from pkgguard.check import rules as folder
from pkgguard.errors import UnknownNameError
from pkgguard.manifest.typed_table import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pkgguard.check.rule import Rule

RULE_SET: Final = 1
"""The version of the rule set of this release, which is the ``since`` of a rule that is added before it."""


@cache
def rules() -> Mapping[str, Rule]:
    """Return every rule by its id, in the order of the rules."""
    found: list[Rule] = [import_module(f"{folder.__name__}.{name}").RULE for name in _modules()]
    return {rule.id: rule for rule in sorted(found, key=lambda rule: (rule.order, rule.id))}


def aliases() -> Mapping[str, Rule]:
    """Return the rules that have been renamed by each id that they had before."""
    return {alias: rule for rule in rules().values() for alias in rule.aliases}


def rule(name: str) -> Rule:
    """Return the rule with an id, or that had it before it was renamed.

    Raises :class:`UnknownNameError` with the nearest id.
    """
    known = rules()
    found = known.get(name) or aliases().get(name)
    if found is None:
        raise UnknownNameError("rule", name, tuple(known), nearest(name, known))
    return found


def _modules() -> Iterator[str]:
    """Yield the names of the modules that hold a rule each."""
    for place in folder.__path__:
        try:
            names = [name[:-3] for name in os.listdir(place) if name.endswith(".py")]
        except NotADirectoryError:  # pkgguard is imported from an archive
            from pkgutil import iter_modules  # noqa: PLC0415 - slow to load, and rarely needed

            names = [module.name for module in iter_modules([place])]
        yield from (name for name in names if name != "__init__")
