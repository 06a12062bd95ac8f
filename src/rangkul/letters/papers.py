"""What cases and services know for a letter, as far as the drafting member may see it.

What opens protected parts is a function: it runs, and leaves its event, only when the letter has that gap.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Final
from uuid import UUID

from django.utils import timezone

from rangkul.cases.models import Case, Visit
from rangkul.cases.parts import AssessmentShown, assessment_part, history_part, plan_part
from rangkul.cases.sight import decide, ordinary_in_sight
from rangkul.directory.city import city
from rangkul.directory.models import PostHolding
from rangkul.domain.age import AgeRange
from rangkul.domain.errors import NotFound
from rangkul.domain.letters import long_date
from rangkul.domain.policy import ActingMember, Decision
from rangkul.domain.wib import wib_date
from rangkul.letters.rendering import HOUSE
from rangkul.people.queries import IdentityPage, identity_of, person_seen_by
from rangkul.reports.contact_queries import ContactDetail, contact_detail
from rangkul.reports.places import place_of
from rangkul.services.facts import quantity_words
from rangkul.services.models import ServiceRecord

VALID_DAYS: Final = 14
SEXES: Final = {"L": "Laki-laki", "P": "Perempuan"}
UNKNOWN: Final = "belum diketahui"
SERVICES_SHOWN: Final = 40


def letter_facts_of_case(member: ActingMember, about_id: UUID) -> dict[str, object]:
    """Facts of a case for its papers: who, where met, assessment, plan, services, destination.

    Raises:
        NotFound: missing, or hidden from this member.
    """
    case = ordinary_in_sight(member).filter(pk=about_id).select_related("person", "contact", "holder").first()
    if case is None:
        raise NotFound
    now = timezone.now()
    decision = decide(member, case)
    return {
        "case_id": case.pk,
        "person_id": case.person_id,
        "sensitivity": case.sensitivity,
        "kode_kasus": case.code,
        "tanggal_mulai": case.opened_at,
        "tanggal_terminasi": now,
        "tanggal_bantuan": now,
        "tanggal_serah": now,
        "berlaku_sampai": now + timedelta(days=VALID_DAYS),
        "pekerja_sosial": lambda: _holder_name(case),
        **_where_met(case),
        **(_services(case) if decision.opens("services") else {}),
        **_assessed(member, case, decision, now),
        **_planned(member, case, decision, now),
    }


def letter_facts_of_contact(member: ActingMember, about_id: UUID) -> dict[str, object]:
    """Facts of one contact, as whoever met the person wrote them: before a case, and for a kelurahan without one.

    Who may see the person gets the identity claims instead of what was seen on the street.

    Raises:
        NotFound: missing, or hidden from this member.
    """
    now = timezone.now()
    page = contact_detail(member, about_id, at=now)
    line = page.line
    if line.is_restricted:
        raise NotFound  # letters of a victim of violence have a register of their own, on the sealed case
    met_on = long_date(wib_date(line.met_at))
    return {
        "sensitivity": "protected" if line.is_protected else "ordinary",
        **_who_was_met(member, page),
        "lokasi_ditemukan": line.place,
        "tanggal_ditemukan": line.met_at,
        "alasan": f"Ditemui oleh {line.post} pada tanggal {met_on} di {line.place}.",
        "berlaku_sampai": now + timedelta(days=VALID_DAYS),
        **_to_the_social_agency(member, now),
    }


def _who_was_met(member: ActingMember, page: ContactDetail) -> dict[str, object]:
    if page.person_code:
        try:
            return {"person_id": person_seen_by(member, page.person_code).pk}
        except NotFound:
            pass  # The post that met somebody may write of the meeting, whoever may read the person now.
    line, seen = page.line, page.seen or {}
    age = None
    if line.age_low is not None:
        age = AgeRange(line.age_low, line.age_high or line.age_low, wib_date(line.met_at))
    sex = SEXES.get(line.sex, UNKNOWN)
    return {
        "nama": seen.get("name") or line.label or f"Belum diketahui ({sex.lower()})",
        "alias": seen.get("alias", ""),
        "jenis_kelamin": sex,
        "usia": age_words(age),
        "ciri_fisik": "; ".join(said for name in ("mark", "clothes") if (said := seen.get(name))) or UNKNOWN,
        "asal": seen.get("origin", ""),
    }


def _to_the_social_agency(member: ActingMember, now: datetime) -> dict[str, object]:
    """What another agency writes of somebody it met goes to the agency that leads."""
    if member.agency == HOUSE:
        return {}
    return {
        "kepada": f"Kepala {city().agency_name(HOUSE, wib_date(now))}\ndi {city().letter_units[HOUSE].place}"
    }


def who_is(member: ActingMember, person_id: UUID, now: datetime) -> dict[str, object]:
    """Name with aliases, age, sex, marks and origin, from the strongest claims that this member may read."""

    @cache
    def page(*reveal: str) -> IdentityPage | None:
        try:
            return identity_of(member, person_seen_by(member, person_id), at=now, reveal=reveal)
        except NotFound:
            return None

    def told(read: Callable[[IdentityPage], object]) -> Callable[[], object]:
        return lambda: read(found) if (found := page()) is not None else ""

    return {
        "nama": told(lambda found: found.name or found.label),
        "alias": told(lambda found: ", ".join(found.also_known_as)),
        "jenis_kelamin": told(lambda found: SEXES.get(found.person.sex, UNKNOWN)),
        "usia": told(lambda found: age_words(found.age)),
        "nik": lambda: _claim(whole, "nik") if (whole := page("nik")) is not None else "",
        "ciri_fisik": told(lambda found: _claims(found, "mark") or UNKNOWN),
        "asal": told(_origin),
        "alamat_keluarga": told(lambda found: _claim(found, "domicile")),
    }


def age_words(age: AgeRange | None) -> str:
    """``61 tahun``, ``sekitar 60 sampai 70 tahun``, or that it is not known."""
    if age is None:
        return UNKNOWN
    if age.low == age.high:
        return f"{age.low} tahun"
    return f"sekitar {age.low} sampai {age.high} tahun"


def _claims(page: IdentityPage, kind: str) -> str:
    lines = next((lines for name, lines in page.groups if name == kind), [])
    return "; ".join(line.value for line in lines)


def _claim(page: IdentityPage, kind: str) -> str:
    lines = next((lines for name, lines in page.groups if name == kind), [])
    return lines[0].value if lines else ""


def _origin(page: IdentityPage) -> str:
    area = city().areas.get(page.person.origin_code)
    return area.name if area else _claim(page, "origin")


def _holder_name(case: Case) -> str:
    if case.holder is None:
        return ""
    holding = (
        PostHolding.objects.filter(post=case.holder, until__isnull=True).select_related("member").first()
    )
    if holding is not None:
        return holding.member.name
    return case.holder.title


def _where_met(case: Case) -> dict[str, object]:
    contact = case.contact
    if contact is None:
        return {}
    place = place_of(contact)
    return {"lokasi_ditemukan": place, "tanggal_ditemukan": contact.met_at, "tempat_serah": place}


def _services(case: Case) -> dict[str, object]:
    def records() -> list[ServiceRecord]:
        rows = ServiceRecord.objects.filter(case=case, person_id=case.person_id, voided_at__isnull=True)
        return list(rows.order_by("given_on", "recorded_at")[:SERVICES_SHOWN])

    return {
        "layanan": lambda: [
            (_item(row), f"{quantity_words(row)} {row.unit}", long_date(row.given_on)) for row in records()
        ],
        "bantuan": lambda: [(_item(row), quantity_words(row), row.unit) for row in records()],
    }


def _item(row: ServiceRecord) -> str:
    item = city().services.get(row.item)
    return item.label if item else row.item


def _assessed(member: ActingMember, case: Case, decision: Decision, now: datetime) -> dict[str, object]:
    """The newest finished assessment, part by part; opening it is an event, once per letter."""
    if not decision.opens("assessment"):
        return {}

    @cache
    def newest() -> AssessmentShown | None:
        shown = [each for each in assessment_part(member, case, now).finished if each.voided_at is None]
        return shown[0] if shown else None

    def said(*codes: str) -> Callable[[], str]:
        return lambda: (
            "\n\n".join(text for code in codes if (text := found.content.sections.get(code, "").strip()))
            if (found := newest()) is not None
            else ""
        )

    def source() -> str:
        found = newest()
        if found is None:
            return ""
        return f"Asesmen biopsikososial-spiritual tanggal {long_date(found.assessed_on)} oleh {found.who}."

    return {
        "sumber": source,
        "biologis": said("biological"),
        "psikologis": said("psychological"),
        "sosial": said("social", "economy", "documents"),
        "spiritual": said("spiritual"),
        "keluarga": said("family"),
        "kekuatan": said("strengths", "client_wish"),
    }


def _planned(member: ActingMember, case: Case, decision: Decision, now: datetime) -> dict[str, object]:
    """Plan, destination and follow-up visits; opening the plan is an event, once per letter."""
    found: dict[str, object] = {}
    if decision.opens("plan"):
        found["rekomendasi"] = lambda: _plan_words(member, case, now)
        found |= _destination(member, case, now)
    if decision.opens("visits"):
        found["rencana_lanjut"] = lambda: "\n".join(
            f"Kunjungan {long_date(row.due_on)} oleh {row.owner.title}." for row in _visits(case)
        )
    return found


def _visits(case: Case) -> list[Visit]:
    rows = Visit.objects.filter(case=case, kind="follow_up", done_at__isnull=True).select_related("owner")
    return list(rows.order_by("due_on"))


def _plan_words(member: ActingMember, case: Case, now: datetime) -> str:
    lines: list[str] = []
    for row in plan_part(member, case, now).lines:
        if row.dropped_at is None:
            item = city().services.get(row.item)
            agency = city().agency_name(row.agency, wib_date(now))
            words = f": {row.words}" if row.words else ""
            lines.append(f"{len(lines) + 1}. {item.label if item else row.item} oleh {agency}{words}")
    return "\n".join(lines)


def _destination(member: ActingMember, case: Case, now: datetime) -> dict[str, object]:
    @cache
    def said() -> dict[str, str]:
        try:
            rows = history_part(member, case, now).evidence
        except NotFound:
            return {}
        kinds = [each for each in rows if each.kind == "destination_and_receiver" and each.voided_at is None]
        return kinds[0].content if kinds else {}

    def where() -> str:
        content = said()
        code = content.get("destination", "")
        labels = {row.code: row.label for row in city().choices_of("destination")}
        return ". ".join(part for part in (labels.get(code, code), content.get("words", "")) if part)

    return {"tujuan": where, "penerima": lambda: said().get("receiver", "")}


def letter_facts_of_service(member: ActingMember, about_id: UUID) -> dict[str, object]:
    """Facts of one service record for its receipt.

    Raises:
        NotFound: missing, or its case is hidden from this member.
    """
    row = (
        ServiceRecord.objects.filter(pk=about_id, voided_at__isnull=True, case__isnull=False)
        .select_related("case", "member", "post")
        .first()
    )
    if row is None or row.case is None:
        raise NotFound
    facts = letter_facts_of_case(member, row.case.pk)
    if "bantuan" not in facts:
        raise NotFound
    return {
        **facts,
        "tanggal_bantuan": row.given_on,
        "bantuan": [(_item(row), quantity_words(row), row.unit)],
        "petugas": row.member.name if row.member else "",
        "petugas_jabatan": row.post.title if row.post else "",
    }
