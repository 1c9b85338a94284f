"""Headers decoded by rpmfile.

It returns a single number or text without a list around it, and has its own names for
tags.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import rpmfile
from rpmfile.headers import rtags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkgguard.families.rpm.tags import Tag, Values

_LEAD: Final = bytes(96)
_NO_SIGNATURE: Final = b"\x8e\xad\xe8\x01" + bytes(12)


def read(header: bytes, tags: tuple[Tag, ...]) -> Mapping[Tag, Values]:
    """Decode a header; see :data:`pkgguard.families.rpm.readers.Read`."""
    found = rpmfile.open(fileobj=io.BytesIO(_LEAD + _NO_SIGNATURE + header)).headers
    values = {tag: found[rtags[tag]] for tag in tags}
    return {tag: tuple(one) if isinstance(one, list | tuple) else (one,) for tag, one in values.items()}
