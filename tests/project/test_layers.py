"""Imports go in one direction: no module imports one from a layer above it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "pkgguard"

# Bottom to top. A part is a module or a folder of pkgguard, or a module of a folder; those on one line do not
# import one another.
LAYERS = (
    ("data", "escape"),
    ("diagnostics",),
    ("errors",),
    ("budget", "git_objects", "regular_files"),
    ("versions",),
    ("families.summary",),
    ("families.registry",),
    ("manifest",),
    ("families",),
    ("editing",),
    ("protocol",),
    ("compat.reasons",),
    ("compat.engine", "compat.identify"),
    ("compat.guard", "compat.difference"),
    ("compat.statements",),
    ("compat.verdicts", "compat.matrix", "evolution"),
    ("generate.release_to_version",),
    ("generate.relations",),
    ("generate.explained_losses", "generate.difference"),
    ("check", "prepare"),
    ("check.rules", "check.manifest_rules"),
    ("check.registry",),
    ("check.acceptable",),
    ("check.levels", "check.pair_findings"),
    ("check.exceptions",),
    ("check.engine",),
    ("check.files", "check.manifest_lint", "check.baseline"),
    ("report",),
    ("project",),  # it renders its own results
    ("api",),
    ("integrations",),
    ("cli",),
    ("__main__",),
)
FOLDERS = {"manifests", "compat", "generate"}
"""Folders whose modules, or whose data, have layers of their own; their __init__ imports nothing."""

LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}


def modules() -> dict[str, Path]:
    return {
        ".".join(("pkgguard", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
            ".__init__"
        ): path
        for path in sorted(PACKAGE.rglob("*.py"))
    }


MODULES = modules()


def part(module: str) -> str:
    """Return the part of pkgguard that a module belongs to, or an empty string for the package itself."""
    names = module.split(".")[1:]
    longest = ".".join(names[:2])
    return longest if longest in LEVEL else [*names, ""][0]


def imported(text: str, module: str) -> set[str]:
    """Return every pkgguard module that a source names: in imports of any kind, and in strings."""
    known = set(MODULES)
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = module.split(".")[: -node.level]
                base = ".".join([*above, base]).strip(".")
            names = [
                f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base for alias in node.names
            ]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known:
            names = [node.value]
        else:
            continue
        found.update(name for name in names if name.split(".")[0] in {"pkgguard", "templates"})
    return found


def complaints(module: str, text: str) -> list[str]:
    """Return the imports of one module that go against the order."""
    own = part(module)
    found = []
    for other in imported(text, module):
        theirs = part(other)
        if not theirs or theirs in FOLDERS or other == "pkgguard.families":
            continue
        if theirs not in LEVEL:
            found.append(f"{module} imports {other}, which has no layer")
        elif theirs != own and LEVEL[theirs] >= LEVEL[own]:
            found.append(f"{module} imports {other}, which is not below it")
        elif theirs == own == "families":
            ours, other_family = family_of(module), family_of(other)
            if other_family and ours != other_family:
                found.append(f"{module} imports {other}, which is of one family")
    return found


def family_of(module: str) -> str:
    pieces = module.split(".")
    return pieces[2] if len(pieces) > 2 and pieces[2] in {"deb", "rpm"} else ""


def test_every_module_has_a_layer() -> None:
    parts = {part(module) for module in MODULES if part(module)}
    assert parts - FOLDERS == set(LEVEL)


@pytest.mark.parametrize("module", [module for module in MODULES if part(module) in LEVEL])
def test_nothing_imports_what_is_above_it(module: str) -> None:
    assert complaints(module, MODULES[module].read_text("utf-8")) == []


def in_circles(imports: dict[str, set[str]]) -> set[str]:
    """Return the modules that import themselves through others, and those that only import such modules."""
    left = dict(imports)
    while True:
        free = {module for module, others in left.items() if not others & left.keys() - {module}}
        if not free:
            return set(left)
        left = {module: others for module, others in left.items() if module not in free}


def test_no_modules_import_one_another_in_a_circle() -> None:
    imports = {module: imported(path.read_text("utf-8"), module) for module, path in MODULES.items()}
    assert in_circles({module: others - {"pkgguard"} for module, others in imports.items()}) == set()


def test_a_circle_would_be_found() -> None:
    assert in_circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"e"}, "e": set()}) == {"a", "b", "c"}
    assert in_circles({"a": {"b"}, "b": set()}) == set()


def test_the_package_and_its_data_import_nothing() -> None:
    for module, path in MODULES.items():
        if module in {"pkgguard", "pkgguard.families"} or part(module) in FOLDERS:
            assert imported(path.read_text("utf-8"), module) == set()


def test_the_templates_import_nothing() -> None:
    for path in (ROOT / "templates").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    for path in (ROOT / "templates").glob("*.j2"):
        text = path.read_text("utf-8")
        assert "import" not in text.split()
        assert "{% include" not in text
        assert "{% extends" not in text


def test_both_families_have_the_same_modules() -> None:
    needed = {"__init__", "encode", "evaluate", "family", "package", "relation", "version"}
    for family in ("deb", "rpm"):
        assert needed <= {path.stem for path in (PACKAGE / "families" / family).glob("*.py")}


def test_only_the_families_know_a_family() -> None:
    for module, path in MODULES.items():
        if not family_of(module):
            named = {family_of(other) for other in imported(path.read_text("utf-8"), module)} - {""}
            assert named == set(), module


def test_nothing_below_the_command_line_uses_click() -> None:
    for module, path in MODULES.items():
        if part(module) not in {"cli", "__main__"}:
            names = {
                alias.name.split(".")[0]
                for node in ast.walk(ast.parse(path.read_text("utf-8")))
                if isinstance(node, ast.Import)
                for alias in node.names
            } | {
                (node.module or "").split(".")[0]
                for node in ast.walk(ast.parse(path.read_text("utf-8")))
                if isinstance(node, ast.ImportFrom)
            }
            assert "click" not in names, module


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("pkgguard.errors", "from pkgguard.versions.sets import Range"),
        ("pkgguard.versions.sets", "import pkgguard.manifest.read"),
        ("pkgguard.manifest.read", "def f():\n    from pkgguard.compat.engine import Compatibility"),
        ("pkgguard.manifest.read", "if TYPE_CHECKING:\n    from pkgguard.compat.guard import Guard"),
        ("pkgguard.families.deb.encode", "from pkgguard.families.rpm import version"),
        ("pkgguard.families.deb.encode", "from ..rpm.version import key"),
        ("pkgguard.families.rpm.encode", "import_module('pkgguard.families.deb.version')"),
        ("pkgguard.families.interface", "from pkgguard.families.deb.version import key"),
        ("pkgguard.families.approximate", "from pkgguard.compat import identify"),
        ("pkgguard.compat.identify", "from pkgguard.compat.engine import Compatibility"),
        ("pkgguard.compat.engine", "from pkgguard.compat.identify import identify"),
        ("pkgguard.check.engine", "from pkgguard.check.manifest_lint import advise"),
        ("pkgguard.check.rules.broken_release", "from pkgguard.check.registry import rule"),
        ("pkgguard.check.subject", "from pkgguard.check.rules import wrong_epoch"),
        ("pkgguard.check.few", "from pkgguard.check.registry import rules"),
        ("pkgguard.report.text", "from pkgguard import api"),
        ("pkgguard.report.text", "from pkgguard.cli.common import show"),
        ("pkgguard.cli.main", "from pkgguard.__main__ import main"),
    ],
)
def test_an_import_upwards_would_be_found(module: str, text: str) -> None:
    assert len(complaints(module, text)) == 1


def test_imports_downwards_are_no_complaint() -> None:
    text = "from pkgguard.families.deb import version\nfrom pkgguard import errors\nimport pkgguard\n"
    assert complaints("pkgguard.families.deb.encode", text) == []


PRIVATE = re.compile(r"_[A-Za-z]\w*")
IN_A_PROGRAM = re.compile(r"\b(?!os\b)[a-z_]+\.(_[A-Za-z]\w*)")
"""A private name of a module, in the text of a program that a test runs."""


def private_names(text: str) -> set[str]:
    """Return the private names that a test uses of what is not itself."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            own = isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}
            found |= set() if own else {node.attr}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pkgguard"):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("setattr", "getattr")):
            found |= {str(one.value) for one in node.args if isinstance(one, ast.Constant)}
        elif isinstance(node, ast.Constant) and "pkgguard" in str(node.value):
            found |= set(IN_A_PROGRAM.findall(str(node.value)))
    usual = {"_replace", "_asdict", "_fields", "_make"}
    return {name for name in found - usual if PRIVATE.fullmatch(name)}


def test_no_test_uses_a_private_name() -> None:
    for path in {*(ROOT / "tests").rglob("*.py")} - {Path(__file__)}:
        assert private_names(path.read_text("utf-8")) == set(), path


def test_a_private_name_would_be_found() -> None:
    assert private_names("from pkgguard.data import _x\nengine._servers_for") == {"_x", "_servers_for"}
    assert private_names("patch.setattr(package, '_is', 1)\nx: type[a._Whole]") == {"_is", "_Whole"}
    assert private_names("'from pkgguard import a; a._names = 1'") == {"_names"}
    assert private_names("self._x = one._replace(a='pkgguard ._x os._exit')") == set()
