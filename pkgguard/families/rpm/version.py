"""The order of rpm versions, as a key that Python compares.

The rules are those of rpm-version(7) and of rpmvercmp: a version consists of segments
of letters and of digits. Other characters only separate them, but ``~`` sorts below the
end of the version and ``^`` just above it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pkgguard.errors import VersionError
from pkgguard.families import limits
from pkgguard.families.remembered import remembered
from pkgguard.versions.sets import BOTTOM, TOP, Boundary, VersionSet, digits_at, number

if TYPE_CHECKING:
    from pkgguard.versions.sets import Key

LOW: Final[Key] = (0,)
"""The release part that sorts below every release of a version."""
HIGH: Final[Key] = (2,)
"""The release part that sorts above every release of a version."""

# The marks at the start of a segment, in the order of rpmvercmp; all sort below letters and digits.
_TILDE, _END, _CARET, _LETTERS, _DIGITS = "\x01\x02\x03\x04\x05"

_MARKS: Final = {_TILDE: "~", _CARET: "^"}
_WORD: Final = re.compile("[A-Za-z]+")
_SEGMENT: Final = re.compile(r"[0-9]+|[A-Za-z]+|~|\^")
# % and {} are not valid here, although rpmbuild accepts them with a warning: they are always part of a macro
# that was not expanded.
_ILLEGAL: Final = re.compile(r"[^A-Za-z0-9._+~^:-]")
_DIGIT_RUN: Final = re.compile(r"[0-9]*")
# atol() in rpm saturates long before this, and int() refuses more than 4300 digits.
_EPOCH_DIGITS: Final = 4000


@remembered
def split(version: str) -> tuple[str, str, str]:
    """Split ``[epoch:]version[-release]`` into its three parts, each maybe empty.

    Only :func:`key` checks a version. The epoch is digits before the first colon, the
    release follows the last hyphen, as in rpm.
    """
    digits = _DIGIT_RUN.match(version)
    end = digits.end() if digits else 0
    epoch, rest = "", version
    if version[end : end + 1] == ":":
        epoch, rest = version[:end], version[end + 1 :]
    upstream, hyphen, release = rest.rpartition("-")
    return (epoch, upstream, release) if hyphen else (epoch, rest, "")


def join(epoch: str, upstream: str, release: str) -> str:
    """Return the full version with these parts."""
    rest = f"{upstream}-{release}" if release else upstream
    return f"{epoch}:{rest}" if epoch else rest


@remembered
def segments(text: str) -> str:
    """Return a text for one version or release that compares as in rpmvercmp.

    It is a text because a list of segments takes twenty times the memory. Each segment
    begins with its kind, which also ends the previous segment.
    """
    parts: list[str] = []
    for match in _SEGMENT.finditer(text):
        segment = match.group()
        if segment == "~":
            parts.append(_TILDE)
        elif segment == "^":
            parts.append(_CARET)
        elif segment[0].isdigit():
            parts += (_DIGITS, number(segment))
        else:
            parts += (_LETTERS, segment)
    parts.append(_END)
    return "".join(parts)


@remembered
def key(version: str) -> Key:
    """Return a key of ``[epoch:]version[-release]`` that compares as in rpm.

    The key is ``(epoch, version key, release part)``. A version without a release gets
    the part :data:`LOW`, so that its key sorts before every release of that version. An
    absent epoch is 0, as in rpm.

    Raises :class:`VersionError` for what rpmbuild refuses in a dependency
    (characters, ``..``, a second hyphen or colon, an epoch that is not a number)
    and for an empty version or an unexpanded macro, which it accepts.
    """
    _validate(version)
    epoch, upstream, release = split(version)
    if not upstream:
        raise VersionError(version, "rpm", "the version between epoch and release is empty")
    return (int(epoch or "0"), segments(upstream), (1, segments(release)) if release else LOW)


def version_of(key: Key) -> str:
    """Return the version with a key: the same one for all versions that rpm considers equal.

    Segments are separated by a dot, except for letters and the number after them, as in
    ``fc38``; after a tilde these have a dot too, as in ``1.0~rc.1``. An epoch of 0 and
    leading zeros are omitted. A key below or above every release of a version has no
    release.
    """
    short = len(key[1]) < _SHORT and sum(map(len, key[2][1:])) < _SHORT
    return _remembered_text(key) if short else _version_text(key)


def _version_text(key: Key) -> str:
    epoch, upstream, release = key
    head = f"{epoch}:" if epoch else ""
    tail = f"-{_text(release[1])}" if release not in (LOW, HIGH) else ""
    return f"{head}{_text(upstream)}{tail}"


_SHORT: Final = 256
"""The length up to which the text of a key is cached; all real keys are shorter."""
_remembered_text: Final = lru_cache(maxsize=16384)(_version_text)


def _text(segments: str) -> str:
    """Return the version or release from which :func:`segments` made a text."""
    pieces: list[str] = []
    place, before, tilde = 0, "", False
    while segments[place] != _END:
        kind = segments[place]
        place += 1
        if kind in _MARKS:
            pieces.append(_MARKS[kind])
            before, tilde = "", kind == _TILDE
            continue
        if before and (tilde or not (before == _LETTERS and kind == _DIGITS)):
            pieces.append(".")
        if kind == _DIGITS:
            piece, place = digits_at(segments, place)
        else:
            match = _WORD.match(segments, place)
            piece = match.group() if match else ""
            place += len(piece)
        tilde = tilde and not before
        before = kind
        pieces.append(piece)
    return "".join(pieces) or "_"


def _validate(version: str) -> None:
    if not version:
        raise VersionError(version, "rpm", "it is empty")
    if len(version) > limits.VERSION:
        raise VersionError(version, "rpm", f"it is longer than {limits.VERSION} characters")
    if found := _ILLEGAL.search(version):
        character = found.group()
        if character.isspace():
            reason = "it contains white space"
        elif character in "%{}":
            reason = "it contains a macro that was not expanded"
        else:
            reason = f"it contains {character!r}; only ASCII letters, digits and . _ + ~ ^ - : are allowed"
        raise VersionError(version, "rpm", reason)
    if ".." in version:
        raise VersionError(version, "rpm", "it contains '..', which rpmbuild refuses")
    for separator, meaning in (("-", "divides version and release"), (":", "ends the epoch")):
        if version.count(separator) > 1:
            raise VersionError(version, "rpm", f"it has more than one {separator!r}, which {meaning}")
    before, colon, _ = version.partition(":")
    if colon and before and not before.isdigit():
        raise VersionError(version, "rpm", "the epoch must be an unsigned integer")
    if len(before) > _EPOCH_DIGITS and colon:
        raise VersionError(version, "rpm", f"the epoch has more than {_EPOCH_DIGITS} digits")


@remembered
def range_of(operator: str, version: str) -> VersionSet:
    """Return the versions that a bound admits; ``operator`` is one of ``< <= = >= >``.

    A bound without a release covers all the releases of its version (rpm-version(7)):
    ``= 1.0.1`` is exactly these, ``<= 1.0.1`` ends after the last, ``>= 1.0.1`` begins
    before the first, ``< 1.0.1`` and ``> 1.0.1`` contain none of them.

    Raises :class:`VersionError` for an invalid version, ``ValueError`` for an unknown
    operator.
    """
    epoch, upstream, release = key(version)
    if release == LOW:
        low = Boundary.before((epoch, upstream, LOW))
        high = Boundary.before((epoch, upstream, HIGH))
    else:
        low = Boundary.before((epoch, upstream, release))
        high = Boundary.after((epoch, upstream, release))
    match operator:
        case "<":
            return VersionSet.between(BOTTOM, low)
        case "<=":
            return VersionSet.between(BOTTOM, high)
        case "=":
            return VersionSet.between(low, high)
        case ">=":
            return VersionSet.between(low, TOP)
        case ">":
            return VersionSet.between(high, TOP)
    raise ValueError(f"{operator!r} is not an operator; rpm has < <= = >= >")
