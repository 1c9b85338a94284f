"""The rpm macros and the dependency generator, in builds by the real rpmbuild.

rpm 4.16, this machine's own and rpm 4.20 build them; with PKGGUARD_RPM_ROOT, that of another root alone.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from real.build import RpmSpec, build_rpms, rpm_repository
from real.rpm_root import RpmRoot
from real.rpmbuild import INSTALLED, RELEASES, VARIABLE, Built, Rpmbuild, system_of
from real.tools import PATH, run
from small_project import MANIFEST

from pkgguard import api

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples/source/rpm"
KATA = api.built_in().manifest
RUNTIME, IMAGE = "kata-runtime", "kata-containers-image"
USED = "manifest: kata.toml (built in), project kata-containers"

#: The part of a log line with which rpm passes on what a failed generator said.
REFUSED = "error: Dependency tokens must begin with alpha-numeric, '_' or '/': !"


def expected(name: str, version: str, target: str = "", manifest: api.Manifest = KATA) -> list[str]:
    generated = api.Project(manifest).relations("rpm", name, version, target=target)
    return sorted(str(one.relation) for one in generated.relations)


def spec(
    preamble: str = "", *, name: str = RUNTIME, version: str = "1.1.0", release: str = "1", more: str = "",
    files: str = "", noarch: str = "BuildArch: noarch",
) -> str:  # fmt: skip
    """Return a spec; ``files`` are the absolute paths that its package ships."""
    made = "".join(
        f"mkdir -p %{{buildroot}}$(dirname {path})\necho {path} >%{{buildroot}}{path}\n"
        for path in (f"{files}\n{more}").split()
        if path.startswith(("/usr/", "/opt/"))
    )
    return (
        f"Name: {name}\nVersion: {version}\nRelease: {release}\nSummary: test\nLicense: none\n{noarch}\n"
        f"{preamble}\n%description\nTest.\n%install\n{made}%files\n{files}\n{more}\n"
    )


def subpackage(name: str, preamble: str = "", files: str = "") -> str:
    return (
        f"%package -n {name}\nSummary: test\n{preamble}\n"
        f"%description -n {name}\nTest.\n%files -n {name}\n{files}\n"
    )


def failed(built: Built, *said: str) -> None:
    """Assert that a build failed, said why, and left no package."""
    assert not built, built
    assert not built.packages, built
    for words in said:
        assert words in built.log, built


@pytest.fixture(autouse=True, params=RELEASES)
def release(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build with each release of rpm, or only with the one that the variable names."""
    if VARIABLE in os.environ:
        if RELEASES[request.param]:
            pytest.skip(f"{VARIABLE} names the one to build with")
    elif root := system_of(request.param, request.getfixturevalue("shared")):
        monkeypatch.setenv(VARIABLE, str(root))


@pytest.fixture
def rpmbuild(tmp_path: Path) -> Rpmbuild:
    return Rpmbuild(tmp_path / "rpm")


def relations(rpmbuild: Rpmbuild, built: Built, name: str = RUNTIME) -> list[str]:
    assert built, built
    return sorted(rpmbuild.relations(built.packages[name]))


def without_generator(directory: Path) -> Rpmbuild:
    installed = {name: folder for name, folder in INSTALLED.items() if not name.endswith(".attr")}
    return Rpmbuild(directory, installed=installed)


# ------------------------------------------------------------------ %pkgguard_relations


def test_the_relations_are_those_of_generate_with_their_reasons(rpmbuild: Rpmbuild) -> None:
    text = spec("%{pkgguard_relations kata-runtime}", version="2.4.0", release="3%{?dist}")
    shown = rpmbuild.run("rpmspec", "--parse", write(rpmbuild, text)).checked().output
    assert "Requires: ((kata-containers-image >= 2.4.0 with kata-containers-image < 3.2.0~) or (" in shown
    assert "warning:" not in shown
    built = rpmbuild.build(text)
    assert relations(rpmbuild, built) == expected(RUNTIME, "2.4.0-3")
    assert USED in built.log
    assert "warning:" not in built.log
    checked = run_check(rpmbuild, built)
    assert "1 package judged, 0 errors" in checked


def write(rpmbuild: Rpmbuild, text: str) -> Path:
    path = rpmbuild.top / "shown.spec"
    path.write_text(text, "utf-8")
    return path


def run_check(rpmbuild: Rpmbuild, built: Built) -> str:
    command = [rpmbuild.top / "bin/pkgguard", "check", *built.packages.values()]
    return run(command, home=rpmbuild.top).checked().output


def test_a_subpackage_has_its_own_version(rpmbuild: Rpmbuild) -> None:
    image = f"Epoch: 0\nVersion: 1.2.0\nRelease: 7\n%{{pkgguard_relations {IMAGE}}}"
    agent = "Version: 2.0.0\n%{pkgguard_relations kata-agent}"
    more = subpackage(IMAGE, image) + subpackage("kata-agent", agent)
    built = rpmbuild.build(spec("%{pkgguard_relations kata-runtime}", more=more))
    assert relations(rpmbuild, built) == expected(RUNTIME, "1.1.0-1")
    assert relations(rpmbuild, built, IMAGE) == expected(IMAGE, "0:1.2.0-7")
    assert relations(rpmbuild, built, "kata-agent") == expected("kata-agent", "2.0.0-7")


@pytest.mark.parametrize("line", ["%{pkgguard_relations -t rpm-legacy kata-runtime}", "by a macro"])
def test_the_dialect_without_rich_dependencies(rpmbuild: Rpmbuild, line: str) -> None:
    words = ["--define", "pkgguard_target rpm-legacy"] if line == "by a macro" else []
    line = "%{pkgguard_relations kata-runtime}" if words else line
    built = rpmbuild.build(spec(line, version="2.4.0"), *words)
    assert relations(rpmbuild, built) == expected(RUNTIME, "2.4.0-1", "rpm-legacy")
    assert "RichDependencies" not in run(
        ["rpm", "--query", "--package", "--requires", built.packages[RUNTIME]], home=rpmbuild.top
    ).output  # fmt: skip


@pytest.mark.parametrize("line", ["%{pkgguard_relations -n kata-runtime}", "by a macro"])
def test_an_unknown_release_can_count_as_the_newest(rpmbuild: Rpmbuild, line: str) -> None:
    words = ["--define", "pkgguard_newest 1"] if line == "by a macro" else []
    line = "%{pkgguard_relations kata-runtime}" if words else line
    built = rpmbuild.build(spec(line, version="9.1.7", files="/usr/bin/other"), *words)
    assert "kata-runtime 9.1.7-1 is unknown and treated as runtime 4.1.0" in built.log
    found = relations(rpmbuild, built)
    assert found
    assert found == expected(RUNTIME, "4.1.0-1")


def manifest_named(where: str, rpmbuild: Rpmbuild) -> tuple[str, list[str]]:
    """Put a manifest somewhere; give the options and definitions that name it."""
    path = rpmbuild.sources / "it's mine.toml"
    path.write_text(MANIFEST, "utf-8")
    plain = rpmbuild.sources / "mine.toml"
    shutil.copy(path, plain)
    if where == "beside":
        shutil.move(path, rpmbuild.sources / "pkgguard.toml")
    return {
        "option": (f"-m {plain}", []),
        "option with a source": ("-m %{SOURCE1}", []),
        "option, a name only": ("-m mine.toml", []),
        "macro": ("", ["--define", f"pkgguard_manifest {path}"]),
        "macro, a name only": ("", ["--define", "pkgguard_manifest it's mine.toml"]),
        "beside": ("", []),
    }[where]


@pytest.mark.parametrize(
    "where",
    ["option", "option with a source", "option, a name only", "macro", "macro, a name only", "beside"],
)
def test_the_manifest_of_the_build(rpmbuild: Rpmbuild, where: str) -> None:
    """It holds for the macro, the generator and the check alike, and goes before the environment."""
    option, words = manifest_named(where, rpmbuild)
    with_files = MANIFEST.replace('["agent"]\n[protocol', '["agent"]\nfiles = ["/usr/share/img"]\n[protocol')
    for path in rpmbuild.sources.glob("*.toml"):
        path.write_text(with_files, "utf-8")
    image = subpackage("kata-image", files="/usr/share/img")
    line = f"Source1: mine.toml\n%{{pkgguard_relations {option} kata-runtime}}\n%pkgguard_check"
    built = rpmbuild.build(
        spec(line, more=image), *words, environment={"PKGGUARD_MANIFEST": "/nowhere/other.toml"}
    )
    mine = api.parse_manifest(with_files)
    assert relations(rpmbuild, built) == expected(RUNTIME, "1.1.0-1", manifest=mine)
    assert relations(rpmbuild, built, "kata-image") == expected("kata-image", "1.1.0-1", manifest=mine)
    used = [entry for entry in built.log.splitlines() if entry.startswith("manifest: ")]
    assert len(used) >= 3
    assert all(entry.endswith("(named on the command line), project mine") for entry in used)


def test_without_one_pkgguard_looks_for_it(rpmbuild: Rpmbuild, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MANIFEST, "utf-8")
    text = spec("%{pkgguard_relations kata-runtime}")
    built = rpmbuild.build(text, environment={"PKGGUARD_MANIFEST": str(path)})
    found = relations(rpmbuild, built)
    assert found == expected(RUNTIME, "1.1.0-1", manifest=api.parse_manifest(MANIFEST))
    assert f"manifest: {path} (named by PKGGUARD_MANIFEST), project mine" in built.log


FAILURES = {
    "release unknown": (
        "%{pkgguard_relations kata-runtime}",
        "9.1.7",
        ["9.1.7 is not a runtime release in the manifest; nearest known: 4.1.0", "(exit 3)"],
    ),
    "package unknown": (
        "%{pkgguard_relations kata-runtim}",
        "1.1.0",
        ["no package is called 'kata-runtim'; did you mean 'kata-runtime'?", "failed (exit 2)"],
    ),
    "no package": (
        "%{pkgguard_relations}",
        "1.1.0",
        ["name one package of the manifest, as in %{pkgguard_relations kata-runtime}"],
    ),
    "two packages": ("%{pkgguard_relations kata-runtime kata-agent}", "1.1.0", ["name one package"]),
    "no package, in the form for absent macros": ("%{?pkgguard_relations}", "1.1.0", ["name one package"]),
    "target unknown": (
        "%{pkgguard_relations -t rpm-old kata-runtime}",
        "1.1.0",
        ["no target of rpm is called 'rpm-old'", "rpm-legacy"],
    ),
    "option unknown": ("%{pkgguard_relations -x kata-runtime}", "1.1.0", ["Unknown option x"]),
    "manifest missing": (
        "%{pkgguard_relations -m nowhere.toml kata-runtime}",
        "1.1.0",
        ["SOURCES/nowhere.toml: the manifest does not exist", "failed (exit 3)"],
    ),
    "manifest missing, by a macro": (
        "%global pkgguard_manifest /nowhere.toml\n%{pkgguard_relations kata-runtime}",
        "1.1.0",
        ["/nowhere.toml: the manifest does not exist"],
    ),
    "two manifests": (
        "%global pkgguard_manifest one.toml\n%{pkgguard_relations -m two.toml kata-runtime}",
        "1.1.0",
        ["-m two.toml: this build already uses the manifest one.toml; name only one"],
    ),
    "check of one package": ("%pkgguard_check kata-runtime", "1.1.0", ["takes no arguments"]),
}  # fmt: skip


@pytest.mark.parametrize("case", FAILURES)
def test_what_goes_wrong_is_said_and_fails_the_build(rpmbuild: Rpmbuild, case: str) -> None:
    line, version, said = FAILURES[case]
    failed(rpmbuild.build(spec(line, version=version)), *said)


def test_a_version_that_is_not_yet_set(rpmbuild: Rpmbuild) -> None:
    said = "pkgguard_relations: the version is not known here; put the line below Version and Release"
    line = "%{pkgguard_relations kata-runtime}"
    for tag in ("Version: ", "Release: "):
        text = spec().replace(tag, f"{line}\n{tag}", 1)
        failed(rpmbuild.build(text), said)


def test_a_manifest_beside_that_is_not_there_or_not_right(rpmbuild: Rpmbuild) -> None:
    beside = rpmbuild.sources / "pkgguard.toml"
    beside.symlink_to("nowhere")
    text = spec("%{pkgguard_relations kata-runtime}")
    failed(rpmbuild.build(text), "SOURCES/pkgguard.toml: the manifest does not exist")
    beside.unlink()
    beside.write_text("manifest = 1\n", "utf-8")
    failed(rpmbuild.build(text), "mistakes in the manifest", "add at least one [component.NAME]")


ABSENT = (
    "pkgguard is not installed: install the package pkgguard (BuildRequires: pkgguard-rpm-macros brings it)"
)


@pytest.mark.parametrize("line", ["%{pkgguard_relations kata-runtime}", "%pkgguard_check", "the generator"])
def test_without_pkgguard_nothing_is_built_and_the_message_says_what_to_install(
    tmp_path: Path, line: str
) -> None:
    assert shutil.which("pkgguard", path=PATH) is None
    rpmbuild = (without_generator if line.startswith("%pkgguard_check") else Rpmbuild)(tmp_path / "rpm")
    (rpmbuild.top / "bin/pkgguard").unlink()
    preamble, path = ("", "/usr/bin/other") if line == "the generator" else (line, "")
    built = rpmbuild.build(spec(preamble, files=path))
    assert not built
    assert ABSENT in built.log
    if not line.startswith("%pkgguard_check"):
        assert not built.packages


@pytest.mark.parametrize("end", ["echo broken >&2; exit 1", "kill -9 $$", "echo 'Requires: a'; exit 3"])
def test_a_pkgguard_that_fails_in_any_way_fails_the_build(tmp_path: Path, end: str) -> None:
    for number, (line, path) in enumerate(
        [("%{pkgguard_relations kata-runtime}", ""), ("", "/usr/bin/other"), ("%pkgguard_check", "")]
    ):
        directory = tmp_path / str(number)
        rpmbuild = without_generator(directory) if "check" in line else Rpmbuild(directory)
        (rpmbuild.top / "bin/pkgguard").write_text(f"#!/bin/sh\n{end}\n", "utf-8")
        built = rpmbuild.build(spec(line, files=path))
        assert not built, built


# ------------------------------------------------------------------ %pkgguard_check


UNGUARDED = "Requires: kata-containers-image >= 1.0.0"


def found(built: Built) -> str:
    assert "admits-incompatible-peer" in built.log, built
    assert USED in built.log
    return built.log


@pytest.mark.parametrize("line", ["%pkgguard_check", "%{pkgguard_check}", "%{?pkgguard_check}"])
def test_an_unguarded_package_fails_the_build(rpmbuild: Rpmbuild, line: str) -> None:
    built = rpmbuild.build(spec(f"{UNGUARDED}\n{line}"))
    assert not built
    found(built)


@pytest.mark.parametrize("section", ["%description", "%prep", "%install", "%files"])
def test_it_may_stand_anywhere(rpmbuild: Rpmbuild, section: str) -> None:
    text = spec(UNGUARDED).replace(section, f"{section}\n%pkgguard_check", 1)
    built = rpmbuild.build(
        text if section != "%prep" else text.replace("%install", "%prep\n%pkgguard_check\n%install")
    )
    assert not built
    found(built)


@pytest.mark.parametrize("line", ["%pkgguard_check -w", "%{?pkgguard_check:%pkgguard_check -w}"])
def test_it_can_only_warn(rpmbuild: Rpmbuild, line: str) -> None:
    built = rpmbuild.build(spec(f"{UNGUARDED}\n{line}"))
    assert built, built
    found(built)


def test_it_judges_all_subpackages_together(rpmbuild: Rpmbuild) -> None:
    guards = subpackage(IMAGE, f"Version: 1.2.0\n%{{pkgguard_relations {IMAGE}}}") + subpackage("kata-docs")
    built = rpmbuild.build(spec("%{pkgguard_relations kata-runtime}\n%pkgguard_check", more=guards))
    assert built, built
    assert (
        "2 packages judged, 1 not in the manifest (kata-docs), 1 pair judged together, 0 errors" in built.log
    )
    bare = subpackage(IMAGE, "Version: 2.1.0") + subpackage("kata-docs")
    built = rpmbuild.build(spec("%{pkgguard_relations kata-runtime}\n%pkgguard_check", more=bare))
    assert not built
    assert "kata-containers-image-2.1.0-1.noarch.rpm\n  error: " in built.log


def test_a_version_that_rpm_carries_over_is_found(rpmbuild: Rpmbuild) -> None:
    """rpm's %{version} is the last one set: after one subpackage's own it is not that of the next."""
    more = subpackage(IMAGE, f"Version: 2.1.0\n%{{pkgguard_relations {IMAGE}}}")
    more += subpackage("kata-agent", "%{pkgguard_relations kata-agent}")
    built = rpmbuild.build(spec("%{pkgguard_relations kata-runtime}\n%pkgguard_check", more=more))
    assert not built
    assert "pair-not-installable: " in built.log
    assert re.search(r"works with kata-(agent|runtime) 1\.1\.0-1, but cannot be installed with it", built.log)


def test_a_check_of_nothing_that_is_known_fails(rpmbuild: Rpmbuild) -> None:
    """As of a package that its files tell and not its name: its peers name another one."""
    failed_check = rpmbuild.build(spec("%pkgguard_check", name="my-kata"))
    assert not failed_check
    assert "none of the packages (my-kata), so nothing was checked; name the manifest" in failed_check.log


@pytest.mark.parametrize("option", ["-m %%(touch${IFS}executed)", "-m %%{nil}", "-m 100%%25.toml"])
def test_what_names_a_manifest_is_not_expanded_again(rpmbuild: Rpmbuild, option: str) -> None:
    built = rpmbuild.build(spec(f"%{{pkgguard_relations {option} kata-runtime}}"))
    failed(built, "the manifest does not exist (named on the command line)")
    assert not list(rpmbuild.top.rglob("executed"))


def test_an_unknown_release_is_no_pass(rpmbuild: Rpmbuild) -> None:
    text = spec(f"{UNGUARDED}\n%pkgguard_check", version="9.1.7")
    built = rpmbuild.build(text)
    assert not built
    assert "unknown-release" in built.log
    newest = rpmbuild.build(text.replace("%pkgguard_check", "%pkgguard_check -n"))
    assert not newest
    assert "kata-runtime 9.1.7-1 accepts" in newest.log


def test_what_cannot_be_checked_fails_even_if_it_only_warns(rpmbuild: Rpmbuild) -> None:
    built = rpmbuild.build(spec("%pkgguard_check -w -m nowhere.toml"))
    assert not built
    assert "SOURCES/nowhere.toml: the manifest does not exist" in built.log


@pytest.mark.parametrize("terminate", ["", "0", "1"])
@pytest.mark.parametrize("ends", ["true", "false"])
def test_a_command_that_was_set_before_runs_too(rpmbuild: Rpmbuild, ends: str, terminate: str) -> None:
    """Its failure means what it meant before; ours fails the build in any case."""
    words = ["--define", f"_build_pkgcheck_set sh -c 'echo before: %{{name}} $*; {ends}' before"]
    words += ["--define", f"_nonzero_exit_pkgcheck_terminate_build {terminate}"] if terminate else []
    fails = (ends, terminate) == ("false", "1")
    text = spec("%{pkgguard_relations kata-runtime}\n%pkgguard_check")
    built = rpmbuild.build(text, *words)
    assert bool(built) is not fails, built
    assert f"before: kata-runtime {rpmbuild.top}/RPMS/kata-runtime-1.1.0-1.noarch.rpm\n" in built.log
    assert ("1 package judged, 0 errors" in built.log) is not fails
    warned = "warning: the check before failed" in built.log.splitlines()
    assert warned is (ends == "false" and terminate != "1")
    again = rpmbuild.build(spec(f"{UNGUARDED}\n%pkgguard_check"), *words)
    assert not again
    assert fails or found(again)


def test_it_leaves_other_targets_and_source_packages_alone(rpmbuild: Rpmbuild) -> None:
    text = spec(f"{UNGUARDED}\n%pkgguard_check", noarch="")
    built = rpmbuild.build(text, how="-bs")
    assert built, built
    assert "Executing" not in built.log


# ------------------------------------------------------------------ the generator


IMG = "/usr/share/kata-containers/kata-containers.img"
INITRD = "/usr/share/kata-containers/kata-containers-initrd.img"


def test_relations_go_to_the_subpackage_that_ships_the_file(rpmbuild: Rpmbuild) -> None:
    more = subpackage(IMAGE, "Version: 1.2.0", f"{IMG}\n{INITRD}") + subpackage(
        "kata-docs", "Version: 1.1.0", "/usr/share/doc/x"
    )
    more += subpackage("my-runtime", "Version: 2.4.0", "/usr/bin/kata-runtime")
    built = rpmbuild.build(spec("%pkgguard_check", name="kata", more=more))
    assert relations(rpmbuild, built, "kata") == []
    assert relations(rpmbuild, built, "kata-docs") == []
    assert relations(rpmbuild, built, IMAGE) == expected(IMAGE, "1.2.0-1")
    assert relations(rpmbuild, built, "my-runtime") == expected(RUNTIME, "2.4.0-1")
    assert "my-runtime 2.4.0-1 ships /usr/bin/kata-runtime and is guarded as kata-runtime" in built.log
    assert USED in built.log
    assert "1 package judged, 3 not in the manifest (kata, kata-docs, my-runtime), 0 errors" in built.log


def test_the_generator_has_the_dialect_and_the_newest_too(rpmbuild: Rpmbuild) -> None:
    words = ["--define", "pkgguard_target rpm-legacy", "--define", "pkgguard_newest 1"]
    built = rpmbuild.build(spec(version="9.1.7", files="/usr/bin/kata-runtime"), *words)
    assert relations(rpmbuild, built) == expected(RUNTIME, "4.1.0-1", "rpm-legacy")


def test_recommended_and_provided_relations_too(rpmbuild: Rpmbuild) -> None:
    optional = 'server = "1.1.0"\nclient = "1.1.0"\nneed = "optional"'
    text = MANIFEST.replace('server = "1.1.0"\nclient = "1.1.0"', optional)
    text = text.replace(
        'server = "agent"', 'server = "agent"\nprovides = "agent-protocol"\nslot = "agent-slot"'
    )
    text = text.replace('["agent"]\n[protocol', '["agent"]\nfiles = ["/usr/share/kata/**"]\n[protocol')
    text = text.replace('["runtime"]\n[package', '["runtime"]\nfiles = ["/usr/bin/*runtime"]\n[package')
    (rpmbuild.sources / "pkgguard.toml").write_text(text, "utf-8")
    manifest = api.parse_manifest(text)
    more = subpackage("kata-image", files="\n".join(f"/usr/share/kata/{name}/a" for name in range(9)))
    built = rpmbuild.build(spec("%pkgguard_check", files="/usr/bin/my-runtime", more=more))
    assert relations(rpmbuild, built) == expected(RUNTIME, "1.1.0-1", manifest=manifest)
    assert relations(rpmbuild, built, "kata-image") == expected("kata-image", "1.1.0-1", manifest=manifest)
    fields = {
        line.split(":")[0] for line in relations(rpmbuild, built) + relations(rpmbuild, built, "kata-image")
    }
    assert fields == {"Requires", "Recommends", "Conflicts", "Provides"}
    # pkgguard is asked once for the files of a pattern, however many they are.
    assert built.log.count("ships /usr/share/kata/") == 1


def test_a_package_with_none_of_the_files_is_as_without_the_generator(
    rpmbuild: Rpmbuild, tmp_path: Path
) -> None:
    text = spec("Requires: a\nProvides: b = 1", name="other", version="0~nonsense", files="/usr/bin/other")
    bare = without_generator(tmp_path / "bare")
    assert relations(rpmbuild, rpmbuild.build(text), "other") == relations(bare, bare.build(text), "other")


def test_both_ways_together_do_no_harm(rpmbuild: Rpmbuild) -> None:
    """rpm keeps what is generated beside what is written; each relation stands twice."""
    built = rpmbuild.build(
        spec("%{pkgguard_relations kata-runtime}\n%pkgguard_check", files="/usr/bin/kata-runtime")
    )
    assert relations(rpmbuild, built) == sorted(2 * expected(RUNTIME, "1.1.0-1"))
    assert "1 package judged, 0 errors" in built.log


GENERATOR_FAILURES = {
    "release unknown": (
        spec(version="9.1.7", files="/usr/bin/kata-runtime"),
        "9.1.7 is not a runtime release in the manifest",
        f"{REFUSED}pkgguard rpm generator -- kata-runtime 9.1.7-1 failed (exit 3)",
    ),
    "both sides in one package": (
        spec(name="kata-all", files=f"/usr/bin/kata-runtime\n{IMG}"),
        "kata-all: it ships both sides of the agent protocol",
        f"{REFUSED}pkgguard rpm generator -- kata-all 1.1.0-1 failed (exit 3)",
    ),
    "both sides, without the pass for what is provided": (
        spec("AutoProv: no", name="kata-all", files=f"/usr/bin/kata-runtime\n{IMG}"),
        "kata-all: it ships both sides of the agent protocol",
        REFUSED,
    ),
    "a file of another package": (
        spec(files=f"/usr/bin/kata-runtime\n{IMG}"),
        f"kata-runtime: {IMG}: the file shows that the package carries agent",
        REFUSED,
    ),
    "a manifest that is not there": (
        spec("%global pkgguard_manifest nowhere.toml", name="other", files="/usr/bin/other"),
        "SOURCES/nowhere.toml: the manifest does not exist",
        f"{REFUSED}pkgguard rpm pattern --quiet",
    ),
    "options that rpm would hand over": (
        spec("%global __pkgguard_requires_opts -n", name="other", files="/usr/bin/other"),
        f"{REFUSED}%__pkgguard_requires_opts: has no effect; set %pkgguard_manifest, %pkgguard_target,",
        "",
    ),
    "a target that is none": (
        spec("%global pkgguard_target old", files="/usr/bin/kata-runtime"),
        "no target of rpm is called 'old'",
        REFUSED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", GENERATOR_FAILURES)
def test_a_generator_that_fails_fails_the_build_and_is_told_once(rpmbuild: Rpmbuild, case: str) -> None:
    text, *said = GENERATOR_FAILURES[case]
    built = rpmbuild.build(text)
    failed(built, *said)
    assert built.log.count(REFUSED) == 1


def test_a_lua_module_that_is_missing_fails_the_build(tmp_path: Path) -> None:
    installed = {name: folder for name, folder in INSTALLED.items() if not name.endswith(".lua")}
    rpmbuild = Rpmbuild(tmp_path / "rpm", installed=installed)
    failed(rpmbuild.build(spec(name="other", files="/usr/bin/other")), "module 'pkgguard' not found", REFUSED)
    failed(rpmbuild.build(spec("%{pkgguard_relations kata-runtime}")), "module 'pkgguard' not found")


def test_one_atomic_set_that_the_manifest_knows_has_no_relations(rpmbuild: Rpmbuild) -> None:
    built = rpmbuild.build(
        spec(
            "%pkgguard_check", name="kata-containers", version="4.1.0", files=f"/usr/bin/kata-runtime\n{IMG}"
        )
    )
    assert relations(rpmbuild, built, "kata-containers") == []
    assert "ships /usr/bin/kata-runtime and needs no relations, being kata-containers" in built.log


ALL = expected(RUNTIME, "1.1.0-1")
CONFLICTS = [one for one in ALL if one.startswith("Conflicts: ")]
OPT_OUTS = {
    "%global __pkgguard_path %{nil}": [],
    "%global __pkgguard_exclude_path ^/usr/bin/kata-runtime$": [],
    "%global __requires_exclude_from ^/usr/bin/kata-runtime$": CONFLICTS,
    "%global __requires_exclude kata-containers-image": CONFLICTS,
    "%global __conflicts_exclude ^kata-(agent|image) ": [one for one in ALL if IMAGE in one],
    "%undefine __pkgguard_conflicts": [one for one in ALL if one not in CONFLICTS],
    "AutoReqProv: no": [],
    "AutoReq: no": [],
    "AutoProv: no": ALL,
}  # fmt: skip


@pytest.mark.parametrize("line", OPT_OUTS)
def test_the_ways_out(rpmbuild: Rpmbuild, line: str) -> None:
    built = rpmbuild.build(spec(line, files="/usr/bin/kata-runtime"))
    assert relations(rpmbuild, built) == OPT_OUTS[line]


def test_several_targets_in_one_run_are_each_guarded(rpmbuild: Rpmbuild) -> None:
    """Each package has a file of its own that fits the same pattern."""
    text = MANIFEST.replace('["agent"]\n[protocol', '["agent"]\nfiles = ["/usr/share/*.img"]\n[protocol')
    (rpmbuild.sources / "pkgguard.toml").write_text(text, "utf-8")
    manifest = api.parse_manifest(text)
    files = "/usr/share/%{_target_cpu}.img"
    built = rpmbuild.build(spec(name="kata-image", files=files, noarch=""), "--target", "x86_64,i386")
    assert built, built
    for architecture in ("x86_64", "i386"):
        package = rpmbuild.top / f"RPMS/kata-image-1.1.0-1.{architecture}.rpm"
        assert sorted(rpmbuild.relations(package)) == expected("kata-image", "1.1.0-1", manifest=manifest)


# ------------------------------------------------------------------ where the macros are not installed


def example(name: str) -> Path:
    return EXAMPLES / name / f"{name}.spec"


def sources(name: str) -> list[str]:
    return ["--define", f"_sourcedir {EXAMPLES / name}"]


@pytest.mark.parametrize("name", [RUNTIME, IMAGE])
def test_a_source_package_is_made_without_the_macros_and_built_only_with_them(
    tmp_path: Path, name: str
) -> None:
    bare = Rpmbuild(tmp_path / "bare", installed={}, pkgguard=None)
    made = bare.build(example(name), *sources(name), how="-bs")
    assert made, made
    (source,) = made.packages.values()
    # The database of the build has no package at all, so pkgguard-rpm-macros is missing in it.
    refused = bare.build(source, how="--rebuild")
    failed(refused, "error: Failed build dependencies:", "pkgguard-rpm-macros is needed by")
    unguarded = bare.build(source, "--nodeps", how="--rebuild")
    failed(unguarded, "pkgguard-rpm-macros is not installed: install it to build this package")
    rpmbuild = Rpmbuild(tmp_path / "whole")
    built = rpmbuild.build(source, "--nodeps", how="--rebuild")
    assert set(expected(name, "1.1.0-1")) <= set(relations(rpmbuild, built, name))
    assert "1 package judged, 0 errors" in built.log


# ------------------------------------------------------------------ the examples


def test_the_examples_install_together_and_not_with_another_release(tmp_path: Path) -> None:
    rpmbuild = Rpmbuild(tmp_path / "rpm")

    def build(name: str, version: str) -> Path:
        spec_file = tmp_path / f"{name}.spec"
        spec_file.write_text(example(name).read_text("utf-8").replace("1.1.0", version), "utf-8")
        built = rpmbuild.build(spec_file, "--nodeps", *sources(name))
        assert built, built
        assert f"{USED}\n\n1 package judged, 0 errors" in built.log
        return built.packages[name]

    runtime, image = build(RUNTIME, "1.1.0"), build(IMAGE, "1.1.0")
    older, newer = build(IMAGE, "1.0.0"), build(IMAGE, "2.0.0")
    # The stand-in of the runtime is a script, and an empty system has no shell.
    (shell,) = build_rpms(tmp_path / "shell", [RpmSpec("shell", "1", relations="Provides: /bin/sh")])
    root = RpmRoot(tmp_path / "good")
    root.install(shell, image, runtime).checked()
    assert set(root.installed()) == {"shell", IMAGE, RUNTIME}
    for number, bad in enumerate((older, newer)):
        other = RpmRoot(tmp_path / f"bad{number}")
        refused = other.install(shell, bad, runtime)
        assert not refused
        assert IMAGE in refused.output
        refused = other.dnf("install", shell, bad, runtime)
        assert not refused
        assert IMAGE in refused.output
        assert other.installed() == {}
    chosen = RpmRoot(tmp_path / "chosen")
    repository = rpm_repository(tmp_path / "repository", [shell, runtime, older, image, newer])
    chosen.dnf("install", RUNTIME, repo=repository).checked()
    assert chosen.installed()[IMAGE] == ("1.1.0-1",)
    refused = chosen.dnf("install", newer, repo=repository)
    assert not refused
    assert chosen.installed()[IMAGE] == ("1.1.0-1",)


def test_rpmlint_finds_no_error_in_the_specs(tmp_path: Path) -> None:
    specs = sorted(EXAMPLES.glob("*/*.spec"))
    assert len(specs) == 2
    outcome = run(["rpmlint", *specs], home=tmp_path).checked()
    assert "2 specfiles checked; 0 errors" in outcome.output


# ------------------------------------------------------------------ epochs

WITH_EPOCH = """
manifest = 1
project = "epochs"
[component.client]
releases = ["1.1.0"]
[component.server]
releases = ["1.1.0"]
[package.{named}]
carries = ["client"]
files = ["/usr/bin/client"]
{epoch}
[package.server]
carries = ["server"]
[protocol.talk]
client = ["client"]
server = "server"
"""


@pytest.mark.parametrize("how", ["macro", "generator"])
@pytest.mark.parametrize("wanted", ["", "2"])
@pytest.mark.parametrize("given", ["", "0", "2", "3"])
def test_another_epoch_than_the_manifest_gives_it_ends_the_build(
    rpmbuild: Rpmbuild, given: str, wanted: str, how: str
) -> None:
    epoch = f"epoch = {wanted}" if wanted else ""
    (rpmbuild.sources / "pkgguard.toml").write_text(WITH_EPOCH.format(named="client", epoch=epoch), "utf-8")
    preamble = f"Epoch: {given}\n" if given else ""
    files = "/usr/bin/client" if how == "generator" else ""
    preamble += "%{pkgguard_relations client}" if how == "macro" else ""
    built = rpmbuild.build(spec(preamble, name="client", files=files))
    if given.strip("0") == wanted:
        assert any("server" in one for one in relations(rpmbuild, built, "client"))
    else:
        failed(built, f"its epoch is {given.strip('0') or 'none'}, but {wanted or 'none'} in the manifest")


@pytest.mark.parametrize("wanted", ["", "2"])
@pytest.mark.parametrize("known", ["main", "before", "between", "after"])
def test_the_epoch_of_another_package_of_the_spec_is_not_taken_for_its_own(
    rpmbuild: Rpmbuild, known: str, wanted: str
) -> None:
    """rpm shows any package that has no epoch the epoch of another one."""
    epoch = f"epoch = {wanted}" if wanted else ""
    (rpmbuild.sources / "pkgguard.toml").write_text(WITH_EPOCH.format(named=known, epoch=epoch), "utf-8")

    def files(name: str) -> str:
        return "/usr/bin/client" if name == known else f"/usr/share/{name}"

    more = (
        subpackage("before", files=files("before"))
        + subpackage("other", "Epoch: 2", files("other"))
        + subpackage("between", files=files("between"))
        + subpackage("another", "Epoch: 2", files("another"))
        + subpackage("after", files=files("after"))
    )
    built = rpmbuild.build(spec(name="main", files=files("main"), more=more))
    if wanted:
        failed(built, "its epoch is none, but 2 in the manifest")
    else:
        assert any("server" in one for one in relations(rpmbuild, built, known))


@pytest.mark.parametrize("known", ["own", "inherited"])
def test_a_subpackage_has_an_epoch_of_its_own_or_the_main_one(rpmbuild: Rpmbuild, known: str) -> None:
    wanted = {"own": "5", "inherited": "2"}[known]
    text = WITH_EPOCH.format(named=known, epoch=f"epoch = {wanted}")
    (rpmbuild.sources / "pkgguard.toml").write_text(text, "utf-8")
    more = "".join(
        subpackage(name, preamble, "/usr/bin/client" if name == known else f"/usr/share/{name}")
        for name, preamble in (("own", "Epoch: 5"), ("inherited", ""), ("third", "Epoch: 7"))
    )
    built = rpmbuild.build(spec("Epoch: 2", name="main", files="/usr/share/main", more=more))
    assert any("server" in one for one in relations(rpmbuild, built, known))
    assert not built.log.count("Macro %epoch")
