"""Hand-overs: one holder at every minute, one offer waiting, and each side reads what its role may (design §3.2)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from uuid_utils.compat import uuid7

from rangkul.access.models import TeamSeat
from rangkul.audit.models import Event
from rangkul.cases.actions import close_case
from rangkul.cases.models import Case, HolderEntry
from rangkul.cases.queries import case_seen_by, cases_seen_by
from rangkul.deadlines.models import Deadline
from rangkul.directory.models import PostHolding
from rangkul.domain.closing import BelongingsKept, FactMissing, HandOverOpen
from rangkul.domain.errors import ChangedMeanwhile, NotAllowed, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.referrals.belonging_actions import settle_belonging
from rangkul.referrals.hand_over_actions import (
    accept_hand_over,
    offer_case,
    offer_contact,
    refuse_hand_over,
    show_code,
    withdraw_hand_over,
)
from rangkul.referrals.hand_over_content import Answer, Offer
from rangkul.referrals.hand_over_queries import (
    belongings_of,
    hand_over_detail,
    on_case,
    on_contact,
    outside_acceptances,
    to_do,
)
from rangkul.referrals.hand_over_refusals import (
    AlreadyAnswered,
    BelongingsNotTicked,
    ChildNotToShelter,
    CodeGone,
    ConditionMissing,
    HandOverWaiting,
    LetterMissing,
    NextBodyMissing,
    NotWithYou,
    PinWrong,
    ReasonUnknown,
    TakerHolds,
    TakerUnknown,
)
from rangkul.referrals.models import Belonging, HandOver
from rangkul.referrals.outside_actions import Accepted, record_outside_acceptance
from tests.cases.made import a_contact, a_person, an_open_case
from tests.cast import Cast

NOTES = {
    "facts": "Sadar, belum makan. KONDISI",
    "stay": "Tempat tidur bawah. HARIAN",
    "health": "Obat malam, kontrol 3 Desember. OBAT",
    "assessment": "Isi asesmen. ASESMEN",
    "plan": "Langkah berikut. RENCANA",
}


def offered(cast: Cast, case: Case, to: ActingMember, **more: object) -> HandOver:
    """Rini asks another post."""
    offer = Offer(notes=NOTES, **more)  # type: ignore[arg-type]
    return offer_case(case.pk, to.post_id, offer, by=cast.peksos, at=cast.later(hours=1))


def ticked(row: HandOver, **more: object) -> Answer:
    """Everything on the list is there."""
    present = tuple(row.items.values_list("belonging_id", flat=True))
    return Answer(present=present, **more)  # type: ignore[arg-type]


def test_the_holder_changes_only_on_acceptance_and_at_one_moment(cast: Cast) -> None:
    case = an_open_case(cast)
    row = offered(cast, case, cast.peksos2)
    case.refresh_from_db()
    assert case.holder_id == cast.peksos.post_id
    with pytest.raises(NotFound):
        case_seen_by(cast.rsj, case.code)
    accept_hand_over(row.pk, Answer(), by=cast.peksos2, at=cast.later(hours=1, minutes=10))
    case.refresh_from_db()
    assert case.holder_id == cast.peksos2.post_id
    first, second = HolderEntry.objects.filter(case=case)
    assert (first.post_id, second.post_id) == (cast.peksos.post_id, cast.peksos2.post_id)
    assert first.until == second.since == case.held_since
    assert second.until is None


def test_of_two_offers_the_second_is_refused_and_names_the_first(cast: Cast) -> None:
    case = an_open_case(cast)
    first = offered(cast, case, cast.shelter)
    with pytest.raises(HandOverWaiting) as refused:
        offered(cast, case, cast.rsj)
    assert refused.value.facts["taker"] == first.taker.title
    assert first.taker.title in str(refused.value)
    with pytest.raises(IntegrityError), transaction.atomic():
        HandOver.objects.create(
            case=case,
            giver_id=cast.peksos.post_id,
            taker_id=cast.rsj.post_id,
            offered_at=cast.at,
            sealed=b"x",
        )


def test_only_the_holder_offers_and_only_the_one_asked_answers(cast: Cast) -> None:
    case = an_open_case(cast)
    with pytest.raises(NotAllowed):
        offer_case(case.pk, cast.rsj.post_id, Offer(notes=NOTES), by=cast.peksos2, at=cast.at)
    row = offered(cast, case, cast.peksos2)
    with pytest.raises(NotAllowed):
        accept_hand_over(row.pk, Answer(), by=cast.peksos, at=cast.at)
    for stranger in (cast.rsj, cast.regu, cast.nakes, cast.dpo):
        with pytest.raises(NotFound):
            accept_hand_over(row.pk, Answer(), by=stranger, at=cast.at)
        with pytest.raises(NotFound):
            hand_over_detail(stranger, row.pk, at=cast.at)


def test_enforcement_markets_and_outside_bodies_are_never_asked_to_hold(cast: Cast) -> None:
    case = an_open_case(cast)
    for member in (cast.regu, cast.satpol_desk, cast.market, cast.desk, cast.tksk, cast.steward):
        with pytest.raises(TakerUnknown):
            offered(cast, case, member)
    with pytest.raises(TakerHolds):
        offered(cast, case, cast.peksos)


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("peksos2", {"facts", "stay", "health", "assessment", "plan"}),
        ("shelter", {"facts", "stay"}),
        ("nakes", {"facts", "health"}),
        ("uptd", {"facts", "stay"}),
        ("rsj", {"facts"}),
    ],
)
def test_the_receiver_reads_what_its_role_may(cast: Cast, who: str, reads: set[str]) -> None:
    case = an_open_case(cast)
    taker = getattr(cast, who)
    row = offered(cast, case, taker)
    before = Event.objects.filter(action="hand_over.looked").count()
    page = hand_over_detail(taker, row.pk, at=cast.at)
    assert {group for group, _words in page.notes} == reads
    assert page.line.label == case.person.label
    assert Event.objects.filter(action="hand_over.looked").count() == before + 1


def test_a_hospital_that_holds_reads_the_medicine_too_and_little_else(cast: Cast) -> None:
    case = an_open_case(cast)
    row = offered(cast, case, cast.rsj)
    accept_hand_over(row.pk, ticked(row), by=cast.rsj, at=cast.later(hours=1))
    page = hand_over_detail(cast.rsj, row.pk, at=cast.at)
    assert {group for group, _words in page.notes} == {"facts", "health"}
    seen = case_seen_by(cast.rsj, case.code)
    assert seen.holder_id == cast.rsj.post_id
    from rangkul.cases.sight import decide  # noqa: PLC0415

    assert decide(cast.rsj, seen).fields == {"stage", "holder"}
    # The sender goes on carrying the case through its stages.
    assert decide(cast.peksos, Case.objects.select_related("contact").get(pk=case.pk)).opens("plan")
    back = offer_case(case.pk, cast.peksos.post_id, Offer(notes=NOTES), by=cast.rsj, at=cast.later(hours=2))
    accept_hand_over(back.pk, ticked(back), by=cast.peksos, at=cast.later(hours=3))
    assert {group for group, _ in hand_over_detail(cast.rsj, row.pk, at=cast.at).notes} == {"facts"}
    assert not cases_seen_by(cast.rsj).exists()


def test_between_social_workers_the_sender_leaves_unless_it_stays(cast: Cast) -> None:
    gone, stays = an_open_case(cast), an_open_case(cast, number=2)
    for case, on in ((gone, False), (stays, True)):
        row = offered(cast, case, cast.peksos2, stays_on=on)
        accept_hand_over(row.pk, ticked(row), by=cast.peksos2, at=cast.later(hours=1))
    seats = TeamSeat.objects.filter(post_id=cast.peksos.post_id, until__isnull=True)
    subjects = set(seats.values_list("subject_id", flat=True))
    assert gone.person_id not in subjects
    assert {stays.pk, stays.person_id} <= subjects


def test_what_was_refused_or_taken_back_closes_again(cast: Cast) -> None:
    case = an_open_case(cast)
    row = offered(cast, case, cast.shelter)
    refuse_hand_over(
        row.pk,
        "penuh",
        next_post_id=cast.uptd.post_id,
        words="Semua terisi",
        by=cast.shelter,
        at=cast.later(hours=2),
    )
    page = hand_over_detail(cast.shelter, row.pk, at=cast.at)
    assert (page.notes, page.things, page.documents, page.line.label) == ([], None, None, "")
    mine = hand_over_detail(cast.peksos, row.pk, at=cast.at)
    assert (mine.line.state, mine.line.next_body, mine.answer_words) == (
        "refused",
        "Petugas UPTD PPA",
        "Semua terisi",
    )
    assert not HandOver.objects.filter(taker_id=cast.uptd.post_id).exists()
    assert Case.objects.get(pk=case.pk).holder_id == cast.peksos.post_id
    [told] = to_do(cast.peksos, cast.later(hours=3)).offered
    assert told.reason == "Penuh"
    again = offered(cast, case, cast.uptd)
    assert [line.id for line in to_do(cast.peksos, cast.later(hours=4)).offered] == [again.pk]


def test_a_refusal_needs_a_reason_and_the_next_body(cast: Cast) -> None:
    row = offered(cast, an_open_case(cast), cast.shelter)
    with pytest.raises(ReasonUnknown):
        refuse_hand_over(row.pk, "malas", next_words="RSUD", by=cast.shelter, at=cast.at)
    with pytest.raises(ReasonUnknown):
        refuse_hand_over(row.pk, "tidak_menjawab", next_words="RSUD", by=cast.shelter, at=cast.at)
    with pytest.raises(NextBodyMissing):
        refuse_hand_over(row.pk, "penuh", by=cast.shelter, at=cast.at)


def test_who_answers_second_is_told_what_changed(cast: Cast) -> None:
    row = offered(cast, an_open_case(cast), cast.shelter)
    withdraw_hand_over(row.pk, by=cast.peksos, at=cast.later(hours=2))
    with pytest.raises(AlreadyAnswered) as refused:
        accept_hand_over(row.pk, ticked(row), by=cast.shelter, at=cast.later(hours=3))
    assert refused.value.facts["state"] == "withdrawn"
    assert "Pekerja Sosial 1" in str(refused.value)


def test_the_same_key_gives_the_first_answer(cast: Cast) -> None:
    row = offered(cast, an_open_case(cast), cast.shelter)
    key: UUID = uuid7()
    pin = show_code(row.pk, by=cast.peksos, at=cast.later(hours=1)).pin
    for _press in range(2):
        done = accept_hand_over(
            row.pk, ticked(row, pin=pin), by=cast.shelter, at=cast.later(hours=1), key=key
        )
        assert done.pk == row.pk
    assert HolderEntry.objects.filter(case=row.case).count() == 2


def test_a_pin_is_short_lived_and_has_few_tries(cast: Cast) -> None:
    case = an_open_case(cast)
    row = offered(cast, case, cast.shelter)
    at = cast.later(hours=1)
    with pytest.raises(CodeGone):
        accept_hand_over(row.pk, ticked(row, pin="0000"), by=cast.shelter, at=at)
    shown = show_code(row.pk, by=cast.peksos, at=at)
    wrong = f"{(int(shown.pin) + 1) % 10_000:04d}"
    with pytest.raises(CodeGone):
        accept_hand_over(row.pk, ticked(row, pin=shown.pin), by=cast.shelter, at=at + timedelta(minutes=11))
    for left in (4, 3, 2, 1):
        with pytest.raises(PinWrong) as refused:
            accept_hand_over(row.pk, ticked(row, pin=wrong), by=cast.shelter, at=at)
        assert refused.value.facts["left"] == left
    with pytest.raises(CodeGone):
        accept_hand_over(row.pk, ticked(row, pin=wrong), by=cast.shelter, at=at)
    with pytest.raises(CodeGone):
        accept_hand_over(row.pk, ticked(row, pin=shown.pin), by=cast.shelter, at=at)
    shown = show_code(row.pk, by=cast.peksos, at=at)
    done = accept_hand_over(row.pk, ticked(row, pin=shown.pin), by=cast.shelter, at=at)
    assert (done.way, done.pin_digest, done.token_digest) == ("pin", None, None)


def test_the_qr_is_for_the_one_asked_only(cast: Cast) -> None:
    row = offered(cast, an_open_case(cast), cast.shelter)
    token = show_code(row.pk, by=cast.peksos, at=cast.at).token
    with pytest.raises(NotAllowed):
        show_code(row.pk, by=cast.shelter, at=cast.at)
    with pytest.raises(NotFound):
        accept_hand_over(row.pk, ticked(row, token=token), by=cast.rsj, at=cast.at)
    with pytest.raises(CodeGone):
        accept_hand_over(row.pk, ticked(row, token=token + "x"), by=cast.shelter, at=cast.at)
    assert accept_hand_over(row.pk, ticked(row, token=token), by=cast.shelter, at=cast.at).way == "qr"


def test_a_vacant_post_still_holds_and_the_post_above_does_its_duty(cast: Cast) -> None:
    case = an_open_case(cast)
    PostHolding.objects.filter(post_id__in=(cast.peksos.post_id, cast.shelter.post_id)).update(
        until=cast.later(minutes=1)
    )
    offer = Offer(notes=NOTES)
    row = offer_case(case.pk, cast.shelter.post_id, offer, by=cast.kabid, at=cast.later(hours=1))
    assert row.giver_id == cast.peksos.post_id
    assert [line.id for line in to_do(cast.kabid, cast.at).waiting] == [row.pk]
    assert not to_do(cast.kadis, cast.at).waiting
    done = accept_hand_over(row.pk, Answer(), by=cast.kabid, at=cast.later(hours=1))
    assert done.answered_post_id == cast.kabid.post_id
    assert Case.objects.get(pk=case.pk).holder_id == cast.shelter.post_id


def test_the_clock_of_fifteen_minutes_is_the_receivers(cast: Cast) -> None:
    row = offered(cast, an_open_case(cast), cast.shelter)
    clock = Deadline.objects.get(subject_id=row.pk)
    assert (clock.owner_post_id, clock.due_at - clock.starts_at) == (
        cast.shelter.post_id,
        timedelta(minutes=15),
    )
    accept_hand_over(row.pk, ticked(row), by=cast.shelter, at=cast.later(hours=1, minutes=5))
    clock.refresh_from_db()
    assert clock.met_at == cast.later(hours=1, minutes=5)


def test_belongings_pass_on_and_must_come_back_before_closing(cast: Cast) -> None:
    case = an_open_case(cast)
    row = offered(
        cast, case, cast.shelter, belongings=("Tas kain cokelat", "", "Radio kecil"), documents=("KTP",)
    )
    tas, radio = row.items.values_list("belonging_id", flat=True)
    with pytest.raises(BelongingsNotTicked):
        accept_hand_over(row.pk, Answer(present=(tas,)), by=cast.shelter, at=cast.at)
    accept_hand_over(
        row.pk,
        Answer(present=(tas,), absent_words="Radio tidak ada"),
        by=cast.shelter,
        at=cast.later(hours=2),
    )
    page = hand_over_detail(cast.shelter, row.pk, at=cast.at)
    assert [(thing.words, thing.present) for thing in page.things or ()] == [
        ("Tas kain cokelat", True),
        ("Radio kecil", False),
    ]
    again = offer_case(
        case.pk, cast.peksos2.post_id, Offer(notes=NOTES), by=cast.shelter, at=cast.later(hours=3)
    )
    assert again.items.count() == 2
    with pytest.raises(HandOverOpen):
        close_case(case.pk, "menolak_layanan", "ditawari", by=cast.kabid, at=cast.later(hours=3))
    withdraw_hand_over(again.pk, by=cast.shelter, at=cast.later(hours=3))
    with pytest.raises(BelongingsKept):
        close_case(case.pk, "menolak_layanan", "ditawari", by=cast.kabid, at=cast.later(hours=3))
    with pytest.raises(NotFound):
        settle_belonging(tas, "returned", by=cast.regu, at=cast.later(hours=4))
    settle_belonging(tas, "returned", by=cast.shelter, at=cast.later(hours=4))
    settle_belonging(radio, "lost", words="Tidak ada saat diterima", by=cast.peksos, at=cast.later(hours=4))
    things = belongings_of(cast.kabid, case.person_id, at=cast.at)
    assert {thing.outcome for thing in things} <= {"returned", "lost"}
    close_case(case.pk, "menolak_layanan", "ditawari", by=cast.kabid, at=cast.later(hours=5))


def test_nothing_of_what_was_said_lies_open_in_the_tables(cast: Cast) -> None:
    row = offered(cast, an_open_case(cast), cast.shelter, belongings=("Tas RAHASIA",))
    kept = bytes(HandOver.objects.get(pk=row.pk).sealed) + bytes(Belonging.objects.get().sealed)
    for word in (b"KONDISI", b"OBAT", b"ASESMEN", b"RAHASIA"):
        assert word not in kept


def test_a_condition_is_needed_and_a_child_is_not_handed_to_the_shelter(cast: Cast) -> None:
    case = an_open_case(cast, minor=True)
    with pytest.raises(ConditionMissing):
        offer_case(case.pk, cast.uptd.post_id, Offer(notes={"health": "x"}), by=cast.peksos, at=cast.at)
    with pytest.raises(ChildNotToShelter):
        offered(cast, case, cast.shelter)
    row = offered(cast, case, cast.uptd)
    accept_hand_over(row.pk, ticked(row), by=cast.uptd, at=cast.later(hours=1))
    assert case_seen_by(cast.uptd, case.code).holder_id == cast.uptd.post_id


def test_who_saw_an_older_case_is_told(cast: Cast) -> None:
    case = an_open_case(cast)
    with pytest.raises(ChangedMeanwhile):
        offer_case(
            case.pk,
            cast.shelter.post_id,
            Offer(notes=NOTES),
            by=cast.peksos,
            at=cast.at,
            seen=case.revision + 1,
        )


def test_a_team_hands_the_person_on_before_there_is_a_case(cast: Cast) -> None:
    contact = a_contact(cast, None, transported=True)
    with pytest.raises(NotFound):
        offer_contact(contact.pk, cast.shelter.post_id, Offer(notes=NOTES), by=cast.regu1, at=cast.at)
    row = offer_contact(
        contact.pk,
        cast.shelter.post_id,
        Offer(notes={"facts": "Sadar"}, belongings=("Karung",)),
        by=cast.regu,
        at=cast.at,
    )
    page = on_contact(cast.regu, contact.pk)
    assert page
    assert (page.now_with.post_id, page.waiting and page.waiting.id) == (cast.regu.post_id, row.pk)
    assert hand_over_detail(cast.regu, row.pk, at=cast.at).notes == [("facts", "Sadar")]
    accept_hand_over(row.pk, ticked(row), by=cast.shelter, at=cast.later(minutes=9))
    page = on_contact(cast.desk, contact.pk)
    assert page
    assert (page.now_with.post_id, page.now_with.since) == (cast.shelter.post_id, cast.later(minutes=9))
    with pytest.raises(NotWithYou):
        offer_contact(
            contact.pk, cast.nakes.post_id, Offer(notes=NOTES), by=cast.regu, at=cast.later(hours=1)
        )
    # The shelter hands on to health, still before a case.
    on = offer_contact(
        contact.pk, cast.nakes.post_id, Offer(notes=NOTES), by=cast.shelter, at=cast.later(hours=1)
    )
    assert on.items.count() == 1
    accept_hand_over(on.pk, ticked(on), by=cast.nakes, at=cast.later(hours=1))
    page = on_contact(cast.desk, contact.pk)
    assert page
    assert page.now_with.post_id == cast.nakes.post_id


def test_a_child_met_by_a_team_goes_to_the_unit_not_to_the_shelter(cast: Cast) -> None:
    child = a_contact(cast, a_person(cast, minor=True), sensitivity="protected", age_low=4, age_high=6)
    with pytest.raises(ChildNotToShelter):
        offer_contact(child.pk, cast.shelter.post_id, Offer(notes=NOTES), by=cast.regu, at=cast.at)
    row = offer_contact(child.pk, cast.ppa.post_id, Offer(notes=NOTES), by=cast.regu, at=cast.at)
    assert accept_hand_over(row.pk, Answer(), by=cast.ppa, at=cast.later(minutes=3)).state == "accepted"


def test_a_body_outside_the_city_accepts_in_writing_and_never_holds(cast: Cast) -> None:
    case = an_open_case(cast)
    with pytest.raises(FactMissing):
        close_case(case.pk, "diserahkan_daerah_lain", "surat", by=cast.peksos, at=cast.later(hours=1))
    letter = Accepted(
        body="Dinas Sosial Kabupaten Wonosobo", letter_number="", name="Sutrisno", accepted_at=cast.at
    )
    with pytest.raises(LetterMissing):
        record_outside_acceptance(case.pk, letter, by=cast.peksos, at=cast.later(hours=1))
    letter = Accepted(
        body="Dinas Sosial Kabupaten Wonosobo",
        letter_number="460/12/2026",
        name="Sutrisno",
        accepted_at=cast.at,
    )
    record_outside_acceptance(case.pk, letter, by=cast.peksos, at=cast.later(hours=1), upload=b"%PDF-1.4 x")
    case.refresh_from_db()
    assert case.holder_id == cast.peksos.post_id
    assert outside_acceptances(case.pk)[0][1] == "460/12/2026"
    close_case(case.pk, "diserahkan_daerah_lain", "surat", by=cast.peksos, at=cast.later(hours=2))


def test_a_case_page_says_what_waits_and_who_may_offer(cast: Cast) -> None:
    case = an_open_case(cast)
    assert on_case(cast.peksos, case).may_offer
    assert not on_case(cast.peksos2, case).may_offer
    row = offered(cast, case, cast.shelter)
    waiting = on_case(cast.kabid, case).waiting
    assert waiting
    assert (waiting.id, waiting.taker) == (row.pk, "Petugas Rumah Singgah")


def test_the_minutes_say_what_both_sides_may_read(cast: Cast) -> None:
    from rangkul.referrals.papers import letter_facts_of_hand_over  # noqa: PLC0415

    case = an_open_case(cast)
    row = offered(
        cast, case, cast.shelter, belongings=("Tas kain",), documents=("KTP",), place="Kantor Dinsos"
    )
    accept_hand_over(row.pk, ticked(row, witnesses=("Tri", "Galih")), by=cast.shelter, at=cast.later(hours=1))
    facts = letter_facts_of_hand_over(cast.peksos, row.pk)
    told = {gap: fact() if callable(fact) else fact for gap, fact in facts.items()}
    assert (told["pihak_pertama_nama"], told["pihak_kedua_nama"]) == ("Rini Astuti", "Wahyu Nugroho")
    assert (told["tempat_serah"], told["saksi_satu"], told["saksi_dua"]) == ("Kantor Dinsos", "Tri", "Galih")
    assert told["barang"] == [("Tas kain", "", "ada")]
    assert "HARIAN" in str(told["yang_perlu_diketahui"])
    for word in ("OBAT", "ASESMEN", "RENCANA"):
        assert word not in str(told)
    with pytest.raises(NotFound):
        letter_facts_of_hand_over(cast.regu, row.pk)
