"""Running protoc, the protobuf compiler, on files that are copied into a folder of its own."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import tempfile
import threading
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from pkgguard.errors import ProtocolError, ProtocolToolError
from pkgguard.escape.line import plain
from pkgguard.git_objects import search_path
from pkgguard.protocol.limits import DESCRIPTORS, PATIENCE, PROTOC_MEMORY, PROTOC_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def compiled(
    files: Mapping[str, bytes], named: Sequence[str], source: str, environ: Mapping[str, str]
) -> bytes:
    """Compile files to a descriptor set, and return its bytes.

    ``files`` maps names, relative and safe, to contents; ``named`` are those to
    compile. protoc gets a folder with these files only, which is removed afterwards,
    and a limit of its time and memory. Raises :class:`ProtocolError` with its message.
    """
    path = search_path(environ)
    program = which("protoc", path=path)
    if program is None:
        help = "install protobuf-compiler and libprotobuf-dev, or name a descriptor set"
        raise ProtocolToolError(source, "", "reading .proto files needs protoc, which is not installed", help)
    with tempfile.TemporaryDirectory(prefix="pkgguard-") as name:
        folder = Path(name)
        for one, data in files.items():
            target = folder / one
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        words = [f"-I{folder}", "--include_imports", "--descriptor_set_out=/dev/stdout"]
        with tempfile.TemporaryFile() as told:
            code, data = _run([program, *words, *(str(folder / one) for one in named)], path, told.fileno())
            told.seek(0)
            lines = told.read(4000).decode("utf-8", "replace").replace(f"{folder}/", "").splitlines()
    if len(data) > DESCRIPTORS:
        raise ProtocolError(
            source, "", f"compiles to more than {DESCRIPTORS} bytes", "leave out what is not used"
        )
    if code:
        errors = [line for line in lines if "warning" not in line.lower()] or ["protoc was ended"]
        raise ProtocolError(source, "", plain(f"protoc cannot compile it: {errors[0]}"))
    return data


def _run(words: list[str], path: str, told: int) -> tuple[int, bytes]:
    child = subprocess.Popen(  # noqa: S603 - a fixed list, and names of files in a folder of ours
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=told,
        env={"PATH": path, "LC_ALL": "C"},
        start_new_session=True,
    )

    def end() -> None:
        """End it and whatever it has started, which would keep the pipe open."""
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    timer = threading.Timer(PATIENCE, end)
    timer.start()
    try:
        with child:
            for what, most in ((resource.RLIMIT_CPU, PROTOC_SECONDS), (resource.RLIMIT_AS, PROTOC_MEMORY)):
                try:
                    resource.prlimit(child.pid, what, (most, most))
                except (ProcessLookupError, PermissionError):
                    break  # it has ended
            data = child.stdout.read(DESCRIPTORS + 1) if child.stdout is not None else b""
            if len(data) > DESCRIPTORS:
                end()
    finally:
        timer.cancel()
    return child.returncode, data
