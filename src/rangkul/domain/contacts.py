"""What makes a field contact complete, and what follows from it.

Needed: sex, age range, place, ground, the safety gate, a decision that the gate leaves open; the rights
record where somebody was transported; for a refusal what was offered, a leaflet or number, and the next
visit. A name is never needed (design 1.2), and refusing is a full outcome, not a failure (design 1.11,
practice.md S12).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Final, Protocol

from rangkul.domain.age import UNKNOWN_BAND, AgeRange
from rangkul.domain.errors import N_, BadInput, Conflict
from rangkul.domain.safety_gate import CHILD, GateAnswers, GateQuestionLike, Route, route

SEXES: Final = ("L", "P", "?")
DIED: Final = "meninggal"
REFUSALS_FOR_OUTREACH: Final = 2
"""From the second refusal on: an outreach plan by a volunteer, not a raid (practice.md S12)."""


class DecisionLike(Protocol):
    """What the rules read of a row of the field decisions."""

    @property
    def code(self) -> str:
        """The code, which never changes."""
        ...

    @property
    def transported(self) -> bool:
        """Somebody is brought along."""
        ...

    @property
    def refusal(self) -> bool:
        """The person refuses help."""
        ...

    @property
    def met(self) -> bool:
        """Somebody was met."""
        ...


class ContactIncomplete(BadInput):
    """A field of the contact is empty or not one of the answers. The field is named."""

    code = "contact_incomplete"
    says = N_("Isian {label} belum lengkap. Lengkapi, lalu simpan lagi; isian lain tetap ada.")


class DecisionClosed(BadInput):
    """The gate closes this decision. ``facts``: decision, question."""

    code = "decision_closed"
    says = N_(
        "Keputusan ini tertutup karena jawaban keselamatan. Ikuti arahan yang tampil dan pilih yang lain."
    )


class RefusalNotOpen(Conflict):
    """Refusal while a child, danger or incapacity was seen."""

    code = "refusal_not_open"
    says = N_(
        "Jalur menolak tertutup. Atasan dan tenaga kesehatan memutuskan bersama dengan dasar yang dicatat."
    )


class RightsRecordMissing(BadInput):
    """Somebody was transported without the rights record, or it has a gap. ``facts``: gaps."""

    code = "rights_record_missing"
    says = N_(
        "Orang ini dibawa: catatan hak wajib lengkap. Isi pertanyaan yang masih kosong, lalu simpan lagi."
    )


class RefusalIncomplete(BadInput):
    """A refusal without what was offered, leaflet, or next visit. ``facts``: gaps."""

    code = "refusal_incomplete"
    says = N_("Catat apa yang ditawarkan, lembar informasi yang diberikan, dan tanggal kunjungan berikutnya.")


@dataclass(frozen=True, slots=True)
class RightsRecord:
    """How somebody who was brought along was treated (practice.md F16). ``None`` is not answered yet.

    Whether the person came willingly is asked of every contact, so it is not among these.
    """

    told_reason: bool | None = None
    force_used: bool | None = None
    belongings_listed: bool | None = None
    companion_called: bool | None = None
    complaint_channel_told: bool | None = None
    apart_from_adults: bool | None = None
    force_words: str = ""

    def gaps(self, *, minor: bool) -> tuple[str, ...]:
        """Return what is not answered.

        *apart from adults* is asked for a minor only, words only after force.
        """
        asked = [each.name for each in fields(self) if each.name not in {"force_words", "apart_from_adults"}]
        gaps = [name for name in asked if getattr(self, name) is None]
        if minor and self.apart_from_adults is None:
            gaps.append("apart_from_adults")
        if self.force_used and not self.force_words.strip():
            gaps.append("force_words")
        return tuple(gaps)


@dataclass(frozen=True, slots=True)
class RefusalRecord:
    """What was offered to somebody who refused; codes or words, no reason asked and no blame."""

    offered: tuple[str, ...] = ()
    leaflet_given: bool = False
    next_visit_on: date | None = None


@dataclass(frozen=True, slots=True)
class JointDecision:
    """Supervisor and health worker who together opened what the gate closes, and the ground they recorded."""

    supervisor: str
    health_worker: str
    ground: str

    @property
    def is_complete(self) -> bool:
        """All three are named."""
        return all(words.strip() for words in (self.supervisor, self.health_worker, self.ground))


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """A contact as typed.

    ``age`` ``None`` with ``age_unknown`` means that the officer answered *not known*.
    """

    on: date
    decision: str
    sex: str = ""
    age: AgeRange | None = None
    age_unknown: bool = False
    place: str = ""
    ground: str = ""
    gate: GateAnswers | None = None
    rights: RightsRecord | None = None
    refusal: RefusalRecord | None = None
    joint_decision: JointDecision | None = None
    earlier_refusals: int = 0


@dataclass(frozen=True, slots=True)
class ContactOutcome:
    """What follows from a complete contact."""

    route: Route
    next_visit_on: date | None = None
    outreach_plan: bool = False


def check_contact(
    draft: ContactDraft,
    decisions: Mapping[str, DecisionLike],
    gate_table: Iterable[GateQuestionLike],
    grounds: Iterable[str],
) -> ContactOutcome:
    """Return what follows from a contact, or refuse.

    Where nobody was met (*tidak ditemukan*), only place and decision are asked. For a dead person the gate
    is not.

    Args:
        draft: the contact as typed.
        decisions: the city's field decisions.
        gate_table: the city's gate.
        grounds: the codes of the grounds for acting in force on the day of the contact.

    Raises:
        ContactIncomplete, DecisionClosed, RefusalNotOpen, RefusalIncomplete, RightsRecordMissing; from the
        gate GateNotAnswered and GateContradicts.
    """
    decision = decisions.get(draft.decision)
    if decision is None:
        raise ContactIncomplete(field="decision", label=N_("keputusan"))
    if not draft.place.strip():
        raise ContactIncomplete(field="place", label=N_("tempat"))
    if not decision.met:
        return ContactOutcome(Route())
    _check_person(draft, grounds)
    if decision.code == DIED:
        return ContactOutcome(Route())
    found = route(draft.gate or GateAnswers(), draft.age, gate_table)
    _check_open(draft, decision, found)
    if decision.transported:
        gaps = (draft.rights or RightsRecord()).gaps(minor=CHILD in found.yes)
        if gaps:
            raise RightsRecordMissing(field=gaps[0], gaps=gaps)
    if not decision.refusal:
        return ContactOutcome(found)
    refusal = _check_refusal(draft)
    return ContactOutcome(
        found,
        next_visit_on=refusal.next_visit_on,
        outreach_plan=draft.earlier_refusals + 1 >= REFUSALS_FOR_OUTREACH,
    )


def _check_person(draft: ContactDraft, grounds: Iterable[str]) -> None:
    if draft.sex not in SEXES:
        raise ContactIncomplete(field="sex", label=N_("jenis kelamin"))
    if draft.age is None and not draft.age_unknown:
        raise ContactIncomplete(field="age", label=N_("rentang usia"), unknown=UNKNOWN_BAND)
    if draft.ground not in grounds:
        raise ContactIncomplete(field="ground", label=N_("dasar tindakan"))


def _check_open(draft: ContactDraft, decision: DecisionLike, found: Route) -> None:
    opened = draft.joint_decision is not None and draft.joint_decision.is_complete
    if opened:
        return
    if decision.refusal and not found.refusal_allowed:
        raise RefusalNotOpen(field="decision")
    if question := found.closed_decisions.get(decision.code):
        raise DecisionClosed(field="decision", decision=decision.code, question=question)


def _check_refusal(draft: ContactDraft) -> RefusalRecord:
    refusal = draft.refusal or RefusalRecord()
    gaps = []
    if not any(words.strip() for words in refusal.offered):
        gaps.append("offered")
    if not refusal.leaflet_given:
        gaps.append("leaflet_given")
    if refusal.next_visit_on is None or refusal.next_visit_on < draft.on:
        gaps.append("next_visit_on")
    if gaps:
        raise RefusalIncomplete(field=gaps[0], gaps=tuple(gaps))
    return refusal
