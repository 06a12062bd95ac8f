"""Threats told as stories (house/security.md A): somebody wants what they must not have; what do they get, and what stays?

Each goes in through a real face (pages, API), as a real account, and ends with two questions: what did they learn, and what
stands about it in the trail. The numbers are those of the table there. Whoever edits this reads it to somebody who does not
write programs.
"""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from uuid_utils.compat import uuid7

from rangkul.access.models import Ticket, TicketReview
from rangkul.audit.models import Event, EventDetail
from rangkul.cases.actions import (
    exclude,
    name_reader,
    open_case,
    open_sealed_case,
    open_sealed_from_contact,
    write_note,
)
from rangkul.cases.models import Case
from rangkul.consents.actions import NewConsent, give_consent
from rangkul.directory.actions import make_token
from rangkul.directory.models import Member, PostHolding
from rangkul.domain.codes import case_code, tracking_code
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.exports.models import Export
from rangkul.files.models import StoredFile
from rangkul.notices.models import Notice
from rangkul.people.actions import register_person
from rangkul.people.models import IdentityClaim, Person, Relation
from rangkul.people.typed import NewPerson
from rangkul.reports.actions import start_shift
from rangkul.reports.models import Report
from rangkul.stays.actions import enter_shelter
from rangkul.stays.models import Bed
from rangkul.vault.sealing import pseudonym
from rangkul.watching.models import Alarm
from rangkul.watching.noticing import notice
from tests.access.sealed_world import a_sealed_case, colleague_of, readers
from tests.cases.made import a_contact, a_person, an_open_case, informed
from tests.cast import Cast, login
from tests.reports.test_reports import UTARA, make, photo_with_place

NAME = "Suminah Padmasari"
NIK = "3371994101900001"
PHONE = "081299887766"
NOBODYS_NIK = "3371994101900002"
NOBODYS_CODE = case_code(bytes(range(16)))
PASSWORD = "kaki-gunung-sumbing-71"


def enters(member: ActingMember) -> Client:
    """Somebody signs in."""
    return login(Client(), member)


def words_of(response: Any) -> str:
    """What a reader sees of a page, without tags and what is drawn anew each time."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def trail_of(member: ActingMember) -> list[str]:
    """What stands in the trail of what the member did, oldest first."""
    return list(
        Event.objects.filter(actor_pid=member.pid).order_by("at", "id").values_list("action", flat=True)
    )


def trail_about(subject: UUID, member: ActingMember) -> list[str]:
    """What of it is about this person or thing."""
    rows = Event.objects.filter(actor_pid=member.pid, object_pid=pseudonym(subject))
    return list(rows.order_by("at", "id").values_list("action", flat=True))


def her(cast: Cast) -> tuple[Person, Case]:
    """Suminah, 34, who fled from her husband; her case is ordinary yet."""
    new = NewPerson(name=NAME, nik=NIK, phone=PHONE, sex="P", age="34")
    person = register_person(new, by=cast.peksos, at=cast.at)
    contact = a_contact(cast, person, sex="P")
    return person, open_case(contact.pk, by=cast.peksos, at=cast.at)


def hers_alone(cast: Cast, *team: ActingMember) -> Case:
    """The same woman, met by Unit PPA: her case is sealed, and nothing ordinary stands beside it."""
    contact = a_contact(cast, None, post_id=cast.uptd.post_id, sensitivity="protected", sex="P")
    new = NewPerson(name=NAME, nik=NIK, phone=PHONE, sex="P", age="34")
    return open_sealed_from_contact(
        contact.pk,
        readers(*(team or (cast.uptd,))),
        "kekerasan oleh suami",
        new=new,
        by=cast.uptd,
        at=cast.at,
    )


# --- 1, 2: somebody looks for her


def test_the_ex_husbands_cousin_in_satpol_pp_searches_her_nik(cast: Cast) -> None:
    """He has an account and no search: the door is not there, for her NIK as for any; that he tried stays."""
    person, case = her(cast)
    cousin = enters(cast.regu)

    asked = [cousin.get("/cari/", {"q": each}) for each in (NIK, NOBODYS_NIK, NAME)]
    opened = [cousin.get(f"/{door}/{code}/") for door, code in (("orang", person.code), ("kasus", case.code))]
    unknown = [cousin.get(f"/{door}/7QK-M2X-9/") for door in ("orang", "kasus")]

    assert {each.status_code for each in [*asked, *opened, *unknown]} == {404}
    assert len({words_of(each) for each in asked}) == 1
    assert [words_of(each) for each in opened] == [words_of(each) for each in unknown]
    assert trail_of(cast.regu) == ["access.denied"] * 7
    assert trail_about(person.pk, cast.regu) == trail_about(case.pk, cast.regu) == []


def test_he_writes_a_contact_of_his_own_to_ask_about_her(cast: Cast) -> None:
    """Inside a contact enforcement learns "known, call that post". Once he is excluded he learns that she is nobody."""
    person, case = her(cast)
    exclude(case.pk, "sepupu pelaku", member_id=cast.regu.member_id, by=cast.peksos, at=cast.at)
    now, asked = timezone.now(), {}
    for who in (cast.regu, cast.regu1):
        start_shift(
            who.post_id, now - timedelta(hours=1), now + timedelta(hours=7), by=cast.satpol_desk, at=now
        )
        squad = enters(who)
        typed = {
            "sex": "P", "age": "31-45", "area_code": UTARA, "place_words": "Terminal Tidar", "gate": ["none"],
            "decision": "dibina_pergi", "ground": "kemauan_sendiri", "voluntary": "yes", "name": NAME, "nik": NIK,
        }  # fmt: skip
        saved = squad.post("/kontak/baru/", typed | {"key": str(uuid7())})
        assert saved.status_code == 303
        asked[who.post_code] = words_of(squad.get(saved["Location"]))

    assert "Kontak ke-" not in asked[cast.regu.post_code]
    assert cast.peksos.post_title not in asked[cast.regu.post_code]
    assert "Kontak ke-" in asked[cast.regu1.post_code]
    for said in asked.values():
        for secret in (person.code, case.code, person.label):
            assert secret not in said
    assert "person.repeat_checked" in trail_of(cast.regu)
    assert trail_about(person.pk, cast.regu) == []


def test_he_asks_a_colleague_in_dinsos_to_look(cast: Cast) -> None:
    """A lawful officer with a lawful search: her sealed case is to them what a woman is whom nobody knows."""
    sealed = hers_alone(cast)
    for colleague in (cast.kabid, cast.peksos2, cast.desk):
        looks = enters(colleague)
        known = [words_of(looks.get("/cari/", {"q": each})).replace(each, "") for each in (NIK, NAME)]
        nobody = [
            words_of(looks.get("/cari/", {"q": each})).replace(each, "") for each in (NOBODYS_NIK, "Nn Anu")
        ]
        assert "Belum ada yang cocok." in known[0]
        assert known == nobody
        assert looks.get(f"/kasus/{sealed.code}/").status_code == 404
        assert looks.get(f"/orang/{sealed.person.code}/").status_code == 404
        # Four searches stay, each as a keyed hash: neither her number nor her name.
        assert trail_of(colleague).count("search.run") == 4
        assert trail_about(sealed.person_id, colleague) == []


def test_the_search_stands_in_the_trail_without_what_was_typed(cast: Cast) -> None:
    her(cast)
    enters(cast.peksos2).get("/cari/", {"q": NIK})

    [searched] = Event.objects.filter(action="search.run")
    stood = repr(list(Event.objects.values())) + repr(list(EventDetail.objects.values()))
    assert searched.actor_pid == cast.peksos2.pid
    assert NIK not in stood
    assert NAME not in stood


# --- 3: side doors that tell


def test_registering_her_again_tells_nobody_that_she_is_known(cast: Cast) -> None:
    """The duplicate check, the refusal of a NIK that stands already, the next number: none of them speaks of her."""
    sealed = hers_alone(cast)
    asks = enters(cast.desk)
    typed = {"name": NAME, "nik": NIK, "sex": "P", "age": "34"}

    shown = words_of(asks.post("/orang/baru/calon/", typed))
    other = words_of(asks.post("/orang/baru/calon/", typed | {"nik": NOBODYS_NIK, "name": "Nn Anu"}))
    saved = asks.post("/orang/baru/", typed | {"key": str(uuid7())})

    assert shown == other
    assert saved.status_code == 303
    made = Person.objects.get()
    assert saved["Location"].endswith(f"/orang/{made.code}/")
    assert sealed.person.code not in words_of(asks.get(saved["Location"]))
    assert trail_about(sealed.person_id, cast.desk) == []


def test_the_head_of_the_shelter_counts_beds_to_find_who_hides_there(cast: Cast) -> None:
    """A woman of a sealed case sleeps in bed one: to others the bed is out of use, and she is in no count."""
    sealed = hers_alone(cast)
    bed = Bed.objects.create(code="P1", room="Putri")
    enter_shelter(sealed.pk, bed.code, by=cast.uptd, at=cast.at)

    for who in (cast.shelter, cast.kabid):
        page = enters(who).get("/rumah-singgah/")
        assert page.status_code == 200
        for secret in (sealed.code, sealed.person.code, NAME, "Kasus terbatas"):
            assert secret not in page.content.decode()
    assert "P1" in words_of(enters(cast.uptd).get(f"/kasus/{sealed.code}/?bagian=tinggal"))


# --- 2: a curious officer


def test_a_bored_officer_opens_the_case_of_a_neighbour(cast: Cast) -> None:
    """What the role opens, it opens; the holder reads the officer's name, the hour and the right on the case's own page."""
    person, case = her(cast)
    informed(cast, case)
    bored = enters(cast.peksos2)
    for part in ("asesmen", "rencana", "riwayat"):
        page = bored.get(f"/kasus/{case.code}/?bagian={part}")
        assert page.status_code == 200
        assert "RAHASIA" not in page.content.decode()
    assert bored.get(f"/orang/{person.code}/").status_code == 200

    assert "person.protected_viewed" in trail_about(person.pk, cast.peksos2)
    who_looked = words_of(enters(cast.peksos).get(f"/kasus/{case.code}/jejak/"))
    assert cast.peksos2.name in who_looked
    assert enters(cast.peksos2).get(f"/kasus/{case.code}/jejak/").status_code == 404


def test_an_officer_opens_the_record_of_a_niece(cast: Cast) -> None:
    """Own name or a recorded relative: whoever protects the data is told, without a name in the notice."""
    new = NewPerson(name="Ayu Lestari", nik=NIK, sex="P", age="24")
    niece = register_person(new, by=cast.peksos, at=cast.at)
    mother = a_person(cast, number=5, label=cast.peksos2.name)
    Relation.objects.create(kind="parent_of", person=mother, other=niece, recorded_at=cast.at)
    notice(by=cast.operator, at=timezone.now() - timedelta(minutes=5))

    enters(cast.peksos2).get(f"/orang/{niece.code}/")
    notice(by=cast.operator, at=timezone.now() + timedelta(minutes=5))

    [alarm] = Alarm.objects.filter(rule="own_family")
    assert (alarm.member_id, alarm.subject_id) == (cast.peksos2.id, niece.pk)
    assert enters(cast.dpo).get(f"/jejak/peringatan/{alarm.pk}/").status_code == 200
    assert enters(cast.peksos2).get(f"/jejak/peringatan/{alarm.pk}/").status_code == 404
    assert "Ayu" not in repr(list(Notice.objects.values()))


# --- 4, 5: addresses that were changed or passed on


def test_an_id_in_the_address_is_changed(cast: Cast) -> None:
    """The child object of another case, reached through a case of one's own: as if it did not exist, and nothing happens."""
    mine, person = an_open_case(cast, number=1), her(cast)[0]
    foreign = IdentityClaim.objects.filter(person=person).first()
    assert foreign is not None
    officer = enters(cast.peksos)
    missing = officer.post(f"/orang/{mine.person.code}/keterangan/{uuid7()}/batal/", {"reason": "salah"})

    changed = officer.post(f"/orang/{mine.person.code}/keterangan/{foreign.pk}/batal/", {"reason": "salah"})

    assert (changed.status_code, words_of(changed)) == (404, words_of(missing))
    foreign.refresh_from_db()
    assert foreign.voided_at is None
    assert trail_of(cast.peksos).count("access.denied") == 2


def test_the_address_of_a_photo_is_sent_to_a_group_chat(cast: Cast) -> None:
    """A photo has an address and no key in it: only who may see the person sees the photo, each time anew."""
    person, _case = her(cast)
    photo = SimpleUploadedFile("wajah.jpg", photo_with_place(), "image/jpeg")
    enters(cast.peksos).post(
        f"/orang/{person.code}/berkas/", {"kind": "photo", "file": photo, "key": str(uuid7())}
    )
    stored = StoredFile.objects.get()
    address = f"/berkas/{stored.pk}/"

    assert enters(cast.peksos).get(address).status_code == 200
    assert Client().get(address)["Location"].startswith("/masuk/")
    for who in (cast.regu, cast.bhabin, cast.admin, cast.market):
        assert enters(who).get(address).status_code == 404
        assert trail_of(who) == ["access.denied"]
    assert "attachment.viewed" in trail_of(cast.peksos)


# --- 6: a list walks out


def test_a_list_is_taken_before_an_election(cast: Cast) -> None:
    """More rows than a post may take alone, a child among them: it waits for a second person, and no sealed case is in it."""
    cases = [an_open_case(cast, number=n, minor=n == 1) for n in range(1, 23)]
    sealed = a_sealed_case(cast, cases[3])
    insider = enters(cast.peksos)
    told = {
        "jenis": "cases",
        "keadaan": "open",
        "purpose": "supervisi",
        "words": "Rapat evaluasi bulanan bidang",
    }

    asked = insider.post("/unduhan/baru/", told | {"key": str(uuid7())})
    row = Export.objects.get()
    taken = insider.post(f"/unduhan/{row.pk}/ambil/")
    own = insider.post(f"/unduhan/{row.pk}/putuskan/", {"answer": "yes"})

    assert asked.status_code == 302
    assert (row.state, row.rows) == ("waiting", 22)
    assert taken.status_code == 409
    assert own.status_code in (403, 404, 409)
    assert sealed.code not in words_of(insider.get(f"/unduhan/{row.pk}/"))
    assert "export.asked" in trail_of(cast.peksos)
    assert "export.made" not in trail_of(cast.peksos)
    assert {each.member_id for each in Notice.objects.filter(code="export_waits")} >= {cast.dpo.id}


# --- 7: more rights than one was given


def test_an_administrator_gives_themself_the_post_of_the_case_manager(cast: Cast) -> None:
    """Accounts are the administrator's, content is not; and the own account is not theirs to change."""
    _person, case = her(cast)
    admin = enters(cast.admin)
    wanted = {"member": str(cast.admin.id), "post": str(cast.peksos.post_id)}

    refused = admin.post("/instansi/jabatan/", wanted)

    assert refused.status_code in (403, 404, 409, 422)
    assert not PostHolding.objects.filter(member_id=cast.admin.id, post_id=cast.peksos.post_id).exists()
    for address in ("/kasus/", f"/kasus/{case.code}/", "/cari/?q=Suminah", "/rumah-singgah/", "/unduhan/"):
        assert admin.get(address).status_code == 404, address
    assert NAME not in admin.get("/").content.decode()
    assert trail_of(cast.admin).count("access.denied") >= 5
    assert "post.held" not in trail_of(cast.admin)


def test_a_form_is_sent_with_more_fields_than_it_has(cast: Cast) -> None:
    """A note with a sensitivity, a holder and an author of the sender's choosing: the words are kept, the rest is nobody's."""
    _person, case = her(cast)
    enters(cast.peksos).post(
        f"/kasus/{case.code}/catatan/",
        {
            "text": "Datang sendiri.", "words": "Datang sendiri.", "key": str(uuid7()), "sensitivity": "ordinary",
            "holder": str(cast.regu.post_id), "holder_id": str(cast.regu.post_id), "by": str(cast.kadis.id),
            "is_staff": "1", "post": str(cast.kadis.post_id),
        },
    )  # fmt: skip
    before = (case.holder_id, case.sensitivity)
    case.refresh_from_db()

    assert (case.holder_id, case.sensitivity) == before
    assert "case.note_added" in trail_of(cast.peksos)
    assert trail_of(cast.kadis) == []


# --- 8: the glass


def test_the_glass_is_broken_out_of_habit(cast: Cast) -> None:
    """Emergency access is one case for an hour, told at once to holder and data protection, and never judged by its user."""
    _person, case = her(cast)
    Case.objects.filter(pk=case.pk).update(sensitivity="protected")
    other = an_open_case(cast, number=7)
    Case.objects.filter(pk=other.pk).update(sensitivity="protected")
    habit = enters(cast.peksos2)
    why = {"reason": "nyawa", "words": "Pingsan di loket, perlu tahu obat yang diminum."}

    opened = habit.post("/akses-darurat/", {"code": case.code, **why, "key": str(uuid7())})
    ticket = Ticket.objects.get()

    assert opened["Location"] == f"/akses-darurat/{ticket.pk}/"
    assert habit.get(f"/kasus/{case.code}/").status_code == 200
    assert habit.get(f"/kasus/{other.code}/").status_code == 404
    assert {cast.peksos.id, cast.dpo.id} <= set(Notice.objects.values_list("member_id", flat=True))
    judged = habit.post(opened["Location"], {"verdict": "justified", "words": "Memang perlu sekali."})
    assert judged.status_code in (403, 404, 409)
    assert not TicketReview.objects.exists()
    assert {"ticket.opened", "case.looked"} <= set(
        trail_about(case.pk, cast.peksos2) + trail_of(cast.peksos2)
    )


def test_the_glass_is_broken_to_learn_whether_she_is_registered(cast: Cast) -> None:
    """A sealed code, a code that belongs to nobody: the same sentence, and the data-protection officer can count the tries."""
    sealed = hers_alone(cast)
    said = []
    for code in (sealed.code, NOBODYS_CODE):
        answer = enters(cast.peksos2).post(
            "/akses-darurat/",
            {"code": code, "reason": "nyawa", "words": "Perlu tahu sekarang juga.", "key": str(uuid7())},
        )
        said.append((answer.status_code, words_of(answer).replace(code, "")))

    assert said[0] == said[1]
    assert not Ticket.objects.exists()
    assert trail_of(cast.peksos2) == ["ticket.refused"] * 2
    assert trail_about(sealed.pk, cast.peksos2) == []


# --- 9, 10: lost phones, people who left


def test_a_dismissed_officer_still_has_the_phone(cast: Cast) -> None:
    """Suspended in the middle of a session and with a live token: the next touch of either opens nothing and writes nothing."""
    _person, case = her(cast)
    phone = enters(cast.peksos)
    token, _ends = make_token(cast.peksos, at=timezone.now())
    assert phone.get(f"/kasus/{case.code}/").status_code == 200
    enters(cast.admin).post(f"/instansi/petugas/{cast.peksos.id}/keadaan/", {"state": "suspended"})

    page = phone.get(f"/kasus/{case.code}/")
    late = Client().post(
        f"/api/v1/cases/{case.code}/notes",
        json.dumps({"words": "Terlambat dikirim.", "key": str(uuid7())}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )

    assert page["Location"].startswith("/masuk/")
    assert late.status_code == 401
    assert "case.note_added" not in trail_of(cast.peksos)
    assert Member.objects.get(pk=cast.peksos.id).state == "suspended"


def test_a_phone_is_found_on_the_bus(cast: Cast) -> None:
    """The administrator ends every session of its owner; what the finder holds leads to the sign-in."""
    _person, case = her(cast)
    owner = Member.objects.get(pk=cast.peksos.id)
    owner.set_password(PASSWORD)
    owner.save()
    found = Client()
    found.post("/masuk/", {"username": "peksos", "password": PASSWORD})
    assert NAME in found.get(f"/kasus/{case.code}/").content.decode()

    enters(cast.admin).post(f"/instansi/petugas/{cast.peksos.id}/sesi/")
    after = found.get(f"/kasus/{case.code}/")

    assert after.status_code == 302
    assert "no-store" in enters(cast.peksos).get("/")["Cache-Control"]
    assert any("session" in each or "sessions" in each for each in trail_of(cast.admin))


# --- 11, 12, 14, 20: from outside


def test_a_photo_of_the_safe_house_tells_where_it_is(cast: Cast) -> None:
    """Somebody sends a photo taken at the door: what the city keeps and shows has pixels and no place."""
    photo = SimpleUploadedFile("pintu.jpg", photo_with_place(), "image/jpeg")
    sent = Client().post(
        "/lapor/",
        {
            "area_code": UTARA, "place_words": "Seberang pasar", "words": "Ibu duduk di depan pintu", "still_there": "yes",
            "photo": photo, "key": str(uuid7()),
        },
    )  # fmt: skip
    assert sent.status_code == 303

    served = enters(cast.desk).get(f"/berkas/{StoredFile.objects.get().pk}/")

    body = b"".join(served.streaming_content) if served.streaming else served.content
    with Image.open(io.BytesIO(body)) as image:
        assert dict(image.getexif()) == {}
    assert b"Kamera Saya" not in body
    assert "attachment.viewed" in trail_of(cast.desk)


def test_a_recruiter_of_children_guesses_tracking_codes(cast: Cast) -> None:
    """A made-up code and a real one typed wrong look alike; who guesses on is slowed; a found one says a coarse state."""
    _report, code = make(cast, words="Anak dipaksa mengemis oleh pria berjaket hitam", phone=PHONE)
    stranger = Client()

    known = words_of(stranger.get(f"/lacak/{code}/"))
    guesses = [stranger.get(f"/lacak/{tracking_code(bytes([n] * 16))}/").status_code for n in range(1, 60)]

    assert "Laporan diterima" in known
    for secret in ("jaket hitam", PHONE, "mengemis"):
        assert secret not in known
    assert set(guesses) <= {404, 429}
    assert 429 in guesses
    assert not Event.objects.filter(action__in=("report.viewed", "report.looked")).exists()


def test_the_man_who_was_reported_wants_to_know_who_reported_him(cast: Cast) -> None:
    """His friend is in the squad that is sent: the job shows place and need, neither number nor name of who called."""
    report, _code = make(cast, words="Pria memukul anak di warung", phone=PHONE)
    enters(cast.desk).post(
        f"/laporan/{report.pk}/",
        {"do": "assign", "seen": report.revision, "post": str(cast.regu.post_id), "key": str(uuid7())},
    )
    Report.objects.filter(pk=report.pk, state="new").update(state="assigned", team_id=cast.regu.post_id)
    friend = enters(cast.regu)

    for address in (f"/tugas/{report.pk}/", f"/laporan/{report.pk}/", "/", "/laporan/"):
        page = friend.get(address)
        assert page.status_code in (200, 302, 404)
        assert PHONE not in page.content.decode()
        assert PHONE[-4:] not in words_of(page)
    assert not {"report.looked"} & set(trail_of(cast.regu))


def test_somebody_floods_the_city_with_false_reports(cast: Cast) -> None:
    """After some within the hour the next wait; not one of them makes a person, a contact or a case by itself."""
    flood = Client()
    answers = [
        flood.post(
            "/lapor/",
            {
                "area_code": UTARA, "place_words": "Alun-alun", "words": f"Tetangga saya {n}", "still_there": "yes",
                "key": str(uuid7()),
            },
        ).status_code
        for n in range(40)
    ]  # fmt: skip

    assert answers[0] == 303
    assert 429 in answers
    assert Report.objects.count() == answers.count(303)
    assert not Person.objects.exists()
    assert not Case.objects.exists()
    assert Event.objects.filter(action="report.received").count() == answers.count(303)


# --- 15, 17: what is shared, and what is written into it


def test_the_police_ask_for_more_than_was_granted(cast: Cast) -> None:
    """An officer of the police's unit reads the granted lines and nothing beside them; after the withdrawal nothing."""
    case = an_open_case(cast)
    informed(cast, case)
    leave = give_consent(
        case.pk,
        NewConsent(
            receiver=f"post:{cast.ppa_police.post_id}", items=("sex_age",), purpose="kesehatan", basis="consent",
            given_by="subject", words="Lisan, disaksikan kakaknya.", until=wib_date(timezone.now()) + timedelta(days=30),
        ),
        by=cast.peksos,
        at=timezone.now(),
    )  # fmt: skip
    officer = enters(cast.ppa_police)

    granted = officer.get(f"/dibagikan/{leave.pk}/")
    beside = [officer.get(each).status_code for each in (f"/kasus/{case.code}/", "/cari/?q=Kasno")]

    assert granted.status_code == 200
    assert case.code not in officer.get("/kasus/?keadaan=all").content.decode()
    for secret in ("RAHASIA-SEHAT", "RAHASIA-BUKTI", case.person.label, case.code):
        assert secret not in granted.content.decode()
    assert set(beside) == {404}
    assert "grant.looked" in trail_of(cast.ppa_police)
    seen_by = words_of(enters(cast.peksos).get(f"/izin/{leave.pk}/"))
    assert "PPA" in seen_by
    enters(cast.peksos).post(
        f"/izin/{leave.pk}/tarik/",
        {"asked_by": "subject", "words": "Ia berubah pikiran.", "key": str(uuid7())},
    )
    after = officer.get(f"/dibagikan/{leave.pk}/")
    assert "Jenis kelamin dan usia" in words_of(granted)
    assert "Jenis kelamin dan usia" not in words_of(after)


def test_a_report_carries_a_script_and_a_formula(cast: Cast) -> None:
    """What a stranger typed is words on the desk's page: nothing runs, nothing is reckoned."""
    evil = '<script>fetch(\'//x\')</script> =HYPERLINK("http://x";"y") <img src=x onerror=alert(1)>'
    report, _code = make(cast, words=evil, phone=PHONE)
    page = enters(cast.desk).get(f"/laporan/{report.pk}/")
    body = page.content.decode()

    assert "<script>fetch" not in body
    assert "<img src=x" not in body
    assert "&lt;script&gt;" in body
    assert "unsafe-inline" not in page["Content-Security-Policy"].partition("style-src")[0]
    assert trail_about(report.pk, cast.desk) == ["report.looked"]


# --- the incident we measure ourselves by


def test_the_assessment_of_a_child_is_not_passed_to_an_officer_who_asks_nicely(cast: Cast) -> None:
    """Luwu Timur 2021: the papers of child victims went round. Here only named readers open them, and each look is named."""
    sealed = open_sealed_case(
        an_open_case(cast, minor=True).pk, readers(cast.uptd), "anak korban", by=cast.peksos, at=cast.at
    )
    write_note(sealed.pk, "VISUM-RAHASIA", by=cast.uptd, at=cast.later(hours=1))
    friend = colleague_of(cast.uptd)
    page = f"/kasus/{sealed.code}/?bagian=riwayat"

    assert enters(friend).get(page).status_code == 404
    assert enters(cast.kadis).get(page).status_code == 404
    name_reader(
        sealed.pk, friend.member_id, friend.post_id, "mendampingi", by=cast.uptd, at=cast.later(hours=2)
    )
    assert "VISUM-RAHASIA" in enters(friend).get(page).content.decode()

    looks = Event.objects.filter(actor_pid=friend.pid, object_pid=pseudonym(sealed.pk))
    assert looks.exists()
    assert set(looks.values_list("sensitivity", flat=True)) == {"sealed"}
    assert friend.name in words_of(enters(cast.uptd).get(f"/kasus/{sealed.code}/jejak/"))


@pytest.mark.parametrize(
    "who", ["regu", "satpol_desk", "bhabin", "babinsa", "trantib", "admin", "ppa_police"]
)
def test_whoever_has_no_business_with_her_finds_nothing_by_the_api_either(cast: Cast, who: str) -> None:
    """The API is the same house: what the pages hide is not in it."""
    person, case = her(cast)
    token, _ends = make_token(cast.members[who], at=timezone.now())
    headers = {"Authorization": f"Bearer {token}"}
    asked = opened = 0
    for address in (f"/api/v1/cases/{case.code}", "/api/v1/cases", f"/api/v1/cases/{case.code}/consents"):
        answer = Client().get(address, headers=headers)
        # The police's unit for women and children has cases of its own; hers is not among them.
        own = address == "/api/v1/cases" and who == "ppa_police"
        assert answer.status_code == (200 if own else 404), address
        asked, opened = asked + 1, opened + own
        for secret in (NAME, person.code, NIK):
            assert secret not in answer.content.decode()
    assert trail_of(cast.members[who]).count("access.denied") == asked - opened
