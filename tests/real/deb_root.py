"""A scratch root that the real dpkg and the real apt-get work in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .tools import Outcome, in_parallel, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_FOLDERS = (
    "etc/apt/apt.conf.d",
    "etc/apt/preferences.d",
    "etc/apt/sources.list.d",
    "etc/apt/trusted.gpg.d",
    "tmp",
    "var/cache/apt/archives/partial",
    "var/lib/apt/lists/partial",
    "var/lib/dpkg/info",
    "var/lib/dpkg/triggers",
    "var/lib/dpkg/updates",
    "var/log/apt",
)


class DebRoot:
    """A system with no package, under ``directory``; the machine's own is never read or written.

    ``foreign`` are further architectures that are enabled. A package to install is a path
    to a .deb, or a name (``name=version``) that ``repo`` holds, a folder made by
    :func:`real.build.deb_repository`.
    """

    def __init__(self, directory: Path, *, architecture: str = "amd64", foreign: Sequence[str] = ()) -> None:
        self.root = directory.resolve() / "root"
        self._home = directory.resolve() / "home"
        self._home.mkdir(parents=True)
        self._log = self._home / "dpkg.log"
        for folder in _FOLDERS:
            (self.root / folder).mkdir(parents=True)
        (self.root / "var/lib/dpkg/status").touch()
        self._dpkg_options = (
            f"--root={self.root}",
            "--force-not-root",
            "--force-script-chrootless",
            "--force-unsafe-io",
            f"--log={self._log}",
        )
        options = "".join(f'  "{option}";\n' for option in self._dpkg_options)
        for added in foreign:
            command = ["dpkg", *self._dpkg_options, "--add-architecture", added]
            run(command, home=self._home).checked()
        listed = "".join(f'"{one}"; ' for one in (architecture, *foreign))
        self._apt_config = self._home / "apt.conf"
        self._apt_config.write_text(
            f'Dir "{self.root}";\n'
            f'Dir::State::status "{self.root}/var/lib/dpkg/status";\n'
            'Dir::Etc::main "/dev/null";\n'
            'Dir::Bin::dpkg "/usr/bin/dpkg";\n'
            # Nothing is kept between runs, so that runs side by side do not meet.
            'Dir::Cache::pkgcache "";\n'
            'Dir::Cache::srcpkgcache "";\n'
            f"DPkg::Options {{\n{options}}};\n"
            f'APT::Architecture "{architecture}";\n'
            f"APT::Architectures {{ {listed} }};\n"
            'APT::Sandbox::User "root";\n'
            'Acquire::Languages "none";\n'
            'Debug::NoLocking "true";\n',
            encoding="utf-8",
        )

    def dpkg_install(self, *debs: Path, options: Sequence[str] = ()) -> Outcome:
        """``dpkg --install`` the files in one run, in the order given."""
        return run(["dpkg", *self._dpkg_options, *options, "--install", *debs], home=self._home)

    def dpkg_configure(self) -> Outcome:
        """``dpkg --configure`` whatever is unpacked and not yet configured."""
        return run(["dpkg", *self._dpkg_options, "--configure", "--pending"], home=self._home)

    def hold(self, name: str) -> None:
        """Keep a package at the version that is installed, as ``apt-mark hold`` does."""
        words = ["dpkg", *self._dpkg_options, "--set-selections"]
        script = 'name=$1; shift; printf "%s hold\\n" "$name" | "$@"'
        run(["sh", "-c", script, "hold", name, *words], home=self._home).checked()

    def configured(self) -> dict[str, str]:
        """Return name → version of what is installed for good: unpacked and configured."""
        return {
            name: version for name, (version, status) in self.installed().items() if status == "installed"
        }

    def installed(self) -> dict[str, tuple[str, str]]:
        """Return name → (version, status), such as ``installed``, ``unpacked``, ``half-configured``."""
        listing = "${Package}\\t${Version}\\t${db:Status-Status}\\n"
        # An empty database is reported on the error output, with exit code 0.
        command = ["dpkg-query", f"--admindir={self.root}/var/lib/dpkg", "--show", f"--showformat={listing}"]
        rows = (line.split("\t") for line in run(command, home=self._home).checked().output.splitlines())
        return {row[0]: (row[1], row[2]) for row in rows if len(row) == 3}

    def states(self) -> list[dict[str, str]]:
        """Return every state that the system was in, in order: name → version of what was configured."""
        now: dict[str, str] = {}
        passed: list[dict[str, str]] = []
        for line in self._log.read_text(encoding="utf-8").splitlines():
            words = line.split()
            if words[2:3] == ["status"] and len(words) == 6:
                name = words[4].partition(":")[0]
                now = {other: version for other, version in now.items() if other != name}
                if words[3] == "installed":
                    now[name] = words[5]
                passed.append(now)
        return passed

    def apt(self, *words: str | Path, repo: Path | None = None) -> Outcome:
        """``apt-get WORDS``, saying yes to every question, with ``repo`` as the only source."""
        sources = self.root / "etc/apt/sources.list"
        entry = f"deb [trusted=yes] file:{repo.resolve()} ./\n" if repo else ""
        if entry != (sources.read_text(encoding="utf-8") if sources.exists() else ""):
            sources.write_text(entry, encoding="utf-8")
        if repo:
            self._apt_get("update").checked()
        return self._apt_get("--yes", *words)

    def apt_install(self, *what: str | Path, repo: Path | None = None) -> Outcome:
        """``apt-get install``."""
        return self.apt("install", *what, repo=repo)

    def apt_upgrade(self, *, repo: Path | None = None) -> Outcome:
        """``apt-get upgrade``, which removes nothing and installs nothing new."""
        return self.apt("upgrade", repo=repo)

    def apt_dist_upgrade(self, *, repo: Path | None = None) -> Outcome:
        """``apt-get dist-upgrade``, which may remove a package to upgrade another."""
        return self.apt("dist-upgrade", repo=repo)

    def apt_simulate(self, *what: str | Path, repo: Path | None = None) -> Outcome:
        """``apt-get --simulate install``: what apt would do, with nothing done."""
        return self.apt("--simulate", "install", *what, repo=repo)

    def apt_check(self) -> Outcome:
        """``apt-get check``: whether the relations of what is installed hold."""
        return self._apt_get("check")

    def _apt_get(self, *words: str | Path) -> Outcome:
        return run(
            ["apt-get", "--quiet", *words], home=self._home, environment={"APT_CONFIG": str(self._apt_config)}
        )


def deb_pairs_coinstallable(directory: Path, pairs: Sequence[Sequence[Path]]) -> list[bool]:
    """Ask apt, for each pair (or larger set) of files, whether an empty system can hold all of it."""
    root = DebRoot(directory)

    def ask(debs: Sequence[Path]) -> bool:
        outcome = root.apt_simulate(*(deb.resolve() for deb in debs))
        chosen = re.findall(r"^Inst (\S+) ", outcome.output, flags=re.MULTILINE)
        return outcome.returncode == 0 and len(chosen) == len(debs)

    return in_parallel(ask, pairs)
