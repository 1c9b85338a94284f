"""A manifest that extends another one: the sum, where each part stands, and what commands make of it."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest
from limits import cpu_below
from runner import run, said
from small_project import deb

from pkgguard import api
from pkgguard.check import levels
from pkgguard.errors import ManifestError, ManifestLimitError
from pkgguard.manifest import catalog, limits
from pkgguard.manifest.serialize import as_document, write_manifest

BASE = """\
manifest = 1
project = "kata"
[component.runtime]
releases = ["1.0.0", "1.1.0", "1.2.0"]
[component.agent]
releases = ["1.0.0", "1.1.0", "1.2.0"]
[package.kata-runtime]
carries = ["runtime"]
peers = ["kata-image"]
[package.kata-image]
carries = ["agent"]
[package.kata-image.rpm]
name = "image"
epoch = { "1.0.0" = 0, "1.1.0" = 2 }
[protocol.agent]
client = ["runtime"]
server = "agent"
[[change]]
protocol = "agent"
kind = "added"
what = ["Pause", "Resume"]
server = ["1.1.0", "1.0.0"]
client = "1.1.0"
because = "docker pause"
[[change]]
id = "transport"
protocol = "agent"
kind = "changed"
what = "transport"
server = "1.2.0"
client = "1.2.0"
because = "ttrpc"
[[broken]]
component = "agent"
release = "1.1.0"
because = "it crashes"
[policy]
mode = "window"
window = { older = 1, newer = 0 }
[rules]
all = "off"
broken-release = "error"
"""
ADDED = """\
manifest = 1
extends = "base.toml"
"""


def put(folder: Path, text: str, name: str = "pkgguard.toml", base: str = BASE) -> Path:
    (folder / "base.toml").write_text(base, "utf-8")
    (folder / name).write_text(ADDED + text, "utf-8")
    return folder / name


def total(folder: Path, text: str) -> api.Manifest:
    return api.read_manifest(put(folder, text))


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "installed").mkdir()
    monkeypatch.setattr(catalog, "INSTALLED", tmp_path / "installed")
    monkeypatch.delenv("PKGGUARD_MANIFEST", raising=False)


def test_without_additions_it_is_the_other_manifest(tmp_path: Path) -> None:
    found = total(tmp_path, "")
    assert as_document(found) == as_document(api.parse_manifest(BASE))
    assert [one.path for one in found.files] == [str(tmp_path / "pkgguard.toml"), str(tmp_path / "base.toml")]


def test_keys_replace_keys_and_tables_are_merged(tmp_path: Path) -> None:
    found = total(
        tmp_path,
        'project = "acme"\n'
        "[package.kata-runtime]\npeers = []\n"
        '[package.kata-image]\ntitle = "image"\nrpm = { epoch = { "1.2.0" = 3 } }\n'
        '[policy]\nhorizon = "none"\nwindow = { older = 2 }\n'
        '[protocol.agent]\nprovides = "agent-api"\n',
    )
    assert found.project == "acme"
    assert found.packages["kata-runtime"].peers == ()
    image = found.packages["kata-image"]
    assert (image.title, image.shipping["rpm"].name) == ("image", "image")
    epochs = [(str(start), epoch) for start, epoch in image.shipping["rpm"].epochs]
    assert epochs == [("1.0.0", ""), ("1.1.0", "2"), ("1.2.0", "3")]
    assert (found.policy.mode, found.policy.window, found.policy.horizon) == ("window", (2, 0), "none")
    assert found.protocols["agent"].provides == "agent-api"


def test_a_value_replaces_a_table_with_all_that_is_in_it(tmp_path: Path) -> None:
    found = total(tmp_path, "[package.kata-image]\nrpm = false\n")
    assert list(found.packages["kata-image"].shipping) == ["deb"]
    found = total(tmp_path, "[policy]\nwindow = 3\n")
    assert found.policy.window == (3, 3)


def test_releases_are_added_in_order_and_may_be_listed_twice(tmp_path: Path) -> None:
    found = total(tmp_path, '[component.agent]\nreleases = ["1.3.0", "1.1.1", "1.0.0"]\n')
    listed = [str(one) for one in found.components["agent"].releases]
    assert listed == ["1.0.0", "1.1.0", "1.1.1", "1.2.0", "1.3.0"]
    assert (
        total(tmp_path, '[component.agent]\nreleases = "1.3.0"\n').components["agent"].newest.text == "1.3.0"
    )


SHARED = BASE.replace(
    '[component.agent]\nreleases = ["1.0.0", "1.1.0", "1.2.0"]', '[component.agent]\nreleases_of = "runtime"'
)


def test_a_list_that_is_shared_grows_for_both(tmp_path: Path) -> None:
    text = '[component.runtime]\nreleases = ["1.3.0"]\n'
    found = api.read_manifest(put(tmp_path, text, base=SHARED))
    assert found.components["agent"].releases == found.components["runtime"].releases
    assert found.components["agent"].newest.text == "1.3.0"


def test_releases_that_are_added_to_a_shared_list_make_one_of_its_own(tmp_path: Path) -> None:
    text = '[component.agent]\nreleases = ["1.2.1", "1.x"]\n'
    with pytest.raises(ManifestError) as caught:
        api.read_manifest(put(tmp_path, text, base=SHARED.replace("1.0.0", "1.0", 1)))
    places = {(Path(one.path).name, one.line) for one in caught.value.mistakes if "version" in one.message}
    assert places == {("pkgguard.toml", 4), ("base.toml", 4)}
    found = api.read_manifest(put(tmp_path, text.replace(', "1.x"', ""), base=SHARED))
    listed = [str(one) for one in found.components["agent"].releases]
    assert listed == ["1.0.0", "1.1.0", "1.2.0", "1.2.1"]
    assert found.components["runtime"].newest.text == "1.2.0"
    positions = found.places.every(("component", "agent", "releases"))
    assert [(Path(one.path).name, one.line) for one in positions] == [("base.toml", 4), ("pkgguard.toml", 4)]


def test_a_list_can_become_a_shared_one(tmp_path: Path) -> None:
    found = total(tmp_path, '[component.agent]\nreleases_of = "runtime"\n')
    assert found.components["agent"].releases_of == "runtime"
    with pytest.raises(ManifestError, match="has no effect beside releases_of"):
        total(tmp_path, '[component.agent]\nreleases_of = "runtime"\nreleases = ["1.3.0"]\n')


def test_rules_of_the_nearer_manifest_come_last(tmp_path: Path) -> None:
    found = total(tmp_path, '[rules]\nno-common-version = "error"\nall = "info"\n')
    assert list(found.rules) == ["broken-release", "no-common-version", "all"]
    assert {name: level for name, (level, _) in found.rules.items()}["all"] == "info"
    assert api.select_rules(found).chosen == {}
    assert api.select_rules(total(tmp_path, '[rules]\nno-common-version = "error"\n')).all == "off"


def test_new_tables_and_entries_follow_those_of_the_base(tmp_path: Path) -> None:
    found = total(
        tmp_path,
        '[component.shim]\nreleases = ["1.0.0"]\n[package.kata-shim]\ncarries = ["shim"]\n'
        '[protocol.shim]\nclient = ["runtime"]\nserver = "shim"\n'
        '[[change]]\nprotocol = "shim"\nkind = "compatible"\nwhat = "x"\nbecause = "x"\n'
        '[[broken]]\ncomponent = "agent"\nrelease = "1.0.0"\nbecause = "x"\n',
    )
    assert list(found.packages) == ["kata-runtime", "kata-image", "kata-shim"]
    assert [one.reference for one in found.changes] == ["Pause@1.1.0", "transport", "x"]
    assert [str(one.release) for one in found.broken] == ["1.1.0", "1.0.0"]


REPLACED = """\
[[change]]
replaces = "{name}"
protocol = "agent"
kind = "added"
what = ["Pause"]
server = "1.1.0"
client = "1.2.0"
because = "our 1.1.0 does not pause"
"""


@pytest.mark.parametrize("name", ["Pause@1.1.0", "Resume@1.1.0", "Pause@1.0.0"])
def test_a_change_is_replaced_by_any_of_its_names(tmp_path: Path, name: str) -> None:
    found = total(tmp_path, REPLACED.format(name=name))
    pause, transport = found.changes
    assert (pause.what, pause.because) == (("Pause",), "our 1.1.0 does not pause")
    assert transport.id == "transport"
    (taken,) = found.taken_out
    assert (taken.reference, taken.is_replaced) == ("Pause@1.1.0", True)
    assert (taken.position.line, taken.by.line) == (18, 3)
    assert [str(one) for one in pause.client["runtime"]] == ["1.2.0"]


@pytest.mark.parametrize("name", ["transport", "transport@1.2.0"])
def test_a_change_is_dropped_by_its_id_or_by_what_it_is_about(tmp_path: Path, name: str) -> None:
    found = total(tmp_path, f'[[dropped]]\nchange = "{name}"\nbecause = "we stay"\nsee = ["acme#1"]\n')
    assert [one.reference for one in found.changes] == ["Pause@1.1.0"]
    (taken,) = found.taken_out
    assert (taken.reference, taken.because, taken.see, taken.is_replaced) == (
        "transport", "we stay", ("acme#1",), False,
    )  # fmt: skip


def test_a_release_in_a_name_is_read_in_the_scheme_of_the_component(tmp_path: Path) -> None:
    base = BASE.replace('[component.agent]\nreleases = ["1.0.0", "1.1.0", "1.2.0"]', _NUMBERS)
    base = base.replace('server = ["1.1.0", "1.0.0"]', 'server = "23.03.1"')
    base = base.replace('server = "1.2.0"', 'server = "24.1"').replace(
        'release = "1.1.0"', 'release = "22.1"'
    )
    base = base.replace('epoch = { "1.0.0" = 0, "1.1.0" = 2 }\n', "")
    text = REPLACED.format(name="Resume@23.3.1").replace('server = "1.1.0"', 'server = "24.1"')
    found = api.read_manifest(put(tmp_path, text, base=base))
    assert [one.reference for one in found.changes] == ["Pause@24.1", "transport"]


_NUMBERS = '[component.agent]\nscheme = "numbers"\nreleases = ["22.1", "23.03.1", "24.1"]'


def test_a_change_without_a_server_release_is_named_by_the_thing_alone(tmp_path: Path) -> None:
    base = BASE + '[[change]]\nprotocol = "agent"\nkind = "compatible"\nwhat = "logs"\nbecause = "x"\n'
    text = '[[dropped]]\nchange = "logs"\nbecause = "x"\n'
    assert len(api.read_manifest(put(tmp_path, text, base=base)).changes) == 2


def test_manifests_in_a_row_each_replace_what_is_below_them(tmp_path: Path) -> None:
    put(tmp_path, REPLACED.format(name="Pause@1.1.0").replace("1.2.0", "1.1.0"), "middle.toml")
    (tmp_path / "top.toml").write_text(
        'manifest = 1\nextends = "./middle.toml"\n'
        + REPLACED.format(name="Pause@1.1.0").replace('"Pause"]', '"Pause"]\nneed = "optional"'),
    )
    found = api.read_manifest(tmp_path / "top.toml")
    assert [one.need for one in found.changes] == ["optional", "required"]
    assert [Path(one.position.path).name for one in found.taken_out] == ["base.toml", "middle.toml"]
    assert [Path(one.by.path).name for one in found.taken_out] == ["middle.toml", "top.toml"]
    assert [one.position.inherited for one in found.changes] == [False, True]


def test_a_second_client_leaves_the_releases_to_the_first(tmp_path: Path) -> None:
    base = BASE.replace('server = "agent"\n', 'server = "agent"\nguarded_since = "1.2.0"\n', 1)
    text = (
        '[component.shim]\nreleases = ["1.0.0"]\n[package.kata-shim]\ncarries = ["shim"]\n'
        '[protocol.agent]\nclient = ["runtime", "shim"]\n'
    )
    found = api.read_manifest(put(tmp_path, text, base=base))
    assert [list(one.client) for one in found.changes] == [["runtime"], ["runtime"]]
    assert list(found.protocols["agent"].guarded_since) == ["runtime"]


# ------------------------------------------------------------------ the manifests that are extended


def test_a_built_in_one_by_its_name() -> None:
    found = api.parse_manifest('manifest = 1\nextends = "kata"\n[package.kata-agent]\ndeb = "agent"\n')
    whole = as_document(api.built_in().manifest)
    whole["package"]["kata-agent"]["deb"] = "agent"
    assert as_document(found) == whole


def test_an_installed_one_by_its_name_and_a_built_in_name_always_means_the_built_in_one(
    tmp_path: Path,
) -> None:
    (tmp_path / "installed/mine.toml").write_text(BASE, "utf-8")
    (tmp_path / "installed/cri.toml").write_text(BASE, "utf-8")
    assert api.parse_manifest('manifest = 1\nextends = "mine"\n').project == "kata"
    assert (
        api.parse_manifest('manifest = 1\nextends = "cri"\n').project == api.built_in("cri").manifest.project
    )
    with pytest.raises(ManifestError, match="did you mean 'mine'"):
        api.parse_manifest('manifest = 1\nextends = "mines"\n')


def test_a_text_has_no_files_beside_it() -> None:
    with pytest.raises(ManifestError, match=r"there is no file 'base\.toml' beside this manifest"):
        api.parse_manifest(ADDED)


def test_a_path_is_relative_to_the_folder_of_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "debian").mkdir()
    (tmp_path / "pkgguard.toml").write_text(BASE, "utf-8")
    path = tmp_path / "debian/pkgguard.toml"
    path.write_text('manifest = 1\nextends = "../pkgguard.toml"\n', "utf-8")
    assert [one.path for one in api.read_manifest(Path("debian/pkgguard.toml")).files] == [
        "debian/pkgguard.toml", "pkgguard.toml",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["fifo", "device", "folder"])
def test_only_regular_files_are_opened(tmp_path: Path, kind: str) -> None:
    path = put(tmp_path, "")
    (tmp_path / "base.toml").unlink()
    if kind == "fifo":
        os.mkfifo(tmp_path / "base.toml")
    elif kind == "device":
        (tmp_path / "base.toml").symlink_to("/dev/zero")
    else:
        (tmp_path / "base.toml").mkdir()
    with pytest.raises(ManifestError, match=r"base\.toml cannot be read: is not a regular file"):
        api.read_manifest(path)


def row(folder: Path, count: int) -> Path:
    (folder / "0.toml").write_text(BASE, "utf-8")
    for number in range(1, count + 1):
        (folder / f"{number}.toml").write_text(f'manifest = 1\nextends = "{number - 1}.toml"\n', "utf-8")
    return folder / f"{count}.toml"


def test_a_row_of_manifests_has_an_end(tmp_path: Path) -> None:
    assert len(api.read_manifest(row(tmp_path, limits.EXTENDED)).files) == limits.EXTENDED + 1
    with pytest.raises(ManifestError, match="leads to more than 8 manifests") as caught:
        api.read_manifest(row(tmp_path, limits.EXTENDED + 1))
    assert Path(caught.value.mistakes[0].path).name == "1.toml"


def test_a_circle_through_a_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "base.toml").symlink_to("pkgguard.toml")
    (tmp_path / "pkgguard.toml").write_text(ADDED, "utf-8")
    with pytest.raises(ManifestError, match="leads back to the same manifest"):
        api.read_manifest("pkgguard.toml")


def test_all_together_have_the_limits_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, "# " + "x" * 1000)
    for name, most in (("LARGEST", 1500), ("VALUES", 60), ("TABLES", 10)):
        with monkeypatch.context() as patched:
            patched.setattr(f"pkgguard.manifest.extend.{name}", most)
            with pytest.raises(ManifestLimitError, match="with those of the manifests that it extends"):
                api.read_manifest(path)
    assert api.read_manifest(path).project == "kata"


def test_an_extended_manifest_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = put(tmp_path, "")
    (tmp_path / "base.toml").write_bytes(b"#" * (limits.LARGEST + 1))
    with pytest.raises(ManifestLimitError) as caught:
        api.read_manifest(path)
    assert Path(caught.value.path).name == "base.toml"
    result = run("manifest", "check", path)
    assert (result.exit_code, "base.toml" in result.stderr) == (3, True)


# ------------------------------------------------------------------ what commands make of it

ADDITION = """\
[component.agent]
releases = ["1.3.0"]
[package.kata-image]
deb = "acme-image"
[policy]
mode = "protocol"
[rules]
broken-release = "warning"
[[dropped]]
change = "transport"
because = "we stay with the old one"
"""


def test_the_sum_as_toml_is_a_manifest_with_the_place_of_each_part() -> None:
    found = api.read_manifest(put(Path(), ADDITION))
    text = run("manifest", "show", "--format", "toml").stdout
    assert as_document(api.parse_manifest(text)) == as_document(found)
    assert as_document(api.parse_manifest(write_manifest(found))) == as_document(found)
    assert text.splitlines()[:2] == [
        "# pkgguard.toml extends base.toml",
        "# dropped: transport (base.toml:25), by pkgguard.toml:11: we stay with the old one",
    ]
    for line in (
        'releases = [ "1.0.0", "1.1.0", "1.2.0", "1.3.0",]  # base.toml:6, pkgguard.toml:4',
        "[component.runtime]  # base.toml:3",
        "[component.agent]  # base.toml:5, pkgguard.toml:3",
        'deb = "acme-image"  # pkgguard.toml:6',
        'mode = "protocol"  # pkgguard.toml:8',
        "[policy.window]  # base.toml:39",
        "[[change]]  # base.toml:18",
        'broken-release = "warning"  # pkgguard.toml:10',
        'all = "off"  # base.toml:41',
    ):
        assert line in text.splitlines()


def test_a_manifest_that_extends_none_has_no_comments() -> None:
    (Path() / "pkgguard.toml").write_text(BASE, "utf-8")
    assert "#" not in run("manifest", "show", "--format", "toml").stdout
    assert "pkgguard.toml:" not in run("manifest", "show").stdout


def test_the_sum_as_data() -> None:
    put(Path(), ADDITION)
    document = json.loads(run("manifest", "show", "--format", "json").stdout)
    assert document["files"] == [
        {"path": "pkgguard.toml", "built_in": False},
        {"path": "base.toml", "built_in": False},
    ]
    places = {tuple(one["place"]): one["positions"] for one in document["origins"]}
    assert places["component", "agent", "releases"] == [
        {"path": "base.toml", "line": 6},
        {"path": "pkgguard.toml", "line": 4},
    ]
    assert places["package", "kata-image", "deb"] == [{"path": "pkgguard.toml", "line": 6}]
    assert places["package", "kata-image", "rpm", "name"] == [{"path": "base.toml", "line": 13}]
    assert places["change", 0] == [{"path": "base.toml", "line": 18}]
    assert document["taken_out"] == [
        {
            "change": "transport",
            "position": {"path": "base.toml", "line": 25},
            "by": {"path": "pkgguard.toml", "line": 11},
            "because": "we stay with the old one",
            "see": [],
            "replaced": False,
        }
    ]


def test_the_sum_as_text() -> None:
    put(Path(), ADDITION)
    lines = run("manifest", "show").stdout.splitlines()
    assert "pkgguard.toml extends base.toml" in lines
    assert "  component agent: 4 releases, 1.0.0 to 1.3.0 (base.toml:5, pkgguard.toml:3)" in lines
    assert "  component runtime: 3 releases, 1.0.0 to 1.2.0 (base.toml:3)" in lines
    assert lines[-2] == "  broken     agent 1.1.0: it crashes (base.toml:33)"
    assert lines[-1] == "  dropped: transport (base.toml:25), by pkgguard.toml:11: we stay with the old one"


def test_a_package_of_each_series_has_the_place_of_its_table(tmp_path: Path) -> None:
    table = '[package.kata-image]\ncarries = ["agent"]\n'
    base = BASE.replace(table, table + 'deb = "image-{major}.{minor}"\n')
    put(tmp_path, '[package.kata-image]\ntitle = "x"\n', base=base)
    text = run("manifest", "show").stdout
    place = "(base.toml:10, pkgguard.toml:3)"
    assert f"package kata-image-1.2 carries agent, deb: image-1.2, series 1.2 {place}" in text
    toml = run("manifest", "show", "--format", "toml").stdout
    assert '[package."kata-image-1.2"]  # base.toml:10, pkgguard.toml:3' in toml


def test_advice_and_mistakes_name_the_file() -> None:
    base = BASE.replace('because = "docker pause"\n', "")
    path = put(
        Path(),
        '[[change]]\nprotocol = "agent"\nkind = "added"\nwhat = "x"\nserver = "1.1.0"\nclient = "1.1.0"\n',
        base=base,
    )
    path.write_text(path.read_text("utf-8") + '[rules]\nall = "warning"\n', "utf-8")
    result = run("manifest", "check", "--format", "json", "--fail-on", "warning")
    document = json.loads(result.stdout)
    found = [(one["path"], one["line"]) for one in document["advice"] if one["id"] == "change-without-reason"]
    assert found == [("pkgguard.toml", 3), ("base.toml", 18)]
    github = run("manifest", "check", "--format", "github").stdout
    assert "file=base.toml,line=18" in github
    assert "file=pkgguard.toml,line=3" in github
    path.write_text(path.read_text("utf-8") + "nonsense = 1\n", "utf-8")
    (Path() / "base.toml").write_text(base + "nonsense = 2\n", "utf-8")
    stderr = run("generate", "kata-runtime", "1.1.0-1").stderr
    assert stderr.startswith("pkgguard: pkgguard.toml: ")
    (Path() / "base.toml").write_text(base.replace("[policy]\n", "[policy]\nnonsense = 2\n"), "utf-8")
    stderr = run("generate", "kata-runtime", "1.1.0-1").stderr
    assert "  base.toml: line 37: [policy] nonsense: unknown key" in stderr


def test_reasons_name_the_file() -> None:
    put(Path(), "")
    reasons = json.loads(run("explain", "kata-runtime", "1.2.0-1", "--format", "json").stdout)["guards"][0][
        "reasons"
    ]
    by_what = {tuple(one["what"]): (one["path"], one["line"]) for one in reasons}
    assert by_what["transport",] == ("base.toml", 25)
    text = run("explain", "kata-runtime", "1.2.0-1").stdout
    assert "transport, which" in text
    assert "from base.toml:25" in text
    put(Path(), REPLACED.format(name="Pause@1.1.0"))
    assert "base.toml:18" not in run("explain", "kata-runtime", "1.2.0-1").stdout


@pytest.mark.parametrize("form", ["sarif", "github", "gitlab", "junit"])
def test_findings_point_at_the_file_of_the_change(tmp_path: Path, form: str) -> None:
    put(Path(), '[rules]\nall = "error"\n')
    (tmp_path / "debs").mkdir()
    package = deb(tmp_path / "debs", "kata-runtime", "1.2.0-1", "Depends: kata-image\n")
    stdout = run("check", package, "--format", form).stdout
    assert "base.toml" in stdout
    assert "pkgguard.toml" not in stdout.replace("pkgguard.toml (found here)", "")


def test_a_built_in_file_is_no_place_in_a_checkout(tmp_path: Path) -> None:
    (tmp_path / "pkgguard.toml").write_text('manifest = 1\nextends = "kata"\n', "utf-8")
    (tmp_path / "debs").mkdir()
    package = deb(tmp_path / "debs", "kata-runtime", "1.2.0-1", "Depends: kata-containers-image\n")
    for form in ("sarif", "github"):
        assert "kata.toml" not in run("check", package, "--format", form).stdout


def test_diff_compares_sums() -> None:
    put(Path(), ADDITION.replace('mode = "protocol"', 'mode = "window"'))
    result = run("diff", "base.toml", "pkgguard.toml")
    assert result.exit_code == 1
    assert "added: agent 1.3.0" in result.stdout
    assert "allowed: runtime 1.2.0 with agent 1.0.0" not in result.stdout
    assert run("diff", "base.toml", "base.toml").exit_code == 0


def test_a_manifest_that_is_named_may_be_a_built_in_one(tmp_path: Path) -> None:
    assert said(run("manifest", "show", "cri")).startswith("manifest: cri.toml (built in)")
    assert run("manifest", "check", "kata").exit_code == 0
    assert said(run("explain", "kubelet", "1.27.0-1", "--manifest", "cri")).endswith(
        "(built in), project cri"
    )
    assert run("diff", "kata", "kata").exit_code == 0
    named = run("manifest", "show", env={"PKGGUARD_MANIFEST": "cri"})
    assert said(named).startswith("manifest: cri.toml (built in)")
    # A checkout cannot put another one in its place.
    (tmp_path / "cri").write_text(BASE, "utf-8")
    assert said(run("manifest", "show", "cri")).startswith("manifest: cri.toml (built in)")
    assert "project kata" in said(run("manifest", "show", tmp_path / "cri"))
    assert "does not exist" in run("manifest", "show", "kat").stderr


# ------------------------------------------------------------------ installed ones

EXTENDS_KATA = 'manifest = 1\nextends = "kata"\n[package.kata-runtime]\ndeb = "acme-runtime"\n'


def test_an_installed_one_takes_the_place_of_the_built_in_one(tmp_path: Path) -> None:
    path = tmp_path / "installed/acme.toml"
    path.write_text(EXTENDS_KATA, "utf-8")
    line = f"manifest: {path} (installed), project kata-containers"
    for words in (
        ("generate", "kata-containers-image", "1.1.0-1"),
        ("generate", "acme-runtime", "1.1.0-1"),
        ("compatible", "runtime=1.1.0", "agent=1.1.0"),
        ("manifest", "show"),
    ):
        assert said(run(*words)) == line
    assert said(run("generate", "kubelet", "1.27.0-1")).endswith("(built in), project cri")
    cri = said(run("compatible", "kubelet=1.27.0-1", "containerd=1.7.0-1"))
    assert cri.endswith("(built in), project cri")
    choice = api.choose()
    assert [one.path for one in choice.among] == ["cri.toml", str(path)]
    assert choice.of("deb", "kata-runtime") is None
    assert choice.default.path == str(path)


def test_of_two_in_a_row_the_last_one_remains(tmp_path: Path) -> None:
    (tmp_path / "installed/acme.toml").write_text(EXTENDS_KATA, "utf-8")
    other = tmp_path / "installed/branch.toml"
    other.write_text('manifest = 1\nextends = "acme"\n[component.agent]\nreleases = ["9.0.0"]\n', "utf-8")
    assert api.find_manifest(packages=["acme-runtime"]).path == str(other)
    other.write_text(
        'manifest = 1\nextends = "./acme.toml"\n[component.agent]\nreleases = ["9.0.0"]\n', "utf-8"
    )
    assert api.find_manifest(packages=["acme-runtime"]).path == str(other)


def test_two_that_extend_the_same_one_are_named(tmp_path: Path) -> None:
    for name in ("acme", "branch"):
        (tmp_path / f"installed/{name}.toml").write_text(EXTENDS_KATA, "utf-8")
    result = run("generate", "kata-containers-image", "1.1.0-1")
    assert result.exit_code == 3
    assert "acme.toml" in result.stderr
    assert "branch.toml" in result.stderr
    assert "kata.toml" not in result.stderr


def test_an_installed_one_with_a_mistake_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "installed/acme.toml").write_text(EXTENDS_KATA + "no = 1\n", "utf-8")
    (tmp_path / "debs").mkdir()
    package = deb(tmp_path / "debs", "kata-containers-image", "1.1.0-1", "Depends: x\n")
    assert run("check", package).exit_code == 3


def test_the_example_is_what_the_documentation_says() -> None:
    root = Path(__file__).parents[2]
    example = root / "examples/extends-kata/pkgguard.toml"
    found, kata = api.read_manifest(example), api.built_in().manifest
    assert len(found.changes) == len(kata.changes) - 1
    assert [one.is_replaced for one in found.taken_out] == [True, False]
    result = api.difference(kata, found)
    assert result.total(allowed=True) == 26
    assert result.total(allowed=False) == 0
    shown = (root / "docs/manifest.md").read_text("utf-8").split("## Extending a manifest")[1]
    block = tomllib.loads(shown.split("```toml\n")[1].split("```")[0])
    whole = tomllib.loads(example.read_text("utf-8"))
    assert block["dropped"][0]["change"] == whole["dropped"][0]["change"]
    assert {key: block["change"][0][key] for key in ("replaces", "what", "server")} == {
        key: whole["change"][0][key] for key in ("replaces", "what", "server")
    }


def test_commands_add_to_the_manifest_itself() -> None:
    path = put(Path(), '[component.agent]\nreleases = ["1.3.0"]\n')
    base = Path("base.toml").read_text("utf-8")
    words = ("manifest", "release", "1.4.0", "--component", "agent", "--component", "runtime")
    assert run(*words).exit_code == 0
    given = {"protocol": "agent", "kind": "added", "what": "Trace", "server": "1.4.0", "client": "1.4.0"}
    options = [word for key, value in given.items() for word in (f"--{key}", value)]
    assert run("manifest", "change", *options, "--because", "x").exit_code == 0
    found = api.read_manifest(path)
    assert [one.newest.text for one in found.components.values()] == ["1.4.0", "1.4.0"]
    assert found.changes[-1].reference == "Trace@1.4.0"
    assert tomllib.loads(path.read_text("utf-8")) == {
        "manifest": 1,
        "extends": "base.toml",
        "component": {"agent": {"releases": ["1.3.0", "1.4.0"]}, "runtime": {"releases": ["1.4.0"]}},
        "change": [{**given, "what": ["Trace"], "because": "x"}],
    }
    assert Path("base.toml").read_text("utf-8") == base
    refused = run("manifest", "change", *options, "--because", "of the same thing again")
    assert refused.exit_code == 2
    assert "nothing was added" in refused.stderr


@pytest.mark.parametrize("name", ["first{0}@1.{0}.0", "all@1.{0}.0", "change {0}"])
def test_the_work_grows_with_the_size_alone(tmp_path: Path, name: str) -> None:
    count = 2000
    listed = ", ".join(f'"1.{number}.0"' for number in range(count))
    base = BASE.split("[[change]]", maxsplit=1)[0].replace('"1.0.0", "1.1.0", "1.2.0"', listed)
    base = base.replace("[package.kata-image.rpm]", "[package.kata-image.rpm]\n#")
    entry = (
        '[[change]]\nid = "change {0}"\nprotocol = "agent"\nkind = "compatible"\nwhat = ["first{0}", "all"]\n'
    )
    entry += 'server = "1.{0}.0"\nbecause = "x"\n'
    base += "".join(entry.format(number) for number in range(count))
    text = "".join(f'[[dropped]]\nchange = "{name.format(one)}"\nbecause = "x"\n' for one in range(count))
    path = put(tmp_path, text, base=base)
    with cpu_below(limits.SECONDS):
        found = api.read_manifest(path)
    assert (len(found.changes), len(found.taken_out)) == (0, count)


def test_a_rule_that_the_other_sets_by_its_former_id_is_set_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(levels, "aliases", lambda: {"former-id": api.rule("broken-release")})
    base = BASE.replace('all = "off"\nbroken-release', "former-id")
    found = api.read_manifest(put(tmp_path, '[rules]\nbroken-release = "warning"\n', base=base))
    assert api.select_rules(found).chosen == {"broken-release": api.Severity.WARNING}
    both = api.read_manifest(
        put(tmp_path, '[rules]\nformer-id = "off"\nbroken-release = "info"\n', base=base)
    )
    with pytest.raises(ManifestError, match="sets the same rule as former-id"):
        api.select_rules(both)


def test_a_mistake_in_the_rules_of_the_other_names_its_file(tmp_path: Path) -> None:
    base = BASE.replace('broken-release = "error"', 'broken-release = "loud"')
    with pytest.raises(ManifestError) as caught:
        api.select_rules(api.read_manifest(put(tmp_path, '[rules]\nno-such-rule = "off"\n', base=base)))
    assert caught.value.path == str(tmp_path / "pkgguard.toml")
    places = [(Path(one.path).name, one.line) for one in caught.value.mistakes]
    assert places == [("base.toml", 42), ("pkgguard.toml", 4)]
