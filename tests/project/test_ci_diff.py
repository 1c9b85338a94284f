"""The jobs in the documentation that compare a manifest with that of a merge request's target."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ci_steps import ROOT, check_schema, documented, write_script
from small_project import MANIFEST

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose origin/main has a manifest without the change in the working tree's."""
    (tmp_path / "debian").mkdir()
    manifest = tmp_path / "debian/pkgguard.toml"
    manifest.write_text(MANIFEST.split("[[change]]")[0], "utf-8")
    for words in (
        ["init", "--quiet"],
        ["add", "debian"],
        ["commit", "--quiet", "--message=one"],
        ["update-ref", "refs/remotes/origin/main", "HEAD"],
    ):
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True)
    manifest.write_text(MANIFEST, "utf-8")
    write_script(tmp_path / "bin/pkgguard", f'exec {shlex.quote(sys.executable)} -m pkgguard "$@"')
    return tmp_path


def run(repository: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{repository / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_workflow_shows_the_difference(repository: Path) -> None:
    (text,) = documented(".github/workflows/manifest.yml")
    (repository / "manifest.yml").write_text(text, "utf-8")
    done = check_schema("github-workflows", repository / "manifest.yml")
    assert done.returncode == 0, done.stdout
    step = yaml.safe_load(text)["jobs"]["diff"]["steps"][-1]
    assert step["env"] == {"BASE": "${{ github.base_ref }}"}
    assert "${{" not in step["run"]
    summary = repository / "summary.md"
    done = run(repository, step["run"], BASE="main", GITHUB_STEP_SUMMARY=str(summary))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    shown = summary.read_text("utf-8")
    assert shown.startswith("**1 pair of releases forbidden, 0 pairs allowed**\n")
    assert "**relations of 4 packages change**" in shown


def test_the_job_of_gitlab_warns_of_a_difference(repository: Path) -> None:
    (text,) = documented("manifest.gitlab-ci.yml")
    (repository / "job.gitlab-ci.yml").write_text(text, "utf-8")
    done = check_schema("gitlab-ci", repository / "job.gitlab-ci.yml")
    assert done.returncode == 0, done.stdout
    job = yaml.safe_load(text)["manifest-diff"]
    (line,) = job["script"]
    done = run(repository, line, CI_MERGE_REQUEST_DIFF_BASE_SHA="origin/main")
    assert done.returncode == job["allow_failure"]["exit_codes"] == 1
    assert "relations of 4 packages change\n" in done.stdout
