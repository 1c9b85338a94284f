"""The Action: its steps are run as GitHub runs them, on packages good and bad."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import jsonschema
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
ACTION = load("action.yml")
INSTALL, CHECK = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\$\{\{ inputs\.([a-z-]+) \}\}")
VARIABLE = re.compile(r"\$\{\{ env\.([A-Z_]+) \}\}")
# What `shell: bash` means, as the workflow syntax of GitHub Actions has it; then bash's own -p.
BASH = "/bin/bash --noprofile --norc -p -eo pipefail {0}"


@dataclass
class Ran:
    code: int
    log: str
    summary: str
    outputs: dict[str, str]


class Job:
    """A job's folders, and its steps."""

    def __init__(self, folder: Path) -> None:
        self.workspace = make_project(folder / "work space")
        self.temp = folder / "runner temp"
        self.commands = self.temp / "pkgguard/bin"
        install_commands(self.commands)

    def run(self, step: dict[str, object], inputs: dict[str, str], **more: str) -> Ran:
        given = {name: one.get("default", "") for name, one in ACTION["inputs"].items()} | inputs
        assert set(given) == set(ACTION["inputs"])
        files = {name: self.temp / name for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
        for path in files.values():
            path.write_text("")
        script = self.temp / "step.sh"
        script.write_text(str(step["run"]), "utf-8")
        env = environment(
            RUNNER_TEMP=str(self.temp),
            GITHUB_WORKSPACE=str(self.workspace),
            **{name: str(path) for name, path in files.items()},
            **more,
        )
        # What a step sets outranks what the workflow, or an earlier step, has set.
        env |= {name: filled(text, given, env) for name, text in step["env"].items()}  # type: ignore[attr-defined]
        shell = shlex.split(str(step["shell"]).replace("{0}", shlex.quote(str(script))))
        done = subprocess.run(shell, cwd=self.workspace, env=env, capture_output=True, text=True, check=False)
        outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        return Ran(
            done.returncode, done.stdout + done.stderr, files["GITHUB_STEP_SUMMARY"].read_text(), outputs
        )

    def check(self, files: str, **inputs: str) -> Ran:
        ran = self.run(
            CHECK, {"files": files} | {name.replace("_", "-"): one for name, one in inputs.items()}
        )
        assert ran.outputs["exit-code"] == str(ran.code)
        return ran


def filled(text: str, inputs: dict[str, str], variables: dict[str, str]) -> str:
    """Fill an expression as the runner does: a whole input, or a whole variable of the workflow."""
    if match := EXPRESSION.fullmatch(text):
        return inputs[match[1]]
    if match := VARIABLE.fullmatch(text):
        return variables.get(match[1], "")
    assert text == ""
    return ""


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


# ------------------------------------------------------------------ the file


def test_it_keeps_to_the_schema_of_actions(tmp_path: Path) -> None:
    done = check_schema("github-actions", ROOT / "action.yml")
    assert done.returncode == 0, done.stdout
    wrong = tmp_path / "action.yml"
    wrong.write_text((ROOT / "action.yml").read_text().replace("using: composite", "using: compost"))
    assert check_schema("github-actions", wrong).returncode == 1


@pytest.mark.parametrize("step", [INSTALL, CHECK], ids=lambda step: step["name"])
def test_inputs_reach_a_step_by_its_environment_alone(step: dict[str, str]) -> None:
    assert "${{" not in step["run"]
    assert step["shell"] == BASH
    assert shellcheck("#!/bin/bash\n" + step["run"], "bash") == ""


def test_every_input_is_used_once() -> None:
    given = " ".join(text for step in (INSTALL, CHECK) for text in step["env"].values())
    assert sorted(EXPRESSION.findall(given)) == sorted(ACTION["inputs"])


def test_the_outputs_are_those_of_the_step(job: Job) -> None:
    ran = job.check("dist/*.deb")
    assert {name: one["value"] for name, one in ACTION["outputs"].items()} == {
        name: f"${{{{ steps.{CHECK['id']}.outputs.{name} }}}}" for name in ran.outputs
    }


# ------------------------------------------------------------------ installing


def test_it_installs_from_its_own_checkout(job: Job, tmp_path: Path) -> None:
    shutil.rmtree(job.commands.parent)
    checkout = copy_checkout(tmp_path / "action's checkout")
    write_python(tmp_path / "python")
    ran = job.run(INSTALL, {"python": str(tmp_path / "python")}, GITHUB_ACTION_PATH=str(checkout), **OFFLINE)
    assert ran.code == 0, ran.log
    place = "import pathlib, pkgguard; print(pathlib.Path(pkgguard.__file__).parent)"
    done = subprocess.run(
        [job.commands / "python", "-I", "-c", place], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(str(job.temp))
    assert (job.commands / "pkgguard").is_file()


def test_an_old_python_is_refused(job: Job, tmp_path: Path) -> None:
    shutil.rmtree(job.commands.parent)
    old = tmp_path / "python3.9"
    write_script(old, "exit 1")
    ran = job.run(INSTALL, {"python": str(old)}, GITHUB_ACTION_PATH=str(ROOT))
    assert ran.code == 3
    assert "::error title=pkgguard::needs Python 3.11 or later; set the input 'python' to one" in ran.log
    assert not job.commands.exists()
    assert job.run(INSTALL, {"python": "no-such-python"}, GITHUB_ACTION_PATH=str(ROOT)).code == 3


# ------------------------------------------------------------------ checking


def test_what_is_right_passes_and_is_told(job: Job) -> None:
    ran = job.check("dist/*.deb")
    assert ran.code == 0
    assert "3 packages judged" in ran.log
    assert "(found here)" in ran.log
    assert ran.summary.startswith("### pkgguard check: exit code 0\n\n    manifest: pkgguard.toml")
    assert "3 packages judged" in Path(ran.outputs["report"]).read_text("utf-8")


def test_what_is_wrong_fails_and_is_told(job: Job) -> None:
    ran = job.check("dist/wrong/*.deb")
    assert ran.code == 1
    for text in (ran.log, ran.summary, Path(ran.outputs["report"]).read_text("utf-8")):
        assert "error: admits-incompatible-peer" in text


@pytest.mark.parametrize(
    "files",
    [
        "dist/*.deb\ndist/wrong/*.deb\n",
        "\n  dist/*.deb  \n\n\tdist/wrong/kata-runtime_1.1.0-1_amd64.deb\r\n",
        "dist/*.deb \r \t\r\ndist/wrong/*.deb\r",
        "**/*.deb",
        "dist/**/*.deb",
        "dist/kata-*_1.?.0-1_amd64.deb\ndist/*/*",
    ],
)
def test_files_are_globs_on_lines(job: Job, files: str) -> None:
    ran = job.check(files)
    assert ran.code == 1
    assert "4 packages judged" in ran.log


def test_names_may_hold_what_a_shell_minds(job: Job) -> None:
    names = ["two  words.deb", "-q", "$(touch made).deb", "a;b&c'd\"e.deb", "ä.deb"]
    wrong = next((job.workspace / "dist/wrong").iterdir())
    for name in names:
        shutil.copy(wrong, job.workspace / name)
    for name in names:
        ran = job.check(name, format="json")
        document = json.loads(Path(ran.outputs["report"]).read_text("utf-8"))
        assert [one["path"] for one in document["packages"]] == [name]
    assert not (job.workspace / "made").exists()


@pytest.mark.parametrize(
    "files", ["", " \n\n", "dist/*.rpm", "dist/*.deb\ndist/*.rpm", "dist/*.rpm\ndist/*.deb"]
)
def test_a_glob_that_no_file_matches_is_an_error(job: Job, files: str) -> None:
    ran = job.check(files)
    assert ran.code == 2
    (line,) = ran.log.splitlines()
    assert line.startswith("::error title=pkgguard::")
    assert ("'dist/*.rpm'" if "rpm" in files else "is empty") in line


@pytest.mark.parametrize(
    ("file", "told"),
    [("no*%0A::warning::file", "no*%250A::warning::file"), ("no\rsuch*\x0bfile", "no%0Dsuch*\x0bfile")],
)
def test_a_message_is_one_command_of_the_runner(job: Job, file: str, told: str) -> None:
    ran = job.check(file)
    assert ran.code == 2
    assert ran.log == f"::error title=pkgguard::no file matches '{told}', which the input 'files' names\n"


def test_packages_that_the_manifest_does_not_know_are_no_pass(job: Job) -> None:
    manifest = job.workspace / "pkgguard.toml"
    manifest.write_text(manifest.read_text().replace("[package.kata-", "[package.other-"))
    assert job.check("dist/kata-runtime_1.0.0-1_amd64.deb").code != 0


@pytest.mark.parametrize("files", ["dist/missing.deb", "pkgguard.toml", "dist/*"])
def test_a_file_that_cannot_be_read_is_no_pass(job: Job, files: str) -> None:
    assert job.check(files).code == 3


def test_the_inputs_set_what_they_say(job: Job) -> None:
    wrong = "dist/wrong/*.deb"
    assert job.check(wrong, fail_on="never").code == 0
    assert job.check(wrong, rules="all=off").code == 0
    assert job.check(wrong, rules="all=off\n\n admits-incompatible-peer=error\n").code == 1
    assert job.check(wrong, rules="all=off\nadmits-incompatible-peer=warning\n").code == 0
    assert job.check(wrong, rules="all=off\nadmits-incompatible-peer=warning\n", fail_on="warning").code == 1
    other = job.workspace / "other manifest.toml"
    (job.workspace / "pkgguard.toml").rename(other)
    assert "built in" in job.check(wrong).log
    ran = job.check(wrong, manifest=other.name)
    assert "manifest: other manifest.toml (named on the command line)" in ran.log


@pytest.mark.parametrize(
    "inputs",
    [{"fail_on": ""}, {"fail_on": "eror"}, {"rules": "no-such-rule=off"}, {"format": "yaml"}],
    ids=str,
)
def test_wrong_inputs_are_a_misuse_that_is_told(job: Job, inputs: dict[str, str]) -> None:
    ran = job.check("dist/*.deb", **inputs)
    assert ran.code == 2
    assert set(ran.outputs) == {"exit-code", "report"}
    assert ran.summary.count("\n") > 2


def test_a_wrong_manifest_is_told(job: Job) -> None:
    (job.workspace / "pkgguard.toml").write_text("manifest = 2\n")
    ran = job.check("dist/*.deb")
    assert ran.code == 3
    assert "    pkgguard: pkgguard.toml: 5 mistakes in the manifest" in ran.summary
    assert "\npkgguard: pkgguard.toml: 5 mistakes in the manifest" in ran.log


@pytest.mark.parametrize("name", ["files", "manifest", "fail_on", "rules", "format", "annotations"])
@pytest.mark.parametrize(
    "shot", ["$(touch made)", "`touch made`", '"; touch made; "', "'; touch made; '", "\ntouch made"]
)
def test_no_input_is_run(job: Job, name: str, shot: str) -> None:
    ran = job.check(**{"files": "dist/*.deb"} | {name: f"x{shot}"})
    assert ran.code in {2, 3}
    assert not list(job.workspace.rglob("made"))


# ------------------------------------------------------------------ what packages say


def test_no_line_of_the_report_commands_the_runner(job: Job) -> None:
    wrong = next((job.workspace / "dist/wrong").iterdir())
    shutil.copy(wrong, job.workspace / "::error::evil.deb")
    ran = job.check("*.deb\npkgguard.toml", format="text")
    lines = ran.log.splitlines()
    assert "::error::evil.deb (kata-runtime 1.1.0-1): 1 error" in lines
    start = re.fullmatch(r"::stop-commands::([0-9a-f]{32})", lines[0])
    assert start
    end = f"::{start[1]}::"
    assert lines.count(end) == 1
    annotations = lines[lines.index(end) + 1 :]
    assert annotations
    command = re.compile(r"::(error|warning|notice) title=pkgguard%3A [a-z-]+,file=")
    assert all(map(command.match, annotations))
    assert any("file=%3A%3Aerror%3A%3Aevil.deb::" in one for one in annotations)
    quiet = job.check("*.deb\npkgguard.toml", annotations="false").log.splitlines()
    assert re.fullmatch("::[0-9a-f]{32}::", quiet[-1])
    assert job.check("*.deb").log.splitlines()[0] != lines[0]


def test_the_report_is_nothing_but_text_in_the_summary(job: Job) -> None:
    wrong = next((job.workspace / "dist/wrong").iterdir())
    shutil.copy(wrong, job.workspace / "``` <b>evil.deb")
    ran = job.check("*.deb\npkgguard.toml")
    heading, empty, *lines = ran.summary.splitlines()
    assert (heading, empty) == ("### pkgguard check: exit code 3", "")
    assert "    ``` <b>evil.deb (kata-runtime 1.1.0-1): 1 error" in lines
    assert all(line.startswith("    ") for line in lines)


def test_a_report_that_does_not_end_its_line_ends_where_the_runner_listens_again(job: Job) -> None:
    write_script(job.commands / "pkgguard", "printf 'one\\rtwo'; printf three >&2; exit 3")
    ran = job.check("dist/*.deb")
    assert ran.code == 3
    start, *middle, end = ran.log.split("\n")[:-1]
    assert start == f"::stop-commands::{end.strip(':')}"
    assert middle == ["one", "two", "three"]  # subprocess reads a carriage return as a line end
    assert "    one?two" in ran.summary


def test_a_long_report_is_cut_in_the_summary_alone(job: Job) -> None:
    line = "x" * 79
    write_script(job.commands / "pkgguard", f"yes {line} | head -n 30000; exit 1")
    ran = job.check("dist/*.deb")
    assert ran.code == 1
    assert ran.log.count(line) == 30000
    assert 400_000 < len(ran.summary) < 2**20
    assert ran.summary.endswith("Truncated; the whole report is in the log.\n")


def test_only_annotations_are_taken_for_commands(job: Job) -> None:
    said = ["::set-env name=X::y", "##[error]x", "::error title=other::x", "::error title=pkgguard%3A x::b"]
    write_script(job.commands / "pkgguard", "\n".join(f"echo '{one}'" for one in said) + "\nexit 1")
    lines = job.check("dist/*.deb").log.splitlines()
    end = f"::{lines[0].removeprefix('::stop-commands::')}::"
    assert lines[lines.index(end) + 1 :] == said[-1:]


# ------------------------------------------------------------------ the reports for GitHub


def test_findings_are_annotations_of_the_manifest(job: Job) -> None:
    (annotation,) = (line for line in job.check("dist/wrong/*.deb").log.splitlines() if "::error " in line)
    (line,) = re.findall("admits-incompatible-peer,file=pkgguard.toml,line=([0-9]+)::", annotation)
    manifest = (job.workspace / "pkgguard.toml").read_text("utf-8").splitlines()
    assert manifest[int(line) - 1] == "[[change]]"


@pytest.mark.parametrize("annotations", ["", "yes", "True"])
def test_annotations_are_true_or_false(job: Job, annotations: str) -> None:
    ran = job.check("dist/*.deb", annotations=annotations)
    assert ran.code == 2
    assert ran.log.startswith("::error title=pkgguard::the input 'annotations' is ")


def test_the_sarif_keeps_to_its_schema(job: Job) -> None:
    schema = json.loads((ROOT / "tests/data/schemas/sarif-2.1.0.json").read_text("utf-8"))
    for files, code in (("dist/wrong/*.deb", 1), ("dist/*.deb\npkgguard.toml", 3)):
        ran = job.check(files)
        assert ran.code == code
        log = json.loads(Path(ran.outputs["sarif"]).read_text("utf-8"))
        jsonschema.Draft4Validator(schema).validate(log)
        assert log["runs"][0]["results"]
        assert log["runs"][0]["invocations"][0]["executionSuccessful"] == (code != 3)


def test_there_is_no_sarif_if_the_manifest_is_wrong(job: Job) -> None:
    (job.workspace / "pkgguard.toml").write_text("manifest = 2\n")
    assert "sarif" not in job.check("dist/*.deb").outputs


# ------------------------------------------------------------------ the documentation


def test_the_documented_workflow_is_one(tmp_path: Path) -> None:
    (text,) = documented(".github/workflows/packages.yml")
    path = tmp_path / "packages.yml"
    path.write_text(text, "utf-8")
    done = check_schema("github-workflows", path)
    assert done.returncode == 0, done.stdout
    steps = yaml.safe_load(text)["jobs"]["packages"]["steps"]
    (checkout,) = (step for step in steps if step.get("with", {}).get("repository"))
    (own,) = (step for step in steps if step.get("uses", "").startswith("./"))
    assert own["uses"] == f"./{checkout['with']['path']}"
    assert set(own["with"]) <= set(ACTION["inputs"])
    (upload,) = (step for step in steps if "upload-sarif@" in step.get("uses", ""))
    assert upload["with"]["sarif_file"] == f"${{{{ steps.{own['id']}.outputs.sarif }}}}"
    assert upload["if"] == f"always() && steps.{own['id']}.outputs.sarif != ''"
    assert {step["uses"] for step in steps if "uses" in step} == {
        "actions/checkout@v4",
        own["uses"],
        upload["uses"],
    }


def test_a_stranger_is_judged_by_the_manifest_of_the_base(tmp_path: Path) -> None:
    (text,) = documented(".github/workflows/pull-requests.yml")
    path = tmp_path / "pull-requests.yml"
    path.write_text(text, "utf-8")
    done = check_schema("github-workflows", path)
    assert done.returncode == 0, done.stdout
    steps = yaml.safe_load(text)["jobs"]["check"]["steps"]
    assert [step["with"].get("ref") for step in steps if step["uses"].startswith("actions/checkout@")] == [
        "${{ github.event.pull_request.base.sha }}",
        "FULL-COMMIT-ID",
    ]
    assert steps[-1]["uses"] == "./.pkgguard"
    assert steps[-1]["with"]["manifest"]
    assert set(steps[-1]["with"]) <= set(ACTION["inputs"])


def test_the_documentation_tells_every_input_and_its_default() -> None:
    text = (ROOT / "docs/ci.md").read_text("utf-8")
    for name, one in ACTION["inputs"].items():
        (row,) = re.findall(
            rf"^\| `{name}` \| (.*) \|$", text.split("## GitHub")[1].split("## GitLab")[0], re.MULTILINE
        )
        default = one.get("default")
        assert (f"`{default}`" in row) if default else True
        assert ("required" in row) == one.get("required", False)
    for name in ACTION["outputs"]:
        assert f"| `{name}` |" in text
