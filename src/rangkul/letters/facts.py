"""What letters tell the rooms below: the timeline of a case."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from rangkul.cases.above import TimelineEntry
from rangkul.directory.city import city
from rangkul.directory.queries import who_words
from rangkul.domain.policy import ActingMember
from rangkul.letters.sight import letters_in_sight


def timeline(member: ActingMember, case_id: UUID, person_id: UUID) -> list[TimelineEntry]:
    """Issued letters of the case that this member may see, voided ones too."""
    rows = (
        letters_in_sight(member)
        .filter(case_id=case_id, person_id=person_id, issued_at__isnull=False)
        .select_related("signer", "signer_post")
        .order_by("issued_at")
    )
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
