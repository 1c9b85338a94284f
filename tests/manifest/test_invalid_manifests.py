"""Mistakes in manifests, and histories that contradict themselves."""

from __future__ import annotations

from typing import Any

import pytest
from manifest_texts import SMALL, refused, timeline
from mistakes import table_and_key

from pkgguard.errors import ManifestError
from pkgguard.manifest.limits import LARGEST
from pkgguard.manifest.read import parse_manifest, read_manifest

CONTRADICTIONS: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "added twice": ([{}, {"server": "1.2.0"}], "kind", "never removed since"),
    "added twice in one release": ([{}, {}], "kind", "never removed since"),
    "added after it was changed": (
        [{"kind": "changed", "server": "1.0.5"}, {}],
        "kind",
        "never removed since",
    ),
    "removed before it was added": (
        [{"kind": "removed", "server": "1.0.5"}, {"kind": "removed", "server": "1.2.0"}],
        "kind",
        "was removed in 1.0.5",
    ),
    "changed after it was removed": (
        [{"kind": "removed", "server": "1.1.0"}, {"kind": "changed", "server": "1.2.0"}],
        "kind",
        "was removed in 1.1.0",
    ),
    "added and removed in one release": ([{}, {"kind": "removed"}], "server", "added there too"),
    "changed twice in one release": (
        [{"kind": "changed"}, {"kind": "changed"}],
        "server",
        "changed there too",
    ),
    "the client goes backwards": (
        [{"client": "1.2.0"}, {"kind": "removed", "server": "1.2.0", "client": "1.1.0"}],
        "client",
        "has this change of 'Pause' but not the earlier one",
    ),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_changes_that_contradict_are_refused_at_the_later_one(case: str) -> None:
    changes, key, reason = CONTRADICTIONS[case]
    text = timeline(*changes)
    (mistake,) = refused(text)
    assert table_and_key(mistake) == ("change", key)
    assert reason in mistake.message
    assert "'Pause'" in mistake.message
    lines = text.split("\n")
    assert lines[mistake.line - 1].startswith(f"{key} = "), str(mistake)
    assert mistake.line > [number for number, line in enumerate(lines) if line == "[[change]]"][-1]
    first = lines.index("[[change]]") + 1
    assert f"(line {first})" in mistake.message


def test_a_contradiction_in_the_order_of_the_releases_not_of_the_text() -> None:
    (mistake,) = refused(timeline({"server": "1.2.0"}, {"server": "1.0.5"}))
    assert "added in 1.2.0" in mistake.message
    assert "was added in 1.0.5" in mistake.message


def test_every_mistake_is_told_at_once_and_in_the_order_of_the_lines() -> None:
    text = (
        SMALL.replace('"1.2.0"]\n[component.shim]', '"1.2"]\n[component.shim]')
        .replace('carries = ["agent"]', 'carries = ["agnt"]\nfoo = 1')
        .replace('kind = "added"', 'kind = "addd"')
        .replace('server = "1.1.0"', 'server = "9.9.9"')
        + '\n[policy]\nmode = "x"\nwindow = -1\n[[broken]]\ncomponent = "nobody"\nrelease = "1.0.0"\n'
    )
    mistakes = refused(text)
    assert [table_and_key(one) for one in mistakes] == [
        ("component.runtime", "releases"),
        ("package.kata-image", "carries"),
        ("package.kata-image", "foo"),
        ("change", "kind"),
        ("change", "server"),
        ("policy", "mode"),
        ("policy", "window"),
        ("broken", "component"),
    ]
    lines = text.split("\n")
    for one in mistakes:
        assert lines[one.line - 1].startswith(table_and_key(one)[1]), str(one)
    with pytest.raises(ManifestError) as caught:
        parse_manifest(text, "here.toml")
    shown = str(caught.value)
    assert shown.startswith("here.toml: 8 mistakes in the manifest\n")
    assert shown.count("\n") == 8


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (SMALL.replace('kind = "added"', "kind = added"), 22, "TOML"),
        (SMALL.replace("[[change]]", "[[change]"), 20, "TOML"),
        (SMALL.replace('what = ["Pause"]', 'what = ["Pause"'), 24, "TOML"),
        (SMALL.replace('project = "kata"', 'project = "kata'), 2, "TOML"),
        (SMALL.replace('project = "kata"', 'project = "kata"\nproject = "kata"'), 3, "TOML"),
        (SMALL.replace("[component.shim]", "[component.runtime]"), 6, "TOML"),
        (SMALL + 'x = """', 27, "TOML"),
        (SMALL + "x = " + 5000 * "[", 1, "deeply"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(text: str, line: int, reason: str) -> None:
    (mistake,) = refused(text)
    assert reason in mistake.message
    assert table_and_key(mistake) == ("", "")
    # An unclosed list is noticed where the next line begins.
    assert abs(mistake.line - line) <= ("what = " in text.split("\n")[line - 2])


def test_what_is_not_utf_8_is_told_with_its_line(tmp_path: Any) -> None:
    path = tmp_path / "m.toml"
    path.write_bytes(SMALL.replace('"docker pause"', '"docker caf\xe9"').encode("latin-1"))
    with pytest.raises(ManifestError) as caught:
        read_manifest(path)
    (mistake,) = caught.value.mistakes
    assert mistake.message == "is not UTF-8"
    assert mistake.line == 26
    assert caught.value.path == str(path)


def test_a_file_too_large_is_not_read(tmp_path: Any) -> None:
    path = tmp_path / "m.toml"
    with path.open("wb") as stream:
        stream.truncate(LARGEST + 1)
    with pytest.raises(ManifestError, match="larger"):
        read_manifest(path)


@pytest.mark.parametrize("number", ["1" + 5000 * "0", "-" + 5000 * "9"])
def test_a_number_too_large_to_be_one_is_refused(number: str) -> None:
    refused(SMALL + f"\n[policy]\nwindow = {number}\n")


def test_an_empty_manifest_lacks_everything() -> None:
    assert [table_and_key(one)[1] for one in refused("")] == [
        "manifest",
        "project",
        "component",
        "package",
        "protocol",
    ]


@pytest.mark.parametrize("pair", [("1.1.0-alpha.1", "1.1.0-alpha.beta"), ("1.1.0-rc10", "1.1.0-rc2")])
def test_prereleases_that_a_family_sorts_otherwise_are_refused(pair: tuple[str, str]) -> None:
    listed = ", ".join(f'"{one}"' for one in ("1.0.0", *pair))
    mistakes = refused(SMALL.replace('releases = ["1.0.0"', f'releases = [{listed}, "1.0.0-x"', 1))
    assert any("them the other way round" in one.message for one in mistakes)


def test_a_form_that_no_client_took_up_cannot_be_left() -> None:
    changes = [
        {"kind": "changed", "server": "1.1.0"},
        {"kind": "changed", "server": "1.2.0", "client": "1.2.0"},
    ]
    (mistake,) = refused(timeline(*changes))
    assert table_and_key(mistake) == ("change", "client")
    assert "took up" in mistake.message


def test_a_key_of_many_parts_is_refused_at_once() -> None:
    (mistake,) = refused("manifest = 1\na" + ".a" * 50_000 + " = 1\n")
    assert mistake.line == 2
    assert "too many parts" in mistake.message
