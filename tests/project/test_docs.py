"""Every example in the documentation is run as printed, and prints the output shown there.

With PKGGUARD_UPDATE=1 in the environment, the documentation is rewritten to what is printed.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from snapshots import assert_snapshot

from pkgguard import api
from pkgguard.cli.main import cli
from tools import write_docs
from tools.api_page import page

ROOT = Path(__file__).parents[2]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs/decisions").glob("*.md")),
    *sorted((ROOT / "docs/questions").glob("*.md")),
]
BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def printed(command: str) -> str:
    words = shlex.split(command, comments=True)
    environment = {}
    while "=" in words[0]:
        name, _, environment[name] = words.pop(0).partition("=")
    assert words[0] == "pkgguard"
    paths = []
    for word in words[1:]:
        matches = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(word)) if "*" in word else []
        paths += matches or [word]
    result = CliRunner().invoke(cli, paths, env=environment)
    assert isinstance(result.exception, SystemExit | None), command
    assert "Usage:" not in result.output, result.output
    return result.output


def rewritten(block: str) -> str:
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "\n".join(f"{command}\n{printed(command[2:])}" for command in commands)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_print_the_output_shown(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("PKGGUARD_MANIFEST", raising=False)
    text = page.read_text(encoding="utf-8")
    expected = BLOCK.sub(lambda match: rewritten(match.group()), text)
    assert_snapshot(page, expected)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


ANCHOR = re.compile(r"\]\((?!https?:)([^)#]*)#([^)]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Return the names by which the headings of a page can be linked to, as on forges."""
    headings = HEADING.findall(FENCED.sub("", page.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_a_heading(page: Path) -> None:
    for target, anchor in ANCHOR.findall(page.read_text("utf-8")):
        assert anchor in anchors(page.parent / target if target else page), (target, anchor)


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (source,) = PYTHON.findall((ROOT / "docs/python.md").read_text(encoding="utf-8"))
    exec(compile(source, "python.md", "exec"), {})  # noqa: S102 - the page's own example
    printed = capsys.readouterr().out
    assert "admits-incompatible-peer" in printed
    assert "\nBreaks:\n" in printed


def test_the_page_of_the_api_is_written_from_its_docstrings() -> None:
    """`python -m tools.api_page` writes it anew."""
    assert (ROOT / "docs/api.md").read_text(encoding="utf-8") == page()


def test_the_pages_about_the_rules_are_up_to_date() -> None:
    written = {f"docs/rules/{path.name}" for path in (ROOT / "docs/rules").iterdir()}
    assert written | {"docs/rules.md"} == set(write_docs.pages())
    for name, text in write_docs.pages().items():
        assert (ROOT / name).read_text("utf-8") == text, "run python -m tools.write_docs"


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) < 150


def test_every_page_is_in_the_list_of_pages() -> None:
    listed = set(LINK.findall((ROOT / "docs/README.md").read_text("utf-8")))
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    pages |= {f"questions/{path.name}" for path in (ROOT / "docs/questions").glob("*.md")}
    assert pages - listed == set(), "add the page to docs/README.md, and to the nav of mkdocs.yml"
    nav = set(re.findall(r": (\S+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE))
    assert pages - nav == set(), "add the page to the nav of mkdocs.yml"


TOML = re.compile(r"^```toml\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", sorted((ROOT / "docs/questions").glob("*.md")), ids=lambda page: page.name)
def test_a_piece_of_a_manifest_is_valid(page: Path) -> None:
    """A page shows a part of one of its manifests, or something that can be added to that of the shop."""
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "examples/questions").glob("*.toml"))]
    shop = (ROOT / "examples/questions/shop.toml").read_text("utf-8")
    for piece in TOML.findall(page.read_text("utf-8")):
        if not any(piece in text for text in texts):
            table = piece.splitlines()[0]
            end = shop.find("\n\n", shop.find(table)) if table.startswith("[package") else -1
            start = shop.find(f"\n{table}\n")
            replaced = shop[:start] + shop[end:] if start >= 0 else shop
            api.parse_manifest(f"{replaced}\n{piece}")


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        names = [f"{name} {sub}" for sub in command.commands] if isinstance(command, click.Group) else [name]
        for one in names:
            assert f"`pkgguard {one}" in text
