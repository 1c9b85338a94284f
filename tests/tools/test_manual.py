"""The manual pages: one for every command, read without a complaint, and saying what --help says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from real.tools import run

from pkgguard.cli import common
from pkgguard.cli.described import Command, description, shown
from pkgguard.cli.main import cli
from pkgguard.data import tables_of
from pkgguard.manifest import catalog
from tools import manual, roff

pytest_plugins = ["real.fixtures"]

ROOT = Path(__file__).parents[2]
CONTEXTS = {manual.page_name(context): context for context in manual.contexts()}
NAMES = tuple(CONTEXTS)
EPOCH = {"SOURCE_DATE_EPOCH": "1767225600"}
COMMANDS = tables_of("pkgguard.cli", "commands.toml")

every_page = pytest.mark.parametrize("name", NAMES)
real = pytest.mark.real
with_tools = pytest.mark.usefixtures("real_tools")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("man") / "man1"
    manual.write_pages(folder, EPOCH)
    return folder


def helped(name: str) -> str:
    """Return what --help prints of the command of a page, on lines so long that none is broken."""
    wide = {"terminal_width": 10_000, "max_content_width": 10_000}
    result = CliRunner().invoke(cli, [*name.split("-")[1:], "--help"], prog_name="pkgguard", **wide)
    assert result.exit_code == 0
    return result.output


def rendered(path: Path, home: Path) -> str:
    """Return a page as groff prints it, on lines so long that none is broken."""
    shown = run(["groff", "-man", "-Tascii", "-P-cbou", "-rLL=10000n", path], home=home).checked()
    return " ".join(shown.output.split())


# --- which pages there are


def test_every_registered_command_has_a_page(folder: Path) -> None:
    def names(group: click.Group, context: click.Context, prefix: str) -> set[str]:
        found = {prefix}
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            page = f"{prefix}-{name}"
            found |= names(command, context, page) if isinstance(command, click.Group) else {page}
        return found

    wanted = names(cli, click.Context(cli), "pkgguard")
    assert len(wanted) > 10
    assert {path.name for path in folder.iterdir()} == {f"{name}.1" for name in wanted}


def test_a_hidden_command_has_none() -> None:
    group = click.Group("pkgguard", commands=[click.Command("a"), click.Command("b", hidden=True)])
    pages = [manual.page_name(one) for one in manual.contexts(click.Context(group, info_name="pkgguard"))]
    assert pages == ["pkgguard", "pkgguard-a"]


# --- what they say


@real
@with_tools
@every_page
def test_a_page_says_what_help_says(name: str, folder: Path, tmp_path: Path) -> None:
    printed = rendered(folder / f"{name}.1", tmp_path)
    usage, description, *lists = re.split(r"\n\n(?=\S)|\n\n(?=  )", helped(name), maxsplit=2)
    assert usage.startswith(f"Usage: {name.replace('-', ' ')}")
    assert f"SYNOPSIS {usage.removeprefix('Usage: ')} DESCRIPTION" in printed
    lines = [description, *(line for text in lists for line in text.splitlines())]
    section = ""
    for line in lines:
        words = " ".join(line.replace("`", "").split())
        if not words:
            continue
        if line.endswith(":") and not line.startswith(" "):
            section = line
        elif section == "Commands:":
            command, _, said = words.partition(" ")
            assert f"{name}-{command}(1) {said}" in printed
        elif section == "Exit codes:":
            assert words.casefold() in printed.partition(" EXIT STATUS ")[2].casefold()
        else:
            assert words in printed


@every_page
def test_help_lists_the_exit_codes_where_they_have_a_meaning_of_their_own(name: str) -> None:
    listed = re.search(r"^Exit codes:\n((?:  .*\n)+)", helped(name), re.MULTILINE)
    assert (listed is not None) == ("exit" in COMMANDS["command"][name])
    if listed:
        rows = [line.split(maxsplit=1) for line in listed[1].splitlines()]
        assert [int(code) for code, _ in rows] == [
            common.CLEAN, common.FINDINGS, common.USAGE, common.INCOMPLETE,
        ]  # fmt: skip
        own = COMMANDS["command"][name]["exit"]
        assert [(code, text) for code, text in rows if code in own] == list(
            map(tuple, map(list, own.items()))
        )


def test_a_command_tells_its_own_meaning_of_an_exit_code(folder: Path) -> None:
    text = (folder / "pkgguard-manifest-check.1").read_text("utf-8")
    assert (
        r"""
.TP
\fB0\fR
All are valid.
.TP
\fB1\fR
There are mistakes.
.TP
\fB2\fR
Usage:"""
        in text
    )


def test_every_command_is_described_and_nothing_else() -> None:
    assert set(COMMANDS["command"]) == set(NAMES)
    assert {name: getattr(context.command, "page", None) for name, context in CONTEXTS.items()} == {
        name: name for name in NAMES
    }
    keys = {"summary", "text", "arguments", "exit", "see"}
    for name, table in COMMANDS["command"].items():
        assert set(table) <= keys, name
        assert table["summary"].endswith("."), name


@every_page
def test_each_argument_is_described(name: str) -> None:
    command = CONTEXTS[name].command
    usage = " ".join(one.human_readable_name for one in command.params if isinstance(one, click.Argument))
    assert list(description(name).arguments) == re.findall("[A-Z][A-Z_]+", usage)


@every_page
def test_a_text_names_only_arguments_of_its_command(name: str) -> None:
    described = description(name)
    texts = [described.summary, *described.paragraphs, *described.arguments.values()]
    named = {word for text in texts for word in re.findall("<([^>]*)>", text)}
    assert named <= set(described.arguments)


def test_help_shows_a_text_without_the_marks_of_arguments() -> None:
    assert shown("`a-b` of <FILE> (<< 2), <lower>") == "`a-b` of FILE (<< 2), <lower>"


@pytest.mark.parametrize("table", ["variables", "files"])
def test_variables_and_files_stand_where_they_count(table: str, folder: Path) -> None:
    section = {"variables": ".SH ENVIRONMENT", "files": ".SH FILES"}[table]
    assert section not in (folder / "pkgguard-debian.1").read_text("utf-8")
    for name in manual.TABLES[table]:
        term = f"\n{roff.bold(name)}\n"
        pages = {page for page in NAMES if term in (folder / f"{page}.1").read_text("utf-8")}
        some = "pkgguard-init" if name.startswith(("DEB", "SOURCE")) else "pkgguard-check"
        assert pages >= {"pkgguard", some}
        assert "pkgguard-rules" not in pages or name == "NO_COLOR"


def test_every_variable_and_file_of_an_option_has_a_meaning() -> None:
    for table, meanings in manual.TABLES.items():
        options = [one for context in CONTEXTS.values() for one in context.command.params]
        assert {name for one in options for name in getattr(one, table, ())} == set(meanings)


def test_the_place_of_installed_manifests_is_the_one_that_is_searched() -> None:
    assert f"{catalog.INSTALLED}/*.toml" == common.INSTALLED


@every_page
def test_the_pages_lead_to_each_other(name: str, folder: Path) -> None:
    text = (folder / f"{name}.1").read_text("utf-8").partition(".SH SEE ALSO\n")[2]
    named = re.findall(r"\\fB(.+?)\\fR\(1\)", text.replace(r"\-", "-"))
    assert named == list(dict.fromkeys(named))
    assert name not in named
    assert name == "pkgguard" or "pkgguard" in named
    prefix, _, _ = name.rpartition("-")
    assert {one for one in NAMES if one.rpartition("-")[0] in {name, prefix}} - {name, ""} <= {
        *named,
        "pkgguard",
    }
    assert {one for one in named if not one.startswith("dh_")} <= set(NAMES)


# --- the tools that read them


@real
@with_tools
@every_page
def test_groff_and_mandoc_have_nothing_to_say(name: str, folder: Path, tmp_path: Path) -> None:
    path = folder / f"{name}.1"
    groff = run(["groff", "-man", "-ww", "-Tutf8", "-z", path], home=tmp_path)
    assert groff
    assert groff.output == ""
    # As lintian calls it.
    man = run(["sh", "-c", 'man --warnings -E UTF-8 -l -Tutf8 -Z "$0" >/dev/null', path], home=tmp_path)
    assert man.checked().output == ""
    mandoc = run(["mandoc", "-Tlint", "-Wwarning", path], home=tmp_path)
    assert mandoc.output == ""


@real
@with_tools
def test_they_would_have_something_to_say(tmp_path: Path) -> None:
    bad = tmp_path / "bad.1"
    bad.write_text('.TH BAD 1 "" "" ""\n.SH NAME\n.PP\n.nosuch\n', "utf-8")
    assert "warning" in run(["groff", "-man", "-ww", "-Tutf8", "-z", bad], home=tmp_path).output
    assert "WARNING" in run(["mandoc", "-Tlint", "-Wwarning", bad], home=tmp_path).output


@real
@with_tools
@every_page
def test_whatis_finds_it(name: str, folder: Path, tmp_path: Path) -> None:
    told = run(["lexgrog", folder / f"{name}.1"], home=tmp_path).checked().output
    match = re.search(r': "(\S+) - (.+)"$', told.strip())
    assert match is not None
    assert match[1] == name
    summary = helped(name).split("\n\n")[1].strip().removesuffix(".")
    assert match[2] == summary[0].lower() + summary[1:]


@real
@with_tools
def test_man_finds_it(folder: Path, tmp_path: Path) -> None:
    for words in (["pkgguard"], ["pkgguard", "manifest"], ["pkgguard-manifest-check"]):
        found = run(["man", "-M", folder.parent, "-w", *words], home=tmp_path)
        assert found.output == f"{folder}/{'-'.join(words)}.1\n"


# --- how they are written


def test_the_same_source_gives_the_same_pages(folder: Path, tmp_path: Path) -> None:
    for name, epoch in (("first", EPOCH), ("second", EPOCH), ("none", {})):
        subprocess.run(
            [sys.executable, "-m", "tools.manual", str(tmp_path / name)],
            cwd=ROOT,
            env={"PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "40" if name == "second" else "200", **epoch},
            check=True,
        )
    for path in folder.iterdir():
        text = path.read_text("utf-8")
        assert (tmp_path / "first" / path.name).read_text("utf-8") == text
        assert (tmp_path / "second" / path.name).read_text("utf-8") == text
        dateless = (tmp_path / "none" / path.name).read_text("utf-8")
        assert '1 "2026-01-01" ' in text
        assert dateless == text.replace('1 "2026-01-01" ', '1 "" ')


@pytest.mark.parametrize("epoch", ["soon", "9" * 30])
def test_a_date_that_is_none_is_refused(epoch: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    result = CliRunner().invoke(manual.manual, [str(tmp_path / "man")])
    assert result.exit_code == common.USAGE
    assert f"SOURCE_DATE_EPOCH is '{epoch}', which is not a number of seconds" in result.output
    assert not (tmp_path / "man").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = CliRunner().invoke(manual.manual, [str(tmp_path / "file/man")])
    assert result.exit_code == common.INCOMPLETE
    assert result.output == f"pkgguard: {tmp_path}/file/man: Not a directory\n"


# --- roff


@pytest.mark.parametrize(
    ("text", "roffed"),
    [
        ("--a-b", r"\-\-a\-b"),
        ("'a' \"b\" `c`", r"\(aqa\(aq \(dqb\(dq \(gac\(ga"),
        (r"\e^~", r"\(rse\(ha\(ti"),
        ("é–", r"\[u00E9]\[u2013]"),
    ],
)
def test_signs_are_named_that_roff_sets_as_others(text: str, roffed: str) -> None:
    assert roff.escaped(text) == roffed


HOSTILE = {
    "summary": """First -- line of `it's "quoted"`.""",
    "text": [
        ".SH is not a request, and 'this' is none either; .br at the beginning, too.",
        r"'so is this \fBnot bold\fR, \n(.l no number, ^ and ~ are themselves, and – is a dash.",
        "See `dpkg`(1) and `--other`, or -q; <FILE> and NOTHING.",
    ],
    "arguments": {"FILE": r".x \fB of 'it'"},
    "exit": {"0": "fine", "1": ".not so"},
    "see": ["dpkg(1)", "deb-version(7)"],
}


@real
@with_tools
def test_any_text_is_printed_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command(cls=Command, page="hostile")
    @click.argument("file")
    @click.option("-x", "--exact", help=".x 'y' \\z", metavar="[A|.b]")
    def hostile() -> None:
        pass

    monkeypatch.setitem(COMMANDS["command"], "hostile", HOSTILE)
    monkeypatch.setattr("pkgguard.cli.described.tables_of", lambda *_: COMMANDS)
    path = tmp_path / "hostile.1"
    context = click.Context(hostile, info_name="hostile")
    path.write_text(manual.page(context, description("hostile"), "2026-01-01"), "utf-8")
    groff = run(["groff", "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=200n", path], home=tmp_path)
    for line in (
        'hostile - first -- line of `it\'s "quoted"`',
        "hostile [OPTIONS] FILE",
        'First -- line of it\'s "quoted".',
        ".SH is not a request, and 'this' is none either; .br at the beginning, too.",
        "'so is this \\fBnot bold\\fR, \\n(.l no number, ^ and ~ are themselves, and – is a dash.",
        "See dpkg(1) and --other, or -q; FILE and NOTHING.",
        ".x \\fB of 'it'",
        "-x, --exact [A|.b]",
        ".x 'y' \\z",
        "Fine.",
        ".not so.",
        "dpkg(1), deb-version(7)",
    ):
        assert line in groff.output
    assert "warning" not in groff.output
    assert r"\fIFILE\fR and NOTHING" in path.read_text("utf-8")
    assert run(["mandoc", "-Tlint", "-Wwarning", path], home=tmp_path).output == ""


def test_the_template_insists_on_every_value() -> None:
    with pytest.raises(Exception, match="has no attribute"):
        manual.filled({"title": "X"})
