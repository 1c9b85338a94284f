"""A word of a shell command."""

from __future__ import annotations

import shlex

from pkgguard.escape.line import plain


def shell_word(text: str) -> str:
    """Return a text as one word of sh, bash, zsh and fish, quoted where it must be.

    All of them read single quotes alike but for fish, to which a backslash before
    a quote or a backslash means something in them too: those are doubled in
    double quotes, which the four read alike.
    """
    pieces = shlex.quote(plain(text)).split("\\")
    return pieces[0] if len(pieces) == 1 else "'\"\\\\\"'".join(pieces)
