"""Packages built by the real debputy of Debian 13 with the plugin, and with the debhelper addon beside it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from real.debian13 import Debian13
from real.source import CHANGELOG, RULES, built_field
from small_project import MANIFEST

from pkgguard import api

if TYPE_CHECKING:
    from collections.abc import Iterator

    from real.tools import Outcome

ROOT = Path(__file__).parents[2]
pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]

PLUGIN = "debputy-plugin-pkgguard"
ADDON = "dh-sequence-pkgguard"
MODES = {
    "full": "debputy",
    "zz-debputy": "debhelper-compat (= 13), dh-sequence-zz-debputy",
    "zz-debputy-rrr": "debhelper-compat (= 13), dh-sequence-zz-debputy-rrr",
}
NAMES = ("kata-runtime", "kata-image", "unrelated")
SOURCE = """\
Source: mine
Section: misc
Priority: optional
Maintainer: Nobody <nobody@example.org>
{driver}Build-Depends: {depends}
Standards-Version: 4.7.0
Rules-Requires-Root: no
"""
BINARY = "\nPackage: {}\nArchitecture: all\nDescription: test package\n Made for one test.\n"
FIELDS = ("Depends", "Recommends", "Breaks", "Conflicts", "Provides")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Debian13]:
    folder = tmp_path_factory.mktemp("debian13") / "system"
    made = Debian13.unpacked(folder)
    made.put_pkgguard()
    yield made
    shutil.rmtree(folder)


@dataclass
class Trial:
    """A source package inside the system: none of its packages uses a substvar of pkgguard's."""

    system: Debian13
    inside: str

    @property
    def folder(self) -> Path:
        return self.system.folder / self.inside.lstrip("/")

    def write(self, mode: str, depends: str, version: str = "1.1.0-1") -> Trial:
        driver = "Build-Driver: debputy\n" if mode == "full" else ""
        comma = ", " if depends else ""
        files = {
            "control": SOURCE.format(driver=driver, depends=f"{MODES[mode]}{comma}{depends}")
            + "".join(BINARY.format(name) for name in NAMES),
            "changelog": CHANGELOG.format(source="mine", version=version),
            "pkgguard.toml": MANIFEST,
            "source/format": "3.0 (native)\n",
        }
        if mode != "zz-debputy-rrr":
            files["debputy.manifest"] = "manifest-version: '0.1'\n"
        if mode != "full":
            files["rules"] = RULES
        for name, text in files.items():
            path = self.folder / "debian" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            path.chmod(0o755 if name == "rules" else 0o644)
        return self

    def build(self, *words: str, **environment: str) -> Outcome:
        return self.system.build(self.inside, *words, environment=environment)

    def said(self, name: str, version: str = "1.1.0-1") -> dict[str, set[str]]:
        deb = self.folder.parent / f"{name}_{version}_all.deb"
        return {
            field: {clause.strip() for clause in built_field(deb, field).split(",") if clause.strip()}
            for field in FIELDS
        }

    def assert_guarded(self) -> None:
        for name in NAMES[:2]:
            assert self.said(name) == wanted(name, "1.1.0-1")
        assert not any(self.said("unrelated").values())


def wanted(name: str, version: str) -> dict[str, set[str]]:
    generated = api.Project(api.parse_manifest(MANIFEST)).relations("deb", name, version)
    relations = [one.relation for one in generated.relations]
    return {field: {one.text for one in relations if one.field == field} for field in FIELDS}


@pytest.fixture
def trial(system: Debian13, tmp_path: Path) -> Trial:
    return Trial(system, f"/trials/{tmp_path.name}/mine")


@pytest.mark.parametrize("mode", ["full", "zz-debputy"])
def test_the_plugin_guards_what_debputy_builds(trial: Trial, mode: str) -> None:
    built = trial.write(mode, f"{PLUGIN} (>= 0.1)").build().checked()
    trial.assert_guarded()
    manifest = "relations by the manifest debian/pkgguard.toml (found here), project mine"
    assert f"pkgguard: kata-runtime 1.1.0-1: {manifest}\n" in built.output
    assert "warning" not in built.output


@pytest.mark.parametrize("mode", ["full", "zz-debputy"])
def test_a_package_is_guarded_in_the_version_that_debputy_gives_it(trial: Trial, mode: str) -> None:
    trial.write(mode, PLUGIN if mode == "full" else f"{ADDON}, {PLUGIN}", "9-1")
    if mode != "full":
        (trial.folder / "debian/rules").write_text(f"{RULES}\noverride_dh_pkgguard:\n", "utf-8")
    manifest = trial.folder / "debian/debputy.manifest"
    versions = {"kata-runtime": "1.1.0-1", "kata-image": "1.0.0-7"}
    entries = "".join(f"  {name}:\n    binary-version: '{one}'\n" for name, one in versions.items())
    manifest.write_text(f"{manifest.read_text('utf-8')}packages:\n{entries}", "utf-8")
    built = trial.build().checked()
    assert ("2 packages judged" in built.output) == (mode != "full")
    for name, version in versions.items():
        assert trial.said(name, version) == wanted(name, version)


def test_without_the_plugin_nothing_is_guarded(trial: Trial) -> None:
    trial.write("full", "").build().checked()
    assert not any(trial.said("kata-runtime").values())


@pytest.mark.parametrize("depends", [ADDON, f"{ADDON}, {PLUGIN}"])
@pytest.mark.parametrize("mode", ["zz-debputy", "zz-debputy-rrr"])
def test_the_debhelper_addon_works_beside_debputy_and_checks(trial: Trial, mode: str, depends: str) -> None:
    built = trial.write(mode, depends).build()
    if mode == "zz-debputy-rrr" and PLUGIN in depends:
        assert built.returncode
        assert "Plugins are not supported in the zz-debputy-rrr sequence" in built.output
        return
    built.checked()
    trial.assert_guarded()
    assert built.output.index("   dh_debputy\n") < built.output.index("   dh_pkgguard_check\n")
    assert (
        "2 packages judged, 1 not in the manifest (unrelated), 1 pair judged together, 0 errors"
        in built.output
    )
    assert "warning" not in built.output


def test_a_build_by_debputy_alone_is_checked_by_a_hook(trial: Trial) -> None:
    hook = "--hook-buildinfo=pkgguard debian check"
    checked = trial.write("full", PLUGIN).build(hook).checked()
    assert (
        "2 packages judged, 1 not in the manifest (unrelated), 1 pair judged together, 0 errors"
        in checked.output
    )
    refused = trial.write("full", "").build(hook)
    assert refused.returncode
    assert "error: admits-incompatible-peer" in refused.output


@pytest.mark.parametrize(
    ("old", "new", "version", "said"),
    [
        ("", "", "7.0.0-1", "7.0.0 is not a runtime release in the manifest"),
        ("[protocol.", "[protocl.", "1.1.0-1", "did you mean"),
        ("[package.", "[package.other-", "1.1.0-1", "knows none of its packages"),
    ],
    ids=["release", "manifest", "packages"],
)
@pytest.mark.parametrize("mode", ["full", "zz-debputy"])
def test_a_mistake_fails_the_build_and_says_what_to_do(
    trial: Trial, mode: str, old: str, new: str, version: str, said: str
) -> None:
    trial.write(mode, PLUGIN, version)
    (trial.folder / "debian/pkgguard.toml").write_text(MANIFEST.replace(old, new), "utf-8")
    built = trial.build()
    assert built.returncode
    assert "pkgguard: error: debian/" in built.output
    assert said in built.output
    assert "Traceback" not in built.output
    assert not list(trial.folder.parent.glob("*.deb"))


def test_a_manifest_named_by_the_variable_that_is_missing_fails_the_build(trial: Trial) -> None:
    built = trial.write("full", PLUGIN).build(PKGGUARD_MANIFEST="/not/there.toml")
    assert built.returncode
    assert "pkgguard: error: /not/there.toml: the manifest does not exist" in built.output


def test_what_is_missing_fails_the_build(trial: Trial) -> None:
    trial.write("full", PLUGIN)
    for path in ("usr/lib/python3/dist-packages/pkgguard", "usr/share/debputy/debputy/plugins/pkgguard.json"):
        found = trial.system.folder / path
        found.rename(found.with_name("moved"))
        try:
            built = trial.build()
        finally:
            found.with_name("moved").rename(found)
        assert built.returncode
        assert "pkgguard" in built.output.splitlines()[-2]


def test_debputys_own_runner_passes_the_tests_beside_the_plugin(trial: Trial) -> None:
    shutil.copytree(ROOT / "debian", trial.folder / "debian")
    done = trial.system.run("debputy", "autopkgtest-test-runner", cwd=trial.inside).checked()
    assert "5 passed" in done.output
