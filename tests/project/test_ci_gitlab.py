"""The GitLab template: its script is run as a runner runs it, by bash and by a plain sh."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from ci_steps import (
    OFFLINE,
    check_schema,
    copy_checkout,
    documented,
    environment,
    install_commands,
    load,
    make_project,
    shellcheck,
    write_python,
    write_script,
)

ROOT = Path(__file__).parents[2]
TEMPLATE = load("ci/gitlab.yml")
JOB = TEMPLATE[".pkgguard-check"]
# A runner joins both and runs them in one shell, bash where the image has one.
SCRIPT = "\n".join([*JOB["before_script"], *JOB["script"]])
SHELLS = [["bash", "-eo", "pipefail"], ["dash", "-e"]]
PIP = "-I -m pip install --quiet --disable-pip-version-check --no-cache-dir --"


class Job:
    """A job in a project, whose ``python3 -I -m venv`` makes pkgguard appear and notes what pip was told."""

    script = SCRIPT

    def __init__(self, folder: Path) -> None:
        self.project = make_project(folder / "the project")
        self.told = folder / "pip"
        ready = folder / "ready"
        install_commands(ready)
        write_script(ready / "python", f'echo "$*" >> {shlex.quote(str(self.told))}')
        self.commands = folder / "bin"
        write_script(
            self.commands / "python3",
            f'[ "$1 $2 $3" = "-I -m venv" ] && mkdir -p "$4/bin" && cp {shlex.quote(str(ready))}/* "$4/bin/"',
        )

    def run(self, shell: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
        env = environment(TMPDIR=str(self.commands.parent), **(JOB["variables"] | variables))
        env["PATH"] = f"{self.commands}:{env['PATH']}"
        return subprocess.run(
            shell, input=self.script, cwd=self.project, env=env, capture_output=True, text=True, check=False
        )

    def check(self, shell: list[str], files: str, **variables: str) -> subprocess.CompletedProcess[str]:
        given = {"PKGGUARD_REQUIREMENT": "./pkgguard", "PKGGUARD_FILES": files}
        return self.run(shell, **given | {f"PKGGUARD_{name}": one for name, one in variables.items()})


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


@pytest.fixture(params=SHELLS, ids=lambda shell: shell[0])
def shell(request: pytest.FixtureRequest) -> list[str]:
    words: list[str] = request.param
    return words


def test_it_keeps_to_the_schema_of_gitlab(tmp_path: Path) -> None:
    # The schema lets everything pass in a hidden job, so it is shown as another.
    text = (ROOT / "ci/gitlab.yml").read_text("utf-8").replace("\n.pkgguard-check:", "\npkgguard-check:")
    path = tmp_path / ".gitlab-ci.yml"
    path.write_text(text, "utf-8")
    done = check_schema("gitlab-ci", path)
    assert done.returncode == 0, done.stdout
    path.write_text(text.replace("before_script:", "befor_script:"), "utf-8")
    assert check_schema("gitlab-ci", path).returncode == 1


def test_it_is_one_hidden_job_and_sound_shell() -> None:
    assert list(TEMPLATE) == [".pkgguard-check"]
    assert shellcheck("#!/bin/sh\n" + SCRIPT, "sh") == ""


def test_it_installs_what_it_is_told(job: Job, tmp_path: Path) -> None:
    write_python(job.commands / "python3")
    checkout = copy_checkout(tmp_path / "a checkout")
    done = job.run(SHELLS[0], PKGGUARD_REQUIREMENT=str(checkout), PKGGUARD_FILES="dist/*.deb", **OFFLINE)
    assert done.returncode == 0, done.stderr
    assert "3 packages judged" in done.stdout
    (home,) = tmp_path.glob("tmp.*")
    assert (home / "bin/pkgguard").is_file()
    assert list(home.glob("lib/python*/site-packages/pkgguard/__init__.py"))


@pytest.mark.parametrize(
    "requirement",
    ["../check out", "pkgguard-0.1.0-py3-none-any.whl", "git+https://git.example.org/x@1", "-r/x"],
)
def test_a_requirement_is_one_word_to_pip(job: Job, shell: list[str], requirement: str) -> None:
    job.check(shell, "dist/*.deb", REQUIREMENT=requirement)
    assert job.told.read_text() == f"{PIP} {requirement}\n"


@pytest.mark.parametrize("requirement", ["", "pkgguard", "pkgguard==0.1.0", "pkgguard>=0"])
def test_no_package_index_is_asked_for_pkgguard(job: Job, shell: list[str], requirement: str) -> None:
    done = job.check(shell, "dist/*.deb", REQUIREMENT=requirement)
    assert done.returncode == 2
    assert not job.told.exists()
    assert done.stderr.startswith("PKGGUARD_REQUIREMENT")
    assert ("set it to a wheel" if not requirement else f"'{requirement}'") in done.stderr


def test_without_variables_it_says_what_to_set(job: Job, shell: list[str]) -> None:
    assert "PKGGUARD_REQUIREMENT is not set; set it to" in job.run(shell).stderr
    done = job.run(shell, PKGGUARD_REQUIREMENT="./pkgguard")
    assert done.returncode == 2
    assert "PKGGUARD_FILES is not set; set it to" in done.stderr


@pytest.mark.parametrize(
    ("files", "code", "judged"),
    [
        ("dist/*.deb", 0, 3),
        ("dist/*.deb\n\ndist/wrong/*.deb\n", 1, 4),
        ("dist/wrong/kata-runtime_1.1.0-1_amd64.deb", 1, 1),
        ("\n  dist/*.deb  \n\n\tdist/wrong/kata-runtime_1.1.0-1_amd64.deb \t\r\n", 1, 4),
        ("dist/*.deb\r\ndist/wrong/*.deb\r", 1, 4),
    ],
)
def test_files_are_globs_on_lines(job: Job, shell: list[str], files: str, code: int, judged: int) -> None:
    done = job.check(shell, files)
    assert done.returncode == code, done.stderr
    assert f"{judged} package{'s' if judged > 1 else ''} judged" in done.stdout


def test_names_may_hold_what_a_shell_minds(job: Job, shell: list[str]) -> None:
    wrong = next((job.project / "dist/wrong").iterdir())
    for name in ("two  words.deb", "-q", "$(touch made).deb", "a;b&c'd\"e.deb"):
        (job.project / name).write_bytes(wrong.read_bytes())
        done = job.check(shell, name)
        assert done.returncode == 1, done.stderr
        assert done.stdout.split("\n")[2] == f"{name} (kata-runtime 1.1.0-1): 1 error"
    assert not (job.project / "made").exists()


@pytest.mark.parametrize("files", ["dist/*.rpm", "dist/*.deb\ndist/*.rpm", "dist/*.rpm\ndist/*.deb"])
def test_a_glob_that_no_file_matches_is_an_error(job: Job, shell: list[str], files: str) -> None:
    done = job.check(shell, files)
    assert done.returncode == 2
    assert done.stderr == "PKGGUARD_FILES: no file matches 'dist/*.rpm'\n"
    assert done.stdout == ""


@pytest.mark.parametrize("files", ["", " \r\n\t\n"])
def test_no_files_at_all_are_an_error(job: Job, shell: list[str], files: str) -> None:
    done = job.check(shell, files)
    assert done.returncode == 2
    assert "PKGGUARD_FILES is not set; set it to" in done.stderr


def test_packages_that_the_manifest_does_not_know_are_no_pass(job: Job, shell: list[str]) -> None:
    manifest = job.project / "pkgguard.toml"
    manifest.write_text(manifest.read_text().replace("[package.kata-", "[package.other-"))
    assert job.check(shell, "dist/kata-runtime_1.0.0-1_amd64.deb").returncode != 0


def test_a_file_that_cannot_be_read_is_no_pass(job: Job, shell: list[str]) -> None:
    assert job.check(shell, "dist/*").returncode == 3


def test_the_variables_set_what_they_say(job: Job, shell: list[str]) -> None:
    wrong = "dist/wrong/*.deb"
    assert job.check(shell, wrong, FAIL_ON="never").returncode == 0
    assert job.check(shell, wrong, FAIL_ON="").returncode == 1
    assert job.check(shell, wrong, FAIL_ON="eror").returncode == 2
    other = job.project / "other manifest.toml"
    (job.project / "pkgguard.toml").rename(other)
    assert "built in" in job.check(shell, wrong, MANIFEST="").stdout
    assert "manifest: other manifest.toml (named by" in job.check(shell, wrong, MANIFEST=other.name).stdout
    assert job.check(shell, wrong, MANIFEST="missing.toml").returncode == 3


@pytest.mark.parametrize(
    ("files", "code", "found"),
    [
        ("dist/*.deb", 0, set()),
        ("dist/wrong/*.deb", 1, {"admits-incompatible-peer"}),
        ("dist/*", 3, {"unreadable-package"}),
    ],
)
def test_it_leaves_its_reports(job: Job, shell: list[str], files: str, code: int, found: set[str]) -> None:
    assert job.check(shell, files).returncode == code
    reports = JOB["artifacts"]["reports"]
    assert JOB["artifacts"]["when"] == "always"
    issues = json.loads((job.project / reports["codequality"]).read_text("utf-8"))
    assert {one["check_name"] for one in issues if one["severity"] in {"major", "blocker"}} == found
    suite = ElementTree.parse(job.project / reports["junit"]).getroot()[0]  # noqa: S314
    assert (suite.get("failures"), suite.get("errors")) == (str(int(code == 1)), str(int(code == 3)))


def test_nothing_is_written_through_a_link_in_the_checkout(
    job: Job, shell: list[str], tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.write_text("mine")
    (job.project / "folder").mkdir()
    (job.project / "pkgguard-junit.xml").symlink_to(outside)
    (job.project / "pkgguard-codequality.json").symlink_to(job.project / "folder")
    assert job.check(shell, "dist/*.deb").returncode == 0
    assert outside.read_text() == "mine"
    assert list((job.project / "folder").iterdir()) == []
    for name in JOB["artifacts"]["reports"].values():
        assert (job.project / name).is_file()
        assert not (job.project / name).is_symlink()


def test_a_report_of_the_checkout_is_not_taken_for_one(job: Job, shell: list[str]) -> None:
    (job.project / "pkgguard-junit.xml").write_text("<testsuites/>")
    (job.project / "pkgguard.toml").write_text("manifest = 2\n")
    assert job.check(shell, "dist/*.deb").returncode == 3
    assert not (job.project / "pkgguard-junit.xml").exists()


def test_a_job_can_go_on_in_the_same_shell(job: Job, shell: list[str]) -> None:
    job.script += "\nwords='a b'\nprintf '<%s>' $words"
    assert job.check(shell, "dist/*.deb").stdout.endswith("<a><b>")


def test_a_failed_installation_fails_the_job(job: Job, shell: list[str]) -> None:
    write_script(job.commands / "python3", "exit 7")
    assert job.check(shell, "dist/*.deb").returncode == 7


def test_the_documented_pipeline_is_one(tmp_path: Path) -> None:
    (text,) = documented(".gitlab-ci.yml")
    path = tmp_path / ".gitlab-ci.yml"
    path.write_text(text, "utf-8")
    done = check_schema("gitlab-ci", path)
    assert done.returncode == 0, done.stdout
    pipeline = yaml.safe_load(text)
    assert [(ROOT / one["file"]).is_file() for one in pipeline["include"]] == [True]
    assert pipeline["pkgguard"]["extends"] in TEMPLATE
    assert set(pipeline["pkgguard"]["variables"]) == variables(SCRIPT) | {"PKGGUARD_MANIFEST"}


def test_a_stranger_is_judged_by_a_manifest_of_the_settings() -> None:
    (text,) = documented("merge-requests.gitlab-ci.yml")
    job = yaml.safe_load(text)["pkgguard"]
    head = (ROOT / "ci/gitlab.yml").read_text("utf-8").split("\n\n")[0]
    (template,) = re.findall(r"(?<=\n#\n)#   pkgguard:\n(?:#   .*\n?)+", head)
    shown = yaml.safe_load(re.sub(r"^#   ", "", template, flags=re.MULTILINE))["pkgguard"]
    assert job["extends"] == shown["extends"]
    assert shown["variables"].items() <= job["variables"].items()
    assert job["variables"]["PKGGUARD_MANIFEST"] == "$TRUSTED_MANIFEST"
    assert set(job["variables"]) == variables(SCRIPT) | {"PKGGUARD_MANIFEST", "GIT_STRATEGY"}


def test_the_documentation_tells_every_variable() -> None:
    text = (ROOT / "docs/ci.md").read_text("utf-8")
    told = set(re.findall(r"^\| `(PKGGUARD_\w+)` \|", text, re.MULTILINE))
    assert told == variables(SCRIPT) | {"PKGGUARD_MANIFEST"}
    head = (ROOT / "ci/gitlab.yml").read_text("utf-8").split("\n\n")[0]
    assert variables(head) == told


def variables(text: str) -> set[str]:
    return set(re.findall(r"PKGGUARD_[A-Z_]+", text))
