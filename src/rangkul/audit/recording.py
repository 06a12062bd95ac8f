"""Writing the event of an act or a look, in the act's own transaction."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from uuid_utils.compat import uuid7

from rangkul.audit import news, tree
from rangkul.audit.models import Event, EventDetail
from rangkul.domain import events, purposes
from rangkul.domain.merkle import Range, leaf_hash
from rangkul.domain.policy import ActingMember
from rangkul.vault.rows import add
from rangkul.vault.sealing import SubjectErased, pseudonyms, seal

_SEQUENCER_LOCK = 7_265_110
request_id: ContextVar[UUID | None] = ContextVar("request_id", default=None)
chosen_purposes: ContextVar[Mapping[str, str]] = ContextVar("chosen_purposes", default=MappingProxyType({}))
"""Subject id -> the purpose that the acting member chose for it in this session; set by the face for each request."""


def record(  # noqa: PLR0913 - the shape of house/security.md D.1
    action: str,
    *,
    by: ActingMember | None,
    at: datetime,
    kind: str,
    subject_id: UUID | None,
    sealed_under: UUID | None = None,
    detail: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    sensitivity: str = "ordinary",
    relation: str = "",
    purpose: str = "",
    decision: str = "allow",
    result: str = "done",
) -> Event:
    """Write one event and tell the followers, unless it is about something sealed. Must run inside the act's transaction.

    Args:
        action: a name of ``domain.events.EVENTS``.
        kind: what the subject is (person, report, contact, case, stay, period, batch, post …).
        sealed_under: the subject whose key seals ``detail`` (the person of a case); needed when there is a detail.
        purpose: when the caller knows better than the session.
        detail: what was seen or changed, JSON; stands sealed beside the event, only its salted hash inside.
        facts: for the followers only.

    Raises:
        KeyError: the action is not in the list of events.
    """
    events.EVENTS[action]
    is_sealed = news.is_sealed((subject_id, sealed_under), facts or {})
    level = "sealed" if is_sealed else sensitivity
    names = pseudonyms([each for each in (subject_id, sealed_under) if each])
    detail_bytes = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, default=str).encode()
    salt = os.urandom(32)
    event = Event(
        id=uuid7(),
        at=at,
        actor_pid=by.pid if by else None,
        post_code=by.post_code if by else "",
        agency=by.agency if by else "",
        action=action,
        object_kind=kind,
        object_pid=names[subject_id] if subject_id else None,
        sensitivity=level,
        purpose=purpose or _purpose(by, relation, level, (subject_id, sealed_under)),
        relation=relation,
        decision=decision,
        result=result,
        request_id=request_id.get(),
        commit=events.commit(salt, detail_bytes),
    )
    if not connection.in_atomic_block:
        raise RuntimeError("An event is written in the transaction of its act, or not at all.")
    if connection.vendor == "sqlite":
        tree.remember(place(event, tree.range_now()))
    add(event)
    if detail and sealed_under:
        _keep_detail(event, sealed_under, salt, detail_bytes)
    if not is_sealed:
        news.tell(news.News(action, kind, subject_id, by, at, facts or {}))
    return event


def _purpose(
    by: ActingMember | None, relation: str, sensitivity: str, subjects: tuple[UUID | None, ...]
) -> str:
    """For what is protected or more, never empty: what was chosen in this session, else what the relation stands for."""
    if by is None or sensitivity not in purposes.GUARDED:
        return ""
    chosen = chosen_purposes.get()
    found = next((chosen[str(each)] for each in subjects if str(each) in chosen), "")
    return purposes.purpose_of(role=by.role, relation=relation, chosen=found)


def _keep_detail(event: Event, sealed_under: UUID, salt: bytes, detail: bytes) -> None:
    try:
        sealed = seal(sealed_under, f"audit_event_detail|sealed|{event.id}", detail)
    except SubjectErased:
        # Whoever opens the page of an erased person is in the log like anybody; what they saw was nothing.
        return
    add(EventDetail(event=event, subject_id=sealed_under, salt=salt, sealed=sealed))


def entry_of(event: Event) -> dict[str, Any]:
    """The hashed part of an event, in the form ``domain.events`` reads."""
    return {
        "seq": event.seq,
        "id": str(event.id),
        # In UTC, as it is read back: a moment told on another clock must not change its leaf.
        "at": event.at.astimezone(UTC).isoformat(),
        "actor_pid": str(event.actor_pid or ""),
        "post_code": event.post_code,
        "agency": event.agency,
        "action": event.action,
        "object_kind": event.object_kind,
        "object_pid": str(event.object_pid or ""),
        "sensitivity": event.sensitivity,
        "purpose": event.purpose,
        "relation": event.relation,
        "decision": event.decision,
        "result": event.result,
        "request_id": str(event.request_id or ""),
        "commit": bytes(event.commit).hex(),
    }


def place(event: Event, log: Range) -> Range:
    """Give an event its number and the hash that stands beside it; return the log with it."""
    event.seq = log.size + 1
    log, event.hash = log.and_leaf(leaf_hash(events.canonical(entry_of(event))))
    return log


def drain(batch: int = 2000) -> int:
    """Number the events that wait for the sequencer and hang them into the tree (PostgreSQL); return how many were.

    Run by the clock every second and before every verify. An advisory lock lets one process do it.
    """
    if connection.vendor == "sqlite":
        return 0
    done = 0
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEQUENCER_LOCK])
            log = tree.range_now()
            waiting = list(Event.objects.filter(seq__isnull=True).order_by("at", "id")[:batch])
            for event in waiting:
                log = place(event, log)
            _write_places(waiting)
        done += len(waiting)
        if len(waiting) < batch:
            return done


def _write_places(waiting: list[Event]) -> None:
    """All numbers and hashes with one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_event SET seq = new.seq, hash = new.hash"
            " FROM unnest(%s::uuid[], %s::bigint[], %s::bytea[]) AS new (id, seq, hash)"
            " WHERE audit_event.id = new.id AND audit_event.seq IS NULL",
            [[each.pk for each in waiting], [each.seq for each in waiting], [each.hash for each in waiting]],
        )
