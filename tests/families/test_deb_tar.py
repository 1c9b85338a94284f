"""The control file in its tar archive: what is refused and why; the real tools judge the same archives."""

from __future__ import annotations

import pytest
from fuzz.make import tar_header, tar_member, tar_of
from tar_archives import ACCEPTED, CONTROL_MEMBER, GOOD, REFUSED, long_name, pax

from pkgguard.families import limits
from pkgguard.families.deb.tar import control_file

SIZE = "it is a directory or a link and has a size, which dpkg-deb and apt read differently"
PREFIX = "has a prefix, which dpkg-deb reads and apt does not"
PATH = "sets b'path', which dpkg-deb obeys and apt does not"
LINK = "a hard link to no file before it"
UNFOUND = "where apt does not find it"
NOT_OCTAL = "is not octal, so dpkg-deb and apt read it differently"
REASONS = {
    "a folder by its slash": SIZE,
    "a folder with a size": SIZE,
    "a folder by a long name": SIZE,
    "the top with a size": SIZE,
    "a prefix that": PREFIX,
    "a pax path": PATH,
    "a contiguous control file": "control is not a regular file in the archive",
    "control by the name": UNFOUND,
    "a link to nothing": "is a link without a target",
    "a hard link to nothing": LINK,
    "a hard link to a later file": LINK,
    "a hard link to a folder": LINK,
    "a hard link with a size": SIZE,
    "a file over a filled folder": "holds b'x' both as a directory and as something else",
    "a file below": "below something that is not a directory",
    "a member without a name": "has no name",
    "a file that is the top": "has no name",
    "a name of 257 bytes": "has a name of more than 255 bytes",
    "a long name that does not end": "the long name is empty or does not end",
    "a mode in binary": f"its mode {NOT_OCTAL}",
    "no end mark": "is cut short, or has no end mark",
    "a major number that is none": "its major number is not a number",
    "a minor number in binary": f"its minor number {NOT_OCTAL}",
    "a pax record": "is damaged: it sets b'",
    "a pax key with a NUL": "it is not a list of pax records",
    "a size in binary": f"its size {NOT_OCTAL}",
    "an owner beyond the range": "its owner is out of range",
    "a time beyond the range": "its time is out of range",
    "a lone zero block": "continues after a single block of zeros at byte 1024",
    "control as a hard link": "control is not a regular file in the archive",
    "a sum of signed bytes": "its checksum is wrong",
}
"""Why each archive is refused, by the beginning of its name."""


@pytest.mark.parametrize("name", REFUSED)
def test_an_archive_is_refused_with_its_reason(name: str) -> None:
    (reason,) = {said for begin, said in REASONS.items() if name.startswith(begin)}
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole reason is looked at
        control_file(REFUSED[name])
    assert reason in str(caught.value)


@pytest.mark.parametrize("name", ACCEPTED)
def test_the_control_file_is_found(name: str) -> None:
    assert control_file(ACCEPTED[name]) == GOOD


def file(number: int) -> bytes:
    return tar_member(b"./x%d" % number)


OTHERS = {
    "twice": (tar_of(CONTROL_MEMBER, CONTROL_MEMBER), "control occurs twice"),
    "missing": (tar_of(file(1)), "control is missing in the archive"),
    "a directory": (tar_of(tar_member(b"./control", kind=b"5")), "control is not a regular file"),
    "too large": (tar_of(tar_member(b"./control", bytes(limits.CONTROL_FILE + 1))), "control is larger than"),
    "too many": (tar_of(*map(file, range(limits.CONTROL_FILES + 1))), "more than 1024 members"),
    "links and directories": (
        tar_of(tar_member(b"./x", kind=b"2", link=b"y"), tar_member(b"./d/x"), CONTROL_MEMBER),
        "symbolic links and directories",
    ),
    "outside": (tar_of(tar_member(b"./../x"), CONTROL_MEMBER), "which leads out"),
    "too deep": (
        tar_of(long_name(b"d/" * limits.TAR_DEPTH + b"x\0") + tar_member(b"x"), CONTROL_MEMBER),
        "more than 64 directories deep",
    ),
    "two names": (tar_of(long_name(b"x\0"), long_name(b"y\0"), CONTROL_MEMBER), "has two names"),
    "an empty name": (tar_of(long_name(b"\0"), CONTROL_MEMBER), "the long name is empty"),
    "both extensions": (
        tar_of(long_name(b"./control\0"), pax(b"mtime=1"), CONTROL_MEMBER),
        "mixes the extensions of GNU tar and of pax",
    ),
    "a long extension": (
        tar_of(long_name(b"x" * limits.TAR_NAME + b"\0"), CONTROL_MEMBER),
        "an extension of more than 4096 bytes",
    ),
    "a device": (tar_of(tar_member(b"./x", kind=b"3"), CONTROL_MEMBER), "is of kind b'3'"),
    "cut in a header": (CONTROL_MEMBER[:100], "cut short"),
    "cut in a member": (tar_header(b"./control", 600) + bytes(512), "at byte 0 is damaged: it is cut short"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_both_tools_may_take_is_still_bounded_and_whole(name: str) -> None:
    archive, reason = OTHERS[name]
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole reason is looked at
        control_file(archive)
    assert reason in str(caught.value)
