"""A small project: the text of its manifest, relations of its packages, and .deb files of any content."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

MANIFEST = """\
manifest = 1
project = "mine"
[component.runtime]
releases = ["1.0.0", "1.1.0"]
[component.agent]
releases = ["1.0.0", "1.1.0"]
[package.kata-runtime]
carries = ["runtime"]
[package.kata-image]
carries = ["agent"]
[protocol.agent]
client = ["runtime"]
server = "agent"
[[change]]
protocol = "agent"
kind = "added"
what = ["Pause"]
server = "1.1.0"
client = "1.1.0"
because = "docker pause"
symptom = "Unimplemented"
"""

GUARDED = (
    "Depends: kata-image (>= 1.1.0), kata-image (<< 2.0.0~)\n"
    "Breaks: kata-image (<< 1.1.0), kata-image (>= 2.0.0~)\n"
)
UNBOUNDED = "Depends: kata-image (>= 1.1.0)\nBreaks: kata-image (<< 1.1.0)\n"


def deb(folder: Path, name: str, version: str, more: str = "", control: bytes | None = None) -> Path:
    """Write a .deb whose control file holds what is given, and nothing checked."""
    text = f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: x <x@example.org>\n{more}"
    members = {"debian-binary": b"2.0\n"}
    content = control if control is not None else text.encode() + b"Description: x\n"
    for member, entries in (("control.tar", [("./control", content)]), ("data.tar", [])):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            for entry, data in entries:
                info = tarfile.TarInfo(entry)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        members[member] = out.getvalue()
    data = b"!<arch>\n"
    for member, content in members.items():
        data += f"{member:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode() + content
        data += b"\n" * (len(content) % 2)
    number = len(list(folder.glob("*.deb")))
    path = folder / f"package{number}.deb"
    path.write_bytes(data)
    return path
