"""Answers about the numbers of releases, as JSON documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pkgguard.budget import spend
from pkgguard.report.answers import AdviceAnswer, AuditAnswer, SimulationAnswer
from pkgguard.report.json_document import clean, head, range_entry, reason_entry
from pkgguard.report.release_text import number_text

if TYPE_CHECKING:
    from pkgguard.evolution.advise import Ground, VersionAdvice
    from pkgguard.evolution.audit import PromiseAudit
    from pkgguard.evolution.policies import VersionPolicy
    from pkgguard.evolution.simulate import SimulatedHistory, SimulatedLine


def release_document(answer: SimulationAnswer | AuditAnswer | AdviceAnswer) -> dict[str, Any]:
    """Return the document of an answer."""
    match answer:
        case SimulationAnswer():
            histories = [_history(one) for one in answer.result.histories]
            return clean(head("release-simulation", answer.found) | {"histories": histories})
        case AuditAnswer():
            contracts = [_contract(one) for one in answer.result.contracts]
            summary = {
                "promised": sum(one.promised for one in answer.result.contracts),
                "broken": answer.result.pairs,
            }
            return clean(head("release-audit", answer.found) | {"summary": summary, "contracts": contracts})
        case AdviceAnswer():
            result = answer.result
            return clean(
                head("release-advice", answer.found)
                | {
                    "policy": _policy(result.policy),
                    "versions": [_version(one) for one in result.versions],
                }
            )


def _policy(policy: VersionPolicy) -> dict[str, str]:
    return {"name": policy.name, "title": policy.title, "text": policy.text}


def _kind(*, is_protocol: bool) -> str:
    return "protocol" if is_protocol else "component"


def _history(history: SimulatedHistory) -> dict[str, Any]:
    spend()
    return {
        "kind": _kind(is_protocol=history.is_protocol),
        "name": history.name,
        "releases": [str(one) for one in history.releases],
        "changes": [
            {"release": str(release), "changes": list(dict.fromkeys(one.change.reference for one in events))}
            for release, events in zip(history.releases, history.changes, strict=True)
            if events
        ],
        "lines": [_line(history, one) for one in history.lines],
    }


def _line(history: SimulatedHistory, line: SimulatedLine) -> dict[str, Any]:
    spend()
    place, is_real = line.century()
    return {
        "policy": _policy(line.policy),
        "numbers": [number_text(one, is_protocol=history.is_protocol) for one in line.numbers],
        "levels": [str(one) for one in line.levels],
        "majors": line.majors,
        "century": {"release": place, "estimated": not is_real} if place else None,
    }


def _contract(one: PromiseAudit) -> dict[str, Any]:
    spend()
    return {
        "protocol": one.protocol,
        "client": one.client,
        "server": one.server,
        "window": {"older": one.window.older, "newer": one.window.newer},
        "promised": one.promised,
        "pairs": one.pairs,
        "broken": [
            {
                "client_releases": range_entry(broken.clients),
                "server_releases": [range_entry(some) for some in broken.servers],
                "pairs": broken.pairs,
                "reasons": [reason_entry(reason) for reason in broken.reasons],
            }
            for broken in one.broken
        ],
    }


def _version(one: VersionAdvice) -> dict[str, Any]:
    spend()
    return {
        "kind": _kind(is_protocol=one.is_protocol),
        "name": one.name,
        "from": str(one.since),
        "to": str(one.until),
        "level": str(one.level),
        "version": one.version,
        "advised": one.advised,
        "changes": [_ground(ground) for ground in one.grounds],
    }


def _ground(ground: Ground) -> dict[str, Any]:
    spend()
    event = ground.event
    return {
        "change": event.change.reference,
        "what": list(event.change.what),
        "class": event.change_class.name,
        "title": event.change_class.title,
        "undone": event.undone,
        "side": str(event.side),
        "effect": str(ground.effect),
        "text": ground.effect.text,
        "level": str(ground.level),
        "because": event.change.because,
        "path": event.change.position.path,
        "line": event.change.position.line,
    }
