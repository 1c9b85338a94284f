"""Text, data and links in HTML."""

from __future__ import annotations

import json
import re
from typing import Any, Final
from urllib.parse import urlsplit

from pkgguard.escape.line import plain

_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_ADDRESS: Final = re.compile(r"https?://[!#-;=?-_a-z~]+")  # ASCII without spaces, quotes, angles, braces
_SIGNS: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
_END: Final = re.compile(r"</(?:style|script)|<!--", re.IGNORECASE)


def html_text(text: str) -> str:
    """Return a text for the content of an element or for an attribute in quotes, on one line."""
    return plain(text).translate(_ENTITIES)


def html_data(value: Any) -> str:
    """Return a value as JSON for a script element of the type ``application/json``.

    Only ``</script`` and ``<!--`` mean something there (HTML, 13.2.5), so no ``<`` is
    left. All other special characters are escaped too, as JSON allows in strings.
    """
    return json.dumps(value, separators=(",", ":")).translate(_SIGNS)


def html_source(text: str) -> str:
    """Return the source of a style or script element, which cannot be escaped; it is never text from outside.

    Raises :class:`ValueError` if it would end the element.
    """
    if _END.search(text):
        raise ValueError("the source would end its element")
    return text


def link_target(text: str) -> str:
    """Return the address if a text is one of the web, or an empty text.

    Only ``http:`` and ``https:`` are followed by a link; ``javascript:`` and ``data:``
    would run what a manifest says.
    """
    if not _ADDRESS.fullmatch(text):
        return ""
    try:
        return text if urlsplit(text).hostname else ""
    except ValueError:
        return ""
