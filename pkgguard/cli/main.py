"""The command line: ``pkgguard COMMAND``."""

from __future__ import annotations

import click

import pkgguard
from pkgguard.cli.check import check
from pkgguard.cli.compatible import compatible
from pkgguard.cli.explain import explain, rules
from pkgguard.cli.generate import generate
from pkgguard.cli.manifest import init, manifest


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(pkgguard.__version__, prog_name="pkgguard")
def cli() -> None:
    """Tie packages that talk a protocol to exactly the peer versions that work.

    A manifest says what works with what. `generate` writes it into relations,
    `check` proves of built packages that it is there.

    Exit codes: 0 clean, 1 findings, 2 usage, 3 could not complete.
    """


for command in (check, generate, explain, rules, compatible, manifest, init):
    cli.add_command(command)
