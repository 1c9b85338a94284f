"""Headers decoded by rpm's own Python bindings, of rpm 4.16 and later.

They read a header without its magic number. Texts are str, and bytes that are not UTF-8
are lone surrogates (PEP 383). A tag with one element according to rpm's table has that
element as its value, any other tag a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rpm import hdr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkgguard.families.rpm.tags import Tag, Values

_MAGIC: Final = 8


def read(header: bytes, tags: tuple[Tag, ...]) -> Mapping[Tag, Values]:
    """Decode a header; see :data:`pkgguard.families.rpm.readers.Read`."""
    found = hdr(header[_MAGIC:])
    present = set(found.keys())
    values = {tag: found[int(tag)] for tag in tags if tag in present}
    return {
        tag: tuple(map(_plain, one)) if isinstance(one, list) else (_plain(one),)
        for tag, one in values.items()
    }


def _plain(value: str | int) -> bytes | int:
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
