"""Draw what ``check`` prints as docs/finding.svg: ``python -m tools.finding_picture``."""

from __future__ import annotations

import re
import textwrap
from html import escape
from pathlib import Path
from typing import Final

from click.testing import CliRunner

from pkgguard.cli.main import cli

ROOT: Final = Path(__file__).resolve().parent.parent
PICTURE: Final = ROOT / "docs/finding.svg"

EXAMPLE: Final = "examples/pause-container"
PACKAGES: Final = ("kata-runtime_1.1.0-1_amd64.deb", "kata-containers-image_1.0.0-1_amd64.deb")

_COLUMNS: Final = 100
_COLOURS: Final = {
    "1": "#ffffff",
    "31": "#ff7b72",
    "32": "#7ee787",
    "33": "#f2cc60",
    "36": "#79c0ff",
    "90": "#9da5ae",
}
"""The colour of the text for each code that a terminal is sent; 1 is bold."""

_CODED: Final = re.compile(r"\A\x1b\[(\d+)m(.*)\x1b\[0m\Z")
_LINE: Final = 18
_MARGIN: Final = 16
_ADVANCE: Final = 8
"""The width of a character of 13 pixels, rounded up."""


def command() -> str:
    """Return the command, to be typed in a checkout."""
    names = (f"{EXAMPLE}/packages/{name}" for name in PACKAGES)
    return " ".join(("pkgguard", "check", "--manifest", f"{EXAMPLE}/pkgguard.toml", *names))


def picture() -> str:
    """Return the picture of what the command prints; the current folder must be the checkout."""
    words = [*command().split()[1:], "--color=always"]
    printed = CliRunner().invoke(cli, words, color=True).stdout
    lines = [("90", "$ pkgguard check --manifest pkgguard.toml \\"), ("90", f"      {' '.join(PACKAGES)}")]
    for line in printed.replace(f"{EXAMPLE}/packages/", "").replace(f"{EXAMPLE}/", "").splitlines():
        coded = _CODED.match(line)
        code, text = coded.groups() if coded else ("", line)
        lines += [(code, part) for part in _wrapped(text)]
    return _drawn(lines)


def _wrapped(text: str) -> list[str]:
    indent = " " * (len(text) - len(text.lstrip()) + 4)
    return textwrap.wrap(
        text, _COLUMNS, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    ) or [""]


def _drawn(lines: list[tuple[str, str]]) -> str:
    width = 2 * _MARGIN + _COLUMNS * _ADVANCE
    height = 2 * _MARGIN + len(lines) * _LINE
    rows = []
    for number, (code, text) in enumerate(lines):
        if not text:
            continue
        weight = ' font-weight="bold"' if code == "1" else ""
        place = f'x="{_MARGIN}" y="{_MARGIN + _LINE * number + 13}" fill="{_COLOURS.get(code, "#e6edf3")}"'
        rows.append(f'<text {place}{weight} xml:space="preserve">{escape(text)}</text>')
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
            ' font-family="monospace" font-size="13">',
            "<!-- Drawn by `python -m tools.finding_picture`. -->",
            "<title>What pkgguard check prints for a runtime that accepts an older agent</title>",
            f'<rect width="{width}" height="{height}" rx="8" fill="#161b22"/>',
            *rows,
            "</svg>",
            "",
        )
    )


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    main()
