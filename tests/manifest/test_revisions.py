"""A manifest in a revision: what git reads, and that nothing of the repository runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from small_project import MANIFEST

from pkgguard.errors import ManifestError, ManifestLimitError, MissingManifestError
from pkgguard.manifest import revisions
from pkgguard.manifest.limits import LARGEST
from pkgguard.manifest.revisions import manifest_named

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


PROGRAMS = (
    "core.fsmonitor", "core.pager", "pager.show", "core.sshCommand", "core.askPass", "core.editor",
    "core.gitProxy", "core.alternateRefsCommand", "diff.external", "diff.own.textconv", "diff.own.command",
    "filter.own.smudge", "filter.own.clean", "filter.own.process", "gpg.program", "credential.helper",
    "uploadpack.packObjectsHook",
)  # fmt: skip
"""Settings of git that name a program."""


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "protocol.file.allow=always")
    done = subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "pkgguard.toml").write_text(MANIFEST, "utf-8")
    git(folder, "add", "pkgguard.toml")
    git(folder, "commit", "--quiet", "--message=one")
    (folder / "pkgguard.toml").write_text(MANIFEST.replace('"mine"', '"later"'), "utf-8")
    return folder


def test_a_revision_is_read_and_not_the_file(repository: Path) -> None:
    assert manifest_named("HEAD:pkgguard.toml", os.environ).project == "mine"
    assert manifest_named("main:./pkgguard.toml", os.environ).project == "mine"
    assert manifest_named("pkgguard.toml", os.environ).project == "later"
    (repository / "HEAD:pkgguard.toml").write_text(MANIFEST.replace('"mine"', '"file"'), "utf-8")
    assert manifest_named("HEAD:pkgguard.toml", os.environ).project == "file"


@pytest.mark.parametrize(
    ("named", "part"),
    [
        ("HEAD:nowhere.toml", "git cannot read it"),
        ("nothing:pkgguard.toml", "git cannot read it"),
        (":pkgguard.toml", "neither a file nor REV:PATH"),
        ("HEAD:", "neither a file nor REV:PATH"),
        ("--output=x:pkgguard.toml", "neither a file nor REV:PATH"),
    ],
)
def test_what_cannot_be_read_is_an_error(repository: Path, named: str, part: str) -> None:
    with pytest.raises(OSError, match=part):
        manifest_named(named, os.environ)
    assert sorted(one.name for one in repository.iterdir()) == [".git", "pkgguard.toml"]


def test_a_file_that_does_not_exist_is_a_missing_manifest(repository: Path) -> None:
    with pytest.raises(MissingManifestError, match="the manifest does not exist"):
        manifest_named("nowhere.toml", os.environ)


def test_a_folder_is_no_manifest(repository: Path) -> None:
    (repository / "a").mkdir()
    (repository / "a/b.toml").write_text("x", "utf-8")
    git(repository, "add", "a")
    git(repository, "commit", "--quiet", "--message=two")
    with pytest.raises(OSError, match="git cannot read it"):
        manifest_named("HEAD:a", os.environ)


def test_a_large_file_is_not_read_whole(repository: Path) -> None:
    (repository / "large.toml").write_text("#" * (2 * LARGEST), "utf-8")
    git(repository, "add", "large.toml")
    git(repository, "commit", "--quiet", "--message=large")
    with pytest.raises(ManifestLimitError):
        manifest_named("HEAD:large.toml", os.environ)


def canary(folder: Path) -> tuple[Path, Path]:
    """Return a program, and the file that shows that it ran."""
    ran, program = folder / "ran", folder / "program"
    program.write_text(f'#!/bin/sh\necho "$0" >> {ran}\nexec cat\n', "utf-8")
    program.chmod(0o755)
    return program, ran


def test_nothing_of_the_repository_runs(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, ran = canary(tmp_path)
    (repository / ".gitattributes").write_text("*.toml diff=own filter=own\n", "utf-8")
    git(repository, "add", ".gitattributes")
    git(repository, "commit", "--quiet", "--message=two")
    for name in PROGRAMS:
        git(repository, "config", name, str(program))
    git(repository, "config", "alias.show", f"!{program}")
    git(repository, "config", "core.hooksPath", str(tmp_path))
    for hook in ("post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc"):
        shutil.copy(program, tmp_path / hook)
        shutil.copy(program, repository / ".git/hooks" / hook)
    shutil.copy(program, repository / "git")
    for name in ("GIT_EXTERNAL_DIFF", "GIT_PAGER", "PAGER", "GIT_SSH", "GIT_ASKPASS", "GIT_EDITOR"):
        monkeypatch.setenv(name, str(program))
    monkeypatch.setenv("GIT_EXEC_PATH", str(tmp_path))
    monkeypatch.setenv("PATH", f"{repository}{os.pathsep}.{os.pathsep}{os.pathsep}{os.environ['PATH']}")
    ran.unlink(missing_ok=True)
    assert manifest_named("HEAD:pkgguard.toml", os.environ).project == "mine"
    assert not ran.exists()
    # The canary works: with the settings of the repository, git runs it.
    monkeypatch.delenv("GIT_EXEC_PATH")
    subprocess.run(
        [shutil.which("git", path="/usr/bin:/bin") or "git", "status"], cwd=repository, check=False
    )
    assert ran.exists()


def test_an_object_that_is_elsewhere_is_not_fetched(repository: Path, tmp_path: Path) -> None:
    program, ran = canary(tmp_path)
    blob = git(repository, "rev-parse", "HEAD:pkgguard.toml").strip()
    (repository / ".git/objects" / blob[:2] / blob[2:]).unlink()
    git(repository, "config", "core.repositoryFormatVersion", "1")
    git(repository, "config", "extensions.partialClone", "origin")
    git(repository, "config", "remote.origin.promisor", "true")
    for url in (str(tmp_path / "nowhere"), f"ext::{program}", "ssh://example.org/x"):
        git(repository, "config", "remote.origin.url", url)
        git(repository, "config", "remote.origin.uploadpack", str(program))
        git(repository, "config", "protocol.allow", "always")
        with pytest.raises(OSError, match="git cannot read it"):
            manifest_named("HEAD:pkgguard.toml", os.environ)
        assert not ran.exists()


def test_where_git_is_not_installed(repository: Path) -> None:
    with pytest.raises(OSError, match="git is not installed; install it, or name a file"):
        manifest_named("HEAD:pkgguard.toml", {"PATH": str(repository)})


def test_git_that_never_ends_is_ended(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin/git"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexec sleep 9999\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(revisions, "PATIENCE", 0.3)
    assert repository.is_dir()
    with pytest.raises(OSError, match="git was ended"):
        manifest_named("HEAD:pkgguard.toml", {"PATH": f"{program.parent}:/usr/bin:/bin"})


def test_an_object_that_is_too_large_is_not_unpacked(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    printed = revisions.printed

    def seen(words: tuple[str, str], named: str, environ: Mapping[str, str]) -> bytes:
        asked.append(words)
        return b"5000001" if words[0] == "-s" else printed(words, named, environ)

    monkeypatch.setattr(revisions, "printed", seen)
    with pytest.raises(ManifestLimitError, match="is larger than"):
        manifest_named("HEAD:pkgguard.toml", os.environ)
    assert [words[0] for words in asked] == ["-s"]


def commit(folder: Path, **texts: str) -> None:
    """Commit the files of a folder; ``__`` in a name is a slash."""
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        git(folder, "add", str(path))
    git(folder, "commit", "--quiet", "--message=more")


def test_a_manifest_extends_the_file_of_its_own_revision(repository: Path) -> None:
    commit(
        repository,
        pkgguard=MANIFEST,
        debian__pkgguard='manifest = 1\nextends = "../pkgguard.toml"\n',
        debian__other='manifest = 1\nextends = "./pkgguard.toml"\n',
    )
    commit(repository, pkgguard=MANIFEST.replace('"mine"', '"later"'))
    for old, new in (("HEAD~1", "mine"), ("HEAD", "later")):
        found = manifest_named(f"{old}:debian/other.toml", os.environ)
        assert found.project == new
        assert [one.path for one in found.files] == [
            f"{old}:debian/other.toml", f"{old}:debian/pkgguard.toml", f"{old}:pkgguard.toml",
        ]  # fmt: skip
        assert found.changes[0].position.path == f"{old}:pkgguard.toml"
    (repository / "pkgguard.toml").unlink()
    os.chdir(repository / "debian")
    assert manifest_named("HEAD:./other.toml", os.environ).project == "later"
    assert manifest_named("HEAD:../debian/other.toml", os.environ).project == "later"
    assert manifest_named("HEAD:debian/other.toml", os.environ).project == "later"


@pytest.mark.parametrize(
    ("extended", "reason"),
    [
        ("../base.toml", "there is no file '../base.toml' beside this manifest"),
        ("./base.toml", "HEAD:base.toml cannot be read: git cannot read it"),
        ("./pkgguard.toml", "leads back to the same manifest: HEAD:pkgguard.toml, HEAD:pkgguard.toml"),
    ],
)
def test_nothing_outside_of_the_revision_is_read(repository: Path, extended: str, reason: str) -> None:
    (repository / "base.toml").write_text(MANIFEST, "utf-8")
    (repository.parent / "base.toml").write_text(MANIFEST, "utf-8")
    commit(repository, pkgguard=f'manifest = 1\nextends = "{extended}"\n')
    with pytest.raises(ManifestError) as caught:
        manifest_named("HEAD:pkgguard.toml", os.environ)
    (mistake,) = caught.value.mistakes
    assert (mistake.path, mistake.line) == ("HEAD:pkgguard.toml", 2)
    assert reason in mistake.message


def test_a_colon_within_braces_belongs_to_the_revision(repository: Path) -> None:
    git(repository, "commit", "--quiet", "--all", "--message=fix: the project")
    assert manifest_named("HEAD^{/fix: the}:pkgguard.toml", os.environ).project == "later"
