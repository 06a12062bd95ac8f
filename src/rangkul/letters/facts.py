"""What letters tell the rooms below: the timeline of a case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from rangkul.cases.above import TimelineEntry
from rangkul.directory.city import city, permission_table
from rangkul.directory.queries import who_words
from rangkul.domain.policy import ActingMember, PermissionTable
from rangkul.letters.sight import has_letters, letters_in_sight, posts_answered
from rangkul.vault.often import often


def timeline(member: ActingMember, case_id: UUID, person_id: UUID) -> list[TimelineEntry]:
    """Issued letters of the case that this member may see, voided ones too."""
    if not has_letters(case_id):
        return []
    rows = _issued(member, case_id, person_id, posts_answered(member), table=permission_table())
    found = []
    for row in rows:
        kind = city().letters.get(row.kind)
        if row.issued_at is None:
            continue
        found.append(
            TimelineEntry(
                at=row.issued_at,
                kind="letter",
                sentence=_("%(letter)s terbit: %(number)s")
                % {"letter": kind.named(member.language) if kind else row.kind, "number": row.number},
                who=who_words(row.signer, row.signer_post),
                href=reverse("letter", args=[row.pk]),
                voided=row.state == "void",
            )
        )
    return found


@often
def _issued(
    member: ActingMember,
    case_id: UUID,
    person_id: UUID,
    answered: list[UUID],
    *,
    table: PermissionTable,  # noqa: ARG001 - compiled in
) -> Any:  # noqa: ANN401 - a query set of letters
    rows = letters_in_sight(member, answered=answered)
    rows = rows.filter(case_id=case_id, person_id=person_id, issued_at__isnull=False)
    return rows.select_related("signer", "signer_post").order_by("issued_at")
