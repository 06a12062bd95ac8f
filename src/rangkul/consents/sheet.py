"""What a receiver reads: each granted item, made at the moment of reading, and no other (house/security.md B.4, B.5).

An item that was not granted is never computed: its maker is not called.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from rangkul.cases.assessment_actions import assessment_place
from rangkul.cases.assessment_content import from_plain
from rangkul.cases.evidence_actions import evidence_place
from rangkul.cases.evidence_shapes import SHAPES, Piece
from rangkul.cases.facts import stage_table
from rangkul.cases.models import Assessment, Case, Evidence, PlanLine
from rangkul.cases.plan_actions import line_place
from rangkul.directory.city import city
from rangkul.domain.consents import ITEMS, shown
from rangkul.people.claims import of_person, value_of
from rangkul.people.queries import age_of, origin_words
from rangkul.services.queries import services_of_case
from rangkul.stays.queries import stays_of_case
from rangkul.vault.sealing import load_keys, unseal_json


@dataclass(frozen=True, slots=True)
class Asking:
    """Of which case, in which language, on which day."""

    case: Case
    language: str
    today: date


Maker = Callable[[Asking], list[str]]


def made(items: tuple[str, ...], asking: Asking) -> list[tuple[str, list[str]]]:
    """Item -> its lines, in the order of the house, for exactly the granted items."""
    load_keys([asking.case.person_id])
    return [(item, MAKERS[item](asking)) for item in shown(items, ITEMS)]


def _claims(kind: str) -> Maker:
    def make(asking: Asking) -> list[str]:
        return [value_of(row) for row in of_person(asking.case.person) if row.kind == kind][-1:]

    return make


def _name(asking: Asking) -> list[str]:
    names = [value_of(row) for row in of_person(asking.case.person) if row.kind == "name"]
    return names[-1:] or [asking.case.person.label]


def _sex_age(asking: Asking) -> list[str]:
    person = asking.case.person
    sex = {"L": _("Laki-laki"), "P": _("Perempuan")}.get(person.sex, _("jenis kelamin belum diketahui"))
    age = age_of(person, asking.today)
    return [
        sex if age is None else _("{sex}, {low}–{high} tahun").format(sex=sex, low=age.low, high=age.high)
    ]


def _origin(asking: Asking) -> list[str]:
    words = origin_words(asking.case.person.origin_code)
    return [words] if words else []


def _stage(asking: Asking) -> list[str]:
    return [stage_table(asking.case.rule_version)[asking.case.stage].named(asking.language)]


def _holder(asking: Asking) -> list[str]:
    holder = asking.case.holder
    return [f"{holder.title} · {holder.agency.name}"] if holder else []


def _health(asking: Asking) -> list[str]:
    rows = Evidence.objects.filter(case=asking.case, kind="first_health_look", voided_at__isnull=True)
    found = []
    for row in rows.order_by("recorded_at"):
        content: dict[str, Any] = unseal_json(asking.case.person_id, evidence_place(row.pk), row.sealed)
        said = [
            _said(piece, content.get(piece.name, ""), row.happened_on, asking) for piece in SHAPES[row.kind]
        ]
        found.append(f"{row.happened_on:%d-%m-%Y}: " + "; ".join(each for each in said if each))
    return found


def _said(piece: Piece, value: str, on: date, asking: Asking) -> str:
    """One answer of an evidence in words."""
    if not value or piece.known is None:
        return value
    words = {code: (en if asking.language == "en" else "") or label for code, label, en in piece.known(on)}
    return words.get(value, value)


def _assessment(asking: Asking) -> list[str]:
    row = (
        Assessment.objects.filter(case=asking.case, finished_at__isnull=False, voided_at__isnull=True)
        .order_by("-assessed_on", "-recorded_at")
        .first()
    )
    if row is None:
        return []
    content = from_plain(unseal_json(asking.case.person_id, assessment_place(row.pk), row.sealed))
    names = {code: section.named(asking.language) for code, section in city().assessment.items()}
    return [f"{names.get(code, code)}: {words}" for code, words in content.sections.items() if words.strip()]


def _plan(asking: Asking) -> list[str]:
    found = []
    for row in PlanLine.objects.filter(case=asking.case, dropped_at__isnull=True).order_by("added_at", "pk"):
        content = unseal_json(asking.case.person_id, line_place(row.pk), row.sealed) or {}
        item = city().services.get(row.item)
        label = item.named(asking.language) if item else row.item
        found.append(": ".join(each for each in (label, content.get("words", "")) if each))
    return found


def _services(asking: Asking) -> list[str]:
    rows = services_of_case(asking.case.pk, asking.language)
    return [f"{row.given_on:%d-%m-%Y}: {row.label}" for row in rows if row.voided_at is None]


def _stay(asking: Asking) -> list[str]:
    """That somebody is in the shelter and since when; never which bed."""
    return [
        _("Di rumah singgah sejak {day}").format(day=f"{row.entered_at:%d-%m-%Y}")
        for row in stays_of_case(asking.case.pk)
        if row.left_at is None
    ]


MAKERS: Final[dict[str, Maker]] = {
    "name": _name,
    "sex_age": _sex_age,
    "nik": _claims("nik"),
    "phone": _claims("phone"),
    "address": _claims("address"),
    "origin": _origin,
    "stage": _stage,
    "holder": _holder,
    "health": _health,
    "assessment": _assessment,
    "plan": _plan,
    "services": _services,
    "stay": _stay,
}
