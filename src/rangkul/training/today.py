"""The invented set that leads up to now, so that every training sign-in finds work. Every move is a real action."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from rangkul.cases.actions import close_case, enter_stage, plan_visit, seat_post
from rangkul.cases.models import Case
from rangkul.directory.queries import post_of_code
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import at_wib, start_of_day, wib_date
from rangkul.people.actions import relate
from rangkul.people.typed import NewPerson
from rangkul.reports.actions import (
    NewReport,
    assign_team,
    receive_report,
    start_shift,
    verify_report,
)
from rangkul.stays.actions import ask_extension, enter_shelter, stays_on, take_roll_call
from rangkul.training.figures import load_figures
from rangkul.training.hand_overs import load_hand_overs
from rangkul.training.hands import CarePlan, Hands, training_nik
from rangkul.training.letters import load_letters
from rangkul.training.referrals import load_referrals
from rangkul.training.returns import load_returns

REJOWINANGUN: Final = "33.71.03.1003"
MAGELANG: Final = "33.71.03.1004"
CACABAN: Final = "33.71.03.1002"
MAGERSARI: Final = "33.71.01.1007"
TIDAR_UTARA: Final = "33.71.01.1010"
TIDAR_SELATAN: Final = "33.71.01.1011"
WATES: Final = "33.71.02.1003"
KEDUNGSARI: Final = "33.71.02.1005"
KAB_MAGELANG: Final = "33.08"


def load_today(hands: Hands, progress: Callable[[str], None]) -> None:
    """Load reports, contacts, cases, stays and figures relative to ``hands.at``."""
    _reports(hands)
    progress("laporan dan penugasan hari ini")
    _inbox(hands)
    _refusals(hands)
    progress("kontak yang menunggu")
    _stages(hands)
    _closed_and_back(hands)
    progress("kasus di ketujuh tahap")
    _shelter(hands)
    progress("rumah singgah")
    load_hand_overs(hands)
    progress("serah terima")
    load_referrals(hands)
    progress("rujukan")
    load_letters(hands)
    progress("surat")
    load_returns(hands)
    progress("pemulangan dan kematian")
    load_figures(hands, progress)


# --- reports -------------------------------------------------------------------------------------------------------


def _report(at: datetime, words: str, area: str, place: str, **more: str) -> UUID:
    told = {"still_there": "yes", "phone": "081200000001"} | more
    said = receive_report(
        NewReport(words=words, area_code=area, place_words=place, **told),  # type: ignore[arg-type]
        by=None,
        at=at,
    )
    return UUID(said["report_id"])


def _reports(hands: Hands) -> None:
    desk = hands.piket
    # Urgent, and still to be given to a team.
    urgent = _report(
        hands.ago(minutes=35),
        "Anak kecil duduk sendirian sejak pagi, tidak ada orang dewasa di dekatnya.",
        TIDAR_UTARA,
        "Depan pertokoan Simpang Trio",
    )
    verify_report(urgent, by=desk, at=hands.ago(minutes=25), urgent=True)
    # Two of one kelurahan within three hours: probably the same man.
    _report(
        hands.ago(hours=2, minutes=10),
        "Seorang bapak tidur di emperan toko sejak semalam, tampak lemas.",
        REJOWINANGUN,
        "Emperan toko sisi selatan Pasar Rejowinangun",
    )
    _report(
        hands.ago(minutes=15),
        "Ada bapak tua terbaring di depan toko dekat pasar, mohon dicek.",
        REJOWINANGUN,
        "Depan toko kain dekat pasar",
        phone="",
    )
    receive_report(
        NewReport(
            words="Ibu dengan tas besar kehabisan ongkos, sudah dua hari di terminal.",
            outside_code=KAB_MAGELANG,
            place_words="Terminal Secang",
            still_there="yes",
            phone="081200000002",
        ),
        by=None,
        at=hands.ago(hours=1),
    )
    verified = _report(
        hands.ago(hours=3),
        "Dua orang tidur di taman, membawa karung.",
        MAGELANG,
        "Sisi barat Alun-alun",
    )
    verify_report(verified, by=desk, at=hands.ago(hours=2, minutes=50))
    _assigned(
        hands,
        "satpolpp.regu2",
        100,
        REJOWINANGUN,
        "Bapak memulung tampak bingung di jalan raya.",
        "Depan Pasar Rejowinangun",
    )
    _assigned(hands, "satpolpp.regu1", 70, MAGERSARI, "Pengamen anak-anak di lampu merah.", "Simpang Artos")
    _assigned(
        hands,
        "kel_rejowinangun_utara.trantib",
        150,
        REJOWINANGUN,
        "Orang tidur di pos ronda.",
        "Pos ronda RW 4",
    )
    _assigned(
        hands,
        "polres.bhabin_rejowinangun_utara",
        130,
        REJOWINANGUN,
        "Kakek tersesat, lupa jalan pulang.",
        "Masjid dekat pasar",
    )
    _assigned(
        hands,
        "kodim.babinsa_rejowinangun_utara",
        160,
        REJOWINANGUN,
        "Ibu membawa bayi meminta-minta.",
        "Gang belakang pasar",
    )
    start_shift(
        post_of_code("satpolpp.regu2").pk,
        hands.ago(hours=4),
        hands.at + timedelta(hours=4),
        by=desk,
        at=hands.ago(hours=4),
    )
    # Last night's patrol: whom it met at 23.10 may be written down today (S1).
    evening = start_of_day(wib_date(hands.at)) - timedelta(hours=2)
    start_shift(post_of_code("satpolpp.regu2").pk, evening, evening + timedelta(hours=6), by=desk, at=evening)


def _assigned(hands: Hands, team: str, minutes: int, area: str, words: str, place: str) -> None:
    report = _report(hands.ago(minutes=minutes), words, area, place)
    assign_team(report, post_of_code(team).pk, by=hands.piket, at=hands.ago(minutes=minutes - 6))


# --- contacts ------------------------------------------------------------------------------------------------------


def _inbox(hands: Hands) -> None:
    """Waiting for Dinsos: a stranded woman, a hurt man, a child; and contacts that their own teams complete."""
    at = hands.ago(hours=5)
    contact = hands.meet(
        hands.regu2,
        at,
        "rumah_singgah",
        TIDAR_SELATAN,
        sex="P",
        age="31-45",
        place_words="Terminal Tidar",
        seen={
            "name": "Sri",
            "clothes": "Jaket hijau",
            "words": "Kehabisan ongkos, ingin pulang ke Purworejo.",
        },
    )
    born = at.date().replace(year=at.year - 38, month=4, day=12)
    hands.register(
        contact,
        NewPerson(
            name="Sri Wahyuningsih Kusumaningtyas Prabandari",
            nik=training_nik(born, "P", 41),
            birth_date=born,
            sex="P",
            origin="33.06",
            citizen="ya",
            source="document",
            source_words="KTP diperlihatkan",
        ),
        by=hands.piket,
        at=hands.ago(hours=4),
    )
    hands.meet(
        hands.regu1,
        hands.ago(hours=1, minutes=20),
        "rs_psc",
        REJOWINANGUN,
        sex="L",
        age="46-59",
        category="pemulung",
        ground="gawat_darurat_kesehatan",
        gate=("injured",),
        place_words="Jembatan dekat pasar",
        seen={"mark": "Bekas luka di dahi", "words": "Kaki terluka, dibawa petugas PSC 119."},
    )
    hands.meet(
        hands.regu1,
        hands.ago(hours=2),
        "unit_ppa",
        MAGERSARI,
        sex="L",
        age="6-12",
        category="anak_jalanan",
        ground="pelindungan_anak",
        gate=("child",),
        place_words="Simpang Artos",
        seen={"clothes": "Kaus kuning"},
    )
    hands.meet(
        hands.ppa,
        hands.ago(hours=1),
        "unit_ppa",
        MAGELANG,
        sex="P",
        age="13-17",
        category="anak_telantar",
        ground="pelindungan_anak",
        gate=("child",),
        trigger="polisi",
        place_words="Dekat stasiun lama",
    )
    hands.meet(
        hands.satpolpp,
        hands.ago(minutes=50),
        "diserahkan_dinsos",
        MAGELANG,
        sex="P",
        age="46-59",
        trigger="datang_sendiri",
        place_words="Pos Satpol PP Alun-alun",
        seen={"words": "Datang ke pos, menanyakan rumah singgah."},
    )
    hands.meet(
        hands.trantib,
        hands.ago(hours=20),
        "diserahkan_dinsos",
        REJOWINANGUN,
        sex="L",
        age="60+",
        category="lansia_telantar",
        trigger="kelurahan",
        place_words="Balai RW 2",
        seen={"alias": "Mbah Kasan", "words": "Belum ingat alamat anaknya."},
    )


def _refusals(hands: Hands) -> None:
    """Declining is an outcome (practice.md S12): offers, a card with a number, the next visit, then a volunteer."""
    offered = {"offered": ("rumah_singgah", "makan", "kartu_nomor"), "leaflet_given": True}
    first = hands.meet(
        hands.regu2,
        hands.ago(days=9),
        "menolak",
        REJOWINANGUN,
        sex="L",
        age="46-59",
        category="pengamen",
        refusal_reason="ingin_bekerja",
        next_visit_on=hands.today - timedelta(days=2),
        place_words="Gerbang timur pasar",
        **offered,
    )
    person = hands.register(
        first,
        NewPerson(name="Darmo Prasojo", alias="Pak Mo", age="50", sex="L", citizen="ya", origin="33.08"),
        by=hands.piket,
        at=hands.ago(days=8, hours=20),
    )
    second = hands.meet(
        hands.regu2,
        hands.ago(hours=7),
        "menolak",
        REJOWINANGUN,
        sex="L",
        age="46-59",
        category="pengamen",
        refusal_reason="tidak_percaya",
        next_visit_on=hands.today + timedelta(days=1),
        place_words="Gerbang timur pasar",
        **offered,
    )
    hands.link(second, person, by=hands.piket, at=hands.ago(hours=6))
    plan_visit(
        "outreach",
        hands.tksk.post_id,
        hands.today,
        "Biasa duduk di gerbang timur pasar sesudah pukul sembilan. Tanyakan kabarnya dahulu.",
        by=hands.rini,
        at=hands.ago(hours=5),
        contact_id=second.pk,
    )
    hands.meet(
        hands.tksk,
        hands.ago(hours=3),
        "menolak",
        CACABAN,
        sex="P",
        age="31-45",
        category="pemulung",
        trigger="relawan",
        refusal_reason="punya_tempat",
        next_visit_on=hands.today + timedelta(days=3),
        place_words="Dekat TPS Cacaban",
        **offered,
    )


# --- cases ---------------------------------------------------------------------------------------------------------


def _case(  # noqa: PLR0913 - who, where, how far
    hands: Hands,
    holder: ActingMember,
    days: float,
    new: NewPerson,
    plan: CarePlan,
    *,
    area: str = REJOWINANGUN,
    place: str = "Pasar Rejowinangun",
    category: str = "gelandangan",
    decision: str = "diserahkan_dinsos",
    gate: tuple[str, ...] = ("none",),
    ground: str = "kemauan_sendiri",
    age: str = "31-45",
) -> Case:
    start = hands.ago(days=days)
    contact = hands.meet(
        hands.regu2,
        start - timedelta(hours=3),
        decision,
        area,
        sex=new.sex,
        age=age,
        category=category,
        gate=gate,
        ground=ground,
        place_words=place,
    )
    hands.register(contact, new, by=hands.piket, at=start - timedelta(hours=2))
    return hands.carry(contact, plan, by=holder, start=start)


def _named(name: str, age: int, sex: str, **more: str) -> NewPerson:
    return NewPerson(name=name, age=str(age), sex=sex, **({"citizen": "ya", "origin": "33.08"} | more))  # type: ignore[arg-type]


def _stages(hands: Hands) -> None:
    rini, bagas = hands.rini, hands.bagas
    today = hands.today
    # 1: the man without a name (practice.md S2); the tries to identify him are overdue.
    unknown = NewPerson(
        age="40-50",
        sex="L",
        feature="topi merah",
        place="Pasar Rejowinangun",
        marks=("Tato bunga di lengan kiri",),
    )
    _case(hands, rini, 4, unknown, CarePlan(), category="orang_telantar", age="46-59")
    _case(
        hands,
        bagas,
        0.4,
        _named("Tumiran Wibisono", 52, "L"),
        CarePlan(),
        area=CACABAN,
        place="Pasar Cacaban",
    )
    # 2: being assessed; the first is overdue.
    _case(hands, rini, 7, _named("Ngadimin Suwito", 47, "L"), CarePlan(upto="asesmen"), category="pemulung")
    _case(
        hands,
        bagas,
        0.8,
        _named("Wartini Lestari", 34, "P"),
        CarePlan(upto="asesmen"),
        area=WATES,
        place="Halte Wates",
    )
    # 3 and 4; one of unknown citizenship.
    _case(
        hands,
        rini,
        5,
        _named("Surip Handoyo", 44, "L"),
        CarePlan(upto="rencana"),
        area=MAGELANG,
        place="Alun-alun",
    )
    _case(
        hands,
        bagas,
        6,
        _named("Yohan Laksmana", 29, "L", citizen="", origin=""),
        CarePlan(upto="rencana", wish="Ingin mencari pekerjaan dan tempat tinggal."),
        area=TIDAR_UTARA,
        place="Simpang Trio",
    )
    care = CarePlan(
        upto="intervensi",
        planned=("permakanan", "adminduk", "bimbingan_fms"),
        spm="S3",
        needed=("permakanan", "adminduk", "bimbingan_fms"),
    )
    elder = _case(
        hands, rini, 9, _named("Karsinah Widyawati", 71, "P"), care, category="lansia_telantar", age="60+"
    )
    hands.serve(elder, ("permakanan",), by=rini, at=hands.ago(days=4))
    hands.serve(elder, ("bimbingan_fms",), by=rini, at=hands.ago(days=2), proven=False)
    helped = _case(
        hands,
        bagas,
        10,
        _named("Giyono Saptono", 38, "L"),
        CarePlan(
            upto="intervensi",
            spm="S1",
            needed=("alat_bantu", "akses_dik_kes"),
            planned=("alat_bantu", "akses_dik_kes"),
        ),
        category="disabilitas_telantar",
        area=KEDUNGSARI,
        place="Terminal lama",
    )
    hands.serve(helped, ("alat_bantu",), by=bagas, at=hands.ago(days=3))
    # 5 and 6.
    _case(hands, rini, 13, _named("Mursidi Kartono", 41, "L", origin="33.06"), CarePlan(upto="resosialisasi"))
    _case(hands, bagas, 12, _named("Sumirah Anjani", 36, "P", origin="33.23"), CarePlan(upto="resosialisasi"))
    _case(
        hands,
        rini,
        15,
        _named("Paijan Harsono", 55, "L"),
        CarePlan(upto="terminasi"),
        area=MAGERSARI,
        place="Simpang Artos",
    )
    _case(hands, bagas, 17, _named("Lasmini Purwanti", 48, "P"), CarePlan(upto="terminasi"))
    # 7: visits of the kelurahan and of the volunteer.
    visits = (
        (
            "follow_up",
            hands.kesra.post_id,
            today,
            "Rumah kakaknya di RT 3 RW 5. Apakah masih di rumah dan bekerja?",
        ),
        ("follow_up", hands.rini.post_id, today + timedelta(days=20), "Kunjungan hari ke-30."),
    )
    _case(
        hands, rini, 21, _named("Sutopo Ariwibowo", 46, "L"), CarePlan(upto="bimbingan_lanjut", visits=visits)
    )
    visits = (
        (
            "follow_up",
            hands.tksk.post_id,
            today - timedelta(days=1),
            "Kos di belakang pasar. Lihat apakah masih berdagang.",
        ),
        ("address", hands.kesra.post_id, today + timedelta(days=2), "Pastikan alamat bibinya di RW 7."),
    )
    _case(
        hands, bagas, 24, _named("Wagimin Prayogo", 39, "L"), CarePlan(upto="bimbingan_lanjut", visits=visits)
    )
    # An override that the head has not seen.
    hurried = _case(
        hands,
        bagas,
        2,
        _named("Supangat Mintarja", 58, "L"),
        CarePlan(upto="asesmen"),
        area=WATES,
        place="Pasar Kebonpolo",
    )
    enter_stage(
        hurried.pk,
        "intervensi",
        by=bagas,
        at=hands.ago(days=1),
        reason="Keluarga menjemput besok pagi; layanan didahulukan, asesmen tertulis menyusul.",
        override=True,
    )


def _closed_and_back(hands: Hands) -> None:
    """A closed case, and the same man met again this morning: his new contact offers to reopen it."""
    known = _named("Slamet Nugrohadi", 43, "L", alias="Slamet Gundul", origin="33.23")
    case = _case(
        hands, hands.rini, 70, known, CarePlan(upto="intervensi"), area=TIDAR_SELATAN, place="Terminal Tidar"
    )
    close_case(
        case.pk,
        "menolak_layanan",
        "Ditawari rumah singgah dan tiket pulang; menyatakan ingin mencari kerja sendiri.",
        by=hands.rini,
        at=hands.ago(days=60),
    )
    again = hands.meet(
        hands.regu1,
        hands.ago(hours=4, minutes=30),
        "diserahkan_dinsos",
        TIDAR_SELATAN,
        sex="L",
        age="31-45",
        category="orang_telantar",
        place_words="Terminal Tidar",
    )
    hands.link(again, case.person, by=hands.piket, at=hands.ago(hours=4))


# --- the shelter ---------------------------------------------------------------------------------------------------


def _shelter(hands: Hands) -> None:
    rini, bagas = hands.rini, hands.bagas
    over = _case(
        hands,
        rini,
        7.3,
        # S7: met at the terminal with the letters of another city's Dinsos and an unclear address.
        _named("Sukinah Darmosuwito", 75, "P", origin="33.07"),
        CarePlan(upto="rencana", spm="S3"),
        decision="rumah_singgah",
        category="lansia_telantar",
        place="Terminal Tidar",
        age="60+",
    )
    warned = _case(
        hands,
        bagas,
        5.3,
        _named("Rumiyati Sekarwangi", 42, "P"),
        CarePlan(upto="rencana"),
        decision="rumah_singgah",
    )
    fresh = _case(
        hands,
        bagas,
        1.3,
        NewPerson(age="31-45", sex="L", feature="sarung kotak", place="Alun-alun"),
        CarePlan(),
        decision="rumah_singgah",
        area=MAGELANG,
        place="Alun-alun",
    )
    for case, bed, days in ((over, "W2", 7.2), (warned, "W1", 5.2), (fresh, "P2", 1.2)):
        _give_bed(hands, case, bed, hands.ago(days=days))
    _mother_and_children(hands)
    _roll_calls(hands)
    ask_extension(
        over.stays.get().pk,
        hands.today + timedelta(days=6),
        "keluarga_belum_ketemu",
        "Alamat di Wonosobo sudah ditemukan; keluarganya baru dapat menjemput akhir pekan.",
        by=hands.singgah,
        at=hands.ago(hours=6),
    )


def _give_bed(hands: Hands, case: Case, bed: str, at: datetime) -> None:
    holder = hands.rini if case.holder_id == hands.rini.post_id else hands.bagas
    seat_post(case.pk, hands.singgah.post_id, "Menginap di rumah singgah.", by=holder, at=at)
    enter_shelter(case.pk, bed, by=hands.singgah, at=at)


CHILD: Final = CarePlan(
    upto="rencana",
    spm="S2",
    needed=("permakanan", "sandang", "bimbingan_fms"),
    agreed_by="guardian",
    wish="Ingin tetap bersama ibunya dan sekolah lagi.",
)


def _mother_and_children(hands: Hands) -> None:
    mother = _case(
        hands,
        hands.rini,
        3.3,
        _named("Menik Sulistyorini", 31, "P", origin="33.22"),
        CarePlan(upto="rencana"),
        decision="rumah_singgah",
        gate=("pregnant_baby",),
        category="orang_telantar",
    )
    children = []
    for name, age, band in (("Bintang Ramadhani", 9, "6-12"), ("Laras Pinasthika", 4, "0-5")):
        child = _case(
            hands,
            hands.rini,
            3.25,
            _named(name, age, "L" if age > 5 else "P", origin="33.22"),  # noqa: PLR2004
            CHILD,
            gate=("child",),
            ground="pelindungan_anak",
            category="anak_telantar",
            age=band,
        )
        relate(mother.person_id, "parent_of", child.person.code, by=hands.rini, at=hands.ago(days=3))
        children.append(child)
    _give_bed(hands, mother, "K1", hands.ago(days=3.1))
    _give_bed(hands, children[0], "K2", hands.ago(days=3.1))
    nakes = hands.nakes
    seat_post(
        mother.pk, nakes.post_id, "Memeriksa ibu dan kedua anaknya.", by=hands.rini, at=hands.ago(days=3)
    )


def _roll_calls(hands: Hands) -> None:
    """Signed for every day but today."""
    for back in range(7, 0, -1):
        day = hands.today - timedelta(days=back)
        stays = stays_on(day)
        if stays:
            marks = {stay.pk: "present" for stay in stays}
            take_roll_call(day, marks, by=hands.singgah, at=at_wib(day, time(19, 30)))
