"""What a clock is about, as far as this member may know of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from rangkul.cases.sight import cases_in_sight
from rangkul.deadlines.queries import Due
from rangkul.domain.policy import ActingMember
from rangkul.mandates.queries import labels_of
from rangkul.reports.contact_queries import contact_rows
from rangkul.reports.models import Contact, Report
from rangkul.reports.queries import report_rows


@dataclass(frozen=True, slots=True)
class About:
    """The page of what a clock is about, and its name; both guarded by that page itself."""

    page: str
    args: tuple[str, ...]
    name: str


def about_of(member: ActingMember, due: Due) -> About | None:
    """The way from a clock to its case, contact or report; None when it is not in sight, as when it is not there."""
    if due.subject_kind == "report":
        found = Report.objects.filter(report_rows(member), pk=due.subject_id).exists()
        return About("report", (str(due.subject_id),), "") if found else None
    if due.subject_kind == "contact":
        found = Contact.objects.filter(contact_rows(member), pk=due.subject_id).exists()
        return About("contact", (str(due.subject_id),), "") if found else None
    case_id = due.case_id or due.subject_id
    case = cases_in_sight(member).filter(pk=case_id).select_related("person").first()
    return About("case", (case.code,), f"{case.person.label}, {case.code}") if case else None


def people_of(member: ActingMember, dues: Iterable[Due]) -> dict[UUID, tuple[str, bool]]:
    """Clock -> (label, has a name to take initials from) of the person of its case, for cases in sight; one query."""
    by_case = {due.id: due.case_id or due.subject_id for due in dues}
    cases = {
        case.pk: (case.person.label, case.person.has_name and not case.person.is_minor)
        for case in cases_in_sight(member).filter(pk__in=set(by_case.values())).select_related("person")
    }
    return {due_id: cases[case_id] for due_id, case_id in by_case.items() if case_id in cases}


def with_their_words(member: ActingMember, dues: Iterable[Due]) -> list[Due]:
    """The same clocks; the clock of a duty is called by what the duty asks."""
    rows = list(dues)
    words = labels_of([due.subject_id for due in rows if due.subject_kind == "duty"], member.language)
    return [replace(due, label=words.get(due.subject_id, due.label)) for due in rows]
