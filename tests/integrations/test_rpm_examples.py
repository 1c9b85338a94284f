"""The example spec files."""

from __future__ import annotations

from pathlib import Path

import pytest
from real.build import RpmSpec, build_rpms, rpm_repository
from real.rpm_root import RpmRoot
from real.rpmbuild import Rpmbuild
from real.tools import run
from spec_files import EXAMPLES, IMAGE, RUNTIME, USED, example, sources

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools", "release")]


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
