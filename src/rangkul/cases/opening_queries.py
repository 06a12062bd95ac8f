"""What the confirm page of an opening shows: the contact in short, what lacks, and the person's open or closed case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rangkul.access.guard import check_may
from rangkul.cases.facts import contact_facts
from rangkul.cases.sight import cases_in_sight
from rangkul.directory.city import city
from rangkul.domain.citydata_rows import Need
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.people.same import records_of
from rangkul.reports.contact_queries import contact_rows
from rangkul.reports.models import Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A contact on which a case may be opened."""

    contact_id: UUID
    number: int | None
    met_at: datetime
    place: str
    area_code: str
    post: str
    label: str
    has_name: bool
    sex: str
    ages: tuple[int, int] | None
    person_known: bool
    present: tuple[Need, ...]
    missing: tuple[Need, ...]
    open_code: str
    closed_code: str


def opening_of(member: ActingMember, contact_id: UUID) -> Opening:
    """The contact as the opening post sees it.

    Raises:
        NotFound: no such contact, or it is not for this member.
    """
    check_may(member, "case.open", ("agency",), hide=True)
    contact = (
        Contact.objects.filter(contact_rows(member), pk=contact_id).select_related("person", "post").first()
    )
    if contact is None:
        raise NotFound
    area = city().areas.get(contact.area_code or contact.outside_code)
    met = contact_facts(contact)
    needs = city().first_stage.needs
    person = contact.person
    aged = contact.age_low is not None or contact.age_high is not None
    low, high = (
        contact.age_low or 0,
        contact.age_high if contact.age_high is not None else contact.age_low or 0,
    )
    return Opening(
        contact_id=contact.pk,
        number=contact.number,
        met_at=contact.met_at,
        place=", ".join(part for part in (contact.place_words, area.name if area else "") if part),
        area_code=contact.area_code,
        post=contact.post.title,
        label=person.label if person else "",
        has_name=bool(person and person.has_name),
        sex=contact.sex,
        ages=(low, high) if aged else None,
        person_known=person is not None,
        present=tuple(city().need(need) for need in needs if need in met),
        missing=tuple(city().need(need) for need in needs if need not in met),
        open_code=_code(member, contact, is_open=True),
        closed_code=_code(member, contact, is_open=False),
    )


def _code(member: ActingMember, contact: Contact, *, is_open: bool) -> str:
    """The newest open, or closed, case of the contact's person that this member may see."""
    if contact.person_id is None:
        return ""
    rows = cases_in_sight(member).filter(person__in=records_of(contact.person_id), closed_at__isnull=is_open)
    return rows.order_by("-opened_at").values_list("code", flat=True).first() or ""
