"""The patterns of paths by which a manifest names the files of a package.

``*`` stands for any characters but ``/``, ``?`` for one of them, ``**`` for any
characters at all; everything else stands for itself. There are no sets and no
escapes: what a pattern may not hold, a ``*`` stands for.
"""

from __future__ import annotations

import re
from typing import Final

_MOST_WILDCARDS: Final = 8  # a backtracking matcher's time grows with the power of their number
_PIECE: Final = re.compile(r"\*\*|\*|\?|[^*?]")
_PLAIN: Final = re.compile(r"[A-Za-z0-9/._+,:@=~#*?-]+")
_WILDCARDS: Final = {"**": ".*", "*": "[^/]*", "?": "[^/]"}


def mistake_in(pattern: str) -> tuple[str, str]:
    """Say why a text is no pattern of paths, and what to do; both empty where it is one."""
    if not pattern.startswith("/"):
        return "is not absolute", "begin with /, as the package's own list of files does"
    if odd := _PLAIN.sub("", pattern):
        return f"holds {odd[0]!r}, which is no part of a pattern", "write * for it"
    if "***" in pattern:
        return "holds ***", "write ** for any characters, * for any but /"
    if any(part in {"", ".", ".."} for part in pattern[1:].split("/")):
        return "fits no file, whose path has no empty part, no . and no ..", "write the path as installed"
    if len(re.findall(r"\*\*|\*|\?", pattern)) > _MOST_WILDCARDS:
        return f"has more than {_MOST_WILDCARDS} wildcards", "write ** for a whole tree"
    return "", ""


def expression(pattern: str) -> str:
    """Give a pattern as a regular expression that fits whole paths.

    It means the same in POSIX extended expressions (regex(7)), which rpm's file
    attributes use, in Python's, and in Lua's patterns, which rpm's macros use:
    only a set escapes a character in all three.
    """
    pieces = (
        _WILDCARDS.get(piece) or (piece if piece.isalnum() or piece in "/_,:@=~#" else f"[{piece}]")
        for piece in _PIECE.findall(pattern)
    )
    return f"^{''.join(pieces)}$"


def fits(pattern: str, path: str) -> bool:
    """Say whether a path is one of those that a pattern names."""
    return re.fullmatch(expression(pattern), path, re.DOTALL) is not None
