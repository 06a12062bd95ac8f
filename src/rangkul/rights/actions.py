"""Writes: a request is received, tied to its person, decided, taken back; what was granted stands in ``carrying``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.directory.city import city
from rangkul.domain import rights as rules
from rangkul.domain.codes import case_code
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.rights.models import PrivacyRequest
from rangkul.rights.refusals import NotTied, RequestUnclear
from rangkul.rights.sight import locked_request, person_named, place_of
from rangkul.rights.steps import add_to_decision, end, move, note, tell
from rangkul.vault.sealing import make_key, seal_json

MOST_WORDS: Final = 2000
_SHORT: Final = 200
_DRAW_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestInput:
    """What a desk writes down. ``about``: whom it is about, in words, when nobody knows the code yet."""

    kind: str
    asker: str
    channel: str
    name: str
    contact: str
    identity: str
    words: str
    authority: str = ""
    about: str = ""
    person_code: str = ""
    asked_at: datetime | None = None


def _free_code() -> str:
    code = case_code(os.urandom(_DRAW_BYTES))
    while PrivacyRequest.objects.filter(code=code).exists():
        code = case_code(os.urandom(_DRAW_BYTES))
    return code


@act("rights.receive")
def receive(said: RequestInput, *, by: ActingMember, at: datetime) -> PrivacyRequest:
    """Write a request down; the clock of the law runs from the moment at which it was asked.

    Raises:
        NotAllowed; RequestUnclear, ProofMissing, AskedWhen, PersonNotFound: with the field.
    """
    check_may(by, "rights.receive", ("city",))
    if said.kind not in rules.KINDS or said.channel not in rules.CHANNELS:
        raise RequestUnclear(field="kind" if said.kind not in rules.KINDS else "channel")
    if not said.name.strip():
        raise RequestUnclear(field="name")
    rules.check_proof(said.asker, said.identity, said.authority)
    asked_at = said.asked_at or at
    rules.check_asked(asked_at, at)
    person = person_named(by, said.person_code) if said.person_code.strip() else None
    row = PrivacyRequest(
        code=_free_code(),
        kind=said.kind,
        asker=said.asker,
        channel=said.channel,
        asked_at=asked_at,
        received_at=at,
        received_by_id=by.post_id,
        member_id=by.id,
        person=person,
    )
    make_key(row.pk, "privacy")
    names = ("name", "contact", "identity", "authority", "about")
    content = {name: " ".join(str(getattr(said, name)).split())[:_SHORT] for name in names}
    row.sealed = seal_json(row.pk, place_of(row.pk), content | {"words": said.words.strip()[:MOST_WORDS]})
    row.save(force_insert=True)
    note(row, "received", by=by, at=at)
    tell(
        rules.NEWS[row.kind],
        row,
        by=by,
        at=at,
        facts={"happened_at": asked_at, "person_id": person.pk if person else None},
    )
    return row


@act("rights.tie")
def tie(
    request_id: UUID, person_code: str, *, by: ActingMember, at: datetime, seen: int | None = None
) -> PrivacyRequest:
    """Say whom the request is about, before it is decided; a wrong tie is corrected by another.

    Raises:
        NotFound, NotAllowed, ChangedMeanwhile, PersonNotFound; StepNotNow: it was decided.
    """
    row = locked_request(by, request_id, "rights.receive", seen=seen)
    if row.state != rules.RECEIVED:
        raise rules.StepNotNow
    row.person = person_named(by, person_code)
    row.revision += 1
    row.save(update_fields=("person", "revision"))
    note(row, "tied", by=by, at=at)
    tell("privacy.tied", row, by=by, at=at, facts={"person_id": row.person.pk})
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionInput:
    """granted | partly | refused | nothing_kept; a refusal and a part name the lawful ground and say why."""

    outcome: str
    ground: str = ""
    words: str = ""


@act("rights.decide")
def decide(
    request_id: UUID, said: DecisionInput, *, by: ActingMember, at: datetime, seen: int | None = None
) -> PrivacyRequest:
    """Grant, grant in part, refuse on a lawful ground, or answer that nothing is kept.

    Raises:
        NotFound, NotAllowed, ChangedMeanwhile, StepNotNow; GroundMissing, WordsMissing; NotTied: granted about nobody.
    """
    row = locked_request(by, request_id, "rights.decide", seen=seen)
    lawful = {each.code for each in city().grounds_to_refuse(row.kind)}
    rules.check_decision(said.outcome, said.ground, said.words, lawful)
    step = rules.step_of(said.outcome)
    if step == "grant" and row.person_id is None:
        raise NotTied(field="person_code")
    move(row, step)
    row.outcome, row.ground = said.outcome, said.ground if said.outcome in {"refused", "partly"} else ""
    row.decided_at, row.decided_by_id, row.decider_id = at, by.post_id, by.id
    add_to_decision(row, words=said.words.strip()[:MOST_WORDS])
    note(row, said.outcome, by=by, at=at, words=said.words.strip()[:MOST_WORDS])
    tell("privacy.decided", row, by=by, at=at, facts={"outcome": row.outcome, "person_id": row.person_id})
    if row.state not in rules.OPEN:
        end(row, by=by, at=at)
    row.save()
    return row


@act("rights.take_back")
def take_back(
    request_id: UUID, words: str, *, by: ActingMember, at: datetime, seen: int | None = None
) -> PrivacyRequest:
    """Whoever asked no longer does; nothing that was not done yet will be.

    Raises:
        NotFound, NotAllowed, ChangedMeanwhile, StepNotNow.
    """
    row = locked_request(by, request_id, "rights.receive", seen=seen)
    move(row, "take_back")
    row.ended_at, row.ended_by_id = at, by.post_id
    row.save()
    note(row, "taken_back", by=by, at=at, words=words.strip()[:MOST_WORDS])
    tell("privacy.taken_back", row, by=by, at=at)
    return row


def request_of_code(code: str) -> UUID:
    """The id behind a code; whether this member may see it is asked by whoever opens it.

    Raises:
        NotFound: no such code.
    """
    found = PrivacyRequest.objects.filter(code=code[:12]).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound
    return found
