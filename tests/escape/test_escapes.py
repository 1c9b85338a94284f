"""Hostile texts in every text field of a manifest: no output gains a line, and no tool runs a part of one."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from debian.deb822 import Deb822
from hostile_texts import CANARY, COUNT, FREE, MANIFEST, PATH, SEEDS, harmless, saying, texts
from hypothesis import HealthCheck, Phase, given, settings
from real.rpmbuild import Rpmbuild
from real.source import CHANGELOG
from real.tools import run
from runner import run as pkgguard

from pkgguard import api
from pkgguard.cli import common
from pkgguard.compat.engine import Compatibility
from pkgguard.escape.control import control_value, substvar_value
from pkgguard.escape.line import plain
from pkgguard.escape.shell import shell_word
from pkgguard.escape.spec import spec_comment, spec_text
from pkgguard.escape.toml import toml_key, toml_string
from pkgguard.families.lookup import family
from pkgguard.generate.relations import Generated, generate
from pkgguard.integrations import debputy
from pkgguard.manifest import acceptance, model, package_spec
from pkgguard.manifest.discover import Found
from pkgguard.manifest.serialize import as_document, write_manifest
from pkgguard.report import explanation_text, json_document, manifest_text, text
from pkgguard.report.answers import ManifestAnswer
from pkgguard.report.formats import render
from pkgguard.report.page import Page
from pkgguard.report.render import ESCAPES, fill_relations
from tools.roff import escaped, protected

pytest_plugins = ["real.fixtures"]

RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))
ONCE = settings(RELAXED, phases=[Phase.explicit, Phase.reuse, Phase.generate])
"""A real tool is not asked hundreds of times for the smallest texts that break it."""
PACKAGES = {
    "deb": [("shop-till", "1.0.0-1"), ("shop-till", "1.2.0-1"), ("shop-stock-deb", "2:1.1.0-1")],
    "rpm": [("shop-till-rpm", "1:1.1.0-1"), ("shop-till-rpm", "1:1.2.0-1"), ("shop-stock", "1.1.0-1")],
}
LOTS = 12
"""Manifests, each with texts of its own, that a tool is given at once."""


def every_generated(manifest: model.Manifest) -> Iterator[Generated]:
    compatibility = Compatibility(manifest)
    for kind, packages in PACKAGES.items():
        for name, version in packages:
            yield generate(compatibility, family(kind), name, version)


def found_for(manifest: model.Manifest, said: list[str]) -> Found:
    return Found(manifest, saying(PATH, said), said[0])


def filled(manifest: model.Manifest, found: Found, form: str) -> list[str]:
    """Return what generate writes in a format, for each package of the format's family."""
    return [
        fill_relations(form, one, found, family(one.family).relation_fields, verbose=verbose)
        for one in every_generated(manifest)
        if form in family(one.family).summary.formats
        for verbose in (False, True)
    ]


def without_comments(lines: str) -> list[str]:
    """Return the lines but for comments, of which the text in them is the only difference there may be."""
    return [line for line in lines.split("\n") if not line.startswith("# ")]


# ------------------------------------------------------------------ the fields


def texts_in(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Return each text of a model with the class and the field that hold it."""
    if isinstance(value, str):
        yield where, value
    elif is_record(type(value)):
        for name in type(value).__annotations__:
            yield from texts_in(getattr(value, name), f"{type(value).__name__}.{name}")
    elif isinstance(value, tuple) and not hasattr(value, "_fields"):  # a position has no text of a manifest
        for one in value:
            yield from texts_in(one, where)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from texts_in(one, where)


MODEL_MODULES = (model, package_spec, acceptance)


def is_record(kind: Any) -> bool:
    """Return whether something is a class of the model with fields: a dataclass or a named tuple."""
    own = isinstance(kind, type) and kind.__module__ in [one.__name__ for one in MODEL_MODULES]
    return own and (dataclasses.is_dataclass(kind) or issubclass(kind, tuple))


def text_fields() -> set[str]:
    """Return each field of the model that can hold a text, by its annotation."""
    return {
        f"{one.__name__}.{name}"
        for module in MODEL_MODULES
        for one in filter(is_record, vars(module).values())
        for name, annotation in one.__annotations__.items()
        if re.search(r"\bstr\b", str(annotation))
    }


def test_the_manifest_says_something_in_every_text_field_of_the_model() -> None:
    keyed = {"Manifest.components", "Manifest.packages", "Manifest.protocols", "PackageSpec.shipping"}
    keyed |= {"Change.client", "Manifest.rules", "Protocol.guarded_since"}
    keyed |= {"Manifest.package_tables", "Manifest.profiles"}
    assert text_fields() - keyed == {where for where, one in texts_in(harmless()) if one} - {
        *keyed,
        *(f"{where}" for where in ("Change.kind", "Change.need", "Policy.mode", "Policy.horizon")),
        *("Policy.prereleases", "Policy.past", "PackageSpec.presence", "Shipping.epochs", "Archive.epochs"),
    }


def leaves(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Return the place of each text in plain tables, keys of tables among them."""
    if isinstance(value, str):
        yield place
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from leaves(one, (*place, number))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield (*place, key, None)
            yield from leaves(one, (*place, key))


def replaced(value: Any, place: tuple[Any, ...], said: str) -> Any:
    """Return plain tables with one text replaced."""
    if not place:
        return said
    first, *rest = place
    if isinstance(value, list):
        return [replaced(one, tuple(rest), said) if n == first else one for n, one in enumerate(value)]
    if rest == [None]:
        return {said if key == first else key: one for key, one in value.items()}
    return {key: replaced(one, tuple(rest), said) if key == first else one for key, one in value.items()}


def dumped(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml_key(key)} = {dumped(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dumped, value)) + "]"
    return toml_string(value) if isinstance(value, str) else str(value).lower()


def toml_of(tables: dict[str, Any]) -> str:
    return "".join(f"{toml_key(key)} = {dumped(value)}\n" for key, value in tables.items())


def select_rules(written: str) -> None:
    api.select_rules(api.parse_manifest(written))


@pytest.mark.parametrize(
    "said",
    [
        "x%(touch canary)",
        "x\\",
        "x${Newline}y",
        "x$(touch canary)",
        "x y",
        "x'y",
        "x, y",
        "١",
        "x\u2028y",
        "x\ny",
    ],
)
def test_a_text_that_is_not_free_may_hold_nothing_hostile(said: str) -> None:
    tables = as_document(harmless())
    api.parse_manifest(toml_of(tables))
    for place in leaves(tables):
        value: Any = tables
        for part in place[: -1 if place[-1] is None else None]:
            value = value[part]
        if place[-1] is not None and FREE.fullmatch(value):
            continue
        with pytest.raises(api.ManifestError) as caught:
            select_rules(toml_of(replaced(tables, place, said)))
        assert str(caught.value).splitlines() == str(caught.value).split("\n")
        assert len(str(caught.value).split("\n")) == 1 + len(caught.value.mistakes)


# ------------------------------------------------------------------ the formats, without a tool


@given(seed=SEEDS)
@settings(RELAXED, max_examples=60)
def test_no_format_gains_or_loses_a_line(seed: int) -> None:
    calm, said = harmless(), texts(seed, COUNT)
    hostile = saying(calm, said)
    before, after = Found(calm, PATH, "here"), found_for(hostile, said)
    for forms in (family(name).summary.formats for name in api.FAMILIES):
        for form in forms:
            for one, other in zip(filled(calm, before, form), filled(hostile, after, form), strict=True):
                assert without_comments(one) == without_comments(other)
                assert other.splitlines() == other.split("\n")[:-1]
    for one, other in zip(every_generated(calm), every_generated(hostile), strict=True):
        pages = []
        for generated, found in ((one, before), (other, after)):
            page = Page(0, lambda painted, _: painted)
            text.manifest_line(page, found)
            for verbose in (False, True):
                explanation_text.explanation_page(page, generated, verbose=verbose)
            manifest_text.manifest_page(page, found.manifest)
            pages.append(page.text())
            for made in (
                json_document.explanation_document(generated, found),
                json_document.manifest_document(as_document(found.manifest), found),
            ):
                shown = json.dumps(made, ensure_ascii=False)
                assert shown.splitlines() == [shown]
        assert len(pages[1].splitlines()) == pages[1].count("\n")
        substance = [page.count("\nrelations (") for page in pages]
        assert substance == [2, 2]


@given(seed=SEEDS)
@settings(RELAXED, max_examples=60)
def test_a_manifest_is_written_as_toml_that_says_the_same(seed: int) -> None:
    said = [f"{plain(one)} {number}" for number, one in enumerate(texts(seed, COUNT))]
    manifest = saying(harmless(), said)
    written = write_manifest(api.parse_manifest(toml_of(as_document(manifest))))
    assert tomllib.loads(written).keys() == tomllib.loads(MANIFEST).keys() | {"policy"}
    assert tomllib.loads(written)["project"] == " ".join(said[0].split())


@given(seed=SEEDS)
@settings(RELAXED, max_examples=60)
def test_comments_in_the_toml_of_a_sum_are_only_comments(seed: int) -> None:
    said = texts(seed, COUNT)
    hostile = saying(harmless(), said)
    calm = [f"{plain(one)} {number}" for number, one in enumerate(said)]
    manifest = api.parse_manifest(toml_of(as_document(saying(harmless(), calm))), hostile.path)
    both = dataclasses.replace(manifest, files=hostile.files, taken_out=hostile.taken_out)
    shown = "".join(render(ManifestAnswer(Found(both, both.path, "")), "toml"))
    assert tomllib.loads(shown) == tomllib.loads(write_manifest(manifest))
    assert shown.count("  # ") >= len(manifest.changes)


@given(seed=SEEDS)
@settings(RELAXED)
def test_toml_gives_a_text_back(seed: int) -> None:
    (said,) = texts(seed, 1)
    whole = re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", said)
    read = tomllib.loads(f"{toml_key(said)} = {toml_string(said)}  # {plain(said)}\nx9 = 1")
    assert read in ({whole: whole, "x9": 1}, {said: whole, "x9": 1})


@pytest.mark.parametrize("said", ["a\nb", "a\r\nb", "a\x0bb", "a\x85b", "a\u2028b", "a\x1cb", "a\ud800b"])
@pytest.mark.parametrize(
    "name", [name for name in ESCAPES if not name.startswith("toml") and name != "html_source"]
)
def test_every_escape_but_those_of_toml_gives_one_line(name: str, said: str) -> None:
    (line,) = ESCAPES[name](said).splitlines()
    line.encode("utf-8")


def test_every_value_of_a_template_goes_through_an_escape() -> None:
    for path in sorted((Path(__file__).parents[2] / "templates").glob("*.j2")):
        for value in re.findall(r"\{\{(.*?)\}\}", path.read_text("utf-8")):
            filters = [one.strip() for one in value.split("|")[1:]]
            assert value == ' "," if not loop.last ' or (filters and filters[-1] in ESCAPES), (
                path.name,
                value,
            )


# ------------------------------------------------------------------ what was found


def shop(tmp_path: Path, **said: str) -> Path:
    """Write the manifest with the free text of a number replaced."""
    manifest = MANIFEST
    for number, one in said.items():
        manifest = manifest.replace(f'"free {number[1:]}"', toml_string(one))
    path = tmp_path / "shop.toml"
    path.write_text(manifest, "utf-8")
    return path


@pytest.mark.parametrize("command", ["spec", "control", "substvars"])
def test_a_title_is_escaped_as_reasons_are(tmp_path: Path, command: str) -> None:
    path = shop(tmp_path, f0="x%(touch canary) \\%{ y", f8="x%(touch canary) \\%{ y")
    kind, name, epoch = ("rpm", "shop-till-rpm", "1:") if command == "spec" else ("deb", "shop-till", "")
    done = pkgguard(
        "generate",
        name,
        f"{epoch}1.1.0-1",
        "--family",
        kind,
        "--format",
        command,
        "--manifest",
        path,
        "--quiet",
        "--verbose",
    )
    assert done.exit_code == 0, done.stderr
    wanted = "x%%(touch canary) \\\\%%{ y" if command == "spec" else "x%(touch canary) \\%{ y"
    assert done.stdout.split("\n")[0].endswith(f"from the manifest of {wanted}")
    assert done.stdout.count(wanted) > 1


@pytest.mark.parametrize(
    "key", ["a\n::error::b", "a\r\n::error::b", "a\u2028::error::b", "a\x85::error::b", "a\x0b::error::b"]
)
@pytest.mark.parametrize("table", ['{} = "off"', '[rules]\n{} = "off"', "[component.{}]", "[{}]\nx = 1"])
def test_a_mistake_is_told_on_one_line(tmp_path: Path, table: str, key: str) -> None:
    path = tmp_path / "wrong.toml"
    line = table.format(toml_string(key))
    path.write_text(f"{line}\n{MANIFEST}" if table.startswith("{") else f"{MANIFEST}{line}\n", "utf-8")
    if table.startswith("[rules]"):
        path.write_text(MANIFEST.replace("[rules]", line), "utf-8")
    done = pkgguard("manifest", "check", path)
    assert done.exit_code == 1
    assert "::error::b" in done.stderr
    assert not [one for one in done.stderr.splitlines() if not one.startswith(("pkgguard: ", "  line "))]


@pytest.mark.parametrize(
    "name", ["A${Newline}Depends: evil", "A\x85B", "A\u2028B", "A\u202eB", "A\x9bB", "A${misc:Depends}"]
)
def test_a_maintainer_that_a_control_file_cannot_hold_is_refused(tmp_path: Path, name: str) -> None:
    for words, env in (
        (["--maintainer", f"{name} <a@b.example>"], {}),
        ([], {"DEBFULLNAME": name, "DEBEMAIL": "a@b.example"}),
    ):
        done = pkgguard("init", "--deb", tmp_path / "d", *words, env=env)
        assert (done.exit_code, "not 'Name <address@host>'" in done.stderr) == (2, True)
        assert not (tmp_path / "d").exists()


def test_a_command_to_paste_names_a_file_as_one_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = pkgguard("init", "a; touch 'x'.toml")
    assert """manifest check 'a; touch '"'"'x'"'"'.toml'""" in done.stderr
    done = pkgguard("init", "--rpm", "$(touch x)")
    assert "(cd '$(touch x)' &&" in done.stderr


def test_debputy_gets_the_relations_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "debian").mkdir()
    (tmp_path / "debian/control").write_text("Source: shop\n\nPackage: shop-till\nArchitecture: all\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PKGGUARD_MANIFEST", raising=False)
    got = []
    for said in ("calm", "x${Newline}Depends: evil\u2028pkgguard: y"):
        shop(tmp_path, f0=said, f8=said, f10=said).rename(tmp_path / "debian/pkgguard.toml")
        substvars: dict[str, str] = {}
        context = SimpleNamespace(
            binary_package=SimpleNamespace(name="shop-till"), binary_package_version="1.1.0-1"
        )
        with redirect_stderr(io.StringIO()) as told:
            debputy.define_substvars(None, SimpleNamespace(substvars=substvars), context)
        assert all(line.startswith("pkgguard: ") for line in told.getvalue().splitlines())
        got.append(substvars)
    assert got[0] == got[1]
    assert got[0]["pkgguard:Depends"]


def test_what_is_said_on_standard_error_is_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    common.say("a\n::error::b\u2028c")
    assert capfd.readouterr().err == "a\N{REPLACEMENT CHARACTER}::error::b\N{REPLACEMENT CHARACTER}c\n"


# ------------------------------------------------------------------ the real tools

SPEC = """\
Name: shop
Version: 1
Release: 1
Summary: {summary}
License: none
Packager: {packager}
BuildArch: noarch
{relations}
%description
{description}
%changelog
* Mon Jul 02 2018 {packager} <a@b.example> - 1-1
- {description}
"""


def spec_of(manifests: list[tuple[model.Manifest, Found]], said: list[str]) -> str:
    values = [spec_text(one) for one in said]
    comments = "".join(f"# {spec_comment(one)}\n" for one in said)
    relations = "".join(one for manifest, found in manifests for one in filled(manifest, found, "spec"))
    return SPEC.format(
        summary="x" + "".join(values),
        packager="x" + "".join(values),
        description="\n".join(f"x{one}x" for one in values),
        relations=comments + relations,
    )


@pytest.mark.real
@pytest.mark.usefixtures("real_tools")
@given(seed=SEEDS)
@settings(ONCE, max_examples=4)
def test_rpm_expands_nothing_of_a_text(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    folder = tmp_path_factory.mktemp("spec")
    calm = harmless()
    rpmbuild = Rpmbuild(folder / "rpm")
    parsed = []
    lots = [texts(seed + number, COUNT) for number in range(LOTS)]
    every = [one for some in lots for one in some]
    for manifests, some in (
        ([(calm, Found(calm, PATH, "here"))] * len(lots), ["x"] * len(every)),
        ([(one, found_for(one, said)) for said in lots for one in [saying(calm, said)]], every),
    ):
        path = folder / "shop.spec"
        path.write_text(spec_of(manifests, some), "utf-8")
        done = rpmbuild.run("rpmspec", "--parse", path).checked().output
        assert "warning:" not in done
        lines = [line for line in done.split("\n") if line]
        parsed.append(
            [line for line in lines if re.match("(?:Requires|Recommends|Conflicts|Provides): ", line)]
        )
        assert lines[0] == "Name: shop"
        for one in some:
            assert f"x{plain(one)}x" in lines
        assert len([line for line in lines if line.startswith(("Packager:", "Summary:", "%changelog"))]) == 3
    assert parsed[0] == parsed[1]
    assert len(parsed[0]) > len(lots)
    assert not list(folder.rglob(CANARY))
    assert not Path(CANARY).exists()


@pytest.mark.real
@pytest.mark.usefixtures("real_tools")
@given(seed=SEEDS)
@settings(ONCE, max_examples=3)
def test_dpkg_substitutes_nothing_of_a_text(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    folder = tmp_path_factory.mktemp("deb")
    calm = harmless()
    made = []
    fields = family("deb").relation_fields
    lots = [texts(seed + number, COUNT) for number in range(LOTS)]
    for manifests, maintainer in (
        ([(calm, Found(calm, PATH, "here"))] * len(lots), "Somebody"),
        ([(one, found_for(one, said)) for said in lots for one in [saying(calm, said)]], "".join(lots[0])),
    ):
        debian = folder / "debian"
        (debian / "shop").mkdir(parents=True, exist_ok=True)
        pasted = [one for manifest, found in manifests for one in filled(manifest, found, "control")]
        stanzas = "".join(
            f"\nPackage: pasted-{number}\nArchitecture: all\n{one}Description: x\n"
            for number, one in enumerate(pasted)
        )
        uses = "".join(f"{field}: ${{pkgguard:{field}}}\n" for field in fields)
        uses += "Section: ${said}\n"
        (debian / "control").write_text(
            f"Source: shop\nMaintainer: {control_value('x' + maintainer)} <a@b.example>\n\n"
            f"Package: shop\nArchitecture: all\n{uses}Description: x\n{stanzas}",
            "utf-8",
        )
        (debian / "changelog").write_text(CHANGELOG.format(source="shop", version="1.1.0-1"), "utf-8")
        substvars = "".join(
            one for manifest, found in manifests for one in filled(manifest, found, "substvars")
        )
        substvars += f"said=x{substvar_value(maintainer)}x\n"
        (debian / "shop.substvars").write_text(substvars, "utf-8")
        command = ["dpkg-gencontrol", "-pshop", "-Tdebian/shop.substvars", "-Pdebian/shop", "-O"]
        control = run(command, home=folder, cwd=folder).checked().output
        parsed = Deb822(control[control.index("Package:") :].splitlines(keepends=True))
        assert parsed.pop("Maintainer") == f"{control_value('x' + maintainer)} <a@b.example>"
        assert parsed.pop("Section") == f"x{plain(maintainer)}x"
        read = Deb822.iter_paragraphs((debian / "control").read_text("utf-8").split("\n"), use_apt_pkg=False)
        rest = [dict(one) for one in read][1:]
        made.append((dict(parsed), rest))
    assert made[0] == made[1]
    assert made[0][0]["Breaks"]
    assert not list(folder.rglob(CANARY))


@pytest.mark.real
@pytest.mark.usefixtures("real_tools")
@given(seed=SEEDS)
@settings(ONCE, max_examples=2)
def test_a_shell_takes_a_word_for_a_word(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    many = texts(seed, 60)
    folder = tmp_path_factory.mktemp("shell")
    words = "\n".join(f"printf '<%s>\\n' {shell_word(one)} # {plain(one)}" for one in many)
    (folder / "words").write_text(f"{words}\n", "utf-8")
    for command in (["sh"], ["bash"], ["dash"], ["zsh", "-f"], ["fish", "--no-config"]):
        environment = {"LC_ALL": "C.UTF-8"}
        done = run([*command, "words"], home=folder, cwd=folder, environment=environment).checked()
        assert done.output == "".join(f"<{plain(one)}>\n" for one in many), command
        assert not (folder / CANARY).exists()


@pytest.mark.real
@pytest.mark.usefixtures("real_tools")
@given(seed=SEEDS)
@settings(ONCE, max_examples=2)
def test_a_manual_page_prints_a_text_as_it_is(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    many = texts(seed, 60)
    many = texts(seed, 60)
    folder = tmp_path_factory.mktemp("roff")
    body = "\n".join(f"{protected(escaped(one))}|" for one in many)
    (folder / "page.1").write_text(f".TH PAGE 1\n.SH NAME\npage \\- x\n.nf\n{body}\n.fi\n", "utf-8")
    for command in (
        ["groff", "-man", "-Tutf8", "-P-cbou", "-rLL=500n"],
        ["mandoc", "-Tutf8", "-Owidth=500"],
    ):
        done = run([*command, "page.1"], home=folder, cwd=folder, environment={"LC_ALL": "C.UTF-8"}).checked()
        shown = re.sub(r"\s+|.\x08", "", done.output)
        for one in many:
            assert re.sub(r"\s+", "", plain(one)) + "|" in shown, command
        assert shown.count("|") == len(many)
    assert not (folder / CANARY).exists()


GENERATING = """\
%define pkgguard_manifest /it's %%(touch canary)%{lua:print(string.char(10) .. "evil")}
Name: shop
Version: 1
Release: 1
Summary: x
License: none
BuildArch: noarch
%description
%install
mkdir -p %{buildroot}/usr
touch %{buildroot}/usr/file
%files
/usr/file
"""


@pytest.mark.real
@pytest.mark.usefixtures("real_tools")
def test_what_a_failed_generator_says_is_one_dependency_that_rpm_refuses(tmp_path: Path) -> None:
    fake = 'case $* in *pattern*) echo "^/usr/file$" ;; *) echo "$3"; exit 3 ;; esac'
    built = Rpmbuild(tmp_path / "rpm", pkgguard=fake).build(GENERATING)
    assert not built
    refused = [line for line in built.log.split("\n") if line.startswith("error: Dependency tokens")]
    assert len(refused) == 1, built.log
    assert (
        "!pkgguard rpm generator '--manifest=/it'\\''s %(touch canary)?evil' -- shop 1-1 failed" in refused[0]
    )
    assert not [line for line in built.log.split("\n") if line.startswith(("Requires: evil", "evil"))]
    assert not list(tmp_path.rglob(CANARY))
