"""Reading the file ``control`` from the tar archive of the control member.

Two programs read it: dpkg-deb runs GNU tar, and apt has its own reader. An archive is
refused if either would refuse it, or if the two would use different files ``control``.
They differ in many ways: GNU tar reads the content of a directory, even if only a
trailing slash makes it one, as further members, joins the ustar prefix to a name, obeys
pax headers, and reads ``.//control`` and ``/control`` as ``control``; apt does none of
this.

Sources: tar(5) and POSIX pax for the format; GNU tar 1.34 and apt 2.6 measured. The
module of the standard library is not used, because it stops silently at a damaged
header in the middle.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.families import limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BLOCK: Final = 512
_ZEROS: Final = bytes(_BLOCK)
_OCTAL: Final = re.compile(rb" *([0-7]+)(?:[\0 ].*)?|\0+", re.DOTALL)
_OWNERS: Final = {"owner": (108, 116), "group": (116, 124)}
_OWNER_LIMIT: Final = 2**32
_TIME: Final = (136, 148)
_TIME_LIMIT: Final = 2**63
# apt reads these fields of every member, GNU tar only of devices. Some programs leave them blank.
_DEVICE: Final = {"major number": (329, 337), "minor number": (337, 345)}
_BLANK_DEVICE: Final = b" " * 8
_BINARY: Final = (0x80, 0xFF)
_LONGEST_PART: Final = 255  # NAME_MAX of Linux's file systems
_RECORD: Final = rb"([1-9][0-9]{0,5}) ([^=\n\0]+)="
# Records that may change the kind, path or size of a member: another size or path, a sparse file.
_REFUSED_KEYS: Final = (b"size", b"path", b"linkpath", b"GNU.")
_TIME_KEYS: Final = (b"atime", b"ctime", b"mtime")
_TIME_VALUE: Final = re.compile(rb"(-?[0-9]{1,19})(?:\.[0-9]*)?")
_OWNER_KEYS: Final = (b"uid", b"gid")
_OWNER_VALUE: Final = re.compile(rb"[0-9]{1,10}")
_FILE: Final = (b"0", b"\0")
_CONTIGUOUS: Final = b"7"
_DIRECTORY: Final = b"5"
_SYMLINK: Final = b"2"
_HARD_LINK: Final = b"1"
_GLOBAL: Final = b"g"
_PAX_HEADER: Final = b"x"
_PAX: Final = (_PAX_HEADER, _GLOBAL)
_LONG_NAME: Final = b"L"
_LONG_LINK: Final = b"K"
_LONG: Final = (_LONG_NAME, _LONG_LINK)
_LINKS: Final = (_SYMLINK, _HARD_LINK)
_KINDS: Final = frozenset((*_FILE, _CONTIGUOUS, _DIRECTORY, *_LINKS, *_PAX, *_LONG))
_NAMES: Final = (b"control", b"./control")
"""The two forms of the name that both programs know."""


class _Member(NamedTuple):
    """One member: its name and the parts of the name, its kind, its link target, its content."""

    name: bytes
    parts: tuple[bytes, ...]
    kind: bytes
    target: bytes
    content: memoryview


def control_file(archive: bytes) -> bytes:
    """Return the content of the only regular file ``control`` at the top of an archive.

    Raises ValueError, with the rule that is broken, if the archive is damaged, or if
    dpkg-deb and apt might use different files.
    """
    found: bytes | None = None
    links = deep = False
    kinds: dict[tuple[bytes, ...], bytes] = {(): _DIRECTORY}
    for number, member in enumerate(_members(archive)):
        spend()
        if number == limits.CONTROL_FILES:
            raise ValueError(f"the archive has more than {limits.CONTROL_FILES} members")
        links |= member.kind == _SYMLINK
        deep |= len(member.parts) > 1
        if links and deep:
            raise ValueError(
                "the archive contains symbolic links and directories, so its paths are not reliable"
            )
        _note_path(kinds, member)
        if member.parts != (b"control",):
            continue
        if found is not None:
            raise ValueError("the file control occurs twice in the archive")
        if member.kind not in _FILE:
            raise ValueError("control is not a regular file in the archive")
        if member.name not in _NAMES:
            raise ValueError(f"the file control is named {member.name[:60]!r}, where apt does not find it")
        if len(member.content) > limits.CONTROL_FILE:
            raise ValueError(f"the file control is larger than {limits.CONTROL_FILE} bytes")
        found = bytes(member.content)
    if found is None:
        raise ValueError("the file control is missing in the archive")
    return found


def _note_path(kinds: dict[tuple[bytes, ...], bytes], member: _Member) -> None:
    """Record the kind of a path; refuse one that is also a directory, or a link without a target."""
    shown = b"/".join(member.parts)[:60]
    for depth in range(1, len(member.parts)):
        if kinds.setdefault(member.parts[:depth], _DIRECTORY) != _DIRECTORY:
            raise ValueError(f"the archive holds {shown!r} below something that is not a directory")
    kind = member.kind
    if kind == _HARD_LINK:
        kind = kinds.get(_split(member.target), b"")
        if kind not in _FILE or member.target.endswith(b"/"):
            raise ValueError(f"the archive holds {shown!r} of kind b'1', a hard link to no file before it")
    if (kinds.get(member.parts, kind) == _DIRECTORY) != (kind == _DIRECTORY):
        raise ValueError(f"the archive holds {shown!r} both as a directory and as something else")
    kinds[member.parts] = kind


def _members(archive: bytes) -> Iterator[_Member]:
    """Yield the members before the end mark, with their names from extended headers."""
    view = memoryview(archive)
    names: dict[bytes, bytes] = {}
    place = 0
    while place + _BLOCK <= len(archive):
        header = archive[place : place + _BLOCK]
        if header == _ZEROS and _LONG_NAME not in names:
            # After a single block of zeros, GNU tar still reads the next block as a header, and fails if it
            # is damaged.
            if any(archive[place + _BLOCK : place + 2 * _BLOCK]):
                raise ValueError(f"the tar archive continues after a single block of zeros at byte {place}")
            return
        size = _check_header(header, place)
        content = view[place + _BLOCK : place + _BLOCK + size]
        if len(content) < size:
            raise ValueError(f"the tar member at byte {place} is damaged: it is cut short")
        kind = header[156:157]
        if kind in _PAX:
            _check_pax(bytes(content), place)
            names[kind] = b""
        elif kind in _LONG:
            if kind in names:
                raise ValueError(f"the tar member at byte {place} has two names")
            names[kind] = _long_name(bytes(content), place)
        else:
            yield _member(header, names, content, place)
            names = {}
        if any(one in names for one in _LONG) and any(one in names for one in _PAX):
            raise ValueError(f"the tar header at byte {place} mixes the extensions of GNU tar and of pax")
        place += _BLOCK + (size + _BLOCK - 1) // _BLOCK * _BLOCK
    raise ValueError("the tar archive is damaged: it is cut short, or has no end mark")


def _member(header: bytes, names: Mapping[bytes, bytes], content: memoryview, place: int) -> _Member:
    """Return a member, after checking its name and content."""
    if header[345:346] != b"\0" and header[257:263] == b"ustar\0":
        raise ValueError(
            f"the tar header at byte {place} has a prefix, which dpkg-deb reads and apt does not"
        )
    name = names.get(_LONG_NAME) or header[:100].split(b"\0")[0]
    parts = _parts(name, place)
    kind = header[156:157]
    if name.endswith(b"/") and kind not in _LINKS:
        kind = _DIRECTORY
    if len(content) and kind in (_DIRECTORY, *_LINKS):
        reason = "it is a directory or a link and has a size, which dpkg-deb and apt read differently"
        raise ValueError(f"the tar member at byte {place} is damaged: {reason}")
    if not name or (not parts and kind != _DIRECTORY):
        raise ValueError(f"the tar member at byte {place} has no name")
    target = names.get(_LONG_LINK) or header[157:257].split(b"\0")[0]
    if kind == _SYMLINK and not target:
        raise ValueError(f"the tar member at byte {place} is a link without a target")
    return _Member(name, parts, kind, target, content)


def _check_header(header: bytes, place: int) -> int:
    """Check the sum, the kind and every number of a header; return the size of the member."""
    where = f"the tar header at byte {place}"
    given = _octal(header[148:156], f"{where} is damaged: its sum")
    if given != sum(header[:148]) + 8 * ord(" ") + sum(header[156:]):
        raise ValueError(f"{where} is damaged: its checksum is wrong")
    _octal(header[100:108], f"{where} is damaged: its mode")
    for name, (start, end) in _DEVICE.items():
        if header[start:end] != _BLANK_DEVICE:
            _octal(header[start:end], f"{where} is damaged: its {name}")
    for name, (start, end) in _OWNERS.items():
        if not 0 <= _number(header[start:end], f"{where} is damaged: its {name}") < _OWNER_LIMIT:
            raise ValueError(f"{where} is damaged: its {name} is out of range")
    if not -_TIME_LIMIT <= _number(header[slice(*_TIME)], f"{where} is damaged: its time") < _TIME_LIMIT:
        raise ValueError(f"{where} is damaged: its time is out of range")
    size = _octal(header[124:136], f"{where} is damaged: its size")
    kind = header[156:157]
    if kind not in _KINDS:
        raise ValueError(f"{where} is of kind {kind!r}; only regular files, directories and links may be")
    if kind in (*_PAX, *_LONG) and size > limits.TAR_NAME:
        raise ValueError(f"{where} is an extension of more than {limits.TAR_NAME} bytes")
    return size


def _number(field: bytes, what: str) -> int:
    """Return a number in octal, or in GNU tar's signed binary form for numbers that do not fit."""
    if field[0] in _BINARY:
        sign = b"\xff" if field[0] == _BINARY[1] else b"\0"
        return int.from_bytes(sign + field[1:], "big", signed=True)
    return _octal(field, what)


def _octal(field: bytes, what: str) -> int:
    """Return a number in octal.

    A size, a mode and a checksum must be octal: apt does not read the last two in
    binary, and reads binary sizes wrongly if a byte is above 127.
    """
    if field[0] in _BINARY:
        raise ValueError(f"{what} is not octal, so dpkg-deb and apt read it differently")
    found = _OCTAL.fullmatch(field)
    if not found:
        raise ValueError(f"{what} is not a number")
    return int(found[1] or b"0", 8)


def _long_name(content: bytes, place: int) -> bytes:
    """Return the name or the link target of the next member from GNU tar's extension."""
    name, end, _ = content.partition(b"\0")
    if not name or not end:
        raise ValueError(f"the tar header at byte {place} is damaged: the long name is empty or does not end")
    return name


def _check_pax(content: bytes, place: int) -> None:
    """Refuse pax records that are malformed or change a member; apt does not read them."""
    where = f"the tar header at byte {place}"
    while content:
        found = re.match(_RECORD, content)
        length = int(found[1]) if found else 0
        if not found or not found.end() < length <= len(content) or content[length - 1] != ord("\n"):
            raise ValueError(f"{where} is damaged: it is not a list of pax records")
        key = found[2]
        if key.startswith(_REFUSED_KEYS):
            raise ValueError(f"{where} sets {key!r}, which dpkg-deb obeys and apt does not")
        _check_value(key, content[found.end() : length - 1], where)
        content = content[length:]


def _check_value(key: bytes, value: bytes, where: str) -> None:
    """Refuse a time or an owner that GNU tar refuses."""
    right = True
    if key in _TIME_KEYS:
        time = _TIME_VALUE.fullmatch(value)
        right = time is not None and -_TIME_LIMIT <= int(time[1]) < _TIME_LIMIT
    elif key in _OWNER_KEYS:
        right = _OWNER_VALUE.fullmatch(value) is not None and int(value) < _OWNER_LIMIT
    if not right:
        raise ValueError(f"{where} is damaged: it sets {key!r} to {value[:60]!r}")


def _parts(name: bytes, place: int) -> tuple[bytes, ...]:
    parts = _split(name)
    if b".." in parts:
        raise ValueError(
            f"the tar member at byte {place} has the path {name[:60]!r}, which leads out of the archive"
        )
    if len(parts) > limits.TAR_DEPTH:
        raise ValueError(f"the tar member at byte {place} lies more than {limits.TAR_DEPTH} directories deep")
    if any(len(part) > _LONGEST_PART for part in parts):
        raise ValueError(f"the tar member at byte {place} has a name of more than {_LONGEST_PART} bytes")
    return parts


def _split(path: bytes) -> tuple[bytes, ...]:
    return tuple(part for part in path.split(b"/") if part not in (b"", b"."))
