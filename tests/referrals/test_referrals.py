"""Sending, answering and what comes of it (issue 3 part 4; practice.md F13, S6, S7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rangkul.access.models import Grant
from rangkul.audit.models import Event, EventDetail
from rangkul.audit.verify import verify_log
from rangkul.cases.models import Case, Evidence
from rangkul.cases.page import stage_gap
from rangkul.cases.refusals import ChoiceUnknown
from rangkul.deadlines.escalation import carry_up
from rangkul.deadlines.models import Deadline
from rangkul.deadlines.queries import carried_up_to
from rangkul.domain.errors import NotAllowed, NotFound, Refusal
from rangkul.domain.referrals import WrongfulLabel
from rangkul.domain.wib import wib_date
from rangkul.letters.actions import draft_letter
from rangkul.letters.queries import content_of
from rangkul.people.actions import add_claims
from rangkul.people.models import Person
from rangkul.people.typed import NewClaim
from rangkul.referrals.answer_actions import Answer, answer_referral, record_result
from rangkul.referrals.figures import referral_figures
from rangkul.referrals.institutions import StateInput, directory, say_state
from rangkul.referrals.models import EconomicCheck, Referral
from rangkul.referrals.referral_actions import (
    answer_check,
    decide_after_refusal,
    send_referral,
    withdraw_referral,
)
from rangkul.referrals.referral_queries import (
    case_to_refer,
    incoming,
    preview,
    referral_seen_by,
)
from rangkul.referrals.referral_refusals import (
    AlreadyAnswered,
    AlreadyChecked,
    AlreadyReferred,
    ConsentMissing,
    CriteriaNotMet,
    InstitutionClosed,
    NotAcceptedYet,
    ReasonForUnmet,
    RefusalReasonMissing,
    ResultDayMissing,
    ResultUnknown,
)
from rangkul.referrals.sheet import NewReferral
from rangkul.worklist.queries import tasks_for
from tests.cases import made
from tests.cast import Cast

SECRET = "RAHASIA-LEMBAR"


def asks(institution: str = "disperindag_lapak", **more: Any) -> NewReferral:
    """A form filled so that most places can be asked."""
    whole: dict[str, Any] = {
        "institution": institution,
        "asked": f"lapak sayur {SECRET}",
        "id_place": "city",
        "infectious": "no",
        "independent": "yes",
        "family": "no",
        "documents": ("surat_pengantar", "laporan_sosial", "surat_kesehatan"),
        "consent": "agreed",
    }
    return NewReferral(**{**whole, **more})


def refer(cast: Cast, case: Case, institution: str = "disperindag_lapak", **more: Any) -> Referral:
    return send_referral(case.pk, asks(institution, **more), by=cast.peksos, at=cast.at)


def what(cast: Cast, who: str, **later: float) -> list[str]:
    found = tasks_for(cast.members[who], cast.later(**later))
    return [task.what for task in (*found.overdue, *found.today, *found.later)]


# --- sending -------------------------------------------------------------------------------------------------------


def test_a_sent_referral_opens_its_sheet_to_one_post_and_nothing_else(cast: Cast) -> None:
    case = made.an_open_case(cast)
    referral = refer(cast, case, skills="berdagang")
    page = referral_seen_by(cast.market, referral.pk, at=cast.at)
    assert page.sheet is not None
    shown = dict(page.sheet)
    assert shown["Layanan yang diminta"] == f"lapak sayur {SECRET}"
    assert shown["Keterampilan dan minat kerja"] == "berdagang"
    assert page.kept == {}
    assert page.checks == []
    grant = Grant.objects.get(about_id=referral.pk)
    assert (grant.subject_id, grant.post_id, grant.receiver) == (
        case.person_id,
        cast.market.post_id,
        "disperindag_lapak",
    )
    assert grant.parts == "identity;asked;skills;documents;consent"
    for stranger in (
        "naker",
        "rsj",
        "nakes",
        "regu",
        "satpol_desk",
        "trantib",
        "tksk",
        "dpo",
        "admin",
        "desk",
    ):
        with pytest.raises(NotFound):
            referral_seen_by(cast.members[stranger], referral.pk, at=cast.at)
    assert Event.objects.filter(action="referral.sent").count() == 1
    assert Event.objects.filter(action="grant.given").count() == 1


def test_the_preview_is_exactly_what_the_receiver_sees(cast: Cast) -> None:
    case = made.an_open_case(cast)
    new = asks(skills="berdagang", health=f"batuk {SECRET}", summary="riwayat", behaviour="teriak")
    before = preview(cast.peksos, case_to_refer(cast.peksos, case.code), new, at=cast.at)
    referral = send_referral(case.pk, new, by=cast.peksos, at=cast.at)
    after = referral_seen_by(cast.market, referral.pk, at=cast.at)
    assert after.sheet == before.sheet
    assert not any("batuk" in value or "riwayat" in value for _, value in before.sheet)
    assert {"Hasil kesehatan", "Ringkasan laporan sosial", "Perilaku yang tampak"} <= set(before.left_out)


def test_what_the_person_does_not_share_stays_behind_and_the_sender_sees_who_read(cast: Cast) -> None:
    case = made.an_open_case(cast)
    new = asks(skills=f"berdagang {SECRET}", withheld=("skills", "documents"))
    before = preview(cast.peksos, case_to_refer(cast.peksos, case.code), new, at=cast.at)
    referral = send_referral(case.pk, new, by=cast.peksos, at=cast.at)
    assert referral_seen_by(cast.peksos, referral.pk, at=cast.at).opened == ()
    after = referral_seen_by(cast.market, referral.pk, at=cast.later(hours=1))
    assert after.sheet == before.sheet
    assert not any("berdagang" in value for _, value in after.sheet or ())
    assert "Keterampilan dan minat kerja" in before.left_out
    assert Grant.objects.get(about_id=referral.pk).parts == "identity;asked;consent"
    [opened] = referral_seen_by(cast.peksos, referral.pk, at=cast.later(hours=2)).opened
    assert (opened.at, opened.agency) == (cast.later(hours=1), cast.market.agency)
    assert after.opened == ()
    with pytest.raises(ChoiceUnknown):
        refer(cast, made.an_open_case(cast, number=2), withheld=("identity",))


def test_nothing_of_the_sheet_stands_readable_in_the_database(cast: Cast) -> None:
    referral = refer(cast, made.an_open_case(cast))
    row = Referral.objects.filter(pk=referral.pk).values_list("sealed").get()
    assert SECRET.encode() not in bytes(row[0])
    for sealed in EventDetail.objects.values_list("sealed", flat=True):
        assert SECRET.encode() not in bytes(sealed)


def test_only_the_registry_sees_the_nik_and_the_preview_is_a_recorded_look(cast: Cast) -> None:
    case = made.an_open_case(cast)
    person = Person.objects.get(pk=case.person_id)
    claim = NewClaim(kind="nik", value="3371990101790001", source="document")
    add_claims(person.pk, [claim], by=cast.peksos, at=cast.at)
    to_registry = preview(cast.peksos, case_to_refer(cast.peksos, case.code), asks("disdukcapil"), at=cast.at)
    assert ("NIK", "3371990101790001") in to_registry.sheet
    assert Event.objects.filter(action="person.protected_viewed").count() == 1
    to_market = preview(cast.peksos, case_to_refer(cast.peksos, case.code), asks(), at=cast.at)
    assert not any("3371990101790001" in value for _, value in to_market.sheet)


def test_an_unmet_criterion_is_named_with_how_to_meet_it_and_the_next_route(cast: Cast) -> None:
    case = made.an_open_case(cast)
    Person.objects.filter(pk=case.person_id).update(born_from="1950-01-01", born_to="1953-01-01")
    new = asks("panti_wredha_purworejo", id_place="other")
    seen = preview(cast.peksos, case_to_refer(cast.peksos, case.code), new, at=cast.at)
    (line,) = seen.unmet
    assert (line.label, line.standing, line.waivable) == ("KTP kota ini", "unmet", True)
    assert "Dinsos provinsi" in line.how
    assert [each.code for each in seen.next] == ["mardi_utomo", "panti_wredha_swasta"]
    with pytest.raises(ReasonForUnmet, match="KTP kota ini"):
        send_referral(case.pk, new, by=cast.peksos, at=cast.at)
    sent = send_referral(case.pk, replace(new, reason="tidak ada tempat lain"), by=cast.peksos, at=cast.at)
    page = referral_seen_by(cast.peksos, sent.pk, at=cast.at)
    assert page.kept["unmet"] == [("KTP kota ini", "unmet")]
    assert page.kept["reason"] == "tidak ada tempat lain"


def test_what_an_institution_cannot_set_aside_bars_the_way(cast: Cast) -> None:
    case = made.an_open_case(cast)
    with pytest.raises(CriteriaNotMet) as refused:
        refer(cast, case, "panti_wredha_purworejo", reason="tetap")
    assert "60" in str(refused.value)
    assert "swasta" in str(refused.value)
    assert not Referral.objects.exists()


def test_a_closed_institution_offers_alternatives_with_the_reason(cast: Cast) -> None:
    case = made.an_open_case(cast)
    say_state("mardi_utomo", StateInput(closed="wabah"), by=cast.peksos, at=cast.at)
    with pytest.raises(InstitutionClosed) as refused:
        refer(cast, case, "mardi_utomo")
    assert "wabah" in str(refused.value)
    assert "Panti wredha" in str(refused.value)
    say_state("mardi_utomo", StateInput(beds_free=2), by=cast.peksos, at=cast.later(hours=1))
    assert refer(cast, case, "mardi_utomo").state == "sent"


def test_a_lucid_person_is_not_referred_to_the_mental_hospital_on_a_label(cast: Cast) -> None:
    case = made.an_open_case(cast)
    for lucid in ("yes", "unknown"):
        with pytest.raises(WrongfulLabel):
            refer(cast, case, "rsj_soerojo", lucid=lucid, reason="keluarga meminta", medical="dr. A")
    assert not Referral.objects.exists()
    sent = refer(cast, case, "rsj_soerojo", lucid="yes", medical="dr. A, 24/11", own="saya mau diperiksa")
    assert (
        dict(referral_seen_by(cast.rsj, sent.pk, at=cast.at).sheet or [])["Pernyataan klien"]
        == "saya mau diperiksa"
    )


def test_consent_or_a_ground_that_is_one(cast: Cast) -> None:
    case = made.an_open_case(cast)
    for wrong in (
        {"consent": ""},
        {"consent": "ground", "ground": "", "consent_words": "menolak"},
        {"consent": "ground", "ground": "ketertiban_umum", "consent_words": "menolak"},
        {"consent": "ground", "ground": "kemauan_sendiri", "consent_words": "menolak"},
    ):
        with pytest.raises(ConsentMissing):
            refer(cast, case, "psc119", **wrong)
    told = {"consent": "ground", "ground": "gawat_darurat_kesehatan", "consent_words": "tidak sadar"}
    assert refer(cast, case, "psc119", **told).state == "sent"


def test_one_open_referral_per_institution_and_only_by_who_carries_the_case(cast: Cast) -> None:
    case = made.an_open_case(cast)
    refer(cast, case)
    with pytest.raises(AlreadyReferred):
        refer(cast, case)
    with pytest.raises(NotAllowed):
        send_referral(case.pk, asks("disdukcapil"), by=cast.peksos2, at=cast.at)
    for stranger in ("market", "nakes", "regu"):
        with pytest.raises(NotFound):
            send_referral(case.pk, asks("disdukcapil"), by=cast.members[stranger], at=cast.at)


# --- answering -----------------------------------------------------------------------------------------------------


def test_a_partner_accepts_with_a_day_and_records_what_came_of_it(cast: Cast) -> None:
    referral = refer(cast, made.an_open_case(cast))
    assert what(cast, "market") == ["Jawab rujukan"]
    day = wib_date(cast.at) + timedelta(days=7)
    answer_referral(
        referral.pk, Answer(answer="accept", place_from=day), by=cast.market, at=cast.later(hours=2)
    )
    clock = Deadline.objects.get(clock="referral_answer")
    assert clock.met_at == cast.later(hours=2)
    assert what(cast, "market") == ["Catat hasil rujukan"]
    record_result(
        referral.pk, "lapak_diberikan", wib_date(cast.at), "", by=cast.market, at=cast.later(hours=3)
    )
    referral.refresh_from_db()
    assert referral.closed_at == cast.later(hours=3)
    assert what(cast, "market") == []
    with pytest.raises(NotFound):
        referral_seen_by(cast.market, referral.pk, at=cast.later(hours=4))


def test_a_refusal_names_its_reason_sends_nothing_and_waits_for_the_sender(cast: Cast) -> None:
    case = made.an_open_case(cast)
    referral = refer(cast, case)
    for reason in ("", "tidak_menjawab", "karangan"):
        with pytest.raises(RefusalReasonMissing):
            answer_referral(referral.pk, Answer(answer="decline", reason=reason), by=cast.market, at=cast.at)
    answer_referral(
        referral.pk, Answer(answer="decline", reason="penuh"), by=cast.market, at=cast.later(hours=1)
    )
    assert Referral.objects.count() == 1
    page = referral_seen_by(cast.peksos, referral.pk, at=cast.at)
    assert [each.code for each in page.next] == ["disnaker_blk", "baznas"]
    assert any("menolak (penuh)" in each for each in what(cast, "peksos"))
    follow = refer(cast, case, "baznas", after=referral.pk, reason="NIK menyusul")
    assert follow.after_id == referral.pk
    assert not any("menolak" in each for each in what(cast, "peksos"))


def test_the_sender_may_decide_not_to_refer_again(cast: Cast) -> None:
    referral = refer(cast, made.an_open_case(cast))
    answer_referral(referral.pk, Answer(answer="decline", reason="penuh"), by=cast.market, at=cast.at)
    decide_after_refusal(referral.pk, "ikut usaha saudaranya", by=cast.peksos, at=cast.at)
    assert referral_seen_by(cast.peksos, referral.pk, at=cast.at).decision_words == "ikut usaha saudaranya"
    assert not any("menolak" in each for each in what(cast, "peksos"))


def test_the_first_answer_stands(cast: Cast) -> None:
    referral = refer(cast, made.an_open_case(cast))
    answer_referral(referral.pk, Answer(answer="accept"), by=cast.market, at=cast.at)
    with pytest.raises(AlreadyAnswered):
        answer_referral(
            referral.pk, Answer(answer="decline", reason="penuh"), by=cast.market, at=cast.later(hours=1)
        )
    referral.refresh_from_db()
    assert referral.state == "accepted"


def test_unanswered_after_three_working_days_rises_to_the_sender_and_the_head(cast: Cast) -> None:
    referral = refer(cast, made.an_open_case(cast))
    # Tuesday 24 November: Wednesday, Thursday, Friday.
    assert wib_date(referral.late_after).isoformat() == "2026-11-27"
    assert not any("belum dijawab" in each for each in what(cast, "peksos", days=3))
    assert any("belum dijawab" in each for each in what(cast, "peksos", days=4))
    carry_up(by=cast.operator, at=cast.later(days=9))
    # With other lapses of the same post it is one line of the list (worklist.clocks.MANY); the clock itself was carried up.
    assert any("Jawaban rujukan" in each.label for each in carried_up_to(cast.kabid, cast.later(days=9)))
    withdraw_referral(referral.pk, "tidak_menjawab", "", by=cast.peksos, at=cast.later(days=9))
    assert not Deadline.objects.filter(
        clock="referral_answer", met_at__isnull=True, dropped_at__isnull=True
    ).exists()
    with pytest.raises(NotFound):
        referral_seen_by(cast.market, referral.pk, at=cast.later(days=4))


def test_a_result_is_of_its_kind_its_side_and_its_day(cast: Cast) -> None:
    referral = refer(cast, made.an_open_case(cast))
    today = wib_date(cast.at)
    with pytest.raises(NotAcceptedYet):
        record_result(referral.pk, "lapak_diberikan", today, "", by=cast.market, at=cast.at)
    answer_referral(referral.pk, Answer(answer="accept"), by=cast.market, at=cast.at)
    with pytest.raises(ResultUnknown):
        record_result(referral.pk, "nik_ditemukan", today, "", by=cast.market, at=cast.at)
    with pytest.raises(ResultDayMissing):
        record_result(referral.pk, "lapak_diberikan", None, "", by=cast.market, at=cast.at)
    with pytest.raises(NotAllowed):
        record_result(referral.pk, "lapak_diberikan", today, "", by=cast.peksos, at=cast.at)


# --- health and the ODGJ track -------------------------------------------------------------------------------------


def test_a_health_look_is_answered_by_looking_and_proves_the_second_stage(cast: Cast) -> None:
    case = made.an_open_case(cast)
    referral = refer(cast, case, "puskesmas", behaviour="berteriak, tanpa pakaian")
    assert "Periksa kesehatan, lalu catat hasilnya" in what(cast, "puskesmas")
    record_result(
        referral.pk, "perlu_puskesmas", None, "luka kaki", by=cast.puskesmas, at=cast.later(hours=1)
    )
    referral.refresh_from_db()
    assert (referral.state, referral.closed_at is None) == ("accepted", False)
    assert Evidence.objects.get(case=case).kind == "first_health_look"
    assert Deadline.objects.get(clock="first_health_look").met_at == cast.later(hours=1)


def test_ready_to_go_home_prepares_the_family_and_a_refusal_means_a_conference(cast: Cast) -> None:
    case = made.an_open_case(cast)
    referral = refer(cast, case, "rsj_soerojo", lucid="no", medical="dr. A, 24/11")
    answer_referral(referral.pk, Answer(answer="accept"), by=cast.rsj, at=cast.at)
    record_result(
        referral.pk,
        "kontrol_obat",
        wib_date(cast.at) + timedelta(days=30),
        "risperidon 2 mg",
        by=cast.rsj,
        at=cast.at,
    )
    ready = wib_date(cast.at) + timedelta(days=3)
    said = record_result(referral.pk, "siap_pulang", ready, "", by=cast.rsj, at=cast.at)
    assert not said.short_notice
    assert any(each.startswith("Siapkan keluarga") for each in what(cast, "peksos"))
    record_result(
        referral.pk, "keluarga_menolak", None, "takut kambuh", by=cast.peksos, at=cast.later(hours=1)
    )
    tasks = what(cast, "peksos")
    assert any("Temu bahas kasus" in each for each in tasks)
    assert not any(each.startswith("Siapkan keluarga") for each in tasks)
    short = record_result(
        referral.pk,
        "siap_pulang",
        wib_date(cast.at) + timedelta(days=1),
        "",
        by=cast.rsj,
        at=cast.later(hours=2),
    )
    assert short.short_notice


# --- the gate, the economic step, the figures ------------------------------------------------------------------------


def test_services_do_not_end_while_a_referral_is_open(cast: Cast) -> None:
    case = made.brought_to(cast, "resosialisasi")
    referral = refer(cast, case)
    gap = stage_gap(case)
    assert gap is not None
    assert "no_open_referral_or_trip" in {line.need.code for line in gap.missing}
    withdraw_referral(referral.pk, "klien_menolak", "", by=cast.peksos, at=cast.at)
    gap = stage_gap(Case.objects.get(pk=case.pk))
    assert gap is not None
    assert "no_open_referral_or_trip" in {line.need.code for line in gap.present}


def test_the_economic_step_asks_at_thirty_and_ninety_days(cast: Cast) -> None:
    referral = refer(cast, made.an_open_case(cast))
    answer_referral(referral.pk, Answer(answer="accept"), by=cast.market, at=cast.at)
    first, last = EconomicCheck.objects.order_by("days")
    assert [(each.due_on - wib_date(cast.at)).days for each in (first, last)] == [30, 90]
    assert not any("hasil ekonomi" in each for each in what(cast, "peksos", days=20))
    assert any("hasil ekonomi hari ke-30" in each for each in what(cast, "peksos", days=30))
    answer_check(first.pk, "none", "", by=cast.peksos, at=cast.later(days=30))
    with pytest.raises(AlreadyChecked):
        answer_check(first.pk, "income", "", by=cast.peksos, at=cast.later(days=31))
    answer_check(last.pk, "income", "jual sayur", by=cast.peksos, at=cast.later(days=90))
    today = wib_date(cast.at)
    found = referral_figures(cast.kadis, today, today, cast.later(days=91)).economic
    assert (found.referred, found.earning, found.share) == (1, 1, "100.00")


def test_figures_are_for_who_may_count(cast: Cast) -> None:
    for number, reason in ((1, "penuh"), (2, "")):
        referral = refer(cast, made.an_open_case(cast, number=number))
        said = Answer(answer="decline", reason=reason) if reason else Answer(answer="accept")
        answer_referral(referral.pk, said, by=cast.market, at=cast.later(days=1))
    today = wib_date(cast.at)
    found = referral_figures(cast.kabid, today, today, cast.later(days=2))
    assert (found.whole.answered, found.whole.share, found.whole.median_days) == (2, "50.00", "1.0")
    assert [code for code, _ in found.by_institution] == ["disperindag_lapak"]
    for stranger in ("market", "regu", "tksk", "admin"):
        with pytest.raises(NotFound):
            referral_figures(cast.members[stranger], today, today, cast.at)


def test_an_institution_says_how_it_stands_and_no_other_does(cast: Cast) -> None:
    say_state("rsj_soerojo", StateInput(beds_free=3, queue=2), by=cast.rsj, at=cast.at)
    with pytest.raises(NotAllowed):
        say_state("rsj_soerojo", StateInput(beds_free=9), by=cast.market, at=cast.at)
    (place,) = [each for each in directory(cast.peksos) if each.row.code == "rsj_soerojo"]
    assert place.state is not None
    assert (place.state.beds_free, place.state.queue) == (3, 2)


def test_the_list_costs_as_many_queries_with_many_rows_as_with_few(cast: Cast) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            incoming(cast.market)
        return len(seen)

    refer(cast, made.an_open_case(cast, number=1))
    few = count()
    for number in range(2, 12):
        refer(cast, made.an_open_case(cast, number=number))
    assert count() == few
    assert len(incoming(cast.market)) == 11


def test_the_chain_holds_over_a_whole_referral(cast: Cast) -> None:
    referral = refer(cast, made.an_open_case(cast))
    answer_referral(referral.pk, Answer(answer="decline", reason="penuh"), by=cast.market, at=cast.at)
    assert verify_log().whole


def test_the_letter_says_no_more_than_its_receiver_may_see(cast: Cast) -> None:
    case = made.an_open_case(cast)
    claim = NewClaim(kind="nik", value="3371990101790001", source="document")
    add_claims(case.person_id, [claim], by=cast.peksos, at=cast.at)
    referral = refer(cast, case, skills="berdagang", health="batuk", reason="umur dari NIK")
    letter = draft_letter("surat_rujukan", ("referral", referral.pk), by=cast.peksos, at=cast.at)
    said = content_of(letter)
    assert said["kepada"] == "Disperindag: lapak dan pekerjaan pasar"
    assert said["layanan_diminta"] == f"lapak sayur {SECRET}"
    assert "berdagang" in said["ringkasan"]
    assert said["jawab_sampai"]
    assert not any("3371990101790001" in each or "batuk" in each for each in said.values())
    registry = refer(cast, case, "disdukcapil")
    letter = draft_letter("surat_rujukan", ("referral", registry.pk), by=cast.peksos, at=cast.at)
    assert content_of(letter)["nik"]
    with pytest.raises(Refusal):
        draft_letter("surat_rujukan", ("case", case.pk), by=cast.peksos, at=cast.at)
