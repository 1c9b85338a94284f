"""Strings and keys of TOML."""

from __future__ import annotations

import json
import re
from typing import Final

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def toml_string(text: str) -> str:
    """Return a text as a basic string, in its quotes (TOML 1.0, String).

    JSON's escapes are valid in TOML, which requires an escape of U+007F too. A lone
    surrogate, which TOML cannot express, becomes ``�``.
    """
    sound = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    return json.dumps(sound, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_key(text: str) -> str:
    """Return a text as one key, bare where it may be (TOML 1.0, Keys)."""
    return text if _BARE_KEY.fullmatch(text) else toml_string(text)
