"""``python3 -m tools.completion``: where the scripts are written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pkgguard.cli import common
from tools.completion import ZSH_FOLDERS, completion

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("zsh", ZSH_FOLDERS)
def test_each_script_is_where_its_shell_looks(zsh: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.completion", str(tmp_path / "share"), "--zsh", zsh]
    subprocess.run(command, cwd=ROOT, check=True)
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()} == {
        "share/bash-completion/completions/pkgguard",
        f"share/zsh/{zsh}/_pkgguard",
        "share/fish/vendor_completions.d/pkgguard.fish",
    }


def test_elsewhere_zsh_looks_into_site_functions(tmp_path: Path) -> None:
    result = CliRunner().invoke(completion, [str(tmp_path)])
    assert result.exit_code == common.CLEAN
    assert (tmp_path / "zsh/site-functions/_pkgguard").is_file()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "bash-completion").touch()
    result = CliRunner().invoke(completion, [str(tmp_path)])
    assert result.exit_code == common.INCOMPLETE
    assert result.output == f"pkgguard: {tmp_path}/bash-completion/completions: Not a directory\n"
