"""Text in Markdown, such as a comment on a merge request."""

from __future__ import annotations

import re

from pkgguard.escape.line import plain


def markdown_code(text: str) -> str:
    """Return a text as a code span, or nothing for an empty text.

    Nothing in a code span is read (CommonMark 6.1): neither markup nor HTML, nor what
    forges make of text, such as mentions of people and of merge requests. It ends with
    as many backticks as it begins with, and these are more than the text has in a row.
    """
    shown = plain(text)
    if not shown:
        return ""
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    space = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{space}{shown}{space}{fence}"
