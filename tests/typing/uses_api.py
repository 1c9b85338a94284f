"""A program that uses the whole API; `mypy --strict` must know the type of everything in it."""

from __future__ import annotations

from typing import assert_type

from pkgguard import api


def everything(path: str) -> None:
    project = api.Project(api.read_manifest(path))
    assert_type(project.manifest, api.Manifest)
    assert_type(project.found, api.Found)

    checked = project.check([path], settings={"all": "off"})
    assert_type(checked, api.FileCheckResult)
    assert_type(checked.judgement.findings, tuple[api.Diagnostic, ...])
    assert_type(checked.worst(), api.Severity | None)
    assert_type(project.check_files(api.read_files([path])), api.FileCheckResult)

    package = api.make_package("deb", "a", "1-1", {"Depends": ["b (>= 1)", "c | d"]})
    assert_type(package.ref, api.PackageRef)
    result = project.check_packages([package, api.describe_package("deb", "Package: b")])
    assert_type(result, api.CheckResult)
    assert_type(result.pairs, tuple[api.PairResult, ...])

    generated = project.relations("rpm", "a", "1-1", target="rpm-legacy", newest_if_unknown=True)
    assert_type(generated, api.Generated)
    for one in generated.relations:
        assert_type(one.relation, api.Relation)
        assert_type(one.binding, tuple[api.Reason, ...])
        expression: EXPRESSION = one.relation.expression
        assert expression
    for guard in generated.guards:
        assert_type(guard, api.Guard)
        assert_type(guard.allowed, api.VersionSet)
    assert_type(generated.losses, tuple[api.Diagnostic, ...])

    verdicts = project.compatible({"runtime": "1.0.0"})
    assert_type(verdicts, api.ReleaseVerdicts)
    assert_type(verdicts.compatible, bool)
    for verdict in verdicts.verdicts.values():
        assert_type(verdict, api.CompatibilityVerdict)

    advice = project.advise()
    assert_type(advice, tuple[api.Diagnostic, ...])
    for answer in (checked, result, generated, verdicts, advice):
        assert_type(project.render(answer, "json"), str)

    installable = api.coinstallable([package], assumed={"c"})
    assert_type(installable, api.InstallabilityVerdict)
    assert_type(installable.problems, tuple[api.Problem, ...])


EXPRESSION = api.Constraint | api.Any_ | api.All_ | api.With | api.Without | api.If | api.Unless
