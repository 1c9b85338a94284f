"""The order of Debian versions in dpkg and apt.

Sources: deb-version(7) and Debian Policy 5.6.12; the refusals and the order of dpkg
1.21 were measured with ``dpkg --validate-version`` and ``--compare-versions``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pkgguard.errors import VersionError
from pkgguard.families.remembered import remembered
from pkgguard.versions.sets import digits_at, number

if TYPE_CHECKING:
    from pkgguard.versions.sets import Key

_EPOCH_LIMIT: Final = 2**31 - 1
_UPSTREAM: Final = re.compile(r"[0-9][A-Za-z0-9.+~:-]*")
_REVISION: Final = re.compile(r"[A-Za-z0-9.+~]+")
_RUNS: Final = re.compile(r"([^0-9]*)([0-9]*)")

# A tilde sorts below the end of a run, the end below letters, letters below the
# rest. The code points of the translated text compare in exactly that order.
_END: Final = "\x02"
_ORDER: Final = str.maketrans({"~": "\x01", **{char: chr(256 + ord(char)) for char in "+-.:"}})

_CHARACTERS: Final = {ord(str(written)): chr(char) for char, written in _ORDER.items()}
"""The inverse translation."""


def split(version: str) -> tuple[str, str, str]:
    """Split a full version into epoch, upstream version and Debian revision.

    An absent epoch or revision is an empty text. Only :func:`key` checks a version.
    """
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "", version
    upstream, hyphen, revision = rest.rpartition("-")
    return (epoch, upstream, revision) if hyphen else (epoch, rest, "")


def join(epoch: str, upstream: str, revision: str) -> str:
    """Return the full version with these parts; a colon in the upstream version needs an epoch before it."""
    rest = f"{upstream}-{revision}" if revision else upstream
    return f"{epoch or 0}:{rest}" if epoch or ":" in upstream else rest


@remembered
def key(version: str) -> Key:
    """Return the key of a full version; keys compare exactly as dpkg compares the versions.

    An absent revision equals the revision ``0`` and an absent epoch the epoch ``0``.
    Raises :class:`VersionError` for everything that dpkg refuses, and for two things
    that dpkg accepts but apt reads differently: white space around the version, and a
    sign before the epoch.
    """
    epoch, upstream, revision = _validated(version)
    return epoch, _fragments(upstream), _fragments(revision)


def version_of(key: Key) -> str:
    """Return the version with a key: the same one for all versions that dpkg considers equal.

    An epoch of 0, a revision of 0 and leading zeros are omitted, as is a final zero
    after a letter or a tilde, as in ``1.0~``.
    """
    short = len(key[1]) < _SHORT and len(key[2]) < _SHORT
    return _remembered_text(key) if short else _version_text(key)


def _version_text(key: Key) -> str:
    epoch, upstream, revision = key[0], _text(key[1]), _text(key[2])
    head = f"{epoch}:" if epoch or ":" in upstream else ""
    return f"{head}{upstream}-{revision}" if revision != "0" or "-" in upstream else f"{head}{upstream}"


_SHORT: Final = 256
"""The length up to which the text of a key is cached; all real keys are shorter."""
_remembered_text: Final = lru_cache(maxsize=16384)(_version_text)


def _validated(version: str) -> tuple[int, str, str]:
    def refused(reason: str) -> VersionError:
        return VersionError(version, "deb", reason)

    if not version:
        raise refused("it is empty")
    epoch, upstream, revision = split(version)
    if ":" in version:
        if not epoch:
            raise refused("the epoch before the colon is empty")
        if not (epoch.isascii() and epoch.isdigit()):
            raise refused(f"the epoch {epoch!r} is not an unsigned number")
        digits = epoch.lstrip("0")
        if len(digits) > len(str(_EPOCH_LIMIT)) or int(digits or "0") > _EPOCH_LIMIT:
            raise refused(f"the epoch is greater than {_EPOCH_LIMIT}")
    if not upstream:
        raise refused("the upstream version is empty")
    if not ("0" <= upstream[0] <= "9"):
        raise refused("the upstream version does not start with a digit")
    if not _UPSTREAM.fullmatch(upstream):
        raise refused("the upstream version may contain only letters, digits and . + ~ - :")
    if not revision and version.endswith("-"):
        raise refused("the revision after the last hyphen is empty")
    if revision and not _REVISION.fullmatch(revision):
        raise refused("the revision may contain only letters, digits and . + ~")
    return int(epoch.lstrip("0") or "0"), upstream, revision


def _text(fragments: str) -> str:
    """Return the part of a version from which :func:`_fragments` made a text."""
    pieces: list[str] = []
    place, last = 0, len(fragments) - 1
    while place < last:
        end = fragments.index(_END, place)
        text = fragments[place:end].translate(_CHARACTERS)
        digits, place = digits_at(fragments, end + 1)
        bare = place == last and digits == "0" and re.search("[A-Za-z~]$", text) is not None
        pieces += (text,) if bare else (text, digits)
    return "".join(pieces)


def _fragments(part: str) -> str:
    """Return a text for a part that compares as in dpkg: texts and numbers alternate.

    An absent number is zero. The result is a single text, because a list takes twenty
    times the memory.
    """
    fragments: list[str] = []
    for text, digits in _RUNS.findall(part) if part else [("", "")]:
        if text or digits or not part:
            fragments += (text.translate(_ORDER), _END, number(digits))
    fragments.append(_END)
    return "".join(fragments)
