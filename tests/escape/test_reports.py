"""Hostile texts in diagnostics: the reports for programs say them, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import jsonschema
import pytest
from hostile_texts import SEEDS, texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from runner import run

from pkgguard.diagnostics import Diagnostic, PackageRef, Severity
from pkgguard.escape.line import plain
from pkgguard.escape.sarif import sarif_text, sarif_uri
from pkgguard.escape.workflow import workflow_lines, workflow_property, workflow_text
from pkgguard.escape.xml import xml_text
from pkgguard.report import formats
from pkgguard.report.answers import ManifestCheckAnswer

RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))
SCHEMA = Path(__file__).parents[1] / "data/schemas/sarif-2.1.0.json"
LINK = re.compile(r"\[[^\]]*\]\([^)]*\)")
ANY = st.lists(st.integers(0, 0x10FFFF).map(chr) | st.sampled_from("[](){}%:,<&\n")).map("".join)


def hostile(said: list[str]) -> ManifestCheckAnswer:
    def diagnostic(severity: Severity) -> Diagnostic:
        return Diagnostic(
            "change-without-reason",
            severity,
            message=said[0],
            help=said[1],
            references=(said[2],),
            path=said[3],
            line=7,
            part=said[4],
            package=PackageRef(*said[5:9]),
            peer=said[9],
            relations=(said[10],),
            fix=(said[11],),
        )

    return ManifestCheckAnswer(said[12], tuple(map(diagnostic, Severity)), None)


def rendered(said: list[str], form: str) -> str:
    return "".join(formats.render(hostile(said), form))


def shape(value: Any) -> Any:
    """Return a document without its texts."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value]
    return "" if isinstance(value, str) else value


CALM = [f"calm {number}" for number in range(13)]


@given(seed=SEEDS)
@settings(RELAXED, max_examples=100)
def test_no_report_gains_or_loses_anything(seed: int) -> None:
    said = texts(seed, 13)
    for form in ("sarif", "gitlab"):
        text = rendered(said, form)
        text.encode("utf-8")
        assert len(text.splitlines()) == len(rendered(CALM, form).splitlines())
        assert shape(json.loads(text)) == shape(json.loads(rendered(CALM, form)))
    lines = rendered(said, "github").splitlines()
    assert len(lines) == 3
    for line, severity in zip(lines, ("error", "warning", "notice"), strict=True):
        assert re.fullmatch(rf"::{severity} title=[^:,]*,file=[^:,]*,line=7::.*", line), line
        assert set(re.findall("%(..)", line)) <= {"25", "0A", "3A", "2C"}
    root = ElementTree.fromstring(rendered(said, "junit").encode("utf-8"))  # noqa: S314 - our own
    calm = ElementTree.fromstring(rendered(CALM, "junit"))  # noqa: S314 - our own
    tags = [one.tag for one in root.iter()]
    assert tags == [one.tag for one in calm.iter()]
    assert tags.count("failure") == 1
    assert plain(said[0]).replace("\ufffe", "\ufffd") in "".join(root.itertext())


@given(seed=SEEDS)
@settings(RELAXED, max_examples=30)
def test_sarif_keeps_to_its_schema(seed: int) -> None:
    log = json.loads(rendered(texts(seed, 13), "sarif"))
    jsonschema.Draft4Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(log)


@given(said=ANY)
@settings(RELAXED)
def test_an_xml_reader_gives_a_text_back(said: str) -> None:
    kept = re.sub("[\ufffe\uffff]", "\N{REPLACEMENT CHARACTER}", plain(said))
    element = ElementTree.fromstring(f'<a b="{xml_text(said)}">{xml_text(said)}</a>')  # noqa: S314 - our own
    assert (element.get("b"), element.text or "") == (kept, kept)
    assert not list(element)


@given(said=ANY)
@settings(RELAXED)
def test_a_workflow_command_gives_a_text_back(said: str) -> None:
    value = workflow_property(said)
    assert not set(value) & set(":,\r\n")
    assert unquote_to_bytes(value.encode()).decode() == plain(said)
    assert unquote_to_bytes(workflow_text(said).encode()).decode() == plain(said)
    assert unquote_to_bytes(workflow_lines((said, said)).encode()).decode() == f"{plain(said)}\n{plain(said)}"
    assert len(workflow_lines((said, said)).splitlines()) == 1


@given(said=ANY)
@settings(RELAXED)
def test_a_message_of_sarif_has_no_link_and_no_placeholder(said: str) -> None:
    text = sarif_text(said)
    assert not LINK.search(text)
    assert not re.search(r"(?<!\{)(?:\{\{)*\{(?!\{)", text)
    assert text.replace("{{", "{").replace("}}", "}").replace("] (", "](") == plain(said).replace("] (", "](")


@pytest.mark.parametrize("said", ["[a](http://evil.example)", "![x](y)", "[[a]](b)", "{0} {1}", "{", "}{"])
def test_markup_of_sarif_is_only_text(said: str) -> None:
    assert not LINK.search(sarif_text(said))
    assert "{0}" not in sarif_text(said).replace("{{0}}", "")


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/ü.deb", "a%20b/%C3%BC.deb"),
        ("/x/a.deb", "file:///x/a.deb"),
        ("http://evil.example/a", "http%3A//evil.example/a"),
        ("a\n%2F#?.deb", "a%0A%252F%23%3F.deb"),
        ("\udcff.deb", "%FF.deb"),
        ("\ud800.deb", "%3F.deb"),
        ("../a.deb", "../a.deb"),
    ],
)
def test_a_path_is_a_uri(path: str, uri: str) -> None:
    assert sarif_uri(path) == uri


@pytest.mark.parametrize("name", ["::error::x.deb", "a\n::error::x.deb", "<b>&\"'.deb", "%0A,a=b.deb"])
@pytest.mark.parametrize("form", ["sarif", "junit", "github", "gitlab"])
def test_the_name_of_a_file_is_only_a_name(form: str, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("no package")
    done = run("check", tmp_path / name, "--format", form)
    assert done.exit_code == 3
    if form == "github":
        (line,) = done.stdout.splitlines()
        assert line.startswith("::error title=pkgguard%3A unreadable-package,file=")
    elif form == "junit":
        root = ElementTree.fromstring(done.stdout)  # noqa: S314 - our own
        assert [one.tag for one in root.iter()] == ["testsuites", "testsuite", "testcase", "error"]
    else:
        json.loads(done.stdout)
