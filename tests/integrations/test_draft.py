"""Manifests that are drafted from the source of packages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from limits import cpu_below

from pkgguard.errors import ManifestError, SourceError
from pkgguard.families.expression import Operator
from pkgguard.integrations.adopt_debian import adopt_debian
from pkgguard.integrations.adopt_spec import adopt_spec
from pkgguard.integrations.adopted import AdoptedPackage, AdoptedSource, Bound
from pkgguard.integrations.draft import draft
from pkgguard.integrations.spec_macros import expanded
from pkgguard.manifest.gaps import MARK
from pkgguard.manifest.mistakes import GAP
from pkgguard.manifest.read import parse_manifest

if TYPE_CHECKING:
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.manifest.model import Manifest

RELAXED = settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))


def entry(version: str) -> str:
    return (
        f"shop ({version}) unstable; urgency=medium\n\n  * Test.\n\n"
        " -- N <n@e.org>  Thu, 21 Jun 2018 18:53:00 +0000\n\n"
    )


def debian(
    folder: Path, till: str, stock: str = "", versions: str = "1.2.0-1 1.1.0-2 1.1.0-1 1.0.0-1"
) -> Path:
    (folder / "debian").mkdir()
    stanzas = f"Source: shop\n\nPackage: shop-till\n{till}\nPackage: shop-stock\n{stock}"
    (folder / "debian/control").write_text(stanzas, "utf-8")
    (folder / "debian/changelog").write_text("".join(map(entry, versions.split())), "utf-8")
    return folder


def gaps(text: str) -> tuple[Diagnostic, ...]:
    """Return the gaps of a draft, which must be the only mistakes in it."""
    if MARK not in text.replace(f"begins with {MARK.strip()} ", ""):
        parse_manifest(text)
        return ()
    with pytest.raises(ManifestError) as caught:
        parse_manifest(text)
    assert {one.id for one in caught.value.mistakes} == {GAP}, text
    return caught.value.mistakes


def filled(text: str) -> Manifest:
    """Return a draft with each gap filled with some text."""
    number = 0
    while f'"{MARK}' in text:
        start = text.index(f'"{MARK}')
        number += 1
        text = f'{text[:start]}"filled {number}"{text[text.index(chr(34), start + 1) + 1 :]}'
    return parse_manifest(text)


def changes(manifest: Manifest) -> list[tuple[str, str, str]]:
    return [
        (
            one.kind.value,
            str(one.server[0]),
            ", ".join(f"{name} {some[0]}" for name, some in one.client.items()),
        )
        for one in manifest.changes
    ]


# ------------------------------------------------------------------ Debian


def test_packages_versions_and_bounds_become_a_manifest(tmp_path: Path) -> None:
    depends = (
        "Depends: ${misc:Depends}, shop-stock (>= 1.1.0-1~) [amd64] <!nocheck>,\n# why\n libc6 (>= 2.3)\n"
    )
    text = draft(adopt_debian(debian(tmp_path, depends, "Breaks: shop-till (<< 1.2)\n")))
    assert len(gaps(text)) == 4
    manifest = filled(text)
    assert manifest.project == "shop"
    assert {name: [str(one) for one in each.releases] for name, each in manifest.components.items()} == {
        "shop-till": ["1.0.0", "1.1.0", "1.2.0"],
        "shop-stock": ["1.0.0", "1.1.0", "1.2.0"],
    }
    assert 'releases_of = "shop-till"' in text
    assert manifest.protocols["api"].clients == ("shop-till",)
    assert manifest.protocols["api"].server == "shop-stock"
    assert changes(manifest) == [
        ("added", "1.1.0", "shop-till 1.2.0"),
        ("removed", "1.2.0", "shop-till 1.2.0"),
    ]
    control = tmp_path / "debian/control"
    assert f"# {control}:4: shop-till: Depends: shop-stock (>= 1.1.0-1~)\n" in text
    assert f"# {control}:9: shop-stock: Breaks: shop-till (<< 1.2)\n" in text


@pytest.mark.parametrize(
    ("depends", "found", "note"),
    [
        ("Depends: shop-stock (>> 1.0.0-9)", [("added", "1.1.0", "shop-till 1.2.0")], ""),
        ("Depends: shop-stock (>= 1.1), shop-stock (>= 1.1.0)", [("added", "1.1.0", "shop-till 1.2.0")], ""),
        (
            "Depends: shop-stock (>= 1.1)\nBreaks: shop-stock (<< 1.1)",
            [("added", "1.1.0", "shop-till 1.2.0")],
            "",
        ),
        ("Depends: shop-stock (>= 1.0)", [], "every listed release satisfies it"),
        ("Depends: shop-stock (<< 2)", [], "as policy.horizon does"),
        ("Depends: shop-stock", [], ""),
        ("Depends: shop-stock (>= 1.1.0~rc1)", [], "its version shows no final release"),
        ("Breaks: shop-stock (= 1.1.0-1)", [], "see [[broken]]"),
        ("Depends: shop-stock (>= 1.1) | other", [("added", "1.1.0", "shop-till 1.2.0")], ""),
    ],
)  # fmt: skip
def test_each_kind_of_bound(tmp_path: Path, depends: str, found: list[Any], note: str) -> None:
    text = draft(
        adopt_debian(
            debian(tmp_path, f"Depends: shop-stock\n{depends}\n" if depends[0] == "B" else f"{depends}\n")
        )
    )
    assert changes(filled(text)) == found
    assert note in text
    gaps(text)


def test_an_upper_bound_leaves_open_which_client_copes(tmp_path: Path) -> None:
    text = draft(adopt_debian(debian(tmp_path, "Depends: shop-stock (<< 1.2)\n")))
    assert 'kind     = "removed"' in text
    assert f'client   = "{MARK}the first release of shop-till that works with shop-stock 1.2.0"' in text
    assert len(gaps(text)) == 3


def test_a_bound_between_two_releases_begins_at_the_next_one(tmp_path: Path) -> None:
    text = draft(adopt_debian(debian(tmp_path, "Depends: shop-stock (<< 1.1.5)\n")))
    assert f'client   = "{MARK}the first release of shop-till that works with shop-stock 1.2.0"' in text


def test_a_bound_within_the_newest_series_makes_the_horizon_shorter(tmp_path: Path) -> None:
    text = draft(adopt_debian(debian(tmp_path, "Depends: shop-stock (<< 1.3~)\n")))
    assert filled(text).policy.horizon == "patch"


@pytest.mark.parametrize(
    ("version", "mode"),
    [("${binary:Version}", "exact"), ("1.2.0-1", "exact"), ("${source:Upstream-Version}", "lockstep")],
)
def test_a_pin_becomes_a_promise(tmp_path: Path, version: str, mode: str) -> None:
    text = draft(adopt_debian(debian(tmp_path, f"Depends: shop-stock (= {version})\n")))
    assert filled(text).protocols["api"].mode == mode
    assert gaps(text) == ()


def test_what_is_only_recommended_is_optional(tmp_path: Path) -> None:
    text = draft(adopt_debian(debian(tmp_path, "Recommends: shop-stock (>= 1.1)\n")))
    assert filled(text).changes[0].need == "optional"


def test_epochs_begin_with_the_release_that_got_them(tmp_path: Path) -> None:
    source = debian(
        tmp_path, "Depends: shop-stock (>= 1:1.1)\n", versions="1:1.2.0-1 1:1.1.0-2 1.1.0-1 1.0.0-1"
    )
    text = draft(adopt_debian(source))
    assert text.count('deb = { epoch = { "1.0.0" = 0, "1.1.0" = 1 } }') == 2
    assert changes(filled(text)) == [("added", "1.1.0", "shop-till 1.2.0")]


def test_an_epoch_from_the_beginning_is_a_number(tmp_path: Path) -> None:
    text = draft(adopt_debian(debian(tmp_path, "Depends: shop-stock\n", versions="2:1.1.0-1 2:1.0.0-1")))
    assert text.count("deb = { epoch = 2 }") == 2


def test_numbers_that_were_reset_with_an_epoch_are_left_out(tmp_path: Path) -> None:
    text = draft(adopt_debian(debian(tmp_path, "Depends: shop-stock\n", versions="1:1.0.0-1 2018.1.1-1")))
    assert "deb = { epoch = 1 }" in text
    assert [str(one) for one in filled(text).components["shop-till"].releases] == ["1.0.0"]
    assert "# No release was taken from these versions: 2018.1.1\n" in text


def test_numbers_of_another_kind_and_versions_without_a_release(tmp_path: Path) -> None:
    source = debian(tmp_path, "Depends: shop-stock (>= 14)\n", versions="15.4-1 15.4~rc1-1 14-1 1.2.3.4.5-1")
    text = draft(adopt_debian(source))
    assert 'scheme   = "numbers"' in text
    assert "# No release was taken from these versions: 1.2.3.4.5-1\n" in text
    assert [str(one) for one in filled(text).components["shop-till"].releases] == ["14", "15.4"]


def test_two_packages_without_a_relation_leave_their_roles_open(tmp_path: Path) -> None:
    text = draft(adopt_debian(debian(tmp_path, "")))
    assert [one.part for one in gaps(text)] == ["[protocol.api] client", "[protocol.api] server"]
    given_one = draft(adopt_debian(tmp_path), client="shop-till")
    assert gaps(given_one) == ()
    assert filled(given_one).protocols["api"].server == "shop-stock"


def test_a_peer_of_another_source_can_be_named(tmp_path: Path) -> None:
    source = adopt_debian(debian(tmp_path, "Depends: elsewhere (>= 2.1)\n"))
    text = draft(source, server="elsewhere")
    assert [one.part for one in gaps(text)] == [
        "[component.elsewhere] releases",
        "[change] what",
        "[change] because",
    ]
    assert (
        filled(text.replace(f'\n  "2.1.0", "{MARK}the other', f'\n  "2.1.0" #"{MARK}'))
        .protocols["api"]
        .server
        == "elsewhere"
    )


def test_a_single_package_has_a_peer_without_a_name(tmp_path: Path) -> None:
    (tmp_path / "debian").mkdir()
    (tmp_path / "debian/control").write_text("Source: shop\n\nPackage: shop\n", "utf-8")
    (tmp_path / "debian/changelog").write_text(entry("1.0.0-1"), "utf-8")
    parts = [one.part for one in gaps(draft(adopt_debian(tmp_path)))]
    assert parts == [
        "[component.peer] releases",
        "[package.peer] deb",
        "[protocol.api] client",
        "[protocol.api] server",
    ]


def test_hostile_texts_of_a_source_stay_texts(tmp_path: Path) -> None:
    control = 'Depends: shop-stock (>= 1.1.0+"\x1b[31m\\)\n'
    text = draft(adopt_debian(debian(tmp_path, control)))
    assert "\x1b" not in text
    gaps(text)


BOUNDS = st.builds(
    Bound,
    field=st.sampled_from(["Depends", "Pre-Depends", "Recommends", "Breaks", "Conflicts"]),
    peer=st.sampled_from(["shop-till", "shop-stock", "shop-tool", "libc6"]),
    operator=st.sampled_from([None, *Operator]),
    version=st.sampled_from(["1.0", "1.1.0-1", "1:1.2.0", "1.2.0-1", "2.0~", "0.9", "x", "1.5.0~rc1"]),
    text=st.text(max_size=8),
    place=st.text(max_size=8),
)


@given(
    bounds=st.lists(st.tuples(st.sampled_from(["shop-till", "shop-stock", "shop-tool"]), BOUNDS), max_size=8),
    versions=st.lists(
        st.sampled_from(["1.0.0-1", "1.1.0-1", "1:1.2.0-1", "1.2.0-1", "3-1", "abc", "2.0~rc1-1"]),
        min_size=1,
        max_size=5,
    ),
    roles=st.sampled_from(
        [{}, {"client": "shop-till"}, {"server": "libc6"}, {"client": "libc6", "server": "shop-stock"}]
    ),
)
@RELAXED
def test_gaps_are_the_only_mistakes_of_a_draft(
    bounds: list[tuple[str, Bound]], versions: list[str], roles: dict[str, str]
) -> None:
    packages = tuple(
        AdoptedPackage(name, versions[0], tuple(one for owner, one in bounds if owner == name))
        for name in ("shop-till", "shop-stock", "shop-tool")
    )
    source = AdoptedSource("deb", "shop", ("debian/control",), packages, tuple(versions), ("\x1bx\n",))
    text = draft(source, **roles)
    # Two bounds may contradict each other, which a person has to sort out.
    assert mistakes(text) in (set(), {GAP}, {"manifest-contradiction"}), text


def mistakes(text: str) -> set[str]:
    try:
        parse_manifest(text)
    except ManifestError as error:
        return {one.id for one in error.mistakes}
    return set()


# ------------------------------------------------------------------ specs

SPEC = """\
%global major 1
%global release_of() %(touch ran)
%{!?minor: %global minor 2}
Name:           shop
Epoch:          1
Version:        %{major}.2.0
Release:        3%{?dist}
Summary:        x
%if 0%{?fedora}
Requires:       %{name}-stock%{?_isa} >= %{?epoch:%{epoch}:}1.1.0
%endif
Requires:       %(touch ran)
%package stock
Summary:        stock
Conflicts:      shop < 1:1.2.0, shop-old
Requires(post): /bin/sh
%package -n other
Version:        7
%description
Requires: nothing
%files
%changelog
* Thu Jun 21 2018 Nobody <n@e.org> - 1:1.2.0-3
- Requires: x
* Thu Jun 21 2018 Nobody <n@e.org> 1:1.1.0-1
* Thu Jun 21 2018 Nobody <n@e.org>
* Thu Jun 21 2018 Nobody <n@e.org> - 1.0.0-1
"""


def test_a_spec_is_read_without_running_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shop.spec").write_text(SPEC, "utf-8")
    source = adopt_spec(Path("shop.spec"))
    assert not Path("ran").exists()
    assert source.project == "shop"
    assert [(one.name, one.version) for one in source.packages] == [
        ("shop", "1:1.2.0-3"),
        ("shop-stock", "1:1.2.0-3"),
        ("other", "1:7-3"),
    ]
    assert source.versions == ("1:1.2.0-3", "1:1.1.0-1", "1.0.0-1")
    assert [bound.text for one in source.packages for bound in one.bounds] == [
        "Requires: shop-stock >= 1:1.1.0",
        "Conflicts: shop < 1:1.2.0",
        "Conflicts: shop-old",
        "Requires: /bin/sh",
    ]
    assert source.unread == (
        "shop.spec:12: requires: %(touch ran)",
        "conditions (%if) were not evaluated: the relations of all branches were read",
    )
    text = draft(source)
    assert len(gaps(text)) == 4
    manifest = filled(text)
    assert changes(manifest) == [("added", "1.1.0", "shop 1.2.0"), ("removed", "1.2.0", "shop 1.2.0")]
    assert text.count('rpm = { epoch = { "1.0.0" = 0, "1.1.0" = 1 } }') == 2
    assert "# Not read, see for yourself: shop.spec:12: requires: %(touch ran)\n" in text


@pytest.mark.parametrize(
    ("bound", "mode"),
    [("%{version}-%{release}", "exact"), ("%{version}", "lockstep"), ("1:1.2.0-3", "exact")],
)
def test_a_pin_in_a_spec_becomes_a_promise(tmp_path: Path, bound: str, mode: str) -> None:
    path = tmp_path / "shop.spec"
    pinned = SPEC.replace("Conflicts:      shop < 1:1.2.0", f"Requires: shop = {bound}")
    path.write_text(pinned.replace("%{name}-stock%{?_isa}", "another"), "utf-8")
    assert filled(draft(adopt_spec(path))).protocols["api"].mode == mode


@pytest.mark.parametrize("line", ["Name: %{shop}", "Version: %(date +%s)", "Release: %{lua:print(1)}"])
def test_a_spec_whose_identity_needs_rpm_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "shop.spec"
    tag = line.partition(":")[0]
    path.write_text("\n".join(line if one.startswith(tag) else one for one in SPEC.split("\n")), "utf-8")
    with pytest.raises(
        SourceError, match=rf"it has no {tag} with a plain value; give init the output of 'rpmspec"
    ):
        adopt_spec(path)


@pytest.mark.parametrize("name", ["../up", "a b", "a\x1b", "x" * 200, "a;b"])
def test_a_name_that_no_package_has_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "shop.spec"
    path.write_text(SPEC.replace("Name:           shop", f"Name: {name}"), "utf-8")
    with pytest.raises(SourceError, match="is not a package name"):
        draft(adopt_spec(path))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a", "a"),
        ("100%%", "100%"),
        ("%x-%{x}-%{?x}-%{?y}-%{!?y:%{x}}-%{?x:b%{x}}", "1-1-1--1-b1"),
        ("%{!?x:z}%{!?x}", ""),
        ("%y", None),
        ("%{y}", None),
        ("%(date)", None),
        ("%{lua:print(1)}", None),
        ("%[1+1]", None),
        ("%{x", None),
        ("%", None),
        ("%{x:1}", None),
        ("%{loop}", None),
        ("%{big}", None),
        ("%{??x}", None),
    ],
)
def test_only_plain_macros_are_expanded(text: str, value: str | None) -> None:
    macros = {"x": "1", "loop": "%{loop}%{loop}", "big": "x" * 3000}
    assert expanded(text, macros) == value


def test_macros_that_double_cost_little() -> None:
    macros = {"m0": "xx"} | {f"m{number}": f"%{{m{number - 1}}}" * 40 for number in range(1, 9)}
    with cpu_below(1.0):
        assert expanded("%{m8}", macros) is None


def test_a_long_spec_costs_little(tmp_path: Path) -> None:
    path = tmp_path / "shop.spec"
    hostile = ["Requires: " + "%{x" * 20_000, "* " + " " * 100_000, "%global a " + "{" * 50_000]
    path.write_text(SPEC + "\n".join(hostile * 10) + "\n%package x\n" + "\n".join(hostile * 10), "utf-8")
    with cpu_below(3.0):
        adopt_spec(path)
