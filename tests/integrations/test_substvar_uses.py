"""What is reported of the substvars in debian/control, without a build."""

from __future__ import annotations

from pathlib import Path

import pytest
from limits import cpu_below
from runner import run
from small_project import MANIFEST

HEAD = "Source: kata\n\n"
CHANGES = """\
kata (1.1.0-1) unstable; urgency=medium

  * Test.

 -- N <n@e.org>  Thu, 21 Jun 2018 18:53:00 +0000
"""
USED = "Depends: ${misc:Depends}, ${pkgguard:Depends}\nBreaks: ${pkgguard:Breaks}\n"


def said(
    folder: Path, fields: str, *words: str, manifest: str = MANIFEST, more: str = ""
) -> tuple[int, list[str]]:
    """Return the exit code, and the messages about debian/control."""
    (folder / "debian").mkdir()
    (folder / "debian/pkgguard.toml").write_text(manifest, "utf-8")
    (folder / "debian/changelog").write_text(CHANGES, "utf-8")
    control = f"{HEAD}Package: kata-runtime\nArchitecture: all\n{fields}Description: d\n d\n{more}"
    (folder / "debian/control").write_text(control, "utf-8")
    result = run("debian", "substvars", "--source", folder, "--quiet", *words)
    start = f"{folder}/debian/control"
    lines = result.stderr.splitlines()
    assert all(line.startswith(start) for line in lines)
    return result.exit_code, [line.removeprefix(start) for line in lines]


def test_nothing_is_said_of_what_is_right(tmp_path: Path) -> None:
    assert said(tmp_path, USED) == (0, [])


@pytest.mark.parametrize(
    "fields",
    [
        "pre-depends: ${pkgguard:Depends}\nBreaks: ${pkgguard:Breaks}\n",
        "Depends: ${pkgguard:Depends}\nConflicts: ${pkgguard:Breaks}\n",
    ],
)
def test_a_field_of_the_same_effect_carries_them_too(tmp_path: Path, fields: str) -> None:
    code, lines = said(tmp_path, fields)
    assert code == 0
    assert [line.split(": ")[2] for line in lines] == ["misplaced-substvar"]


def test_the_line_to_write_keeps_what_the_field_has(tmp_path: Path) -> None:
    code, lines = said(
        tmp_path, "Depends: ${misc:Depends},\n# why\n         other (>= 1),\nBreaks: ${pkgguard:Breaks}\n"
    )
    assert code == 1
    assert lines == [
        ":5: error: unused-substvar: kata-runtime: Depends does not use ${pkgguard:Depends}, so these"
        " relations are lost: kata-image (>= 1.1.0), kata-image (<< 2.0.0~);"
        ' write "Depends: ${pkgguard:Depends}, ${misc:Depends}, other (>= 1)"'
    ]


def test_a_long_field_is_not_repeated(tmp_path: Path) -> None:
    many = ", ".join(f"other-{number}" for number in range(60))
    code, lines = said(tmp_path, f"Depends: {many}\nBreaks: ${{pkgguard:Breaks}}\n")
    assert code == 1
    assert lines[0].endswith("; write ${pkgguard:Depends} into its Depends")


def test_a_substvar_that_is_in_no_positive_field_is_lost(tmp_path: Path) -> None:
    code, lines = said(tmp_path, "Depends: ${pkgguard:Breaks}\nBreaks: ${pkgguard:Depends}\n")
    assert code == 1
    assert sorted(line.split(": ")[2] for line in lines) == [
        "misplaced-substvar", "misplaced-substvar", "unused-substvar", "unused-substvar",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("use", "meant"), [("Braeks", "Breaks"), ("breaks", "Breaks"), ("", "Breaks"), ("Qqqq", "Breaks")]
)
def test_a_name_that_does_not_exist(tmp_path: Path, use: str, meant: str) -> None:
    code, lines = said(tmp_path, USED.replace("{pkgguard:Breaks}", f"{{pkgguard:{use}}}"))
    assert code == 1
    (line,) = lines
    assert (
        f'Breaks uses ${{pkgguard:{use}}}, which does not exist; write "Breaks: ${{pkgguard:{meant}}}"'
        in line
    )


def test_many_packages_and_wrong_names_cost_little(tmp_path: Path) -> None:
    stanzas = "".join(f"\nPackage: other-{number}\nDescription: d\n" for number in range(1000))
    wrong = ", ".join(f"${{pkgguard:{'x' * 50}{number}}}" for number in range(1000))
    with cpu_below(3.0):
        code, lines = said(tmp_path, f"{USED}Recommends: {wrong}\n", more=stanzas)
    assert (code, len(lines)) == (1, 1000)


def test_each_can_be_set_by_its_name(tmp_path: Path) -> None:
    code, lines = said(tmp_path, "", "--rule", "unused-substvar=warning")
    assert code == 0
    assert [line.split(": ")[1] for line in lines] == ["warning", "warning"]


@pytest.mark.parametrize(
    ("rules", "code"), [('unused-substvar = "off"', 0), ('all = "off"', 1), ('unused-substvar = "info"', 0)]
)
def test_the_manifest_can_set_them_but_not_all_at_once(tmp_path: Path, rules: str, code: int) -> None:
    assert said(tmp_path, "", manifest=f"{MANIFEST}[rules]\n{rules}\n")[0] == code


def test_a_manifest_that_a_build_does_not_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert said(tmp_path, USED)[0] == 0
    ignored = "pkgguard.toml is not used, since a build reads debian/pkgguard.toml: move it there, or name it"
    (tmp_path / "debian/pkgguard.toml").rename(tmp_path / "pkgguard.toml")
    result = run("debian", "substvars")
    assert (result.exit_code, f"\nwarning: {ignored}\n" in result.stderr) == (0, True)
    control = tmp_path / "debian/control"
    control.write_text(control.read_text("utf-8").replace("kata-runtime", "another"), "utf-8")
    result = run("debian", "substvars")
    assert result.exit_code == 3
    assert result.stderr.endswith(f"; {ignored}\n")
    assert "is not used" not in run("debian", "substvars", "--manifest", "pkgguard.toml").stderr


@pytest.mark.parametrize(("level", "code"), [("off", 0), ("warning", 0), ("error", 1)])
def test_a_loss_can_be_set_too(tmp_path: Path, level: str, code: int) -> None:
    manifest = (Path(__file__).parents[1] / "rules/manifests/hole.toml").read_text("utf-8")
    (tmp_path / "debian").mkdir()
    (tmp_path / "debian/pkgguard.toml").write_text(manifest, "utf-8")
    (tmp_path / "debian/changelog").write_text(CHANGES, "utf-8")
    control = f"{HEAD}Package: kata-runtime\nArchitecture: all\n{USED}Description: d\n d\n"
    (tmp_path / "debian/control").write_text(control, "utf-8")
    result = run("debian", "substvars", "--source", tmp_path, "--rule", f"hole-not-enforced={level}")
    assert result.exit_code == code, result.output
    assert (f"{level}: hole-not-enforced: " in result.stderr) is (level != "off")


def test_a_rule_about_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "debian").mkdir()
    (tmp_path / "debian/pkgguard.toml").write_text(MANIFEST, "utf-8")
    (tmp_path / "debian/changelog").write_text(CHANGES, "utf-8")
    (tmp_path / "debian/control").write_text(f"{HEAD}Package: kata-runtime\n{USED}", "utf-8")
    result = run("debian", "substvars", "--source", tmp_path, "--rule", "wrong-epoch=off")
    assert result.exit_code == 2
    assert "no rule about a build or a loss is called 'wrong-epoch'" in result.stderr
