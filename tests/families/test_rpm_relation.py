"""Relations of rpm: what rpmbuild 4.18 accepts, refuses and stores."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgguard.errors import RelationError
from pkgguard.families.expression import All_, Any_, Constraint, If, Operator, Unless, With, Without
from pkgguard.families.interface import Pitfall
from pkgguard.families.rpm.relation import field_of, parse, pitfalls, relation_from_header, render

A, B, C, D = (Constraint(name) for name in "abcd")


def only(field, text):
    (relation,) = parse(field, text)
    return relation


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a", ["a"]),
        ("a >= 1.0", ["a >= 1.0"]),
        ("a == 1, b => 2 c =< 3", ["a = 1", "b >= 2", "c <= 3"]),
        ("a, >= , 1", ["a >= 1"]),
        ("a>=1.0", ["a>=1.0"]),
        ("a b\tc,d", ["a", "b", "c", "d"]),
        ("a(x86-64) < 1:2~-1, /bin/sh", ["a(x86-64) < 1:2~-1", "/bin/sh"]),
        ("(a)b", ["(a)", "b"]),
        ("( a   with b(x)<1 )", ["(a with b(x)<1)"]),
        ("(a == 1 or b)", ["(a = 1 or b)"]),
        ("é = 1", ["é = 1"]),
        ("", []),
    ],
)
def test_text(text, written):
    assert [relation.text for relation in parse("Requires", text)] == written


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("a < 1-2", Constraint("a", Operator.LESS, "1-2")),
        ("(a and b and c)", All_((A, B, C))),
        ("(a or b)", Any_((A, B))),
        ("(a with b with c)", With((A, B, C))),
        ("(a without b)", Without(A, B)),
        ("(a if b)", If(A, B)),
        ("(a if b else c)", If(A, B, C)),
        ("(a if (b or c))", If(A, Any_((B, C)))),
        ("(a and (c if d))", All_((A, If(C, D)))),
        ("(a or (c unless d))", Any_((A, Unless(C, D)))),
        ("(a or (b and (c if d)))", Any_((A, All_((B, If(C, D)))))),
        ("(a if b else (c if d))", If(A, B, If(C, D))),
        ("((a or b) with (c without d))", With((Any_((A, B)), Without(C, D)))),
    ],
)
def test_expression(text, expression):
    relation = only("Requires", text)
    assert relation.expression == expression
    assert relation.text == render(expression) == text


def test_unless_in_conflicts():
    assert only("Conflicts", "(a unless b else c)").expression == Unless(A, B, C)
    assert only("Conflicts", "(a and (b if c))").expression == All_((A, If(B, C)))


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        ("Requires", "a >=", "version is missing"),
        ("Requires", "a >= 1-2-3", "more than one '-'"),
        ("Requires", "a << 1", "must begin with"),
        ("Requires", "-a", "must begin with"),
        ("Requires", "@NAME@", "not expanded"),
        ("Requires", "a%{?_isa}", "not expanded"),
        ("Requires", "a = %{version}", "not expanded"),
        ("Requires", "a = @VERSION@", "not expanded"),
        ("Requires", "/bin/sh = 1", "cannot have a version"),
        ("Requires", "()", "empty"),
        ("Requires", "(a and )", "operand is missing"),
        ("Requires", "(a and b", "closing parenthesis"),
        ("Requires", "(a >= )", "version is missing"),
        ("Requires", "(a xor b)", "not a word"),
        ("Requires", "(a>=1 with a <2)", "not a word"),
        ("Requires", "(a and b or c)", "cannot be chained"),
        ("Requires", "(a without b without c)", "cannot be chained"),
        ("Requires", "(a if b if c)", "cannot be chained"),
        ("Requires", "(a if b and c)", "cannot be chained"),
        ("Requires", "(a else b)", "'else'"),
        ("Requires", "(a if b else c else d)", "'else'"),
        ("Requires", "(a or (b if c))", "'if'"),
        ("Requires", "(a unless b)", "'unless'"),
        ("Requires", "(a and (b unless c))", "'unless'"),
        ("Recommends", "(a unless b)", "'unless'"),
        ("Conflicts", "(a if b)", "'if'"),
        ("Supplements", "(a if b)", "'if'"),
        ("Conflicts", "(a and (b unless c))", "'unless'"),
        ("Requires", "((a and b) with c)", "inside 'with'"),
        ("Requires", "((a if b) with c)", "inside 'with'"),
        ("Requires", "((a or (b and c)) without d)", "inside 'with'"),
        ("Provides", "(a or b)", "not accept a rich dependency"),
        ("Obsoletes", "(a or b)", "not accept a rich dependency"),
        ("Provides", "rpmlib(Foo)", "rpmlib()"),
        ("Obsoletes", "a(b)", "only package names"),
        ("Requires", "(" * 100 + "a" + ")" * 100, "are nested"),
        ("Depends", "a", "not a relation field"),
        ("Requires(missing)", "a", "qualifier"),
        ("Conflicts(pre)", "a", "qualifier"),
    ],
)
def test_refused(field, text, reason):
    with pytest.raises(RelationError) as caught:
        parse(field, text)
    assert reason in str(caught.value)
    assert caught.value.text


@pytest.mark.parametrize(
    ("tag", "field"),
    [
        ("requires", "Requires"),
        ("Requires(pre,post)", "Requires"),
        ("Requires(pre,pretrans)", "Requires(pretrans)"),
        ("PreReq", "Requires"),
        ("Provides", "Provides"),
        ("Summary", None),
        ("Description!", None),
    ],
)
def test_field_of(tag, field):
    assert field_of(tag) == field


def test_a_comparison_without_blanks_is_a_name():
    found = Pitfall.OPERATOR_IN_NAME
    assert pitfalls(only("Requires", "a>=1.0").expression) == ((found, "a>=1.0"),)
    assert pitfalls(only("Requires", "(a >= 1 with a<2)").expression) == ((found, "a<2"),)
    assert pitfalls(only("Requires", "a >= 1.0").expression) == ()


@pytest.mark.parametrize("name", ["a|b", "a(b", "a)", "a|b(x86-64)"])
def test_a_separator_without_blanks_is_part_of_a_name(name: str):
    assert pitfalls(only("Requires", name).expression) == ((Pitfall.SEPARATOR_IN_NAME, name),)


@pytest.mark.parametrize(
    "name", ["a(x86-64)", "libc.so.6(GLIBC_2.34)(64bit)", "perl(A::B)", "python3dist(a[b])"]
)
def test_balanced_parentheses_are_part_of_a_proper_name(name: str):
    assert pitfalls(only("Requires", name).expression) == ()


@pytest.mark.parametrize(
    ("triple", "field", "text"),
    [
        (("Requires", "a", 8, "1.0-1"), "Requires", "a = 1.0-1"),
        (("Requires", "a", 0, ""), "Requires", "a"),
        (("Requires", "a", 8, ""), "Requires", "a"),
        (("Requires", "a", 0, "1.0"), "Requires", "a"),
        (("Requires", "a", 12 | 512, "1"), "Requires", "a >= 1"),
        (("Requires", "a", 2 | 128, "1"), "Requires(pretrans)", "a < 1"),
        (("Requires", "a", 1 << 19, ""), "Requires(missingok)", "a"),
        (("Requires", "(a or b)", 1 << 19, ""), "Requires", "(a or b)"),
        (("Requires", "rpmlib(RichDependencies)", 10 | 1 << 24, "4.12.0-1"), "Requires", None),
        (("Conflicts", "(a with b < 2)", 0, ""), "Conflicts", "(a with b < 2)"),
    ],
)
def test_header(triple, field, text):
    relation = relation_from_header(*triple)
    assert relation.field == field
    assert relation.text == (text or "rpmlib(RichDependencies) <= 4.12.0-1")


@pytest.mark.parametrize(
    "triple",
    [
        ("Requires", "a", 6, "1"),
        ("Requires", "", 0, ""),
        ("Requires", "a b", 0, ""),
        ("Requires", "a", 8, "1-2-3"),
        ("Requires", "(a or b) c", 0, ""),
        ("Requires", "(a or", 0, ""),
        ("Provides", "(a or b)", 0, ""),
        ("Conflicts", "a", 1 << 19, ""),
        ("Requires", "a", 1 << 24, ""),
    ],
)
def test_header_refused(triple):
    with pytest.raises(RelationError):
        relation_from_header(*triple)


NAMES = st.sampled_from(["a", "kata-runtime", "a(x86-64)", "perl(A::B)", "/bin/sh", "_x"])
PLAIN = st.one_of(
    NAMES.map(Constraint),
    st.builds(
        Constraint,
        NAMES.filter(lambda name: name[0] != "/"),
        st.sampled_from(Operator),
        st.sampled_from(["1", "1.0~", "1:2-3", "1^x-0.1"]),
        st.just(""),
    ),
)


def several(kind, part):
    return st.lists(part, min_size=2, max_size=3).map(tuple).map(kind)


SET = st.recursive(
    PLAIN,
    lambda part: st.one_of(several(With, part), st.builds(Without, part, part), several(Any_, part)),
    max_leaves=5,
)
AND = several(All_, SET)
RICH = st.recursive(
    st.one_of(SET, AND),
    lambda part: st.one_of(several(All_, part), st.builds(If, part, part, st.none() | part)),
    max_leaves=6,
)


@given(RICH)
def test_written_relations_are_read_back(expression):
    assert only("Requires", render(expression)).expression == expression


@given(st.text(alphabet="ab ()<>=,1.-:%@/~withandorelsunf", max_size=40))
def test_any_text_is_read_or_refused_and_normal_form_is_stable(text):
    for field in ("Requires", "Conflicts", "Provides"):
        try:
            relations = parse(field, text)
        except RelationError:
            continue
        for relation in relations:
            assert parse(field, relation.text) == (relation,)
