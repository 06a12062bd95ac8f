"""Writes: give a leave, take it back. The grant that opens it is ``access.Grant``; nothing else opens anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from rangkul.access.actions import end_grants
from rangkul.access.models import Consent, ConsentEnd, ConsentStop, Grant
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.cases.sight import locked_case
from rangkul.consents import receivers, refusals
from rangkul.consents.sight import consent_in_sight
from rangkul.directory.city import city
from rangkul.domain import consents as rules
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import end_of_day, wib_date
from rangkul.files.queries import files_about
from rangkul.vault.sealing import seal_json

KIND: Final = "consent"
MOST_WORDS: Final = 2000
ASKERS: Final = ("subject", "guardian", "office")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConsent:
    """Everything typed into the form."""

    receiver: str = ""
    items: tuple[str, ...] = ()
    purpose: str = ""
    basis: str = ""
    given_by: str = ""
    guardian_suspect: str = "unknown"
    why_not_alone: str = ""
    words: str = ""
    order_number: str = ""
    order_date: str = ""
    order_issuer: str = ""
    order_scope: str = ""
    evidence_file: UUID | None = None
    until: date | None = None

    @property
    def order(self) -> tuple[str, str, str, str]:
        """The four things that an order is known by."""
        return (self.order_number, self.order_date, self.order_issuer, self.order_scope)


def place(consent_id: UUID) -> str:
    """Where the sealed part of a leave stands."""
    return f"access_consent|sealed|{consent_id}"


def end_place(consent_id: UUID) -> str:
    """Where the words of its end stand."""
    return f"access_consent_end|sealed_words|{consent_id}"


@act("consent.give")
def give_consent(case_id: UUID, new: NewConsent, *, by: ActingMember, at: datetime) -> Consent:
    """Record who gave leave for what, and open exactly that to the receiver.

    Raises:
        NotFound, NotAllowed: not this member's case.
        ReceiverUnknown, PurposeUnknown, and what ``domain.consents.check`` refuses.
    """
    case = locked_case(by, case_id, "consent.give")
    receiver = receivers.read(new.receiver)
    files = [str(row.pk) for row in shareable_files(case)]
    if new.purpose not in {row.code for row in city().choices_of("share_purpose")}:
        raise refusals.PurposeUnknown(field="purpose")
    rules.check(
        _as_rules_see(case, new, receiver.kind),
        today=wib_date(at),
        most_days=city().limit("consent_days_most"),
        files=files,
    )
    row = Consent(
        subject_id=case.pk,
        person_id=case.person_id,
        agency_id=receiver.agency,
        post_id=receiver.post_id,
        member_id=receiver.member_id,
        institution=receiver.institution,
        items=";".join(dict.fromkeys(new.items)),
        purpose=new.purpose,
        basis=new.basis,
        given_by=new.given_by,
        guardian_suspect=new.guardian_suspect == "yes",
        evidence_file=new.evidence_file if str(new.evidence_file) in files else None,
        since=at,
        expires_at=end_of_day(new.until) if new.until else at,
        by_member_id=by.id,
        by_post_id=by.post_id,
    )
    row.sealed = seal_json(case.person_id, place(row.pk), _sealed(new))
    row.save(force_insert=True)
    _open(row, receiver, by)
    record(
        "consent.given",
        by=by,
        at=at,
        kind=KIND,
        subject_id=row.pk,
        sealed_under=case.person_id,
        sensitivity=case.sensitivity,
        detail={"case": str(case.pk), "receiver": new.receiver, "items": row.items, **_sealed(new)},
        facts={"consent_id": row.pk, "receiver_posts": list(receiver.posts), "given_by": new.given_by},
    )
    return row


def shareable_files(case: Case) -> list[Any]:
    """Files of the case and its person that can be granted one by one."""
    return files_about([case.pk, case.person_id])


def _as_rules_see(case: Case, new: NewConsent, receiver_kind: str) -> rules.Asked:
    before = Consent.objects.filter(person_id=case.person_id, guardian_suspect=True).exists()
    return rules.Asked(
        given_by=new.given_by,
        basis=new.basis,
        items=new.items,
        words=new.words,
        is_minor=case.person.is_minor,
        receiver_kind=receiver_kind,
        until=new.until,
        guardian_suspect=new.guardian_suspect,
        suspected_before=before,
        why_not_alone=new.why_not_alone,
        order=new.order,
    )


def _sealed(new: NewConsent) -> dict[str, Any]:
    return {
        "words": new.words.strip()[:MOST_WORDS],
        "why_not_alone": new.why_not_alone.strip()[:MOST_WORDS],
        "order": [each.strip()[:300] for each in new.order],
    }


def _open(row: Consent, receiver: receivers.Receiver, by: ActingMember) -> None:
    """The grant: one for an agency, post or officer; one per post of an institution; none where nobody has an account."""
    shape = {"subject_id": row.subject_id, "about_kind": KIND, "about_id": row.pk, "parts": row.items}
    who: list[dict[str, Any]] = [{"agency_id": receiver.agency}] if receiver.agency else []
    who += [{"member_id": receiver.member_id}] if receiver.member_id else []
    if not who:
        who = [{"post_id": each} for each in receiver.posts] or [{}]
    Grant.objects.bulk_create(
        Grant(
            **shape,
            **each,
            receiver=receiver.institution,
            since=row.since,
            expires_at=row.expires_at,
            given_by_id=by.post_id,
        )
        for each in who
    )


@act("consent.withdraw")
def withdraw_consent(
    consent_id: UUID, asked_by: str, words: str, *, by: ActingMember, at: datetime
) -> Consent:
    """Take a leave back: its receiver reads nothing from the next request on, and is told so without a word of content.

    Raises:
        NotFound, NotAllowed: not this member's case.
        ConsentOver: it ended before. AskerMissing: what was typed.
    """
    row = consent_in_sight(by, consent_id)
    locked_case(by, row.subject_id, "consent.give", may_be_closed=True)
    said = words.strip()[:MOST_WORDS]
    if asked_by not in ASKERS or not said:
        raise refusals.AskerMissing(field="words" if asked_by in ASKERS else "asked_by")
    if hasattr(row, "end") or row.expires_at <= at:
        raise refusals.ConsentOver
    end = ConsentEnd(consent=row, at=at, asked_by=asked_by, by_member_id=by.id, by_post_id=by.post_id)
    end.sealed_words = seal_json(row.person_id, end_place(row.pk), said)
    end.save(force_insert=True)
    posts = _posts_of(row)
    end_grants(KIND, row.pk, by=by, at=at)
    record(
        "consent.withdrawn",
        by=by,
        at=at,
        kind=KIND,
        subject_id=row.pk,
        sealed_under=row.person_id,
        detail={"asked_by": asked_by, "words": said},
        facts={
            "consent_id": row.pk,
            "receiver_posts": posts,
            "asked_by": asked_by,
            "owner_post_id": by.post_id,
        },
    )
    return row


@act("consent.stop")
def confirm_stop(consent_id: UUID, words: str, *, by: ActingMember, at: datetime) -> ConsentStop:
    """Note that the receiver of a withdrawn leave stopped using what it had; the clock of 3 x 24 hours is met.

    Raises:
        NotFound, NotAllowed: not this member's case.
        NotWithdrawn, ConsentOver: nothing to stop, or noted before. StopUnclear: without words.
    """
    row = consent_in_sight(by, consent_id)
    locked_case(by, row.subject_id, "consent.give", may_be_closed=True)
    said = words.strip()[:MOST_WORDS]
    if not said:
        raise refusals.StopUnclear(field="stop_words")
    if not hasattr(row, "end"):
        raise refusals.NotWithdrawn
    if hasattr(row, "stop"):
        raise refusals.ConsentOver
    stop = ConsentStop(consent=row, at=at, by_member_id=by.id, by_post_id=by.post_id)
    stop.sealed_words = seal_json(row.person_id, stop_place(row.pk), said)
    stop.save(force_insert=True)
    record(
        "consent.stopped",
        by=by,
        at=at,
        kind=KIND,
        subject_id=row.pk,
        sealed_under=row.person_id,
        detail={"words": said},
        facts={"consent_id": row.pk},
    )
    return stop


def stop_place(consent_id: UUID) -> str:
    """Where the words of a stop stand."""
    return f"access_consent_stop|sealed_words|{consent_id}"


def _posts_of(row: Consent) -> list[UUID]:
    """Which posts to tell: those that could read it."""
    typed = (
        (f"agency:{row.agency_id}" if row.agency_id else "")
        or (f"post:{row.post_id}" if row.post_id else "")
        or (f"member:{row.member_id}" if row.member_id else "")
        or f"institution:{row.institution}"
    )
    try:
        return list(receivers.read(typed).posts)
    except refusals.ReceiverUnknown:
        return []


@transaction.atomic
def record_print(row: Consent, *, by: ActingMember, at: datetime) -> None:
    """The sheet that the person signs was printed."""
    record("consent.printed", by=by, at=at, kind=KIND, subject_id=row.pk)
