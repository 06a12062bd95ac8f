"""One file, handed out only through the decision about the thing it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from rangkul.access.guard import can, guarded
from rangkul.cases import sight as case_sight
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.files.looking import record_look
from rangkul.files.queries import StoredFile, file_by_id, read_bytes
from rangkul.people.queries import person_seen_by
from rangkul.people.sight import held_with as held_with_person
from rangkul.reports import contact_queries
from rangkul.reports import queries as report_queries
from rangkul.web.middleware import MemberRequest

_PDF: Final = "application/pdf"


@guarded("attachment.view")
@require_GET
def file(request: MemberRequest, file_id: UUID) -> HttpResponse:
    """The bytes. A photo shows; a PDF is only ever a download. Hidden and missing look the same."""
    stored = file_by_id(file_id)
    if stored is None or stored.about_kind not in _HELD:
        raise NotFound
    held = _HELD[stored.about_kind](request.member, stored)
    if not can(request.member, "attachment.view", held, stored.sensitivity):
        raise NotFound
    record_look(stored, by=request.member, at=timezone.now())
    response = HttpResponse(read_bytes(stored), content_type=stored.media_type)
    ending = {_PDF: "pdf", "image/png": "png"}.get(stored.media_type, "jpg")
    how = "attachment" if stored.media_type == _PDF else "inline"
    # The name says nothing of a person (ASVS 14.2.1): it lands in download folders and logs.
    response["Content-Disposition"] = f'{how}; filename="berkas-{stored.pk.hex[-6:]}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def _of_person(member: ActingMember, stored: StoredFile) -> tuple[str, ...]:
    return held_with_person(member, person_seen_by(member, stored.about_id))


def _of_report(member: ActingMember, stored: StoredFile) -> tuple[str, ...]:
    report = report_queries.reports_seen_by(member).filter(pk=stored.about_id).first()
    if report is None:
        raise NotFound
    return report_queries.held_with(member, report)


def _of_contact(member: ActingMember, stored: StoredFile) -> tuple[str, ...]:
    contact = contact_queries.contacts_seen_by(member).filter(pk=stored.about_id).first()
    if contact is None:
        raise NotFound
    return contact_queries.held_with(member, contact)


def _of_case(member: ActingMember, stored: StoredFile) -> tuple[str, ...]:
    case = case_sight.cases_in_sight(member).select_related("contact").filter(pk=stored.about_id).first()
    if case is None:
        raise NotFound
    return case_sight.held_relations(member, case, "attachment.view")


_HELD: Final[dict[str, Callable[[ActingMember, StoredFile], tuple[str, ...]]]] = {
    "person": _of_person,
    "report": _of_report,
    "contact": _of_contact,
    "case": _of_case,
}
"""What a file is about -> the relations that the looker has to it, or NotFound when it is not in sight."""
