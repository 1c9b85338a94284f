"""Fill the templates: the relations for debian/control, substvars or a spec, a scaffold, and others."""

from __future__ import annotations

import contextlib
import functools
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pkgguard
from pkgguard.data import text_of
from pkgguard.escape.control import control_value, substvar_value
from pkgguard.escape.html import html_data, html_source, html_text
from pkgguard.escape.line import plain
from pkgguard.escape.shell import shell_word
from pkgguard.escape.spec import spec_comment, spec_text
from pkgguard.escape.toml import toml_key, toml_string
from pkgguard.manifest.gaps import gap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import jinja2

    from pkgguard.compat.reasons import Reason
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.families.interface import Relation
    from pkgguard.generate.relations import ExplainedRelation, Generated
    from pkgguard.manifest.discover import Found

NOTHING: Final = "needs no relations: it has no peer on its machine, or carries both sides of its protocols"
"""The comment for a package without incompatible peers."""

ESCAPES: Final[Mapping[str, Callable[[Any], str]]] = {
    "control": control_value,
    "html": html_text,
    "html_data": html_data,
    "html_source": html_source,
    "line": plain,
    "shell": shell_word,
    "spec": spec_text,
    "spec_comment": spec_comment,
    "substvar": substvar_value,
    "toml": toml_string,
    "toml_key": toml_key,
}
"""The filters of the templates; each escapes a value for one place in a format."""

_REASONS: Final = 3
_WIDTH: Final = 96


def fill_relations(
    template: str, generated: Generated, found: Found, fields: tuple[str, ...], *, verbose: bool = False
) -> str:
    """Return the relations of a package version in a template's format.

    A ``verbose`` text has every reason that decides a bound, in the manifest's own words;
    otherwise each of them is one sentence, at the first relation that it decides.
    Substvars define each of ``fields``, even if it is empty, so that a control file can
    always use it (deb-substvars(5)).
    """
    project = found.manifest.project
    title = (
        f"{generated.name} {generated.identity.version}: relations by pkgguard {pkgguard.__version__}"
        f" from the manifest of {project}"
    )
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in fields}
    first_with: dict[tuple[str, ...], str] = {}
    brief = {} if verbose else _in_brief(generated)
    for one in generated.relations:
        comments = _comments(one) if verbose else brief[one.relation]
        first = first_with.setdefault(tuple(comments), str(one.relation))
        if verbose and first != str(one.relation) and len(comments) > 1:
            comments = [f"for the reasons of {first}"]
        lines = [piece for comment in comments for piece in _wrapped(comment)]
        groups[one.relation.field].append({"text": one.relation.text, "comments": lines})
    return _template(template, generated.family).render(
        title=title,
        nothing="" if generated.relations else NOTHING,
        fields=[
            {"name": name, "entries": entries}
            for name, entries in groups.items()
            if entries or template == "substvars"
        ],
        losses=[piece for one in generated.losses for piece in _wrapped(plain(_loss(one)))],
    )


def fill(template: str, **values: Any) -> str:
    """Return a template filled with values. A missing value is an error."""
    return _template(template).render(values)


def pieces(template: str, **values: Any) -> Iterator[str]:
    """Yield a template filled with values, piece by piece."""
    yield from _template(template).generate(values)


@functools.cache
def _template(name: str, family: str = "") -> jinja2.Template:
    import jinja2  # noqa: PLC0415 - few commands fill a template

    environment = jinja2.Environment(
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - control files, specs and TOML, not HTML
    )
    environment.filters.update(ESCAPES)
    environment.filters["gap"] = gap
    return environment.from_string(source(f"{name}.j2", family))


def source(name: str, family: str = "") -> str:
    """Return the text of a file of the templates; those of a family come first."""
    if family:
        with contextlib.suppress(OSError):
            return text_of(f"pkgguard.families.{family}", name)
    # They are package data if pkgguard is installed, and a folder beside the package in a checkout.
    with contextlib.suppress(OSError):
        return text_of("pkgguard", f"templates/{name}")
    return (Path(pkgguard.__file__).resolve().parent.parent / "templates" / name).read_text(encoding="utf-8")


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _in_brief(generated: Generated) -> dict[Relation, list[str]]:
    """Return the comments of each relation: the sentences of its reasons that no earlier one has."""
    told: set[str] = set()
    named: set[Reason] = set()
    found: dict[Relation, list[str]] = {}
    for one in generated.relations:
        named.update(one.binding[:_REASONS])
        lines = (one.note, *(reason.sentence for reason in one.binding[:_REASONS]))
        new = [line for line in dict.fromkeys(map(plain, lines)) if line and line not in told]
        told.update(new)
        found[one.relation] = new
    every = {reason for one in generated.relations for reason in (*one.binding, *one.others)}
    further = len(every - named)
    if further:
        last = found[generated.relations[0].relation]
        last.append(f"and {_more(further)}")
    return found


def _comments(one: ExplainedRelation) -> list[str]:
    lines = [one.note] if one.note else []
    for reason in one.binding[:_REASONS]:
        line = reason.sentence
        if reason.because and reason.because not in line:
            line += f": {reason.because}"
        if reason.symptom:
            line += f" ({reason.symptom})"
        if reason.see:
            line += f" [{', '.join(reason.see)}]"
        lines.append(line)
    further = len(one.binding[_REASONS:]) + len(one.others)
    if further:
        lines.append(f"and {_more(further)}")
    return [plain(line) for line in lines]


def _more(count: int) -> str:
    return f"{count} more reason{'s' if count > 1 else ''}, which pkgguard explain --verbose shows"


def _loss(loss: Diagnostic) -> str:
    refused = f"; it refuses {', '.join(loss.releases)}" if loss.releases else ""
    return f"{loss.headline}{refused}"
