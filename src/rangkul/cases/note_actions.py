"""Notes in the case's own words, and the posts that work on it beside the holder."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from rangkul.access.models import TeamSeat
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.models import CaseNote
from rangkul.cases.refusals import AlreadyInTeam, PostUnknown
from rangkul.cases.sight import locked_case
from rangkul.cases.typed import words_of
from rangkul.directory.models import Post
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.vault.sealing import seal_json

_MOST_REASON = 200
_NOBODY = UUID(int=0)
# Who may be asked to work beside the holder: no seat ever opens care to an enforcement role (design §1.7).
TEAM_ROLES = ("social_worker", "rehab_head", "shelter", "health_worker")


def note_place(row_id: UUID) -> str:
    """Where the sealed words of a note stand."""
    return f"cases_note|sealed|{row_id}"


@act("case.note")
def write_note(case_id: UUID, words: str, *, by: ActingMember, at: datetime) -> CaseNote:
    """Write a note; protected, sealed under the person's key."""
    said = words_of(words, "words")
    case = locked_case(by, case_id, "case.note")
    row = CaseNote(case=case, written_at=at, member_id=by.id, post_id=by.post_id)
    row.sealed = seal_json(case.person_id, note_place(row.pk), {"words": said})
    row.save(force_insert=True)
    record(
        "case.note_added",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        sensitivity="protected",
        detail={"note": str(row.pk)},
        facts={"case_id": case.pk},
    )
    return row


@act("case.seat_post")
def seat_post(
    case_id: UUID, post_id: UUID | None, reason: str, *, by: ActingMember, at: datetime
) -> TeamSeat:
    """Let a post work on the case beside its holder (a health look, a second social worker, the shelter).

    Raises:
        PostUnknown: no such post, or not one that can join.
        AlreadyInTeam: it works on the case already.
    """
    why = words_of(reason, "reason", most=_MOST_REASON)
    case = locked_case(by, case_id, "case.plan")
    if case.sensitivity == "sealed":
        raise NotFound  # a post is not a name: its readers are named one by one (sealing_actions)
    post = Post.objects.filter(pk=post_id or _NOBODY, role__in=TEAM_ROLES, retired_on__isnull=True).first()
    if post is None:
        raise PostUnknown(field="post")
    if TeamSeat.objects.filter(subject_id=case.pk, post=post, until__isnull=True).exists():
        raise AlreadyInTeam(field="post", post=post.title)
    seat = TeamSeat.objects.create(subject_id=case.pk, post=post, since=at, reason=why)
    record(
        "case.post_seated",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        detail={"post": post.code, "reason": why},
        facts={"case_id": case.pk, "post_id": post.pk},
    )
    return seat


@act("case.unseat_post")
def unseat_post(seat_id: UUID, *, by: ActingMember, at: datetime) -> TeamSeat:
    """End a seat; what the post may see ends with it, on its next request."""
    found = (
        TeamSeat.objects.filter(pk=seat_id, until__isnull=True).values_list("subject_id", flat=True).first()
    )
    if found is None:
        raise NotFound
    case = locked_case(by, found, "case.plan")
    seat = TeamSeat.objects.select_for_update(of=("self",)).select_related("post").get(pk=seat_id)
    seat.until = at
    seat.save(update_fields=("until",))
    record(
        "case.post_unseated",
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        detail={"post": seat.post.code},
        facts={"case_id": case.pk, "post_id": seat.post_id},
    )
    return seat
