"""What the letters about a return may say: the gaps of their templates, filled with what this member may see."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from rangkul.directory.city import city
from rangkul.domain import trips as rules
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib, wib_date
from rangkul.people.queries import age_of
from rangkul.trips.queries import LegShown, TripPage, trip_page


def letter_facts(member: ActingMember, about_id: UUID) -> dict[str, object]:
    """The gaps of the covering letter, the statement, the minutes at arrival and the receipt of the tickets.

    Surat pengantar ke Dinsos tujuan, surat keterangan orang telantar, berita acara serah terima, kwitansi.

    Raises:
        NotFound: the trip is missing, or hidden from this member.
    """
    now = timezone.now()
    page = trip_page(member, about_id, now)
    person, trip = page.trip.person, page.trip
    age = age_of(person, wib_date(now))
    facts: dict[str, object] = {
        "case_id": trip.case_id,
        "person_id": trip.person_id,
        "kode_kasus": page.case.code,
        "nama": person.label,
        "jenis_kelamin": {"L": "laki-laki", "P": "perempuan"}.get(person.sex, "belum diketahui"),
        "usia": _age(age.low, age.high) if age else "belum diketahui",
        "asal": trip.destination,
        "tujuan": trip.destination,
        "kota": city().name,
        "penerima": page.receiver,
        "dinsos_tujuan": city().agency_name(trip.receiver_agency_id, wib_date(now))
        if trip.receiver_agency_id
        else "",
        "nomor_surat_polisi": trip.police_letter,
        "berangkat": _when(trip.departed_at),
        "perkiraan_tiba": _when(trip.eta_at),
        "tiba": _when(trip.arrived_at),
        "ruas": [_leg(each) for each in page.legs if each.row.state != rules.LEG_CANCELLED],
        "biaya": [
            {"uraian": each.words, "kuitansi": each.receipt, "rupiah": each.amount} for each in page.costs
        ],
        "jumlah_rupiah": page.total,
    }
    if page.opens:
        facts |= _protected(page)
    return facts


def _protected(page: TripPage) -> dict[str, object]:
    accepted = next((each for each in page.answers if each.counts and each.answer == "accepts"), None)
    return {
        "alamat_tujuan": page.content.get("address", ""),
        "nama_penerima": page.content.get("receiver_name", ""),
        "telepon_penerima": page.receiver_phone,
        "keinginan_klien": page.content.get("wish_words", ""),
        "jawaban_penerima": accepted.words if accepted else "",
        "penjawab": accepted.who if accepted else "",
        "tanggal_jawaban": _when(accepted.answered_at) if accepted else "",
        "dikonfirmasi_oleh": page.content.get("confirmed_who", ""),
    }


def _leg(shown: LegShown) -> dict[str, object]:
    leg = shown.row
    return {
        "dari": leg.origin,
        "ke": leg.target,
        "angkutan": leg.carrier,
        "nomor_tiket": leg.ticket,
        "tarif_rupiah": leg.fare,
        "berangkat": _when(leg.departs_at),
        "perkiraan_tiba": _when(leg.eta_at),
        "pendamping": shown.escort,
    }


def _age(low: int, high: int) -> str:
    return f"{low} tahun" if low == high else f"{low}–{high} tahun"


def _when(moment: datetime | None) -> str:
    return f"{wib(moment):%d-%m-%Y %H.%M} WIB" if moment else ""
