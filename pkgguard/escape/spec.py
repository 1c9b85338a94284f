"""Text in a spec, whose every line rpm expands before it looks what kind of line it is."""

from __future__ import annotations

from pkgguard.escape.line import plain


def spec_text(text: str) -> str:
    r"""Return a text for the value of a tag or for a section of a spec.

    ``%%`` stands for a percent sign (rpm-macros(7)). rpm puts a line and the next
    together where a backslash ends it or ``%{``, ``%(`` or ``%[`` is left open,
    and while it looks for those, unlike when it expands, it passes over whatever
    follows a backslash: it would take ``\%%(`` for an open ``%(``. So each
    backslash is followed by an expansion to nothing.
    """
    return plain(text).replace("%", "%%").replace("\\", r"\%{nil}")


def spec_comment(text: str) -> str:
    r"""Return a text for a comment of a spec.

    rpm expands comments too, so that ``%(touch F)`` in one is run. They differ from
    other text in that any expansion there is a warning: each backslash is doubled
    instead, which leaves nothing after it to be passed over.
    """
    return plain(text).replace("%", "%%").replace("\\", r"\\")
