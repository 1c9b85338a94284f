"""A third family, which is one folder: everything works with it, and nothing outside names it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from small_project import MANIFEST

import pkgguard.families
from pkgguard import api, project
from pkgguard.families import lookup, registry
from pkgguard.versions.sets import Boundary

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FAMILIES = ROOT / "tests/families"
EXAMPLES = ("pause-container", "create-container")
PROGRAM = f"""
import sys
import pkgguard.families
pkgguard.families.__path__.append({str(FAMILIES)!r})
sys.argv[0] = "pkgguard"
from pkgguard.__main__ import main
main()
"""


def run(*words: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **variables},
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def generated_for_parcels(manifest: str | Path, name: str) -> subprocess.CompletedProcess[str]:
    return run("generate", "--family=parcel", "--manifest", manifest, name, "1.1.0+1")


def example(name: str) -> str:
    return f"examples/{name}/pkgguard.toml"


def write(path: Path, lines: str) -> Path:
    path.write_text(f"PARCEL1\n{lines}", "utf-8")
    return path


@pytest.fixture
def parcel() -> Iterator[Any]:
    """The family's object, in this process."""
    pkgguard.families.__path__.append(str(FAMILIES))
    registry.names.cache_clear()
    yield lookup.family("parcel")
    pkgguard.families.__path__.remove(str(FAMILIES))
    registry.names.cache_clear()
    lookup.family.cache_clear()


def test_the_families_are_the_folders(parcel: Any) -> None:
    assert {"deb", "parcel", "rpm"} <= set(registry.names())
    assert parcel.name == "parcel"


def test_what_it_cannot_read_is_still_compared_by_the_others(parcel: Any) -> None:
    package = api.make_package("deb", "kata-runtime", "1.1.0-1", {"Depends": "kata-image (>= 1.1.a)"})
    with pytest.raises(api.VersionError):
        parcel.key("1.1.a")
    checked = api.Project(api.parse_manifest(MANIFEST)).check_packages([package])
    assert "unordered-version" in {one.id for one in checked.findings}


def test_generate_writes_its_relations_by_its_own_template() -> None:
    done = generated_for_parcels(example("pause-container"), "kata-runtime")
    assert (done.returncode, done.stdout.splitlines()[1:]) == (
        0,
        [
            "needs: kata-containers-image >=1.1.0 <2.0.0-0",
            "refuses: kata-containers-image <1.1.0",
            "refuses: kata-containers-image >=2.0.0-0",
        ],
    )
    shown = " ".join(run("generate", "--help").stdout.split())
    assert re.search(r"\(default: .*control for deb, .*parcel for parcel, .*spec for rpm\)", shown)


def test_check_judges_its_files(tmp_path: Path) -> None:
    good = generated_for_parcels(example("pause-container"), "kata-runtime")
    lines = good.stdout.split("\n", 1)[1]
    head = "name: kata-runtime\nversion: 1.1.0+1\nmachine: any\n"
    guarded = write(tmp_path / "guarded.parcel", head + lines)
    loose = write(tmp_path / "loose.parcel", head + "needs: kata-containers-image >=1.0.0\n")
    old = write(tmp_path / "old.parcel", "name: kata-containers-image\nversion: 1.0.0+1\nmachine: any\n")
    odd = write(tmp_path / "odd.parcel", head + "needs: kata-containers-image ~1.0\n")
    assert run("check", "--manifest", example("pause-container"), guarded).returncode == 0
    done = run("check", "--format=json", "--manifest", example("pause-container"), loose, old)
    document = json.loads(done.stdout)
    assert done.returncode == 1
    rules = {one["id"] for one in document["findings"]}
    assert "admits-incompatible-peer" in rules
    assert [(one["compatible"], one["installable"]) for one in document["pairs"]] == [(False, True)]
    assert {one["family"] for one in document["packages"]} == {"parcel"}
    done = run("check", "--manifest", example("pause-container"), odd)
    assert (done.returncode, "error: malformed-relation" in done.stdout) == (1, True)


def test_a_manifest_names_its_packages(tmp_path: Path) -> None:
    text = (ROOT / example("pause-container")).read_text("utf-8")
    renamed = tmp_path / "pkgguard.toml"
    head = "[package.kata-runtime]\n"
    assert head in text
    renamed.write_text(text.replace(head, f'{head}parcel = "runtime-parcel"\n'), "utf-8")
    shown = run("manifest", "show", "--format=toml", renamed)
    assert 'parcel = "runtime-parcel"' in shown.stdout, shown.stderr
    assert generated_for_parcels(renamed, "runtime-parcel").returncode == 0
    renamed.write_text(text.replace(head, f'{head}parcel = "Runtime"\n'), "utf-8")
    checked = run("manifest", "check", renamed)
    assert checked.returncode == 1
    assert "'Runtime' is not a valid parcel package name" in checked.stdout + checked.stderr
    # To pkgguard without the folder the word means nothing.
    plain = subprocess.run(
        [sys.executable, "-m", "pkgguard", "manifest", "check", renamed],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert "parcel" in plain.stdout + plain.stderr
    assert plain.returncode == 1


def test_completion_offers_it_and_its_files(tmp_path: Path) -> None:
    write(tmp_path / "one.parcel", "")
    write(tmp_path / "one.txt", "")

    def completed(line: str) -> str:
        variables = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
        return run(_PKGGUARD_COMPLETE="bash_complete", **variables).stdout

    assert "parcel" in completed("pkgguard generate --family par")
    assert completed(f"pkgguard check {tmp_path}/one").split("\n")[0].endswith("one.parcel")


@pytest.mark.parametrize("name", EXAMPLES)
def test_its_generated_relations_let_in_exactly_what_works(parcel: Any, name: str) -> None:
    manifest = api.read_manifest(ROOT / example(name))
    releases = {one: manifest.components[one].releases for one in ("runtime", "agent")}
    packages = {
        (entry, release.text): built(manifest, entry, f"{release.text}+1")
        for entry, component in (("kata-runtime", "runtime"), ("kata-containers-image", "agent"))
        for release in releases[component]
    }
    seen = set()
    for client, server in product(*releases.values()):
        pair = (packages["kata-runtime", client.text], packages["kata-containers-image", server.text])
        verdict = api.Project(manifest).compatible({"runtime": client.text, "agent": server.text})
        assert parcel.coinstallable(pair).installable is verdict.compatible, (client, server)
        seen.add(verdict.compatible)
    assert seen == {True, False}


def built(manifest: api.Manifest, name: str, version: str) -> api.Package:
    generated = api.Project(manifest).relations("parcel", name, version)
    lines: dict[str, list[str]] = {}
    for one in generated.relations:
        lines.setdefault(one.relation.field, []).append(one.relation.text)
    package = api.make_package("parcel", name, version, lines)
    assert [str(one) for one in package.relations] == [str(one.relation) for one in generated.relations]
    return package


def test_what_it_has_no_bound_for_is_a_loss(parcel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a version below all prereleases of 2.0.0 the bound lies lower, where it can be written."""
    manifest = api.read_manifest(ROOT / example("pause-container"))
    assert api.Project(manifest).relations("parcel", "kata-runtime", "1.1.0+1").losses == ()
    bare = type(parcel.releases)(least="")
    monkeypatch.setattr(lookup, "family", lambda _name: replaced(parcel, bare))
    monkeypatch.setattr(project, "family", lambda _name: replaced(parcel, bare))
    generated = api.Project(manifest).relations("parcel", "kata-runtime", "1.1.0+1")
    (loss,) = generated.losses
    assert (loss.peer, "2.0.0" in loss.message) == ("kata-containers-image", True)
    newest = manifest.components["agent"].newest
    (needed, *_) = generated.relations
    assert needed.relation.text == f"kata-containers-image >=1.1.0 <{newest.next_patch}"
    position = Boundary.before(parcel.key("2.0.0-rc.1"))
    package = api.make_package("parcel", "kata-runtime", "1.1.0+1", {"needs": needed.relation.text})
    assert position not in parcel.admitted(package, pkgguard.families.interface.Peer("kata-containers-image"))


def replaced(family: Any, releases: Any) -> Any:
    return family._replace(releases=releases)


def test_nothing_outside_its_folder_names_it() -> None:
    folders = [ROOT / name for name in ("pkgguard", "templates", "debian", "rpm")]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix not in {".pyc", ".deb"}]
    texts = {path: path.read_bytes().lower() for path in (*files, ROOT / "README.md") if path.is_file()}
    assert len(texts) > 150
    assert [path for path, text in texts.items() if b"parcel" in text] == []


def test_the_fix_of_a_parcel_has_a_line_for_each_clause(tmp_path: Path) -> None:
    head = "name: kata-runtime\nversion: 1.1.0\nmachine: any\nneeds: libc\n"
    path = write(tmp_path / "r.parcel", f"{head}needs: kata-containers-image >=1.0.0\n")
    manifest = ("--manifest", example("pause-container"))
    done = run("check", *manifest, path)
    assert done.returncode == 1
    generated = run("generate", "--family=parcel", "--quiet", *manifest, "kata-runtime", "1.1.0")
    lines = [line for line in generated.stdout.splitlines() if not line.startswith("#")]
    assert len(lines) > 1
    steps = "  fix: remove needs: kata-containers-image >=1.0.0; add needs, refuses"
    assert "\n".join((steps, *lines)) in done.stdout
    write(path, head + "".join(f"{line}\n" for line in lines))
    assert run("check", *manifest, path).returncode == 0


def test_diff_compares_its_relations(parcel: Any) -> None:
    old, new = api.parse_manifest(MANIFEST.split("[[change]]")[0]), api.parse_manifest(MANIFEST)
    result = api.generated_difference(old, new)
    changes = next(one.changes for one in result.relations if one.family == parcel.name)
    assert [tuple(map(str, one)) for one in changes] == [
        ("needs: kata-image >=1.0.0 <2.0.0-0", "needs: kata-image >=1.1.0 <2.0.0-0"),
        ("refuses: kata-image <1.0.0", "refuses: kata-image <1.1.0"),
    ]


def test_diff_compares_its_packages(tmp_path: Path) -> None:
    head = "name: kata-runtime\nversion: 1.1.0+1\nmachine: any\n"
    old = write(tmp_path / "old.parcel", f"{head}needs: kata-containers-image >=1.0.0\n")
    new = write(tmp_path / "new.parcel", f"{head}needs: kata-containers-image >=1.1.0\n")
    done = run("diff", "--quiet", "--manifest", example("pause-container"), old, new)
    assert done.returncode == 1
    assert "  + needs: kata-containers-image >=1.1.0\nrefused: kata-containers-image 1.0.0" in done.stdout
    done = run("diff", "--quiet", "--manifest", example("pause-container"), "--generated", new)
    assert "  + refuses: kata-containers-image <1.1.0\n" in done.stdout
