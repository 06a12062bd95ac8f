"""Each kind of letter of law.md §8 drawn from what really happened: a trip, a hand-over, a referral, a death, a case.

What a person must still write is named here; everything else must come out of the records by itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client

from rangkul.directory.city import city
from rangkul.domain.letters import CELL
from rangkul.domain.policy import ActingMember
from rangkul.letters.actions import (
    content_of,
    draft_letter,
    give_paraf,
    save_draft,
    send_letter,
    sheet_of,
    sign_letter,
)
from rangkul.letters.models import Letter
from rangkul.letters.queries import letter_pdf, public_check
from rangkul.letters.rendering import pictures
from rangkul.meetings import actions as meetings
from rangkul.meetings.models import AgendaItem
from rangkul.referrals.hand_over_actions import Answer, accept_hand_over
from rangkul.services.models import ServiceRecord
from rangkul.trips.actions import confirm_arrival, depart
from tests.cases.made import brought_to
from tests.cast import Cast, login
from tests.meetings.test_meetings import running
from tests.referrals.test_hand_overs import offered
from tests.referrals.test_referrals import refer
from tests.trips.made import a_case, hours, readied
from tests.trips.test_deaths import a_death, walk

About = tuple[str, UUID]


def a_whole_case(cast: Cast) -> About:
    return "case", brought_to(cast, "terminasi").pk


def a_case_at_work(cast: Cast) -> About:
    return "case", brought_to(cast, "intervensi").pk


def a_hand_over(cast: Cast) -> About:
    row = offered(cast, brought_to(cast, "intervensi"), cast.shelter, belongings=("Tas biru", "KTP"))
    present = tuple(row.items.values_list("belonging_id", flat=True))
    accept_hand_over(row.pk, Answer(present=present), by=cast.shelter, at=cast.later(hours=2))
    return "hand_over", row.pk


def a_trip(cast: Cast) -> About:
    return "trip", readied(cast).pk


def an_arrival(cast: Cast) -> About:
    trip = readied(cast)
    depart(trip.pk, by=cast.peksos, at=hours(cast, 1))
    confirm_arrival(
        trip.pk,
        hours(cast, 15),
        "phone",
        "Pak Asep, Dinsos Garut",
        "Sehat.",
        by=cast.peksos,
        at=hours(cast, 16),
    )
    return "trip", trip.pk


def a_referral(cast: Cast) -> About:
    return "referral", refer(cast, a_case(cast), skills="berdagang").pk


def a_burial(cast: Cast) -> About:
    death = a_death(cast)
    walk(cast, death, "police", "visum", "identification", "publication")
    walk(cast, death, "burial", day=15)
    return "death", death.pk


def a_service(cast: Cast) -> About:
    brought_to(cast, "terminasi")
    return "service", ServiceRecord.objects.order_by("recorded_at")[0].pk


def a_meeting(cast: Cast) -> About:
    meeting = running(cast)
    topic = AgendaItem.objects.filter(meeting=meeting, source="topic")[0]
    at = cast.later(days=3)
    meetings.write_minutes(topic.pk, "Semua sepakat.", by=cast.kabid, at=at)
    return "meeting", meeting.pk


REAL: dict[str, tuple[str, Callable[[Cast], About], set[str], tuple[str, ...]]] = {
    "covering letter of a case": (
        "surat_pengantar",
        a_case_at_work,
        {"kepada", "alasan", "keperluan"},
        ("Kasno 1", "depan pasar, Wates"),
    ),
    "record of a hand-over": (
        "ba_serah_terima",
        a_hand_over,
        set(),
        ("Rini Astuti", "Wahyu Nugroho", "Tas biru", "Sadar, belum makan"),
    ),
    "record of an arrival": (
        "ba_serah_terima",
        an_arrival,
        set(),
        ("Rini Astuti", "Pak Asep, Dinsos Garut", "| SKOT/12/XI/2026", "00.00"),
    ),
    "statement that somebody is stranded": (
        "surat_keterangan_orang_telantar",
        a_case_at_work,
        {"keperluan"},
        ("Kasno 1", "depan pasar, Wates", "2026-11-24"),
    ),
    "referral": (
        "surat_rujukan",
        a_referral,
        set(),
        ("Disperindag: lapak dan pekerjaan pasar", "berdagang", "2026-11-27"),
    ),
    "social report": (
        "laporan_sosial",
        a_case_at_work,
        {"masalah", "keluarga", "analisis"},
        ("isi biological", "ingin kerja di bengkel", "permakanan"),
    ),
    "statement of the client": ("surat_pernyataan", a_case_at_work, set(), ("Saya telah diberi tahu",)),
    "record of the end of services": (
        "ba_terminasi",
        a_whole_case,
        {"tempat_terminasi", "alasan", "hasil", "rencana_lanjut"},
        ("Penyediaan permakanan", "Keluarga", "Rini Astuti"),
    ),
    "receipt of a service": (
        "ba_bantuan",
        a_service,
        {"tempat_bantuan", "petugas", "petugas_jabatan"},
        ("Penyediaan permakanan",),
    ),
    "receipt of tickets": ("ba_bantuan", an_arrival, set(), ("Tiket Bus Rukun Jaya RJ-1", "Rini Astuti")),
    "travel letter": (
        "surat_jalan",
        a_trip,
        set(),
        ("Kabupaten Garut", "| Bus Rukun Jaya |", "Dinsos DIY", "| RJ-1"),
    ),
    "covering letter to the receiving agency": (
        "pengantar_dinsos_tujuan",
        a_trip,
        set(),
        ("Kepala Dinas Sosial Kabupaten Garut", "Siap, kami jemput", "diperiksa puskesmas"),
    ),
    "record of a death": (
        "ba_kematian",
        a_burial,
        set(),
        ("RSUD Tidar", "LP/1", "TPU Giriloyo blok C", "1 Desember 2026"),
    ),
    "invitation": ("undangan", a_meeting, set(), ("Aula Dinsos", "Jadwal penjangkauan bersama")),
    "attendance": ("daftar_hadir", a_meeting, set(), ("Rini Astuti", "Aula Dinsos")),
    "minutes": ("notulen", a_meeting, set(), ("Semua sepakat.", "Kepala Bidang Rehabilitasi Sosial")),
}


def test_every_kind_of_the_city_is_drawn_from_a_real_record() -> None:
    assert {kind for kind, *_ in REAL.values()} == set(city().letters)


def carried(cast: Cast, letter: Letter, by: ActingMember) -> Letter:
    """Sent, initialled and signed by the posts that it waits for, one after the other."""
    at = cast.later(days=20)
    send_letter(letter.pk, by=by, at=at)
    letter.refresh_from_db()
    while letter.waiting_id is not None:
        turn = next(each for each in cast.members.values() if each.post_id == letter.waiting_id)
        act = sign_letter if letter.state == "sign" else give_paraf
        act(letter.pk, by=turn, at=at)
        letter.refresh_from_db()
    return letter


@pytest.mark.parametrize("name", sorted(REAL))
def test_a_letter_is_filled_from_what_happened_and_issued(cast: Cast, client: Client, name: str) -> None:
    kind, make, by_hand, words = REAL[name]
    about = make(cast)
    by = cast.kabid if about[0] == "meeting" else cast.peksos
    row = city().letters[kind]
    letter = draft_letter(kind, about, by=by, at=cast.later(days=20))
    said = content_of(letter)

    assert {gap for gap in row.gaps if gap not in row.optional and not said.get(gap)} == by_hand
    for gap in row.gaps:
        columns = city().letter_gaps[gap].columns
        for line in said[gap].splitlines() if columns and said.get(gap) else ():
            assert len(line.split(CELL)) == len(columns), f"{gap}: {line}"
    whole = "\n".join(said.values())
    for word in words:
        assert word in whole, word
    typed = dict.fromkeys(by_hand, "ditulis petugas")
    save_draft(letter.pk, {**said, **typed}, by=by, at=cast.later(days=20))
    login(client, by)
    for language in ("id", "en"):
        client.cookies["rangkul_bahasa"] = language
        page = client.get(f"/surat/{letter.pk}/")
        assert page.status_code == 200
        assert f'lang="{language}"' in page.content.decode()

    letter = carried(cast, letter, by)

    assert letter.state == "issued"
    assert letter.number
    _file, drawn = letter_pdf(by, letter.pk, cast.later(days=21))
    assert drawn.startswith(b"%PDF")
    assert letter.code
    found = public_check(letter.code)
    assert found is not None
    assert "Kasno" not in repr(found)
    if folder := os.environ.get("RANGKUL_LETTERS"):
        kept = Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        for number, sheet in enumerate(pictures(row, content_of(letter), sheet_of(letter), letter.unit_id)):
            (kept / f"{name.replace(' ', '-')}-{number + 1}.png").write_bytes(sheet)
