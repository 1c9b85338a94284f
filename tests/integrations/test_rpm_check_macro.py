"""``%pkgguard_check``: the check of the packages of a build."""

from __future__ import annotations

import re

import pytest
from real.rpmbuild import Built, Rpmbuild
from spec_files import IMAGE, USED, failed, spec, subpackage

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools", "release")]


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
    assert re.search(r"^%\{pkgguard_relations kata-runtime\}$", built.log, re.MULTILINE), built


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
    assert re.search(r"kata-containers-image-2\.1\.0-1\.noarch\.rpm: \d+ error", built.log), built


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
    assert "kata-runtime-9.1.7-1.noarch.rpm: " in newest.log
    assert "admits-incompatible-peer: accepts" in newest.log


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
