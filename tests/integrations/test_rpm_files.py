"""The relations of an rpm by the files that it ships, and the expressions that find them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from runner import separate_runner
from small_project import MANIFEST

from pkgguard import api
from pkgguard.cli.main import cli
from pkgguard.integrations import rpm_files
from pkgguard.manifest import catalog

ROOT = Path(__file__).parents[2]
FILES = MANIFEST.replace(
    'carries = ["runtime"]', 'carries = ["runtime"]\nfiles = ["/usr/bin/kata-runtime", "/usr/lib/kata/**"]'
).replace('carries = ["agent"]', 'carries = ["agent"]\nfiles = ["/usr/share/kata/*.img"]')
INITRD = '[package.kata-initrd]\ncarries = ["agent"]\nfiles = ["/usr/share/kata/initrd"]\n'
BUNDLE = '[package.kata-all]\ncarries = ["runtime", "agent"]\n'

RUNTIME = ["Requires: (kata-image >= 1.1.0 with kata-image < 2.0.0~)"]
RUNTIME += ["Conflicts: kata-image < 1.1.0", "Conflicts: kata-image >= 2.0.0~"]
IMAGE = ["Conflicts: kata-runtime < 1.0.0", "Conflicts: kata-runtime >= 2.0.0~"]


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of installed manifests; the current one holds none."""
    folder = tmp_path / "manifests"
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(catalog, "INSTALLED", folder)
    monkeypatch.delenv("PKGGUARD_MANIFEST", raising=False)
    folder.mkdir()
    return folder


@pytest.fixture
def mine(shared: Path) -> str:
    path = shared.parent / "mine.toml"
    path.write_text(FILES, "utf-8")
    return str(path)


def run(*words: str, paths: bytes = b"") -> Result:
    result = separate_runner().invoke(cli, ["rpm", *words], input=paths)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def generated(manifest: str, name: str, version: str, *paths: str, more: tuple[str, ...] = ()) -> Result:
    words = ("generator", "--manifest", manifest, *more, name, version)
    return run(*words, paths="".join(f"{path}\n" for path in paths).encode())


def lines(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


# ------------------------------------------------------------------ generator


@pytest.mark.parametrize("name", ["kata-runtime", "renamed"])
def test_a_file_says_what_a_package_is(mine: str, name: str) -> None:
    result = generated(mine, name, "1.1.0-1", "/etc/x", "/usr/bin/kata-runtime", "/usr/lib/kata/a/b")
    assert lines(result) == RUNTIME
    assert result.stderr.splitlines() == [
        f"manifest: {mine} (named on the command line), project mine",
        f"{name} 1.1.0-1 ships /usr/bin/kata-runtime and is guarded as kata-runtime",
    ]


def test_quiet_says_nothing_else(mine: str) -> None:
    result = generated(mine, "kata-image", "1.1.0-1", "/usr/share/kata/a.img", more=("--quiet",))
    assert lines(result) == IMAGE
    assert result.stderr == ""


def test_no_file_of_the_manifest_is_no_relation_whatever_the_version(mine: str) -> None:
    assert lines(generated(mine, "kata-runtime", "nonsense", "/usr/bin/other", "/usr/lib/kata")) == []
    assert lines(generated(mine, "kata-runtime", "1.1.0-1")) == []


def test_what_it_prints_is_what_generate_prints(mine: str) -> None:
    found = generated(mine, "x", "1.1.0-1", "/usr/bin/kata-runtime", more=("--target", "rpm-legacy"))
    manifest = api.read_manifest(mine)
    expected = api.Project(manifest).relations("rpm", "kata-runtime", "1.1.0-1", target="rpm-legacy")
    assert lines(found) == [str(one.relation) for one in expected.relations]
    assert not any("with" in line for line in lines(found))


def test_a_loss_is_said(mine: str) -> None:
    hole = '[[change]]\nprotocol = "agent"\nkind = "removed"\nwhat = ["Pause"]\nserver = "1.2.0"\n'
    text = FILES.replace('["1.0.0", "1.1.0"]', '["1.0.0", "1.1.0", "1.2.0", "1.3.0"]')
    more = '[[change]]\nprotocol = "agent"\nkind = "added"\nwhat = ["Pause"]\nserver = "1.3.0"\n'
    Path(mine).write_text(text + hole + more, "utf-8")
    result = generated(mine, "x", "1.1.0-1", "/usr/bin/kata-runtime", more=("--target", "rpm-legacy"))
    assert result.exit_code == 0
    assert (
        "warning: hole-refused: kata-image: without rich dependencies a hole cannot be expressed"
        in result.stderr
    )


def test_an_unknown_release_is_refused_unless_it_may_be_the_newest(mine: str) -> None:
    refused = generated(mine, "x", "7.0.0-1", "/usr/bin/kata-runtime")
    assert (refused.exit_code, refused.stdout) == (3, "")
    assert "7.0.0 is not a runtime release in the manifest" in refused.stderr
    newest = generated(mine, "x", "7.0.0-1", "/usr/bin/kata-runtime", more=("--newest-if-unknown",))
    assert lines(newest) == RUNTIME


def test_two_packages_of_one_side_are_both_guarded(mine: str) -> None:
    Path(mine).write_text(FILES + INITRD, "utf-8")
    result = generated(mine, "x", "1.1.0-1", "/usr/share/kata/a.img", "/usr/share/kata/initrd")
    assert lines(result) == IMAGE
    assert "is guarded as kata-image" in result.stderr
    assert "is guarded as kata-initrd" in result.stderr


def test_both_sides_in_an_unknown_package_are_refused(mine: str) -> None:
    result = generated(mine, "x", "1.1.0-1", "/usr/bin/kata-runtime", "/usr/share/kata/a.img")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "pkgguard: x: it ships both sides of the agent protocol" in result.stderr
    assert 'add [package.x] with carries = ["runtime", "agent"] to the manifest' in result.stderr


def test_a_package_that_the_manifest_knows_is_what_the_manifest_says(mine: str) -> None:
    Path(mine).write_text(FILES + BUNDLE + INITRD, "utf-8")
    both = ("/usr/bin/kata-runtime", "/usr/share/kata/a.img")
    whole = generated(mine, "kata-all", "1.1.0-1", *both)
    assert lines(whole) == []
    assert "ships /usr/bin/kata-runtime and needs no relations, being kata-all" in whole.stderr
    # The same side under a name of its own: its own entry, with its own peers.
    alike = generated(mine, "kata-initrd", "1.1.0-1", "/usr/share/kata/a.img")
    assert lines(alike) == IMAGE
    assert "is guarded as kata-initrd" in alike.stderr


def test_a_file_that_contradicts_the_package_s_own_entry_is_refused(mine: str) -> None:
    result = generated(mine, "kata-runtime", "1.1.0-1", "/usr/bin/kata-runtime", "/usr/share/kata/a.img")
    assert (result.exit_code, result.stdout) == (3, "")
    assert (
        "kata-runtime: /usr/share/kata/a.img: the file shows that the package carries agent" in result.stderr
    )
    assert "fix carries of [package.kata-runtime] or files of [package.kata-image]" in result.stderr


def test_a_package_that_no_rpm_ships_names_nothing(mine: str) -> None:
    Path(mine).write_text(FILES.replace("[package.kata-image]", "[package.kata-image]\nrpm = false"), "utf-8")
    assert lines(generated(mine, "x", "1.1.0-1", "/usr/share/kata/a.img")) == []
    assert not any("img" in line for line in lines(run("pattern", "--manifest", mine)))


@pytest.mark.parametrize("paths", [b"usr/bin/x\n", b"/usr/bin/x\n \n", b"\xff\n", b"(contains no files)\n"])
def test_what_is_no_path_is_refused(mine: str, paths: bytes) -> None:
    result = run("generator", "--manifest", mine, "x", "1.1.0-1", paths=paths)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is not an absolute path; give one path per line" in result.stderr


def test_names_need_not_be_utf_8(mine: str) -> None:
    paths = b"/usr/share/\xff\n/usr/lib/kata/\xff"
    result = run("generator", "--manifest", mine, "x", "1.1.0-1", paths=paths)
    assert lines(result) == RUNTIME
    assert "ships /usr/lib/kata/\N{REPLACEMENT CHARACTER} and" in result.stderr


def test_a_closed_input_is_no_empty_list(mine: str) -> None:
    command = f"{sys.executable} -m pkgguard rpm generator --manifest {mine} x 1.1.0-1 <&-"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "standard input is closed" in done.stderr


# ------------------------------------------------------------------ pattern, and which manifest


def test_the_expressions_are_those_of_the_files(mine: str) -> None:
    assert lines(run("pattern", "--manifest", mine)) == [
        "^/usr/bin/kata[-]runtime$",
        "^/usr/lib/kata/.*$",
        "^/usr/share/kata/[^/]*[.]img$",
    ]
    Path(mine).write_text(MANIFEST, "utf-8")
    assert lines(run("pattern", "--manifest", mine)) == []


def test_they_are_shown_with_the_manifest(mine: str) -> None:
    shown = separate_runner().invoke(cli, ["manifest", "show", mine])
    assert (
        "package kata-runtime carries runtime\n    files /usr/bin/kata-runtime /usr/lib/kata/**\n"
        in shown.stdout
    )
    words = ["manifest", "show", mine, "--format"]
    document = json.loads(separate_runner().invoke(cli, [*words, "json"]).stdout)
    assert document["tables"]["package"]["kata-image"]["files"] == ["/usr/share/kata/*.img"]
    assert "files" in separate_runner().invoke(cli, [*words, "toml"]).stdout


def test_the_built_in_files(shared: Path) -> None:
    manifest = api.built_in().manifest
    assert {name: entry.files for name, entry in manifest.packages.items() if entry.files} == {
        "kata-runtime": ("/usr/bin/kata-runtime",),
        "kata-agent": ("/usr/bin/kata-agent",),
        "kata-containers-image": (
            "/usr/share/kata-containers/kata-containers.img",
            "/usr/share/kata-containers/kata-containers-initrd.img",
        ),
    }
    cri = api.built_in("cri").manifest
    assert {name: entry.files for name, entry in cri.packages.items() if entry.files} == {
        "kubelet": ("/usr/bin/kubelet",),
        "cri-tools": ("/usr/bin/crictl",),
        "cri-o": ("/usr/bin/crio",),
    }
    assert len(lines(run("pattern"))) == 7
    both = b"/usr/bin/kata-runtime\n/usr/share/kata-containers/kata-containers.img\n"
    assert lines(run("generator", "kata-containers", "4.1.0-1", paths=both)) == []


def test_all_installed_manifests_count_until_the_package_is_known(shared: Path) -> None:
    other = shared / "other.toml"
    other.write_text(FILES.replace("kata", "other"), "utf-8")
    found = run("pattern")
    assert "^/usr/lib/other/.*$" in lines(found)
    assert "^/usr/bin/kata[-]runtime$" in lines(found)
    assert "(installed), project mine" in found.stderr
    by_file = run("generator", "x", "1.1.0-1", paths=b"/usr/lib/other/x\n")
    assert lines(by_file) == [line.replace("kata", "other") for line in RUNTIME]
    # One that knows the name is the one, though another knows the file.
    assert lines(run("generator", "other-image", "1.1.0-1", paths=b"/usr/bin/kata-runtime\n")) == []
    built_in = run("generator", "x", "1.1.0-1", paths=b"/usr/bin/kata-runtime\n")
    assert lines(built_in)
    assert "kata.toml (built in)" in built_in.stderr


def test_one_that_extends_the_built_in_one_is_found_by_its_files(shared: Path) -> None:
    path = shared / "acme.toml"
    path.write_text(
        'manifest = 1\nextends = "kata"\n[package.kata-runtime]\nrpm = "acme-runtime"\n'
        '[package.acme-guest]\ncarries = ["agent"]\nfiles = ["/usr/share/acme/guest.img"]\n',
        "utf-8",
    )
    assert "^/usr/share/acme/guest[.]img$" in lines(run("pattern"))
    for file, entry in (
        ("/usr/bin/kata-runtime", "kata-runtime"),
        ("/usr/share/acme/guest.img", "acme-guest"),
    ):
        result = run("generator", "any", "1.1.0-1", paths=f"{file}\n".encode())
        assert result.exit_code == 0
        assert result.stderr.splitlines() == [
            f"manifest: {path} (installed), project kata-containers",
            f"any 1.1.0-1 ships {file} and is guarded as {entry}",
        ]
    assert any("acme-runtime" in line for line in lines(result))


@pytest.mark.parametrize(("level", "code"), [("off", 0), ("warning", 0), ("error", 1)])
def test_a_loss_can_be_set(tmp_path: Path, level: str, code: int) -> None:
    hole = ROOT / "tests/rules/manifests/hole.toml"
    text = hole.read_text("utf-8").replace('["runtime"]\n', '["runtime"]\nfiles = ["/usr/bin/kata"]\n', 1)
    (tmp_path / "hole.toml").write_text(text, "utf-8")
    more = ("--target", "rpm-legacy", "--rule", f"hole-refused={level}")
    result = generated(str(tmp_path / "hole.toml"), "x", "1.1.0-1", "/usr/bin/kata", more=more)
    assert result.exit_code == code, result.output
    assert (f"{level}: hole-refused: " in result.stderr) is (level != "off")


def test_one_that_is_named_is_the_only_one(shared: Path, mine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (shared / "other.toml").write_text(FILES.replace("kata", "other"), "utf-8")
    monkeypatch.setenv("PKGGUARD_MANIFEST", mine)
    assert [one.path for one in rpm_files.candidates(None, {"PKGGUARD_MANIFEST": mine})] == [mine]
    assert lines(run("generator", "x", "1.1.0-1", paths=b"/usr/lib/other/x\n")) == []


def test_two_that_know_a_file_are_named_and_not_chosen_from(shared: Path) -> None:
    for name in ("one", "two"):
        (shared / f"{name}.toml").write_text(FILES, "utf-8")
    result = run("generator", "x", "1.1.0-1", paths=b"/usr/lib/kata/x\n")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "one.toml, " in result.stderr
    assert "name one with --manifest" in result.stderr


def test_a_broken_manifest_is_an_error(shared: Path) -> None:
    (shared / "broken.toml").write_text("manifest = 1\n", "utf-8")
    for words in (("pattern",), ("generator", "x", "1.1.0-1")):
        result = run(*words, paths=b"/usr/bin/x\n")
        assert (result.exit_code, result.stdout) == (3, "")
        assert "broken.toml: " in result.stderr
