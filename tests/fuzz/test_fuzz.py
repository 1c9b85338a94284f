"""Every fuzz target, short and the same each time: its corpus, and mutations of it.

The long runs, guided by coverage, are a command that CONTRIBUTING.md has.
"""

from __future__ import annotations

from random import Random

import pytest

from fuzz.mutate import bytes_of, rpms
from fuzz.targets import CORPUS, TARGETS

RUNS = 2000


def kept(name):
    return [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_breaks_nothing(name):
    inputs = kept(name)
    assert inputs
    for data in (b"", *inputs):
        TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_mutations_of_the_corpus_break_nothing(name):
    random = Random(name)  # noqa: S311
    inputs = kept(name)
    for _ in range(RUNS):
        TARGETS[name](bytes_of(random, random.choice(inputs)))


def test_mutations_with_right_digests_break_nothing():
    random = Random(1)  # noqa: S311
    whole = [path.read_bytes() for path in sorted((CORPUS / "rpm").glob("seed-*"))]
    made = rpms(random, whole)
    for _ in range(RUNS):
        TARGETS["rpm"](next(made))


def test_the_corpus_is_small():
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < 300_000
