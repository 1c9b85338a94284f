"""What a manifest may cost: hostile ones are judged or refused within seconds of CPU time."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from fuzz.make import control_tar, deb_of
from hypothesis import given, settings
from hypothesis import strategies as st
from limits import cpu_below, run_hostile
from mistakes import table_and_key

from pkgguard import api
from pkgguard.budget import OverBudgetError, budget
from pkgguard.compat.engine import engine_of
from pkgguard.errors import ManifestError, ManifestLimitError
from pkgguard.manifest import limits
from pkgguard.manifest.discover import built_in
from pkgguard.manifest.limits import manifest_budget
from pkgguard.manifest.read import parse_manifest
from pkgguard.manifest.shape import check_shape
from pkgguard.manifest.typed_table import did_you_mean, nearest
from pkgguard.versions.lookup import parse_release
from pkgguard.versions.nearest import nearest_releases
from pkgguard.versions.release import Release

ANSWER_SECONDS = limits.SECONDS + 1
"""What an answer from a manifest may take: its budget, and Python's own start on a busy machine."""
CHECK_SECONDS = 3 * limits.SECONDS
"""What a check may take: reading the manifest, working it out and each package have budgets of their own."""


def listed(count: int) -> str:
    return ", ".join(f'"1.{number}.0"' for number in range(count))


def base(count: int, *, server: str = "") -> str:
    return (
        'manifest = 1\nproject = "x"\n'
        f"[component.client]\nreleases = [{listed(count)}]\n"
        f"[component.server]\nreleases = [{listed(count)}]\n"
        '[package.client]\ncarries = ["client"]\n'
        f'[package.server]\ncarries = ["server"]\n{server}'
        '[protocol.talk]\nclient = ["client"]\nserver = "server"\n'
    )


def change(what: str, server: str, client: str, kind: str = "added", more: str = "") -> str:
    head = f'[[change]]\nprotocol = "talk"\nkind = "{kind}"\nwhat = [{what}]\nbecause = "x"\n'
    return f"{head}server = {server}\nclient = {client}\n{more}"


def release(number: int) -> str:
    return f'"1.{number}.0"'


def names(stem: str, count: int) -> str:
    return ", ".join(f'"{stem}{number}"' for number in range(count))


def components(count: int) -> str:
    return "".join(f'[component.c{number}]\nreleases = ["1.0.0"]\n' for number in range(count))


def every(count: int, server: int, client: int, more: str = "") -> str:
    return "".join(
        change(f'"T{number}"', release(server), release(client), more=more) for number in range(count)
    )


JUDGED = {
    "releases": base(20_000),
    "changes": base(2000)
    + "".join(change(f'"T{one}"', release(one // 2), release(one // 2)) for one in range(4000)),
    "every release lacks every change": base(2000) + every(4000, 1999, 0),
    "holes": base(2001)
    + "".join(
        change(f'"T{one}"', release(one + place), release(one + place), kind)
        for one in range(2000)
        for place, kind in enumerate(("removed", "added"))
    ),
    "window": base(2000)
    + '[policy]\nmode = "window"\n'
    + "".join(change(f'"T{one}"', release(one), release(one)) for one in range(2000)),
    "things": base(2) + change(names("T", 50_000), release(1), release(1)),
    "broken": base(2000)
    + "".join(
        f'[[broken]]\ncomponent = "{name}"\nrelease = {release(one)}\n'
        for one in range(0, 2000, 2)
        for name in ("client", "server")
    ),
    "published": base(2, server=f"deb = {{ published = [{names('1.', 50_000)}] }}\n"),
    "peers": 'manifest = 1\nproject = "x"\n'
    + components(2)
    + "".join(
        f'[package.pp{one}]\ncarries = ["c{one % 2}"]\npeers = [{names("pp", one)}]\n' for one in range(400)
    )
    + '[protocol.talk]\nclient = ["c0"]\nserver = "c1"\n',
    "clients": 'manifest = 1\nproject = "x"\n'
    + components(1000)
    + '[component.server]\nreleases = ["1.0.0", "1.1.0"]\n[package.server]\ncarries = ["server"]\n'
    + f'[protocol.talk]\nclient = [{names("c", 1000)}]\nserver = "server"\n'
    + "".join(
        change(f'"T{one}"', '"1.1.0"', f'{{ c{one % 1000} = "1.0.0" }}', more='need = "optional"\n')
        for one in range(3000)
    ),
}
WRONG = {
    "a line of escaped quotes": "#" + "." * 65 + "\nx=" + "." * 66 + '"' + '\\"' * 60_000 + "\n",
    "unlisted releases": base(4000)
    + "".join(change(f'"T{one}"', f'"9.{one}.0"', release(0)) for one in range(4000)),
    "unknown peers": base(2)
    + "".join(f'[package.pp{one}]\ncarries = ["client"]\npeers = ["q{one}"]\n' for one in range(4000)),
    "unknown components": base(2)
    + components(4000)
    + "".join(f'[package.pp{one}]\ncarries = ["cc{one}"]\n' for one in range(4000)),
    "unknown keys": base(2) + "".join(f"k{one} = 1\n" for one in range(40_000)),
    "broken twice": base(2) + f'[[broken]]\ncomponent = "client"\nrelease = {release(0)}\n' * 10_000,
    "one release often": base(2).replace(release(0), ", ".join([release(0)] * 50_000), 1),
    "a long name": base(2).replace("server", "s" * 100_000)
    + "".join(change(f'"T{one}"', '"9.0.0"', release(0)) for one in range(3000)),
    "a long thing": base(2) + change(f'"{"T" * 1_000_000}"', release(1), release(1)),
    "packages of no family": base(2)
    + "".join(f'[package.pp{one}]\ncarries = ["client"]\ndeb = false\nrpm = false\n' for one in range(5000)),
    "unknown rules": base(2) + "[rules]\n" + "".join(f'r{one} = "off"\n' for one in range(30_000)),
    "a long quoted key": base(2) + f'"{"k" * 2_000_000}" = 1\n',
    "long texts": base(2)
    + "".join(
        change(f'"T{one}"', release(1), release(1), more=f'hits = "{"h" * 100_000}"\n') for one in range(30)
    ),
    "tables": "".join(f"[a{one}]\n" for one in range(19_000)),
    "lists in lists": "x = [" + ("[" * 200 + "]" * 200 + ",") * 600 + "]",
}
ANSWERED = {
    "every release lacks every change": JUDGED["every release lacks every change"],
    "protocols": 'manifest = 1\nproject = "x"\n'
    + '[component.client]\nreleases = ["1.0.0", "1.1.0"]\n[component.server]\nreleases = ["1.0.0", "1.1.0"]\n'
    + '[package.client]\ncarries = ["client"]\n[package.server]\ncarries = ["server"]\n'
    + "".join(
        f'[protocol.p{one}]\nclient = ["client"]\nserver = "server"\n'
        + change(f'"T{one}"', release(1), release(1)).replace("talk", f"p{one}")
        for one in range(9000)
    ),
    "servers of many releases": 'manifest = 1\nproject = "x"\n'
    + '[component.client]\nreleases = ["1.0.0", "1.1.0"]\n'
    + f"[component.server]\nreleases = [{listed(20_000)}]\n"
    + '[package.client]\ncarries = ["client"]\n'
    + "".join(f'[package.s{one}]\ncarries = ["server"]\n' for one in range(2000))
    + '[protocol.talk]\nclient = ["client"]\nserver = "server"\n',
}
"""What a command answers from these, or is refused, within the budget of one manifest."""
REFUSED = {
    "too large": ("x" * (limits.LARGEST + 1), "is larger than"),
    "too many values": ("x = [" + "1," * (limits.VALUES + 1) + "]", "keys and values"),
    "too many tables": ("[[x]]\n" * (limits.TABLES + 1), "tables"),
    "a deep key": ("a" + ".a" * 50_000 + " = 1\n", "too many parts"),
    "branches": (
        base(2000)
        + "".join(change(f'"T{one}"', f"[{listed(2000)}]", f"[{listed(2000)}]") for one in range(20)),
        f"names more than {limits.BRANCHES} releases",
    ),
    "one thing over and over": (
        base(2000)
        + "".join(
            change('"T"', release(one), release(one), "removed" if one % 2 else "added")
            for one in range(2000)
        ),
        f"{limits.CHANGES_OF_ONE} changes",
    ),
    "patterns": (
        base(2, server=f"files = [{names('/a', 300)}]\n"),
        f"more than {limits.PATTERNS} patterns",
    ),
}


@pytest.mark.parametrize("case", JUDGED)
def test_a_large_manifest_is_judged(tmp_path: Path, case: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(JUDGED[case])
    done = run_hostile("manifest", "check", "--fail-on=never", str(path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "valid: " in done.stdout


@pytest.mark.parametrize("case", WRONG)
def test_every_mistake_of_a_large_manifest_is_told(tmp_path: Path, case: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(WRONG[case])
    done = run_hostile("manifest", "check", str(path))
    assert done.returncode == 1, done.stderr[:300]
    head, *mistakes = done.stderr.splitlines()
    assert f": {len(mistakes)} mistake" in head
    assert len(done.stderr) < 40 * len(WRONG[case]) + 20_000


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_past_a_bound_is_not_judged(tmp_path: Path, case: str) -> None:
    text, reason = REFUSED[case]
    (path := tmp_path / "m.toml").write_text(text)
    (right := tmp_path / "right.toml").write_text(base(2))
    done = run_hostile("manifest", "check", str(path), str(right))
    assert done.returncode == 3
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1
    assert "valid: 0 changes" in done.stdout
    document = json.loads(run_hostile("manifest", "check", "--format=json", str(path), str(right)).stdout)
    assert [one["valid"] for one in document["checks"]] == [True]
    (unread,) = document["unread"]
    assert unread["path"] == str(path)
    assert reason in unread["message"]
    assert unread["help"]
    assert run_hostile("manifest", "show", str(path)).returncode == 3


def test_the_budget_ends_what_the_bounds_do_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pkgguard.__main__ import main

    monkeypatch.setattr(limits, "SECONDS", 0.000_001)
    with pytest.raises(ManifestLimitError, match="CPU time; split it"):
        parse_manifest(base(2))
    (path := tmp_path / "m.toml").write_text(base(2))
    monkeypatch.setattr(sys, "argv", ["pkgguard", "manifest", "check", str(path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert "CPU time" in capsys.readouterr().err


def test_each_stage_is_held_to_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = parse_manifest(base(2000) + every(500, 1999, 0))
    engine = engine_of(manifest)
    other = parse_manifest(base(2000) + every(500, 1999, 0))
    monkeypatch.setattr(limits, "SECONDS", 0.000_001)
    with pytest.raises(ManifestLimitError):
        engine_of(other)
    with pytest.raises(ManifestLimitError):
        api.Project(manifest).advise()
    assert engine_of(manifest) is engine


def test_the_end_of_another_budget_is_not_the_manifests() -> None:
    with pytest.raises(OverBudgetError), budget(0), manifest_budget("m.toml"):
        parse_manifest(base(2))


@pytest.mark.parametrize(
    "text",
    [
        'x = """' + "a. " * 100 + '"""',
        'x = """a\n' + "..." * 100 + '\n"""""',
        "x = '''" + '"' * 100 + ". b. " * 50 + "'''",
        'x = "' + "1.2." * 50 + '"  # ' + "a.b." * 50,
        "x = [" + "1.5, " * 50 + "]",
        'x = "\\"' + "a.b." * 50 + '"\n# "' + "a.b." * 50,
        'a."b.c.d.e.f.g.h.i.j".c = 1',
    ],
)
def test_dots_that_part_no_key_are_not_counted(text: str) -> None:
    check_shape(text, "m.toml")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a.b.c.d.e.f.g.h.i = 1", 1),
        ('x = """\n"\n"""\n[a . b."c".\'d\'.e.f.g.h.i]', 4),
        ("x = '''\n'\\''''' \na.b.c.d.e.f.g.h.i = 1", 3),
        ("# '''\nx = {a.b.c.d.e.f.g.h.i = 1}", 2),
    ],
)
def test_a_long_key_is_found_wherever_it_is(text: str, line: int) -> None:
    with pytest.raises(ManifestLimitError, match="too many parts") as caught:
        check_shape(text, "m.toml")
    assert caught.value.mistakes[0].line == line


def test_one_engine_serves_all_questions() -> None:
    manifest = built_in().manifest
    runtimes, agents = (
        [one.text for one in manifest.components[name].releases] for name in ("runtime", "agent")
    )
    with cpu_below(4):  # about a half, and over 30 with an engine for each
        for runtime in runtimes:
            for agent in agents:
                api.Project(manifest).compatible({"runtime": runtime, "agent": agent})


def test_a_few_engines_are_kept_and_no_two_manifests_share_one() -> None:
    some = [parse_manifest(base(number)) for number in range(2, 22)]
    engines = [engine_of(one) for one in some]
    assert [one.manifest for one in engines] == some
    assert engine_of(some[-1]) is engines[-1]
    assert engine_of(some[0]).manifest is some[0]


def drawn_releases() -> st.SearchStrategy[list[Release]]:
    numbers = st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 3), st.sampled_from(["", "-a"]))
    texts = st.sets(numbers.map(lambda one: "{}.{}.{}{}".format(*one)), max_size=30)
    return texts.map(lambda some: sorted(map(parse_release, some)))


@given(known=drawn_releases(), target=st.tuples(*[st.integers(0, 4)] * 3), count=st.integers(1, 40))
@settings(deadline=None, max_examples=300)
def test_the_nearest_releases_are_those_of_all(
    known: list[Release], target: tuple[int, int, int], count: int
) -> None:
    def gaps(one: Release) -> list[int]:
        numbers = (one.major, one.minor, one.patch)
        return [abs(mine - wanted) for mine, wanted in zip(numbers, target, strict=True)]

    expected = tuple(one.text for one in sorted(known, key=gaps)[:count])
    assert nearest_releases(".".join(map(str, target)), known, count) == expected


def test_the_nearest_of_many_words_is_found_at_once() -> None:
    known = [f"component-{number}-of-many" for number in range(100_000)]
    with cpu_below(4):
        assert nearest("component-77777-of-mani", known) == "component-77777-of-many"
        assert nearest("omponent-77777-of-many", known) == "component-77777-of-many"
        assert nearest("x" * 1_000_000, known) == ""
        assert did_you_mean("?", known).endswith(" and 99976 more")


def test_many_mistakes_are_told_the_later_ones_without_a_hint() -> None:
    peers = "".join(
        f'[package.pp{one}]\ncarries = ["client"]\npeers = ["clien{one}"]\n' for one in range(300)
    )
    with pytest.raises(ManifestError) as caught:
        parse_manifest(base(2) + peers)
    hints = [bool(one.help) for one in caught.value.mistakes]
    assert hints == [True] * limits.HINTS + [False] * (300 - limits.HINTS)


@pytest.mark.parametrize("words", ["explain", "explain --format=json", "generate", "generate --family=rpm"])
@pytest.mark.parametrize("case", ANSWERED)
def test_an_answer_from_a_large_manifest_is_given_or_refused(tmp_path: Path, case: str, words: str) -> None:
    (path := tmp_path / "m.toml").write_text(ANSWERED[case])
    done = run_hostile(*words.split(), f"--manifest={path}", "client", "1.1.0-1", seconds=ANSWER_SECONDS)
    assert done.returncode in (0, 3), done.stderr
    assert bool(done.stdout) is (done.returncode == 0)
    if done.returncode == 3:
        assert "CPU time" in done.stderr or "20000000 bytes" in done.stderr
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("case", ["every release lacks every change", "changes", "holes", "window", "broken"])
def test_a_check_against_a_large_manifest_is_done_or_given_up(tmp_path: Path, case: str) -> None:
    (path := tmp_path / "m.toml").write_text(JUDGED[case])
    for name in ("client", "server"):
        control = f"Package: {name}\nVersion: 1.1.0-1\nArchitecture: amd64\nMaintainer: x <x@example.org>\n"
        (tmp_path / f"{name}.deb").write_bytes(deb_of(control_tar(control + "Description: x\n")))
    packages = (tmp_path / f"{one}.deb" for one in ("client", "server"))
    done = run_hostile("check", f"--manifest={path}", *packages, seconds=CHECK_SECONDS)
    assert done.returncode in (0, 1, 3), done.stderr
    assert ("CPU time" in done.stdout + done.stderr) is (done.returncode == 3)


def test_explaining_costs_in_proportion_to_the_changes() -> None:
    from pkgguard.report.explanation_text import explanation_page
    from pkgguard.report.page import Page

    def cost(count: int) -> None:
        manifest = parse_manifest(base(2000) + every(count, 1999, 0))
        generated = api.Project(manifest).relations("deb", "client", "1.1.0-1")
        page = Page(0, lambda text, _colour: text)
        with cpu_below(1):  # over four where each release is asked of each change
            explanation_page(page, generated, verbose=True)
        assert f"1.0.0, 1.1.0 … 1.1998.0 ({1999} releases)" in page.text()

    cost(2000)


def test_a_long_answer_is_refused_as_a_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pkgguard.__main__ import main

    monkeypatch.setattr(limits, "ANSWER", 50)
    (path := tmp_path / "m.toml").write_text(base(2))
    for words in (["explain", "client", "1.1.0-1"], ["compatible", "client=1.0.0", "server=1.0.0"]):
        for form in ("text", "json"):
            monkeypatch.setattr(sys, "argv", ["pkgguard", *words, f"--manifest={path}", f"--format={form}"])
            with pytest.raises(SystemExit) as ended:
                main()
            assert ended.value.code == 3
            told = capsys.readouterr()
            assert told.out == ""
            assert "more than 50 bytes; split the manifest" in told.err


@pytest.mark.parametrize(
    ("key", "text"), [("because", '"x"'), ("see", f"[{names('s', 101)}]"), ("see", f'["{"s" * 2001}"]')]
)
def test_texts_that_are_repeated_are_bounded(key: str, text: str) -> None:
    wrong = base(2) + change('"T"', release(1), release(1), more=f"see = {text}\n")
    if key == "because":
        wrong = base(2) + change('"T"', release(1), release(1)).replace('"x"', f'"{"b" * 2001}"')
    with pytest.raises(ManifestError, match=r"characters|more than 100 sources") as caught:
        parse_manifest(wrong)
    assert [table_and_key(one)[1] for one in caught.value.mistakes] == [key]


@pytest.mark.parametrize("family", ["deb", "rpm"])
@pytest.mark.parametrize("case", ["holes", "broken", "every release lacks every change", "peers"])
def test_relations_of_a_large_manifest_are_made(tmp_path: Path, case: str, family: str) -> None:
    (path := tmp_path / "m.toml").write_text(JUDGED[case])
    package, version = ("pp0", "1.0.0-1") if case == "peers" else ("client", "1.1.0-1")
    done = run_hostile("generate", f"--manifest={path}", f"--family={family}", package, version)
    assert done.returncode == 0, done.stderr
    assert package in done.stdout
