"""The commands: what they answer, their exit codes, and that no input makes a traceback or a silent pass."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import Result
from limits import HANG, need_terminal
from runner import both, run, said
from small_project import GUARDED, MANIFEST, UNBOUNDED, deb

from pkgguard import api

ROOT = Path(__file__).parents[2]
FROM_HERE = {"PYTHONPATH": str(ROOT)}
SCHEMA = json.loads(files("pkgguard.report").joinpath("schema.json").read_text("utf-8"))
CREATE = ROOT / "examples/create-container"


def document(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    jsonschema.validate(found, SCHEMA)
    assert found["format"] == 2
    return found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def mine(here: Path) -> Path:
    path = here / "mine.toml"
    path.write_text(MANIFEST, "utf-8")
    return path


# ------------------------------------------------------------------ check


def test_a_guarded_package_is_clean(here: Path, mine: Path) -> None:
    result = run("check", "--manifest", mine, deb(here, "kata-runtime", "1.1.0-1", GUARDED))
    assert result.exit_code == 0
    assert "1 package judged, 0 errors" in result.stdout


def test_an_unguarded_package_is_found(here: Path, mine: Path) -> None:
    path = deb(here, "kata-runtime", "1.1.0-1", "Depends: kata-image\n")
    result = run("check", "--manifest", mine, path)
    assert result.exit_code == 1
    for part in (
        str(path), "error: admits-incompatible-peer", "kata-image 1.0.0-1", "Unimplemented", "docker pause",
        "Depends: kata-image (>= 1.1.0", "they install together and do not work",
    ):  # fmt: skip
        assert part in result.stdout
    found = document(run("check", "--format", "json", "--manifest", mine, path))
    assert found["summary"]["error"] == 1
    assert found["findings"][0]["id"] == "admits-incompatible-peer"


def test_files_are_judged_together(here: Path, mine: Path) -> None:
    runtime = deb(here, "kata-runtime", "1.1.0-1", "Depends: kata-image (>= 1.1.0)\n")
    good, bad = (
        deb(here, "kata-image", "1.1.0-1"),
        deb(here, "kata-image", "1.0.0-1", "Breaks: kata-runtime\n"),
    )
    result = run("check", "--manifest", mine, runtime, good)
    assert result.exit_code == 0
    assert "1 pair judged together" in result.stdout
    found = document(run("check", "--manifest", mine, "--format", "json", runtime, good, bad))
    assert [(one["compatible"], one["installable"]) for one in found["pairs"]] == [
        (True, True),
        (False, False),
    ]


def test_packages_that_the_manifest_does_not_know_pass_and_are_counted(here: Path, mine: Path) -> None:
    result = run("check", "--manifest", mine, deb(here, "qemu", "1.0-1"), deb(here, "zlib1g", "1:1"))
    assert result.exit_code == 0
    assert "0 packages judged, 2 not in the manifest (qemu, zlib1g), 0 errors" in result.stdout
    more = [deb(here, f"lib{number}", "1.0-1") for number in range(7)]
    result = run("check", "--manifest", mine, *more)
    assert "7 not in the manifest (lib0, lib1, lib2, lib3, lib4 and 2 more), 0 errors" in result.stdout


@pytest.mark.parametrize(
    ("relations", "fail_on", "code"),
    [
        ("Depends: kata-image\n", "error", 1),
        ("Depends: kata-image\n", "never", 0),
        ("Depends: kata-image (= 1.1.0-2)\n", "error", 0),
        ("Depends: kata-image (= 1.1.0-2)\n", "warning", 1),
        ("Depends: kata-image (>= 1.1.0)\nBreaks: kata-image\n", "error", 1),
        (UNBOUNDED, "warning", 0),
        (UNBOUNDED, "info", 1),
        (GUARDED, "info", 0),
    ],
)
def test_fail_on_says_what_makes_the_exit_code(
    here: Path, mine: Path, relations: str, fail_on: str, code: int
) -> None:
    path = deb(here, "kata-runtime", "1.1.0-1", relations)
    assert run("check", "--manifest", mine, "--fail-on", fail_on, path).exit_code == code
    for form in ("text", "json"):
        result = run("check", "--manifest", mine, "--fail-on", fail_on, "--format", form, "--quiet", path)
        assert result.exit_code == code


def test_a_warning_fails_where_warnings_do(here: Path, mine: Path) -> None:
    mine.write_text(MANIFEST.replace('"1.0.0", "1.1.0"]', '"1.0.0", "1.1.0", "1.2.0"]'), "utf-8")
    path = deb(
        here,
        "kata-runtime",
        "1.1.0-1",
        GUARDED.replace("<< 2.0.0", "<< 1.2.0").replace(">= 2.0.0", ">= 1.2.0"),
    )
    assert run("check", "--manifest", mine, path).exit_code == 0
    result = run("check", "--manifest", mine, "--fail-on", "warning", path)
    assert result.exit_code == 1
    assert "warning: refuses-compatible-peer" in result.stdout


def test_a_rule_can_be_set_on_the_command_line_and_in_the_manifest(here: Path, mine: Path) -> None:
    path = deb(here, "kata-runtime", "1.1.0-1", "Depends: kata-image\n")
    rule = "admits-incompatible-peer"
    assert run("check", "--manifest", mine, "--rule", f"{rule}=off", path).exit_code == 0
    assert run("check", "--manifest", mine, "--rule", f"{rule}=warning", path).exit_code == 0
    assert (
        run("check", "--manifest", mine, "--rule", f"{rule}=warning", "--fail-on", "warning", path).exit_code
        == 1
    )
    mine.write_text(MANIFEST + f'[rules]\n{rule} = "off"\n', "utf-8")
    assert run("check", "--manifest", mine, path).exit_code == 0
    assert run("check", "--manifest", mine, "--rule", f"{rule}=error", path).exit_code == 1
    for wrong in ("admits-incompatible-per=off", f"{rule}=none", rule, "=off", f"{rule}="):
        assert run("check", "--manifest", mine, "--rule", wrong, path).exit_code == 2


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ('admits-incompatible-per = "off"', "admits-incompatible-peer"),
        ('admits-incompatible-peer = "of"', "'off'"),
    ],
)
def test_a_rule_that_does_not_exist_is_a_mistake_in_the_manifest(
    here: Path, mine: Path, line: str, part: str
) -> None:
    mine.write_text(f"{MANIFEST}[rules]\n{line}\n", "utf-8")
    number = MANIFEST.count("\n") + 2
    for command in (["manifest", "check"], ["check", deb(here, "qemu", "1")]):
        result = run(*command, "--manifest", mine)
        assert result.exit_code == (1 if command[0] == "manifest" else 3)
        assert f"line {number}: [rules] " in both(result)
        assert part in both(result)


def test_show_says_what_the_text_shows(here: Path, mine: Path) -> None:
    path = deb(here, "kata-runtime", "1.1.0-1", UNBOUNDED)
    assert "admits-unknown-peer" not in run("check", "--manifest", mine, path).stdout
    assert "info: admits-unknown-peer" in run("check", "--manifest", mine, "--show", "info", path).stdout


def test_a_pair_that_peers_keeps_apart_is_named_and_does_not_fail(here: Path, mine: Path) -> None:
    text = MANIFEST.replace('carries = ["runtime"]\n', 'carries = ["runtime"]\npeers = ["kata-image"]\n')
    mine.write_text(f'{text}[package.elsewhere]\ncarries = ["agent"]\npeers = []\n', "utf-8")
    runtime = deb(here, "kata-runtime", "1.1.0-1", f"{GUARDED}Conflicts: elsewhere\n")
    works, does_not = (deb(here, "elsewhere", version) for version in ("1.1.0-1", "1.0.0-1"))
    line = "compatible but not installable together, and not peers in the manifest:"
    line += " kata-runtime 1.1.0-1 with elsewhere"
    apart = run("check", "--manifest", mine, runtime, works)
    assert apart.exit_code == 0
    assert f"{line} 1.1.0-1\n" in apart.stdout
    assert (
        line not in run("check", "--manifest", mine, "--rule", "left-out-by-peers=off", runtime, works).stdout
    )
    shown = run("check", "--manifest", mine, "--show", "info", runtime, works).stdout
    assert line not in shown
    assert "info: left-out-by-peers: kata-runtime 1.1.0-1 works with elsewhere 1.1.0-1" in shown
    # A pair that does not work and that nothing keeps apart is worse.
    free = deb(here, "kata-runtime", "1.1.0-2", GUARDED)
    unguarded = run("check", "--manifest", mine, free, does_not)
    assert unguarded.exit_code == 0
    assert (
        "warning: unguarded-by-peers: kata-runtime 1.1.0-2 can be installed with elsewhere"
        in unguarded.stdout
    )
    assert "by-peers" not in run("check", "--manifest", mine, "--show", "info", runtime, does_not).stdout


def test_quiet_says_nothing_of_what_is_clean(here: Path, mine: Path) -> None:
    good = deb(here, "kata-runtime", "1.1.0-1", GUARDED)
    result = run("check", "--quiet", "--manifest", mine, good)
    assert (result.exit_code, both(result)) == (0, "")
    bad = deb(here, "kata-runtime", "1.1.0-1", "Depends: kata-image\n")
    result = run("check", "-q", "--manifest", mine, good, bad)
    assert result.exit_code == 1
    assert "admits-incompatible-peer" in result.stdout
    assert "manifest:" not in both(result)


def test_an_unknown_release_is_an_error_unless_it_counts_as_the_newest(here: Path, mine: Path) -> None:
    path = deb(here, "kata-runtime", "1.7.0-1", GUARDED)
    result = run("check", "--manifest", mine, path)
    assert result.exit_code == 1
    assert "unknown-release" in result.stdout
    assert "nearest known: 1.1.0" in result.stdout
    assert run("check", "--manifest", mine, "--newest-if-unknown", path).exit_code == 0


def test_both_families_are_judged_in_one_run() -> None:
    packages = sorted((CREATE / "packages").iterdir())
    result = run("check", "--manifest", CREATE / "pkgguard.toml", "--format", "json", *packages)
    assert result.exit_code == 1
    found = document(result)
    assert {one["family"] for one in found["packages"]} == {"deb", "rpm"}
    assert found["summary"]["judged"] == len(packages)
    assert found["summary"]["error"]


# ------------------------------------------------------------------ what cannot be read


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


# ------------------------------------------------------------------ which manifest


@pytest.mark.parametrize(
    "command",
    [
        ["compatible", "runtime=1.0.0", "agent=1.0.0"],
        ["explain", "kata-runtime", "1.0.0-1"],
        ["generate", "kata-runtime", "1.0.0-1"],
        ["manifest", "show"],
        ["manifest", "check"],
    ],
    ids=" ".join,
)
def test_the_manifest_that_is_used_is_the_first_there_is_and_is_said(here: Path, command: list[str]) -> None:
    def named(project: str, path: str) -> Path:
        (here / path).parent.mkdir(exist_ok=True)
        (here / path).write_text(MANIFEST.replace('"mine"', f'"{project}"'), "utf-8")
        return here / path

    assert said(run(*command)) == "manifest: kata.toml (built in), project kata-containers"
    named("packaging", "debian/pkgguard.toml")
    assert said(run(*command)) == "manifest: debian/pkgguard.toml (found here), project packaging"
    named("local", "pkgguard.toml")
    assert said(run(*command)) == "manifest: pkgguard.toml (found here), project local"
    variable = named("variable", "v.toml")
    env = {"PKGGUARD_MANIFEST": str(variable)}
    assert said(run(*command, env=env)) == (
        f"manifest: {variable} (named by PKGGUARD_MANIFEST), project variable"
    )
    option = named("option", "o.toml")
    assert said(run(*command, "--manifest", option, env=env)) == (
        f"manifest: {option} (named on the command line), project option"
    )
    assert said(run(*command, env={"PKGGUARD_MANIFEST": ""})).endswith("project local")


def test_check_says_its_manifest_in_text_and_in_json(here: Path, mine: Path) -> None:
    path = deb(here, "qemu", "1")
    assert said(run("check", "--manifest", mine, path)).endswith("project mine")
    assert said(run("check", path)).endswith("(built in), project kata-containers")
    found = document(run("check", "--format", "json", "--manifest", mine, path))
    assert found["manifest"] == {"project": "mine", "path": str(mine), "origin": "named on the command line"}


WRONG_MANIFESTS = {
    "bad": (MANIFEST.replace('"added"', '"addd"').encode(), "'added'"),
    "no toml": (b"manifest = ", "TOML"),
    "empty": (b"", "is missing"),
    "not utf-8": (b"\xff\xfe", "UTF-8"),
    "nested": (MANIFEST.replace('server = "1.1.0"', 'server = [["1.1.0"]]').encode(), "semantic version"),
}


@pytest.mark.parametrize("kind", WRONG_MANIFESTS)
@pytest.mark.parametrize(
    "command",
    [
        ["compatible", "runtime=1.0.0", "agent=1.0.0"],
        ["explain", "kata-runtime", "1.0.0-1"],
        ["generate", "kata-runtime", "1.0.0-1"],
        ["check", "some.deb"],
        ["manifest", "show"],
    ],
    ids=" ".join,
)
def test_a_wrong_manifest_stops_every_command(here: Path, kind: str, command: list[str]) -> None:
    content, part = WRONG_MANIFESTS[kind]
    (here / "pkgguard.toml").write_bytes(content)
    result = run(*command)
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "pkgguard.toml" in result.stderr
    assert part in result.stderr


@pytest.mark.parametrize("kind", WRONG_MANIFESTS)
@pytest.mark.parametrize("form", ["text", "json"])
def test_manifest_check_tells_what_is_wrong(here: Path, kind: str, form: str) -> None:
    content, part = WRONG_MANIFESTS[kind]
    (here / "m.toml").write_bytes(content)
    result = run("manifest", "check", "--format", form, "m.toml")
    assert result.exit_code == 1
    assert part in both(result)
    if form == "json":
        document(result)
    else:
        assert "line " in both(result)


@pytest.mark.parametrize("command", [["manifest", "check"], ["manifest", "show"]], ids=" ".join)
@pytest.mark.parametrize("path", ["missing.toml", "."])
def test_a_manifest_that_cannot_be_opened(here: Path, command: list[str], path: str) -> None:
    result = run(*command, path)
    assert result.exit_code == 3
    assert path in result.stderr
    assert run(*command, "--manifest", path).exit_code == 3
    assert run(*command, env={"PKGGUARD_MANIFEST": path}).exit_code == 3


@pytest.mark.parametrize("command", [["manifest", "check"], ["manifest", "show"]], ids=" ".join)
def test_two_manifests_are_a_misuse(mine: Path, command: list[str]) -> None:
    assert run(*command, mine, "--manifest", "other.toml").exit_code == 2
    assert run(*command, mine, "--manifest", mine).exit_code == 0
    assert run(*command, mine, mine, "--manifest", mine).exit_code == 2


# ------------------------------------------------------------------ generate, explain, compatible


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["1.1.0-1"], ["Depends:", "kata-image (>= 1.1.0", "Breaks:", "# "]),
        (["1.1.0-1", "--format", "control"], ["Depends:", "kata-image (>= 1.1.0"]),
        (["1.1.0-1", "--format", "substvars"], ["Depends=", "kata-image (>= 1.1.0"]),
        (["1.1.0-1", "--family", "rpm"], ["Requires: (kata-image >= 1.1.0 with kata-image < 2.0.0~)", "# "]),
        (["1.1.0-1", "--family", "rpm", "--format", "spec"], ["Requires:", "Conflicts: kata-image < 1.1.0"]),
        (
            ["1.1.0-1", "--family", "rpm", "--target", "rpm-legacy"],
            ["Requires: kata-image >= 1.1.0", "Conflicts: kata-image < 1.1.0"],
        ),
    ],
    ids=lambda one: " ".join(one) if one and one[0].startswith("1") else "",
)
def test_generate_writes_relations(mine: Path, arguments: list[str], parts: list[str]) -> None:
    result = run("generate", "kata-runtime", *arguments, "--manifest", mine)
    assert result.exit_code == 0
    for part in parts:
        assert part in result.stdout
    assert "manifest:" in result.stderr
    assert "manifest:" not in result.stdout
    assert "with" not in result.stdout.split("Conflicts")[0] or "--target" not in arguments
    again = run("generate", "kata-runtime", *arguments, "--manifest", mine, "--quiet")
    assert again.stdout == result.stdout
    assert again.stderr == ""


@pytest.mark.parametrize("family", ["deb", "rpm"])
def test_what_is_generated_checks_clean(here: Path, mine: Path, family: str) -> None:
    found = document(
        run("generate", "kata-runtime", "1.1.0-1", "--family", family, "--format", "json", "--manifest", mine)
    )
    relations = [(one["field"], one["relation"]) for one in found["relations"]]
    assert relations
    if family == "deb":
        lines = "".join(
            f"{field}: {', '.join(text for name, text in relations if name == field)}\n"
            for field in dict.fromkeys(field for field, _ in relations)
        )
        path = deb(here, "kata-runtime", "1.1.0-1", lines)
        assert run("check", "--manifest", mine, "--fail-on", "info", path).exit_code == 0
    else:
        text = "Name: kata-runtime\nVersion: 1.1.0\nRelease: 1\nBuildArch: noarch\n"
        text += "".join(f"{field}: {text}\n" for field, text in relations)
        package = api.describe_package("rpm", text)
        assert api.Project(api.read_manifest(mine)).check_packages([package]).findings == ()


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["kata-runtme", "1.1.0-1"], 2, "did you mean 'kata-runtime'"),
        (["kata-runtime", "9.9.9-1"], 3, "nearest known: 1.1.0"),
        (["kata-runtime", "no version"], 2, "not a valid deb version"),
        (["kata-runtime", "1.1.0-1", "--target", "rpm-legacy"], 2, "no target of deb"),
        (["kata-runtime", "1.1.0-1", "--format", "spec"], 2, "deb has no format"),
        (["kata-runtime", "1.1.0-1", "--family", "rpm", "--format", "control"], 2, "rpm has no format"),
        (["kata-runtime", "1.1.0-1", "--family", "apk"], 2, "apk"),
        (["kata-runtime"], 2, "VERSION"),
        ([], 2, "PACKAGE"),
    ],
)
def test_generate_misused(mine: Path, arguments: list[str], code: int, part: str) -> None:
    result = run("generate", *arguments, "--manifest", mine)
    assert result.exit_code == code
    assert result.stdout == ""
    assert part in result.stderr


def test_generate_for_the_newest_where_that_is_asked(mine: Path) -> None:
    result = run("generate", "kata-runtime", "9.9.9-1", "--newest-if-unknown", "--manifest", mine)
    assert result.exit_code == 0
    assert "kata-image (>= 1.1.0" in result.stdout


@pytest.mark.parametrize("family", ["deb", "rpm"])
def test_explain_gives_each_bound_with_what_is_behind_it(mine: Path, family: str) -> None:
    result = run("explain", "kata-runtime", "1.1.0-1", "--family", family, "--manifest", mine)
    assert result.exit_code == 0
    for part in (
        "kata-runtime 1.1.0-1 carries runtime 1.1.0",
        "Pause",
        "docker pause",
        "Unimplemented",
        "1.0.0",
    ):
        assert part in result.stdout
    found = document(
        run("explain", "kata-runtime", "1.1.0-1", "--family", family, "--manifest", mine, "--format", "json")
    )
    assert found["guards"]
    assert found["relations"]


def test_explain_kata_as_the_issue_has_it() -> None:
    result = run("explain", "kata-runtime", "1.1.0")
    assert result.exit_code == 0
    for part in ("PauseContainer", "ephemeral", "kata-containers-image (>= 1.1.0", "see "):
        assert part in result.stdout


@pytest.mark.parametrize("rule", api.rules())
def test_explain_tells_each_rule(rule: str) -> None:
    result = run("explain", rule)
    assert result.exit_code == 0
    fixed = "" if api.rules()[rule].settable else ", fixed"
    assert result.stdout.startswith(f"{rule} ({api.rules()[rule].severity}{fixed})\n")
    assert api.rules()[rule].help in result.stdout
    assert document(run("explain", rule, "--format", "json"))["rule"]["id"] == rule


def test_rules_lists_them_all() -> None:
    result = run("rules")
    assert result.exit_code == 0
    assert [line.split()[1] for line in result.stdout.splitlines()] == list(api.rules())
    assert [one["id"] for one in document(run("rules", "--format", "json"))["rules"]] == list(api.rules())


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["admits-incompatible-per"], 2, "did you mean 'admits-incompatible-peer'"),
        (["kata-runtime"], 2, "add its version"),
        (["kata-runtime", "9.9.9"], 3, "nearest known"),
        (["kata-runtme", "1.1.0"], 2, "did you mean 'kata-runtime'"),
        (["kata-runtime", ""], 2, "not a valid deb version"),
        (["kata-runtime", "1.1.0", "--target", "x"], 2, "no target"),
        ([], 2, "NAME"),
    ],
)
def test_explain_misused(mine: Path, arguments: list[str], code: int, part: str) -> None:
    result = run("explain", *arguments, "--manifest", mine)
    assert result.exit_code == code
    assert part in result.stderr


@pytest.mark.parametrize(
    ("releases", "code"),
    [
        (["runtime=1.1.0", "agent=1.0.0"], 1),
        (["agent=1.0.0", "runtime=1.1.0"], 1),
        (["runtime=1.1.0", "agent=1.1.0"], 0),
        (["runtime=1.0.0", "agent=1.1.0"], 0),
    ],
)
def test_compatible_is_yes_or_no(mine: Path, releases: list[str], code: int) -> None:
    result = run("compatible", *releases, "--manifest", mine)
    assert result.exit_code == code
    (line,) = [line for line in result.stdout.splitlines() if line.startswith(("yes", "no"))]
    assert line.startswith("no: " if code else "yes: ")
    assert ("docker pause" in result.stdout) == bool(code)
    assert document(run("compatible", *releases, "--manifest", mine, "--format", "json"))["compatible"] == (
        not code
    )
    assert run("compatible", *releases, "--quiet", "--manifest", mine).exit_code == code


def test_compatible_of_kata_as_the_issue_has_it() -> None:
    result = run("compatible", "runtime=1.1.0", "agent=1.0.0")
    assert result.exit_code == 1
    assert "PauseContainer" in result.stdout
    assert "ephemeral" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["runtime=1.1.0", "agnt=1.0.0"], "did you mean 'agent'"),
        (["runtime=1.1.0", "agent=1.0.7"], "nearest known"),
        (["runtime=1.1.0", "agent=\u00b2.0.0"], "nearest known"),
        (["runtime=1.1.0", "agent=" + 5000 * "9"], "nearest known"),
        (["runtime=1.1.0", "agent"], "NAME=VERSION"),
        (["runtime=1.1.0", "agent="], "NAME=VERSION"),
        (["runtime=1.1.0", "=1.0.0"], "NAME=VERSION"),
        (["runtime=1.1.0", "runtime=1.0.0"], "given twice"),
        (["runtime=1.1.0"], "no protocol joins runtime"),
        ([], "NAME=VERSION"),
    ],
)
def test_compatible_misused(mine: Path, arguments: list[str], part: str) -> None:
    result = run("compatible", *arguments, "--manifest", mine)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert part in result.stderr


# ------------------------------------------------------------------ manifest and init


def test_manifest_check_says_that_a_manifest_is_right(mine: Path) -> None:
    result = run("manifest", "check", mine)
    assert result.exit_code == 0
    assert "valid: 1 change, 0 remarks" in result.stdout
    assert both(run("manifest", "check", mine, "--quiet")) == ""
    document(run("manifest", "check", mine, "--format", "json"))


def test_manifest_check_of_the_built_in_one(here: Path) -> None:
    assert run("manifest", "check").exit_code == 0
    assert run("manifest", "check", "--fail-on", "warning").exit_code == 0


def test_manifest_check_tells_every_mistake(here: Path) -> None:
    path = here / "m.toml"
    path.write_text(
        MANIFEST.replace('"added"', '"addd"').replace('server = "1.1.0"', 'server = "3.0.0"'), "utf-8"
    )
    result = run("manifest", "check", path)
    assert result.exit_code == 1
    assert f"{path}: 2 mistakes in the manifest" in both(result)
    assert "line 16: [change] kind: 'addd' is not a kind; did you mean 'added'?" in both(result)
    assert "line 18: [change] server: 3.0.0 is not a listed release of agent" in both(result)
    found = document(run("manifest", "check", path, "--format", "json"))
    assert "'addd'" in json.dumps(found)


def test_manifest_check_tells_what_is_doubtful(here: Path) -> None:
    path = here / "m.toml"
    path.write_text(MANIFEST + '[policy]\nmode = "window"\n', "utf-8")
    assert run("manifest", "check", path).exit_code == 0
    result = run("manifest", "check", path, "--fail-on", "warning")
    assert result.exit_code == 1
    assert f"{path}:14: warning: window-promise-broken" in result.stdout
    assert run("manifest", "check", path, "--fail-on", "never").exit_code == 0
    document(run("manifest", "check", path, "--format", "json"))


SEVERAL = {
    "right": (["mine.toml", "other.toml"], 0),
    "mistaken first": (["bad.toml", "mine.toml"], 1),
    "mistaken last": (["mine.toml", "bad.toml"], 1),
    "unread first": (["missing.toml", "bad.toml", "mine.toml"], 3),
    "unread last": (["mine.toml", "bad.toml", "missing.toml"], 3),
    "a folder": (["mine.toml", "."], 3),
}


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("kind", SEVERAL)
def test_manifest_check_of_several_looks_at_all_and_tells_the_worst(
    here: Path, mine: Path, kind: str, form: str
) -> None:
    names, code = SEVERAL[kind]
    (here / "other.toml").write_text(MANIFEST, "utf-8")
    (here / "bad.toml").write_text(MANIFEST.replace('"added"', '"addd"'), "utf-8")
    result = run("manifest", "check", "--format", form, *names)
    assert result.exit_code == code
    if form == "json":
        found = document(result)
        assert found["kind"] == "manifest-checks"
        told = {one["path"]: one["valid"] for one in found["checks"]}
        told |= {one["path"]: None for one in found["unread"]}
        answers = {"mine.toml": True, "other.toml": True, "bad.toml": False, "missing.toml": None, ".": None}
        assert told == {name: answers[name] for name in names}
    else:
        for name in names:
            assert f"manifest: {name} " in result.stdout or f"pkgguard: {name}: " in result.stderr
        assert ("'addd' is not a kind" in result.stderr) == ("bad.toml" in names)


def test_manifest_check_of_several_counts_what_is_doubtful(here: Path, mine: Path) -> None:
    doubtful = here / "doubtful.toml"
    doubtful.write_text(MANIFEST + '[policy]\nmode = "window"\n', "utf-8")
    assert run("manifest", "check", doubtful, mine).exit_code == 0
    result = run("manifest", "check", "--quiet", "--fail-on", "warning", doubtful, mine)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{doubtful}:14: warning: window-promise-broken")


def test_manifest_show(mine: Path) -> None:
    result = run("manifest", "show", mine)
    assert result.exit_code == 0
    for part in ("project mine", "component runtime: 2 releases, 1.0.0 to 1.1.0", "Pause", "kata-image"):
        assert part in result.stdout
    assert "\n1 change\n" in result.stdout
    document(run("manifest", "show", mine, "--format", "json"))
    written = run("manifest", "show", mine, "--format", "toml").stdout
    assert api.parse_manifest(written).project == "mine"
    assert run("manifest", "show").exit_code == 0


def test_init_writes_a_manifest_that_is_right_and_does_not_overwrite(here: Path) -> None:
    result = run("init")
    assert result.exit_code == 0
    text = (here / "pkgguard.toml").read_text("utf-8")
    assert "#" in text
    assert run("manifest", "check").exit_code == 0
    assert "found here" in run("manifest", "check").stdout
    assert run("manifest", "check", "--fail-on", "info").exit_code == 0
    (here / "pkgguard.toml").write_text("mine")
    again = run("init")
    assert again.exit_code == 2
    assert "exists already" in again.stderr
    assert (here / "pkgguard.toml").read_text() == "mine"
    assert run("init", "--force").exit_code == 0
    assert (here / "pkgguard.toml").read_text("utf-8") == text


def test_init_with_names_of_ones_own(here: Path) -> None:
    options = ["--project", "foo", "--client", "cli", "--server", "daemon", "--protocol", "wire"]
    assert run("init", "m.toml", *options).exit_code == 0
    manifest = api.read_manifest(here / "m.toml")
    assert (manifest.project, set(manifest.components), set(manifest.protocols)) == (
        "foo", {"cli", "daemon"}, {"wire"},
    )  # fmt: skip
    assert run("compatible", "cli=1.1.0", "daemon=1.0.0", "--manifest", "m.toml").exit_code == 1
    assert run("generate", "foo-cli", "1.1.0-1", "--manifest", "m.toml").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["missing/m.toml"], 3),
        (["."], 2),
        (["m.toml", "--project", 'x"\ny'], 2),
        (["m.toml", "--client", "a", "--server", "a"], 2),
        (["m.toml", "--client", ""], 2),
    ],
)
def test_init_misused(here: Path, arguments: list[str], code: int) -> None:
    result = run("init", *arguments)
    assert result.exit_code == code
    assert not (here / "m.toml").exists()


# ------------------------------------------------------------------ colours, help


def test_colours_are_there_only_where_they_are_asked_for(here: Path, mine: Path) -> None:
    path = deb(here, "kata-runtime", "1.1.0-1", "Depends: kata-image\n")
    command = ["check", "--manifest", mine, path]
    assert "\x1b[" not in both(run(*command))
    assert "\x1b[31m" in both(run(*command, "--color", "always"))
    assert "\x1b[" not in both(run(*command, "--color", "never"))
    assert "\x1b[" not in both(run(*command, env={"NO_COLOR": "1"}))
    assert run(*command, "--color", "sometimes").exit_code == 2


def test_at_a_terminal_there_are_colours_unless_no_color_is_set(mine: Path) -> None:
    pty = pytest.importorskip("pty")
    for extra, coloured in ({}, True), ({"NO_COLOR": "1"}, False):
        need_terminal()
        main, terminal = pty.openpty()
        environ = {
            key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "PKGGUARD_MANIFEST"}
        } | FROM_HERE
        command = ["compatible", "runtime=1.1.0", "agent=1.0.0", "--manifest", str(mine)]
        subprocess.run(
            [sys.executable, "-m", "pkgguard", *command],
            env={**environ, "TERM": "xterm", **extra},
            stdout=terminal,
            stderr=terminal,
            timeout=HANG,
            check=False,
        )
        os.close(terminal)
        output = b""
        try:
            while piece := os.read(main, 65536):
                output += piece
        except OSError:
            pass
        os.close(main)
        assert b"Pause" in output
        assert (b"\x1b[3" in output) == coloured


@pytest.mark.parametrize(
    "command",
    [[], ["check"], ["generate"], ["explain"], ["rules"], ["compatible"], ["manifest"], ["init"]],
    ids=str,
)
def test_help_and_version(command: list[str]) -> None:
    assert run(*command, "--help").exit_code == 0
    assert run(*command, "-h").exit_code == 0
    assert run("--version").stdout.startswith("pkgguard, version ")


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["check", "--nothing", "x"], ["manifest", "nothing"]], ids=str
)
def test_an_unknown_command_or_option_is_a_misuse(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


# ------------------------------------------------------------------ as a process


def process(*arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if key != "PKGGUARD_MANIFEST"} | FROM_HERE
    command = [sys.executable, "-m", "pkgguard", *map(str, arguments)]
    return subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=HANG, check=False, **more
    )


def test_the_exit_codes_of_the_process(here: Path, mine: Path) -> None:
    bad = deb(here, "kata-runtime", "1.1.0-1", "Depends: kata-image\n")
    good = deb(here, "kata-runtime", "1.1.0-1", GUARDED)
    codes = [
        (["check", "--manifest", mine, good], 0),
        (["check", "--manifest", mine, bad], 1),
        (["check"], 2),
        (["check", "--manifest", mine, good, here / "missing.deb"], 3),
    ]
    for arguments, code in codes:
        result = process(*arguments)
        assert result.returncode == code, result.stderr
        assert "Traceback" not in result.stderr


def test_a_fifo_does_not_hang(here: Path, mine: Path) -> None:
    os.mkfifo(here / "fifo")
    result = process("check", "--manifest", mine, here / "fifo")
    assert result.returncode == 3
    assert "not a regular file" in result.stdout


def test_a_reader_that_goes_away_makes_no_traceback(here: Path) -> None:
    command = f"{sys.executable} -m pkgguard manifest show --format toml | head -c 10"
    result = subprocess.run(
        ["sh", "-c", command],
        env={**os.environ, **FROM_HERE},
        capture_output=True,
        text=True,
        timeout=HANG,
        check=False,
        cwd=here,
    )
    assert "Traceback" not in result.stderr
    assert len(result.stdout) == 10


def test_a_locale_without_utf_8_makes_no_traceback(mine: Path) -> None:
    mine.write_text(MANIFEST.replace("docker pause", "docker \u2026 pause"), "utf-8")
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    environ |= FROM_HERE
    for command in (["explain", "kata-runtime", "1.1.0"], ["generate", "kata-runtime", "1.1.0-1"]):
        result = subprocess.run(
            [sys.executable, "-m", "pkgguard", *command, "--manifest", str(mine)],
            env=environ, capture_output=True, timeout=HANG, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        assert b"Traceback" not in result.stderr


def test_packages_of_which_none_is_known_can_be_an_error(here: Path, mine: Path) -> None:
    unknown, known = deb(here, "qemu", "1"), deb(here, "kata-runtime", "1.1.0-1", GUARDED)
    words = ("check", "--manifest", mine, "--expect-known")
    assert run("check", "--manifest", mine, unknown).exit_code == 0
    refused = run(*words, unknown)
    assert refused.exit_code == 3
    assert (
        f"the manifest {mine} (named on the command line) knows none of the packages (qemu), so"
        in refused.stderr
    )
    assert run(*words, unknown, known).exit_code == 0


HOLE = ("kata-runtime", "1.1.0-1", "--family", "rpm", "--target", "rpm-legacy")


def with_hole(tmp_path: Path, level: str) -> Path:
    """Return a manifest whose hole rpm-legacy cannot express, with the level of that loss."""
    text = (ROOT / "tests/rules/manifests/hole.toml").read_text("utf-8")
    path = tmp_path / "hole.toml"
    path.write_text(f'{text}\n[rules]\nhole-refused = "{level}"\n', "utf-8")
    return path


@pytest.mark.parametrize(("level", "code"), [("off", 0), ("info", 0), ("warning", 0), ("error", 1)])
@pytest.mark.parametrize("quiet", [(), ("--quiet",)])
def test_a_loss_has_the_severity_that_the_manifest_gives_it(
    tmp_path: Path, level: str, code: int, quiet: tuple[str, ...]
) -> None:
    result = run("generate", *HOLE, "--manifest", with_hole(tmp_path, level), *quiet)
    assert result.exit_code == code, result.output
    said = f"{level}: hole-refused: " in result.stderr
    assert said is (level == "error" or (level != "off" and not quiet))


def test_all_does_not_reach_losses(tmp_path: Path) -> None:
    manifest = with_hole(tmp_path, "warning")
    text = manifest.read_text("utf-8").replace('hole-refused = "warning"', 'all = "off"')
    manifest.write_text(text, "utf-8")
    assert "warning: hole-refused: " in run("generate", *HOLE, "--manifest", manifest).stderr


def test_a_command_sets_only_the_rules_that_it_applies() -> None:
    package = next((ROOT / "examples/pause-container/packages").glob("*.deb"))
    manifest = ROOT / "tests/rules/manifests/pause.toml"
    for rule in ("component-in-no-package", "hole-refused"):
        assert run("check", "--rule", f"{rule}=off", package).exit_code == 2
    assert run("manifest", "check", manifest, "--rule", "pinned-revision=off").exit_code == 2


def test_advice_can_be_set(tmp_path: Path) -> None:
    manifest = tmp_path / "one.toml"
    text = (ROOT / "tests/rules/manifests/pause.toml").read_text("utf-8")
    manifest.write_text(text + '\n[component.alone]\nreleases = ["1.0.0"]\n', "utf-8")
    assert "warning: component-in-no-package: " in run("manifest", "check", manifest).stdout
    assert run("manifest", "check", manifest, "--rule", "component-in-no-package=error").exit_code == 1
    silent = run("manifest", "check", manifest, "--rule", "component-in-no-package=off")
    assert "component-in-no-package" not in silent.stdout
    assert run("manifest", "check", manifest, "--rule", "component=off").exit_code == 2


def test_a_mistyped_command_names_the_nearest(here: Path) -> None:
    result = run("chek", "x.deb")
    assert result.exit_code == 2
    assert result.stderr.endswith("Error: no command is called 'chek'; did you mean 'check'?\n")
    assert "did you mean 'show'?" in run("manifest", "shwo").stderr
    assert "known: check, compatible, debian, " in run("zzz").stderr
    assert "no command is called '\N{REPLACEMENT CHARACTER}" not in run("\x1b[2J").stderr
    assert "No such option" in run("--chek").stderr


def test_a_mistyped_rule_names_the_nearest_and_not_all(here: Path) -> None:
    for words in (["explain", "epoch-forgoten"], ["check", "--rule", "epoch-forgoten=off", "x.deb"]):
        result = run(*words)
        assert result.exit_code == 2
        assert result.stderr.endswith("no rule is called 'epoch-forgoten'; did you mean 'epoch-forgotten'?\n")
    (line,) = run("explain", "zzzz").stderr.splitlines()
    assert re.search(r"\(known: [a-z, -]+ and \d+ more\)$", line)


@pytest.mark.parametrize("command", ["generate", "explain"])
def test_a_target_of_another_family_names_that_family(mine: Path, command: str) -> None:
    result = run(command, "kata-runtime", "1.1.0-1", "--target", "rpm-legacy", "--manifest", mine)
    assert result.exit_code == 2
    help = "it is a target of rpm: choose that family (--family rpm)"
    assert f"no target of deb is called 'rpm-legacy'; {help} (known: deb)" in result.stderr


def test_a_summary_of_a_manifest_has_the_peers(mine: Path) -> None:
    assert "peers" not in run("manifest", "show", mine).stdout
    mine.write_text(MANIFEST.replace('["runtime"]\n[', '["runtime"]\npeers = ["kata-image"]\n[', 1), "utf-8")
    assert (
        "  package kata-runtime carries runtime\n    peers kata-image\n"
        in run("manifest", "show", mine).stdout
    )
    mine.write_text(MANIFEST.replace('["runtime"]\n[', '["runtime"]\npeers = []\n[', 1), "utf-8")
    assert "    peers none\n" in run("manifest", "show", mine).stdout
