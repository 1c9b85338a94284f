"""A scratch root that the real rpm and the real dnf work in."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from .rpmbuild import command_of
from .tools import Outcome, in_parallel, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class RpmRoot:
    """A system with no package, under ``directory``; the machine's own is never read or written.

    ``repo`` is a folder made by :func:`real.build.rpm_repository`. ``release`` is
    the root of another system, whose rpm is run in place of this machine's.
    """

    def __init__(self, directory: Path, *, release: Path | None = None) -> None:
        self._release = release
        self.root = directory.resolve() / "root"
        self._home = directory.resolve() / "home"
        self._logs = directory.resolve() / "logs"
        self._cache = directory.resolve() / "cache"
        for folder in (self.root, self._home, self._logs, self._cache):
            folder.mkdir(parents=True)
        # rpm and dnf read this file, and so agree on where the database is.
        (self._home / ".rpmmacros").write_text("%_dbpath /var/lib/rpm\n", encoding="utf-8")
        (self._home / "dnf.conf").write_text(
            "[main]\n"
            "plugins=0\n"
            "gpgcheck=0\n"
            "metadata_expire=0\n"
            "reposdir=/dev/null\n"
            "varsdir=/dev/null\n"
            # The best version or an error is Fedora's default, a skipped upgrade that of dnf itself.
            "best=0\n",
            encoding="utf-8",
        )

    def rpm(self, *words: str | Path) -> Outcome:
        """``rpm WORDS`` with the scratch root as its system."""
        return self._run("--root", self.root, *words)

    def _run(self, *words: str | Path) -> Outcome:
        """``rpm WORDS``, with the libraries and the configuration of its own system."""
        # What its plugins do (an inhibitor lock, SELinux) has no part in a verdict.
        settings = ("--define", "__plugindir /nonexistent") if self._release else ()
        surroundings = {"RPM_CONFIGDIR": str(self._release / "usr/lib/rpm")} if self._release else {}
        return run(
            [*command_of("rpm", self._release), *settings, *words], home=self._home, environment=surroundings
        )

    def readable(self, rpms: Sequence[Path], *options: str) -> set[Path]:
        """Return those of the files that ``rpm --query --package`` reads.

        Files are told apart by the name of the package, NAME.rpm; one whose package has
        another name is queried on its own.
        """
        outcome = self._run("--query", "--package", *options, "--queryformat", "|%{NAME}|\\n", *rpms)
        names = [line[1:-1] for line in outcome.output.splitlines() if line[:1] == line[-1:] == "|"]
        if len(rpms) == 1:
            return {*rpms} if names else set()
        read = {path for path in rpms if path.stem in names}
        if len(names) > len(read):
            return read.union(*(self.readable([path], *options) for path in rpms if path not in read))
        if outcome.returncode < 0:
            # It crashed, and what followed in the list was not looked at.
            middle = len(rpms) // 2
            return self.readable(rpms[:middle], *options) | self.readable(rpms[middle:], *options)
        return read

    def install(self, *rpms: Path, upgrade: bool = False, options: Sequence[str] = ()) -> Outcome:
        """``rpm --install`` (or ``--upgrade``) the files in one transaction."""
        return self.rpm("--upgrade" if upgrade else "--install", *options, *rpms)

    def installed(self) -> dict[str, tuple[str, ...]]:
        """Return name → every installed ``[epoch:]version-release`` of it."""
        found: dict[str, list[str]] = defaultdict(list)
        listing = self.rpm("--query", "--all", "--queryformat", "%{NAME}\\t%{EVR}\\n").checked()
        for line in listing.output.splitlines():
            name, tab, version = line.partition("\t")
            if tab:
                found[name].append(version)
        return {name: tuple(sorted(versions)) for name, versions in sorted(found.items())}

    def dnf(self, *words: str | Path, repo: Path | None = None) -> Outcome:
        """``dnf WORDS``, saying yes to every question, with ``repo`` as the only source and no network."""
        source = ["--repofrompath", f"scratch,{repo.resolve()}", "--enablerepo=scratch"] if repo else []
        return run(
            [
                "dnf",
                "--config",
                self._home / "dnf.conf",
                "--installroot",
                self.root,
                "--releasever=1",
                "--nogpgcheck",
                "--assumeyes",
                "--disablerepo=*",
                *source,
                f"--setopt=cachedir={self._cache}",
                f"--setopt=logdir={self._logs}",
                *words,
            ],
            home=self._home,
        )


def rpm_pairs_coinstallable(directory: Path, pairs: Sequence[Sequence[Path]]) -> list[bool]:
    """Ask rpm, for each pair (or larger set) of files, whether an empty system can hold all of it."""
    root = RpmRoot(directory)
    # The first run makes the database, which runs side by side would do over one another.
    root.installed()

    def ask(rpms: Sequence[Path]) -> bool:
        outcome = root.install(*rpms, options=["--test", "--verbose"])
        # What another package of the run obsoletes is left out with exit code 0, and only -v says so.
        return outcome.returncode == 0 and " was already added, " not in outcome.output

    return in_parallel(ask, pairs)
