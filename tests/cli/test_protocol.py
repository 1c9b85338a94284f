"""``pkgguard protocol``: its formats, exit codes and errors."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from protocol_texts import KATA, recorded
from runner import both, run
from small_project import MANIFEST

from pkgguard.manifest.read import parse_manifest

SCHEMA = json.loads(files("pkgguard.report").joinpath("schema.json").read_text("utf-8"))
OLD = """\
service grpc.Agent
  rpc Create(grpc.CreateRequest) returns (grpc.Empty)
message grpc.CreateRequest
  string id = 1
message grpc.Empty
"""
NEW = OLD.replace("  rpc Create", "  rpc Pause(grpc.Empty) returns (grpc.Empty)\n  rpc Create").replace(
    "string id = 1", "string name = 1\n  bool pidns = 7"
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.protocol").write_text(recorded(OLD), "utf-8")
    (tmp_path / "new.protocol").write_text(recorded(NEW), "utf-8")
    (tmp_path / "pkgguard.toml").write_text(MANIFEST, "utf-8")
    return tmp_path


def test_show() -> None:
    result = run("protocol", "show", "old.protocol")
    assert (result.exit_code, result.stdout) == (0, f"{OLD}1 service, 1 method, 2 messages, 0 enums\n")
    found = json.loads(run("protocol", "show", "old.protocol", "--format", "json").stdout)
    jsonschema.validate(found, SCHEMA)
    assert (found["kind"], found["source"], len(found["parts"])) == ("protocol", "old.protocol", 3)


def test_diff() -> None:
    result = run("protocol", "diff", "old.protocol", "new.protocol")
    assert result.exit_code == 1
    assert result.stdout == (
        "from old.protocol to new.protocol\n"
        "breaks: method added: grpc.Agent/Pause\n"
        "  pairs     a new client with an old server\n"
        "  new       rpc Pause(grpc.Empty) returns (grpc.Empty)\n"
        "to judge: request field added: grpc.CreateRequest.pidns\n"
        "  pairs     a new client with an old server\n"
        "  new       bool pidns = 7\n"
        "  request   grpc.Agent/Create\n"
        "1 breaking change, 1 to judge, 1 harmless (--all lists them)\n"
    )
    every = run("protocol", "diff", "old.protocol", "new.protocol", "--all", "--quiet").stdout
    assert "harmless: field renamed: grpc.CreateRequest#1 id -> name\n  old       string id = 1\n" in every
    assert "(--all" not in every
    found = json.loads(run("protocol", "diff", "old.protocol", "new.protocol", "--format", "json").stdout)
    jsonschema.validate(found, SCHEMA)
    assert found["summary"] == {"breaks": 1, "judge": 1, "none": 1}
    assert [one["class"] for one in found["changes"]] == [
        "method-added",
        "request-field-added",
        "field-renamed",
    ]


def test_entries() -> None:
    words = ("protocol", "diff", "old.protocol", "new.protocol")
    result = run(*words, "--release", "1.1.0")
    assert result.exit_code == 1
    assert result.stdout == (
        "[[change]]\n"
        'protocol = "agent"\n'
        'kind     = "added"\n'
        'what     = ["grpc.Agent/Pause"]\n'
        'server   = "1.1.0"\n'
        'client   = "1.1.0"\n'
        'because  = "method added"\n'
        'undecided = ["client"]\n'
        "\n"
        "[[change]]\n"
        'protocol = "agent"\n'
        'kind     = "added"\n'
        'what     = ["grpc.CreateRequest.pidns"]\n'
        'server   = "1.1.0"\n'
        'client   = "1.1.0"\n'
        'because  = "request field added (carried by Create)"\n'
        'undecided = ["kind", "client", "need"]\n'
    )
    found = json.loads(run(*words, "--release", "1.1.0", "--format", "json").stdout)
    jsonschema.validate(found, SCHEMA)
    assert [one["what"] for one in found["entries"]] == [["grpc.Agent/Pause"], ["grpc.CreateRequest.pidns"]]
    changes = parse_manifest(f"{MANIFEST}\n{result.stdout}").changes
    assert [change.undecided for change in changes] == [(), ("client",), ("kind", "client", "need")]
    for more, part in (
        (("--release", "7.0.0"), "no release of agent is called '7.0.0'"),
        (("--release", "1.1.0", "--protocol", "agnet"), "did you mean 'agent'?"),
    ):
        wrong = run(*words, *more)
        assert (wrong.exit_code, wrong.stdout) == (2, "")
        assert part in wrong.stderr
    for more, part in ((("--protocol", "agent"), "--protocol and --manifest go with --release"),):
        wrong = run(*words, *more)
        assert wrong.exit_code == 2
        assert part in wrong.stderr


def test_exit_codes(here: Path) -> None:
    assert run("protocol", "diff", "old.protocol", "new.protocol", "--exit-zero").exit_code == 0
    same = run("protocol", "diff", "old.protocol", "old.protocol")
    assert (same.exit_code, same.stdout.splitlines()[1]) == (0, "0 breaking changes, 0 to judge, 0 harmless")
    (here / "other.protocol").write_text(recorded(OLD.replace("id = 1", "name = 1")), "utf-8")
    assert run("protocol", "diff", "old.protocol", "other.protocol").exit_code == 0
    (here / "bad.protocol").write_text("record 1\nprotocol p\nrelease 1\nmessage\x1b p.M since 1\n", "utf-8")
    for words, code, part in (
        (("show", "nowhere"), 3, "nowhere: No such file"),
        (("show", "bad.protocol"), 3, "bad.protocol: line 4: "),
        (
            ("diff", "old.protocol", "old.protocol@3.0.0"),
            2,
            "no release in old.protocol@3.0.0 is called '3.0.0'",
        ),
        (("diff", "old.protocol", "HEAD:x"), 3, "HEAD:x: git "),
    ):
        result = run("protocol", *words)
        assert (result.exit_code, result.stdout) == (code, "")
        assert part in result.stderr
        assert "\x1b" not in both(result)


def test_a_change_that_is_undecided_is_an_error(here: Path) -> None:
    manifest = MANIFEST + 'undecided = ["client", "need"]\n'
    (here / "pkgguard.toml").write_text(manifest, "utf-8")
    result = run("manifest", "check")
    assert result.exit_code == 1
    assert "error: undecided-change: the change of Pause has undecided keys: client, need" in result.stdout
    assert run("manifest", "check", "--rule", "undecided-change=info").exit_code == 0
    assert 'undecided = [ "client", "need",]' in run("manifest", "show", "--format", "toml").stdout
    (here / "pkgguard.toml").write_text(manifest.replace('"need"]', '"nede"]'), "utf-8")
    wrong = run("manifest", "check")
    assert wrong.exit_code == 1
    assert "'nede' is not a key to decide; did you mean 'need'?" in wrong.stderr


def test_kata_release_by_release() -> None:
    result = run("protocol", "diff", f"{KATA}@1.0.0", f"{KATA}@1.1.0", "--quiet")
    assert [line for line in result.stdout.splitlines() if not line.startswith("  ")] == [
        "breaks: method added: grpc.AgentService/PauseContainer",
        "breaks: method added: grpc.AgentService/ResumeContainer",
        "to judge: request field added: grpc.CreateContainerRequest.sandbox_pidns",
        "2 breaking changes, 1 to judge, 2 harmless (--all lists them)",
    ]


def test_record_and_verify(here: Path) -> None:
    commented = MANIFEST.replace("[[change]]", "# The history.\n[[change]]", 1) + "\n[policy]\n# last\n"
    (here / "pkgguard.toml").write_text(commented, "utf-8")
    first = run("protocol", "record", "old.protocol", "--release", "1.0.0")
    assert first.exit_code == 0
    assert "+  rpc Create(grpc.CreateRequest) returns (grpc.Empty) since 1.0.0\n" in first.stdout
    assert (here / "pkgguard.toml").read_text("utf-8") == commented
    words = ("protocol", "record", "new.protocol", "--release", "1.1.0")
    dry = run(*words, "--dry-run")
    assert "+release 1.1.0\n" in dry.stdout
    assert '+what     = ["grpc.Agent/Pause"]' in dry.stdout.replace("what = ", "what     = ")
    assert "release 1.1.0" not in (here / "agent.protocol").read_text("utf-8")
    second = run(*words)
    assert (second.exit_code, second.stdout) == (0, dry.stdout)
    manifest = (here / "pkgguard.toml").read_text("utf-8")
    assert [line for line in manifest.splitlines() if line.startswith("undecided")] == [
        'undecided = ["client"]',
        'undecided = ["kind", "client", "need"]',
    ]
    assert manifest.startswith(commented.split("\n[policy]")[0])
    assert manifest.endswith("\n[policy]\n# last\n")
    assert run("manifest", "check").exit_code == 1
    again = run(*words)
    assert (again.exit_code, again.stdout) == (0, "")
    assert (here / "pkgguard.toml").read_text("utf-8") == manifest
    decided = manifest.replace('undecided = ["client"]\n', "").replace(
        'undecided = ["kind", "client", "need"]\n', ""
    )
    (here / "pkgguard.toml").write_text(decided, "utf-8")
    assert run("manifest", "check").exit_code == 0
    assert run(*words).stdout == ""
    for more in ((), ("new.protocol",), ("old.protocol", "--release", "1.0.0")):
        result = run("protocol", "verify", *more)
        assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "1 record, 0 findings")


def test_verify_reports_what_does_not_agree(here: Path) -> None:
    run("protocol", "record", "old.protocol", "--release", "1.0.0", "--quiet")
    run("protocol", "record", "new.protocol", "--release", "1.1.0", "--quiet")
    wrong = run("protocol", "verify", "old.protocol", "--quiet")
    assert wrong.exit_code == 1
    assert wrong.stdout.startswith("--- agent.protocol\n+++ agent.protocol\n@@ ")
    assert "-  rpc Pause(grpc.Empty) returns (grpc.Empty) since 1.1.0\n" in wrong.stdout
    assert (
        "error: protocol-not-recorded: old.protocol is not what is recorded of agent 1.1.0\n" in wrong.stdout
    )
    found = json.loads(run("protocol", "verify", "old.protocol", "--format", "json").stdout)
    jsonschema.validate(found, SCHEMA)
    assert [one["id"] for one in found["findings"]] == ["protocol-not-recorded"]
    assert found["records"] == ["agent.protocol"]
    (here / "pkgguard.toml").write_text(MANIFEST, "utf-8")
    unnamed = run("protocol", "verify")
    assert unnamed.exit_code == 1
    assert unnamed.stdout.count("error: protocol-change-not-in-manifest: 1.1.0: ") == 2
    assert "method added: grpc.Agent/Pause: no change of the manifest names it" in unnamed.stdout
    text = (here / "agent.protocol").read_text("utf-8")
    (here / "agent.protocol").write_text(text.replace("message grpc.Empty", "\nmessage grpc.Empty"), "utf-8")
    assert "protocol-not-recorded: is not written as records are" in run("protocol", "verify").stdout


def test_the_difference_that_verify_prints_can_be_applied(here: Path) -> None:
    run("protocol", "record", "old.protocol", "--release", "1.0.0", "--quiet")
    run("protocol", "record", "new.protocol", "--release", "1.1.0", "--quiet")
    shown = run("protocol", "verify", "old.protocol", "--quiet").stdout
    patch = "".join(line for line in shown.splitlines(keepends=True) if line[0] in "-+@ ")
    patch = patch.split("          ")[0]
    before = (here / "agent.protocol").read_text("utf-8").splitlines()
    after = list(before)
    for line in patch.splitlines()[2:]:
        if line.startswith("-"):
            after.remove(line[1:])
    assert set(after) <= set(before)
    assert run("protocol", "record", "old.protocol", "--release", "1.1.0", "--quiet").exit_code == 0
    added = [line[1:] for line in patch.splitlines()[2:] if line.startswith("+")]
    assert sorted((here / "agent.protocol").read_text("utf-8").splitlines()) == sorted([*after, *added])


def test_record_errors(here: Path) -> None:
    for words, code, part in (
        (
            ("record", "old.protocol", "--release", "9.9.9"),
            2,
            "add it to the releases of [component.agent] first",
        ),
        (("record", "nowhere", "--release", "1.0.0"), 3, "nowhere: No such file"),
        (("record", "old.protocol"), 2, "Missing option '--release'"),
        (("verify",), 3, "no protocol of the manifest has a record beside it"),
        (("verify", "--release", "1.0.0"), 2, "--release goes with a source"),
        (("verify", "--protocol", "nope"), 2, "no protocol is called 'nope'"),
    ):
        result = run("protocol", *words)
        assert (result.exit_code, result.stdout) == (code, "")
        assert part in result.stderr
    (here / "agent.protocol").write_text(recorded(OLD), "utf-8")
    wrong = run("protocol", "record", "old.protocol", "--release", "1.0.0")
    assert wrong.exit_code == 3
    assert "is the record of p, not of agent" in wrong.stderr
    (here / "agent.protocol").write_text(
        recorded(OLD).replace("protocol p", "protocol agent").replace("1.0.0", "7.0"), "utf-8"
    )
    wrong = run("protocol", "verify")
    assert wrong.exit_code == 3
    assert "agent.protocol: release 7.0: is not in the releases of [component.agent]" in wrong.stderr


def test_a_release_between_two_recorded_ones(here: Path) -> None:
    """What the manifest says of the next release is not said again: a person has to move it."""
    releases = MANIFEST.replace('["1.0.0", "1.1.0"]', '["1.0.0", "1.0.1", "1.1.0"]')
    (here / "pkgguard.toml").write_text(releases, "utf-8")
    run("protocol", "record", "old.protocol", "--release", "1.0.0", "--quiet")
    run("protocol", "record", "new.protocol", "--release", "1.1.0", "--quiet")
    manifest = (here / "pkgguard.toml").read_text("utf-8")
    assert run("protocol", "record", "new.protocol", "--release", "1.0.1", "--quiet").exit_code == 0
    assert (here / "pkgguard.toml").read_text("utf-8") == manifest
    found = run("protocol", "verify")
    assert found.exit_code == 1
    assert found.stdout.count("protocol-change-not-in-manifest: 1.0.1: ") == 2
    backported = manifest.replace('server = "1.1.0"', 'server = ["1.1.0", "1.0.1"]')
    (here / "pkgguard.toml").write_text(backported, "utf-8")
    assert run("protocol", "verify").exit_code == 0
