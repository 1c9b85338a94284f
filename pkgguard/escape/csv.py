"""Text in cells of CSV files, which people open in spreadsheets."""

from __future__ import annotations

import re
from typing import Final

from pkgguard.escape.line import plain

_FORMULA: Final = re.compile("(^|[,;|])([\\s'\"]*)(?=[=+@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
                             "\N{FULLWIDTH COMMERCIAL AT}\N{FULLWIDTH HYPHEN-MINUS}-])")  # fmt: skip


def csv_cell(text: str) -> str:
    """Return a text for a cell, on one line; Python's :mod:`csv` adds the quotes.

    A spreadsheet runs a cell as a formula if it begins with one of ``= + - @``, with or
    without spaces. An apostrophe before it keeps it a text. So that this also holds for
    a spreadsheet that divides the line at semicolons or elsewhere, the same is done
    after each of these signs.
    """
    return _FORMULA.sub(r"\1\2'", plain(text))
