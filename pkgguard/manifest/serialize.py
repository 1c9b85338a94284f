"""Writing a manifest: from the model to TOML, which is read again and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import toml

from pkgguard.escape.toml import toml_string
from pkgguard.families import registry
from pkgguard.manifest.acceptance import KEY as ACCEPT
from pkgguard.manifest.format import FORMAT
from pkgguard.manifest.model import RULE_SET_KEY, Kind, Manifest, Need, Past
from pkgguard.manifest.package_spec import Presence, Shipping
from pkgguard.manifest.policy import PROFILES
from pkgguard.manifest.read import parse_manifest
from pkgguard.manifest.series import series_text
from pkgguard.versions.lookup import DEFAULT

if TYPE_CHECKING:
    from pkgguard.manifest.acceptance import Acceptance
    from pkgguard.manifest.model import Change, Component, Protocol, Window
    from pkgguard.manifest.package_spec import Epochs, PackageSpec
    from pkgguard.versions.release import Release


def write_manifest(manifest: Manifest) -> str:
    """Return a manifest as TOML, without comments and defaults.

    The text is read again and compared. A difference would be a fault of this module,
    and raises :class:`ValueError`.
    """
    encoder = toml.TomlEncoder()
    # toml writes backslashes and control characters in a way that cannot be read back.
    encoder.dump_funcs[str] = toml_string
    text: str = toml.dumps(as_document(manifest), encoder)
    if as_document(parse_manifest(text)) != as_document(manifest):
        message = "the manifest that was written differs from the one that was read"
        raise ValueError(message)
    return text


def as_document(manifest: Manifest) -> dict[str, Any]:
    """Return a manifest as plain tables, as in TOML."""
    policy = manifest.policy
    document: dict[str, Any] = {
        "manifest": FORMAT,
        "project": manifest.project,
        "component": {component.name: _component(component) for component in manifest.components.values()},
        "package": {package.name: _package(package) for package in manifest.packages.values()},
        "protocol": {protocol.name: _protocol(protocol) for protocol in manifest.protocols.values()},
        "change": [_change(change) for change in manifest.changes],
        "broken": [
            _filled(
                component=broken.component,
                release=broken.release.text,
                because=broken.because,
                see=list(broken.see),
            )
            for broken in manifest.broken
        ],
        "policy": {
            "mode": policy.mode.value,
            "window": _window(policy.window),
            "horizon": policy.horizon.value,
            "prereleases": policy.prereleases.value,
            **({"past": policy.past.value} if policy.past is not Past.REFUSE else {}),
        },
    }
    levels = {name: level for name, (level, _) in manifest.rules.items()}
    version = {RULE_SET_KEY: manifest.rule_set[0]} if manifest.rule_set[0] else {}
    if version or levels:
        document["rules"] = {**version, **levels}
    if manifest.profiles:
        document[PROFILES] = {
            name: {rule: level for rule, (level, _) in settings.items()}
            for name, settings in manifest.profiles.items()
        }
    document[ACCEPT] = [acceptance_table(one) for one in manifest.accepted]
    return {key: value for key, value in document.items() if value != []}


def _component(component: Component) -> dict[str, Any]:
    if component.releases_of:
        return _filled(title=component.title, releases_of=component.releases_of)
    scheme = component.scheme
    return _filled(
        title=component.title,
        scheme=scheme.name if scheme.name != DEFAULT else "",
        branch=scheme.settings.branch,
        prerelease_words=list(scheme.settings.prereleases),
        suffixes=list(scheme.settings.suffixes),
        releases=[release.text for release in component.releases],
    )


def _protocol(protocol: Protocol) -> dict[str, Any]:
    table = _filled(
        title=protocol.title,
        client=list(protocol.clients),
        server=protocol.server,
        provides=protocol.provides or {release.text: name for release, name in protocol.names},
        slot=protocol.slot,
        role=protocol.role,
        guarded_since={name: _releases(some) for name, some in protocol.guarded_since.items()},
        mode=protocol.mode.value if protocol.mode is not None else "",
    )
    if protocol.window is not None:
        table["window"] = _window(protocol.window)
    if not protocol.same_machine:
        table["same_machine"] = False
    return table


def _window(window: Window) -> int | dict[str, int]:
    return window.older if window.older == window.newer else window._asdict()


def _package(package: PackageSpec) -> dict[str, Any]:
    table = _filled(title=package.title, carries=list(package.carries))
    if package.peers is not None:
        table["peers"] = list(package.peers)
    if package.files:
        table["files"] = list(package.files)
    if package.presence is not Presence.REQUIRED:
        table["presence"] = package.presence.value
    if package.series:
        table["series"] = [series_text(package.series)]
    shared: dict[str, Any] = dict(_contents(package))
    for one in package.shipping.values():
        if one.published:  # a list in the family's own table, so this table is for all families
            shared |= {version: release.text for version, release in one.irregular}
    if shared:
        table["published"] = shared
    for family in registry.names():
        shipping = package.shipping.get(family)
        if shipping is None:
            table[family] = False
        elif shipping != Shipping(shipping.name):
            table[family] = _shipping(shipping)
        elif shipping.name != package.name:
            table[family] = shipping.name
    return table


def _shipping(shipping: Shipping) -> dict[str, Any]:
    return _filled(
        name=shipping.name,
        epoch=_epochs(shipping.epochs),
        published=list(shipping.published)
        or {version: release.text for version, release in shipping.irregular},
        rebuilds=list(shipping.rebuilds),
        archives={one.name: {"epoch": _epochs(one.epochs)} for one in shipping.archives},
    )


def _epochs(epochs: Epochs) -> int | dict[str, int]:
    steps = {start.text: int(epoch or 0) for start, epoch in epochs if start is not None}
    return steps or int(epochs[-1][1] if epochs else 0)


def _contents(package: PackageSpec) -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = {}
    for component, some in package.contents.items():
        for at, release in some:
            table.setdefault(at.text, {})[component] = release.text
    return table


def _change(change: Change) -> dict[str, Any]:
    table = _filled(
        id=change.id,
        protocol=change.protocol,
        kind=change.kind.value,
        what=list(change.what),
        server=_releases(change.server),
        client={name: _releases(releases) for name, releases in change.client.items()},
        because=change.because,
        hits=change.hits,
        symptom=change.symptom,
        see=list(change.see),
        old_until=change.old_until.text if change.old_until is not None else "",
        undecided=[key.value for key in change.undecided],
    )
    if change.need is not Need.REQUIRED and change.kind is not Kind.COMPATIBLE:
        table["need"] = change.need.value
    return table


def acceptance_table(acceptance: Acceptance) -> dict[str, str]:
    """Return an entry of [[accept]] as a plain table."""
    return _filled(
        rule=acceptance.rule,
        package=acceptance.package,
        peer=acceptance.peer,
        **{"from": acceptance.since},
        until=acceptance.until,
        expires=acceptance.expires.isoformat() if acceptance.expires is not None else "",
        because=acceptance.because,
    )


def _releases(releases: tuple[Release, ...]) -> str | list[str]:
    texts = [release.text for release in reversed(releases)]
    return texts[0] if len(texts) == 1 else texts


def _filled(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in ("", [], {}, 0)}
