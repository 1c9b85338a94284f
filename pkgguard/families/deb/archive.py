"""Reading the control file of a .deb, in memory, with limits on every size.

Sources: deb(5) for the container. This module refuses at least what dpkg-deb 1.21
refuses, measured with ``dpkg-deb -f``: members in any other order than
``debian-binary``, ``control.tar``, ``data.tar``, unless their names begin with ``_``; a
format version that is not 2.*number* and a newline. It also refuses faults that
dpkg-deb does not notice when it reads the control file: a package without data, a
truncated package, and a member that occurs twice.

apt 2.6 has its own reader, which reads every header of the file, also after the data,
and finds members by name in any position. This module refuses what it refuses: header
fields that are not numbers, a name that is blank or only slashes, data with an unknown
compression, no padding at the end. It also refuses what the two read differently: a
long name in the form of BSD's ar (``#1/``), which is at the start of the content, where
dpkg-deb does not read it; and a size with a leading zero, which apt reads as octal.

The payload is not read, nothing is written to disk and no program is run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from pkgguard.errors import PackageError
from pkgguard.families import limits
from pkgguard.families.deb.compression import WAYS, inflate
from pkgguard.families.deb.tar import control_file
from pkgguard.families.limits import CONTROL_INFLATED as CONTROL_LIMIT
from pkgguard.families.package_file import opened

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CONTROL_LIMIT", "control_of"]

_MAGIC: Final = b"!<arch>\n"
_HEADER: Final = 60
_NAME: Final = re.compile(rb"([!-~]*?)/? *")
_SIZE: Final = re.compile(rb" *(0|[1-9][0-9]*) *")
# apt reads these fields of every member; dpkg-deb does not read them.
_NUMBER: Final = re.compile(rb" *[0-9]* *")
_MODE: Final = re.compile(rb" *[0-7]* *")
_NUMBERS: Final = {
    "time": (slice(16, 28), _NUMBER),
    "owner": (slice(28, 34), _NUMBER),
    "group": (slice(34, 40), _NUMBER),
    "mode": (slice(40, 48), _MODE),
}
_BSD_NAME: Final = "#1/"
_DATA: Final = frozenset(f"data.tar{suffix}" for suffix in ("", ".gz", ".xz", ".zst", ".bz2", ".lzma"))
_FORMAT: Final = re.compile(rb"2\.[0-9]{1,9}\n")
_AGAIN: Final = "rebuild or fetch the package again"


class _Refused(Exception):  # noqa: N818 - it is a message on its way to the error
    """A fault: the place, the reason, what to do."""

    def __init__(self, place: str, reason: str, help: str = _AGAIN) -> None:
        super().__init__(place, reason, help)
        self.parts = (place, reason, help)


def control_of(path: Path) -> bytes:
    """Return the content of the control file of a package.

    Raise :class:`PackageError` for anything but a regular file that is a complete,
    well-formed binary package of format 2.
    """
    with opened(path) as (file, size):
        try:
            name, content = _control_member(file, size)
            try:
                return control_file(inflate(name, content))
            except ValueError as error:
                raise _Refused(name, str(error)) from None
        except _Refused as refused:
            raise PackageError(str(path), *refused.parts) from None


def _control_member(file: BinaryIO, size: int) -> tuple[str, bytes]:
    """Read the ar headers; return the name and the bytes of the control member."""
    if file.read(len(_MAGIC)) != _MAGIC:
        raise _Refused("", "it is not a Debian package: the ar magic is missing", "give a .deb file")
    names: list[str] = []
    control: tuple[str, bytes] | None = None
    place = len(_MAGIC)
    while place < size:
        if len(names) == limits.AR_MEMBERS:
            raise _Refused("", f"it has more than {limits.AR_MEMBERS} members")
        file.seek(place)
        name, length = _member_header(file.read(_HEADER), place)
        place += _HEADER
        if length > size - place:
            raise _Refused(name, f"the member of {length} bytes extends past the end of the file")
        if length + length % 2 > size - place:
            raise _Refused(name, "the byte that pads a member of odd size is missing, which apt refuses")
        if name in names:
            raise _Refused(name, "the member occurs twice")
        if name.startswith("data.tar"):
            _check_data(name, names)
        if not names:
            _check_format(name, file.read(min(length, 64)))
        elif name.startswith("control.tar"):
            if control is not None:
                raise _Refused(name, "there is a second control member")
            control = (name, _content(file, name, length))
        names.append(name)
        place += length + length % 2
    if control is None:
        raise _Refused("control.tar", "the member is missing")
    _check_order(names)
    return control


def _member_header(header: bytes, place: int) -> tuple[str, int]:
    where = f"ar header at byte {place}"
    if len(header) != _HEADER or header[58:] != b"`\n":
        raise _Refused(where, "the header is damaged or truncated")
    name, digits = _NAME.fullmatch(header[:16]), _SIZE.fullmatch(header[48:58])
    if not digits:
        raise _Refused(where, f"the size {header[48:58]!r} is not a number that dpkg-deb and apt both read")
    if not name:
        raise _Refused(where, f"the name {header[:16]!r} contains characters other than visible ASCII")
    for what, (place_in, form) in _NUMBERS.items():
        if not form.fullmatch(header[place_in]):
            raise _Refused(where, f"the {what} {header[place_in]!r} is not a number, which apt refuses")
    text = name[1].decode("ascii")
    if not text.strip("/"):
        raise _Refused(where, "the member has no name, which apt refuses")
    if text.startswith(_BSD_NAME):
        raise _Refused(
            where, f"the name {text!r} refers to another one, which apt reads but dpkg-deb does not"
        )
    return text, int(digits[1])


def _check_data(name: str, others: list[str]) -> None:
    if name not in _DATA:
        raise _Refused(name, "the compression of the data is not known", "use gzip, xz, zstd or none")
    if any(other.startswith("data.tar") for other in others):
        raise _Refused(name, "there are two data members")


def _check_order(names: list[str]) -> None:
    wanted = iter(("debian-binary", "control.tar", "data.tar"))
    next_one: str | None = next(wanted)
    for name in names:
        if next_one is None:
            return
        if name.startswith(next_one):
            next_one = next(wanted, None)
        elif not name.startswith("_"):
            raise _Refused(name, f"the member is where {next_one} belongs")
    if next_one is not None:
        raise _Refused(next_one, "the member is missing")


def _check_format(name: str, content: bytes) -> None:
    if name != "debian-binary":
        raise _Refused(name, "the first member is not debian-binary")
    if not _FORMAT.match(content):
        shown = content.split(b"\n")[0].decode("ascii", "replace")
        raise _Refused(name, f"format {shown} is not known", "only format 2 is, as '2.0' and a newline")


def _content(file: BinaryIO, name: str, length: int) -> bytes:
    if name not in WAYS:
        raise _Refused(name, "the compression is not known", f"use one of {', '.join(WAYS)}")
    if length > limits.CONTROL_MEMBER:
        raise _Refused(name, f"the member is larger than {limits.CONTROL_MEMBER} bytes")
    content = file.read(length)
    if len(content) != length:
        raise _Refused(name, "the member is cut short")
    return content
