"""Text in messages of SARIF, and paths in its URIs."""

from __future__ import annotations

import os
import re
from typing import Final
from urllib.parse import quote

from pkgguard.escape.line import plain

_LINK: Final = re.compile(r"\](?=\()")
_BRACE: Final = re.compile(r"[{}]")


def sarif_text(text: str) -> str:
    """Return a text for a plain text message, on one line.

    Braces are doubled, because they begin a placeholder (SARIF 2.1.0, 3.11.5). A
    link is ``[text](target)`` (3.11.6), so the brackets and the parentheses are
    kept apart.
    """
    return _LINK.sub("] ", _BRACE.sub(lambda found: found[0] * 2, plain(text)))


def sarif_uri(path: str) -> str:
    """Return a path as a URI: relative, or with ``file:`` if it is absolute (RFC 3986, RFC 8089)."""
    quoted = quote(path.encode("utf-8", "surrogateescape" if _is_name(path) else "replace"))
    return f"file://{quoted}" if os.path.isabs(path) else quoted


def _is_name(path: str) -> bool:
    """Return whether a text can be the name of a file: a lone surrogate stands for a byte (PEP 383)."""
    return not re.search("[\ud800-\udc7f\udd00-\udfff]", path)
