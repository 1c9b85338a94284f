"""The type of a rule: its texts, and the functions that find what breaks it.

Each module of :mod:`pkgguard.check.rules` and :mod:`pkgguard.check.manifest_rules`
defines one rule. kinds.toml describes the diagnostics that have no function.
:mod:`pkgguard.check.registry` finds them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pkgguard.check.manifest_subject import ManifestSubject
    from pkgguard.check.pairs import JudgedPair
    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic, Severity
    from pkgguard.errors import PkgguardError
    from pkgguard.families.interface import Package


class Rule(NamedTuple):
    """One kind of diagnostic: a rule of the checker, or one that is reported elsewhere.

    ``order`` is the place of the rule among all rules, and of its findings among those
    of the same severity. ``since`` is the version of the rule set in which it was
    added. ``aliases`` are its former ids, which still work.

    ``group`` is its subject: ``package``, ``manifest``, ``loss``, ``build``, ``input``
    or ``usage``. Only a ``settable`` kind can be given another severity, or be turned off.

    A rule has one or more checks, each with its own argument:

    - ``check_subject``: a package that the manifest knows;
    - ``check_pairs``: all pairs of the given packages;
    - ``check_subjects``: all given packages together;
    - ``check_package``: one package, even if it is not in the manifest; its second
      argument is true of unreadable relations that another rule reports;
    - ``check_unidentified``: a package whose version belongs to no release, and the
      error of that;
    - ``check_manifest``: a valid manifest.

    ``reports_instead`` is true of unreadable relations that only this rule reports.
    ``exempts_siblings``: the rule does not apply between packages of one source that
    can be installed together. ``hidden_summary``: the beginning of a line that text
    output shows about the pairs of this rule if its findings are hidden. If it is
    empty, there is no line.
    """

    id: str
    severity: Severity
    title: str
    explanation: str
    help: str
    references: tuple[str, ...]
    order: int
    since: int = 1
    aliases: tuple[str, ...] = ()
    group: str = "package"
    settable: bool = True
    check_subject: Callable[[Subject], Iterator[Diagnostic]] | None = None
    check_pairs: Callable[[Sequence[JudgedPair]], Iterator[Diagnostic]] | None = None
    check_subjects: Callable[[Sequence[Subject]], Iterator[Diagnostic]] | None = None
    check_package: Callable[[Package, Callable[[str], bool]], Iterator[Diagnostic]] | None = None
    check_unidentified: Callable[[Package, PkgguardError], Iterator[Diagnostic]] | None = None
    check_manifest: Callable[[ManifestSubject], Iterator[Diagnostic]] | None = None
    reports_instead: Callable[[str], bool] | None = None
    exempts_siblings: bool = False
    hidden_summary: str = ""
