"""``python -m pkgguard``, and the console script."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from pkgguard.cli.main import cli  # noqa: PLC0415 - an interrupt while loading must be quiet too

    cli(prog_name="pkgguard")


if __name__ == "__main__":
    main()
