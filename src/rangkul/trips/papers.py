"""What the letters about a return or a death may say: the gaps of the city's templates, as far as this member may see.

Gap names are those of ``letter_gaps.csv``. What opens protected words is a function: it runs only when a letter asks.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from rangkul.directory.city import city
from rangkul.domain import trips as rules
from rangkul.domain.errors import NotFound
from rangkul.domain.letters import long_date
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib, wib_date
from rangkul.people.models import Person
from rangkul.people.queries import IdentityPage, age_of, identity_of, origin_words, person_seen_by
from rangkul.trips.queries import DeathPage, LegShown, TripPage, death_page, trip_page

VALID_DAYS = 14
UNKNOWN = "belum diketahui"
REASONS = {
    "child": "anak",
    "confused_elder": "lanjut usia dan bingung",
    "ill": "sedang sakit",
    "unstable": "perlu pendampingan kesehatan jiwa",
    "deaf_mute_unidentified": "tuli-bisu tanpa identitas",
}


def letter_facts(member: ActingMember, about_id: UUID) -> dict[str, object]:
    """A return: travel letter, covering letter to the receiving Dinsos, minutes at arrival, receipt of the tickets.

    Raises:
        NotFound: the trip is missing, or hidden from this member.
    """
    now = timezone.now()
    page = trip_page(member, about_id, now)
    trip = page.trip
    legs = [each for each in page.legs if each.row.state != rules.LEG_CANCELLED]
    facts: dict[str, object] = {
        "case_id": trip.case_id,
        "person_id": trip.person_id,
        "sensitivity": page.case.sensitivity,
        "kode_kasus": page.case.code,
        **_who(member, trip.person, now),
        "tujuan": trip.destination,
        "penerima": page.receiver,
        "ruas": [_leg(each) for each in legs],
        "pendamping": "; ".join(dict.fromkeys(each.escort for each in legs if each.escort)) or "tidak perlu",
        "perkiraan_tiba": _when(_last_eta(legs)),
        "berlaku_sampai": now + timedelta(days=VALID_DAYS),
        "hal": f"Pengantar pemulangan ke {trip.destination}",
        "kepada": f"Kepala {_receiver_name(page)}" if trip.receiver_agency_id else page.receiver,
        "tanggal_serah": trip.arrived_at or now,
        "jam_serah": f"{wib(trip.arrived_at):%H.%M}" if trip.arrived_at else "",
        "tempat_serah": trip.destination,
        "pihak_pertama_nama": page.holder_person or (page.case.holder.title if page.case.holder else ""),
        "pihak_pertama_jabatan": page.case.holder.title if page.case.holder else "",
        "pihak_pertama_instansi": city().agency_name(page.case.agency_id, wib_date(now)),
        "pihak_kedua_instansi": _receiver_name(page),
        "tanggal_bantuan": trip.departed_at or now,
        "tempat_bantuan": city().name,
        "bantuan": [*(_ticket(each) for each in legs if each.row.fare), *_costs(page)],
        "petugas": page.holder_person,
        "petugas_jabatan": page.case.holder.title if page.case.holder else "",
    }
    return facts | _protected(page) if page.opens else facts


def _protected(page: TripPage) -> dict[str, object]:
    accepted = next((each for each in page.answers if each.counts and each.answer == "accepts"), None)
    watched = ", ".join(REASONS[code] for code in page.reasons)
    return {
        "jawaban_penerima": f"{accepted.who}, {_when(accepted.answered_at)}: {accepted.words.rstrip('. ')}"
        if accepted
        else "",
        "alamat_keluarga": page.content.get("address", ""),
        "keadaan": page.content.get("condition_words", "") or watched or "Sehat untuk bepergian.",
        "kondisi": page.content.get("condition_words", "") or watched or "Sehat untuk bepergian.",
        "perlu_diperhatikan": f"Tidak bepergian sendiri: {watched}." if watched else "",
        "pihak_kedua_nama": page.content.get("confirmed_who", "") or page.content.get("receiver_name", ""),
        "pihak_kedua_jabatan": "penerima",
        "dokumen": [("Surat polisi", page.trip.police_letter)] if page.trip.police_letter else [],
    }


def letter_facts_of_death(member: ActingMember, about_id: UUID) -> dict[str, object]:
    """A death: its minutes (berita acara kematian).

    Raises:
        NotFound: the death is missing, or hidden from this member.
    """
    now = timezone.now()
    page = death_page(member, about_id, now)
    death = page.death
    return {
        "case_id": death.case_id,
        "person_id": death.person_id,
        "sensitivity": "protected",
        "kode_kasus": page.case.code,
        **_who(member, death.person, now),
        "tanggal_lapor": death.recorded_at,
        "tanggal_meninggal": death.died_on,
        "tempat_meninggal": page.content.get("where", ""),
        "nomor_polisi": _step(page, "police", "who", "number"),
        "visum": _step(page, "visum", "who", "number"),
        "pengumuman": _step(page, "publication", "where", "until"),
        "keluarga": _step(page, "claim", "who", "proof") or _step(page, "identification", "words") or UNKNOWN,
        "pemakaman": _step(page, "burial", "where", "who"),
        "uraian": page.content.get("words", ""),
    }


def _step(page: DeathPage, step: str, *pieces: str) -> str:
    found = [each for each in page.steps if each.step == step]
    if not found:
        return ""
    content = found[-1].content
    said = [
        _until(content[piece]) if piece == "until" else content[piece]
        for piece in pieces
        if content.get(piece)
    ]
    return ", ".join([*said, long_date(found[-1].happened_on)])


def _until(day: str) -> str:
    return f"sampai {long_date(date.fromisoformat(day))}"


def _who(member: ActingMember, person: Person, now: datetime) -> dict[str, object]:
    """Name, other names and NIK by the same right as on the identity page; opened only when a letter asks."""

    def page(*reveal: str) -> IdentityPage | None:
        try:
            return identity_of(member, person_seen_by(member, person.pk), at=now, reveal=reveal)
        except NotFound:
            return None

    def name() -> str:
        found = page()
        return (found.name or found.label) if found else person.label

    def alias() -> str:
        found = page()
        return ", ".join(found.also_known_as) if found else ""

    def nik() -> str:
        found = page("nik")
        lines = dict(found.groups).get("nik", []) if found else []
        return lines[0].value if lines else ""

    age = age_of(person, wib_date(now))
    return {
        "nama": name,
        "alias": alias,
        "nik": nik,
        "jenis_kelamin": {"L": "Laki-laki", "P": "Perempuan"}.get(person.sex, UNKNOWN),
        "usia": _age(age.low, age.high) if age else UNKNOWN,
        "asal": origin_words(person.origin_code) or UNKNOWN,
    }


def _receiver_name(page: TripPage) -> str:
    key = page.trip.receiver_agency_id
    return city().agency_name(key, wib_date(page.trip.planned_at)) if key else page.receiver


def _last_eta(legs: list[LegShown]) -> datetime | None:
    return legs[-1].row.eta_at if legs else None


def _leg(shown: LegShown) -> list[str]:
    """From, to, carrier, departure (and when it should be there), ticket: the columns of ``ruas``."""
    leg = shown.row
    times = _when(leg.departs_at)
    if leg.eta_at:
        is_same_day = leg.departs_at is not None and wib_date(leg.departs_at) == wib_date(leg.eta_at)
        times += f", tiba pukul {wib(leg.eta_at):%H.%M} WIB" if is_same_day else f", tiba {_when(leg.eta_at)}"
    return [leg.origin, leg.target, leg.carrier, times, leg.ticket]


def _ticket(shown: LegShown) -> list[str]:
    leg = shown.row
    worth = f", {rupiah(leg.fare)}" if leg.fare else ""
    return [f"Tiket {leg.carrier} {leg.ticket}, {leg.origin} – {leg.target}{worth}", "1", "lembar"]


def _costs(page: TripPage) -> list[list[str]]:
    return [[f"{each.words} ({each.receipt}), {rupiah(each.amount)}", "1", "kali"] for each in page.costs]


def rupiah(amount: int) -> str:
    """Whole rupiah with dots: Rp 185.000."""
    return "Rp " + f"{amount:,}".replace(",", ".")


def _age(low: int, high: int) -> str:
    return f"{low} tahun" if low == high else f"sekitar {low} sampai {high} tahun"


def _when(moment: datetime | None) -> str:
    return f"{long_date(wib_date(moment))} pukul {wib(moment):%H.%M} WIB" if moment else ""
