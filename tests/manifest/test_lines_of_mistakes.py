"""The line of a mistake, whatever precedes it."""

from __future__ import annotations

import pytest
from manifest_texts import SMALL, change, refused
from mistakes import table_and_key


def marked(text: str) -> int:
    """Return the line that a test marks with #!."""
    (line,) = [number for number, line in enumerate(text.split("\n"), 1) if "#!" in line]
    return line


BEFORE: dict[str, str] = {
    "multi-line array": 'see = [\n  "a", # [ " \n  "b",\n\n  "[policy]",\n]',
    "nested arrays": 'see = [ "[", "]]" ]',
    "multi-line string": 'because = """\nkind = "no"\n[policy]\n[[change]]\n"""',
    "multi-line literal": "because = '''\nit's \"\"\" here\nkind = 1\n[change]\n'''",
    "a literal with quotes at its end": "because = '''it's'' ['''",
    "a string with a quote at its end": 'because = """say " [ """"',
    "escaped triple quotes": 'because = """say \\""" [ """',
    "an escaped backslash": 'because = """a \\\\"""',
    "a backslash at the end of a line": 'because = """a \\\n   [ b"""',
    "hashes and brackets in strings": 'because = "a # [ \\" { " # " [ {',
    "a literal with a backslash": "because = 'a [ \\'",
    "an inline table": 'client = { runtime = [ "1.1.0", "1.0.5" ] } # }',
    "a comment with a header": "# [policy]\n# [[change]]",
    "an empty string": 'because = ""\nsymptom = \'\'\nhits = """"""',
    "blank lines": "\n\n\t\n",
    "line separators that TOML does not know": 'because = "a\u2028b\u2029c\x85d"',
    "the same in a comment": "# \u2028 \x85",
}


@pytest.mark.parametrize("case", BEFORE)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_line_is_right_whatever_stands_before_it(case: str, end: str) -> None:
    text = SMALL.replace('because = "docker pause"\n', "").replace('client = "1.1.0"\n', "")
    text = f'{text}{BEFORE[case]}\nneed = "optinal" #!\n\n[policy]\nmode = "x"\n'
    line = marked(text)
    mistakes = refused(text.replace("\n", end))
    assert [(*table_and_key(one), one.line) for one in mistakes] == [
        ("change", "need", line),
        ("policy", "mode", line + 3),
    ]


KEYS: dict[str, tuple[str, str]] = {
    "quoted header": ("[protocol.agent]\n", "[ \"protocol\" . 'agent' ]  # x\n"),
    "quoted key": ('server = "agent"', '"server" = "agnt" #!'),
    "literal key": ('server = "agent"', "'server' = \"agnt\" #!"),
    "indented": ('server = "agent"', '   server="agnt" #!'),
    "dotted keys": (
        '[protocol.agent]\nclient = ["runtime"]\nserver = "agent"',
        '[protocol]\nagent.client = ["runtime"]\nagent . "server" = "agnt" #!',
    ),
    "an inline table": (
        '[protocol.agent]\nclient = ["runtime"]\nserver = "agent"',
        '[protocol]\nagent = { client = ["runtime"], server = "agnt" } #!',
    ),
}


@pytest.mark.parametrize("case", KEYS)
def test_quoted_and_dotted_keys_are_found(case: str) -> None:
    old, new = KEYS[case]
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    if "#!" not in text:
        text = text.replace('server = "agent"', 'server = "agnt" #!')
    mistakes = [one for one in refused(text) if table_and_key(one) == ("protocol.agent", "server")]
    assert [one.line for one in mistakes] == [marked(text)]


def test_changes_in_one_array_have_the_line_of_the_array_at_least() -> None:
    text = SMALL[: SMALL.index("\n[[change]]")].replace(
        'project = "kata"',
        'project = "kata"\nchange = [ #!\n'
        '  { protocol = "agent", kind = "addd", what = ["A"], server = "1.1.0" },\n]',
    )
    (mistake,) = refused(text)
    assert mistake.line in {marked(text), marked(text) + 1}


def test_headers_in_a_list_of_lists_are_none() -> None:
    text = SMALL + 'see = [\n  ["a"],\n  ["policy"],\n["b"],\n]\nneed = "optinal" #!\n'
    assert [(*table_and_key(one), one.line) for one in refused(text)] == [
        ("change", "see", marked(text) - 5),
        ("change", "need", marked(text)),
    ]


def test_a_table_below_a_change_is_of_that_change() -> None:
    one = '\n[[change]]\nprotocol = "agent"\nkind = "added"\nwhat = ["{}"]\nserver = "1.1.0"\n'
    text = SMALL + "".join(one.format(name) + '[change.client]\nruntim = "1.1.0"\n' for name in "AB")
    lines = text.split("\n")
    mistakes = refused(text)
    assert [lines[each.line - 1] for each in mistakes] == ["[change.client]"] * 2
    assert mistakes[0].line < mistakes[1].line


def test_the_line_of_each_of_many_changes() -> None:
    text = SMALL + "".join(change(what=[f"C{number}"], need="bad") for number in range(40))
    lines = text.split("\n")
    mistakes = refused(text)
    assert len(mistakes) == 40
    assert len({one.line for one in mistakes}) == 40
    assert {lines[one.line - 1] for one in mistakes} == {'need = "bad"'}
