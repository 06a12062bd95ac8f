"""Protocols hear of contacts and intakes: what was asked there is kept, in the transaction of the contact or intake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from rangkul.audit.news import News
from rangkul.audit.recording import record
from rangkul.directory.city import city
from rangkul.domain.errors import N_, Conflict
from rangkul.domain.protocols import read_answers, suspected
from rangkul.domain.wib import wib_date
from rangkul.protocols.models import Screening
from rangkul.protocols.queries import OnNow, protocols_on
from rangkul.stays.models import Bed, Stay
from rangkul.vault.sealing import seal_json


class IsolationFirst(Conflict):
    """Somebody who may be ill sleeps apart while a bed for it is free."""

    code = "isolation_first"
    says = N_(
        "Jawaban skriningnya perlu diperiksa dahulu: pilih tempat tidur isolasi. Makan dan pertolongan tetap diberikan sekarang."
    )


_HEARD: Final[Mapping[str, tuple[str, str, str, str]]] = {
    # news -> (place, what it is about, whose id, whose key seals)
    "contact.recorded": ("contact", "contact", "contact_id", "contact_id"),
    "stay.entered": ("intake", "stay", "stay_id", "person_id"),
}


def follow(news: News) -> None:
    """Keep the answers that came with the news, for each protocol that is on and asks there."""
    if news.action not in _HEARD or not news.facts.get("screening"):
        return
    place, kind, about, sealer = _HEARD[news.action]
    for protocol in protocols_on(wib_date(news.at)):
        questions = [
            row
            for row in city().protocol_questions.values()
            if row.protocol == protocol.code and place in row.where
        ]
        if not questions:
            continue
        answers = read_answers(news.facts["screening"], [row.code for row in questions])
        is_suspected = suspected(answers, [row.code for row in questions if row.suspect])
        if is_suspected and place == "intake":
            _to_isolation(news.facts.get("bed_kind"))
        _keep(
            news,
            protocol,
            about=(kind, news.facts[about]),
            sealer=news.facts[sealer],
            answers=answers,
            is_suspected=is_suspected,
        )


def _to_isolation(bed_kind: object) -> None:
    """Ask for the isolation bed while one is free; when none is, the bed stands and health staff are called."""
    if bed_kind == "isolation":
        return
    taken = Stay.every.filter(left_at__isnull=True).values("bed_id")
    if Bed.objects.filter(kind="isolation", out_of_use=False).exclude(pk__in=taken).exists():
        raise IsolationFirst(field="bed")


def _keep(
    news: News,
    protocol: OnNow,
    *,
    about: tuple[str, UUID],
    sealer: UUID,
    answers: dict[str, str],
    is_suspected: bool,
) -> None:
    kind, about_id = about
    row = Screening(
        about_kind=kind,
        about_id=about_id,
        subject_id=sealer,
        protocol=protocol.code,
        version=protocol.version,
        suspected=is_suspected,
        asked_at=news.at,
        member_id=news.by.id if news.by else None,
        post_id=news.by.post_id if news.by else None,
    )
    row.sealed_answers = seal_json(sealer, f"protocols_screening|sealed_answers|{row.pk}", answers)
    row.save(force_insert=True)
    facts: dict[str, Any] = {
        f"{kind}_id": about_id,
        "suspected": is_suspected,
        "area_code": news.facts.get("area_code", ""),
        "case_id": news.facts.get("case_id"),
    }
    record(
        "screening.recorded",
        by=news.by,
        at=news.at,
        kind=kind,
        subject_id=about_id,
        sensitivity="protected",
        facts=facts,
    )
