"""A word of a shell command."""

from __future__ import annotations

import shlex

from pkgguard.escape.line import plain


def shell_word(text: str) -> str:
    """Return a text as one word of sh, bash, zsh and fish, quoted if necessary.

    Inside single quotes, fish interprets a backslash before a quote or a backslash,
    unlike the others. Such characters are written in double quotes, which all four read
    alike.
    """
    pieces = shlex.quote(plain(text)).split("\\")
    return pieces[0] if len(pieces) == 1 else "'\"\\\\\"'".join(pieces)
