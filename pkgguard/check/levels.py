"""Which rules are held, and how severe each is: the data's own word, the manifest's, the caller's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.check import registry
from pkgguard.check.finding import Finding, Severity
from pkgguard.check.registry import aliases, rule, rules
from pkgguard.errors import ManifestError, Mistake, UnknownNameError
from pkgguard.manifest.hints import Words
from pkgguard.manifest.limits import HINTS
from pkgguard.manifest.model import RULE_SET_KEY
from pkgguard.manifest.typed_table import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pkgguard.manifest.model import Manifest

OFF: Final = "off"
ALL: Final = "all"
"""Stands for every rule, so that ``all = "off"`` and then the rules to hold choose a few."""
LEVELS: Final = (OFF, *(one.value for one in Severity))
"""What a rule can be set to."""


class Selection(NamedTuple):
    """The severity of each rule, None where it is off."""

    severities: Mapping[str, Severity | None]

    def apply(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return the findings of the rules that are on, each with its severity, the worst first."""
        kept = []
        for finding in findings:
            severity = self.severities[finding.rule]
            if severity is not None:
                kept.append(finding._replace(severity=severity))
        return tuple(dict.fromkeys(sorted(kept, key=lambda one: -one.severity.rank)))


def select(manifest: Manifest, settings: Mapping[str, str] | None = None) -> Selection:
    """Return the rules to hold, as the manifest's [rules] and then the caller's settings have them.

    ``settings`` maps rule ids to ``off``, ``info``, ``warning`` or ``error``. A
    rule may go by an id that it had before. One that is newer than the rule set of
    the manifest is at most a warning, unless its own id is set to ``error``.

    Raises :class:`ManifestError` for a rule, level or rule set in the manifest
    that does not exist, :class:`UnknownNameError` for one in the settings.
    """
    levels = _Levels(manifest.rule_set[0])
    mistakes = tuple(_set_by_manifest(levels, manifest))
    if mistakes:
        raise ManifestError(manifest.path, mistakes)
    for name, level in (settings or {}).items():
        if level not in LEVELS:
            raise UnknownNameError("level of a rule", level, LEVELS, nearest(level, LEVELS))
        levels.set(ALL if name == ALL else rule(name).id, level)
    return Selection(levels.severities)


def renamed(names: Iterable[str]) -> dict[str, str]:
    """Return the new id of each of some ids that a rule had before."""
    old = aliases()
    return {name: old[name].id for name in names if name in old}


class _Levels:
    """The severity of each rule, at first its own, in a version of the rule set (0: the newest)."""

    def __init__(self, rule_set: int) -> None:
        every = rules().values()
        self._newer = {one.id for one in every if rule_set and one.since > rule_set}
        self.severities: dict[str, Severity | None] = {
            one.id: self._capped(one.id, one.severity) for one in every
        }

    def set(self, name: str, level: str) -> None:
        """Set a rule by its id, or all of them."""
        severity = None if level == OFF else Severity(level)
        if name != ALL:
            self.severities[name] = severity
            return
        for one in self.severities:
            self.severities[one] = self._capped(one, severity)

    def _capped(self, name: str, severity: Severity | None) -> Severity | None:
        return Severity.WARNING if severity is Severity.ERROR and name in self._newer else severity


def _set_by_manifest(levels: _Levels, manifest: Manifest) -> Iterator[Mistake]:
    """Set what a manifest's [rules] set; yield the mistakes in them."""
    version, line = manifest.rule_set
    if version > registry.RULE_SET:
        reason = f"is {version}, and the newest rule set of this pkgguard is {registry.RULE_SET}"
        yield Mistake("rules", RULE_SET_KEY, line, reason, "update pkgguard, or lower the version")
    known, old = Words(levels.severities), aliases()
    names: dict[str, str] = {}
    hints = HINTS
    for name, (level, line) in manifest.rules.items():
        spend()
        current = old[name].id if name in old else name
        if name != ALL and current not in levels.severities:
            yield Mistake(
                "rules", name, line, "no rule is called that", known.hint(name) if hints > 0 else ""
            )
            hints -= 1
        elif level not in LEVELS:
            help = did_you_mean(level, LEVELS) if hints > 0 else ""
            yield Mistake("rules", name, line, f"{level!r} is not a level", help)
            hints -= 1
        elif current in names:
            yield Mistake(
                "rules", name, line, f"sets the same rule as {names[current]}", f"keep only {current}"
            )
        else:
            names[current] = name
            levels.set(current, level)
