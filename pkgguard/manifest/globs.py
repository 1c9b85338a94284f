"""The patterns of paths by which a manifest names the files of a package.

``*`` stands for any characters but ``/``, ``?`` for one of them, ``**`` for any
characters at all; everything else stands for itself. There are no sets and no
escapes: what a pattern may not hold, a ``*`` stands for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pkgguard.manifest.limits import PATTERN, WILDCARDS

_PIECE: Final = re.compile(r"\*\*|\*|\?|[^*?]")
_PLAIN: Final = re.compile(r"[A-Za-z0-9/._+,:@=~#*?-]+")
_WILDCARDS: Final = {"**": ".*", "*": "[^/]*", "?": "[^/]"}


def mistake_in(pattern: str) -> tuple[str, str]:
    """Return why a text is not a pattern of paths, and what to do; both empty where it is one."""
    if len(pattern) > PATTERN:
        return f"has more than {PATTERN} characters", "write ** for a whole tree"
    if not pattern.startswith("/"):
        return "is not absolute", "begin with /, as the package's own list of files does"
    if odd := _PLAIN.sub("", pattern):
        return f"holds {odd[0]!r}, which a pattern cannot contain", "write * for it"
    if "***" in pattern:
        return "holds ***", "write ** for any characters, * for any but /"
    if any(part in {"", ".", ".."} for part in pattern[1:].split("/")):
        return "fits no file, whose path has no empty part, no . and no ..", "write the path as installed"
    if len(re.findall(r"\*\*|\*|\?", pattern)) > WILDCARDS:
        return f"has more than {WILDCARDS} wildcards", "write ** for a whole tree"
    return "", ""


def expression(pattern: str) -> str:
    """Return a pattern as a regular expression that fits whole paths.

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
    """Return whether a path is one of those that a pattern names.

    The time grows with the length of the path, however many wildcards there are.
    """
    return _matcher(pattern).fits(path)


@lru_cache(maxsize=1024)
def _matcher(pattern: str) -> _Matcher:
    return _Matcher(pattern)


class _Matcher:
    """Follows all ways at once in which a pattern fits the beginning of a path.

    The set of the pieces that may come next is one number, a bit for each.
    """

    def __init__(self, pattern: str) -> None:
        pieces = _PIECE.findall(pattern)
        self._begin = re.split("[*?]", pattern, maxsplit=1)[0]
        self._end = re.split("[*?]", pattern)[-1]
        self._is_plain = "*" not in pattern and "?" not in pattern
        self._final = 1 << len(pieces)
        self._stars = self._deep = self._any = 0
        self._letters: dict[str, int] = {}
        for place, piece in enumerate(pieces):
            bit = 1 << place
            if piece in ("*", "**"):
                self._stars |= bit
                self._deep |= bit if piece == "**" else 0
            elif piece == "?":
                self._any |= bit
            else:
                self._letters[piece] = self._letters.get(piece, 0) | bit

    def fits(self, path: str) -> bool:
        """Return whether the pattern fits a whole path."""
        if self._is_plain:
            return path == self._begin
        if not path.startswith(self._begin) or not path.endswith(self._end):
            return False
        reached = self._past_stars(1 << len(self._begin))
        for letter in path[len(self._begin) :]:
            is_slash = letter == "/"
            steps = self._letters.get(letter, 0) | (0 if is_slash else self._any)
            stays = self._deep if is_slash else self._stars
            reached = self._past_stars((reached & steps) << 1 | reached & stays)
            if not reached:
                return False
        return bool(reached & self._final)

    def _past_stars(self, reached: int) -> int:
        # A star may fit nothing; two never follow each other.
        return reached | (reached & self._stars) << 1
