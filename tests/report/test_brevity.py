"""The text for a person: short by default, with the most serious last and each reason once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from runner import run

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(
    map(str, (*ROOT.glob("examples/packages/*/*.deb"), *ROOT.glob("examples/packages/*/*.rpm")))
)
RANKS = ("info", "warning", "error")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PKGGUARD_MANIFEST", raising=False)


def test_the_examples_are_two_lines_for_each_finding() -> None:
    brief, full = (run("check", *words, *PACKAGES).stdout for words in ((), ("--verbose",)))
    counts = re.search(r"(\d+) errors, (\d+) warnings", brief.splitlines()[-1])
    assert counts is not None
    assert brief.count("\n") < 2.2 * sum(map(int, counts.groups()))
    assert full.count("\n") > 4 * brief.count("\n")


@pytest.mark.parametrize(
    ("words", "most"),
    [
        (("explain", "kata-runtime", "2.4.0"), 20),
        (("generate", "kata-runtime", "2.4.0"), 18),
        (("generate", "--family=rpm", "kata-runtime", "1.11.0-1"), 13),
    ],
)
def test_relations_are_short_by_default(words: tuple[str, ...], most: int) -> None:
    brief, full = run(*words).stdout, run(*words, "--verbose").stdout
    assert brief.count("\n") <= most
    assert full.count("\n") > brief.count("\n") * 1.5
    name = re.compile(r"(?:>=|<<?) [0-9.~]+")
    assert set(name.findall(brief)) == set(name.findall(full))


def test_the_most_serious_findings_and_packages_are_last() -> None:
    blocks = [block for block in run("check", *PACKAGES).stdout.split("\n\n") if block.startswith(str(ROOT))]
    worst = []
    for block in blocks:
        ranks = [RANKS.index(one) for one in re.findall(r"^  (info|warning|error): ", block, re.MULTILINE)]
        assert ranks == sorted(ranks)
        worst.append((ranks[-1], int((re.search(r": (\d+) (?:error|warning)", block) or [0, 0])[1])))
    assert worst == sorted(worst)
    assert len(blocks) > 10


def test_each_reason_has_one_note_and_each_note_is_referred_to() -> None:
    text = run("check", *PACKAGES).stdout
    notes = re.findall(r"^  \[(\d+)\] (.*)$", text, re.MULTILINE)
    assert [number for number, _ in notes] == [str(one + 1) for one in range(len(notes))]
    assert len({note for _, note in notes}) == len(notes) > 2
    body = text[: text.index("\nReasons\n")]
    assert set(re.findall(r"\[(\d+)\]", body)) == {number for number, _ in notes}


def test_packages_that_no_manifest_knows_are_named() -> None:
    last = run("check", *PACKAGES).stdout.splitlines()[-1]
    assert (
        "not in the manifest (kata-ksm-throttler, kata-osbuilder, kata-proxy, kata-shim, qemu-lite)" in last
    )


@pytest.mark.parametrize("color", ["never", "always"])
def test_colour_is_only_where_it_is_asked_for(color: str) -> None:
    text = run("check", f"--color={color}", *PACKAGES).stdout
    assert ("\x1b[" in text) is (color == "always")
    assert re.sub(r"\x1b\[[0-9;]*m", "", text) == run("check", *PACKAGES).stdout
