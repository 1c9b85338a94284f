"""The libraries that decode an rpm header, behind one interface: rpmfile, and rpm's own Python bindings.

Either is enough. pip installs rpmfile, which Debian does not package; distributions
ship the bindings (``python3-rpm``). A library only gets data that
:mod:`pkgguard.families.rpm.header` has checked and selected. Its answer is compared
with the index of that header, so both libraries give the same answer or an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, TypeVar

from pkgguard.errors import PackageError, ReaderMissingError
from pkgguard.families.rpm.tags import NUMBER, WANTED, Tag, Values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Element = TypeVar("Element", bytes, int)
Read: TypeAlias = "Callable[[bytes, tuple[Tag, ...]], Mapping[Tag, Values]]"
"""Decodes the tags of a header: all elements of each, a text as bytes, a number without a sign.

The header begins with its magic number, has no region, and contains exactly these tags.
Any exception may be raised.
"""


class Extract(NamedTuple):
    """The wanted tags of a checked header, as a separate header; ``counts`` are their elements."""

    header: bytes
    counts: Mapping[Tag, int]


class Tags(NamedTuple):
    """The content of a header: every element of each wanted tag.

    ``region`` is whether the header has a region around its tags, as since rpm 4.0.
    """

    texts: Mapping[Tag, tuple[bytes, ...]]
    numbers: Mapping[Tag, tuple[int, ...]]
    region: bool = True


def decode(where: str, extract: Extract) -> Tags:
    """Decode the tags of a package with the library that is installed.

    Raises :class:`ReaderMissingError` if none can be loaded, and :class:`PackageError`
    if it fails or contradicts the header's index.
    """
    name, read = _reader(where)
    found: Mapping[Tag, Values] = {}
    if extract.counts:
        try:
            found = read(extract.header, tuple(extract.counts))
        except Exception as error:  # a library may raise anything
            raise PackageError(where, "header", f"{name} cannot read it: {error!r}", _HELP) from error
    texts = {tag: _only(bytes, values) for tag, values in found.items() if WANTED[tag] != NUMBER}
    numbers = {tag: _only(int, values) for tag, values in found.items() if WANTED[tag] == NUMBER}
    if {tag: len(values) for tag, values in (*texts.items(), *numbers.items())} != extract.counts:
        raise PackageError(where, "header", f"{name} reads other values than the header has", _HELP)
    return Tags(texts, numbers)


def _only(kind: type[Element], values: Values) -> tuple[Element, ...]:
    return tuple(one for one in values if isinstance(one, kind))


def _reader(where: str) -> tuple[str, Read]:
    """Load the first library that works; loading one may raise any exception."""
    problems = []
    for name, load in READERS.items():
        try:
            return name, load()
        except Exception as error:  # noqa: BLE001 - rpm 6 raises SystemError without its configuration
            problems.append(f"{name}: {error}")
    reason = f"no library that reads rpm headers can be loaded ({'; '.join(problems)})"
    help = "install python3-rpm (apt-get install python3-rpm, dnf install python3-rpm) or pip install rpmfile"
    raise ReaderMissingError(where, "", reason, help)


def _rpmfile() -> Read:
    from pkgguard.families.rpm.readers.with_rpmfile import read  # noqa: PLC0415 - loaded for an rpm alone

    return read


def _bindings() -> Read:
    from pkgguard.families.rpm.readers.with_bindings import read  # noqa: PLC0415 - loaded for an rpm alone

    return read


_HELP: Final = "the file is damaged; copy or build it again"
READERS: Final[Mapping[str, Callable[[], Read]]] = {"rpmfile": _rpmfile, "rpm's bindings": _bindings}
"""How each library is loaded, in the order in which they are tried."""
