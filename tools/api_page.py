"""Write docs/api.md from the docstrings of ``pkgguard.api``: ``python -m tools.api_page``."""

from __future__ import annotations

import inspect
import re
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pkgguard import api

if TYPE_CHECKING:
    import types
    from collections.abc import Iterator

PAGE: Final = Path(__file__).parent.parent / "docs/api.md"

_HEAD: Final = """\
<!-- Written by `python -m tools.api_page` from the docstrings of pkgguard/api.py. -->

# The Python API

```
from pkgguard import api

project = api.Project(api.read_manifest("pkgguard.toml"))
result = project.check(["kata-runtime_1.1.0-1_amd64.deb"])
print(project.render(result, "text"))
```
"""

_ROLE: Final = re.compile(r":(?:class|func|meth|data|mod|attr):`~?([^`]+)`")
"""A cross-reference in a docstring."""


_MODULE: Final = re.compile(r"\bpkgguard(?:\.[a-z_]+)+\.")
"""The module in the full name of a class."""


def page() -> str:
    """Return the page."""
    public = {name: getattr(api, name) for name in api.__all__}
    functions = {
        name: inspect.unwrap(one)
        for name, one in public.items()
        if callable(one) and not isinstance(one, type)
    }
    classes = {name: one for name, one in public.items() if isinstance(one, type)}
    errors = {name: one for name, one in classes.items() if issubclass(one, Exception)}
    others = {name: one for name, one in classes.items() if name not in errors and one is not api.Project}
    values = {name: one for name, one in public.items() if name not in functions and name not in classes}
    return (
        "\n".join(
            (
                _HEAD,
                _text(inspect.getdoc(api)),
                "",
                "## Project",
                "",
                *_project(),
                "## Functions",
                "",
                *(line for name, one in functions.items() for line in _function(name, one)),
                "## Values",
                "",
                *(f"- `{name}`: `{_MODULE.sub('', str(one))}`" for name, one in values.items()),
                "",
                "## Types",
                "",
                *(line for name, one in others.items() for line in _class(name, one)),
                "## Errors",
                "",
                *(line for name, one in errors.items() for line in _class(name, one)),
            )
        ).rstrip()
        + "\n"
    )


def _project() -> Iterator[str]:
    yield from (f"`Project{_signature(api.Project.__init__)}`", "", _text(inspect.getdoc(api.Project)), "")
    for name, member in vars(api.Project).items():
        if not name.startswith("_") and inspect.isfunction(member):
            yield from _function(f"Project.{name}", member)


def _function(name: str, function: types.FunctionType) -> Iterator[str]:
    yield from (f"### {name}", "", "```", f"{name}{_signature(function)}", "```", "")
    yield from (_text(inspect.getdoc(function)), "")


def _class(name: str, one: type) -> Iterator[str]:
    yield from (f"### {name}", "", _text(inspect.getdoc(one)), "")
    members = list(_members(one))
    if members:
        yield from (*members, "")


def _members(one: type) -> Iterator[str]:
    """Yield a line for each value of an enumeration, or for each public field and property of a class."""
    if issubclass(one, Enum):
        yield from (f"- `{value.name}`: `{value.value!r}`" for value in one)
        return
    for base in reversed(one.__mro__):
        for name, annotation in vars(base).get("__annotations__", {}).items():
            if not name.startswith("_"):
                yield f"- `{name}: {getattr(annotation, '__forward_arg__', annotation)}`"
    for name, member in vars(one).items():
        function = getattr(member, "fget", None) or getattr(member, "func", None)
        if function is not None and not name.startswith("_"):
            summary = (inspect.getdoc(function) or "").split("\n\n")[0]
            yield f"- `{name}: {function.__annotations__['return']}`: {_text(summary)}"


def _signature(function: Any) -> str:
    """Return the arguments of a function, each on a separate line if they are many."""
    signature = inspect.signature(function)
    arguments = [one for one in signature.parameters.values() if one.name != "self"]
    shown = [_argument(one) for one in arguments]
    place = next((at for at, one in enumerate(arguments) if one.kind is one.KEYWORD_ONLY), None)
    if place is not None:
        shown.insert(place, "*")
    returned = "" if function.__name__ == "__init__" else f" -> {signature.return_annotation}"
    text = f"({', '.join(shown)}){returned}"
    return text if len(text) < _SHORT else "(\n" + "".join(f"    {one},\n" for one in shown) + f"){returned}"


def _argument(one: inspect.Parameter) -> str:
    default = "" if one.default is one.empty else f" = {one.default!r}"
    return f"{one.name}: {one.annotation}{default}"


_SHORT: Final = 80
"""Columns up to which a signature stays on one line."""


def _text(docstring: str | None) -> str:
    """Return a docstring as Markdown."""
    text = _ROLE.sub(lambda match: f"`{match[1].rpartition('.')[2]}`", docstring or "")
    return text.replace("``", "`")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
