"""Which rules an exception can name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.registry import aliases, every
from pkgguard.manifest.acceptance import KEY
from pkgguard.manifest.hints import Words
from pkgguard.manifest.limits import HINTS
from pkgguard.manifest.mistakes import UNKNOWN_NAME, VALUE, mistake

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pkgguard.diagnostics import Diagnostic
    from pkgguard.manifest.acceptance import Acceptance

UNUSED: Final = "unused-exception"
ENDED: Final = "ended-exception"
OWN: Final = (UNUSED, ENDED)
"""The rules about exceptions themselves."""


def mistakes_in_exceptions(entries: Iterable[Acceptance]) -> Iterator[Diagnostic]:
    """Yield a mistake for each entry whose rule does not exist, or is not about packages."""
    known = {one.id for one in every().values() if one.group == "package" and one.settable} - {*OWN}
    words, old, hints = Words(known), aliases(), HINTS
    for entry in entries:
        current = old[entry.rule].id if entry.rule in old else entry.rule
        if current in known:
            continue
        if current in every():
            found = mistake(
                VALUE,
                entry.position.line,
                f"{entry.rule} cannot be accepted: only rules about packages can",
                "pkgguard rules lists them",
                table=KEY,
                key="rule",
            )
        else:
            hint = words.hint(entry.rule) if hints > 0 else ""
            hints -= 1
            reason = f"no rule is called {entry.rule!r}"
            found = mistake(UNKNOWN_NAME, entry.position.line, reason, hint, table=KEY, key="rule")
        yield found._replace(path=entry.position.path)
