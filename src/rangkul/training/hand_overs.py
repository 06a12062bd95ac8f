"""Hand-overs that lead up to now: to a hospital, refused by a full shelter, waiting, and a team at the shelter's door."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from rangkul.cases.models import Case
from rangkul.directory.queries import post_of_code
from rangkul.domain.policy import ActingMember
from rangkul.people.typed import NewPerson
from rangkul.referrals.hand_over_actions import (
    accept_hand_over,
    offer_case,
    offer_contact,
    refuse_hand_over,
    show_code,
)
from rangkul.referrals.hand_over_content import Answer, Offer
from rangkul.referrals.models import HandOver
from rangkul.training.hands import CarePlan, Hands

MAGELANG: Final = "33.71.03.1004"
RSJ: Final = "rsj_soerojo.penghubung"
SHELTER: Final = "dinsos.rumah_singgah"


def load_hand_overs(hands: Hands) -> None:
    """One of each kind, so that giver, receiver and their heads find something to do."""
    _to_the_hospital(hands)
    _refused_and_waiting(hands)
    _teams(hands)


def _accept(row: HandOver, *, by: ActingMember, giver: ActingMember | None, at: datetime) -> None:
    """The receiver ticks everything and types the PIN that the sender shows; without a giver it presses the button."""
    pin = show_code(row.pk, by=giver, at=at).pin if giver else ""
    present = tuple(row.items.values_list("belonging_id", flat=True))
    accept_hand_over(row.pk, Answer(present=present, pin=pin), by=by, at=at)


def _to_the_hospital(hands: Hands) -> None:
    """Scenario S6: after admission the hospital holds; its liaison reads what it needs and no more."""
    start = hands.ago(days=3)
    contact = hands.meet(
        hands.regu1,
        start - timedelta(hours=2),
        "rs_psc",
        MAGELANG,
        sex="L",
        age="31-45",
        category="gelandangan",
        place_words="Jl. Pemuda",
        seen={"words": "Berteriak, tidak memakai baju, tidak membawa apa pun yang berbahaya."},
    )
    new = NewPerson(age="30-40", sex="L", feature="sarung biru", place="Jl. Pemuda")
    hands.register(contact, new, by=hands.piket, at=start - timedelta(hours=1))
    case = hands.carry(contact, CarePlan(upto="asesmen", spm="none", needed=()), by=hands.rini, start=start)
    offer = Offer(
        notes={
            "facts": "Gelisah, berteriak, tidak melukai siapa pun. Sudah minum dan diberi baju.",
            "health": "Belum ada obat. Tekanan darah 130/85 menurut puskesmas.",
            "plan": "Keluarga sedang dicari lewat Dukcapil.",
        },
        belongings=("Sarung biru", "Gelang karet"),
        documents=("Surat pengantar puskesmas",),
        place="IGD RSJ Prof. Dr. Soerojo",
    )
    at = hands.ago(days=2)
    row = offer_case(case.pk, post_of_code(RSJ).pk, offer, by=hands.rini, at=at)
    _accept(row, by=hands.rsj, giver=hands.rini, at=at + timedelta(minutes=9))


def _refused_and_waiting(hands: Hands) -> None:
    refused = _ordinary(hands.rini)
    offer = Offer(
        notes={"facts": "Sehat, tenang, perlu tempat tidur malam ini."}, documents=("Fotokopi KTP",)
    )
    at = hands.ago(hours=4)
    row = offer_case(refused.pk, post_of_code(SHELTER).pk, offer, by=hands.rini, at=at)
    refuse_hand_over(
        row.pk,
        "penuh",
        next_words="Rumah singgah Dinas Sosial Provinsi",
        words="Tempat tidur putra penuh sampai Jumat.",
        by=hands.singgah,
        at=at + timedelta(minutes=7),
    )
    waiting = _ordinary(hands.bagas)
    offer = Offer(
        notes={
            "facts": "Sehat, sudah makan siang.",
            "plan": "Kunjungan ke keluarga dijadwalkan pekan depan.",
        },
        belongings=("Map berisi fotokopi KK",),
    )
    offer_case(waiting.pk, hands.rini.post_id, offer, by=hands.bagas, at=hands.ago(minutes=6))


def _ordinary(holder: ActingMember) -> Case:
    rows = Case.objects.filter(holder_id=holder.post_id, closed_at__isnull=True, sensitivity="ordinary")
    return rows.filter(hand_overs__isnull=True, stage="intervensi").order_by("opened_at")[0]


def _teams(hands: Hands) -> None:
    """One brought and taken over last night, one at the door now."""
    last = hands.ago(hours=11)
    contact = hands.meet(
        hands.regu1, last, "rumah_singgah", MAGELANG, sex="L", age="46-59", place_words="Alun-alun"
    )
    offer = Offer(
        notes={"facts": "Sadar, kedinginan, sudah diberi teh hangat."},
        belongings=("Karung berisi botol", "Uang Rp 37.000"),
        place="Rumah Singgah",
    )
    shelter = post_of_code(SHELTER).pk
    row = offer_contact(contact.pk, shelter, offer, by=hands.regu1, at=last + timedelta(minutes=30))
    _accept(row, by=hands.singgah, giver=None, at=last + timedelta(minutes=41))
    now = hands.ago(minutes=3)
    contact = hands.meet(
        hands.regu2,
        hands.ago(minutes=40),
        "rumah_singgah",
        MAGELANG,
        sex="L",
        age="46-59",
        place_words="Depan kantor pos",
    )
    offer = Offer(
        notes={
            "facts": "Tidak menjawab, tampaknya tidak mendengar; gunakan isyarat. Lecet di lutut kanan, sudah dibersihkan.",
            "stay": "Belum makan sejak ditemui.",
        },
        belongings=("Tas kain cokelat, isi pakaian", "Uang Rp 12.000", "Radio kecil, tanpa baterai"),
        place="Rumah Singgah",
    )
    offer_contact(contact.pk, shelter, offer, by=hands.regu2, at=now)
    # A woman who asked to talk to a woman: the unit is asked, and reads her condition and safety only.
    contact = hands.meet(
        hands.regu1,
        hands.ago(minutes=50),
        "unit_ppa",
        MAGELANG,
        sex="P",
        age="18-30",
        gate=("violence",),
        place_words="Halte depan balai kota",
    )
    offer = Offer(notes={"facts": "Tenang, ingin berbicara dengan petugas perempuan. Tidak luka."})
    offer_contact(
        contact.pk, post_of_code("dp4kb.uptd_ppa").pk, offer, by=hands.regu1, at=hands.ago(minutes=9)
    )
