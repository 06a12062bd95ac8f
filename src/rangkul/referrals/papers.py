"""What the minutes of a hand-over (berita acara serah terima) may say: the gaps of the template, as this member sees them.

The paper is read by both sides, so it says of what must be known only what the receiver's role may read as well.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from uuid import UUID

from django.utils import timezone

from rangkul.directory.city import permission_table
from rangkul.directory.models import PostHolding
from rangkul.domain.errors import NotFound
from rangkul.domain.hand_overs import NOTE_GROUPS
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib, wib_date
from rangkul.people.queries import age_of
from rangkul.referrals.hand_over_content import opened_offer
from rangkul.referrals.hand_over_queries import HandOverDetail, hand_over_detail
from rangkul.referrals.hand_over_sight import ABOUT_ROWS, hand_overs_in_sight
from rangkul.referrals.models import HandOver

_SEXES = {"L": "Laki-laki", "P": "Perempuan"}
_UNKNOWN = "belum diketahui"


def letter_facts_of_hand_over(member: ActingMember, about_id: UUID) -> dict[str, object]:
    """Day, place, both parties, the person, condition, belongings, documents and witnesses.

    What stands sealed is opened, and its look recorded, once and only when the letter has that gap.

    Raises:
        NotFound: missing, or hidden from this member.
    """
    row = (
        hand_overs_in_sight(member)
        .filter(pk=about_id)
        .select_related(*ABOUT_ROWS, "giver_member", "answered_by")
        .first()
    )
    if row is None:
        raise NotFound
    moment = row.answered_at or row.offered_at

    @cache
    def page() -> HandOverDetail:
        return hand_over_detail(member, about_id, at=timezone.now())

    return {
        "case_id": row.case_id,
        "person_id": _person_id(row),
        "sensitivity": row.case.sensitivity if row.case else row.contact.sensitivity if row.contact else "",
        "tanggal_serah": moment,
        "jam_serah": f"{wib(moment):%H.%M}",
        "tempat_serah": lambda: _place(row, page()),
        "pihak_pertama_nama": row.giver_member.name if row.giver_member is not None else "",
        "pihak_pertama_jabatan": row.giver.title,
        "pihak_pertama_instansi": row.giver.agency.name,
        "pihak_kedua_nama": _taker_name(row),
        "pihak_kedua_jabatan": row.taker.title,
        "pihak_kedua_instansi": row.taker.agency.name,
        **_who(row, page),
        "kondisi": lambda: dict(page().notes).get("facts", ""),
        "yang_perlu_diketahui": lambda: _to_know(row, page()),
        "barang": lambda: [
            (thing.words, "", "tidak ada saat diterima" if thing.present is False else "ada")
            for thing in page().things or ()
        ],
        "dokumen": lambda: [(each, "") for each in page().documents or ()],
        "saksi_satu": lambda: _witness(page(), 0),
        "saksi_dua": lambda: _witness(page(), 1),
    }


def _person_id(row: HandOver) -> UUID | None:
    if row.case is not None:
        return row.case.person_id
    return row.contact.person_id if row.contact is not None else None


def _who(row: HandOver, page: Callable[[], HandOverDetail]) -> dict[str, object]:
    person = row.case.person if row.case is not None else row.contact.person if row.contact else None
    age = _UNKNOWN
    if person is not None and (found := age_of(person, wib_date(row.offered_at))) is not None:
        age = _age(found.low, found.high)
    elif row.contact is not None and row.contact.age_low is not None:
        age = _age(row.contact.age_low, row.contact.age_high or row.contact.age_low)
    sex = person.sex if person is not None else row.contact.sex if row.contact is not None else "?"
    return {
        "nama": lambda: page().line.label or _UNKNOWN,
        "jenis_kelamin": _SEXES.get(sex, _UNKNOWN),
        "usia": age,
    }


def _age(low: int, high: int) -> str:
    return f"{low} tahun" if low == high else f"sekitar {low} sampai {high} tahun"


def _place(row: HandOver, page: HandOverDetail) -> str:
    if page.documents is None:
        return row.taker.agency.name
    return str(opened_offer(row).get("place") or row.taker.agency.name)


def _taker_name(row: HandOver) -> str:
    if row.state == "accepted" and row.answered_by is not None:
        return row.answered_by.name
    rows = PostHolding.objects.filter(post=row.taker, until__isnull=True).order_by("since")
    return rows.values_list("member__name", flat=True).first() or ""


def _to_know(row: HandOver, page: HandOverDetail) -> str:
    opened = _opened_to(row, page.sensitivity)
    return "\n".join(
        f"{NOTE_GROUPS[group]}: {words}"
        for group, words in page.notes
        if group != "facts" and group in opened
    )


def _opened_to(row: HandOver, sensitivity: str) -> frozenset[str]:
    """The groups that the receiver's role reads."""
    taker = ActingMember(
        id=None,
        pid=None,
        name="",
        post_id=row.taker_id,
        post_code=row.taker.code,
        post_title=row.taker.title,
        agency=row.taker.agency_id,
        role=row.taker.role,
    )
    decision = permission_table().decide(taker, "hand_over.view", ("assigned",), sensitivity)
    return frozenset(group for group in NOTE_GROUPS if decision.opens(group))


def _witness(page: HandOverDetail, number: int) -> str:
    return page.witnesses[number] if len(page.witnesses) > number else ""
