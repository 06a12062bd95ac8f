"""Ask for a list, agree or not, take it once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.directory.city import city
from rangkul.directory.queries import posts_with_role
from rangkul.domain.errors import N_, BadInput, ChangedMeanwhile, NotAllowed, NotFound
from rangkul.domain.exports import (
    PURPOSES,
    ExportNotReady,
    ExportTaken,
    check_size,
    needs_second,
    new_code,
    new_password,
    watermark,
)
from rangkul.domain.names import clean
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib
from rangkul.exports.lists import KINDS
from rangkul.exports.models import Export
from rangkul.exports.queries import may_decide, offer, standing
from rangkul.exports.sheets import sheet_of, with_password
from rangkul.vault.sealing import make_key, seal_json, unseal_json

_LONGEST: Final = 600
_SHORTEST: Final = 10


class PurposeMissing(BadInput):
    """A list leaves for a purpose, said in words."""

    code = "purpose_missing"
    says = N_("Pilih tujuannya dan tuliskan untuk apa daftar ini dipakai (sedikitnya 10 huruf).")


class OwnExport(NotAllowed):
    """Whoever asked does not agree to it themselves."""

    code = "own_export"
    says = N_("Permintaan Anda sendiri disetujui orang lain.")


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that leaves the house."""

    name: str
    content: bytes


@act("export.ask")
def ask_export(
    kind: str, asked: dict[str, str], purpose: str, words: str, *, by: ActingMember, at: datetime
) -> Export:
    """Ask to take a list out. Within the cap and with nothing protected in it, it is ready at once.

    Raises:
        PurposeMissing, ExportEmpty, ExportTooLong, NotFound: as they say.
    """
    said = offer(by, kind, asked, at=at)
    for_what = clean(words)[:_LONGEST]
    if purpose not in PURPOSES or len(for_what) < _SHORTEST:
        raise PurposeMissing(field="words" if purpose in PURPOSES else "purpose")
    check_size(said.size)
    row = Export(
        id=uuid7(),
        code=new_code(),
        kind=kind,
        asked=said.asked,
        purpose=purpose,
        rows=said.size.rows,
        protected_rows=said.size.protected,
        needs_second=said.needs_second,
        member_id=by.member_id,
        post_id=by.post_id,
        agency=by.agency,
        asked_at=at,
        state="waiting" if said.needs_second else "ready",
    )
    make_key(row.pk, "export")
    row.sealed_words = seal_json(row.pk, f"exports_export|sealed_words|{row.pk}", {"words": for_what})
    if said.is_encrypted:
        row.sealed_password = seal_json(row.pk, f"exports_export|sealed_password|{row.pk}", new_password())
    row.save(force_insert=True)
    approvers = [*posts_with_role("rehab_head", "agency_head", agency=by.agency), *posts_with_role("dpo")]
    record(
        "export.asked",
        by=by,
        at=at,
        kind="export",
        subject_id=row.pk,
        sealed_under=row.pk,
        purpose=purpose,
        detail={"kind": kind, "asked": said.asked, "rows": row.rows, "protected": row.protected_rows},
        result="waiting" if said.needs_second else "ready",
        facts={
            "export_id": row.pk,
            "needs_second": said.needs_second,
            "approver_post_ids": [each.pk for each in approvers if each.pk != by.post_id],
        },
    )
    return row


def _locked(export_id: UUID) -> Export:
    row = (
        Export.objects.select_for_update(of=("self",))
        .select_related("member", "post", "decided_by")
        .filter(pk=export_id)
        .first()
    )
    if row is None:
        raise NotFound
    return row


@act("export.decide")
def decide_export(export_id: UUID, *, agreed: bool, words: str, by: ActingMember, at: datetime) -> Export:
    """Agree that a list leaves, or not (with the reason).

    Raises:
        OwnExport, NotFound, ChangedMeanwhile, PurposeMissing: as they say.
    """
    row = _locked(export_id)
    if row.member_id == by.id:
        raise OwnExport
    if not may_decide(by, row):
        raise NotFound
    if row.state != "waiting":
        raise ChangedMeanwhile(who=row.decided_by.name if row.decided_by else "")
    reason = clean(words)[:_LONGEST]
    if not agreed and len(reason) < _SHORTEST:
        raise PurposeMissing(field="words")
    place = f"exports_export|sealed_words|{row.pk}"
    said = unseal_json(row.pk, place, row.sealed_words) or {}
    row.sealed_words = seal_json(row.pk, place, said if agreed else {**said, "refused": reason})
    row.state, row.decided_at, row.decided_by_id = "ready" if agreed else "refused", at, by.member_id
    row.save(update_fields=("sealed_words", "state", "decided_at", "decided_by"))
    record(
        "export.approved" if agreed else "export.refused",
        by=by,
        at=at,
        kind="export",
        subject_id=row.pk,
        purpose=row.purpose,
        facts={"export_id": row.pk, "asker_post_id": row.post_id},
    )
    return row


def take_export(export_id: UUID, *, by: ActingMember, at: datetime) -> Taken:
    """The file, once. It is drawn now, with the rights of now; what grew beyond what was agreed to is not handed out.

    Raises:
        NotFound: not one's own.
        ExportNotReady, ExportTaken: as they say.
    """
    check_may(by, "export.ask", ("own",), hide=True)
    with transaction.atomic():
        row = _locked(export_id)
        if row.member_id != by.id:
            raise NotFound
        if row.state == "taken":
            raise ExportTaken
        if standing(row, at) != "ready":
            raise ExportNotReady
        rule = city().export_rule(row.kind, by.role)
        if rule is None:
            raise NotFound
        size = KINDS[row.kind].size(by, row.asked, at)
        check_size(size)
        if row.decided_by_id is None and needs_second(rule, size):
            raise ExportNotReady
        mark = watermark(who=by.name, post=by.post_title, when=f"{wib(at):%d-%m-%Y %H.%M} WIB", code=row.code)
        content = sheet_of(KINDS[row.kind].draw(by, row.asked, at), mark, row.code)
        if row.sealed_password is not None:
            password = unseal_json(row.pk, f"exports_export|sealed_password|{row.pk}", row.sealed_password)
            content = with_password(content, str(password))
        row.state, row.taken_at, row.digest = "taken", at, hashlib.sha256(content).digest()
        row.save(update_fields=("state", "taken_at", "digest"))
        record(
            "export.made",
            by=by,
            at=at,
            kind="export",
            subject_id=row.pk,
            sealed_under=row.pk,
            purpose=row.purpose,
            sensitivity="protected" if row.protected_rows else "ordinary",
            detail={"kind": row.kind, "asked": row.asked, "rows": size.rows, "sha256": row.digest.hex()},
        )
    # Neither name nor place tells of anybody (ASVS 14.2.1).
    return Taken(f"rangkul-{row.kind.replace('_', '-')}-{row.code}.xlsx", content)
