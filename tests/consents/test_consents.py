"""Leave to share: exactly the granted items, until it is withdrawn or over; the giver sees who opened them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from rangkul.access.models import Consent, Exclusion, Grant
from rangkul.audit import guards
from rangkul.audit.models import Event
from rangkul.cases.models import Case
from rangkul.consents import receivers
from rangkul.consents import refusals as our_refusals
from rangkul.consents.actions import NewConsent, confirm_stop, give_consent, withdraw_consent
from rangkul.consents.queries import consent_page, consents_of_case, shared_file, shared_list, shared_sheet
from rangkul.deadlines.models import Deadline
from rangkul.directory.city import city, permission_table
from rangkul.directory.models import Member, PostHolding
from rangkul.directory.queries import acting_member, post_of_code
from rangkul.domain.consents import ITEMS, GuardianIsSuspect, ReceiverNever
from rangkul.domain.errors import NotAllowed, NotFound, Refusal
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.files.actions import store
from rangkul.notices.models import Notice
from rangkul.rights.consent_paper import paper_of
from tests.cases.made import an_open_case, assessed, informed
from tests.cast import Cast

SignedIn = Callable[[ActingMember], Client]
WORDS = "Di ruang konseling, lisan, disaksikan kakaknya."


@pytest.fixture
def police(cast: Cast) -> ActingMember:
    """An officer of the police's unit for women and children."""
    member = Member.objects.create(username="satres", name="Aipda Lintang", password="!")
    post = post_of_code("polres.ppa")
    PostHolding.objects.create(member=member, post=post, since=cast.at - timedelta(days=9))
    found = acting_member(member.pk, post.pk)
    assert found is not None
    return found


def new(receiver: str, *items: str, **other: object) -> NewConsent:
    content: dict[str, object] = {
        "receiver": receiver,
        "items": items or ("name", "health"),
        "purpose": "kesehatan",
        "basis": "consent",
        "given_by": "subject",
        "words": WORDS,
        "until": wib_date(timezone.now()) + timedelta(days=30),
    }
    return NewConsent(**{**content, **other})  # type: ignore[arg-type]


def to_post(member: ActingMember) -> str:
    return f"post:{member.post_id}"


def a_photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "gray").save(made, "JPEG")
    return made.getvalue()


def a_full_case(cast: Cast, *, number: int = 1, minor: bool = False) -> Case:
    case = an_open_case(cast, number=number, minor=minor)
    informed(cast, case)
    return case


def given(cast: Cast, case: Case, receiver: str, *items: str, **other: object) -> Consent:
    return give_consent(case.pk, new(receiver, *items, **other), by=cast.peksos, at=timezone.now())


def test_exactly_the_granted_items_are_read_and_no_other(cast: Cast, signed_in: SignedIn) -> None:
    case = a_full_case(cast)
    assessed(cast, case)
    row = given(cast, case, to_post(cast.ppa), "sex_age", "health")

    sheet = shared_sheet(cast.ppa, row.pk, timezone.now())
    assert [label for label, _ in sheet.lines] == ["Jenis kelamin dan usia", "Catatan kesehatan"]
    page = signed_in(cast.ppa).get(f"/dibagikan/{row.pk}/").content.decode()
    assert "RAHASIA-SEHAT" in page
    for closed in ("RAHASIA-ASESMEN", "RAHASIA-BUKTI", case.person.label, case.code):
        assert closed not in page
    # The grant opens the sheet, not the case.
    assert signed_in(cast.ppa).get(f"/kasus/{case.code}/").status_code == 404


@pytest.mark.parametrize("item", ITEMS)
def test_each_item_stands_alone(cast: Cast, item: str) -> None:
    case = a_full_case(cast)
    assessed(cast, case)
    row = given(cast, case, to_post(cast.ppa), item)
    [(label, _values)] = shared_sheet(cast.ppa, row.pk, timezone.now()).lines
    assert label == city().choice("share_item", item).label


def test_only_its_receiver_reads_it(cast: Cast, police: ActingMember) -> None:
    case = a_full_case(cast)
    row = given(cast, case, to_post(police))
    for member in (cast.uptd, cast.nakes, cast.regu, cast.bhabin, cast.dpo, cast.market, cast.peksos2):
        with pytest.raises(NotFound):
            shared_sheet(member, row.pk, timezone.now())
        assert shared_list(member) == []
    agency = given(cast, case, f"agency:{cast.uptd.agency}")
    officer = given(cast, case, f"member:{cast.nakes.id}")
    assert [each.id for each in shared_list(cast.uptd)] == [agency.pk]
    assert [each.id for each in shared_list(cast.nakes)] == [officer.pk]
    assert [each.id for each in shared_list(police)] == [row.pk]


def test_withdrawn_it_is_gone_on_the_next_request_and_the_receiver_is_told(
    cast: Cast, signed_in: SignedIn
) -> None:
    case = a_full_case(cast)
    row = given(cast, case, to_post(cast.ppa))
    client = signed_in(cast.ppa)
    assert client.get(f"/dibagikan/{row.pk}/").status_code == 200

    withdraw_consent(row.pk, "subject", "Lisan, pagi ini", by=cast.peksos, at=timezone.now())

    assert client.get(f"/dibagikan/{row.pk}/").status_code == 404
    assert shared_list(cast.ppa) == []
    told = Notice.objects.get(member_id=cast.ppa.member_id, code="consent_withdrawn")
    assert told.arg == "" and case.code not in city().notices["consent_withdrawn"].label
    assert not Grant.objects.filter(about_id=row.pk, until__isnull=True).exists()
    with pytest.raises(our_refusals.ConsentOver):
        withdraw_consent(row.pk, "subject", "Lagi", by=cast.peksos, at=timezone.now())


def test_over_it_opens_nothing_by_itself(cast: Cast, signed_in: SignedIn) -> None:
    case = a_full_case(cast)
    row = given(cast, case, to_post(cast.ppa))
    client = signed_in(cast.ppa)
    assert client.get(f"/dibagikan/{row.pk}/").status_code == 200
    Grant.objects.filter(about_id=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(f"/dibagikan/{row.pk}/").status_code == 404


def test_the_giver_sees_who_opened_it_and_when(cast: Cast) -> None:
    case = a_full_case(cast)
    row = given(cast, case, to_post(cast.ppa))
    assert consent_page(cast.peksos, row.pk, timezone.now()).opened == ()

    shared_sheet(cast.ppa, row.pk, timezone.now())

    [opened] = consent_page(cast.peksos, row.pk, timezone.now()).opened
    assert (opened.post_code, opened.agency) == (cast.ppa.post_code, cast.ppa.agency)
    event = Event.objects.get(action="grant.looked")
    assert (event.relation, event.purpose) == ("granted", "kesehatan")


def test_enforcement_is_no_receiver_and_reads_nothing(cast: Cast, signed_in: SignedIn) -> None:
    case = a_full_case(cast)
    for member in (cast.regu, cast.bhabin, cast.babinsa, cast.trantib):
        assert not permission_table().knows(member.role, "grant.view")
        with pytest.raises(our_refusals.ReceiverUnknown):
            given(cast, case, to_post(member))
    with pytest.raises(our_refusals.ReceiverUnknown):
        given(cast, case, "agency:satpolpp")
    assert signed_in(cast.bhabin).get("/dibagikan/").status_code == 404
    groups = dict(receivers.choices("dinsos", timezone.now()))
    assert not {f"agency:{key}" for key in ("satpolpp", "kodim")} & {value for value, _ in groups["agency"]}
    assert ReceiverNever.status == 422


def test_police_read_what_an_order_names_and_have_no_search(cast: Cast, police: ActingMember) -> None:
    case = a_full_case(cast)
    order = {
        "order_number": "B/12/XI/2026",
        "order_date": "24-11-2026",
        "order_issuer": "Polres Magelang Kota",
        "order_scope": "hanya nama",
    }
    legal = {"given_by": "legal_order", "basis": "legal_obligation", "purpose": "perkara"}
    with pytest.raises(Refusal) as refused:
        given(cast, case, to_post(police), "name", **legal)
    assert refused.value.code == "consent_order_incomplete"
    row = given(cast, case, to_post(police), "name", **legal, **order)
    assert [label for label, _ in shared_sheet(police, row.pk, timezone.now()).lines] == ["Nama"]
    assert not permission_table().knows(police.role, "person.search")
    assert "B/12/XI/2026" in consent_page(cast.peksos, row.pk, timezone.now()).order


def test_a_suspect_guardian_consents_to_nothing_now_and_later(cast: Cast) -> None:
    case = a_full_case(cast, minor=True)
    guardian = {"given_by": "guardian", "basis": "consent"}
    for said in ("yes", "unknown"):
        with pytest.raises(GuardianIsSuspect):
            given(cast, case, to_post(cast.uptd), "health", guardian_suspect=said, **guardian)
    decided = {"given_by": "best_interest", "basis": "public_task", "guardian_suspect": "yes"}
    row = given(cast, case, to_post(cast.uptd), "health", **decided)
    assert consent_page(cast.peksos, row.pk, timezone.now()).guardian_suspect
    # What was said once holds: a later form that says no does not undo it.
    with pytest.raises(GuardianIsSuspect):
        given(cast, case, to_post(cast.uptd), "health", guardian_suspect="no", **guardian)


def test_only_who_carries_the_case_gives_and_withdraws(cast: Cast, signed_in: SignedIn) -> None:
    case = a_full_case(cast)
    row = given(cast, case, to_post(cast.ppa))
    for member in (cast.peksos2, cast.ppa, cast.desk, cast.shelter, cast.dpo):
        with pytest.raises((NotFound, NotAllowed)):
            give_consent(case.pk, new(to_post(cast.uptd)), by=member, at=timezone.now())
        with pytest.raises((NotFound, NotAllowed)):
            withdraw_consent(row.pk, "office", "x", by=member, at=timezone.now())
        assert signed_in(member).get(f"/izin/{row.pk}/").status_code == 404
    assert len(consents_of_case(cast.peksos, case, timezone.now())) == 1


def test_a_file_is_granted_one_by_one(cast: Cast, signed_in: SignedIn) -> None:
    case = a_full_case(cast)
    files = [
        store(
            a_photo(),
            subject_id=case.person_id,
            about_kind="case",
            about_id=case.pk,
            kind="document",
            sensitivity="protected",
            by=cast.peksos,
            at=timezone.now(),
        )
        for _ in range(2)
    ]
    row = given(cast, case, to_post(cast.ppa), f"file:{files[0].pk}")
    assert shared_file(cast.ppa, row.pk, files[0].pk, timezone.now()).pk == files[0].pk
    with pytest.raises(NotFound):
        shared_file(cast.ppa, row.pk, files[1].pk, timezone.now())
    client = signed_in(cast.ppa)
    assert client.get(f"/dibagikan/{row.pk}/berkas/{files[0].pk}/").status_code == 200
    assert client.get(f"/dibagikan/{row.pk}/berkas/{files[1].pk}/").status_code == 404
    assert client.get(f"/berkas/{files[0].pk}/").status_code == 404
    with pytest.raises(Refusal):
        given(cast, an_open_case(cast, number=2), to_post(cast.ppa), f"file:{files[0].pk}")


def test_a_leave_is_never_changed(cast: Cast) -> None:
    row = given(cast, a_full_case(cast), to_post(cast.ppa))
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.filter(pk=row.pk).update(items="assessment")
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.filter(pk=row.pk).delete()
    assert guards.missing() == []


def test_the_pages_give_print_and_withdraw(cast: Cast, signed_in: SignedIn) -> None:
    case = a_full_case(cast)
    client = signed_in(cast.peksos)
    assert f"/kasus/{case.code}/izin/" in client.get(f"/kasus/{case.code}/").content.decode()
    typed = {
        "receiver": to_post(cast.ppa),
        "items": ["name", "health"],
        "purpose": "kesehatan",
        "basis": "consent",
        "given_by": "subject",
        "words": WORDS,
        "until": (wib_date(timezone.now()) + timedelta(days=9)).isoformat(),
    }
    wrong = client.post(f"/kasus/{case.code}/izin/baru/", {**typed, "items": []})
    assert wrong.status_code == 422
    assert WORDS in wrong.content.decode()
    answer = client.post(f"/kasus/{case.code}/izin/baru/", typed)
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer["Location"]).content.decode()
    assert "Tarik izin" in page and WORDS in page
    sheet = client.get(f"{answer['Location']}lembar/").content.decode()
    assert "dapat ditarik kapan saja" in sheet
    assert Event.objects.filter(action="consent.printed").exists()
    assert client.post(f"{answer['Location']}tarik/", {"asked_by": "subject"}).status_code == 422
    taken = client.post(f"{answer['Location']}tarik/", {"asked_by": "subject", "words": "Lewat telepon"})
    assert taken.status_code == 302
    assert "Ditarik" in client.get(f"/kasus/{case.code}/izin/").content.decode()


def test_an_exclusion_list_overrides_a_grant_and_sealing_ends_what_it_opened(
    cast: Cast, police: ActingMember
) -> None:
    case = a_full_case(cast)
    row = given(cast, case, to_post(police))
    Exclusion.objects.create(
        subject_id=case.person_id,
        agency_id=police.agency,
        since=timezone.now(),
        sealed_reason=b"x",
        made_post_id=cast.peksos.post_id,
    )
    with pytest.raises(NotFound):
        shared_sheet(police, row.pk, timezone.now())
    assert shared_list(police) == []
    Exclusion.objects.all().delete()
    Case.every.filter(pk=case.pk).update(sensitivity="sealed")
    with pytest.raises(NotFound):
        shared_sheet(police, row.pk, timezone.now())


def test_a_withdrawal_starts_three_days_and_the_stop_meets_them(cast: Cast, signed_in: SignedIn) -> None:
    case = a_full_case(cast)
    row = given(cast, case, to_post(cast.uptd), "sex_age")
    at = cast.later(hours=1)
    with pytest.raises(our_refusals.NotWithdrawn):
        confirm_stop(row.pk, "Salinan dimusnahkan.", by=cast.peksos, at=at)
    assert not Deadline.objects.filter(subject_id=row.pk).exists()

    withdraw_consent(row.pk, "subject", "Lewat telepon.", by=cast.peksos, at=at)
    clock = Deadline.objects.get(subject_id=row.pk)
    assert (clock.clock, clock.due_at - at, clock.owner_post_id) == (
        "pdp_izin_ditarik", timedelta(hours=72), cast.peksos.post_id,
    )  # fmt: skip
    with pytest.raises(our_refusals.StopUnclear):
        confirm_stop(row.pk, " ", by=cast.peksos, at=at)
    client = signed_in(cast.peksos)
    assert "Pastikan penerima berhenti" in client.get(f"/izin/{row.pk}/").content.decode()
    done = client.post(
        f"/izin/{row.pk}/berhenti/", {"stop_words": "Bu Laras, hari ini; salinan dimusnahkan."}
    )
    assert done.status_code == 302
    clock.refresh_from_db()
    assert clock.met_at is not None
    assert "salinan dimusnahkan" in client.get(f"/izin/{row.pk}/").content.decode()
    with pytest.raises(our_refusals.ConsentOver):
        confirm_stop(row.pk, "lagi", by=cast.peksos, at=at)


def test_the_paper_to_sign_names_what_is_shared_and_no_more(cast: Cast, signed_in: SignedIn) -> None:
    case = a_full_case(cast)
    row = given(cast, case, to_post(cast.uptd), "sex_age")
    client = signed_in(cast.peksos)
    paper = client.get(f"/izin/{row.pk}/lembar/unduh/")
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    assert paper.content.startswith(b"%PDF")
    text = str(paper_of(consent_page(cast.peksos, row.pk, cast.at), cast.at))
    for said in ("Lembar izin berbagi", case.code, "3 × 24 jam", "Tanda tangan", "cap jempol"):
        assert said in text, said
    assert (
        len(
            next(
                each.rows
                for each in paper_of(consent_page(cast.peksos, row.pk, cast.at), cast.at).sections
                if each.rows
            )
        )
        == 1
    )
    assert Event.objects.filter(action="consent.printed").count() == 1
    assert signed_in(cast.satpol_desk).get(f"/izin/{row.pk}/lembar/unduh/").status_code == 404
