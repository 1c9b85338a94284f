"""The patterns of a manifest's files: what they fit, alike in Python, in grep and in rpm's Lua."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pkgguard.manifest.paths import expression, fits, mistake_in

pytest_plugins = ["real.fixtures"]

ALPHABET = "ab/._+-,:@=~#*?"


@pytest.mark.parametrize(
    ("pattern", "path", "fitting"),
    [
        ("/usr/bin/a", "/usr/bin/a", True),
        ("/usr/bin/a", "/usr/bin/ab", False),
        ("/usr/bin/a", "/x/usr/bin/a", False),
        ("/usr/bin/a", "/usr/bin/a\n", False),
        ("/usr/bin/a.b", "/usr/bin/axb", False),
        ("/usr/bin/a+", "/usr/bin/aa", False),
        ("/usr/bin/a-b", "/usr/bin/b", False),
        ("/usr/*.img", "/usr/.img", True),
        ("/usr/*.img", "/usr/a b.img", True),
        ("/usr/*.img", "/usr/a/b.img", False),
        ("/usr/*/x", "/usr//x", True),
        ("/usr/a?", "/usr/ab", True),
        ("/usr/a?", "/usr/a", False),
        ("/usr/a?b", "/usr/a/b", False),
        ("/usr/**", "/usr/a/b/c", True),
        ("/usr/**", "/usr/", True),
        ("/usr/**", "/usr", False),
        ("/usr/**/x", "/usr/x", False),
        ("/usr/**x", "/usr/a/b/x", True),
        ("/usr/**", "/usr/a\nb", True),
    ],
)
def test_what_a_pattern_fits(pattern: str, path: str, fitting: bool) -> None:
    assert mistake_in(pattern) == ("", "")
    assert fits(pattern, path) is fitting


def patterns() -> st.SearchStrategy[str]:
    text = st.text(ALPHABET, max_size=10).map(lambda one: f"/{one}")
    return text.filter(lambda one: mistake_in(one) == ("", ""))


@pytest.mark.real
@pytest.mark.usefixtures("real_tools")
@given(cases=st.lists(st.tuples(patterns(), st.text("ab/.+-[]^$(){}|\\ %", max_size=8)), min_size=20))
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_grep_and_lua_read_it_alike(tmp_path: Path, cases: list[tuple[str, str]]) -> None:
    """rpm compiles the expression by regcomp(3), and pkgguard.lua hands it to Lua's own patterns."""
    cases = [(pattern, path) for pattern, tail in cases for path in (f"/{tail}", made_to_fit(pattern))]
    program = tmp_path / "read.lua"
    program.write_text(
        'for path, pattern in io.read("*a"):gmatch("(%C*)\\n(%C*)\\n") do\n'
        "  print(path:match(pattern) and 1 or 0)\nend\n"
    )
    fed = "".join(f"{path}\n{expression(pattern)}\n" for pattern, path in cases)
    command = ["rpm", "--eval", f"%{{lua:dofile('{program}')}}"]
    answers = subprocess.run(command, input=fed, capture_output=True, text=True, check=True).stdout
    assert [one == "1" for one in answers.strip()] == [fits(*one) for one in cases]
    for pattern, path in cases:
        found = subprocess.run(
            ["grep", "-E", "-q", expression(pattern)], input=f"{path}\n", text=True, check=False
        )
        assert (found.returncode == 0) is fits(pattern, path), (pattern, path)


def made_to_fit(pattern: str) -> str:
    return re.sub(r"\*\*|\*|\?", lambda match: {"**": "b/a", "*": "b", "?": "a"}[match.group()], pattern)
