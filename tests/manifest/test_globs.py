"""The patterns of a manifest's files: what they fit, alike in Python, in grep and in rpm's Lua."""

from __future__ import annotations

import re
import resource
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from limits import SECONDS, cpu_below

from pkgguard.manifest.globs import expression, fits, mistake_in

pytest_plugins = ["real.fixtures"]

RPM_LUA = Path(__file__).parents[2] / "rpm/pkgguard.lua"
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


@given(pattern=st.text("ab/.*?", max_size=10), path=st.text("ab/.\n", max_size=10))
@settings(deadline=None, max_examples=500)
def test_it_means_what_its_expression_means(pattern: str, path: str) -> None:
    if mistake_in(f"/{pattern}") == ("", ""):
        for one in (f"/{path}", made_to_fit(f"/{pattern}")):
            expected = re.fullmatch(expression(f"/{pattern}"), one, re.DOTALL) is not None
            assert fits(f"/{pattern}", one) is expected


@pytest.mark.parametrize(
    "pattern", ["/**a**a**a**a**a**a**a**b", "/**a*a**a*a**a*a**a*b", "/*" + "a" * 900 + "*b"]
)
def test_no_pattern_takes_long(pattern: str) -> None:
    with cpu_below(SECONDS):
        assert not fits(pattern, "/" + "a" * 4095)
        assert fits(pattern, "/" + "a" * 4094 + "b")


@pytest.mark.real
@pytest.mark.usefixtures("real_tools")
def test_no_pattern_takes_rpm_long(tmp_path: Path) -> None:
    program = tmp_path / "read.lua"
    wanted = expression("/**a**a**a**a**a**a**a**b")
    program.write_text(
        f"local fits = dofile('{RPM_LUA}').fits\n"
        f"print(fits('{wanted}', '/' .. ('a'):rep(4095)), fits('{wanted}', '/' .. ('a'):rep(4094) .. 'b'))\n"
    )
    done = subprocess.run(
        ["rpm", "--eval", f"%{{lua:dofile('{program}')}}"],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (5, 5)),
    )
    assert done.stdout.split() == ["false", "true"]


def patterns() -> st.SearchStrategy[str]:
    text = st.text(ALPHABET, max_size=10).map(lambda one: f"/{one}")
    return text.filter(lambda one: mistake_in(one) == ("", ""))


@pytest.mark.real
@pytest.mark.usefixtures("real_tools")
@given(cases=st.lists(st.tuples(patterns(), st.text("ab/.+-[]^$(){}|\\ %", max_size=8)), min_size=20))
@settings(
    deadline=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_grep_and_lua_read_it_alike(tmp_path: Path, cases: list[tuple[str, str]]) -> None:
    """rpm compiles the expression by regcomp(3); pkgguard.lua follows it as Lua's own patterns do."""
    cases = [(pattern, path) for pattern, tail in cases for path in (f"/{tail}", made_to_fit(pattern))]
    program = tmp_path / "read.lua"
    program.write_text(
        'for path, pattern in io.read("*a"):gmatch("(%C*)\\n(%C*)\\n") do\n'
        f"  local ours = dofile('{RPM_LUA}').fits(pattern, path)\n"
        "  print(path:match(pattern) and 1 or 0, ours and 1 or 0)\nend\n"
    )
    fed = "".join(f"{path}\n{expression(pattern)}\n" for pattern, path in cases)
    command = ["rpm", "--eval", f"%{{lua:dofile('{program}')}}"]
    answers = subprocess.run(command, input=fed, capture_output=True, text=True, check=True).stdout
    expected = ["11" if fits(*one) else "00" for one in cases]
    assert "".join(answers.split()) == "".join(expected)
    for pattern, path in cases:
        found = subprocess.run(
            ["grep", "-E", "-q", expression(pattern)], input=f"{path}\n", text=True, check=False
        )
        assert (found.returncode == 0) is fits(pattern, path), (pattern, path)


def made_to_fit(pattern: str) -> str:
    return re.sub(r"\*\*|\*|\?", lambda match: {"**": "b/a", "*": "b", "?": "a"}[match.group()], pattern)
