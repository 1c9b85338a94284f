"""Text in XML."""

from __future__ import annotations

import re
from typing import Final

from pkgguard.escape.line import plain

_NOT_XML: Final = "[\ufffe\uffff]"
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"})


def xml_text(text: str) -> str:
    """Return a text for the content of an element or for an attribute in quotes, on one line.

    Of the characters that XML cannot contain in any way (XML 1.0, 2.2), ``plain``
    leaves two.
    """
    return re.sub(_NOT_XML, "\N{REPLACEMENT CHARACTER}", plain(text)).translate(_ENTITIES)
