"""Closing and reopening a case: rows of their own, never a stage (design 3.3).

The normal reason is that the last follow-up is done. From any stage a coded reason closes at once with its
proof: menolak layanan, meninggal, diserahkan ke daerah lain, tidak ditemukan 90 hari, bukan sasaran,
digabung. A closed case has no holder and no clock; a new contact offers reopening.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from rangkul.domain.errors import N_, BadInput, Conflict
from rangkul.domain.stages import CaseClosed, CaseOpen, ReasonMissing

OUTSIDE_ACCEPTANCE: Final = "outside_acceptance"
HAND_OVER_WAITING: Final = "hand_over_waiting"
BELONGINGS_KEPT: Final = "belongings_kept"


class ClosingReasonLike(Protocol):
    """What the rules read of a row of the closing reasons; no ``stages``: from any; no ``proof``.

    None asked.
    """

    @property
    def code(self) -> str:
        """The code, which never changes."""
        ...

    @property
    def stages(self) -> Collection[str]:
        """Stages from which the reason closes; none: from any."""
        ...

    @property
    def proof(self) -> str:
        """What proves the reason; empty: nothing is asked."""
        ...

    @property
    def wait_days(self) -> int:
        """Days without being seen before the reason holds."""
        ...

    @property
    def fact(self) -> str:
        """What the records must say besides the words; empty: nothing."""
        ...


class ClosingReasonUnknown(BadInput):
    """No closing reason has this code."""

    code = "closing_reason_unknown"
    says = N_("Alasan penutupan ini tidak dikenal. Pilih salah satu dari daftar.")


class ClosingTooEarly(Conflict):
    """This reason closes only from later stages: the normal end is the last follow-up."""

    code = "closing_too_early"
    says = N_("Alasan ini baru berlaku pada tahap {stages}. Teruskan tahapannya, atau pilih alasan lain.")


class ProofMissing(BadInput):
    """A closing without the proof that its reason asks for."""

    code = "proof_missing"
    says = N_("Penutupan dengan alasan ini perlu bukti. Unggah atau sebutkan buktinya, lalu simpan lagi.")


class SeenTooRecently(Conflict):
    """Not found for too short a time."""

    code = "seen_too_recently"
    says = N_(
        "Orang ini terakhir ditemui {days} hari lalu. Alasan ini baru berlaku setelah {wait_days} hari."
    )


class FollowUpOpen(Conflict):
    """A follow-up visit is still planned."""

    code = "follow_up_open"
    says = N_(
        "Masih ada kunjungan bimbingan lanjut yang terbuka. Catat hasilnya atau batalkan dengan alasan."
    )


class FactMissing(Conflict):
    """The reason rests on a record that is not there: a body outside the city has not accepted in writing."""

    code = "closing_fact_missing"
    says = N_(
        "Penutupan ini perlu penerimaan tertulis yang tercatat: nomor surat, nama penerima dan waktunya. "
        "Catat di “Penerimaan dari luar kota”, lalu tutup kasusnya."
    )


class HandOverOpen(Conflict):
    """Somebody is still asked to take over."""

    code = "hand_over_open"
    says = N_("Serah terima kasus ini masih menunggu jawaban. Tarik dahulu, atau tunggu diterima.")


class BelongingsKept(Conflict):
    """What belongs to the person is still kept by an agency."""

    code = "belongings_kept"
    says = N_("Masih ada barang orang ini yang belum kembali. Catat pengembaliannya, lalu tutup kasusnya.")


class JoinedElsewhere(Conflict):
    """A case that was joined to another continues there and is not reopened."""

    code = "joined_elsewhere"
    says = N_("Kasus ini sudah digabung ke kasus lain. Teruskan di kasus itu.")


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """What is true of the case that is to be closed; from records, never from the form.

    ``days_since_seen`` are whole WIB days since the newest contact, service, stay day or visit; ``None`` is
    never. ``told`` is what the rooms above say of the case (``outside_acceptance``, ``hand_over_waiting``,
    ``belongings_kept``).
    """

    stage: str
    is_closed: bool = False
    has_proof: bool = False
    open_visits: int = 0
    days_since_seen: int | None = None
    told: frozenset[str] = frozenset()


def check_close(
    reasons: Mapping[str, ClosingReasonLike], reason: str, facts: ClosingFacts
) -> ClosingReasonLike:
    """Return the reason with which the case may be closed now, or refuse.

    A reason that is bound to stages is the normal end and asks that no follow-up visit is open; every other
    reason closes at once, from any stage, with its proof. Where the reason waits (not found for 90 days),
    the person has not been seen for that long.

    Raises:
        CaseClosed, ClosingReasonUnknown, ClosingTooEarly, FollowUpOpen, ProofMissing, SeenTooRecently
        HandOverOpen, BelongingsKept, FactMissing: the rooms above say so.
    """
    if facts.is_closed:
        raise CaseClosed
    if reason not in reasons:
        raise ClosingReasonUnknown(field="reason")
    row = reasons[reason]
    _check_told(row, facts)
    if row.stages:
        _check_normal_end(row, facts)
    if row.proof and not facts.has_proof:
        raise ProofMissing(field="proof")
    days = facts.days_since_seen
    if row.wait_days and days is not None and days < row.wait_days:
        raise SeenTooRecently(days=days, wait_days=row.wait_days)
    return row


def can_close(reasons: Mapping[str, ClosingReasonLike], reason: str, facts: ClosingFacts) -> bool:
    """Say whether this reason could be offered for the case as it is now."""
    try:
        check_close(reasons, reason, facts)
    except (Conflict, BadInput):
        return False
    return True


def check_reopen(*, is_closed: bool, was_joined: bool, reason: str) -> None:
    """Let a closed case be opened again, by a row with a reason.

    Raises:
        CaseOpen: it is open.
        JoinedElsewhere: it was joined to another case, which goes on.
        ReasonMissing: no reason.
    """
    if not is_closed:
        raise CaseOpen
    if was_joined:
        raise JoinedElsewhere
    if not reason.strip():
        raise ReasonMissing


def can_reopen(*, is_closed: bool, was_joined: bool) -> bool:
    """Say whether reopening can be offered."""
    return is_closed and not was_joined


def _check_told(row: ClosingReasonLike, facts: ClosingFacts) -> None:
    if HAND_OVER_WAITING in facts.told:
        raise HandOverOpen
    if BELONGINGS_KEPT in facts.told:
        raise BelongingsKept
    if row.fact and row.fact not in facts.told:
        raise FactMissing(field="reason")


def _check_normal_end(row: ClosingReasonLike, facts: ClosingFacts) -> None:
    if facts.stage not in row.stages:
        raise ClosingTooEarly(stages=", ".join(row.stages))
    if facts.open_visits:
        raise FollowUpOpen
