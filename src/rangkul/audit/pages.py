"""What is read of the trail: pages of events, and the sealed details beside them. Reading it is an event of its own."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from rangkul.audit.models import Event, EventDetail
from rangkul.audit.recording import record
from rangkul.domain.policy import ActingMember
from rangkul.vault.sealing import CannotOpen, load_keys, unseal

PAGE: Final = 50
_UUID_LENGTH: Final = 36


@dataclass(frozen=True, slots=True)
class Sought:
    """Which events: by whom, from which agency, of what name, about whom, for what, and when.

    ``actors`` and ``objects`` are pseudonyms; None means any, empty means none. What is ``sealed`` stands in the log and its
    tree, and in the answer to its own team alone: a line on a trail page would tell that it exists.
    """

    agency: str = ""
    action: str = ""
    kind: str = ""
    purpose: str = ""
    actors: frozenset[UUID] | None = None
    objects: frozenset[UUID] | None = None
    since: datetime | None = None
    until: datetime | None = None
    sealed: bool = False

    def rows(self) -> QuerySet[Event]:
        """The events, newest first."""
        rows = Event.objects.order_by("-id")
        plain = {
            "agency": self.agency,
            "action": self.action,
            "object_kind": self.kind,
            "purpose": self.purpose,
        }
        rows = rows.filter(**{name: value for name, value in plain.items() if value})
        if self.actors is not None:
            rows = rows.filter(actor_pid__in=self.actors)
        if self.objects is not None:
            rows = rows.filter(object_pid__in=self.objects)
        if self.since is not None:
            rows = rows.filter(at__gte=self.since)
        if self.until is not None:
            rows = rows.filter(at__lt=self.until)
        return rows if self.sealed else rows.exclude(sensitivity="sealed")


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One event as the trail page shows it; of a sealed subject not even the pseudonym."""

    seq: int | None
    at: datetime
    post_code: str
    agency: str
    action: str
    object_kind: str
    object_pid: str
    result: str
    actor_pid: UUID | None = None
    purpose: str = ""
    relation: str = ""
    decision: str = "allow"


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of events, and where the next begins (empty at the end)."""

    lines: list[TrailLine]
    next_before: str
    names: dict[UUID, str] = field(default_factory=dict)


def older_than(rows: QuerySet[Event], before: str) -> QuerySet[Event]:
    """The rows after a page's end; whatever is no id finds nothing."""
    if not before:
        return rows
    try:
        return rows.filter(id__lt=UUID(before)) if len(before) == _UUID_LENGTH else rows.none()
    except ValueError:
        return rows.none()


def trail(member: ActingMember, sought: Sought | None = None, *, before: str = "") -> Trail:
    """Events, newest first, fifty at a time; one event says that the trail was read.

    Args:
        before: ``next_before`` of the page before.
    """
    found = list(older_than((sought or Sought()).rows(), before)[: PAGE + 1])
    with transaction.atomic():
        record("audit.read", by=member, at=timezone.now(), kind="audit", subject_id=None, purpose="audit")
    lines = [_line(row) for row in found[:PAGE]]
    return Trail(lines, str(found[PAGE - 1].pk) if len(found) > PAGE else "")


def _line(row: Event) -> TrailLine:
    sealed = row.sensitivity == "sealed"
    return TrailLine(
        seq=row.seq,
        at=row.at,
        post_code=row.post_code,
        agency=row.agency,
        action=row.action,
        object_kind="sealed" if sealed else row.object_kind,
        object_pid="" if sealed else str(row.object_pid or ""),
        result=row.result,
        actor_pid=row.actor_pid,
        purpose=row.purpose,
        relation=row.relation,
        decision=row.decision,
    )


def looks_about(
    objects: Collection[UUID], subjects: Collection[UUID], actions: Collection[str]
) -> QuerySet[Event]:
    """Events of these names, newest first: about one of these pseudonyms, or with a detail of one of these subjects."""
    about = Q(object_pid__in=list(objects)) | Q(
        pk__in=EventDetail.objects.filter(subject_id__in=list(subjects)).values("event_id")
    )
    return Event.objects.filter(about, action__in=list(actions)).order_by("-id")


def details_of(events: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """What was seen or changed, opened; nothing for an event whose subject was erased. The caller records the look."""
    rows = list(EventDetail.objects.filter(pk__in=list(events)))
    load_keys(list({row.subject_id for row in rows}))
    found: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        try:
            plain = unseal(row.subject_id, f"audit_event_detail|sealed|{row.event_id}", row.sealed)
        except CannotOpen:
            continue
        found[row.event_id] = json.loads(plain)
    return found
