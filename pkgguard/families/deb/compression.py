"""Inflating the control member of a .deb, within this process and with limits.

Source: deb(5), whose compressions of the control member are none, gzip, xz and zstd. As
in dpkg-deb, several gzip streams count as one; xz and zstd have one stream. Data after
the end is refused; dpkg-deb silently ignores it.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from pkgguard.families import limits

if TYPE_CHECKING:
    from collections.abc import Callable

_CUT: Final = "the member is damaged: it is cut short"


def inflate(name: str, content: bytes) -> bytes:
    """Inflate a member with the compression of its name; raise ValueError if it is damaged."""
    return WAYS[name](content)


def _plain(content: bytes) -> bytes:
    return content


def _gunzip(content: bytes) -> bytes:
    inflated = b""
    for _ in range(limits.GZIP_STREAMS):
        stream = zlib.decompressobj(wbits=31)
        try:
            inflated += stream.decompress(content, limits.CONTROL_INFLATED + 1 - len(inflated))
        except zlib.error as error:
            raise ValueError(f"the member is damaged: {error}") from None
        _within_limit(inflated)
        if not stream.eof:
            raise ValueError(_CUT)
        content = stream.unused_data
        if not content:
            return inflated
    raise ValueError(f"the member has more than {limits.GZIP_STREAMS} compressed streams")


def _unxz(content: bytes) -> bytes:
    import lzma  # noqa: PLC0415 - only packages with this compression need it

    try:
        stream = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=limits.XZ_MEMORY)
        inflated = stream.decompress(content, limits.CONTROL_INFLATED + 1)
    except lzma.LZMAError as error:
        raise ValueError(f"the member is damaged: {error}") from None
    _within_limit(inflated)
    if not stream.eof:
        raise ValueError(_CUT)
    return _alone(inflated, stream.unused_data)


def _unzstd(content: bytes) -> bytes:
    try:
        import zstandard  # noqa: PLC0415 - only packages with this compression need it
    except ImportError:
        raise ValueError("reading zst needs the Python module zstandard") from None
    inflated = bytearray()
    stream = zstandard.ZstdDecompressor(max_window_size=limits.ZSTD_WINDOW).decompressobj()
    try:
        # The module cannot limit its output, so it gets the input in pieces that cannot inflate to much.
        for start in range(0, len(content), limits.ZSTD_PIECE):
            end = start + limits.ZSTD_PIECE
            inflated += stream.decompress(content[start:end])
            _within_limit(inflated)
            if stream.eof:
                return _alone(bytes(inflated), stream.unused_data + content[end:])
    except zstandard.ZstdError as error:
        raise ValueError(f"the member is damaged: {error}") from None
    raise ValueError(_CUT)


def _alone(inflated: bytes, rest: bytes) -> bytes:
    if rest:
        raise ValueError(f"the member is damaged: {len(rest)} bytes follow the end of the compressed stream")
    return inflated


def _within_limit(inflated: bytes | bytearray) -> None:
    if len(inflated) > limits.CONTROL_INFLATED:
        raise ValueError(f"the member inflates to more than {limits.CONTROL_INFLATED} bytes")


WAYS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "control.tar": _plain,
    "control.tar.gz": _gunzip,
    "control.tar.xz": _unxz,
    "control.tar.zst": _unzstd,
}
"""The valid names of the control member, and how each is inflated."""
