"""Text on one line: a terminal, a log, and comments that end with their line."""

from __future__ import annotations

import re
from typing import Final

# C0 and C1 controls, and the marks that turn the direction of text (Unicode TR 9).
_UNSAFE: Final = "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"


def plain(text: str) -> str:
    """Return a text without control characters and direction marks, each shown as ``�``.

    They include every character that ends a line for any reader: python-debian splits
    at those of ``str.splitlines``, with U+0085, U+2028 and U+2029. So this is also the
    escape for comments of a control file, a substvars file, a shell script and TOML,
    where only the end of the line has a meaning (deb-src-control(5), deb-substvars(5),
    POSIX 2.3, TOML 1.0).
    """
    if text.isprintable():  # Unicode's category of printable characters excludes all of them
        return text
    return re.sub(_UNSAFE, "\N{REPLACEMENT CHARACTER}", text)
