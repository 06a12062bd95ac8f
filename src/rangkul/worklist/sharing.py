"""Links for a group chat: they name nobody, end after two days, and open only what their reader may see anyway."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from rangkul.access.links import LinkOver, make_link, subject_of_link
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.sight import ordinary_in_sight
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.reports.models import Report
from rangkul.reports.queries import report_rows

DAYS = 2
KINDS = ("case", "report")


def share_link(kind: str, subject_id: UUID, *, by: ActingMember, at: datetime) -> tuple[str, datetime]:
    """A fresh link to a case or report in sight, and when it ends; it ends an older one of the same thing.

    Raises:
        NotFound: missing or hidden.
    """
    if kind not in KINDS or not _is_seen(by, kind, subject_id):
        raise NotFound
    token: str = _share(kind, subject_id, by=by, at=at)
    return token, at + timedelta(days=DAYS)


# Without a client key: the words of a link are never kept, not even in a receipt.
@act("link.share")
def _share(kind: str, subject_id: UUID, *, by: ActingMember, at: datetime) -> str:
    record("link.shared", by=by, at=at, kind=kind, subject_id=subject_id)
    return make_link(f"share.{kind}", subject_id, post_id=by.post_id, at=at, days=DAYS)


def page_of_shared(member: ActingMember, token: str, at: datetime) -> tuple[str, str]:
    """Page and argument behind a link, for a reader who may see it.

    Raises:
        NotFound: unknown, ended, or not this reader's to see.
    """
    for kind in KINDS:
        try:
            subject_id = subject_of_link(token, f"share.{kind}", at)
        except LinkOver:
            continue
        if not _is_seen(member, kind, subject_id):
            raise NotFound
        if kind == "case":
            return "case", ordinary_in_sight(member).values_list("code", flat=True).get(pk=subject_id)
        return "report", str(subject_id)
    raise LinkOver


def _is_seen(member: ActingMember, kind: str, subject_id: UUID) -> bool:
    if kind == "case":
        return ordinary_in_sight(member).filter(pk=subject_id).exists()
    return Report.objects.filter(report_rows(member), pk=subject_id).exists()
