"""Making text from outside safe to print."""

from __future__ import annotations

import re
from typing import Final

# C0 and C1 controls, and the marks that turn the direction of text (Unicode TR 9).
_UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def plain(text: str) -> str:
    """Give a text without control characters and direction marks, each shown as ``�``."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)
