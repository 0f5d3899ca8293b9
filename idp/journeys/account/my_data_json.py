"""The copy as a JSON document; docs/my-data.md describes its shape, which grows but does not change."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from idp.domain.oversight.viewings import VIEWED
from idp.domain.proofing import reasons
from idp.domain.proofing.reasons import Reason
from idp.foundation.audit.log import Leaf
from idp.journeys.account.my_data import CaseCopy, Copy
from idp.protocol.claims import select

FORMAT, VERSION = "tessera-my-data", 1
Document = dict[str, Any]


def document(copy: Copy, issuer: str, in_words: Callable[[Leaf], str]) -> Document:
    """Times are RFC 3339 in UTC; absent ones null. `in_words` says what an event was, or nothing."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "provider": issuer,
        "made_at": _time(copy.made_at),
        "complete": copy.complete,
        "account": _account(copy),
        "details": [_detail(copy, name) for name in sorted(copy.attributes)],
        "identifiers": [
            {"kind": one.kind, "value": one.value, "proven_at": _time(one.verified_at), "since": _time(one.created_at)}
            for one in copy.identifiers
        ],
        "verifications": [
            {"level": one.level.word, "at": _time(one.at)} | _verification(asdict(one.verification))
            for one in copy.verifications
        ],
        "ways_to_sign_in": _ways(copy),
        "browsers_that_remember": [
            {name: value for name, value in _session(asdict(one)).items() if name != "person_id"}
            for one in copy.remembering
        ],
        "sessions": [_session(asdict(visit)) for visit in copy.visits],
        "services": [_service(copy, client_id) for client_id in sorted({one.client_id for one in copy.consents})],
        "signatures": [_signature(copy, asdict(one)) for one in copy.signatures],
        "cases": [_case(one) for one in copy.cases],
        "looked_at": [
            {"at": _time(leaf.at), "purpose": leaf.facts["purpose"], "reference": leaf.facts["reference"]}
            for leaf in copy.events
            if leaf.name == VIEWED
        ],
        "activity": [_event(copy, leaf, in_words) for leaf in copy.events],
    }


def actor(copy: Copy, leaf: Leaf) -> str:
    """Who did it: `you`, `staff`, `system`, `operator`, or the identifier of a service. Staff have no names here."""
    if leaf.actor == copy.person.id:
        return "you"
    known = leaf.actor in copy.clients or leaf.actor in ("system", "operator", "nobody")
    return leaf.actor if known or leaf.actor == leaf.facts.get("client") else "staff"


def _account(copy: Copy) -> Document:
    person = copy.person
    return {
        "id": person.id,
        "status": person.status.value,
        "assurance": person.assurance.word,
        "language": person.locale,
        "created_at": _time(person.created_at),
        "roles": sorted(role.value for role in copy.roles),
        "closings": [
            {
                "requested_at": _time(one.requested_at),
                "due_at": _time(one.due_at),
                "outcome": one.outcome.value if one.outcome else None,
            }
            for one in copy.closings
        ],
    }


def _detail(copy: Copy, name: str) -> Document:
    source, since = copy.sources[name]
    return {"name": name, "value": copy.attributes[name], "source": source, "since": _time(since)}


def _verification(document: Document) -> Document:
    for evidence in document["evidence"]:
        for check in evidence["checks"]:
            check["at"] = _time(check["at"])
    document["verified_at"] = _time(document.pop("at"))
    return document


def _ways(copy: Copy) -> Document:
    held = [asdict(one) for one in copy.authenticators]
    for one in held:
        one.pop("person_id")
        one["created_at"], one["last_used_at"] = _time(one["created_at"]), _time(one["last_used_at"])
    return {"held": held, "recovery_codes_left": copy.recovery_codes_left}


def _session(visit: Document) -> Document:
    return {name: _time(value) if name.endswith(("_at", "_time")) else value for name, value in visit.items()}


def _service(copy: Copy, client_id: str) -> Document:
    client, use = copy.clients.get(client_id), copy.uses.get(client_id)
    consents = [one for one in copy.consents if one.client_id == client_id]
    allowed = sorted({name for one in consents for name in one.allowed})
    return {
        "id": client_id,
        "name": client.metadata.name() if client else client_id,
        "agency": client.metadata.agency if client else "",
        "consents": [
            {"allowed": one.allowed, "given_at": _time(one.given_at), "withdrawn_at": _time(one.withdrawn_at)}
            for one in consents
        ],
        "receives_now": select(allowed, copy.told),
        "last_opened_at": _time(use.opened_at) if use else None,
        "last_came_back_at": _time(use.came_back_at) if use else None,
        "authorizations": [_session(asdict(one)) for one in copy.authorizations if one.client_id == client_id],
    }


def _signature(copy: Copy, ceremony: Document) -> Document:
    client = copy.clients.get(ceremony["client_id"])
    kept = ("id", "client_id", "title", "reason", "document_sha256", "signed_sha256")
    more = ("decline_reason", "decline_comment")
    times = {name: _time(ceremony[name]) for name in ("created_at", "expires_at", "signing_at", "ended_at")}
    told = {name: ceremony[name] for name in (*kept, *more)}
    return {**told, **times, "status": ceremony["status"].value, "service": client.metadata.name() if client else ""}


def _case(copy: CaseCopy) -> Document:
    case = copy.case
    return {
        "reference": case.reference,
        "level": case.level.word,
        "state": case.state.value,
        "document": case.document.value if case.document else None,
        "opened_at": _time(case.opened_at),
        "submitted_at": _time(case.submitted_at),
        "decided_at": _time(case.decided_at),
        "reasons": list(copy.reasons),
        "typed": asdict(copy.typed),
        "pictures": [
            {
                "kind": piece.kind,
                "media_type": piece.media_type,
                "sha256": piece.sha256,
                "uploaded_at": _time(piece.uploaded_at),
                "content_base64": base64.b64encode(content).decode(),
            }
            for piece, content in copy.pictures
        ],
    }


def _event(copy: Copy, leaf: Leaf, in_words: Callable[[Leaf], str]) -> Mapping[str, object]:
    told = {"at": _time(leaf.at), "event": leaf.name, "by": actor(copy, leaf)}
    return {**told, "words": in_words(leaf), "facts": _facts(leaf)}


def _facts(leaf: Leaf) -> Mapping[str, object]:
    """Suspicion, and whether another account exists, stay inside, here as on every page."""
    if not leaf.name.startswith("proofing.") or "reasons" not in leaf.facts:
        return leaf.facts
    return leaf.facts | {
        "reasons": [reason.value for reason in reasons.told(tuple(map(Reason, leaf.facts["reasons"])))]
    }


def _time(at: int | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
