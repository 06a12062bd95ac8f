"""Reads: who may see what of a case until when, one leave, what was shared with a member, who opened it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from rangkul.access.models import Consent, Grant
from rangkul.access.queries import grants_to
from rangkul.audit.looks import Opened, opened_by
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.cases.sight import decide
from rangkul.consents.actions import KIND, end_place, place, stop_place
from rangkul.consents.receivers import words_of
from rangkul.consents.sheet import Asking, made
from rangkul.consents.sight import consent_in_sight, consents_in_sight, shared_with
from rangkul.directory.city import city, permission_table
from rangkul.directory.queries import who_words
from rangkul.domain.consents import FILE, ITEMS, state
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.files.queries import StoredFile, file_by_id
from rangkul.vault.sealing import CannotOpen, unseal_json

LOOKED = "grant.looked"
ROWS = 200


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One leave in a list."""

    id: UUID
    receiver: str
    items: tuple[str, ...]
    files: int
    purpose: str
    given_by: str
    since: datetime
    expires_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class ReferralGrant:
    """What a referral opened: its own sheet, by its own grant."""

    referral_id: UUID
    receiver: str
    parts: tuple[str, ...]
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """One leave as its giver sees it."""

    line: ConsentLine
    case_code: str
    person: str
    basis: str
    words: str
    why_not_alone: str
    order: tuple[str, ...]
    guardian_suspect: bool
    evidence_file: UUID | None
    recorded_by: str
    ended_at: datetime | None
    ended_words: str
    ended_asked_by: str
    opened: tuple[Opened, ...]
    may_withdraw: bool
    stopped_at: datetime | None
    stopped_words: str
    may_confirm_stop: bool


@dataclass(frozen=True, slots=True)
class Shared:
    """What a receiver reads."""

    id: UUID
    by: str
    by_agency: str
    purpose: str
    basis: str
    expires_at: datetime
    lines: tuple[tuple[str, list[str]], ...] = ()
    files: tuple[UUID, ...] = ()


def named(list_code: str, code: str, language: str) -> str:
    """A choice of the city's list in words."""
    row = next((each for each in city().choices_of(list_code) if each.code == code), None)
    return row.named(language) if row else code


def item_words(language: str) -> dict[str, str]:
    """Item -> its words, in the order of the house."""
    words = {row.code: row.named(language) for row in city().choices_of("share_item")}
    return {item: words[item] for item in ITEMS if item in words}


def consents_of_case(member: ActingMember, case: Case, now: datetime) -> list[ConsentLine]:
    """Leaves of a case in this member's sight, open ones first."""
    rows = list(consents_in_sight(member).filter(subject_id=case.pk).order_by("-since")[:ROWS])
    lines = [_line(row, member.language, now) for row in rows]
    return sorted(lines, key=lambda line: line.state != "open")


def referral_grants(member: ActingMember, case: Case) -> list[ReferralGrant]:
    """What referrals of this case's person opened; each is taken back on its own page."""
    if not decide(member, case, "consent.view").allow:
        return []
    rows = Grant.objects.filter(subject_id=case.person_id, about_kind="referral").order_by("-since")
    seen: dict[UUID, ReferralGrant] = {}
    for row in rows[:ROWS]:
        place_of = city().institutions.get(row.receiver)
        seen.setdefault(
            row.about_id,
            ReferralGrant(
                row.about_id,
                place_of.label if place_of else row.receiver,
                tuple(row.parts.split(";")),
                row.since,
                row.until,
            ),
        )
    return list(seen.values())


def _line(row: Consent, language: str, now: datetime) -> ConsentLine:
    items = row.items.split(";")
    words = item_words(language)
    end = getattr(row, "end", None)
    return ConsentLine(
        row.pk,
        words_of(row, now),
        tuple(words.get(each, each) for each in items if not each.startswith(FILE)),
        sum(each.startswith(FILE) for each in items),
        named("share_purpose", row.purpose, language),
        row.given_by,
        row.since,
        row.expires_at,
        state(row.since, row.expires_at, end.at if end else None, now),
    )


def consent_page(member: ActingMember, consent_id: UUID, now: datetime) -> ConsentPage:
    """One leave with its evidence and who opened it; the look is an event before anything is unsealed.

    Raises:
        NotFound: missing, or hidden from this member.
    """
    row = consent_in_sight(member, consent_id)
    case = Case.objects.select_related("person", "contact").get(pk=row.subject_id)
    with transaction.atomic():
        record("consent.viewed", by=member, at=now, kind=KIND, subject_id=row.pk, sensitivity="protected")
    sealed = _unsealed(row, place(row.pk), row.sealed) or {}
    end, stop = getattr(row, "end", None), getattr(row, "stop", None)
    line = _line(row, member.language, now)
    may_give = decide(member, case, "consent.give").allow
    return ConsentPage(
        line=line,
        case_code=case.code,
        person=case.person.label,
        basis=named("legal_basis", row.basis, member.language),
        words=sealed.get("words", ""),
        why_not_alone=sealed.get("why_not_alone", ""),
        order=tuple(sealed.get("order", ())) if row.given_by == "legal_order" else (),
        guardian_suspect=row.guardian_suspect,
        evidence_file=row.evidence_file,
        recorded_by=who_words(row.by_member, row.by_post),
        ended_at=end.at if end else None,
        ended_words=_unsealed(row, end_place(row.pk), end.sealed_words) or "" if end else "",
        ended_asked_by=end.asked_by if end else "",
        opened=opened_by(row.pk, LOOKED),
        may_withdraw=line.state == "open" and may_give,
        stopped_at=stop.at if stop else None,
        stopped_words=_unsealed(row, stop_place(row.pk), stop.sealed_words) or "" if stop else "",
        may_confirm_stop=end is not None and stop is None and may_give,
    )


def _unsealed(row: Consent, where: str, sealed: bytes | memoryview) -> Any:  # noqa: ANN401 - what was sealed
    try:
        return unseal_json(row.person_id, where, sealed)
    except CannotOpen:
        return None


# --- the receiver


def shared_list(member: ActingMember) -> list[Shared]:
    """What is shared with this member now; nobody's name stands in the list."""
    rows = shared_with(member).order_by("-since")[:ROWS]
    return [_shared(row, member.language) for row in rows]


def _shared(row: Consent, language: str) -> Shared:
    return Shared(
        row.pk,
        row.by_post.title,
        row.by_post.agency.name,
        named("share_purpose", row.purpose, language),
        named("legal_basis", row.basis, language),
        row.expires_at,
    )


def shared_sheet(member: ActingMember, consent_id: UUID, now: datetime) -> Shared:
    """The granted items, made now; the look is an event first, and the giver sees it.

    Raises:
        NotFound: never granted, withdrawn, expired: the same.
    """
    row, case, items = _granted(member, consent_id)
    _look(member, row, case, now, items)
    words = item_words(member.language)
    lines = made(items, Asking(case, member.language, wib_date(now)))
    found = _shared(row, member.language)
    return Shared(
        found.id,
        found.by,
        found.by_agency,
        found.purpose,
        found.basis,
        found.expires_at,
        tuple((words.get(item, item), values) for item, values in lines),
        tuple(UUID(each.removeprefix(FILE)) for each in items if each.startswith(FILE)),
    )


def shared_file(member: ActingMember, consent_id: UUID, file_id: UUID, now: datetime) -> StoredFile:
    """One granted file.

    Raises:
        NotFound: not granted, or not of this case any more.
    """
    row, case, items = _granted(member, consent_id)
    stored = file_by_id(file_id)
    if f"{FILE}{file_id}" not in items or stored is None or stored.about_id not in (case.pk, case.person_id):
        raise NotFound
    _look(member, row, case, now, (f"{FILE}{file_id}",))
    return stored


def _granted(member: ActingMember, consent_id: UUID) -> tuple[Consent, Case, tuple[str, ...]]:
    row = shared_with(member).filter(pk=consent_id).first()
    if row is None:
        raise NotFound
    # A case that was sealed meanwhile is known to its named readers alone, whatever was granted before.
    case = Case.objects.select_related("person", "holder__agency").filter(pk=row.subject_id).first()
    if case is None:
        raise NotFound
    permission_table().check(member, "grant.view", ("granted",), case.sensitivity, hide=True)
    grants = grants_to(member).filter(about_kind=KIND, about_id=row.pk).values_list("parts", flat=True)
    return row, case, tuple(dict.fromkeys(item for parts in grants for item in parts.split(";")))


def _look(member: ActingMember, row: Consent, case: Case, now: datetime, items: tuple[str, ...]) -> None:
    with transaction.atomic():
        record(
            LOOKED,
            by=member,
            at=now,
            kind=KIND,
            subject_id=row.pk,
            sealed_under=case.person_id,
            sensitivity="protected",
            relation="granted",
            purpose=row.purpose[:24],
            detail={"case": str(case.pk), "items": list(items)},
        )
