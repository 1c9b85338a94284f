"""What a rule is: its texts, and the function that looks for what breaks it.

Each module of :mod:`pkgguard.check.rules` and :mod:`pkgguard.check.manifest_rules`
makes one, kinds.toml describes the diagnostics that have no function, and
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
    """One kind of diagnostic: a rule of the checker, or a description of what is reported elsewhere.

    ``order`` is the place of its findings among those of the same severity, and
    of the rule among all rules. ``since`` is the version of the rule set in which
    it was added. ``aliases`` are ids that it had before; users may go on using
    them.

    ``group`` is what it is about: ``package``, ``manifest``, ``loss``, ``input`` or
    ``usage``. Only a ``settable`` one can be given another severity, or be turned off.

    A rule has one or more checks, each run on something else:

    - ``check_subject``: a package that the manifest knows;
    - ``check_pairs``: all pairs of the given packages;
    - ``check_subjects``: all given packages together;
    - ``check_package``: one package, whatever the manifest lists; its
      second argument tells the unreadable relations that another rule reports;
    - ``check_unidentified``: a package whose version stands for no release, and
      the error that says so;
    - ``check_manifest``: a valid manifest.

    ``reports_instead`` tells the unreadable relations that this rule reports, so
    that no other one does. ``exempts_siblings``: the rule does not apply between
    packages of one source that can be installed together. ``hidden_summary``: how
    text output begins the one line about the pairs that the rule finds, where
    findings of its severity are not shown; without it there is no line.
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
