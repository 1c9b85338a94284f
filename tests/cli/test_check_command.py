"""``check``: what it reports, what makes it fail, and what it does with several files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_project import CREATE, ROOT, document
from limits import HANG, need_terminal
from runner import both, run
from small_project import GUARDED, MANIFEST, UNBOUNDED, deb


def test_a_guarded_package_is_clean(here: Path, mine: Path) -> None:
    result = run("check", "--manifest", mine, deb(here, "kata-runtime", "1.1.0-1", GUARDED))
    assert result.exit_code == 0
    assert "1 package judged, 0 errors" in result.stdout


def test_an_unguarded_package_is_found(here: Path, mine: Path) -> None:
    path = deb(here, "kata-runtime", "1.1.0-1", "Depends: kata-image\n")
    result = run("check", "--manifest", mine, path)
    assert result.exit_code == 1
    for part in (
        str(path), "error: admits-incompatible-peer: accepts kata-image 1.0.0-1", "Unimplemented",
        "docker pause", "\nDepends: kata-image (>= 1.1.0), kata-image (<< 2.0.0~)\n",
    ):  # fmt: skip
        assert part in result.stdout
    full = run("check", "--verbose", "--manifest", mine, path).stdout
    for part in ("they install together and do not work", "paste     Depends: kata-image (>= 1.1.0)"):
        assert part in full
        assert part not in result.stdout
    found = document(run("check", "--format", "json", "--manifest", mine, path))
    assert found["summary"]["error"] == 1
    assert found["findings"][0]["id"] == "admits-incompatible-peer"


def test_files_are_judged_together(here: Path, mine: Path) -> None:
    runtime = deb(here, "kata-runtime", "1.1.0-1", "Depends: kata-image (>= 1.1.0)\n")
    good, bad = (
        deb(here, "kata-image", "1.1.0-1"),
        deb(here, "kata-image", "1.0.0-1", "Breaks: kata-runtime\n"),
    )
    result = run("check", "--manifest", mine, runtime, good)
    assert result.exit_code == 0
    assert "1 pair judged together" in result.stdout
    found = document(run("check", "--manifest", mine, "--format", "json", runtime, good, bad))
    assert [(one["compatible"], one["installable"]) for one in found["pairs"]] == [
        (True, True),
        (False, False),
    ]


def test_packages_that_the_manifest_does_not_know_pass_and_are_counted(here: Path, mine: Path) -> None:
    result = run("check", "--manifest", mine, deb(here, "qemu", "1.0-1"), deb(here, "zlib1g", "1:1"))
    assert result.exit_code == 0
    assert "0 packages judged, 2 not in the manifest (qemu, zlib1g), 0 errors" in result.stdout
    more = [deb(here, f"lib{number}", "1.0-1") for number in range(7)]
    result = run("check", "--manifest", mine, *more)
    assert "7 not in the manifest (lib0, lib1, lib2, lib3, lib4 and 2 more), 0 errors" in result.stdout


@pytest.mark.parametrize(
    ("relations", "fail_on", "code"),
    [
        ("Depends: kata-image\n", "error", 1),
        ("Depends: kata-image\n", "never", 0),
        ("Depends: kata-image (= 1.1.0-2)\n", "error", 0),
        ("Depends: kata-image (= 1.1.0-2)\n", "warning", 1),
        ("Depends: kata-image (>= 1.1.0)\nBreaks: kata-image\n", "error", 1),
        (UNBOUNDED, "warning", 0),
        (UNBOUNDED, "info", 1),
        (GUARDED, "info", 0),
    ],
)
def test_fail_on_says_what_makes_the_exit_code(
    here: Path, mine: Path, relations: str, fail_on: str, code: int
) -> None:
    path = deb(here, "kata-runtime", "1.1.0-1", relations)
    assert run("check", "--manifest", mine, "--fail-on", fail_on, path).exit_code == code
    for form in ("text", "json"):
        result = run("check", "--manifest", mine, "--fail-on", fail_on, "--format", form, "--quiet", path)
        assert result.exit_code == code


def test_a_warning_fails_where_warnings_do(here: Path, mine: Path) -> None:
    mine.write_text(MANIFEST.replace('"1.0.0", "1.1.0"]', '"1.0.0", "1.1.0", "1.2.0"]'), "utf-8")
    path = deb(
        here,
        "kata-runtime",
        "1.1.0-1",
        GUARDED.replace("<< 2.0.0", "<< 1.2.0").replace(">= 2.0.0", ">= 1.2.0"),
    )
    assert run("check", "--manifest", mine, path).exit_code == 0
    result = run("check", "--manifest", mine, "--fail-on", "warning", path)
    assert result.exit_code == 1
    assert "warning: refuses-compatible-peer" in result.stdout


def test_show_says_what_the_text_shows(here: Path, mine: Path) -> None:
    path = deb(here, "kata-runtime", "1.1.0-1", UNBOUNDED)
    assert "admits-unknown-peer" not in run("check", "--manifest", mine, path).stdout
    assert "info: admits-unknown-peer" in run("check", "--manifest", mine, "--show", "info", path).stdout


def test_a_pair_that_peers_keeps_apart_is_named_and_does_not_fail(here: Path, mine: Path) -> None:
    text = MANIFEST.replace('carries = ["runtime"]\n', 'carries = ["runtime"]\npeers = ["kata-image"]\n')
    mine.write_text(f'{text}[package.elsewhere]\ncarries = ["agent"]\npeers = []\n', "utf-8")
    runtime = deb(here, "kata-runtime", "1.1.0-1", f"{GUARDED}Conflicts: elsewhere\n")
    works, does_not = (deb(here, "elsewhere", version) for version in ("1.1.0-1", "1.0.0-1"))
    line = "compatible but not installable together, and not peers in the manifest:"
    line += " kata-runtime 1.1.0-1 with elsewhere"
    apart = run("check", "--manifest", mine, runtime, works)
    assert apart.exit_code == 0
    assert f"{line} 1.1.0-1\n" in apart.stdout
    assert (
        line not in run("check", "--manifest", mine, "--rule", "left-out-by-peers=off", runtime, works).stdout
    )
    shown = run("check", "--manifest", mine, "--show", "info", runtime, works).stdout
    assert line not in shown
    assert "info: left-out-by-peers: works with elsewhere 1.1.0-1" in shown
    # A pair that does not work and that nothing keeps apart is worse.
    free = deb(here, "kata-runtime", "1.1.0-2", GUARDED)
    unguarded = run("check", "--manifest", mine, free, does_not)
    assert unguarded.exit_code == 0
    assert "warning: unguarded-by-peers: can be installed with elsewhere" in unguarded.stdout
    assert "by-peers" not in run("check", "--manifest", mine, "--show", "info", runtime, does_not).stdout


def test_quiet_says_nothing_of_what_is_clean(here: Path, mine: Path) -> None:
    good = deb(here, "kata-runtime", "1.1.0-1", GUARDED)
    result = run("check", "--quiet", "--manifest", mine, good)
    assert (result.exit_code, both(result)) == (0, "")
    bad = deb(here, "kata-runtime", "1.1.0-1", "Depends: kata-image\n")
    result = run("check", "-q", "--manifest", mine, good, bad)
    assert result.exit_code == 1
    assert "admits-incompatible-peer" in result.stdout
    assert "manifest:" not in both(result)


def test_an_unknown_release_is_an_error_unless_it_counts_as_the_newest(here: Path, mine: Path) -> None:
    path = deb(here, "kata-runtime", "1.7.0-1", GUARDED)
    result = run("check", "--manifest", mine, path)
    assert result.exit_code == 1
    assert "unknown-release" in result.stdout
    assert "nearest known: 1.1.0" in result.stdout
    assert run("check", "--manifest", mine, "--newest-if-unknown", path).exit_code == 0


def test_both_families_are_judged_in_one_run() -> None:
    packages = sorted((CREATE / "packages").iterdir())
    result = run("check", "--manifest", CREATE / "pkgguard.toml", "--format", "json", *packages)
    assert result.exit_code == 1
    found = document(result)
    assert {one["family"] for one in found["packages"]} == {"deb", "rpm"}
    assert found["summary"]["judged"] == len(packages)
    assert found["summary"]["error"]


def test_packages_of_which_none_is_known_can_be_an_error(here: Path, mine: Path) -> None:
    unknown, known = deb(here, "qemu", "1"), deb(here, "kata-runtime", "1.1.0-1", GUARDED)
    words = ("check", "--manifest", mine, "--expect-known")
    assert run("check", "--manifest", mine, unknown).exit_code == 0
    refused = run(*words, unknown)
    assert refused.exit_code == 3
    assert (
        f"the manifest {mine} (named on the command line) knows none of the packages (qemu), so"
        in refused.stderr
    )
    assert run(*words, unknown, known).exit_code == 0


@pytest.mark.parametrize(("patience", "shown"), [(0, True), (HANG, False)])
def test_at_a_terminal_there_is_progress_if_it_takes_long(mine: Path, patience: int, shown: bool) -> None:
    pty = pytest.importorskip("pty")
    need_terminal()
    path = deb(mine.parent, "kata-runtime", "1.1.0-1", GUARDED)
    main, terminal = pty.openpty()
    program = (
        f"import pkgguard.cli.check as c; c.PATIENCE = {patience};"
        "import sys; sys.argv[0] = 'pkgguard'; from pkgguard.__main__ import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "check", "--manifest", str(mine), str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
        timeout=HANG,
        check=False,
    )
    os.write(terminal, b"end\n")
    os.close(terminal)
    output = b""
    while not output.endswith(b"end\r\n"):
        output += os.read(main, 65536)
    os.close(main)
    assert done.returncode == 0
    assert (b"checking packages" in output) is shown
    assert (b"100%" in output) is shown
    assert "checking" not in done.stdout
