"""The file ``control`` out of the tar archive that is the control member.

Sources: tar(5) and POSIX pax for the format; what is refused is at least what
GNU tar 1.34, which dpkg-deb runs, ends with an error for. The standard library's
module is not used: it ends in silence at a damaged header in the middle, and
its idea of a name differs from GNU tar's, for which ``./control``,
``.//control`` and ``/control`` are one file, the last of them winning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pkgguard.families import limits

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK: Final = 512
_ZEROS: Final = bytes(_BLOCK)
_OCTAL: Final = re.compile(rb" *([0-7]+)(?:[\0 ].*)?|\0+", re.DOTALL)
_NUMBERS: Final = {"mode": (100, 108), "owner": (108, 116), "group": (116, 124), "time": (136, 148)}
_PAX: Final = re.compile(rb"([1-9][0-9]{0,5}) ([^=\n]+)=")
# What may change what a member is or how long it is: another size, or a sparse file.
_REFUSED_KEYS: Final = (b"size", b"GNU.")
_REGULAR: Final = (b"0", b"\0", b"7")
_DIRECTORY: Final = b"5"
_SYMLINK: Final = b"2"
_GLOBAL: Final = b"g"
_PAX_HEADER: Final = b"x"
_LONG_NAME: Final = b"L"
_LONG_LINK: Final = b"K"
_EXTENDED: Final = (_PAX_HEADER, _GLOBAL, _LONG_NAME, _LONG_LINK)
_KINDS: Final = frozenset((*_REGULAR, _DIRECTORY, _SYMLINK, *_EXTENDED))


@dataclass(frozen=True, slots=True)
class _Member:
    """One member: its path in parts, whether it is a regular file, and its content."""

    parts: tuple[bytes, ...]
    kind: bytes
    content: memoryview


def control_file(archive: bytes) -> bytes:
    """Give the content of the one regular file ``control`` at the top of an archive.

    Raise ValueError, saying which rule is broken, for an archive that is damaged
    or that GNU tar might unpack to another file ``control``.
    """
    found: bytes | None = None
    links = deep = False
    for number, member in enumerate(_members(archive)):
        if number == limits.CONTROL_FILES:
            raise ValueError(f"the archive has more than {limits.CONTROL_FILES} members")
        links |= member.kind == _SYMLINK
        deep |= len(member.parts) > 1
        if links and deep:
            raise ValueError("the archive holds symbolic links and directories, so that paths may lie")
        if member.parts[:1] != (b"control",):
            continue
        if found is not None:
            raise ValueError("the file control occurs twice in the archive")
        if len(member.parts) > 1 or member.kind not in _REGULAR:
            raise ValueError("control is not a regular file in the archive")
        if len(member.content) > limits.CONTROL_FILE:
            raise ValueError(f"the file control is larger than {limits.CONTROL_FILE} bytes")
        found = bytes(member.content)
    if found is None:
        raise ValueError("the file control is missing in the archive")
    return found


def _members(archive: bytes) -> Iterator[_Member]:
    """Walk the headers up to the end mark, resolving the extended ones."""
    view = memoryview(archive)
    long_name = b""
    place = 0
    while place + _BLOCK <= len(archive):
        header = archive[place : place + _BLOCK]
        if header == _ZEROS:
            if long_name:
                break
            return
        size = _check_header(header, place)
        content = view[place + _BLOCK : place + _BLOCK + size]
        if len(content) < size:
            raise ValueError(f"the tar member at byte {place} is damaged: it is cut short")
        kind = header[156:157]
        if kind in _EXTENDED:
            name = _extended(kind, bytes(content[: limits.TAR_NAME + 1]), place)
            if name and long_name:
                raise ValueError(f"the tar member at byte {place} has two names")
            long_name = name or long_name
        else:
            name, long_name = long_name or _name(header), b""
            if name.endswith(b"/") and kind in _REGULAR:
                kind = _DIRECTORY
            yield _Member(_parts(name, place), kind, content)
        place += _BLOCK + (size + _BLOCK - 1) // _BLOCK * _BLOCK
    if place != len(archive) or long_name:
        raise ValueError("the tar archive is damaged: it is cut short")


def _check_header(header: bytes, place: int) -> int:
    """Check the sum, the kind and every number of a header; give the size of the member."""
    where = f"the tar header at byte {place}"
    plain = header[:148] + b" " * 8 + header[156:]
    unsigned = sum(plain)
    given = _number(header[148:156], f"{where} is damaged: its sum")
    # Some old tars took bytes as signed when they added them up.
    if given != unsigned and given != unsigned - 256 * sum(byte > 127 for byte in plain):
        raise ValueError(f"{where} is damaged: its sum is wrong")
    for name, (start, end) in _NUMBERS.items():
        _number(header[start:end], f"{where} is damaged: its {name}")
    size = _number(header[124:136], f"{where} is damaged: its size")
    kind = header[156:157]
    if kind not in _KINDS:
        raise ValueError(f"{where} is of kind {kind!r}; only regular files, directories and links may be")
    if size and kind in (_DIRECTORY, _SYMLINK):
        raise ValueError(f"{where} is damaged: what has no content has a size")
    if kind in _EXTENDED and size > limits.TAR_NAME:
        raise ValueError(f"{where} is an extension of more than {limits.TAR_NAME} bytes")
    return size


def _number(field: bytes, what: str) -> int:
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    found = _OCTAL.fullmatch(field)
    if not found:
        raise ValueError(f"{what} is no number")
    return int(found[1] or b"0", 8)


def _name(header: bytes) -> bytes:
    name = header[:100].split(b"\0")[0]
    prefix = header[345:500].split(b"\0")[0]
    return prefix + b"/" + name if prefix and header[257:263] == b"ustar\0" else name


def _extended(kind: bytes, content: bytes, place: int) -> bytes:
    """Give the name that an extended header sets for the next member, or nothing."""
    if kind == _LONG_LINK:
        return b""
    if kind == _LONG_NAME:
        name = content.split(b"\0")[0]
        if not name:
            raise ValueError(f"the tar header at byte {place} is damaged: the long name is empty")
        return name
    name = b""
    while content:
        found = _PAX.match(content)
        length = int(found[1]) if found else 0
        if not found or not found.end() < length <= len(content) or content[length - 1] != ord("\n"):
            raise ValueError(f"the tar header at byte {place} is damaged: it is no list of pax records")
        key, value = found[2], content[found.end() : length - 1]
        if key.startswith(_REFUSED_KEYS):
            raise ValueError(f"the tar header at byte {place} sets {key!r}, which no control file needs")
        if key == b"path":
            if kind == _GLOBAL or b"\0" in value or not value:
                raise ValueError(f"the tar header at byte {place} sets the path {value[:60]!r}")
            name = value
        content = content[length:]
    return name


def _parts(name: bytes, place: int) -> tuple[bytes, ...]:
    parts = tuple(part for part in name.split(b"/") if part not in (b"", b"."))
    if b".." in parts:
        raise ValueError(f"the tar member at byte {place} has the path {name[:60]!r}, which leads out")
    return parts
