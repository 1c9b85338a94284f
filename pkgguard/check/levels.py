"""Which rules are held, and how severe each is: the data's own word, the manifest's, the caller's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.check.finding import Finding, Severity
from pkgguard.check.registry import rule, rules
from pkgguard.errors import ManifestError, Mistake, UnknownNameError
from pkgguard.manifest.hints import Words
from pkgguard.manifest.limits import HINTS
from pkgguard.manifest.typed_table import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pkgguard.manifest.model import Manifest

OFF: Final = "off"
ALL: Final = "all"
"""Stands for every rule, so that ``all = "off"`` and then some rules set are a rule set."""
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

    ``settings`` maps rule ids to ``off``, ``info``, ``warning`` or ``error``.
    Raises :class:`ManifestError` for a rule or level in the manifest that does
    not exist, :class:`UnknownNameError` for one in the settings.
    """
    severities: dict[str, Severity | None] = {name: one.severity for name, one in rules().items()}
    mistakes: list[Mistake] = []
    known = Words(severities)
    for name, (level, line) in manifest.rules.items():
        spend()
        if name != ALL and name not in severities:
            help = known.hint(name) if len(mistakes) < HINTS else ""
            mistakes.append(Mistake("rules", name, line, "no rule is called that", help))
        elif level not in LEVELS:
            help = did_you_mean(level, LEVELS) if len(mistakes) < HINTS else ""
            mistakes.append(Mistake("rules", name, line, f"{level!r} is no level", help))
        else:
            for one in severities if name == ALL else (name,):
                severities[one] = _severity(level)
    if mistakes:
        raise ManifestError(manifest.path, tuple(mistakes))
    for name, level in (settings or {}).items():
        if level not in LEVELS:
            raise UnknownNameError("level of a rule", level, LEVELS, nearest(level, LEVELS))
        for one in severities if name == ALL else (rule(name).id,):
            severities[one] = _severity(level)
    return Selection(severities)


def _severity(level: str) -> Severity | None:
    return None if level == OFF else Severity(level)
