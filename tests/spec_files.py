"""Spec files that use pkgguard's macros, and their builds by the real rpmbuild.

rpm 4.16, this machine's own and rpm 4.20 build them; with PKGGUARD_RPM_ROOT, only that of another root.
"""

from __future__ import annotations

from pathlib import Path

from real.rpmbuild import INSTALLED, Built, Rpmbuild

from pkgguard import api

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples/source/rpm"
KATA = api.built_in().manifest
RUNTIME, IMAGE = "kata-runtime", "kata-containers-image"
USED = "manifest: kata.toml (built in), project kata-containers"


def expected(name: str, version: str, target: str = "", manifest: api.Manifest = KATA) -> list[str]:
    generated = api.Project(manifest).relations("rpm", name, version, target=target)
    return sorted(str(one.relation) for one in generated.relations)


def spec(
    preamble: str = "", *, name: str = RUNTIME, version: str = "1.1.0", release: str = "1", more: str = "",
    files: str = "", noarch: str = "BuildArch: noarch",
) -> str:  # fmt: skip
    """Return a spec; ``files`` are the absolute paths that its package ships."""
    made = "".join(
        f"mkdir -p %{{buildroot}}$(dirname {path})\necho {path} >%{{buildroot}}{path}\n"
        for path in (f"{files}\n{more}").split()
        if path.startswith(("/usr/", "/opt/"))
    )
    return (
        f"Name: {name}\nVersion: {version}\nRelease: {release}\nSummary: test\nLicense: none\n{noarch}\n"
        f"{preamble}\n%description\nTest.\n%install\n{made}%files\n{files}\n{more}\n"
    )


def subpackage(name: str, preamble: str = "", files: str = "") -> str:
    return (
        f"%package -n {name}\nSummary: test\n{preamble}\n"
        f"%description -n {name}\nTest.\n%files -n {name}\n{files}\n"
    )


def failed(built: Built, *said: str) -> None:
    """Assert that a build failed, said why, and left no package."""
    assert not built, built
    assert not built.packages, built
    for words in said:
        assert words in built.log, built


def relations(rpmbuild: Rpmbuild, built: Built, name: str = RUNTIME) -> list[str]:
    assert built, built
    return sorted(rpmbuild.relations(built.packages[name]))


def without_generator(directory: Path) -> Rpmbuild:
    installed = {name: folder for name, folder in INSTALLED.items() if not name.endswith(".attr")}
    return Rpmbuild(directory, installed=installed)


def example(name: str) -> Path:
    return EXAMPLES / name / f"{name}.spec"


def sources(name: str) -> list[str]:
    return ["--define", f"_sourcedir {EXAMPLES / name}"]
