"""``rangkul rights …``: the register of processing, the impact assessment, a breach pack. Refusals are raised."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from rangkul.domain.policy import ActingMember
from rangkul.rights import breach, breach_actions, register, retention
from rangkul.rights.refusals import PackKeyMissing
from rangkul.vault.archive import SealedReader


def moment(typed: str) -> datetime:
    """An ISO moment; without a zone it is WIB.

    Raises:
        ValueError: no moment.
    """
    found = datetime.fromisoformat(typed)
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def processing(which: str, form: str, out: str, *, by: ActingMember, at: datetime) -> dict[str, Any] | str:
    """The register or the impact assessment: JSON as text, else a file."""
    content = register.made(which, form, by=by, at=at)
    if form == "json" and not out:
        return content.decode()
    target = Path(out or f"{which}.{form}")
    target.write_bytes(content)
    return {"file": str(target), "bytes": len(content)}


def breach_pack(scope: breach.Scope, out: str, *, by: ActingMember, at: datetime) -> dict[str, Any]:
    """Who, which data, since when, as one archive."""
    pack = breach.gathered(scope, by=by, at=at)
    name, content = breach_actions.packed(pack, at, "kebocoran")
    target = Path(out or name)
    target.write_bytes(content)
    return {
        "file": str(target),
        "events": len(pack.touches),
        "subjects": len(pack.affected),
        "classes": list(pack.classes),
        "actors": len(pack.actors),
        "cut": pack.cut,
        "sealed": breach_actions.pack_key() is not None,
    }


def open_pack(path: str, out: str) -> dict[str, Any]:
    """Open a sealed pack with the words in the passphrase file.

    Raises:
        ArchiveDamaged, PackKeyMissing.
    """
    key = breach_actions.pack_key()
    if key is None:
        raise PackKeyMissing(path="RANGKUL_PACK_PASSPHRASE_FILE")
    target = Path(out or path.removesuffix(".tersegel"))
    with Path(path).open("rb") as file:
        reader = SealedReader(file, key)
        content = b"".join(iter(lambda: reader.read(1024 * 1024), b""))
    target.write_bytes(content)
    return {"file": str(target), "bytes": len(content)}


def retention_due(*, apply: bool, by: ActingMember, at: datetime) -> dict[str, Any]:
    """Counts per rule; with ``apply`` first what two people let go is destroyed."""
    destroyed = retention.apply_confirmed(by=by, at=at) if apply else None
    said = {
        each.rule.code: {
            "days": each.rule.days,
            "act": each.rule.act,
            "past_time": len(each.past),
            "waiting": each.waiting is not None,
        }
        for each in retention.schedule(by, at)
    }
    return {"rules": said} if destroyed is None else {"rules": said, "destroyed": destroyed}
