"""Writes: an inquiry is taken, a match answered, a tracing text approved, a claim on a child proved."""

from __future__ import annotations

import hashlib
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.directory.queries import posts_with_role
from rangkul.domain import inquiries as rules
from rangkul.domain.codes import tracking_code
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.inquiries.models import ChildClaim, Inquiry, InquiryMatch, TracingText
from rangkul.inquiries.refusals import (
    AnswerUnclear,
    ClaimOver,
    InquiryUnclear,
    MatchEnded,
    NameInText,
    NoChild,
    ProofsMissing,
    SecondNeeded,
    TextUnclear,
)
from rangkul.inquiries.sight import claims_in_sight, matches_in_sight, texts_to_approve
from rangkul.people.claims import standing, value_of
from rangkul.people.sight import locked_person
from rangkul.people.typed import NAMES
from rangkul.vault.sealing import make_key, seal_json, unseal_json

MOST_WORDS: Final = 1000
_SHORT: Final = 200


@dataclass(frozen=True, slots=True)
class InquiryInput:
    """What a form brings. Of the sought everything may be empty but something must be there."""

    name: str
    relation: str
    proof: str
    purpose: str
    phone: str = ""
    sought_name: str = ""
    sought_alias: str = ""
    sought_sex: str = ""
    sought_age: str = ""
    sought_origin: str = ""
    sought_marks: str = ""
    sought_mother: str = ""
    sought_words: str = ""
    channel: str = "public"

    def is_whole(self) -> bool:
        """Who looks is named with relation, proof and purpose; something is said of whom they look for."""
        about = (self.sought_name, self.sought_alias, self.sought_marks, self.sought_words)
        said = (self.name, self.proof, self.purpose)
        return (
            all(each.strip() for each in said)
            and self.relation in rules.RELATIONS
            and any(map(str.strip, about))
        )


def place_of(inquiry_id: UUID) -> str:
    """Where what was said stands."""
    return f"inquiries_inquiry|sealed|{inquiry_id}"


def digest_of(code: str) -> bytes:
    """What is kept of an inquirer's code."""
    return hashlib.sha256(f"inquiry|{code}".encode()).digest()


def take_inquiry(
    said: InquiryInput, *, by: ActingMember | None, at: datetime, key: UUID | None = None
) -> str:
    """Take an inquiry down and give its code. Whether somebody fits is looked for later, and told to the holder alone.

    Args:
        by: None for the public form.

    Raises:
        NotAllowed: this post takes none. InquiryUnclear: what was typed.
    """
    row = _take(said, by=by, at=at, key=key)
    return str(opened(row)["code"])


@act("inquiry.take")
def _take(said: InquiryInput, *, by: ActingMember | None, at: datetime) -> Inquiry:
    if by is not None:
        check_may(by, "inquiry.take", ("city",))
    # The public form has no channel to choose: without an account there is only one.
    if not said.is_whole() or (by is not None and said.channel not in rules.CHANNELS):
        raise InquiryUnclear(field="sought_words" if said.name.strip() else "name")
    code = tracking_code(os.urandom(16))
    row = Inquiry(
        code_digest=digest_of(code),
        channel=said.channel if by else "public",
        received_at=at,
        post_id=by.post_id if by else None,
        member_id=by.id if by else None,
    )
    make_key(row.pk, "inquiry")
    content = {name: " ".join(str(value).split())[:_SHORT] for name, value in asdict(said).items()}
    content["sought_words"] = said.sought_words.strip()[:MOST_WORDS]
    row.sealed = seal_json(row.pk, place_of(row.pk), content | {"code": code, "looked": False})
    row.save(force_insert=True)
    record("inquiry.taken", by=by, at=at, kind="inquiry", subject_id=row.pk, facts={"inquiry_id": row.pk})
    return row


def opened(row: Inquiry) -> dict[str, Any]:
    """What was said; only for queries and actions of this package."""
    held: dict[str, Any] = unseal_json(row.pk, place_of(row.pk), row.sealed)
    return held


@act("inquiry.close")
def close_inquiry(inquiry_id: UUID, why: str, *, by: ActingMember, at: datetime) -> Inquiry:
    """Whoever took it closes it: withdrawn, or answered outside. Waiting matches end with it, unseen by the closer."""
    check_may(by, "inquiry.take", ("city",))
    row = Inquiry.objects.select_for_update().filter(pk=inquiry_id, post_id=by.post_id).first()
    if row is None:
        raise NotFound
    if row.closed_at is None:
        row.closed_at, row.closed_why = at, why if why in {"withdrawn", "answered"} else "withdrawn"
        row.save(update_fields=("closed_at", "closed_why"))
        row.matches.exclude(state=rules.ENDED).update(state=rules.ENDED)
        record("inquiry.closed", by=by, at=at, kind="inquiry", subject_id=row.pk)
    return row


@act("inquiry.answer_match")
def answer_match(match_id: UUID, answer: str, words: str, *, by: ActingMember, at: datetime) -> InquiryMatch:
    """The holder says what the person said. The inquirer is told nothing by this; who agreed is connected by the holder.

    Raises:
        NotFound: not this post's to know. MatchEnded, AnswerUnclear.
    """
    row = _locked_match(by, match_id)
    if row.state == rules.ENDED:
        raise MatchEnded
    if row.holder_id not in _answering(by) or answer not in rules.ANSWERS or not words.strip():
        raise AnswerUnclear(field="words" if answer in rules.ANSWERS else "answer")
    row.answer, row.answered_at, row.answered_by_id = answer, at, by.post_id
    row.sealed_answer = seal_json(
        row.person_id, f"inquiries_match|sealed_answer|{row.pk}", {"words": words.strip()[:MOST_WORDS]}
    )
    row.state = rules.next_state(answer, is_child=row.person.is_minor, ppa_signed=row.ppa_at is not None)
    row.save()
    ppa = [post.pk for post in posts_with_role("ppa_officer")] if row.state == rules.WITH_PPA else []
    record(
        "inquiry.match_answered",
        by=by,
        at=at,
        kind="match",
        subject_id=row.pk,
        sealed_under=row.person_id,
        sensitivity="protected",
        detail={"answer": answer},
        facts={"match_id": row.pk, "ppa_posts": ppa},
    )
    return row


def _answering(by: ActingMember) -> set[UUID]:
    from rangkul.directory.queries import posts_acting_for  # noqa: PLC0415 - beside its only use

    return set(posts_acting_for(by))


def _locked_match(by: ActingMember, match_id: UUID) -> InquiryMatch:
    if not matches_in_sight(by).filter(pk=match_id).exists():
        raise NotFound
    rows = InquiryMatch.objects.select_for_update(of=("self",)).select_related("person", "inquiry")
    return rows.get(pk=match_id)


@act("inquiry.sign_match")
def sign_match(match_id: UUID, *, by: ActingMember, at: datetime) -> InquiryMatch:
    """Unit PPA agrees, for a child, with what the holder decided."""
    check_may(by, "inquiry.sign", ("city",), hide=True)
    row = _locked_match(by, match_id)
    if row.state != rules.WITH_PPA:
        raise MatchEnded
    row.ppa_at, row.ppa_by_id, row.state = at, by.post_id, rules.ENDED
    row.save(update_fields=("ppa_at", "ppa_by", "state"))
    record(
        "inquiry.match_signed",
        by=by,
        at=at,
        kind="match",
        subject_id=row.pk,
        facts={"match_id": row.pk, "holder_post_id": row.holder_id},
    )
    return row


# --- saying it out loud ------------------------------------------------------------------------------------------------


@act("inquiry.write_text")
def write_text(person_id: UUID, text: str, contact: str, *, by: ActingMember, at: datetime) -> TracingText:
    """Write a tracing text about a person that this member works on: no name, no face, whom to call.

    Raises:
        NotFound, NotAllowed; TextUnclear; NameInText: a word of any name ever claimed stands in it.
    """
    person = locked_person(by, person_id, "inquiry.trace")
    said = " ".join(text.split())[:400]
    if not said or not contact.strip():
        raise TextUnclear(field="text" if not said else "contact")
    names = [value_of(each) for each in standing([person.pk]) if each.kind in NAMES]
    if found := rules.names_in(said, names):
        raise NameInText(field="text", words=", ".join(found))
    row = TracingText(
        person=person,
        text=said,
        contact=contact.strip()[:120],
        written_at=at,
        written_by_id=by.post_id,
        member_id=by.id,
    )
    row.save(force_insert=True)
    approvers = posts_with_role("ppa_officer" if person.is_minor else "rehab_head")
    record(
        "inquiry.text_written",
        by=by,
        at=at,
        kind="person",
        subject_id=person.pk,
        facts={"text_id": row.pk, "approver_posts": [post.pk for post in approvers]},
    )
    return row


@act("inquiry.approve_text")
def approve_text(text_id: UUID, *, by: ActingMember, at: datetime) -> TracingText:
    """A second person approves: for a child Unit PPA, else the head of rehabilitation. It ends by itself after a week."""
    row = texts_to_approve(by).select_for_update(of=("self",)).filter(pk=text_id).first()
    if row is None:
        raise NotFound
    if row.member_id == by.id:
        raise SecondNeeded
    if row.approved_at is None:
        row.approved_at, row.approved_by_id, row.approver_id = at, by.post_id, by.id
        row.expires_on = wib_date(at) + timedelta(days=rules.TEXT_DAYS)
        row.save()
        record(
            "inquiry.text_approved",
            by=by,
            at=at,
            kind="person",
            subject_id=row.person_id,
            facts={"text_id": row.pk},
        )
    return row


# --- a child that somebody claims ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClaimInput:
    """What a claimant brought: ``identity`` KTP or KK, ``second`` another proof, ``reaction`` how the child met them."""

    name: str
    relation: str
    identity: str = ""
    second: str = ""
    reaction: str = ""


@act("inquiry.claim_child")
def claim_child(person_id: UUID, said: ClaimInput, *, by: ActingMember, at: datetime) -> ChildClaim:
    """Write down who claims a child and with what; nothing is released by it.

    Raises:
        NotFound, NotAllowed; NoChild; InquiryUnclear: no name or relation.
    """
    person = locked_person(by, person_id, "inquiry.trace")
    if not person.is_minor:
        raise NoChild
    if not said.name.strip() or said.relation not in rules.RELATIONS:
        raise InquiryUnclear(field="name")
    row = ChildClaim(person=person, made_at=at, made_by_id=by.post_id)
    row.sealed = seal_json(person.pk, f"inquiries_child_claim|sealed|{row.pk}", asdict(said))
    row.save(force_insert=True)
    ppa = [post.pk for post in posts_with_role("ppa_officer")]
    record(
        "inquiry.child_claimed",
        by=by,
        at=at,
        kind="person",
        subject_id=person.pk,
        sealed_under=person.pk,
        sensitivity="protected",
        facts={"claim_id": row.pk, "ppa_posts": ppa},
    )
    return row


def proofs_of(row: ChildClaim) -> dict[str, Any]:
    """What the claimant brought, and whether Unit PPA signed; only for this package."""
    held: dict[str, Any] = unseal_json(row.person_id, f"inquiries_child_claim|sealed|{row.pk}", row.sealed)
    return held | {"ppa": row.ppa_at is not None}


def _locked_claim(by: ActingMember, claim_id: UUID) -> ChildClaim:
    if not claims_in_sight(by).filter(pk=claim_id).exists():
        raise NotFound
    row = ChildClaim.objects.select_for_update(of=("self",)).select_related("person").get(pk=claim_id)
    if row.released_at or row.refused_at:
        raise ClaimOver
    return row


@act("inquiry.add_proof")
def add_proofs(claim_id: UUID, said: dict[str, str], *, by: ActingMember, at: datetime) -> ChildClaim:
    """Add what the claimant brought since; what was written stays, words are put behind it."""
    row = _locked_claim(by, claim_id)
    held = proofs_of(row)
    held.pop("ppa")
    for name in ("identity", "second", "reaction"):
        if more := said.get(name, "").strip()[:_SHORT]:
            held[name] = f"{held[name]}; {more}" if held.get(name) else more
    row.sealed = seal_json(row.person_id, f"inquiries_child_claim|sealed|{row.pk}", held)
    row.save(update_fields=("sealed",))
    record("inquiry.proof_added", by=by, at=at, kind="person", subject_id=row.person_id)
    return row


@act("inquiry.sign_claim")
def sign_claim(claim_id: UUID, *, by: ActingMember, at: datetime) -> ChildClaim:
    """An officer of Unit PPA looked at the proofs and signs."""
    check_may(by, "inquiry.sign", ("city",), hide=True)
    row = _locked_claim(by, claim_id)
    row.ppa_at, row.ppa_by_id = at, by.post_id
    row.save(update_fields=("ppa_at", "ppa_by"))
    record("inquiry.claim_signed", by=by, at=at, kind="person", subject_id=row.person_id)
    return row


@act("inquiry.end_claim")
def end_claim(claim_id: UUID, *, release: bool, by: ActingMember, at: datetime) -> ChildClaim:
    """Give the child to the claimant against every proof, or turn the claim down.

    Raises:
        ProofsMissing: names what is missing; the child stays where it is safe.
    """
    row = _locked_claim(by, claim_id)
    if by.role == "ppa_officer" and release:
        # The one who signs does not hand over: two people see a child off.
        raise ProofsMissing(what="petugas yang memegang kasus")
    if release and (missing := rules.missing_proofs(proofs_of(row))):
        raise ProofsMissing(what=", ".join(missing))
    if release:
        row.released_at, row.released_by_id = at, by.post_id
    else:
        row.refused_at = at
    row.save(update_fields=("released_at", "released_by", "refused_at"))
    action = "inquiry.child_released" if release else "inquiry.claim_refused"
    record(action, by=by, at=at, kind="person", subject_id=row.person_id, facts={"claim_id": row.pk})
    return row
