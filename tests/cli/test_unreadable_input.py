"""Input that cannot be read, and hostile text: never a pass, a traceback or a control character."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from command_project import CREATE, document
from runner import both, run
from small_project import GUARDED, MANIFEST, deb


def unreadable(folder: Path) -> dict[str, Path]:
    good = deb(folder, "kata-runtime", "1.1.0-1", GUARDED).read_bytes()
    rpm = next((CREATE / "packages").glob("kata-runtime-1.1.0*.rpm")).read_bytes()
    contents = {
        "empty": b"",
        "text": b"just text\n",
        "cut-deb": good[: len(good) // 2],
        "ar-only": b"!<arch>\n",
        "cut-rpm": rpm[:200],
        "cut-rpm-later": rpm[: len(rpm) // 2],
        "lead-only": rpm[:96],
        "noise": b"\xed\xab\xee\xdb" + bytes(range(256)) * 8,
    }
    found = {"missing": folder / "missing.deb", "folder": folder / "folder", "fifo": folder / "fifo"}
    found["folder"].mkdir()
    os.mkfifo(found["fifo"])
    for name, content in contents.items():
        found[name] = folder / name
        found[name].write_bytes(content)
    found["no control"] = deb(folder, "x", "1", control=b"")
    found["no version"] = deb(folder, "x", "1", control=b"Package: kata-runtime\n")
    found["not utf-8"] = deb(folder, "x", "1", control=b"Package: kata\xff-runtime\nVersion: \xfe\n")
    return found


KINDS = ["missing", "folder", "fifo", "empty", "text", "cut-deb", "ar-only", "cut-rpm", "lead-only", "noise",
         "no control", "no version", "not utf-8"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["text", "json"])
def test_what_cannot_be_read_is_named_and_never_passes(here: Path, mine: Path, kind: str, form: str) -> None:
    path = unreadable(here)[kind]
    result = run("check", "--manifest", mine, "--format", form, "--fail-on", "never", path)
    assert result.exit_code == 3
    if form == "json":
        assert [one["path"] for one in document(result)["unread"]] == [str(path)]
    else:
        assert f"{path}: error: unreadable-package: " in result.stdout
        assert "1 not read" in result.stdout
    assert run("check", "--quiet", "--manifest", mine, path).exit_code == 3


def test_an_rpm_cut_in_its_payload_is_never_a_pass_that_says_nothing(here: Path, mine: Path) -> None:
    result = run("check", "--manifest", mine, unreadable(here)["cut-rpm-later"])
    assert "1 package judged" in result.stdout or result.exit_code == 3


def test_one_unreadable_file_among_good_ones_does_not_stop_the_others(here: Path, mine: Path) -> None:
    bad = deb(here, "kata-runtime", "1.1.0-1", "Depends: kata-image\n")
    good = deb(here, "kata-image", "1.1.0-1")
    broken = here / "broken.deb"
    broken.write_bytes(b"no package")
    result = run("check", "--manifest", mine, bad, broken, good)
    assert result.exit_code == 3
    assert "admits-incompatible-peer" in result.stdout
    assert f"{broken}: error: unreadable-package: " in result.stdout
    assert "2 packages judged" in result.stdout
    assert "1 pair judged together" in result.stdout
    assert "1 not read" in result.stdout


def test_a_relation_that_is_not_modelled_is_told_and_never_passes(here: Path, mine: Path) -> None:
    runtime = deb(
        here,
        "kata-runtime",
        "1.1.0-1",
        "Depends: kata-image (>= 1.1.0), kata-image (<< 2.0.0~), common (= 1)\n",
    )
    image = deb(here, "kata-image", "1.1.0-1", "Depends: common (= 2)\n")
    result = run("check", "--manifest", mine, "--fail-on", "never", runtime, image)
    assert result.exit_code == 3
    assert "error: pair-not-judged: " in result.stdout
    found = document(run("check", "--manifest", mine, "--format", "json", runtime, image))
    assert [one["installable"] for one in found["pairs"]] == [None]
    assert "common" in found["pairs"][0]["not_judged"][0]


def test_nothing_to_check_is_a_misuse(mine: Path) -> None:
    assert run("check", "--manifest", mine).exit_code == 2


HOSTILE = "\x1b[31m\x07\x9b2J\u202e"


def raw(text: str) -> set[str]:
    return {
        one
        for one in text
        if (ord(one) < 32 and one != "\n") or 0x7F <= ord(one) < 0xA0 or one in "\u202e\u2066"
    }


@pytest.mark.parametrize(
    ("name", "more"),
    [
        (f"kata{HOSTILE}", ""),
        ("kata-runtime", f"Depends: kata-image{HOSTILE} (>= 1.1.0)\n"),
        ("kata-runtime", f"Depends: kata-image (>= 1.1.0{HOSTILE})\n"),
        ("kata-runtime", f"Depends: kata-image{HOSTILE}\nBreaks: {HOSTILE}\n"),
        ("kata-runtime", f"Depends: kata-image\nSource: {HOSTILE}\n"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_control_characters_never_reach_the_output(
    here: Path, mine: Path, name: str, more: str, form: str
) -> None:
    paths = [deb(here, name, "1.1.0-1", more), here / f"missing{HOSTILE}.deb"]
    result = run("check", "--manifest", mine, "--show", "info", "--format", form, *paths)
    assert result.exit_code == 3
    assert raw(both(result)) == set()
    if form == "json":
        document(result)
        assert raw("".join(strings(json.loads(result.stdout)))) == set()


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for key, one in value.items() for text in [key, *strings(one)]]
    if isinstance(value, list):
        return [text for one in value for text in strings(one)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize(
    "arguments",
    [
        ["generate", HOSTILE, "1.1.0-1"],
        ["generate", "kata-runtime", f"1.1.0{HOSTILE}"],
        ["explain", HOSTILE],
        ["explain", "kata-runtime", HOSTILE],
        ["compatible", f"runtime={HOSTILE}", "agent=1.0.0"],
        ["compatible", f"{HOSTILE}=1.0.0", "agent=1.0.0"],
        ["manifest", "check", f"no{HOSTILE}.toml"],
        ["manifest", "show", f"no{HOSTILE}.toml"],
    ],
    ids=lambda arguments: " ".join(one for one in arguments if one.isascii() and one.isprintable()),
)
def test_control_characters_of_arguments_never_reach_the_output(mine: Path, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code in {2, 3}
    assert raw(both(result)) == set()


def test_control_characters_of_a_manifest_never_reach_the_output(here: Path) -> None:
    path = here / "m.toml"
    path.write_text(
        MANIFEST.replace('"docker pause"', '"a\u202eb\u009bc"').replace('"Unimplemented"', '"x\u2066y"'),
        "utf-8",
    )
    for arguments in (
        ["explain", "kata-runtime", "1.1.0-1"], ["explain", "kata-runtime", "1.1.0-1", "--format", "json"],
        ["generate", "kata-runtime", "1.1.0-1"], ["generate", "kata-runtime", "1.1.0-1", "--family", "rpm"],
        ["compatible", "runtime=1.1.0", "agent=1.0.0"], ["manifest", "show"], ["manifest", "check"],
    ):  # fmt: skip
        result = run(*arguments, "--manifest", path)
        assert raw(both(result)) == set(), arguments
