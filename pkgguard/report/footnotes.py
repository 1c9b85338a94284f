"""Numbered notes at the end of a page: what a manifest says about a reason, once for all that refer to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.report.page import counted

if TYPE_CHECKING:
    from pkgguard.diagnostics import Statement
    from pkgguard.report.page import Page

_SOURCES: Final = 2
"""How many sources of a reason are named."""


class Footnotes:
    """The reasons that a page refers to, in the order of their first mention.

    With ``sentences``, each note begins with the sentence of its reason, and every reason
    has a note; otherwise the page has the sentences.
    """

    def __init__(self, *, sentences: bool = False) -> None:
        self._sentences = sentences
        self._notes: dict[tuple[object, ...], tuple[int, Statement, set[str]]] = {}

    def mark(self, reason: Statement, user: str) -> str:
        """Return the mark of a reason's note, or an empty text if the manifest says no more about it.

        ``user`` is what refers to it, such as a package.
        """
        spend()
        own_words = bool(reason.because) and reason.because not in reason.sentence
        inherited = reason.position.inherited
        if not (self._sentences or reason.symptom or reason.see or own_words or inherited):
            return ""
        origin = reason.position if inherited else None
        about = reason.sentence if self._sentences or not reason.needed else (reason.needed, reason.offered)
        key: tuple[object, ...] = (about, reason.because, reason.symptom, reason.see, origin)
        number, _, users = self._notes.setdefault(key, (len(self._notes) + 1, reason, set()))
        users.add(user)
        return f"[{number}]"

    def write(self, page: Page, users: str) -> None:
        """Add the notes. ``users`` is the kind of what refers to them, such as ``package``."""
        if not self._notes:
            return
        page.line()
        page.line("Reasons")
        for number, reason, used_by in self._notes.values():
            count = f" ({counted(len(used_by), users)})" if len(used_by) > 1 else ""
            page.line(f"[{number}] {_note(reason, sentence=self._sentences)}{count}", indent=2, hang=4)


def _note(reason: Statement, *, sentence: bool) -> str:
    about = reason.sentence if sentence else ", ".join(filter(None, (reason.needed, reason.offered)))
    because = reason.because if reason.because not in about else ""
    parts = [": ".join(filter(None, (about, because)))]
    if reason.hits:
        parts.append(f"hits {reason.hits}")
    if reason.symptom:
        parts.append(f'"{reason.symptom}"')
    if reason.see:
        more = f" and {len(reason.see) - _SOURCES} more" if len(reason.see) > _SOURCES else ""
        parts.append(f"see {', '.join(reason.see[:_SOURCES])}{more}")
    if reason.position.inherited:
        parts.append(f"from {reason.position}")
    return "; ".join(filter(None, parts))
