"""The sheet of a referral: what was typed for it, and exactly what its receiver sees of that (design §1.8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from rangkul.cases.refusals import ChoiceUnknown
from rangkul.cases.typed import choice_of, words_of
from rangkul.directory.city import city
from rangkul.domain.citydata import Ground, InstitutionKind
from rangkul.domain.referrals import ID_PLACES, KNOWN_OR_NOT, Applicant, shared_parts
from rangkul.people.claims import standing, value_of
from rangkul.people.models import Person
from rangkul.people.queries import age_of, origin_words
from rangkul.referrals.referral_refusals import ConsentMissing

MOST_WORDS = 4000
GROUND_KINDS = ("danger", "child", "health", "lawful_order")
WITHHOLDABLE = ("nik", "origin", "summary", "behaviour", "health", "adl", "family", "skills", "documents")
"""Who somebody is and what is asked must go; all else only as they agree (house/security.md B.4)."""
WORDS = ("asked", "summary", "behaviour", "health", "skills", "medical", "own")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReferral:
    """Everything typed into the form. Answers that nobody gave are *unknown*, and stay so.

    ``after`` is the referral whose refusal this one follows; ``withheld`` are parts that the person does not share, which
    go nowhere even when the kind of institution may see them.
    """

    institution: str
    asked: str = ""
    summary: str = ""
    behaviour: str = ""
    health: str = ""
    skills: str = ""
    infectious: str = "unknown"
    independent: str = "unknown"
    family: str = "unknown"
    id_place: str = "unknown"
    documents: tuple[str, ...] = ()
    lucid: str = "unknown"
    medical: str = ""
    own: str = ""
    consent: str = ""
    ground: str = ""
    consent_words: str = ""
    reason: str = ""
    after: UUID | None = None
    withheld: tuple[str, ...] = ()


def check_typed(new: NewReferral, on: date) -> None:
    """What no column can hold and what nobody offered is refused; meaning is judged by ``domain.referrals``.

    Raises:
        WordsTooLong, UnreadableSign, WordsMissing, ChoiceUnknown, ConsentMissing: at their field.
    """
    for name in WORDS:
        words_of(getattr(new, name), name, most=MOST_WORDS, needed=name == "asked")
    words_of(new.reason, "reason", most=MOST_WORDS, needed=False)
    for name in ("infectious", "independent", "family", "lucid"):
        choice_of(getattr(new, name), name, KNOWN_OR_NOT)
    choice_of(new.id_place, "id_place", ID_PLACES)
    known = {row.code for row in city().choices_of("referral_document")}
    if not known.issuperset(new.documents):
        raise ChoiceUnknown(field="documents")
    if not set(WITHHOLDABLE).issuperset(new.withheld):
        raise ChoiceUnknown(field="withheld")
    if new.consent not in {"agreed", "ground"}:
        raise ConsentMissing(field="consent")
    words_of(new.consent_words, "consent_words", most=MOST_WORDS, needed=new.consent == "ground")
    if new.consent == "ground" and new.ground not in {row.code for row in grounds_without_consent(on)}:
        raise ConsentMissing(field="ground")


def grounds_without_consent(on: date) -> tuple[Ground, ...]:
    """Grounds on which somebody may be referred who did not agree; wish, order and petty offence are none."""
    return tuple(row for row in city().grounds_in_force(on) if row.kind in GROUND_KINDS)


def applicant(person: Person, new: NewReferral, today: date) -> Applicant:
    """What is known for the check: age, sex and identity level from the person, the rest as answered."""
    return Applicant(
        age=age_of(person, today),
        sex=person.sex,
        infectious=new.infectious,  # type: ignore[arg-type]
        independent=new.independent,  # type: ignore[arg-type]
        family=new.family,  # type: ignore[arg-type]
        id_place=new.id_place,
        identity_level=person.identity_level,
        documents=frozenset(new.documents),
        medical_statement=bool(new.medical.strip()),
    )


def id_place_of(person: Person) -> str:
    """Whose identity card it probably is, from the origin; a proposal that the sender confirms."""
    if not person.origin_code:
        return "unknown"
    return "city" if person.origin_code.startswith(city().code) else "other"


def make_sheet(person: Person, new: NewReferral, kind: InstitutionKind, today: date) -> list[dict[str, Any]]:
    """The lines that this kind of institution will see, and no others; the preview is the same call."""
    parts = _parts(person, new, today)
    return [
        {"name": name, "value": value}
        for part in shared_parts(parts, agreed_parts(new, kind))
        for name, value in parts[part].items()
    ]


def left_out(person: Person, new: NewReferral, kind: InstitutionKind, today: date) -> tuple[str, ...]:
    """Names of the lines that were typed and do not go to this kind of institution."""
    parts = _parts(person, new, today)
    agreed = agreed_parts(new, kind)
    return tuple(name for part in parts if part not in agreed for name in parts[part] if part != "nik")


def agreed_parts(new: NewReferral, kind: InstitutionKind) -> tuple[str, ...]:
    """What this kind may see, less what the person does not share."""
    return tuple(part for part in kind.shares if part not in new.withheld)


def _parts(person: Person, new: NewReferral, today: date) -> dict[str, dict[str, Any]]:
    """Part -> its lines; empty lines and empty parts are not there."""
    age = age_of(person, today)
    identity: dict[str, Any] = {"name": person.label, "sex": person.sex}
    if age is not None:
        identity["age"] = [age.low, age.high]
    found: Mapping[str, dict[str, Any]] = {
        "identity": identity,
        "nik": {"nik": _nik(person)},
        "origin": {"origin": origin_words(person.origin_code)},
        "asked": {"asked": new.asked.strip()},
        "summary": {"summary": new.summary.strip()},
        "behaviour": {"behaviour": new.behaviour.strip()},
        "health": {
            "health": new.health.strip(),
            "infectious": new.infectious,
            "medical": new.medical.strip(),
            "own": new.own.strip(),
        },
        "adl": {"adl": new.independent},
        "family": {"family": new.family},
        "skills": {"skills": new.skills.strip()},
        "documents": {"documents": list(new.documents)},
        "consent": {"consent": {"way": new.consent, "ground": new.ground}} if new.consent else {},
    }
    said = {
        part: {name: value for name, value in lines.items() if value and value != "unknown"}
        for part, lines in found.items()
    }
    return {part: lines for part, lines in said.items() if lines}


def _nik(person: Person) -> str:
    rows = [row for row in standing([person.pk]) if row.kind == "nik"]
    return value_of(rows[-1]) if rows else ""
