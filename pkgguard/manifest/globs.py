"""The patterns of paths with which a manifest names the files of a package.

``*`` matches any characters except ``/``, ``?`` matches one such character, and ``**``
matches any characters; all others match themselves. There are no sets and no escapes:
for a character that is not allowed, write ``*``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pkgguard.manifest.limits import PATTERN, WILDCARDS

_PIECE: Final = r"\*\*|\*|\?|[^*?]"
_PLAIN: Final = re.compile(r"[A-Za-z0-9/._+,:@=~#*?-]+")
_WILDCARDS: Final = {"**": ".*", "*": "[^/]*", "?": "[^/]"}


def mistake_in(pattern: str) -> tuple[str, str]:
    """Return why a text is not a pattern of paths, and what to do; both are empty if it is one."""
    if len(pattern) > PATTERN:
        return f"has more than {PATTERN} characters", "write ** for a whole tree"
    if not pattern.startswith("/"):
        return "is not absolute", "begin with /, as the package's own list of files does"
    if odd := _PLAIN.sub("", pattern):
        return f"holds {odd[0]!r}, which a pattern cannot contain", "write * for it"
    if "***" in pattern:
        return "holds ***", "write ** for any characters, * for any but /"
    if any(part in {"", ".", ".."} for part in pattern[1:].split("/")):
        return "matches no file: a path has no empty part, no . and no ..", "write the path as installed"
    if len(re.findall(r"\*\*|\*|\?", pattern)) > WILDCARDS:
        return f"has more than {WILDCARDS} wildcards", "write ** for a whole tree"
    return "", ""


def expression(pattern: str) -> str:
    """Return a pattern as a regular expression that matches whole paths.

    It has the same meaning in POSIX extended expressions (regex(7)), which rpm's file
    attributes use, in Python's, and in Lua's patterns, which rpm's macros use: only a
    set escapes a character in all three.
    """
    pieces = (
        _WILDCARDS.get(piece) or (piece if piece.isalnum() or piece in "/_,:@=~#" else f"[{piece}]")
        for piece in re.findall(_PIECE, pattern)
    )
    return f"^{''.join(pieces)}$"


def fits(pattern: str, path: str) -> bool:
    """Return whether a pattern matches a path.

    The time grows only with the length of the path, for any number of wildcards.
    """
    return _matcher(pattern).fits(path)


@lru_cache(maxsize=1024)
def _matcher(pattern: str) -> _Matcher:
    return _Matcher(pattern)


class _Matcher:
    """Follows all matches of a pattern with the beginning of a path at once.

    The set of the possible next pieces is one number, with a bit for each.
    """

    def __init__(self, pattern: str) -> None:
        pieces = re.findall(_PIECE, pattern)
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
        """Return whether the pattern matches a whole path."""
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
        # A star may match nothing; there are never two in a row.
        return reached | (reached & self._stars) << 1
