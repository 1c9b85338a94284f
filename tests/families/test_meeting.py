"""Packages judged two by two: what is worked out once for many is what is true of each two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgguard import api
from pkgguard.families.absent import outside
from pkgguard.families.lookup import family
from pkgguard.families.meeting import Meetings

if TYPE_CHECKING:
    from pkgguard.families.interface import Package

VERSIONS = ("1.0-1", "1.1-1", "1.1~rc1-1", "1.1-2", "2.0-1", "1:0.9-1")
DEB_BOUNDS = (*VERSIONS, "1.1", "1.1~", "2.0~")
RPM_BOUNDS = (*DEB_BOUNDS, "1:0")


@st.composite
def deb_clauses(draw: st.DrawFn, *, single: bool, exact: bool = False) -> str:
    def one() -> str:
        name = draw(st.sampled_from(("client", "server", "virtual", "elsewhere")))
        if not draw(st.booleans()):
            return name
        operator = "=" if exact else draw(st.sampled_from(("<<", "<=", "=", ">=", ">>")))
        return f"{name} ({operator} {draw(st.sampled_from(DEB_BOUNDS))})"

    return " | ".join(one() for _ in range(1 if single else draw(st.integers(1, 2))))


@st.composite
def debs(draw: st.DrawFn, name: str) -> list[Package]:
    packages = []
    provides = draw(st.lists(deb_clauses(single=True, exact=True), max_size=2))
    multi_arch = draw(st.sampled_from(("", "foreign", "allowed")))
    for version in draw(st.lists(st.sampled_from(VERSIONS), min_size=1, max_size=3, unique=True)):
        fields: dict[str, list[str]] = {
            "Depends": draw(st.lists(deb_clauses(single=False), max_size=2)),
            "Breaks": draw(st.lists(deb_clauses(single=True), max_size=2)),
            "Conflicts": draw(st.lists(deb_clauses(single=True), max_size=1)),
            "Provides": draw(st.sampled_from((provides, []))),
        }
        if multi_arch:
            fields["Multi-Arch"] = [multi_arch]
        filled = {field: clauses for field, clauses in fields.items() if clauses}
        architecture = draw(st.sampled_from(("all", "amd64")))
        packages.append(api.make_package("deb", name, version, filled, architecture=architecture))
    return packages


@st.composite
def rpm_clauses(draw: st.DrawFn, *, rich: bool, exact: bool = False) -> str:
    def one() -> str:
        names = ("client", "server", "server(x86-64)", "virtual", "elsewhere", "/bin/sh", "rpmlib(FileCaps)")
        name = draw(st.sampled_from(names[:5] if exact else names))
        if name.startswith("/") or not draw(st.booleans()):
            return name
        operator = "=" if exact else draw(st.sampled_from(("<", "<=", "=", ">=", ">")))
        return f"{name} {operator} {draw(st.sampled_from(RPM_BOUNDS))}"

    if not rich or not draw(st.booleans()):
        return one()
    return f"({one()} {draw(st.sampled_from(('or', 'and', 'with', 'without')))} {one()})"


@st.composite
def rpms(draw: st.DrawFn, name: str) -> list[Package]:
    packages = []
    provides = draw(st.lists(rpm_clauses(rich=False, exact=True), max_size=2))
    for version in draw(st.lists(st.sampled_from(VERSIONS), min_size=1, max_size=3, unique=True)):
        fields = {
            "Requires": draw(st.lists(rpm_clauses(rich=True), max_size=2)),
            "Requires(pretrans)": draw(st.lists(rpm_clauses(rich=False), max_size=1)),
            "Conflicts": draw(st.lists(rpm_clauses(rich=True), max_size=2)),
            "Obsoletes": draw(st.sampled_from(([], [], ["server < 1.1"]))),
            "Provides": draw(st.sampled_from((provides, []))),
        }
        filled = {field: clauses for field, clauses in fields.items() if clauses}
        architecture = draw(st.sampled_from(("noarch", "x86_64")))
        packages.append(api.make_package("rpm", name, version, filled, architecture=architecture))
    return packages


def compare(kind: str, clients: list[Package], servers: list[Package]) -> int:
    """Compare the shared answers with each pair's own, and count those that were shared."""
    meetings = Meetings(family(kind))
    answered = 0
    for client in clients:
        for server in servers:
            shared = meetings.installable(client, server)
            packages = (client, server)
            verdict = api.coinstallable(packages, assumed=outside(packages, "Provides"))
            if shared is not None:
                assert shared == verdict.installable, (client, server, verdict)
                answered += 1
    return answered


@given(debs("client"), debs("server"))
def test_debs(clients: list[Package], servers: list[Package]) -> None:
    compare("deb", clients, servers)


@given(rpms("client"), rpms("server"))
def test_rpms(clients: list[Package], servers: list[Package]) -> None:
    compare("rpm", clients, servers)


def test_a_choice_that_a_package_refuses_itself_is_judged_in_each_pair() -> None:
    fields = {"Depends": "server (<< 1.0-1) | virtual", "Conflicts": "virtual"}
    client = api.make_package("deb", "client", "1.0-1", fields)
    servers = [api.make_package("deb", "server", version) for version in ("0.9-1", "1.0-1")]
    verdicts = [
        api.coinstallable((client, one), assumed=outside((client, one), "Provides")) for one in servers
    ]
    assert [verdict.installable for verdict in verdicts] == [True, False]
    compare("deb", [client], servers)


RELATIONS: dict[str, dict[str, Any]] = {
    "deb": {"Depends": "server (>= 1.1)", "Breaks": "server (<< 1.1)"},
    "rpm": {"Requires": "(server >= 1.1 with server < 2)", "Conflicts": "server < 1.1"},
}


@pytest.mark.parametrize("kind", RELATIONS)
def test_ordinary_packages_are_answered_without_evaluating_each_pair(kind: str) -> None:
    clients = [api.make_package(kind, "client", version, RELATIONS[kind]) for version in VERSIONS]
    servers = [api.make_package(kind, "server", version) for version in VERSIONS]
    assert compare(kind, clients, servers) == len(VERSIONS) ** 2
