"""Words that both sides share: literals of each language, the rows, and what is left out."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from protocol_texts import needs_git
from runner import run
from small_project import MANIFEST

from pkgguard.protocol.literals import is_source, literals
from pkgguard.protocol.source_trees import Sources

SCHEMA = json.loads(files("pkgguard.report").joinpath("schema.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.go", 'x := "one" // "no"\n/* "no" */ y := `two` + "a\\"b"; r := \'"\'', ["one", "two", 'a"b']),
        (
            "a.rs",
            'fn f<\'a>(x: &\'a str) { g("one", r#"two "q""#, b"three", \'"\', "four") }',
            ["one", 'two "q"', "three", "four"],
        ),
        ("a.rs", '"kept"\n#[cfg(test)]\nmod tests { "no" }', ["kept"]),
        ("a.py", 'x = \'one\'  # \'no\'\ny = """two"""\nz = "three"', ["one", "two", "three"]),
        ("a.c", 'char c = \'"\'; char *s = "one"; // "no"', ["one"]),
        ("a.ts", "f('one', `two`, \"three\")", ["one", "two", "three"]),
        ("a.sh", "echo \"one\" 'two' # 'no'", ["one", "two"]),
        (
            "a.go",
            '"encryption_key=ephemeral" "k=v" "=x"',
            ["encryption_key=ephemeral", "encryption_key", "k=v", "=x"],
        ),
        ("a.go", '"" "two\\nlines" `real\nlines`', ["two\\nlines"]),
        ("a.go", f'"{"x" * 201}"', []),
    ],
)
def test_literals(name: str, text: str, found: list[str]) -> None:
    assert list(literals(name, text)) == found


@pytest.mark.parametrize(
    "text",
    [
        '"' * 40_001,
        "/*" * 40_000,
        "'" * 40_001,
        'r#"' * 30_000,
        "`" * 40_001,
        "\\" * 40_000,
        '"' + '\\"' * 40_000,
    ],
)
def test_the_time_grows_with_the_size(text: str) -> None:
    start = time.thread_time()
    for ending in ("go", "rs", "c", "ts", "py", "sh"):
        list(literals(f"a.{ending}", text))
    assert time.thread_time() - start < 1


def test_what_is_a_source() -> None:
    assert [is_source(name) for name in ("a.go", "a.rs", "Makefile", "a.txt", "go")] == [
        True,
        True,
        False,
        False,
        True,
    ]


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    sides = {
        "old": ('"blk" "gone" "later"', '"blk" "gone" "sooner"'),
        "new": ('"blk" "ephemeral" "later" "sooner" "log"', '"blk" "ephemeral" "sooner" "later" "log"'),
    }
    for version, (client, server) in sides.items():
        for side, name, text in (("runtime", "a.go", client), ("agent/src", "b.rs", server)):
            folder = tmp_path / version / side
            (folder / "vendor").mkdir(parents=True)
            (folder / name).write_text(text, "utf-8")
            (folder / "vendor" / name).write_text(f'"vendored{version}"', "utf-8")
            (folder / "a_test.go").write_text(f'"tested{version}"', "utf-8")
            (folder / "README.md").write_text(f'"told{version}"', "utf-8")
    (tmp_path / "pkgguard.toml").write_text(MANIFEST, "utf-8")
    return tmp_path


WORDS = ("--client", "runtime", "--server", "agent")


def test_the_rows(versions: Path) -> None:
    result = run("protocol", "words", "old", "new", *WORDS)
    assert result.exit_code == 1
    assert result.stdout == (
        "from old to new\nruntime\n"
        '  both: new on both sides\n    "ephemeral"\n    "log"\n'
        '  client: new in the client, which the server had\n    "sooner"\n'
        '  server: new in the server, which the client had\n    "later"\n'
        '  gone: not shared any more\n    "gone"\n'
        "5 words to explain\n"
    )
    found = json.loads(run("protocol", "words", "old", "new", *WORDS, "--format", "json").stdout)
    jsonschema.validate(found, SCHEMA)
    assert found["rows"][0]["both"] == ["ephemeral", "log"]
    assert run("protocol", "words", "old", "new", *WORDS, "--exit-zero").exit_code == 0
    same = run("protocol", "words", "new", "new", *WORDS, "--quiet")
    assert (same.exit_code, same.stdout) == (0, "0 words to explain\n")


def test_what_is_explained_is_left_out(versions: Path) -> None:
    (versions / "pkgguard.toml").write_text(
        MANIFEST.replace('["Pause"]', "['Storage.driver \"ephemeral\"']"), "utf-8"
    )
    noise = '[[noise]]\nreason = "texts"\nliterals = ["log", "later", "gone"]\n'
    (versions / "agent.noise.toml").write_text(noise, "utf-8")
    left = run("protocol", "words", "old", "new", *WORDS, "--quiet").stdout
    assert (
        left
        == 'runtime\n  client: new in the client, which the server had\n    "sooner"\n1 word to explain\n'
    )
    (versions / "other.toml").write_text(noise.replace("later", "sooner"), "utf-8")
    left = run("protocol", "words", "old", "new", *WORDS, "--quiet", "--noise", "other.toml").stdout
    assert '"later"' in left
    assert '"sooner"' not in left


@needs_git
def test_revisions(versions: Path) -> None:
    expected = run("protocol", "words", "old", "new", *WORDS, "--quiet").stdout
    top = versions / "top"
    shutil.copytree(versions / "old", top)
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=one"]):
        subprocess.run(["git", *who, *words], cwd=top, check=True)
    assert run("protocol", "words", "top:HEAD", "new", *WORDS, "--quiet").stdout == expected
    assert run("protocol", "words", "top:HEAD", "old", *WORDS).exit_code == 0


def test_errors(versions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (versions / "bad.toml").write_text("[[noise]]\nliterals = 1\n", "utf-8")
    (versions / "worse.toml").write_text("[[noise", "utf-8")
    (versions / "other.toml").write_text("[x]\n", "utf-8")
    for words, part in (
        (("old", "nowhere", *WORDS), "is neither a folder nor DIR:REV"),
        (("old", "new", *WORDS, "--client", "nothing"), "nothing: is not a folder of either version"),
        (("old", "new", "--client", "../x", "--server", "agent"), "is outside of the project"),
        (("old", "new", *WORDS, "--noise", "bad.toml"), "[[noise]]: is not a list of words with a reason"),
        (("old", "new", *WORDS, "--noise", "worse.toml"), "is not valid TOML"),
        (("old", "new", *WORDS, "--noise", "other.toml"), "must consist of tables [[noise]]"),
        (("old", "new", *WORDS, "--noise", "none.toml"), "none.toml: No such file"),
    ):
        result = run("protocol", "words", *words)
        assert (result.exit_code, result.stdout) == (3, ""), words
        assert part in result.stderr
    monkeypatch.setattr("pkgguard.protocol.source_trees.SOURCE_FILES", 0)
    assert "one of more than 0 files" in run("protocol", "words", "old", "new", *WORDS).stderr


def test_a_folder_of_one_version_only_is_empty_in_the_other(versions: Path) -> None:
    shutil.rmtree(versions / "old/runtime")
    found = run("protocol", "words", "old", "new", *WORDS, "--quiet").stdout
    assert 'client: new in the client, which the server had\n    "blk"\n' in found


def test_a_link_is_not_followed(versions: Path) -> None:
    (versions / "outside.go").write_text('"secret"', "utf-8")
    (versions / "new/runtime/link.go").symlink_to(versions / "outside.go")
    found = Sources(str(versions / "new")).files("runtime")
    assert found is not None
    assert [Path(one.path).name for one in found] == ["a.go"]


def test_the_words_that_kata_changed_are_in_its_data() -> None:
    """The five changes from 3.3.0 on that only words show (docs/protocol.md)."""
    text = (Path(__file__).parents[1] / "data/kata-literals.toml").read_text("utf-8")
    for word in (
        "encryption_key",
        "create_filesystem",
        "io.katacontainers.volume.overlayfs.create_directory",
        "X-kata.gpt-partitioned",
        "X-kata.partition-number",
    ):
        assert f'"{word}"' in text
