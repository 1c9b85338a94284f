"""Runs a target under atheris (``pip install atheris``), with libFuzzer's own options."""

from __future__ import annotations

import sys

import atheris


def fuzz(name: str) -> None:
    """Fuzz a target without end, or as the options say."""
    with atheris.instrument_imports(include=["pkgguard"]):
        from targets import TARGETS
    if "-max_len" not in " ".join(sys.argv):
        sys.argv.insert(1, "-max_len=16384" if name in {"deb", "rpm"} else "-max_len=4096")
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()
