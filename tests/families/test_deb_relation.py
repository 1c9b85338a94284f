"""Policy 7.1 and 7.5: what a relation field of a binary package may say."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgguard.errors import RelationError
from pkgguard.families.deb.relation import RELATION_FIELDS, obsolete_operators, parse, range_of, render
from pkgguard.families.deb.version import key
from pkgguard.families.expression import All_, Any_, Constraint, Operator
from pkgguard.versions.sets import Boundary, VersionSet

DPKG_DEB = shutil.which("dpkg-deb")

READ = (
    ("b", Constraint("b")),
    ("b (>= 1)", Constraint("b", Operator.GREATER_EQUAL, "1")),
    ("b(<<1)", Constraint("b", Operator.LESS, "1")),
    ("b (  =  1:2-3  )", Constraint("b", Operator.EQUAL, "1:2-3")),
    ("b (>=\n 1)", Constraint("b", Operator.GREATER_EQUAL, "1")),
    ("b (>> 1)", Constraint("b", Operator.GREATER, "1")),
    ("b (<= 1)", Constraint("b", Operator.LESS_EQUAL, "1")),
    # obsolete, and not what they say
    ("b (< 1)", Constraint("b", Operator.LESS_EQUAL, "1")),
    ("b (> 1)", Constraint("b", Operator.GREATER_EQUAL, "1")),
    ("b (1.0)", Constraint("b", Operator.EQUAL, "1.0")),
    ("b:any", Constraint("b", qualifier="any")),
    ("b:amd64 (= 1)", Constraint("b", Operator.EQUAL, "1", "amd64")),
    ("a | b (>= 2)", Any_((Constraint("a"), Constraint("b", Operator.GREATER_EQUAL, "2")))),
)
REFUSED = (
    ("Depends", "b,", "empty"),
    ("Depends", ",b", "empty"),
    ("Depends", "b,,c", "empty"),
    ("Depends", "b |", "empty"),
    ("Depends", "| b", "empty"),
    ("Depends", "b | | c", "empty"),
    ("Depends", "b (== 1)", "not an operator"),
    ("Depends", "b (=> 1)", "not an operator"),
    ("Depends", "b (=< 1)", "not an operator"),
    ("Depends", "b (<> 1)", "not an operator"),
    ("Depends", "b (!= 1)", "not an operator"),
    ("Depends", "b (<<< 1)", "not an operator"),
    ("Depends", "b (=)", "empty"),
    ("Depends", "b ()", "empty"),
    ("Depends", "b (= 1", "not closed"),
    ("Depends", "b )", "follows"),
    ("Depends", "b c", "follows"),
    ("Depends", "b :any", "follows"),
    ("Depends", "b (>= 1) c", "follows"),
    ("Depends", "b\n # c", "follows"),
    ("Depends", "b (>= 1) (<< 2)", "only one bound"),
    ("Depends", "b [amd64]", "architecture restrictions"),
    ("Depends", "b <!nocheck>", "build profiles"),
    ("Depends", "b (= 1) <!x>", "build profiles"),
    ("Depends", "b (= 1 2)", "not a valid deb version"),
    ("Depends", "b (= 1-)", "not a valid deb version"),
    ("Depends", "b (= ~1)", "not a valid deb version"),
    ("Depends", "b (>= ${x})", "not a valid deb version"),
    ("Depends", "_b", "not a package name"),
    ("Depends", "-b", "not a package name"),
    ("Depends", "b;c", "not a package name"),
    ("Depends", "\u00e9", "not a package name"),
    ("Depends", "(>= 1)", "not a package name"),
    ("Depends", "${misc:Depends}", "substitution variable"),
    ("Depends", "b:", "qualifier"),
    ("Depends", "b:a_b", "qualifier"),
    ("Breaks", "b | c", "no alternatives"),
    ("Conflicts", "b | c", "no alternatives"),
    ("Replaces", "b | c", "no alternatives"),
    ("Provides", "b | c", "no alternatives"),
    ("Provides", "b (== 1)", "not an operator"),
    ("Provides", "b (= 1", "not closed"),
)

names = st.from_regex(r"[a-z0-9][a-z0-9+.-]{1,8}", fullmatch=True)
plain = st.builds(
    lambda name, bound, qualifier: Constraint(name, *(bound or (None, "")), qualifier),
    names,
    st.none() | st.tuples(st.sampled_from(Operator), st.sampled_from(("1", "1:2.0~rc1-3", "0~"))),
    st.sampled_from(("", "any", "amd64", "kfreebsd-i386")),
)
clauses = plain | st.lists(plain, min_size=2, max_size=4).map(lambda parts: Any_(tuple(parts)))


@pytest.mark.parametrize(("text", "expression"), READ)
def test_what_is_read(text, expression):
    (relation,) = parse("Depends", text)
    assert relation.expression == expression
    assert relation.text == " ".join(text.split())


@pytest.mark.parametrize(("field", "text", "rule"), REFUSED)
def test_what_is_refused(field, text, rule):
    with pytest.raises(RelationError, match=rule) as caught:
        parse(field, text)
    assert caught.value.field == field
    assert caught.value.text in " ".join(text.split())


@pytest.mark.skipif(DPKG_DEB is None, reason="dpkg-deb is not installed")
@pytest.mark.parametrize(
    ("field", "text"), [r[:2] for r in REFUSED] + [("Depends", text) for text, _ in READ]
)
def test_dpkg_deb_agrees(field, text, tmp_path):
    (tmp_path / "p/DEBIAN").mkdir(parents=True)
    stanza = (
        f"Package: p\nVersion: 1\nArchitecture: all\n{field}: {text}\nMaintainer: x <x@y.z>\nDescription: x\n"
    )
    (tmp_path / "p/DEBIAN/control").write_text(stanza, "utf-8")
    made = subprocess.run(
        [DPKG_DEB, "-Znone", "-b", tmp_path / "p", tmp_path / "p.deb"], capture_output=True, check=False
    )
    try:
        parse(field, text)
    except RelationError:
        assert made.returncode
    else:
        assert made.returncode == 0


def test_a_provides_that_dpkg_ignores_is_refused():
    with pytest.raises(RelationError, match="only be exact"):
        parse("Provides", "b (>= 1)")


def test_folded_fields_and_empty_ones():
    assert [relation.text for relation in parse("Depends", "\n a,\n b (>= 1),\n\tc | d")] == [
        "a",
        "b (>= 1)",
        "c | d",
    ]
    assert parse("Depends", "") == ()
    assert parse("Depends", " \n ") == ()


def test_a_field_of_another_kind_is_refused():
    assert parse("pre-depends", "a")[0].field == "Pre-Depends"
    with pytest.raises(RelationError, match="not a relation field"):
        parse("Build-Depends", "a")


def test_obsolete_operators_are_found():
    found = [obsolete_operators(r) for r in parse("Depends", "a (< 1) | b (> 2), c (<< 1), d (1), e")]
    assert found == [("<", ">"), (), ("",), ()]


@given(st.sampled_from(RELATION_FIELDS), clauses)
def test_what_is_written_reads_back(field, clause):
    if field not in ("Pre-Depends", "Depends", "Recommends", "Suggests", "Enhances"):
        clause = Constraint("a", Operator.EQUAL, "1")
    (relation,) = parse(field, render(clause))
    assert relation.expression == clause
    assert render(relation.expression) == relation.text


def test_what_deb_cannot_say_is_not_written():
    with pytest.raises(RelationError):
        render(All_((Constraint("a"), Constraint("b"))))


def test_range_of():
    at = Boundary.before(key("1.0"))
    above = Boundary.before(key("1.0-1"))
    assert {
        operator: (at in range_of(operator, "1.0"), above in range_of(operator, "1.0"))
        for operator in ("<", "<=", "=", ">=", ">")
    } == {
        "<": (False, False),
        "<=": (True, False),
        "=": (True, False),
        ">=": (True, True),
        ">": (False, True),
    }
    assert range_of("<", "1") | range_of(">=", "1-0") == VersionSet.full()
    with pytest.raises(RelationError):
        range_of("<<", "1")
