"""Damaged manifests raise nothing but their typed error."""

from __future__ import annotations

import random
from typing import Any

import pytest
import toml
from hypothesis import given, settings
from hypothesis import strategies as st
from limits import cpu_below
from manifest_texts import EXAMPLE, RELAXED, SMALL, change
from strategies import documents

from pkgguard.diagnostics import Diagnostic
from pkgguard.errors import ManifestError
from pkgguard.manifest.read import parse_manifest

VALUES = (
    "0", "-1", "1.5", "nan", "inf", "true", "false", '""', '" "', '"1.0.0"', '"9.9.9"', '"1.0.0-rc1"', "[]",
    "[[]]",
    '[["1.0.0"]]', "{}", "{ a = 1 }", '{ runtime = "1.1.0" }', "[{}]", "[1, 2]", '["1.1.0", "1.0.0"]', '[""]',
    '["1.0.0", "1.0.0"]', "1979-05-27", "1979-05-27T07:32:00Z", "07:32:00", '"\\u0000"', '"\\u2028"',
    "'''\nx\n'''",
    '["a", 1]', "0x10", "1_000", '"agent"', '["agent", "runtime"]', '"lockstep"', "99999999999999999999",
    "{ name = \"x\", epoch = 1 }", "[false]", '{ a = { b = { c = [] } } }',
)  # fmt: skip


def attempt(text: str) -> bool:
    found: tuple[Diagnostic, ...] = ()
    try:
        parse_manifest(text)
    except ManifestError as error:
        found = error.mistakes
    lines = text.count("\n") + 1
    assert all(1 <= one.line <= lines and str(one) for one in found), found
    return not found


@pytest.mark.parametrize("base", [EXAMPLE, SMALL], ids=["example", "small"])
def test_every_value_replaced_by_every_other_raises_nothing_else(base: str) -> None:
    lines = base.split("\n")
    with cpu_below(20):
        for number, line in enumerate(lines):
            key, equals, _ = line.partition("=")
            if equals and "=" in line:
                for value in VALUES:
                    attempt("\n".join([*lines[:number], f"{key}= {value}", *lines[number + 1 :]]))


@pytest.mark.parametrize("base", [EXAMPLE, SMALL], ids=["example", "small"])
@pytest.mark.parametrize("seed", range(4))
def test_random_mutations_raise_nothing_else(base: str, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    survived = 0
    with cpu_below(20):
        for _ in range(400):
            data = bytearray(base.encode())
            for _ in range(chance.randint(1, 3)):
                mutate(data, chance)
            text = data.decode("utf-8", "replace")
            survived += attempt(text)
    assert survived


def mutate(data: bytearray, chance: random.Random) -> None:
    lines = data.split(b"\n")
    place = chance.randrange(len(lines))
    match chance.randrange(6):
        case 0:
            data[chance.randrange(len(data))] = chance.choice(b"\x00\x1b\x80\"'[]{}=#.,\\\n\r 0a")
            return
        case 1:
            del data[chance.randrange(len(data))]
            return
        case 2:
            del lines[place]
        case 3:
            lines.insert(chance.randrange(len(lines)), lines[place])
        case 4:
            other = chance.randrange(len(lines))
            lines[place], lines[other] = lines[other], lines[place]
        case _:
            key, equals, _ = lines[place].partition(b"=")
            if equals:
                lines[place] = key + b"= " + chance.choice(VALUES).encode()
    data[:] = b"\n".join(lines)


@given(document=documents(), data=st.data())
@settings(RELAXED, max_examples=80)
def test_a_drawn_document_with_one_value_replaced_raises_nothing_else(
    document: Any, data: st.DataObject
) -> None:
    lines = toml.dumps(document).split("\n")
    number = data.draw(st.sampled_from([place for place, line in enumerate(lines) if "=" in line]))
    lines[number] = lines[number].partition("=")[0] + "= " + data.draw(st.sampled_from(VALUES))
    attempt("\n".join(lines))


def test_reading_time_grows_with_the_text_and_not_faster() -> None:
    whats = "".join(change(what=[f"C{number}"], client="1.1.0") for number in range(1500))
    with cpu_below(10):
        assert len(parse_manifest(SMALL + whats).changes) == 1501
