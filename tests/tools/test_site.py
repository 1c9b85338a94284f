"""The site that mkdocs makes of docs/ is complete, and loads nothing from a network."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tools import site_hook

ROOT = Path(__file__).parents[2]


class Page(HTMLParser):
    """The links of a page, the targets in it, and what it loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.ids: set[str] = set()
        self.loaded: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids |= {found[name] for name in ("id", "name") if name in found}
        for name in ("href", "src"):
            if name in found:
                (self.links if tag == "a" else self.loaded).add(found[name])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_link_leads_to_a_page_and_a_heading(site: Path) -> None:
    pages = {path: Page(path) for path in site.rglob("*.html") if path.name != "404.html"}
    assert len(pages) > 100
    for path, page in pages.items():
        for link in page.links | page.loaded:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), (path.name, link)
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].ids, (path.name, link)


def test_nothing_is_loaded_from_a_network(site: Path) -> None:
    for path in site.rglob("*.html"):
        assert not [one for one in Page(path).loaded if urlsplit(one).netloc], path.name
    for path in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//", path.read_text("utf-8")), path.name


def test_the_site_has_a_page_for_each_page_of_docs(site: Path) -> None:
    def made(path: Path) -> Path:
        relative = path.relative_to(ROOT / "docs")
        return site / relative.with_name("index.html" if path.stem == "README" else f"{path.stem}.html")

    assert [path for path in (ROOT / "docs").rglob("*.md") if not made(path).is_file()] == []
    rule = (site / "rules/admits-incompatible-peer.html").read_text("utf-8")
    assert 'href="../tutorial.html"' in rule


# ------------------------------------------------------------------ the hook


def test_a_folder_stands_for_its_pages(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    for name in ("b.md", "a.md", "README.md", "c.txt"):
        (tmp_path / "rules" / name).touch()
    nav = ["README.md", {"Rules": [{"All": "rules.md"}, "rules/"]}]
    expected = ["README.md", {"Rules": [{"All": "rules.md"}, "rules/a.md", "rules/b.md"]}]
    assert site_hook.with_pages(nav, tmp_path) == expected


@pytest.mark.parametrize(
    ("page", "text", "expected"),
    [
        ("ci.md", "see [the job](../ci/gitlab.yml#L3).", "see the job (`ci/gitlab.yml`)."),
        ("ci.md", "[ci/gitlab.yml](../ci/gitlab.yml)", "`ci/gitlab.yml`"),
        ("ci.md", "[`ci/gitlab.yml`](../ci/gitlab.yml)", "`ci/gitlab.yml`"),
        ("questions/a.md", "[the manifest](../manifest.md#epochs)", "[the manifest](../manifest.md#epochs)"),
        ("questions/a.md", "[an example](../../examples/a.toml)", "an example (`examples/a.toml`)"),
        (
            "ci.md",
            "[a page](manifest.md), ![a picture](../a.png)",
            "[a page](manifest.md), ![a picture](../a.png)",
        ),
    ],
)
def test_a_link_that_leaves_docs_becomes_a_path(page: str, text: str, expected: str) -> None:
    assert site_hook.inside(text, page) == expected
