"""Which rules are on, and their severities: a rule's own, then the manifest's [rules], then the caller's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.check import registry
from pkgguard.check.acceptable import mistakes_in_exceptions
from pkgguard.check.registry import aliases, every, rule, rules
from pkgguard.diagnostics import Severity
from pkgguard.errors import ManifestError, UnknownNameError
from pkgguard.manifest.hints import Words
from pkgguard.manifest.limits import HINTS
from pkgguard.manifest.mistakes import CONTRADICTION, UNKNOWN_NAME, VALUE, mistake
from pkgguard.manifest.model import RULE_SET_KEY
from pkgguard.manifest.policy import PROFILES
from pkgguard.manifest.typed_table import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pkgguard.diagnostics import Diagnostic, Position
    from pkgguard.manifest.model import Manifest

OFF: Final = "off"
ALL: Final = "all"
"""The name for all rules: ``all = "off"`` before some rules turns on only these."""
ONE_BY_ONE: Final = frozenset({"loss", "build"})
"""The groups whose rules are only set by their own ids: ``all`` must not hide that relations are lost."""
_ELSEWHERE: Final = "set it in the [rules] of the manifest"
LEVELS: Final = (OFF, *(one.value for one in Severity))
"""The levels that a rule can be set to."""
_FIXED: Final = "cannot be set: what it reports is never a pass"


class Selection(NamedTuple):
    """The severities that have been set.

    ``chosen`` maps single rules to their severity (None: off). ``all`` is the level of
    all other rules, or empty. The rules in ``newer`` are newer than the rule set in
    force: they are at most warnings, unless they are set by their own id.
    """

    chosen: Mapping[str, Severity | None]
    all: str = ""
    newer: frozenset[str] = frozenset()

    def severity(self, id: str, own: Severity) -> Severity | None:  # noqa: A002
        """Return the severity of a rule with the default severity ``own``, or None if it is off."""
        if id in self.chosen:
            return self.chosen[id]
        if self.all == OFF:
            return None
        found = Severity(self.all) if self.all else own
        return Severity.WARNING if found is Severity.ERROR and id in self.newer else found

    def apply(self, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """Return the diagnostics of the rules that are on, each with its severity, the worst first."""
        kept = []
        for one in found:
            severity = self.severity(one.id, one.severity)
            if severity is not None:
                kept.append(one._replace(severity=severity))
        return tuple(dict.fromkeys(sorted(kept, key=lambda one: -one.severity.rank)))

    def of_losses(self) -> Selection:
        """Return what holds for losses: ``all`` does not reach them, so that none is dropped unnamed."""
        return self._replace(all="")


def select(
    manifest: Manifest,
    settings: Mapping[str, str] | None = None,
    groups: Collection[str] = (),
    profile: str = "",
) -> Selection:
    """Return the rules that are on, after the manifest's [rules] and then the caller's settings.

    ``profile`` is the name of a profile of the manifest, which applies between the two.

    ``settings`` maps rule ids to ``off``, ``info``, ``warning`` or ``error``. Former
    ids work too. A rule that is newer than the rule set of the manifest is at most a
    warning, unless its own id is set to ``error``.

    ``groups`` are those that the settings may name rules of (default: any). In groups
    that ``all`` does not reach, the settings cannot name it.

    Raises :class:`ManifestError` if the manifest names a rule, level or rule set that
    does not exist, and :class:`UnknownNameError` if the settings do, or if the manifest
    has no such profile.
    """
    levels = _Levels()
    mistakes = tuple(_set_by_manifest(levels, manifest, profile))
    if mistakes:
        raise ManifestError(manifest.path, mistakes)
    if profile and profile not in manifest.profiles:
        raise unknown_profile(profile, [manifest])
    for name, level in (settings or {}).items():
        if level not in LEVELS:
            raise UnknownNameError("level of a rule", level, LEVELS, nearest(level, LEVELS))
        if name == ALL and not (groups and ONE_BY_ONE.issuperset(groups)):
            levels.set(ALL, level)
            continue
        if name == ALL or (groups and rule(name).settable and rule(name).group not in groups):
            kind = f"rule about a {' or a '.join(groups)}"
            raise UnknownNameError(kind, name, settable(groups), help="" if name == ALL else _ELSEWHERE)
        found = rule(name)
        if not found.settable:
            raise UnknownNameError("rule that can be set", name, settable())
        levels.set(found.id, level)
    version = manifest.rule_set[0]
    newer = frozenset(one.id for one in every().values() if one.since > version) if version else frozenset()
    return Selection(levels.chosen, levels.all, newer)


def settable(groups: Collection[str] = ()) -> tuple[str, ...]:
    """Return the ids of the rules of some groups that can be set (default: of all groups)."""
    return tuple(one.id for one in every().values() if one.settable and (not groups or one.group in groups))


def unknown_profile(profile: str, manifests: Iterable[Manifest]) -> UnknownNameError:
    """Return the error for a profile that none of some manifests has."""
    known = tuple(dict.fromkeys(name for one in manifests for name in one.profiles))
    return UnknownNameError("profile", profile, known, nearest(profile, known))


def renamed(names: Iterable[str]) -> dict[str, str]:
    """Return the current id for each former id in a list of rule ids."""
    unknown = [name for name in names if name not in rules()]
    old = aliases() if unknown else {}
    return {name: old[name].id for name in unknown if name in old}


class _Levels:
    """The levels of rules, while they are set."""

    def __init__(self) -> None:
        self.chosen: dict[str, Severity | None] = {}
        self.all = ""

    def set(self, name: str, level: str) -> None:
        """Set a rule, or all of them."""
        if name == ALL:
            self.chosen.clear()
            self.all = level
        else:
            self.chosen[name] = None if level == OFF else Severity(level)


def _set_by_manifest(levels: _Levels, manifest: Manifest, profile: str) -> Iterator[Diagnostic]:
    """Apply a manifest's [rules] and one of its profiles; yield the mistakes in all of them."""
    version, position = manifest.rule_set
    if version > registry.RULE_SET:
        reason = f"is {version}, but the newest rule set of this pkgguard is {registry.RULE_SET}"
        help = "update pkgguard, or lower the version"
        yield _at(position, VALUE, RULE_SET_KEY, reason, help)
    if manifest.rules:
        yield from _set_by_table(levels, manifest.rules, "rules")
    for name, settings in manifest.profiles.items():
        target = levels if name == profile else _Levels()
        yield from _set_by_table(target, settings, f"{PROFILES}.{name}")
    if manifest.accepted:
        yield from mistakes_in_exceptions(manifest.accepted)


def _set_by_table(
    levels: _Levels, settings: Mapping[str, tuple[str, Position]], table: str
) -> Iterator[Diagnostic]:
    """Apply a table of levels; yield the mistakes in it."""
    ids = {*settable()}
    known, old = Words(ids), aliases()
    names: dict[str, tuple[str, str]] = {}
    hints = HINTS
    for name, (level, position) in settings.items():
        spend()
        current = old[name].id if name in old else name
        if name != ALL and current not in ids:
            if current in every():
                yield _at(position, VALUE, name, _FIXED, table=table)
                continue
            hint = known.hint(name) if hints > 0 else ""
            yield _at(position, UNKNOWN_NAME, name, "this rule does not exist", hint, table)
            hints -= 1
        elif level not in LEVELS:
            help = did_you_mean(level, LEVELS) if hints > 0 else ""
            yield _at(position, VALUE, name, f"{level!r} is not a level", help, table)
            hints -= 1
        elif names.get(current, ("", ""))[1] == position.path:
            reason, help = f"sets the same rule as {names[current][0]}", f"keep only {current}"
            yield _at(position, CONTRADICTION, name, reason, help, table)
        else:
            names[current] = (name, position.path)  # a manifest may set a rule of the one it extends again
            levels.set(current, level)


def _at(
    position: Position,
    id: str,  # noqa: A002
    key: str,
    reason: str,
    help: str = "",
    table: str = "rules",
) -> Diagnostic:
    """Return a mistake in a key of a table of levels."""
    return mistake(id, position.line, reason, help, table=table, key=key)._replace(path=position.path)
