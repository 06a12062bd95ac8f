"""Returns home at every point of the way, a death, and somebody who was met again. Every move is a real action.

The relay Magelang → Dinsos DIY → Garut, and the people on it, are invented after ``domain/practice.md`` S5 and S7.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from rangkul.cases.models import Case, Visit
from rangkul.cases.visit_actions import record_visit
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.people.actions import add_claims
from rangkul.people.models import Person
from rangkul.people.typed import NewClaim, NewPerson
from rangkul.training.hands import CarePlan, Hands, training_nik
from rangkul.trips.actions import (
    LegInput,
    NewTrip,
    confirm_arrival,
    depart,
    hand_to_next,
    plan_trip,
    record_answer,
    record_condition,
    record_death,
    record_police_letter,
    record_step,
    record_trip_services,
    save_leg,
    start_next_leg,
)
from rangkul.trips.models import Trip

GARUT: Final = "32.05"
TEMANGGUNG: Final = "33.23"
TERMINAL: Final = "33.71.01.1011"
WELL: Final = {"confused": "no", "ill": "no", "unstable": "no", "deaf_mute": "no"}
STRANDED: Final = CarePlan(
    upto="resosialisasi",
    hours=(2, 8, 20, 30),
    needed=("permakanan", "penelusuran_keluarga", "reunifikasi", "rujukan"),
    planned=("permakanan",),
    wish="Ingin pulang ke ibunya di Garut.",
)


def load_returns(hands: Hands) -> None:
    """Load the returns; the training accounts of Rini, Bagas and the head of section find work in them."""
    _dedi(hands)
    _late_on_the_relay(hands)
    _elder_with_escort(hands)
    met = _home_and_met_again(hands)
    _home_for_three_months(hands)
    _child(hands)
    _unknown_man_died(hands)
    hands.link(
        hands.meet(
            hands.regu2,
            hands.ago(hours=9),
            "dibina_pergi",
            "33.71.03.1003",
            sex="L",
            age="31-45",
            place_words="Depan Pasar Rejowinangun",
        ),
        met,
        by=hands.piket,
        at=hands.ago(hours=8),
    )


def _stranded(  # noqa: PLR0913 - one stranded person
    hands: Hands,
    holder: ActingMember,
    days: float,
    name: str,
    born: date,
    *,
    sex: str,
    origin: str,
    plan: CarePlan = STRANDED,
    age: str = "18-30",
    category: str = "orang_telantar",
) -> Case:
    """Somebody with a document, met at the terminal."""
    start = hands.ago(days=days)
    contact = hands.meet(
        hands.regu1,
        start - timedelta(hours=3),
        "diserahkan_dinsos",
        TERMINAL,
        sex=sex,
        age=age,
        category=category,
        place_words="Terminal Tidar",
    )
    hands.register(
        contact,
        NewPerson(
            name=name,
            nik=training_nik(born, sex, 700 + born.day + born.year % 50),
            birth_date=born,
            sex=sex,
            origin=origin,
            citizen="ya",
            source="document",
            source_words="KTP dilihat",
        ),
        by=hands.piket,
        at=start - timedelta(hours=2),
    )
    return hands.carry(contact, plan, by=holder, start=start)


def _planned(  # noqa: PLR0913 - one plan
    case: Case,
    at: datetime,
    by: ActingMember,
    code: str,
    name: str,
    *,
    answer: str = "Bersedia menerima; petugas kami menjemput di terminal.",
    conditions: dict[str, str] | None = None,
) -> Trip:
    trip = plan_trip(
        case.pk,
        NewTrip(
            receiver="agency",
            destination_code=code,
            receiver_name=name,
            receiver_phone="0812 0000 0262",
            address="Kampung Cimanuk RT 2 RW 5 (alamat latihan)",
            wish="agrees",
            wish_words="Ingin pulang, ibu saya menunggu.",
        ),
        by=by,
        at=at,
    )
    later = at + timedelta(minutes=25)
    if answer:
        record_answer(trip.pk, "accepts", "phone", later, "Pak Asep, piket Dinsos", answer, by=by, at=later)
    record_condition(
        trip.pk, conditions or WELL, "Dilihat petugas puskesmas sebelum berangkat.", by=by, at=later
    )
    record_police_letter(trip.pk, f"SKOT/{at:%d}/XI/2026/Sek Magelang Selatan", by=by, at=later)
    return trip


def _tickets(
    trip: Trip,
    start: datetime,
    by: ActingMember,
    at: datetime,
    *,
    hours: float = 6,
    **escort: object,
) -> None:
    carriers = ("Bus Sumber Waras", "Bus Rukun Jaya", "Bus Budiman")
    for number, leg in enumerate(trip.legs.order_by("order")):
        departs = start + timedelta(hours=number * (hours + 2))
        new = LegInput(
            origin=leg.origin,
            target=leg.target,
            target_agency=leg.target_agency_id or "",
            carrier=carriers[number % 3],
            ticket=f"MGL-{1120 + number}",
            fare=(55_000, 185_000, 210_000)[number % 3],
            departs_at=departs,
            eta_at=departs + timedelta(hours=hours),
            **escort,  # type: ignore[arg-type]
        )
        save_leg(trip.pk, new, by=by, at=at, leg_id=leg.pk)


def _dedi(hands: Hands) -> None:
    """S5: cheated by a job offer, wallet gone; only his tickets are missing."""
    case = _stranded(hands, hands.rini, 2, "Dedi Supriadi", date(1997, 3, 9), sex="L", origin=GARUT)
    _planned(case, hands.ago(hours=5), hands.rini, GARUT, "Ibu Neneng (ibu)")


def _late_on_the_relay(hands: Hands) -> None:
    """Handed to Dinsos DIY the day before yesterday; Garut has not called."""
    case = _stranded(
        hands, hands.rini, 5, "Ujang Suryana", date(1981, 7, 21), sex="L", origin=GARUT, age="31-45"
    )
    at = hands.ago(days=2)
    trip = _planned(case, at - timedelta(hours=3), hands.rini, GARUT, "Keluarga Pak Ujang")
    _tickets(trip, at, hands.rini, at - timedelta(hours=1), hours=4)
    depart(trip.pk, by=hands.rini, at=at)
    done = at + timedelta(hours=5)
    hand_to_next(trip.pk, done, "phone", "Bu Yuni, Dinsos DIY", by=hands.rini, at=done)
    start_next_leg(trip.pk, by=hands.rini, at=at + timedelta(hours=6))


def _elder_with_escort(hands: Hands) -> None:
    """S7: confused, so never alone; a volunteer travels with her."""
    case = _stranded(
        hands, hands.bagas, 4, "Mbah Tukinem", date(1951, 2, 2), sex="P", origin=TEMANGGUNG, age="60+"
    )
    at = hands.ago(hours=3)
    confused = WELL | {"confused": "yes"}
    trip = _planned(
        case, at - timedelta(hours=4), hands.bagas, TEMANGGUNG, "Pak Wardi (anak)", conditions=confused
    )
    _tickets(
        trip,
        at,
        hands.bagas,
        at - timedelta(hours=1),
        hours=2,
        escort="post",
        escort_post_id=hands.tksk.post_id,
    )
    depart(trip.pk, by=hands.bagas, at=at)


def _home_and_met_again(hands: Hands) -> Person:
    """Arrived six weeks ago, services recorded, first visits due; met again this morning."""
    plan = CarePlan(upto="resosialisasi", hours=(2, 8, 20, 30), planned=("permakanan",))
    case = _stranded(
        hands,
        hands.rini,
        46,
        "Sutrisno Hadi",
        date(1985, 11, 3),
        sex="L",
        origin=TEMANGGUNG,
        plan=plan,
        age="31-45",
    )
    at = hands.ago(days=43)
    trip = _planned(case, at - timedelta(hours=4), hands.rini, TEMANGGUNG, "Pak Karjo (kakak)")
    _tickets(trip, at, hands.rini, at - timedelta(hours=1), hours=2)
    depart(trip.pk, by=hands.rini, at=at)
    home = at + timedelta(hours=3)
    confirm_arrival(trip.pk, home, "whatsapp", "Pak Karjo", "Sudah di rumah.", by=hands.rini, at=home)
    record_trip_services(trip.pk, by=hands.rini, at=home + timedelta(hours=1))
    return case.person


def _home_for_three_months(hands: Hands) -> Person:
    """S1: met twice, at home since nearly three months; whoever meets him now is told of the third contact."""
    plan = CarePlan(upto="resosialisasi", hours=(2, 8, 20, 30), planned=("permakanan",))
    case = _stranded(
        hands,
        hands.rini,
        88,
        "Suparjo Riyadi",
        date(1981, 5, 4),
        sex="L",
        origin=TEMANGGUNG,
        plan=plan,
        age="31-45",
    )
    scar = NewClaim(kind="mark", value="Bekas luka bakar tangan kiri", source="officer")
    add_claims(case.person_id, [scar], by=hands.rini, at=hands.ago(days=87))
    before = hands.meet(
        hands.regu1,
        hands.ago(days=120),
        "dibina_pergi",
        TERMINAL,
        sex="L",
        age="31-45",
        place_words="Terminal Tidar",
    )
    hands.link(before, case.person, by=hands.piket, at=hands.ago(days=87))
    at = hands.ago(days=85)
    trip = _planned(case, at - timedelta(hours=4), hands.rini, TEMANGGUNG, "Bu Riyadi (ibu)")
    _tickets(trip, at, hands.rini, at - timedelta(hours=1), hours=2)
    depart(trip.pk, by=hands.rini, at=at)
    home = at + timedelta(hours=3)
    confirm_arrival(trip.pk, home, "whatsapp", "Bu Riyadi", "Sudah di rumah.", by=hands.rini, at=home)
    record_trip_services(trip.pk, by=hands.rini, at=home + timedelta(hours=1))
    taps = {"home": "yes", "safe": "yes", "working": "yes", "medicine": "unknown", "on_street": "no"}
    for visit in Visit.objects.filter(case_id=case.pk, after_days__in=(7, 30)).order_by("after_days"):
        done = home + timedelta(days=visit.after_days or 0)
        record_visit(visit.pk, "", taps, "Ditelepon; bekerja di kebun kakaknya.", by=hands.rini, at=done)
    return case.person


def _child(hands: Hands) -> None:
    """A girl of twelve: no ticket alone, for her there is no exception."""
    plan = CarePlan(upto="pendekatan_awal", agreed_by="guardian")
    start = hands.ago(days=1)
    contact = hands.meet(
        hands.regu1,
        start - timedelta(hours=3),
        "diserahkan_dinsos",
        TERMINAL,
        sex="P",
        age="6-12",
        category="anak_telantar",
        ground="pelindungan_anak",
        gate=("child",),
        place_words="Terminal Tidar",
    )
    new = NewPerson(name="Melati Anggraini", age="12", sex="P", origin=TEMANGGUNG, citizen="ya")
    hands.register(contact, new, by=hands.piket, at=start - timedelta(hours=2))
    case = hands.carry(contact, plan, by=hands.rini, start=start)
    wish = NewTrip(
        receiver="family",
        destination_code=TEMANGGUNG,
        receiver_name="Ibu Sari (ibu)",
        wish="guardian_agrees",
        wish_words="Ibunya ingin ia pulang secepatnya.",
    )
    plan_trip(case.pk, wish, by=hands.rini, at=hands.ago(hours=6))


def _unknown_man_died(hands: Hands) -> None:
    """Police told, examined, not identified; the notice is out. The holder stays."""
    start = hands.ago(days=6)
    contact = hands.meet(
        hands.regu2,
        start - timedelta(hours=4),
        "rs_psc",
        "33.71.03.1004",
        sex="L",
        age="60+",
        ground="gawat_darurat_kesehatan",
        gate=("injured",),
        place_words="Emperan toko Jl. Pemuda",
    )
    new = NewPerson(
        age="60-70", sex="L", feature="kemeja biru", place="Jl. Pemuda", marks=("Bekas luka di dagu",)
    )
    hands.register(contact, new, by=hands.piket, at=start - timedelta(hours=3))
    case = hands.carry(contact, CarePlan(), by=hands.bagas, start=start)
    day = wib_date(hands.ago(days=2, hours=22))
    death = record_death(
        case.pk, day, "RSUD Tidar", "Meninggal saat dirawat.", by=hands.bagas, at=hands.ago(days=2, hours=20)
    )
    steps: tuple[tuple[str, dict[str, str]], ...] = (
        ("police", {"who": "Aiptu Heru, Polsek Magelang Tengah", "number": "LP/88/XI/2026"}),
        ("visum", {"who": "dr. Laras, RSUD Tidar", "number": "VER/41/XI/2026"}),
        (
            "identification",
            {"result": "not_found", "who": "Inafis Polres", "words": "Sidik jari belum terekam."},
        ),
        ("publication", {"where": "Papan pengumuman RSUD, laman Dinsos, grup kelurahan"}),
    )
    for number, (step, said) in enumerate(steps):
        at = hands.ago(days=2, hours=18 - 4 * number)
        record_step(death.pk, step, wib_date(at), said, by=hands.bagas, at=at)
