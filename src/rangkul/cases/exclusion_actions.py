"""Exclusion lists: who must not know of somebody, whatever their role (security.md B.1, hard denials)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from rangkul.access.models import Exclusion
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.cases.refusals import ExcludedAlready, ExcludesHolder, ExcludesSelf, NobodyExcluded
from rangkul.cases.sight import cases_in_sight, locked_case
from rangkul.cases.typed import words_of
from rangkul.directory.models import Agency, Member, Post
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.people.same import same_as
from rangkul.vault.sealing import seal_json

_MOST_REASON = 300


def reason_place(row_id: UUID) -> str:
    """Where the reason of an exclusion stands."""
    return f"access_exclusion|sealed_reason|{row_id}"


@act("case.exclude")
def exclude(  # noqa: PLR0913 - from which case, whom of three kinds, why
    case_id: UUID,
    reason: str,
    *,
    member_id: UUID | None = None,
    post_id: UUID | None = None,
    agency: str = "",
    by: ActingMember,
    at: datetime,
) -> list[Exclusion]:
    """Put a member, a post or a whole agency on the list of a case's person.

    From their next request on nobody of them finds the person anywhere: no page, list, search, count, check, hand-over or
    referral. Every record of a merged person gets its row.

    Raises:
        NotFound, NotAllowed: as they say.
        NobodyExcluded: not exactly one of the three, or unknown.
        ExcludesSelf, ExcludesHolder, ExcludedAlready: as they say.
    """
    why = words_of(reason, "reason", most=_MOST_REASON)
    case = locked_case(by, case_id, "case.exclude", may_be_closed=True)
    whom = _whom(member_id, post_id, agency)
    _check_not_own(case, whom, by)
    records = same_as(case.person_id)
    if Exclusion.objects.filter(subject_id__in=records, until__isnull=True, **whom).exists():
        raise ExcludedAlready(field="whom")
    rows = []
    for record_id in records:
        row = Exclusion(subject_id=record_id, since=at, made_by_id=by.id, made_post_id=by.post_id, **whom)
        row.sealed_reason = seal_json(record_id, reason_place(row.pk), {"words": why})
        rows.append(row)
    Exclusion.objects.bulk_create(rows)
    _record("case.excluded", case, whom, why, by=by, at=at)
    return rows


@act("case.end_exclusion")
def end_exclusion(row_id: UUID, reason: str, *, by: ActingMember, at: datetime) -> int:
    """Take somebody off the list again, with a reason.

    Raises:
        NotFound, NotAllowed: as they say.
    """
    why = words_of(reason, "reason", most=_MOST_REASON)
    row = Exclusion.objects.filter(pk=row_id, until__isnull=True).first()
    found = (
        cases_in_sight(by, "case.exclude").filter(person__in=same_as(row.subject_id)).first() if row else None
    )
    if row is None or found is None:
        raise NotFound
    case = locked_case(by, found.pk, "case.exclude", may_be_closed=True)
    whom = {"member_id": row.member_id, "post_id": row.post_id, "agency_id": row.agency_id}
    rows = Exclusion.objects.filter(subject_id__in=same_as(row.subject_id), until__isnull=True, **whom)
    ended = rows.update(until=at)
    _record("case.exclusion_ended", case, whom, why, by=by, at=at)
    return ended


def _whom(member_id: UUID | None, post_id: UUID | None, agency: str) -> dict[str, UUID | str | None]:
    given = [each for each in (member_id, post_id, agency) if each]
    known = (
        (member_id and Member.objects.filter(pk=member_id).exists())
        or (post_id and Post.objects.filter(pk=post_id).exists())
        or (agency and Agency.objects.filter(pk=agency).exists())
    )
    if len(given) != 1 or not known:
        raise NobodyExcluded(field="whom")
    return {"member_id": member_id, "post_id": post_id, "agency_id": agency or None}


def _check_not_own(case: Case, whom: dict[str, UUID | str | None], by: ActingMember) -> None:
    if by.id == whom["member_id"] or by.post_id == whom["post_id"] or by.agency == whom["agency_id"]:
        raise ExcludesSelf(field="whom")
    holder = case.holder
    if holder is not None and (holder.pk == whom["post_id"] or holder.agency_id == whom["agency_id"]):
        raise ExcludesHolder(field="whom")


def _record(
    event: str, case: Case, whom: dict[str, UUID | str | None], why: str, *, by: ActingMember, at: datetime
) -> None:
    record(
        event,
        by=by,
        at=at,
        kind="case",
        subject_id=case.pk,
        sealed_under=case.person_id,
        sensitivity="protected",
        detail={**{name: str(each) for name, each in whom.items() if each}, "words": why},
        facts={"case_id": case.pk, "person_id": case.person_id},
    )
