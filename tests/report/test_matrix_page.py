"""The HTML page of a matrix, read without a browser: its structure, its texts, and hostile ones."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hostile_texts import COUNT, SEEDS, harmless, saying, texts
from hypothesis import given, settings
from hypothesis import strategies as st

from pkgguard import api
from pkgguard.escape.html import html_data, html_source, html_text, link_target
from pkgguard.escape.line import plain
from pkgguard.manifest.discover import Found
from pkgguard.report.as_html import SCRIPTS

TEMPLATES = Path(__file__).parents[2] / "templates"
RELAXED = settings(deadline=None, max_examples=40)


class Reader(HTMLParser):
    """Reads a page as elements with their attributes, and the text of each."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.inside: dict[str, str] = {}
        self._open = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in {"script", "style"}:
            kind = self.elements[-1][1].get("type") or self._open
            self.inside[kind] = self.inside.get(kind, "") + data
        elif data.strip():
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def links(self) -> list[str | None]:
        return [attributes["href"] for tag, attributes in self.elements if tag == "a"]


def page_of(manifest: api.Manifest, path: str = "x", origin: str = "here") -> str:
    project = api.Project(Found(manifest, path, origin))
    return project.render(project.matrix(), "html")


KATA = page_of(api.built_in().manifest)


def test_the_page_asks_for_nothing() -> None:
    reader = Reader(KATA)
    loading = {"src", "srcset", "data", "action", "background", "poster", "style", "ping"}
    for tag, attributes in reader.elements:
        assert not loading & attributes.keys(), (tag, attributes)
        assert not [name for name in attributes if name.startswith("on")]
        assert tag not in {"link", "img", "iframe", "object", "embed", "form", "base"}
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|import\(|WebSocket", reader.inside["style"])
    assert not re.search(r"fetch\(|XMLHttpRequest|import\(|WebSocket|eval\(", reader.inside["script"])


def test_the_policy_allows_nothing_but_its_own_style_and_script() -> None:
    reader = Reader(KATA)
    (policy,) = (one["content"] for _, one in reader.elements if "http-equiv" in one)
    digests = {
        name: base64.b64encode(hashlib.sha256(reader.inside[name].encode()).digest()).decode()
        for name in ("style", "script")
    }
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digests['style']}'; script-src 'sha256-{digests['script']}';"
        " base-uri 'none'; form-action 'none'"
    )


def test_all_ranges_and_reasons_are_texts_of_the_page() -> None:
    found = api.built_in()
    shown = " ".join(Reader(KATA).texts)
    (grid,) = api.Project(found).matrix().grids
    for row in grid.rows:
        assert str(grid.client_range(row.first, row.end)) in shown
        assert f"agent {grid.server_range(*row.compatible[0])}" in shown
    for one in grid.reasons:
        texts = (one.reason.sentence, one.reason.because, one.reason.hits, one.reason.symptom)
        assert all(text in shown for text in (*texts, *one.reason.see))


def test_the_script_gets_places_of_which_each_is_a_pair() -> None:
    (data,) = json.loads(Reader(KATA).inside["application/json"])
    assert (data["client"], data["server"]) == ("runtime", "agent")
    assert data["rows"]["series"][:3] == [["1.0", 0, 1], ["1.1", 1, 3], ["1.2", 3, 6]]
    assert data["rows"]["majors"][0] == ["1", 0, 62]
    ids = [attributes["id"] for _, attributes in Reader(KATA).elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert {reason["id"] for reason in data["reasons"]} <= set(ids)


@given(seed=SEEDS)
@RELAXED
def test_hostile_texts_leave_the_page_as_it_is(seed: int) -> None:
    calm, said = harmless(), [f"{one} ({number})" for number, one in enumerate(texts(seed, COUNT))]
    before = Reader(page_of(calm))
    after = Reader(page_of(saying(calm, said), said[22], said[0]))
    assert [tag for tag, _ in after.elements] == [tag for tag, _ in before.elements]
    assert [sorted(one) for _, one in after.elements] == [sorted(one) for _, one in before.elements]
    for name in ("style", "script"):
        assert after.inside[name] == before.inside[name]
    one, other = (json.loads(reader.inside["application/json"]) for reader in (before, after))
    assert len(one) == len(other)
    assert all(
        mine | {"reasons": []} == others | {"reasons": []} for mine, others in zip(one, other, strict=True)
    )
    assert after.links() == ["#ranges"]


MANIFEST = """\
manifest = 1
project = "x"
[component.a]
releases = ["1.0.0"]
[component.b]
releases = ["1.0.0"]
[package.aa]
carries = ["a"]
[package.bb]
carries = ["b"]
[protocol.p]
client = ["a"]
server = "b"
[[broken]]
component = "a"
release = "1.0.0"
because = "y"
see = ["z"]
"""


@pytest.mark.parametrize(
    ("said", "linked"),
    [
        ("https://example.org/a?b=c&d=e#f", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)//https://example.org", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("https:example.org", False),
        ("https://", False),
        ("https://[", False),
        ("https://a b", False),
        ('https://a"onclick=alert(1)', False),
        ("https://a<b", False),
        ("https://\u202eevil", False),
        (" https://example.org", False),
        ("//example.org", False),
        ("kata-containers/agent#272", False),
    ],
)
def test_only_addresses_of_the_web_are_links(said: str, linked: bool) -> None:
    manifest = api.parse_manifest(MANIFEST)
    broken = tuple(one._replace(see=(said,)) for one in manifest.broken)
    manifest = dataclasses.replace(manifest, broken=broken)
    assert bool(link_target(said)) is linked
    assert Reader(page_of(manifest)).links() == (["#ranges", said] if linked else ["#ranges"])


@given(said=st.text())
@RELAXED
def test_a_text_stays_a_text(said: str) -> None:
    reader = Reader(f'<p title="{html_text(said)}">{html_text(said)}</p>')
    assert [tag for tag, _ in reader.elements] == ["p"]
    assert reader.elements[0][1] == {"title": plain(said)}


@given(said=st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
@RELAXED
def test_data_is_read_back(said: object) -> None:
    written = html_data(said)
    assert json.loads(written) == said
    assert not re.search("[<>&\u2028\n]", written)


@pytest.mark.parametrize("said", ["a</script>b", "a</STYLE >b", "<!-- x", "</style"])
def test_a_source_that_would_end_its_element_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="end its element"):
        html_source(said)


def test_the_sources_are_plain_files_of_the_templates() -> None:
    for name in ("matrix.css", *SCRIPTS):
        text = (TEMPLATES / name).read_text("utf-8")
        assert html_source(text) == text
    assert sorted(SCRIPTS) == sorted(path.name for path in TEMPLATES.glob("*.js"))


def test_components_that_no_protocol_joins_have_a_page() -> None:
    project = api.Project(api.built_in("cri"))
    reader = Reader(project.render(project.matrix(components=["kubelet", "cri-tools"]), "html"))
    assert "No protocol joins two components." in reader.texts
    assert json.loads(reader.inside["application/json"]) == []
