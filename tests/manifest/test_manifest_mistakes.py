"""Every mistake that a manifest can have: a small manifest for each, and its messages beside it.

``manifest_mistakes/NAME.toml`` is the manifest, ``NAME.txt`` every mistake in it,
one per line; PKGGUARD_UPDATE=1 writes them anew. The line that one of them must name is
marked with ``#!`` in the manifest, or in one that it extends, in ``extended/``.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from snapshots import assert_no_others, assert_snapshot

from pkgguard.diagnostics import Diagnostic
from pkgguard.errors import ManifestError
from pkgguard.manifest.read import read_manifest

FOLDER = Path(__file__).parents[1] / "manifest_mistakes"
EXTENDED = re.compile(r'^extends = "(extended/(?!nowhere)[a-z-]+\.toml)"$', re.MULTILINE)
CASES = sorted(path.stem for path in FOLDER.glob("*.toml"))


def mistakes(case: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(ManifestError) as caught:
        read_manifest(FOLDER / f"{case}.toml", f"{case}.toml")
    assert caught.value.path == f"{case}.toml"
    return caught.value.mistakes


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_told_with_its_table_key_and_the_nearest_word(case: str) -> None:
    assert_snapshot(FOLDER / f"{case}.txt", "".join(f"{one}\n" for one in mistakes(case)))


@pytest.mark.parametrize("case", CASES)
def test_the_line_of_the_mistake_is_named(case: str) -> None:
    text = (FOLDER / f"{case}.toml").read_bytes().decode("utf-8")
    texts = {f"{case}.toml": text}
    texts |= {path: (FOLDER / path).read_text("utf-8") for path in re.findall(EXTENDED, text)}
    (marked,) = [
        (path, number)
        for path, text in texts.items()
        for number, line in enumerate(text.split("\n"), 1)
        if "#!" in line
    ]
    assert marked in [(one.path, one.line) for one in mistakes(case)]


def test_every_message_belongs_to_a_manifest() -> None:
    assert_no_others(FOLDER, "*.txt", {f"{case}.txt" for case in CASES})
    assert len(CASES) > 100
