"""The packaging that ``pkgguard init --deb`` and ``--rpm`` write: whole, deterministic, and it builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from real.rpmbuild import Rpmbuild
from real.source import Addon, built_field
from runner import run

from pkgguard import api

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["real.fixtures"]

NAMES = ("--project", "shop", "--client", "till", "--server", "stock", "--protocol", "sale")
MAINTAINER = "Ada Lovelace <ada@example.org>"


@pytest.mark.real
@pytest.mark.usefixtures("real_tools")
def test_the_debian_packaging_builds_as_it_is(tmp_path: Path) -> None:
    result = run("init", "--deb", tmp_path / "s", *NAMES, "--maintainer", MAINTAINER)
    assert result.exit_code == 0
    assert f"build it with: (cd {tmp_path}/s && dpkg-buildpackage --no-sign" in result.stderr
    built = Addon(tmp_path / "addon").build(tmp_path / "s").checked()
    assert "2 packages judged, 1 pair judged together, 0 errors" in built.output
    assert "warning" not in built.output
    manifest = api.read_manifest(tmp_path / "s/debian/pkgguard.toml")
    client, server = tmp_path / "shop-till_1.1.0-1_all.deb", tmp_path / "shop-stock_1.1.0-1_all.deb"
    assert built_field(client, "Depends") == "shop-stock (>= 1.1.0), shop-stock (<< 2.0.0~)"
    assert built_field(client, "Maintainer") == MAINTAINER
    assert api.Project(manifest).check([client, server]).judgement.findings == ()


@pytest.mark.real
@pytest.mark.usefixtures("real_tools")
def test_the_rpm_packaging_builds_as_it_is(tmp_path: Path) -> None:
    rpmbuild = Rpmbuild(tmp_path / "rpmbuild")
    result = run("init", "--rpm", rpmbuild.sources / "s", *NAMES, "--maintainer", MAINTAINER)
    assert result.exit_code == 0
    folder = rpmbuild.sources / "s"
    # The macros are not installed as the package that BuildRequires names.
    built = rpmbuild.build(folder / "shop.spec", "--nodeps", "--define", f"_sourcedir {folder}")
    built.outcome.checked()
    assert "2 packages judged, 1 pair judged together, 0 errors" in built.log
    assert set(built.packages) == {"shop-till", "shop-stock"}
    relations = rpmbuild.relations(built.packages["shop-till"])
    assert "Requires: (shop-stock >= 1.1.0 with shop-stock < 2.0.0~)" in relations
    manifest = api.read_manifest(folder / "pkgguard.toml")
    assert api.Project(manifest).check(built.packages.values()).judgement.findings == ()


@pytest.mark.parametrize("family", ["deb", "rpm"])
def test_the_same_moment_gives_the_same_files(tmp_path: Path, family: str) -> None:
    env = {"SOURCE_DATE_EPOCH": "1530532800", "DEBFULLNAME": "A", "DEBEMAIL": "a@b.example"}
    for name in ("one", "two"):
        assert run("init", f"--{family}", tmp_path / name, env=env).exit_code == 0
    texts = [
        {str(path.relative_to(tmp_path / name)): path.read_text("utf-8") for path in files(tmp_path / name)}
        for name in ("one", "two")
    ]
    assert texts[0] == texts[1]
    wanted = "Mon, 02 Jul 2018 12:00:00 +0000" if family == "deb" else "* Mon Jul 02 2018 A <a@b.example>"
    assert any(wanted in text for text in texts[0].values())
    assert all(text.endswith("\n") and "{{" not in text for text in texts[0].values())


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("family", ["deb", "rpm"])
def test_nothing_is_written_over_what_is_there(tmp_path: Path, family: str) -> None:
    assert run("init", f"--{family}", tmp_path).exit_code == 0
    kept = files(tmp_path)
    for path in kept[1:]:
        path.unlink()
    kept[0].write_text("mine", "utf-8")
    result = run("init", f"--{family}", tmp_path)
    assert result.exit_code == 2
    assert f"{kept[0]}: it exists already, so nothing was written; name another folder" in result.stderr
    assert files(tmp_path) == kept[:1]
    assert kept[0].read_text("utf-8") == "mine"
    assert run("init", f"--{family}", tmp_path, "--force").exit_code == 0
    assert files(tmp_path) == kept
    assert kept[0].read_text("utf-8") != "mine"


@pytest.mark.parametrize(
    ("words", "env", "said"),
    [
        (["pkgguard.toml", "--deb", "d"], {}, "omit FILE"),
        (["--deb", "d", "--rpm", "d"], {}, "different folders"),
        (["--deb", "d", "--client", "one", "--server", "one"], {}, "different components"),
        (["--deb", "d", "--project", "../up"], {}, "lower-case letters"),
        (["--deb", "d", "--maintainer", "nobody"], {}, "'nobody' is not 'Name <address@host>'"),
        (["--deb", "d", "--maintainer", "A <a@b>\nB: c"], {}, "is not 'Name <address@host>'"),
        (["--deb", "d"], {"SOURCE_DATE_EPOCH": "today"}, "SOURCE_DATE_EPOCH is 'today', not a number"),
        (["--deb", "d"], {"SOURCE_DATE_EPOCH": "9" * 30}, "not a number of seconds"),
    ],
)
def test_what_cannot_be_meant_is_told_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], env: dict[str, str | None], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("init", *words, env=env)
    assert result.exit_code == 2
    assert said in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--client", "one.two"], "use lower-case letters, digits and -"),
        (["--protocol", "a+b"], "use lower-case letters, digits and -"),
        (["--project", "a"], "use two or more of lower-case letters"),
    ],
)
def test_a_name_that_cannot_be_one_is_refused(tmp_path: Path, words: list[str], said: str) -> None:
    result = run("init", "--deb", tmp_path / "d", *words)
    assert (result.exit_code, said in result.stderr) == (2, True)
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("project", ["a++", "foo1.2", "0ad"])
def test_a_project_may_be_called_as_a_package_may(tmp_path: Path, project: str) -> None:
    assert run("init", "--deb", tmp_path / "d", "--project", project, "--client", "a").exit_code == 0
    manifest = api.read_manifest(tmp_path / "d/debian/pkgguard.toml")
    assert set(manifest.packages) == {f"{project}-a", f"{project}-server"}


def test_two_folders_are_written_both_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r/example.spec").touch()
    result = run("init", "--deb", tmp_path / "d", "--rpm", tmp_path / "r")
    assert result.exit_code == 2
    assert "nothing was written" in result.stderr
    assert not (tmp_path / "d").exists()


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "d/debian").mkdir(parents=True)
    (tmp_path / "d/debian/rules").symlink_to(tmp_path / "elsewhere")
    assert run("init", "--deb", tmp_path / "d").exit_code == 2
    assert run("init", "--deb", tmp_path / "d", "--force").exit_code == 0
    assert not (tmp_path / "elsewhere").exists()
    assert not (tmp_path / "d/debian/rules").is_symlink()


@pytest.mark.parametrize(
    ("env", "maintainer"),
    [
        ({"DEBFULLNAME": "Ada", "DEBEMAIL": "a@b.example"}, "Ada <a@b.example>"),
        ({"DEBEMAIL": "Ada <a@b.example>"}, "Ada <a@b.example>"),
        ({"DEBFULLNAME": "Joe", "DEBEMAIL": "Ada <a@b.example>"}, "Joe <a@b.example>"),
        ({"DEBEMAIL": "a@b.example"}, "a <a@b.example>"),
        ({}, "Nobody <nobody@localhost.invalid>"),
    ],
)
def test_the_maintainer_is_who_the_variables_say(
    tmp_path: Path, env: dict[str, str | None], maintainer: str
) -> None:
    given = {"DEBFULLNAME": None, "DEBEMAIL": None, **env}
    assert run("init", "--deb", tmp_path / "d", env=given).exit_code == 0
    assert f"Maintainer: {maintainer}\n" in (tmp_path / "d/debian/control").read_text("utf-8")


def test_a_manifest_alone_has_no_maintainer(tmp_path: Path) -> None:
    result = run("init", tmp_path / "m.toml", "--maintainer", MAINTAINER)
    assert (result.exit_code, "a manifest has no maintainer" in result.stderr) == (2, True)
    # And what the variables hold does not matter to it.
    assert run("init", tmp_path / "m.toml", env={"DEBFULLNAME": "x", "DEBEMAIL": "<"}).exit_code == 0


def test_a_folder_that_cannot_be_written_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    result = run("init", "--deb", tmp_path / "file/below")
    assert result.exit_code == 3
    assert "Not a directory" in result.stderr
