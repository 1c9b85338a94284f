"""Every kind of diagnostic by its id.

The rules for packages and for manifests are the modules of two folders; the other kinds
are in kinds.toml.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from pkgguard.check import manifest_rules as manifest_folder
from pkgguard.check import rules as folder
from pkgguard.errors import UnknownNameError
from pkgguard.families.registry import names, summary
from pkgguard.manifest.typed_table import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    from pkgguard.check.rule import Rule

RULE_SET: Final = 1
"""The version of this release's rule set, which is ``since`` of each rule that the release adds."""

_ALL_LISTED: Final = "pkgguard rules lists every rule"


@cache
def rules() -> Mapping[str, Rule]:
    """Return every rule for packages by its id, in the order of the rules."""
    return _rules_in(folder)


@cache
def manifest_rules() -> Mapping[str, Rule]:
    """Return every rule for manifests by its id, in the order of the rules."""
    return _rules_in(manifest_folder)


@cache
def every() -> Mapping[str, Rule]:
    """Return every kind of diagnostic by its id: first all rules, then the kinds of kinds.toml."""
    return {**rules(), **manifest_rules(), **_described()}


def aliases() -> Mapping[str, Rule]:
    """Return the renamed kinds by each of their former ids."""
    return {alias: rule for rule in every().values() for alias in rule.aliases}


def rule(name: str) -> Rule:
    """Return the kind with this id, or with this former id.

    Raises :class:`UnknownNameError`, which names the nearest id.
    """
    found = rules().get(name) or every().get(name) or aliases().get(name)
    if found is None:
        known = tuple(every())
        raise UnknownNameError("rule", name, known, nearest(name, known), _ALL_LISTED)
    return found


def _described() -> dict[str, Rule]:
    import tomllib  # noqa: PLC0415 - a check needs none of these texts

    from pkgguard.check.rule import Rule  # noqa: PLC0415
    from pkgguard.data import text_of  # noqa: PLC0415
    from pkgguard.diagnostics import Severity  # noqa: PLC0415

    entries = tomllib.loads(text_of("pkgguard.check", "kinds.toml")).items()
    last = max(rule.order for rule in (*rules().values(), *manifest_rules().values()))
    return {
        name: Rule(
            name,
            Severity(entry.get("severity", "error")),
            entry["title"],
            entry["explanation"],
            entry["help"],
            tuple(entry.get("references", ())),
            last + number,
            group=entry["group"],
            settable=entry.get("settable", False),
        )
        for number, (name, entry) in enumerate(entries, 1)
    }


def _rules_in(package: ModuleType) -> Mapping[str, Rule]:
    notes = _notes()
    found: list[Rule] = [import_module(f"{package.__name__}.{name}").RULE for name in _modules(package)]
    return {
        rule.id: rule._replace(explanation=" ".join((rule.explanation, *notes.get(rule.id, ()))))
        for rule in sorted(found, key=lambda rule: (rule.order, rule.id))
    }


def _notes() -> Mapping[str, list[str]]:
    """Return what families add to the explanations of rules, by the ids of the rules."""
    found: dict[str, list[str]] = {}
    for family in map(summary, names()):
        for rule_id, note in family.notes:
            found.setdefault(rule_id, []).append(f"{family.title}: {note}")
    return found


def _modules(package: ModuleType) -> Iterator[str]:
    """Yield the names of the rule modules."""
    for place in package.__path__:
        try:
            found = [name[:-3] for name in os.listdir(place) if name.endswith(".py")]
        except NotADirectoryError:  # pkgguard is imported from a zip archive
            from pkgutil import iter_modules  # noqa: PLC0415 - slow to load, and rarely needed

            found = [module.name for module in iter_modules([place])]
        yield from (name for name in found if name != "__init__")
