"""The pages of a case: by role, with what was typed kept, and nothing of the care for those outside."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from uuid_utils.compat import uuid7

from rangkul.audit.models import Event
from rangkul.cases.actions import plan_visit, write_note
from rangkul.cases.models import Assessment, Case, CaseNote, StageEntry, Visit
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from tests.cases.made import a_contact, a_person, an_open_case, brought_to, informed, whole_assessment
from tests.cast import Cast

SignedIn = Callable[[ActingMember], Client]


def text_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]


def bare(response: object, code: str) -> str:
    """A page without what differs on every drawing: the code asked for, and tokens."""
    bared = re.sub(
        r'(csrfmiddlewaretoken" value=|X-CSRFToken&#34;:|X-CSRFToken":)"?[^"]*"', "", text_of(response)
    )
    # The printed hour may turn between two requests.
    return re.sub(r"\d\d\.\d\d</", "</", bared).replace(code, "")


def form_of(content: object) -> dict[str, object]:
    """An assessment as the browser sends it."""
    typed: dict[str, object] = {
        "assessed_on": content.assessed_on,
        "flags": list(content.flags),
        "types": list(content.types),
    }  # type: ignore[attr-defined]
    typed |= {f"section_{code}": words for code, words in content.sections.items()}  # type: ignore[attr-defined]
    typed |= {f"items_{code}": list(items) for code, items in content.items.items()}  # type: ignore[attr-defined]
    typed |= {f"wg_{code}": answer for code, answer in content.washington.items()}  # type: ignore[attr-defined]
    typed |= {f"rating_{code}": value for code, value in content.rating.items()}  # type: ignore[attr-defined]
    return typed


def test_the_list_shows_who_where_and_who_holds(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast)

    page = text_of(signed_in(cast.peksos).get("/kasus/"))

    for words in (case.code, case.person.label, "Pendekatan awal", "Pekerja Sosial 1"):
        assert words in page


def test_a_contact_becomes_a_case_by_one_button(cast: Cast, signed_in: SignedIn) -> None:
    contact = a_contact(cast, a_person(cast))
    client = signed_in(cast.peksos)
    address = f"/kasus/buka/{contact.pk}/"
    assert "Buka kasus, saya pegang" in text_of(client.get(address))

    answer = client.post(address, {"key": str(uuid7())})

    case = Case.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/kasus/{case.code}/")
    page = text_of(client.get(answer["Location"]))
    assert "Dipegang oleh" in page
    assert "Catat kesehatan" in page
    again = client.post(address, {"key": str(uuid7())})
    assert again.status_code == 409
    assert case.code in text_of(again)


def test_opening_a_contact_that_lacks_something_leads_back_to_it(cast: Cast, signed_in: SignedIn) -> None:
    contact = a_contact(cast, a_person(cast), gate_answered=False)

    page = text_of(signed_in(cast.peksos).get(f"/kasus/buka/{contact.pk}/"))

    assert "Lengkapi kontak" in page
    assert "Buka kasus, saya pegang" not in page


@pytest.mark.parametrize(
    "part", ["", "ringkasan", "asesmen", "rencana", "layanan", "tinggal", "riwayat", "tidak-ada", "%00"]
)
def test_every_tab_opens_for_the_holder(cast: Cast, signed_in: SignedIn, part: str) -> None:
    case = brought_to(cast, "bimbingan_lanjut")
    write_note(case.pk, "tenang hari ini", by=cast.peksos, at=cast.at)

    answer = signed_in(cast.peksos).get(f"/kasus/{case.code}/?bagian={part}")

    assert answer.status_code in {200, 400}
    if part == "riwayat":
        assert "tenang hari ini" in text_of(answer)
    if part == "ringkasan":
        assert "tenang hari ini" not in text_of(answer)
        assert not Event.objects.filter(action="case.looked").exists()


@pytest.mark.parametrize(
    "who",
    ["regu", "satpol_desk", "bhabin", "babinsa", "trantib", "kesra", "tksk", "admin", "dpo", "ppa", "nakes"],
)
def test_hidden_and_missing_are_the_same_page(cast: Cast, signed_in: SignedIn, who: str) -> None:
    case = an_open_case(cast)
    client = signed_in(getattr(cast, who))

    for tail in (
        "",
        "tahap/",
        "tutup/",
        "asesmen/",
        "rencana/",
        "catatan/",
        "bukti/first_health_look/",
        "kunjungan/",
    ):
        hidden = client.get(f"/kasus/{case.code}/{tail}")
        missing = client.get(f"/kasus/2X2-2X2-2/{tail}")
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert bare(hidden, case.code) == bare(missing, "2X2-2X2-2")


def test_the_duty_desk_sees_the_holder_and_no_care(cast: Cast, signed_in: SignedIn) -> None:
    case = brought_to(cast, "intervensi")
    client = signed_in(cast.desk)

    page = text_of(client.get(f"/kasus/{case.code}/"))

    assert "Pekerja Sosial 1" in page
    page = page.split('id="isi"')[1]
    for hidden in (
        "RAHASIA",
        "Riwayat",
        "bagian=",
        "Keberfungsian",
        "Layanan yang dibutuhkan",
        "ermakanan",
        "Tenggat",
    ):
        assert hidden not in page


def test_a_stage_is_entered_from_the_page_and_a_late_press_is_told(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast)
    informed(cast, case)
    client = signed_in(cast.peksos)
    assert "Masuk tahap 2" in text_of(client.get(f"/kasus/{case.code}/"))
    form = {"stage": "asesmen", "seen": "1"}

    first = client.post(f"/kasus/{case.code}/tahap/", form | {"key": str(uuid7())})
    second = client.post(f"/kasus/{case.code}/tahap/", form | {"key": str(uuid7())})

    assert (first.status_code, second.status_code) == (303, 409)
    assert "sudah mengubah ini" in text_of(second)
    assert StageEntry.objects.filter(case=case, stage="asesmen").count() == 1


def test_a_double_press_is_one_move(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast)
    informed(cast, case)
    client = signed_in(cast.peksos)
    form = {"stage": "asesmen", "seen": "1", "key": str(uuid7())}

    answers = [client.post(f"/kasus/{case.code}/tahap/", form).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert StageEntry.objects.filter(case=case).count() == 2


def test_a_refused_stage_says_what_is_missing_in_words(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast)

    answer = signed_in(cast.peksos).post(f"/kasus/{case.code}/tahap/", {"stage": "asesmen", "seen": "1"})

    assert answer.status_code == 409
    assert "Masih kurang" in text_of(answer)
    assert "informed_or_ground" not in text_of(answer)


def test_an_assessment_that_cannot_be_finished_keeps_every_word(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast)
    client = signed_in(cast.peksos)
    typed = form_of(whole_assessment(cast)) | {
        "types": [],
        "assessed_on": "2026-11-24",
        "do": "finish",
        "seen": "0",
    }

    refused = client.post(f"/kasus/{case.code}/asesmen/", typed)

    assert refused.status_code == 422
    assert "isi social RAHASIA-ASESMEN" in text_of(refused)
    assert "Pilih jenis SPM" in text_of(refused)
    draft = Assessment.objects.get()
    assert (draft.finished_at, draft.revision) == (None, 1)
    done = client.post(
        f"/kasus/{case.code}/asesmen/", typed | {"types": ["S4"], "seen": "1", "key": str(uuid7())}
    )
    assert done.status_code == 303
    assert "isi social RAHASIA-ASESMEN" in text_of(client.get(f"/kasus/{case.code}/?bagian=asesmen"))


def test_a_draft_is_kept_while_typing(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast)
    client = signed_in(cast.peksos)

    first = client.post(f"/kasus/{case.code}/asesmen/simpan/", {"section_social": "baru", "seen": "0"})
    late = client.post(f"/kasus/{case.code}/asesmen/simpan/", {"section_social": "lama", "seen": "0"})

    assert 'name="seen" value="1"' in text_of(first)
    assert "Draf tersimpan" in text_of(first)
    assert "sudah mengubah ini" in text_of(late)
    assert "baru" in text_of(client.get(f"/kasus/{case.code}/asesmen/"))


FORMS = (
    ("tahap/", {"stage": "terminasi", "reason": "kata yang diketik", "seen": "1"}),
    ("tutup/", {"reason": "tidak_ada", "words": "kata yang diketik"}),
    ("bukti/informed_or_ground/", {"way": "tidak", "words": "kata yang diketik"}),
    ("bukti/tracing_result/", {"result": "", "words": "kata yang diketik"}),
    ("keberfungsian/", {"moment": "entry", "rating_note": "kata yang diketik", "rated_on": "31-31-2026"}),
    ("rencana/", {"item": "sandang", "agency_sandang": "tidak", "words_sandang": "kata yang diketik"}),
    ("rencana/persetujuan/", {"agreed_by": "client", "wish": "kata yang diketik"}),
    ("kunjungan/", {"kind": "address", "owner": "bukan-uuid", "words": "kata yang diketik"}),
    ("tim/", {"post": "bukan-uuid", "reason": "kata yang diketik"}),
    ("catatan/", {"words": "kata yang diketik" + "x" * 20_001}),
)


@pytest.mark.parametrize(("tail", "typed"), FORMS, ids=[tail for tail, _ in FORMS])
def test_a_refused_form_keeps_what_was_typed(
    cast: Cast, signed_in: SignedIn, tail: str, typed: dict[str, str]
) -> None:
    case = an_open_case(cast)
    client = signed_in(cast.peksos)
    assert client.get(f"/kasus/{case.code}/{tail}").status_code == 200

    answer = client.post(f"/kasus/{case.code}/{tail}", typed)

    assert answer.status_code in {409, 422}
    assert "kata yang diketik" in text_of(answer)
    assert 'role="alert"' in text_of(answer)


RUBBISH = (
    "",
    "\x00",
    "a\x00b",
    "x" * 70_000,
    "bukan-uuid",
    "=1+1",
    "<script>alert(1)</script>",
    "9" * 400,
    "²",
)


@pytest.mark.parametrize("tail", [tail for tail, _ in FORMS] + ["asesmen/", "asesmen/simpan/", "tujuan/"])
def test_rubbish_never_breaks_a_form(cast: Cast, signed_in: SignedIn, tail: str) -> None:
    case = an_open_case(cast)
    client = signed_in(cast.peksos)
    names = ("stage", "reason", "words", "kind", "owner", "due_on", "happened_on", "key", "seen", "item", "goal",
             "agency_sandang", "due_sandang", "moment", "rated_on", "post", "assessed_on", "types", "flags", "wish",
             "rating_housing", "agreed_by", "agreed_on", "way", "ground", "result", "section_social", "do", "khusus")  # fmt: skip
    for value in RUBBISH:
        answer = client.post(f"/kasus/{case.code}/{tail}", dict.fromkeys(names, value))
        assert answer.status_code in {200, 303, 400, 409, 422}, (tail, value[:20], answer.status_code)
        assert "<script>alert(1)" not in text_of(answer)


@pytest.mark.parametrize(
    "query",
    [
        "sesudah=x_y",
        "sesudah=2026-01-01T00:00_1",
        "tahap=%F0%9F%98%80",
        "pemegang=x",
        "kode=%22",
        "lewat=9",
        "keadaan=x",
    ],
)
def test_rubbish_never_breaks_the_list(cast: Cast, signed_in: SignedIn, query: str) -> None:
    an_open_case(cast)
    assert signed_in(cast.peksos).get(f"/kasus/?{query}").status_code == 200


def test_closing_asks_once_more_and_offers_not_yet(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast, minor=True)
    client = signed_in(cast.peksos)
    page = text_of(client.get(f"/kasus/{case.code}/tutup/"))
    assert "Kasus dapat dibuka lagi kapan saja." in page
    assert "Jangan dulu" in page

    answer = client.post(
        f"/kasus/{case.code}/tutup/", {"reason": "menolak_layanan", "words": "ditawari makan", "seen": "1"}
    )

    assert answer.status_code == 303
    assert client.get(answer["Location"]).status_code == 200
    page = text_of(signed_in(cast.kabid).get(f"/kasus/{case.code}/"))
    assert "Buka kasus lagi" in page
    assert "Dipegang oleh" not in page


def test_a_closed_case_is_reopened_from_its_page(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast)
    client = signed_in(cast.kabid)
    assert client.get(f"/kasus/{case.code}/buka-lagi/").status_code == 404
    client.post(
        f"/kasus/{case.code}/tutup/", {"reason": "bukan_sasaran", "words": "menurut asesmen", "seen": "1"}
    )
    assert client.get(f"/kasus/{case.code}/?bagian=riwayat").status_code == 200

    answer = client.post(f"/kasus/{case.code}/buka-lagi/", {"words": "ditemui lagi", "seen": "2"})

    assert answer.status_code == 303
    assert "Dipegang oleh" in text_of(client.get(f"/kasus/{case.code}/"))


def test_the_kelurahan_answers_a_visit_on_the_phone(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast)
    due = wib_date(cast.at) + timedelta(days=1)
    visit = plan_visit(
        "address", cast.kesra.post_id, due, "Jl. Mawar 3", case_id=case.pk, by=cast.peksos, at=cast.at
    )
    client = signed_in(cast.kesra)
    address = f"/kunjungan/{visit.pk}/"
    page = text_of(client.get(address))
    assert "Jl. Mawar 3" in page
    assert f"/kasus/{case.code}/" not in page
    refused = client.post(address, {"note": "sudah ke sana"})
    assert refused.status_code == 422
    assert "sudah ke sana" in text_of(refused)

    answer = client.post(address, {"outcome": "at_home", "home": "yes", "note": "sehat", "key": str(uuid7())})

    assert answer.status_code == 303
    assert "Bertemu di rumah" in text_of(client.get(address))
    assert Visit.objects.get().outcome == "at_home"
    assert signed_in(cast.trantib).get(address).status_code == 404


def test_the_head_marks_an_override_as_seen(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast)
    client = signed_in(cast.peksos)
    client.post(
        f"/kasus/{case.code}/tahap/", {"stage": "asesmen", "khusus": "1", "reason": "darurat", "seen": "1"}
    )
    entry = StageEntry.objects.get(override=True)
    assert "menunggu dilihat kepala" in text_of(client.get(f"/kasus/{case.code}/"))

    head = signed_in(cast.kadis)
    assert "Tandai sudah dilihat" in text_of(head.get(f"/kasus/{case.code}/"))
    assert "darurat" in text_of(head.get(f"/kasus/{case.code}/?bagian=riwayat"))
    answer = head.post(f"/langkah-khusus/{entry.pk}/", {"kembali": "//jahat.example"})

    assert (answer.status_code, answer["Location"]) == (303, f"/kasus/{case.code}/")
    entry.refresh_from_db()
    assert entry.seen_at


def test_a_note_is_written_once_for_one_key(cast: Cast, signed_in: SignedIn) -> None:
    case, key = an_open_case(cast), str(uuid7())
    client = signed_in(cast.peksos)

    for _ in range(2):
        assert client.post(f"/kasus/{case.code}/catatan/", {"words": "halo", "key": key}).status_code == 303
    other = client.post(f"/kasus/{case.code}/catatan/", {"words": "lain", "key": key})

    assert CaseNote.objects.count() == 1
    assert other.status_code == 409
    assert "lain" in text_of(other)


def test_the_pages_speak_english_to_those_who_ask(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast)
    client = signed_in(cast.peksos)
    client.cookies["rangkul_bahasa"] = "en"

    page = text_of(client.get(f"/kasus/{case.code}/"))

    assert "Understanding the problem" in page
    assert "Pengungkapan dan pemahaman" not in page


def test_the_plot_of_stages_is_a_part_or_a_page(cast: Cast, signed_in: SignedIn) -> None:
    an_open_case(cast)
    client = signed_in(cast.kabid)

    assert "<html" in text_of(client.get("/kasus/tahapan/"))
    assert "<html" not in text_of(client.get("/kasus/tahapan/", headers={"HX-Request": "true"}))
