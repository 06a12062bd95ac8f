"""What a speaker brings: a document or picture hung on a meeting, for everybody who may see the meeting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.core.files.base import File

from rangkul.audit.acts import act
from rangkul.domain.errors import N_, BadInput, NotAllowed, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.files.actions import store, void_file
from rangkul.files.looking import record_look
from rangkul.files.queries import StoredFile, file_by_id, files_about, name_of, read_bytes
from rangkul.meetings.models import Meeting
from rangkul.meetings.sight import locked_meeting, meetings_in_sight, runs
from rangkul.vault.sealing import has_key, make_key

MOST: Final = 30


class MaterialMissing(BadInput):
    """A file, and what it is called on the list."""

    code = "material_missing"
    says = N_("Pilih berkasnya dan tuliskan judul bahannya.")


class MaterialFull(BadInput):
    """A meeting is no archive."""

    code = "material_full"
    says = N_("Sudah ada 30 bahan. Keluarkan yang tidak dipakai dahulu.")


@dataclass(frozen=True, slots=True)
class Material:
    """One thing that was brought, by its title."""

    id: UUID
    title: str
    is_pdf: bool
    size_bytes: int
    added_at: datetime
    mine: bool


@act("meeting.add_material")
def add_material(
    meeting_id: UUID, upload: File[Any] | bytes | None, title: str, *, by: ActingMember, at: datetime
) -> StoredFile:
    """Hang a PDF or picture on a meeting until it is closed; whoever runs it may, and every speaker who is a post.

    Raises:
        NotFound, WrongState; NotAllowed: neither runs it nor speaks.
        MaterialMissing, MaterialFull, and the refusals of ``files.store``: nothing was kept.
    """
    meeting = locked_meeting(by, meeting_id, "planned", "invited", "open", run=False)
    if not (runs(by, meeting) or _speaks(by, meeting)):
        raise NotAllowed(action="meeting.manage")
    if upload is None or not title.strip():
        raise MaterialMissing(field="title" if upload is not None else "file")
    if len(files_about([meeting.pk])) >= MOST:
        raise MaterialFull(field="file")
    if not has_key(meeting.pk):
        make_key(meeting.pk, "meeting")
    return store(
        upload,
        subject_id=meeting.pk,
        about_kind="meeting",
        about_id=meeting.pk,
        kind="document",
        sensitivity="ordinary",
        by=by,
        at=at,
        name=title.strip(),
    )


def _speaks(by: ActingMember, meeting: Meeting) -> bool:
    return meeting.invitees.filter(post_id=by.post_id, part="speaker").exists()


@act("meeting.take_material")
def take_material(meeting_id: UUID, file_id: UUID, *, by: ActingMember, at: datetime) -> StoredFile:
    """Take material off the list before the meeting is closed: whoever brought it, or runs the meeting."""
    meeting = locked_meeting(by, meeting_id, "planned", "invited", "open", run=False)
    row = file_by_id(file_id)
    if row is None or row.about_id != meeting.pk or not (runs(by, meeting) or row.added_by_id == by.id):
        raise NotFound
    return void_file(file_id, "dikeluarkan dari bahan rapat", by=by, at=at)


def materials_of(member: ActingMember, meeting: Meeting) -> list[Material]:
    """What was brought, oldest first. The caller has scoped the meeting."""
    leads = runs(member, meeting)
    return [
        Material(
            row.pk,
            name_of(row),
            row.media_type == "application/pdf",
            row.size_bytes,
            row.added_at,
            leads or row.added_by_id == member.id,
        )
        for row in reversed(files_about([meeting.pk]))
    ]


def may_bring(member: ActingMember, meeting: Meeting) -> bool:
    """Is the way to add material drawn for this member?"""
    return meeting.state in {"planned", "invited", "open"} and (
        runs(member, meeting) or _speaks(member, meeting)
    )


def open_material(member: ActingMember, meeting_id: UUID, file_id: UUID, now: datetime) -> tuple[bytes, str]:
    """The bytes and their media type; the look is recorded before they are opened.

    Raises:
        NotFound: missing, another meeting's, or a meeting that this member may not see.
    """
    meeting = meetings_in_sight(member).filter(pk=meeting_id).first()
    row = file_by_id(file_id)
    if meeting is None or row is None or (row.about_kind, row.about_id) != ("meeting", meeting.pk):
        raise NotFound
    record_look(row, by=member, at=now)
    return read_bytes(row), row.media_type
