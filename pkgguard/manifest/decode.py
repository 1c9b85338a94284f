"""Reading the tables of a manifest into the model; all mistakes are reported at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pkgguard.families import registry
from pkgguard.manifest.acceptance import KEY as ACCEPT
from pkgguard.manifest.components import read_components
from pkgguard.manifest.composition import SourceFile
from pkgguard.manifest.hints import Words
from pkgguard.manifest.limits import NAME, SENTENCE, THING
from pkgguard.manifest.mistakes import MISSING_KEY, UNKNOWN_NAME
from pkgguard.manifest.model import (
    Broken,
    Change,
    ChangeKey,
    Component,
    Kind,
    Manifest,
    Mode,
    Need,
    Policy,
    Protocol,
)
from pkgguard.manifest.package_tables import PackageTables
from pkgguard.manifest.policy import PROFILES, read_levels, read_policy, read_rules, read_window
from pkgguard.manifest.shared_names import check_files, check_shipped_names, check_virtual_names
from pkgguard.manifest.taken_out import DROPPED, ID, REPLACES, remaining
from pkgguard.manifest.typed_table import Mistakes, Table, sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pkgguard.diagnostics import Position
    from pkgguard.manifest.acceptance import Acceptance
    from pkgguard.manifest.package_spec import PackageSpec
    from pkgguard.manifest.places import Place
    from pkgguard.versions.release import Release


class Document:
    """Turns one document into the model, table by table."""

    def __init__(
        self, document: dict[str, Any], mistakes: Mistakes, files: Sequence[SourceFile] = (SourceFile(""),)
    ) -> None:
        self._top = Table(document, (), mistakes)
        self._mistakes = mistakes
        self._files = tuple(files)
        self._ids: dict[str, Table] = {}
        self._components: dict[str, Component] = {}
        self._protocols: dict[str, Protocol] = {}
        self._clients: dict[str, dict[str, Component]] = {}
        self._words: dict[str, Words] = {}

    def manifest(self) -> Manifest:
        """Return the model. Mistakes are noted, and wrong values are omitted from it."""
        self._top.take("manifest")
        project = self._top.string("project", required=True, most=SENTENCE)
        self._components = read_components(self._named("component"))
        read = PackageTables(self._components, self._mistakes, self._known)
        for name, table in self._named("package"):
            read.add(name, table)
        for name, table in self._named("protocol"):
            self._protocols[name] = self._protocol(name, table)
        packages = read.packages
        check_shipped_names(packages, read.tables, self._mistakes)
        check_files(packages, read.tables, self._mistakes)
        check_virtual_names(packages, self._protocols, self._mistakes)
        read.check_peers(self._hint)
        tables, taken_out = remaining(
            list(self._array("change")), list(self._array(DROPPED)), self._server_of, self._mistakes
        )
        found = [(table.place, self._change(table)) for table in tables]
        changes = tuple(change for _, change in found if change is not None)
        self.places_of_changes = [place for place, change in found if change is not None]
        broken = tuple(filter(None, (self._broken(table) for table in self._array("broken"))))
        policy = read_policy(self._table("policy"))
        self._check_windows(policy)
        rules, rule_set = read_rules(self._table("rules"))
        profiles = self._profiles()
        accepted = self._accepted(packages)
        self._top.finish()
        return Manifest(
            project,
            self._components,
            packages,
            self._protocols,
            changes,
            broken,
            policy,
            rules,
            self._files[0].path,
            rule_set,
            self._files,
            taken_out,
            self._mistakes.places,
            read.tables,
            profiles,
            accepted,
        )

    def _profiles(self) -> dict[str, dict[str, tuple[str, Position]]]:
        """Read the tables of ``[profile.NAME]``, each like ``[rules]``."""
        if not self._top.has(PROFILES):
            return {}
        found = {}
        for name, table in self._named(PROFILES):
            found[name] = read_levels(table)
            if not found[name]:
                table.note("", "sets no rule", 'write RULE = "LEVEL", as in [rules]')
        return found

    def _accepted(self, packages: Mapping[str, PackageSpec]) -> tuple[Acceptance, ...]:
        """Read the entries of ``[[accept]]``."""
        if not self._top.has(ACCEPT):
            return ()
        from pkgguard.manifest.exceptions import read_acceptances  # noqa: PLC0415 - few manifests have any

        shipped = (one.name for package in packages.values() for one in package.shipping.values())
        return read_acceptances(self._array(ACCEPT), dict.fromkeys((*packages, *shipped)))

    def _server_of(self, protocol: str) -> Component | None:
        known = self._protocols.get(protocol)
        return self._components.get(known.server) if known is not None else None

    def _named(self, key: str) -> Iterator[tuple[str, Table]]:
        value = self._top.take(key)
        if value is None:
            self._top.note(key, f"no [{key}.NAME] table", f"add at least one [{key}.NAME]", MISSING_KEY)
            return
        if not isinstance(value, dict) or not all(isinstance(one, dict) for one in value.values()):
            self._top.note(key, f"must be tables called [{key}.NAME]")
            return
        if not value:
            self._top.note(key, f"no [{key}.NAME] table", f"add at least one [{key}.NAME]", MISSING_KEY)
        for name, one in value.items():
            table = Table(one, (key, name), self._mistakes)
            table.check_name("", name)
            tables = [rest for rest in one if isinstance(one[rest], dict) and rest not in registry.names()]
            if key == "package" and one and len(tables) == len(one):
                table.finish()  # the header of a name with a dot, without its quotes
            else:
                yield name, table

    def _table(self, key: str) -> Table:
        value = self._top.take(key)
        return Table({} if value is None else value, (key,), self._mistakes)

    def _array(self, key: str) -> Iterator[Table]:
        value = self._top.take(key)
        if value is None:
            return
        if not isinstance(value, list):
            self._top.note(key, f"must be written as [[{key}]], once for each")
            return
        for index, one in enumerate(value):
            yield Table(one, (key, index), self._mistakes)

    def _protocol(self, name: str, table: Table) -> Protocol:
        clients = table.strings("client", required=True)
        server = self._server(table)
        for client in clients:
            self._known(table, "client", "component", client, self._components)
            if client == server:
                table.note("client", f"{client!r} is the server too", "a component cannot be its own peer")
        if server:
            self._known(table, "server", "component", server, self._components)
        chosen = self._chosen_names(table, server)
        names = {
            key: ""
            if isinstance(table.take(key), dict) and key == "provides"
            else table.string(key, most=NAME)
            for key in ("provides", "slot")
        }
        for key, virtual in names.items():
            _check_virtual_name(table, key, virtual)
        role = table.string("role")
        if role:
            table.check_name("role", role)
        mode = table.word("mode", Mode, Mode.PROTOCOL) if table.has("mode") else None
        window = read_window(table)
        same_machine = table.truth("same_machine", default=True)
        first = table.take("guarded_since")
        if first == {}:
            example = f'write {{ {clients[0]} = "…" }}' if clients else "name the release of a client"
            table.note("guarded_since", "names no client", f"{example}, or leave the key out")
        since = self._client(table, "guarded_since", name, clients, first)
        if not same_machine:
            for key in ("provides", "slot", "role", "guarded_since"):
                if table.has(key):
                    table.note(key, "has no effect with same_machine = false", "take one of the two out")
        title = table.string("title", most=SENTENCE)
        table.finish()
        return Protocol(
            name, clients, server, title, names["provides"], names["slot"], role, mode, window, since,
            same_machine, chosen,
        )  # fmt: skip

    def _chosen_names(self, table: Table, server: str) -> tuple[tuple[Release, str], ...]:
        """Read the provided names that upstream chose, by the first release of each."""
        value = table.take("provides")
        if not isinstance(value, dict) or server not in self._components:
            return ()
        inner = Table(value, (*table.place, "provides"), self._mistakes)
        if not inner.keys:
            inner.note(
                "", "is an empty table", f'name the first {server} release of each: {{ "1.0.0" = "…" }}'
            )
        found: dict[Release, str] = {}
        for text in inner.keys:
            name = inner.string(text, required=True, most=NAME)
            _check_virtual_name(inner, text, name)
            for release in inner.releases(text, self._components[server], text):
                found[release] = name
        return tuple(sorted(found.items()))

    @staticmethod
    def _server(table: Table) -> str:
        if isinstance(table.take("server"), list):
            help = 'write a protocol for each server, with the same role = "…" in all of them'
            table.note("server", "must be one component, not a list", help)
            return ""
        return table.string("server", required=True)

    def _change(self, table: Table) -> Change | None:
        name = table.string("protocol", required=True)
        kind = table.word("kind", Kind, None)
        what = table.strings("what", required=True, most=THING)
        need = table.word("need", Need, Need.REQUIRED) or Need.REQUIRED
        texts = {key: table.string(key, most=SENTENCE) for key in ("because", "hits", "symptom")}
        own_id = self._own_id(table)
        table.string(REPLACES, required=table.has(REPLACES), most=2 * THING)
        see = sources(table)
        undecided = self._undecided(table)
        protocol = self._protocols.get(name)
        if name:
            self._known(table, "protocol", "protocol", name, self._protocols)
        server_value, client_value = table.take("server"), table.take("client")
        old_until = None
        server: tuple[Release, ...] = ()
        client: dict[str, tuple[Release, ...]] = {}
        if protocol is not None and protocol.server in self._components:
            component = self._components[protocol.server]
            server = table.releases("server", component, server_value)
            if server_value is None and kind is not Kind.COMPATIBLE:
                help = f"name the {protocol.server} release that has this change"
                table.note("server", "is missing", help, MISSING_KEY)
            self._check_branches(table, "server", server)
            old_until = table.release("old_until", component)
            client = self._client(table, "client", protocol.name, protocol.clients, client_value)
        else:
            table.take("old_until")
        if old_until is not None and kind is not Kind.CHANGED:
            table.note("old_until", 'goes only with kind = "changed"')
        if old_until is not None and server and old_until <= server[-1]:
            table.note("old_until", f"{old_until} is not after the server's {server[-1]}")
        table.finish()
        if kind is None or protocol is None:
            return None
        position = self._mistakes.where(table.place)
        return Change(
            name, kind, what, server, client, need, texts["because"], texts["hits"], texts["symptom"], see,
            old_until, position, own_id, undecided,
        )  # fmt: skip

    @staticmethod
    def _undecided(table: Table) -> tuple[ChangeKey, ...]:
        """Read which keys a person has to decide."""
        known = {key.value: key for key in ChangeKey}
        names = table.strings("undecided", most=NAME)
        for name in names:
            if name not in known:
                hint = table.hint(name, known)
                table.note("undecided", f"{name!r} is not a key to decide", hint, UNKNOWN_NAME)
        return tuple(known[name] for name in names if name in known)

    def _own_id(self, table: Table) -> str:
        own_id = table.string(ID, required=table.has(ID), most=NAME)
        other = self._ids.setdefault(own_id, table) if own_id else table
        if other is not table:
            where = self._mistakes.where(other.place, ID)
            table.note(ID, f"{own_id!r} is the id of another change too, at {where}", "choose another id")
        return own_id

    def _client(
        self, table: Table, key: str, protocol: str, clients: tuple[str, ...], value: object
    ) -> dict[str, tuple[Release, ...]]:
        """Read a key with releases of a protocol's clients: one release, or one per client."""
        if value is None:
            return {}
        if protocol not in self._clients:
            self._clients[protocol] = {
                name: self._components[name] for name in clients if name in self._components
            }
        known = self._clients[protocol]
        if not isinstance(value, dict):
            if len(clients) > 1:
                names = ", ".join(f'{name} = "…"' for name in clients[:5])
                table.note(
                    key, "must name a release for each client that it is about", f"{key} = {{ {names} }}"
                )
                return {}
            value = dict.fromkeys(known, value)
        found: dict[str, tuple[Release, ...]] = {}
        for name, releases in value.items():
            if name not in known:
                reason = f"{name!r} is not a client of {protocol}"
                hint = self._hint(f"client of {protocol}", name, known)
                table.note(key, reason, hint, UNKNOWN_NAME)
                continue
            listed = table.releases(key, known[name], releases)
            self._check_branches(table, key, listed)
            if listed:
                found[name] = listed
        return found

    def _broken(self, table: Table) -> Broken | None:
        name = table.string("component", required=True)
        because = table.string("because", most=SENTENCE)
        see = sources(table)
        release = None
        if name in self._components:
            release = table.release("release", self._components[name])
            if release is None and not table.has("release"):
                help = f"name the release of {name} that is broken"
                table.note("release", "is missing", help, MISSING_KEY)
        else:
            table.take("release")
            if name:
                self._known(table, "component", "component", name, self._components)
        table.finish()
        return Broken(name, release, because, see, self._mistakes.where(table.place)) if release else None

    def _known(self, table: Table, key: str, kind: str, name: str, known: Mapping[str, object]) -> None:
        if name not in known:
            table.note(key, f"no {kind} is called {name!r}", self._hint(kind, name, known), UNKNOWN_NAME)

    def _hint(self, kind: str, name: str, known: Mapping[str, object]) -> str:
        if kind not in self._words:
            self._words[kind] = Words(known)
        return self._mistakes.hint(name, self._words[kind])

    @staticmethod
    def _check_branches(table: Table, key: str, releases: tuple[Release, ...]) -> None:
        series: dict[tuple[int, ...], Release] = {}
        for release in releases:
            other = series.setdefault(release.branch, release)
            if other is not release:
                table.note(
                    key, f"{other} and {release} are of one branch", "name the first of each branch only"
                )

    def _check_windows(self, policy: Policy) -> None:
        for protocol in self._protocols.values():
            mode = protocol.mode or policy.mode
            if protocol.window is not None and mode is not Mode.WINDOW:
                place: Place = ("protocol", protocol.name)
                reason = f'has no effect: the mode of this protocol is "{mode}"'
                self._mistakes.note(place, "window", reason, 'add mode = "window" beside it')


def _check_virtual_name(table: Table, key: str, name: str) -> None:
    """Note a mistake if a name that packages provide is not valid in every family."""
    if name and not all(registry.summary(one).is_package(name) for one in registry.names()):
        reason = f"{name!r} is not a valid package name in every family"
        table.note(key, reason, "use lower-case letters, digits, + - .")
