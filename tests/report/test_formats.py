"""The formats: a row each, a renderer each, and every command that prints results goes through them."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from typing import get_args

import click
import pytest

from pkgguard.cli.main import COMMANDS, cli
from pkgguard.report import formats
from pkgguard.report.answers import Answer, RelationsAnswer

PACKAGE = Path(formats.__file__).parent.parent


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_format_is_a_module_with_a_renderer(name: str) -> None:
    row = formats.FORMATS[name]
    assert callable(import_module(row.module).render)
    assert set(row.answers) <= set(get_args(Answer))


def test_every_answer_has_json_and_every_other_one_than_relations_and_lists_has_text() -> None:
    assert all("json" in formats.names(kind) for kind in get_args(Answer))
    without = {kind.__name__ for kind in get_args(Answer) if "text" not in formats.names(kind)}
    assert without == {"RelationsAnswer", "ManifestChecksAnswer"}


def commands(group: click.Group, prefix: str = "") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            found |= commands(command, f"{prefix}{name} ")
        else:
            found[f"{prefix}{name}"] = command
    return found


def choices(command: click.Command) -> tuple[str, ...]:
    for option in command.params:
        if option.name == "form" and isinstance(option.type, click.Choice):
            return tuple(option.type.choices)
    return ()


def test_the_commands_that_print_results_have_formats() -> None:
    having = {name: choices(command) for name, command in commands(cli).items() if choices(command)}
    assert {"check", "generate", "explain", "rules", "compatible"} <= set(COMMANDS) & set(having)
    reports = ("text", "json", "sarif", "junit", "github", "gitlab")
    assert having["check"] == having["debian check"] == having["manifest check"] == reports
    assert having["manifest show"] == ("text", "json", "toml")
    assert having["generate"][-1:] == formats.names(RelationsAnswer)


def test_no_command_knows_a_format_by_its_name() -> None:
    for path in (PACKAGE / "cli").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Compare):
                compared = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant)}
                assert not compared & (set(formats.FORMATS) - {"text"}), (path, node.lineno)
