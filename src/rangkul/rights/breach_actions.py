"""Writes: a failure to protect data is written down, told, or found to be none; its pack is made, sealed when a key is set."""

from __future__ import annotations

import os
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.domain import rights as rules
from rangkul.domain.codes import case_code
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.rights.breach import Pack, Scope, check_scope, gathered, zipped
from rangkul.rights.models import Breach
from rangkul.rights.refusals import BreachOver, PackKeyMissing
from rangkul.vault.archive import SealedWriter
from rangkul.vault.root import LocalRoots
from rangkul.vault.sealing import make_key, seal_json, unseal_json

_SALT: Final = b"rangkul breach pack 1"
_DRAW_BYTES: Final = 16


def _place(breach_id: UUID, column: str = "sealed") -> str:
    return f"rights_breach|{column}|{breach_id}"


@act("rights.breach_known")
def report_breach(
    scope: Scope, how: str, handling: str, known_at: datetime, *, by: ActingMember, at: datetime
) -> Breach:
    """Write down that a failure became known: 3 x 24 hours run from then, until subjects and authority are told.

    Raises:
        NotAllowed; BreachUnclear, NobodyNamed, AskedWhen: with the field.
    """
    check_may(by, "rights.breach", ("city",))
    check_scope(scope)
    rules.check_asked(known_at, at)
    pack = gathered(scope, by=by, at=at)
    row = Breach(
        code=case_code(os.urandom(_DRAW_BYTES)),
        known_at=known_at,
        since=scope.since,
        until=scope.until,
        events=len(pack.touches),
        subjects=len(pack.affected),
        made_at=at,
        made_by_id=by.post_id,
        member_id=by.id,
    )
    make_key(row.pk, "breach")
    said = {"member": scope.member, "agency": scope.agency, "subject": scope.subject}
    row.sealed = seal_json(
        row.pk, _place(row.pk), {**said, "how": how.strip()[:2000], "handling": handling.strip()[:2000]}
    )
    row.save(force_insert=True)
    _tell("privacy.breach_known", row, by, at, {"happened_at": known_at})
    return row


@act("rights.breach_end")
def end_breach(breach_id: UUID, words: str, *, told: bool, by: ActingMember, at: datetime) -> Breach:
    """Subjects and authority were told (the words say whom and how), or it was no failure (the words say why).

    Raises:
        NotFound, NotAllowed; WordsMissing; BreachOver.
    """
    check_may(by, "rights.breach", ("city",))
    row = Breach.objects.select_for_update().filter(pk=breach_id).first()
    if row is None:
        raise NotFound
    if row.told_at or row.dismissed_at:
        raise BreachOver
    if not words.strip():
        raise rules.WordsMissing(field="words")
    row.told_at, row.dismissed_at = (at, None) if told else (None, at)
    row.sealed_ending = seal_json(row.pk, _place(row.pk, "sealed_ending"), {"words": words.strip()[:2000]})
    row.save()
    _tell("privacy.breach_told" if told else "privacy.breach_dismissed", row, by, at, {})
    return row


def _tell(action: str, row: Breach, by: ActingMember, at: datetime, facts: dict[str, Any]) -> None:
    record(
        action,
        by=by,
        at=at,
        kind="privacy",
        subject_id=row.pk,
        sensitivity="protected",
        facts={"privacy_id": row.pk, **facts},
    )


def opened(row: Breach) -> dict[str, str]:
    """Scope and words of a breach; only for this package."""
    said: dict[str, str] = unseal_json(row.pk, _place(row.pk), row.sealed)
    ending = unseal_json(row.pk, _place(row.pk, "sealed_ending"), row.sealed_ending) or {}
    return {**said, "ending": ending.get("words", "")}


def scope_of(row: Breach) -> Scope:
    """The part of the trail that a breach is about."""
    said = opened(row)
    return Scope(
        since=row.since,
        until=row.until,
        member=said["member"],
        agency=said["agency"],
        subject=said["subject"],
    )


def pack_of(breach_id: UUID, *, by: ActingMember, at: datetime) -> tuple[str, bytes]:
    """File name and content of the pack of a breach, made anew from the trail.

    Raises:
        NotFound, NotAllowed, PackKeyMissing.
    """
    row = Breach.objects.filter(pk=breach_id).first()
    if row is None:
        raise NotFound
    said = opened(row)
    pack = gathered(scope_of(row), by=by, at=at, how=said["how"], handling=said["handling"])
    return packed(pack, row.known_at, f"kebocoran-{row.code}")


def packed(pack: Pack, known_at: datetime, name: str) -> tuple[str, bytes]:
    """The archive; sealed under the words of ``RANGKUL_PACK_PASSPHRASE_FILE`` when that is set (``rangkul rights open``).

    Raises:
        PackKeyMissing: the file is named and cannot be read. No pack leaves unsealed then.
    """
    content = zipped(pack, known_at)
    key = pack_key()
    if key is None:
        return f"{name}.zip", content
    out = BytesIO()
    writer = SealedWriter(out, key)
    writer.write(content)
    writer.close()
    return f"{name}.zip.tersegel", out.getvalue()


def pack_key() -> LocalRoots | None:
    """The key that packs are sealed with, or None when none is configured."""
    path = settings.PACK_PASSPHRASE_FILE
    if not path:
        return None
    try:
        words = Path(path).read_bytes().strip()
    except OSError:
        words = b""
    if not words:
        raise PackKeyMissing(path=str(path))
    return LocalRoots({1: Scrypt(salt=_SALT, length=32, n=2**14, r=8, p=1).derive(words)})
