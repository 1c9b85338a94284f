"""Text in a spec; rpm expands every line before it examines its kind."""

from __future__ import annotations

from pkgguard.escape.line import plain


def spec_text(text: str) -> str:
    r"""Return a text for the value of a tag or for a section of a spec.

    ``%%`` is a percent sign (rpm-macros(7)). rpm joins a line with the next one if a
    backslash ends it or if ``%{``, ``%(`` or ``%[`` is not closed. When it searches for
    these, it skips the character after a backslash, unlike during expansion: it would
    read ``\%%(`` as an open ``%(``. So each backslash is followed by an empty
    expansion.
    """
    return plain(text).replace("%", "%%").replace("\\", r"\%{nil}")


def spec_comment(text: str) -> str:
    r"""Return a text for a comment of a spec.

    rpm expands comments too, so it would run ``%(touch F)``. In comments any expansion
    causes a warning, so each backslash is doubled instead, and rpm skips the second
    one.
    """
    return plain(text).replace("%", "%%").replace("\\", r"\\")
