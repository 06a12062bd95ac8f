"""Leave to share (izin berbagi): who may give it, on which ground, for whom, for which items, for how long.

Law: UU 27/2022 Ps. 20 (lawful basis), Ps. 22 (consent is plain and stands apart), Ps. 24 (it can be shown), Ps. 25 and 26
(children, people with disabilities), Ps. 40 (withdrawal). What holds where the guardian is the suspect is not in a text
that we have read: a best-interest decision with its grounds is our design (house/security.md B.4), unconfirmed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from rangkul.domain.errors import N_, BadInput, NotAllowed

GIVEN_BY: Final = ("subject", "guardian", "best_interest", "legal_order")
BASES: Final = ("consent", "legal_obligation", "vital_interest", "public_task")
BASES_OF: Final = {
    "subject": ("consent",),
    "guardian": ("consent",),
    "best_interest": ("vital_interest", "public_task"),
    "legal_order": ("legal_obligation",),
}
"""Which lawful bases fit who gave it: nobody consents by order, and no order is consent."""
ITEMS: Final = (
    "name",
    "sex_age",
    "nik",
    "phone",
    "address",
    "origin",
    "stage",
    "holder",
    "health",
    "assessment",
    "plan",
    "services",
    "stay",
)
"""What can be granted, one by one; a file is granted as ``file:<id>``. Whatever is not named is absent."""
FILE: Final = "file:"
NEVER_TO: Final = ("enforcement", "army")
"""Kinds of agencies to which nothing of a case is shared: they see the task (design §1.7)."""
SHORTEST_WORDS: Final = 10


class GiverWrong(NotAllowed):
    """Not the one who can give it."""

    code = "consent_giver_wrong"
    status = 422
    says = N_("Izin untuk seorang anak diberikan oleh walinya, atau lewat keputusan kepentingan terbaik.")


class GuardianIsSuspect(NotAllowed):
    """The guardian is, or may be, whom the person must be protected from."""

    code = "consent_guardian_suspect"
    status = 422
    says = N_(
        "Izin dari wali tidak dipakai bila wali adalah terduga pelaku, atau hal itu belum jelas."
        " Buat keputusan kepentingan terbaik dengan dasarnya."
    )


class GuardianNeedsWords(BadInput):
    """An adult decides alone, unless it is written why not."""

    code = "consent_guardian_words"
    says = N_("Orang dewasa memutuskan sendiri. Tuliskan mengapa belum dapat, atau catat izinnya sendiri.")


class BasisWrong(BadInput):
    """A basis that does not fit who gave it."""

    code = "consent_basis_wrong"
    says = N_("Dasar hukum ini tidak cocok dengan siapa yang memberi izin.")


class OrderIncomplete(BadInput):
    """An order has a number, a day, an issuer and a scope."""

    code = "consent_order_incomplete"
    says = N_("Perintah hukum dicatat lengkap: nomor, tanggal, penerbit, dan lingkupnya.")


class EvidenceMissing(BadInput):
    """Consent that cannot be shown is none (Ps. 24)."""

    code = "consent_evidence_missing"
    says = N_("Tuliskan buktinya: kapan, di mana, bagaimana izin atau keputusan ini dinyatakan.")


class ItemsMissing(BadInput):
    """Nothing chosen, or something that nobody offered."""

    code = "consent_items_missing"
    says = N_("Pilih apa saja yang boleh dilihat, satu per satu.")


class UntilWrong(BadInput):
    """Every leave ends."""

    code = "consent_until_wrong"
    says = N_("Isi sampai kapan: sesudah hari ini, paling lama {most} hari.")


class ReceiverNever(NotAllowed):
    """This kind of agency reads nothing of a case."""

    code = "consent_receiver_never"
    status = 422
    says = N_("Instansi ini melihat tugas, bukan perawatan: isi kasus tidak dibagikan kepadanya.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is about to be granted, as the rules see it.

    ``guardian_suspect`` is *no*, *yes* or *unknown*; *unknown* counts as yes. ``suspected_before`` says that an earlier
    record of this person named the guardian as suspect. ``order`` has number, date, issuer and scope, or empty words.
    """

    given_by: str
    basis: str
    items: tuple[str, ...]
    words: str
    is_minor: bool
    receiver_kind: str
    until: date | None
    guardian_suspect: str = "unknown"
    suspected_before: bool = False
    why_not_alone: str = ""
    order: tuple[str, str, str, str] = ("", "", "", "")


def check(asked: Asked, *, today: date, most_days: int, files: Iterable[str] = ()) -> None:
    """Refuse a leave that may not be given so.

    Args:
        files: ids of the files of this case that can be granted.

    Raises:
        ReceiverNever, GiverWrong, GuardianIsSuspect, GuardianNeedsWords, BasisWrong, OrderIncomplete, EvidenceMissing,
        ItemsMissing, UntilWrong: as they say, each at its field.
    """
    if asked.receiver_kind in NEVER_TO:
        raise ReceiverNever(field="receiver")
    _check_giver(asked)
    if asked.basis not in BASES_OF[asked.given_by]:
        raise BasisWrong(field="basis")
    if asked.given_by == "legal_order" and not all(each.strip() for each in asked.order):
        raise OrderIncomplete(field="order_number")
    if len(asked.words.strip()) < SHORTEST_WORDS:
        raise EvidenceMissing(field="words")
    known = {*ITEMS, *(f"{FILE}{each}" for each in files)}
    if not asked.items or not known.issuperset(asked.items):
        raise ItemsMissing(field="items")
    if asked.until is None or not today < asked.until <= today + timedelta(days=most_days):
        raise UntilWrong(field="until", most=most_days)


def _check_giver(asked: Asked) -> None:
    if asked.given_by not in GIVEN_BY:
        raise GiverWrong(field="given_by")
    if asked.given_by == "subject" and asked.is_minor:
        raise GiverWrong(field="given_by")
    if asked.given_by == "guardian" and (asked.suspected_before or asked.guardian_suspect != "no"):
        raise GuardianIsSuspect(field="guardian_suspect")
    stands_in = asked.given_by in {"guardian", "best_interest"}
    if stands_in and not asked.is_minor and not asked.why_not_alone.strip():
        raise GuardianNeedsWords(field="why_not_alone")


def is_open(since: datetime, expires: datetime, ended: datetime | None, now: datetime) -> bool:
    """Say whether a leave opens anything now: from its first moment, never at or after its end or withdrawal."""
    return since <= now < expires and (ended is None or now < ended)


def shown(granted: Iterable[str], there: Iterable[str]) -> tuple[str, ...]:
    """Return what of ``there`` may be shown, in its order: exactly what was granted, nothing by kinship or default."""
    given = frozenset(granted)
    return tuple(each for each in there if each in given)


def state(since: datetime, expires: datetime, ended: datetime | None, now: datetime) -> str:
    """Say in one word how a leave stands: open, withdrawn, expired or later."""
    if ended is not None and now >= ended:
        return "withdrawn"
    if now >= expires:
        return "expired"
    return "open" if now >= since else "later"
