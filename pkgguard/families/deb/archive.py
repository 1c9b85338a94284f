"""The control file out of a .deb: regular files only, in memory, every size bounded.

Sources: deb(5) for the container, deb-control(5) for what it holds. The payload
is never read, nothing is written to disk and no program is run.
"""

from __future__ import annotations

import io
import lzma
import os
import stat
import tarfile
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from pkgguard.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONTROL_LIMIT: Final = 16 * 2**20
"""The most bytes of a control member, compressed and inflated: a thousand times the usual."""
MEMBER_LIMIT: Final = 64
"""The most members of a package; deb(5) needs three."""
_MEMORY_LIMIT: Final = 256 * 2**20
_STREAM_LIMIT: Final = 16

_MAGIC: Final = b"!<arch>\n"
_HEADER: Final = 60
_REGULAR: Final = (tarfile.REGTYPE, tarfile.AREGTYPE)


def control_of(path: Path) -> bytes:
    """Give the text of the control file of a package.

    Raise :class:`PackageError` for whatever is no regular file or no complete,
    well-formed binary package of format 2.
    """
    try:
        # Asked before opening, since opening a fifo would wait for a writer.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise _error(path, "", "it is not a regular file", "give a package file")
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            return _unpack(path, *_control_member(path, file, size))
    except OSError as error:
        raise _error(
            path, "", f"it cannot be read: {error.strerror or error}", "check the path and its rights"
        ) from None
    except ValueError as error:
        raise _error(path, "", f"it cannot be read: {error}", "check the path") from None


def _error(
    path: Path, place: str, reason: str, mend: str = "rebuild or fetch the package again"
) -> PackageError:
    return PackageError(str(path), place, reason, mend)


def _control_member(path: Path, file: BinaryIO, size: int) -> tuple[str, bytes]:
    """Walk the ar headers; give the name and the bytes of the control member."""
    if file.read(len(_MAGIC)) != _MAGIC:
        raise _error(path, "", "it is no Debian package: the ar magic is missing", "give a .deb file")
    names: list[str] = []
    control: tuple[str, bytes] | None = None
    place = len(_MAGIC)
    while place < size:
        if len(names) == MEMBER_LIMIT:
            raise _error(path, "", f"it has more than {MEMBER_LIMIT} members")
        file.seek(place)
        name, length = _member_header(path, file.read(_HEADER), place)
        place += _HEADER
        if length > size - place:
            raise _error(path, name, f"the member of {length} bytes ends behind the end of the file")
        if name in names:
            raise _error(path, name, "the member occurs twice")
        if not names:
            _check_format(path, name, file.read(min(length, 64)))
        elif name.startswith("control.tar"):
            if control is not None:
                raise _error(path, name, "there are two control members")
            if length > CONTROL_LIMIT:
                raise _error(path, name, f"the member is larger than {CONTROL_LIMIT} bytes")
            control = (name, file.read(length))
        names.append(name)
        place += length + length % 2
    if control is None:
        raise _error(path, "control.tar", "the member is missing")
    if not any(name.startswith("data.tar") for name in names):
        raise _error(path, "data.tar", "the member is missing")
    return control


def _member_header(path: Path, header: bytes, place: int) -> tuple[str, int]:
    where = f"ar header at byte {place}"
    if len(header) != _HEADER or header[58:] != b"`\n":
        raise _error(path, where, "the header is damaged or cut short")
    digits = header[48:58].rstrip(b" ")
    if not digits.isdigit():
        raise _error(path, where, f"the size {digits!r} is no number")
    try:
        name = header[:16].decode("ascii").rstrip(" ").removesuffix("/")
    except UnicodeDecodeError:
        raise _error(path, where, "the name is not ASCII") from None
    return name, int(digits)


def _check_format(path: Path, name: str, content: bytes) -> None:
    if name != "debian-binary":
        raise _error(path, name, "the first member is not debian-binary")
    if not content.startswith(b"2."):
        shown = content.split(b"\n")[0].decode("ascii", "replace")
        raise _error(path, name, f"format {shown} is not known", "only format 2 is")


def _unpack(path: Path, name: str, content: bytes) -> bytes:
    """Inflate the control member and give its control file."""
    ways: dict[str, Callable[[bytes], bytes]] = {
        "control.tar": bytes,
        "control.tar.gz": _gunzip,
        "control.tar.xz": _unxz,
        "control.tar.zst": _unzstd,
    }
    if name not in ways:
        raise _error(path, name, "the compression is not known", "use gz, xz, zst or none")
    try:
        return _control_file(path, name, ways[name](content))
    except (
        zlib.error,
        lzma.LZMAError,
        tarfile.TarError,
        EOFError,
        ValueError,
        OverflowError,
        IndexError,
    ) as error:
        raise _error(path, name, f"the member is damaged: {error}") from None


def _gunzip(content: bytes) -> bytes:
    return _streams(content, lambda: zlib.decompressobj(wbits=31))


def _unxz(content: bytes) -> bytes:
    return _streams(content, lambda: lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_MEMORY_LIMIT))


class _Stream(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _streams(content: bytes, start: Callable[[], _Stream]) -> bytes:
    inflated = b""
    for _ in range(_STREAM_LIMIT):
        stream = start()
        inflated += stream.decompress(content, CONTROL_LIMIT + 1 - len(inflated))
        _within_limit(inflated)
        if not stream.eof:
            raise EOFError("it is cut short")
        content = stream.unused_data
        if not content:
            return inflated
    raise ValueError(f"it has more than {_STREAM_LIMIT} compressed streams")


def _unzstd(content: bytes) -> bytes:
    try:
        import zstandard  # noqa: PLC0415 - only packages with this compression need it
    except ImportError:
        raise ValueError("reading zst needs the Python module zstandard") from None
    inflated = bytearray()
    try:
        for _ in range(_STREAM_LIMIT):
            stream = zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj()
            # The module bounds no output, so the input is fed in pieces that cannot inflate to much.
            piece = 64
            for start in range(0, len(content), piece):
                inflated += stream.decompress(content[start : start + piece])
                _within_limit(inflated)
                if stream.eof:
                    content = stream.unused_data + content[start + piece :]
                    break
            else:
                raise EOFError("it is cut short")
            if not content:
                return bytes(inflated)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from None
    raise ValueError(f"it has more than {_STREAM_LIMIT} compressed streams")


def _within_limit(inflated: bytes | bytearray) -> None:
    if len(inflated) > CONTROL_LIMIT:
        raise ValueError(f"it inflates to more than {CONTROL_LIMIT} bytes")


def _control_file(path: Path, name: str, content: bytes) -> bytes:
    found: bytes | None = None
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
        for member in archive:
            if member.name.removeprefix("./") != "control":
                continue
            if found is not None:
                raise _error(path, f"{name}: control", "the file occurs twice")
            if member.type not in _REGULAR or not 0 <= member.size <= len(content):
                raise _error(path, f"{name}: control", "it is not a regular file")
            file = archive.extractfile(member)
            found = file.read(member.size) if file is not None else b""
            if len(found) != member.size:
                raise _error(path, f"{name}: control", "the file is cut short")
    if found is None:
        raise _error(path, f"{name}: control", "the file is missing")
    return found
