"""Which of pkgguard's own types the public API names in what it returns."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any


@cache
def names_of(module: ModuleType) -> dict[str, tuple[str, str]]:
    """Return what a module imports for its types alone: the name there, the module and the name in it."""
    tree = ast.parse(inspect.getsource(module))
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def resolved(name: str, module: ModuleType) -> Any:
    """Return what a name of an annotation stands for, or None where it is not pkgguard's."""
    if name in names_of(module):
        origin, inner = names_of(module)[name]
        return getattr(import_module(origin), inner, None) if origin.startswith("pkgguard") else None
    return vars(module).get(name)


def types_in(annotation: Any, module: ModuleType) -> Iterator[type]:
    """Yield pkgguard's own classes in an annotation; what a function in a field takes is not a result."""
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    text = "None" if text.startswith("Callable[") else text
    for node in ast.walk(ast.parse(text, mode="eval")):
        if isinstance(node, ast.Name):
            value = resolved(node.id, module)
            for one in getattr(value, "__args__", (value,)):  # those of an alias, such as Expression
                if isinstance(one, type) and one.__module__.startswith("pkgguard"):
                    yield one


def returned(thing: Any) -> Iterator[type]:
    """Yield the classes that a public function returns, or that the public members of a class are."""
    module = sys.modules[thing.__module__]
    if not isinstance(thing, type):
        yield from types_in(thing.__annotations__.get("return", "None"), module)
        return
    fields = {name: one for base in reversed(thing.__mro__) for name, one in _annotations(base)}
    for name, annotation in fields.items():
        if not name.startswith("_"):
            text = getattr(annotation, "__forward_arg__", annotation)
            yield from types_in(text, module)
    for name, member in vars(thing).items():
        function = getattr(member, "func", getattr(member, "fget", getattr(member, "__func__", member)))
        own = inspect.isfunction(function) and function.__module__ == module.__name__
        if own and not name.startswith("_"):
            yield from types_in(function.__annotations__.get("return", "None"), module)


def _annotations(base: type) -> Iterator[tuple[str, Any]]:
    yield from vars(base).get("__annotations__", {}).items()


def reachable(things: list[Any]) -> set[type]:
    """Return every class that is reached from some functions and classes, through what each returns."""
    found: set[type] = set()
    waiting = list(things)
    while waiting:
        thing = waiting.pop()
        if hasattr(thing, "__module__") and (isinstance(thing, type) or callable(thing)):
            new = set(returned(thing)) - found
            found |= new
            waiting += new
    return found
