"""One file, handed out only through the decision about the thing it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from rangkul.access.guard import guarded
from rangkul.cases import sight as case_sight
from rangkul.directory.city import permission_table
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.files.looking import record_look
from rangkul.files.queries import StoredFile, file_by_id, read_bytes
from rangkul.people.queries import person_seen_by
from rangkul.people.sight import held_with as held_with_person
from rangkul.people.sight import sensitivity_of
from rangkul.reports import contact_queries
from rangkul.reports import queries as report_queries
from rangkul.trips.queries import death_relations
from rangkul.web.files import as_file
from rangkul.web.middleware import MemberRequest


@guarded("attachment.view")
@require_GET
def file(request: MemberRequest, file_id: UUID) -> HttpResponse:
    """The bytes. A photo shows; a PDF is only ever a download. Hidden and missing look the same."""
    stored = file_by_id(file_id)
    if stored is None or stored.about_kind not in _ABOUT:
        raise NotFound
    if not _opens(request.member, stored, _ABOUT[stored.about_kind](request.member, stored)):
        raise NotFound
    record_look(stored, by=request.member, at=timezone.now())
    return as_file(read_bytes(stored), stored.media_type, stored.pk)


@dataclass(frozen=True, slots=True)
class _About:
    """The thing that a file is about, as this member stands to it.

    ``view`` is the action that shows the thing, ``groups`` the field groups of it under which the file stands.
    """

    held: tuple[str, ...]
    sensitivity: str
    view: str
    groups: tuple[str, ...]


def _opens(member: ActingMember, stored: StoredFile, about: _About) -> bool:
    """A file is no easier to see than what it is about: the thing must open the group, and so must the files' own row."""
    levels = {stored.sensitivity, about.sensitivity}
    level = next(each for each in _STRICTEST_FIRST if each in levels)
    view = permission_table().decide(member, about.view, about.held, about.sensitivity)
    own = permission_table().decide(member, "attachment.view", about.held, level)
    group = "proofs" if about.groups == _PROOFS else _GROUP_OF_KIND[stored.kind]
    return own.opens(group) and any(view.opens(each) for each in about.groups)


def _of_person(member: ActingMember, stored: StoredFile) -> _About:
    person = person_seen_by(member, stored.about_id)
    return _About(
        held_with_person(member, person), sensitivity_of(person), "person.view", ("photo", "proofs")
    )


def _of_report(member: ActingMember, stored: StoredFile) -> _About:
    report = report_queries.reports_seen_by(member).filter(pk=stored.about_id).first()
    if report is None:
        raise NotFound
    return _About(report_queries.held_with(member, report), "ordinary", "report.view", _PHOTOS)


def _of_contact(member: ActingMember, stored: StoredFile) -> _About:
    contact = contact_queries.contacts_seen_by(member).filter(pk=stored.about_id).first()
    if contact is None:
        raise NotFound
    return _About(contact_queries.held_with(member, contact), contact.sensitivity, "contact.view", _PHOTOS)


def _of_case(member: ActingMember, stored: StoredFile) -> _About:
    case = case_sight.cases_in_sight(member).select_related("contact").filter(pk=stored.about_id).first()
    if case is None:
        raise NotFound
    held = case_sight.held_relations(member, case, "attachment.view", "service.view")
    if stored.added_by_id == member.id:
        held = (*held, "own")
    return _About(held, case.sensitivity, "service.view", _PROOFS)


def _of_death(member: ActingMember, stored: StoredFile) -> _About:
    held, sensitivity = death_relations(member, stored.about_id)
    return _About(held, sensitivity, "death.view", _PHOTOS)


_PHOTOS: Final = ("photo",)
_PROOFS: Final = ("proofs",)
_GROUP_OF_KIND: Final = {"photo": "photo", "document": "proofs"}
_STRICTEST_FIRST: Final = ("sealed", "protected", "ordinary")
_ABOUT: Final[dict[str, Callable[[ActingMember, StoredFile], _About]]] = {
    "person": _of_person,
    "report": _of_report,
    "contact": _of_contact,
    "case": _of_case,
    "death": _of_death,
}
"""What a file is about -> how the looker stands to it, or NotFound when it is not in sight."""
