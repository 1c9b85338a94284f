"""Recognizing the placeholders that a build should have replaced."""

from __future__ import annotations

import re
from typing import Final

_PLACEHOLDER: Final = r"@[A-Za-z_]\w*@|\$\{[^}]*\}?|%\{[^}]*\}?|%[A-Za-z_]\w+"


def placeholders(text: str) -> list[str]:
    """Return the placeholders in a text, such as ``@VERSION@``, ``${binary:Version}`` or ``%{version}``."""
    return re.findall(_PLACEHOLDER, text)


def holds_placeholder(text: str) -> bool:
    """Return whether a text contains a placeholder."""
    return bool(re.search(_PLACEHOLDER, text))
