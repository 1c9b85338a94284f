"""A manifest as text: its summary, and the older releases that it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.manifest.series import series_text
from pkgguard.report.page import counted

if TYPE_CHECKING:
    from pkgguard.diagnostics import Position
    from pkgguard.manifest.composition import TakenOut
    from pkgguard.manifest.model import Manifest, Mode, Window
    from pkgguard.manifest.places import Place
    from pkgguard.report.page import Page

_PAST: Final = 20
"""How many components `manifest check` names whose older releases are refused."""


def past_line(page: Page, manifest: Manifest) -> None:
    """Add which older releases are refused because the manifest does not list them."""
    if manifest.policy.past == "refuse":
        names = dict.fromkeys(
            name for one in manifest.protocols.values() for name in (*one.clients, one.server)
        )
        oldest = [f"{name} before {manifest.components[name].releases[0]}" for name in names]
        more = f" and {len(oldest) - _PAST} more" if len(oldest) > _PAST else ""
        page.line(
            f"refused, since they are not listed (policy.past): {', '.join(oldest[:_PAST])}{more}", hang=2
        )


def files_line(manifest: Manifest) -> str:
    """Return which manifests a manifest extends."""
    return " extends ".join(one.path for one in manifest.files)


def taken_out_line(one: TakenOut) -> str:
    """Return by what a change of an extended manifest was taken out, and why."""
    what = "replaced" if one.is_replaced else "dropped"
    see = f" ({', '.join(one.see)})" if one.see else ""
    return f"{what}: {one.reference} ({one.position}), by {one.by}: {one.because}{see}"


def manifest_page(page: Page, manifest: Manifest) -> None:
    """Add a summary of a manifest; the sum of several has the position of each part."""
    page.line(f"project {manifest.project}{_from(manifest, ('project',))}")
    if manifest.is_sum:
        page.line(files_line(manifest))
    policy = manifest.policy
    promise = _promise(policy.mode, policy.window)
    page.line(
        f"policy: {promise}, horizon {policy.horizon}, prereleases {policy.prereleases}"
        f"{_from(manifest, ('policy',))}"
    )
    page.line()
    for component in manifest.components.values():
        first, last = component.releases[0], component.releases[-1]
        listed = f"{counted(len(component.releases), 'release')}, {first} to {last}"
        shared = f", as {component.releases_of}" if component.releases_of else ""
        origin = _from(manifest, ("component", component.name))
        page.line(
            f"component {component.name}: {listed if first != last else first}{shared}{origin}", indent=2
        )
    for package in manifest.packages.values():
        names = {family: one.name for family, one in package.shipping.items() if one.name != package.name}
        renamed = "".join(f", {family}: {name}" for family, name in names.items())
        series = f", series {series_text(package.series)}" if package.series else ""
        optional = ", optional" if package.presence == "optional" else ""
        table = manifest.package_tables.get(package.name, package.name)
        page.line(
            f"package {package.name} carries {', '.join(package.carries)}{renamed}{series}{optional}"
            f"{_from(manifest, ('package', table))}",
            indent=2,
        )
        if package.peers is not None:
            page.line(f"peers {' '.join(package.peers) or 'none'}", indent=4)
        if package.files:
            page.line(f"files {' '.join(package.files)}", indent=4)
    for protocol in manifest.protocols.values():
        role = f", role {protocol.role}" if protocol.role else ""
        own = protocol.mode is not None or protocol.window is not None
        promise = f", {_promise(manifest.mode(protocol), manifest.window(protocol))}" if own else ""
        apart = "" if protocol.same_machine else ", on different machines"
        since = (f"{name} {' and '.join(map(str, some))}" for name, some in protocol.guarded_since.items())
        guarded = f", guarded since {', '.join(since)}" if protocol.guarded_since else ""
        page.line(
            f"protocol {protocol.name}: {', '.join(protocol.clients)} calls {protocol.server}"
            f"{role}{promise}{apart}{guarded}{_from(manifest, ('protocol', protocol.name))}",
            indent=2,
        )
    page.line()
    page.line(counted(len(manifest.changes), "change"))
    for change in manifest.changes:
        server = " and ".join(str(one) for one in reversed(change.server)) or "-"
        client = ", ".join(f"{name} {' and '.join(map(str, some))}" for name, some in change.client.items())
        optional = " (optional)" if change.need == "optional" else ""
        things = ", ".join(change.what[:2]) + (
            f" and {len(change.what) - 2} more" if len(change.what) > 2 else ""
        )
        name = f", id {change.id}" if change.id else ""
        origin = f" ({change.position})" if manifest.is_sum else ""
        page.line(
            f"{change.kind:<10} {server:<14} {client or '-':<16} {things}{optional}{name}{origin}",
            indent=2,
            hang=44,
        )
    for broken in manifest.broken:
        origin = f" ({broken.position})" if manifest.is_sum else ""
        page.line(
            f"broken     {broken.component} {broken.release}: {broken.because}{origin}", indent=2, hang=11
        )
    for one in manifest.taken_out:
        page.line(taken_out_line(one), indent=2, hang=11)


def _from(manifest: Manifest, place: Place) -> str:
    """Return the positions of a table and its keys, one for each file, if they can differ."""
    if not manifest.is_sum:
        return ""
    found = manifest.places.below(place)
    first: dict[str, Position] = {}
    for position in sorted(found, key=manifest.places.rank, reverse=True):
        first[position.path] = position
    return f" ({', '.join(map(str, first.values()))})" if first else ""


def _promise(mode: Mode, window: Window) -> str:
    if mode != "window":
        return mode.value
    if window.older == window.newer:
        return f"window of {window.older} minors"
    return f"window of {window.older} minors older and {window.newer} newer"
