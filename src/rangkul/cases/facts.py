"""What is already true of a case, told from its records only, never from a form (design §3.3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from rangkul.cases.gate import facts_from_above
from rangkul.cases.models import Case
from rangkul.cases.records import Records
from rangkul.cases.refusals import RuleVersionUnknown
from rangkul.directory.city import city
from rangkul.domain.citydata_rows import Stage
from rangkul.domain.wib import wib_date
from rangkul.reports.models import Contact

CONTACT_NEEDS: Final = ("contact_complete", "gate_answered", "rights_record_if_transported")
EVIDENCE_KINDS: Final = (
    "informed_or_ground",
    "first_health_look",
    "tracing_result",
    "destination_and_receiver",
    "ba_terminasi",
)
WRITTEN_BY_PLAN: Final = ("client_wish", "plan_agreed")
ASSESSMENT_NEEDS: Final = ("assessment_finished", "spm_types_recorded")
RATING_NEEDS: Final = {"entry_rating": "entry", "exit_rating": "exit"}
ABOVE_NEEDS: Final = ("plan_lines_done",)
# What ends the services is proven anew after a reopening; what began them stays true.
OF_THIS_TURN: Final = frozenset({"destination_and_receiver", "ba_terminasi", "exit_rating"})
OPEN_REFERRAL: Final = "open_referral_or_trip"


@dataclass(frozen=True, slots=True)
class Proof:
    """When and by whom a need was met; empty where the records do not say."""

    on: date | None = None
    who: str = ""


def stage_table(version: str) -> Mapping[str, Stage]:
    """The stages by the rules of this version: a case keeps the version under which it opened.

    Raises:
        RuleVersionUnknown: the city's files no longer hold it.
    """
    versions = {city().rules_version: city().stage_table}
    if version not in versions:
        raise RuleVersionUnknown(version=version)
    return versions[version]


def facts_of(case: Case, needs: Collection[str]) -> frozenset[str]:
    """Which of these needs are met."""
    return frozenset(proofs_of(case, needs))


def proofs_of(case: Case, needs: Collection[str], records: Records | None = None) -> dict[str, Proof]:
    """The needs that are met, each with when and by whom; reads only what these needs ask for."""
    wanted = frozenset(needs)
    rows = records or Records(case)
    found = _of_contact(case, wanted)
    found |= _of_evidence(rows, wanted)
    found |= _of_assessment(rows, wanted)
    found |= _of_ratings(rows, wanted)
    found |= _of_plan(rows, wanted)
    found |= _of_visits(rows, wanted)
    found |= _from_above(case, wanted)
    return found


def _counts(rows: Records, need: str, recorded_at: datetime) -> bool:
    """Does a row recorded then still prove the need? What ends the services only since the last reopening."""
    if need not in OF_THIS_TURN:
        return True
    reopened = [turn.at for turn in rows.turns if turn.turn == "reopened"]
    return not reopened or recorded_at >= max(reopened)


def contact_facts(contact: Contact) -> frozenset[str]:
    """What a contact proves for the first stage: sex, age range, place and ground; the gate; the rights record."""
    met = set()
    aged = contact.age_low is not None or contact.age_high is not None
    if contact.sex and aged and (contact.area_code or contact.outside_code) and contact.ground:
        met.add("contact_complete")
    if contact.gate_answered:
        met.add("gate_answered")
    if contact.rights_recorded or not contact.transported:
        met.add("rights_record_if_transported")
    return frozenset(met)


def _of_contact(case: Case, wanted: frozenset[str]) -> dict[str, Proof]:
    if not wanted.intersection(CONTACT_NEEDS) or case.contact is None:
        return {}
    proof = Proof(wib_date(case.contact.met_at))
    return dict.fromkeys(contact_facts(case.contact) & wanted, proof)


def _of_evidence(rows: Records, wanted: frozenset[str]) -> dict[str, Proof]:
    kinds = wanted.intersection((*EVIDENCE_KINDS, *WRITTEN_BY_PLAN))
    if not kinds:
        return {}
    return {
        row.kind: Proof(row.on, row.post or "")
        for row in rows.evidence
        if row.kind in kinds and row.voided_at is None and _counts(rows, row.kind, row.at)
    }


def _of_assessment(rows: Records, wanted: frozenset[str]) -> dict[str, Proof]:
    asked = wanted.intersection(ASSESSMENT_NEEDS)
    standing = [row for row in rows.assessments if row.voided_at is None] if asked else []
    # Finishing writes the SPM types in the same act, so the two needs are met together.
    return {need: Proof(standing[-1].on, standing[-1].post or "") for need in asked} if standing else {}


def _of_ratings(rows: Records, wanted: frozenset[str]) -> dict[str, Proof]:
    by_moment = {moment: need for need, moment in RATING_NEEDS.items() if need in wanted}
    if not by_moment:
        return {}
    return {
        by_moment[row.moment]: Proof(row.on, row.post or "")
        for row in rows.ratings
        if row.moment in by_moment and _counts(rows, by_moment[row.moment], row.at)
    }


def _of_plan(rows: Records, wanted: frozenset[str]) -> dict[str, Proof]:
    if "plan_has_lines" not in wanted:
        return {}
    lines = [row for row in rows.plan if row.dropped_at is None]
    return {"plan_has_lines": Proof(wib_date(lines[-1].at), lines[-1].name or "")} if lines else {}


def _of_visits(rows: Records, wanted: frozenset[str]) -> dict[str, Proof]:
    if "visits_planned" not in wanted:
        return {}
    waiting = [row for row in rows.visits if row.kind == "follow_up" and row.done_at is None]
    return {"visits_planned": Proof(waiting[0].due_on, waiting[0].owner)} if waiting else {}


def _from_above(case: Case, wanted: frozenset[str]) -> dict[str, Proof]:
    asked = wanted.intersection((*ABOVE_NEEDS, "no_open_referral_or_trip"))
    if not asked:
        return {}
    said = facts_from_above(case.pk)
    met = {need: Proof() for need in asked.intersection(said)}
    # Referrals and trips come with the second issue: until a provider says one is open, none is.
    if "no_open_referral_or_trip" in asked and OPEN_REFERRAL not in said:
        met["no_open_referral_or_trip"] = Proof()
    return met
