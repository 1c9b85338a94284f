"""docs/migration.md shows what init makes of the source in it."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from runner import run

if TYPE_CHECKING:
    import pytest

PAGE = (Path(__file__).parents[2] / "docs/migration.md").read_text("utf-8")
CHANGES = "".join(
    f"shop ({version}-1) unstable; urgency=medium\n\n  * Test.\n\n"
    " -- Nobody <nobody@example.org>  Thu, 21 Jun 2018 18:53:00 +0000\n\n"
    for version in ("1.2.0", "1.1.0", "1.0.0")
)


def block(kind: str) -> str:
    (found,) = re.findall(rf"^ *```{kind}\n(.*?)^ *```$", PAGE, re.DOTALL | re.MULTILINE)
    return textwrap.dedent(found)


def test_the_page_shows_what_init_writes_and_the_build_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    control = tmp_path / "debian/control"
    control.parent.mkdir()
    control.write_text(block("control"), "utf-8")
    (tmp_path / "debian/changelog").write_text(CHANGES, "utf-8")
    assert run("init").exit_code == 0
    manifest = tmp_path / "debian/pkgguard.toml"
    text = manifest.read_text("utf-8")
    assert block("toml") in text
    manifest.write_text(re.sub("FILL IN: ", "", text), "utf-8")
    control.write_text(block("control").replace(", shop-stock (>= 1.1.0-2~)", ""), "utf-8")
    said = run("debian", "substvars")
    start, _, end = block("text").strip().partition("…")
    assert said.exit_code == 1
    assert any(line.startswith(start) and line.endswith(end) for line in said.stderr.splitlines()), (
        said.stderr
    )
