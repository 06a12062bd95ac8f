"""Opening, closing, reopening: one open ordinary case, exactly one holder."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rangkul.audit.models import Event
from rangkul.cases.actions import close_case, open_case, record_visit, reopen_case
from rangkul.cases.models import Case, CaseTurn, HolderEntry, StageEntry
from rangkul.cases.refusals import ContactHasNoPerson, ContactNotComplete, OpenCaseExists, ReasonNotFromHere
from rangkul.domain.closing import FollowUpOpen, SeenTooRecently
from rangkul.domain.codes import read_case_code
from rangkul.domain.errors import ChangedMeanwhile, NotAllowed, NotFound
from rangkul.domain.stages import CaseClosed, CaseOpen
from tests.cases.made import a_contact, a_person, an_open_case, brought_to
from tests.cast import Cast


def test_a_social_worker_opens_a_case_and_holds_it(cast: Cast) -> None:
    contact = a_contact(cast, a_person(cast))

    case = open_case(contact.pk, by=cast.peksos, at=cast.at)

    assert read_case_code(case.code) == case.code
    assert (case.stage, case.holder_id, case.rule_version) == (
        "pendekatan_awal",
        cast.peksos.post_id,
        case.rule_version,
    )
    assert [row.turn for row in CaseTurn.objects.filter(case=case)] == ["opened"]
    assert [row.stage for row in StageEntry.objects.filter(case=case)] == ["pendekatan_awal"]
    assert HolderEntry.objects.get(case=case).until is None
    contact.refresh_from_db()
    assert contact.inbox == "taken"
    assert Event.objects.filter(action="case.opened").count() == 1


@pytest.mark.parametrize(
    "who", ["desk", "shelter", "regu", "satpol_desk", "trantib", "kesra", "nakes", "ppa", "tksk"]
)
def test_only_a_post_of_dinsos_that_may_opens_a_case(cast: Cast, who: str) -> None:
    contact = a_contact(cast, a_person(cast))

    with pytest.raises((NotAllowed, NotFound)):
        open_case(contact.pk, by=getattr(cast, who), at=cast.at)
    assert not Case.objects.exists()


def test_a_second_open_case_is_refused_and_shows_the_first(cast: Cast) -> None:
    first = an_open_case(cast)
    again = a_contact(cast, first.person)

    with pytest.raises(OpenCaseExists) as refusal:
        open_case(again.pk, by=cast.peksos2, at=cast.at)

    assert refusal.value.facts["case_code"] == first.code
    assert first.code in str(refusal.value)


def test_what_lacks_on_the_contact_is_named(cast: Cast) -> None:
    contact = a_contact(cast, a_person(cast), gate_answered=False, transported=True, rights_recorded=False)

    with pytest.raises(ContactNotComplete) as refusal:
        open_case(contact.pk, by=cast.peksos, at=cast.at)

    assert refusal.value.facts["missing"] == ["gate_answered", "rights_record_if_transported"]


def test_a_contact_without_person_opens_nothing(cast: Cast) -> None:
    with pytest.raises(ContactHasNoPerson):
        open_case(a_contact(cast, None).pk, by=cast.peksos, at=cast.at)


def test_the_same_key_opens_one_case(cast: Cast) -> None:
    from uuid_utils.compat import uuid7

    contact, key = a_contact(cast, a_person(cast)), uuid7()

    first = open_case(contact.pk, by=cast.peksos, at=cast.at, key=key)
    second = open_case(contact.pk, by=cast.peksos, at=cast.at + timedelta(seconds=1), key=key)

    assert first == second
    assert Case.objects.count() == 1
    assert Event.objects.filter(action="case.opened").count() == 1


def test_a_case_of_a_child_is_protected_as_a_whole(cast: Cast) -> None:
    assert an_open_case(cast, minor=True).sensitivity == "protected"
    assert an_open_case(cast, number=2).sensitivity == "ordinary"


def test_closing_leaves_no_holder_and_keeps_every_row(cast: Cast) -> None:
    case = an_open_case(cast)

    closed = close_case(
        case.pk, "menolak_layanan", "ditawari makan dan tempat tidur", by=cast.peksos, at=cast.later(hours=1)
    )

    assert closed.holder_id is None
    assert closed.closed_at == cast.later(hours=1)
    assert HolderEntry.objects.get(case=case).until == cast.later(hours=1)
    assert [row.turn for row in CaseTurn.objects.filter(case=case)] == ["opened", "closed"]
    with pytest.raises(CaseClosed):
        close_case(case.pk, "bukan_sasaran", "alasan", by=cast.kabid, at=cast.later(hours=2))


def test_the_normal_end_waits_for_the_last_follow_up(cast: Cast) -> None:
    early = an_open_case(cast, number=9)
    with pytest.raises(ReasonNotFromHere):
        close_case(early.pk, "selesai", "kunjungan", by=cast.peksos, at=cast.at)
    case = brought_to(cast, "bimbingan_lanjut")
    with pytest.raises(FollowUpOpen):
        close_case(case.pk, "selesai", "kunjungan", by=cast.peksos, at=cast.at)

    record_visit(case.visits.get().pk, "at_home", {"home": "yes"}, "", by=cast.tksk, at=cast.at)

    assert close_case(case.pk, "selesai", "kunjungan", by=cast.peksos, at=cast.at).closed_at


def test_not_found_closes_only_after_ninety_days_without_news(cast: Cast) -> None:
    case = an_open_case(cast)

    with pytest.raises(SeenTooRecently):
        close_case(
            case.pk, "tidak_ditemukan_90_hari", "dicari tiga kali", by=cast.peksos, at=cast.later(days=89)
        )

    assert close_case(
        case.pk, "tidak_ditemukan_90_hari", "dicari", by=cast.peksos, at=cast.later(days=91)
    ).closed_at


def test_reopening_is_a_new_row_and_the_reopening_post_holds(cast: Cast) -> None:
    case = an_open_case(cast)
    close_case(case.pk, "menolak_layanan", "ditawari", by=cast.peksos, at=cast.later(hours=1))
    contact = a_contact(cast, case.person, met_at=cast.later(days=3))

    again = reopen_case(
        case.pk, "ditemui lagi", contact_id=contact.pk, by=cast.peksos2, at=cast.later(days=3)
    )

    assert again.holder_id == cast.peksos2.post_id
    assert again.closed_at is None
    assert [row.turn for row in CaseTurn.objects.filter(case=case)] == ["opened", "closed", "reopened"]
    assert HolderEntry.objects.filter(case=case, until__isnull=True).count() == 1
    contact.refresh_from_db()
    assert contact.inbox == "taken"
    with pytest.raises(CaseOpen):
        reopen_case(case.pk, "lagi", by=cast.peksos2, at=cast.later(days=4))


def test_a_closed_case_is_not_reopened_beside_an_open_one(cast: Cast) -> None:
    case = an_open_case(cast)
    close_case(case.pk, "bukan_sasaran", "asesmen", by=cast.peksos, at=cast.at)
    second = open_case(a_contact(cast, case.person).pk, by=cast.peksos, at=cast.later(hours=1))

    with pytest.raises(OpenCaseExists) as refusal:
        reopen_case(case.pk, "lagi", by=cast.peksos, at=cast.later(hours=2))
    assert refusal.value.facts["case_code"] == second.code


def test_who_closes_second_is_told_who_was_first(cast: Cast) -> None:
    case = an_open_case(cast)
    seen = case.revision
    close_case(case.pk, "bukan_sasaran", "asesmen", by=cast.kabid, at=cast.at, seen=seen)
    reopen_case(case.pk, "keliru", by=cast.kabid, at=cast.at)

    with pytest.raises(ChangedMeanwhile) as refusal:
        close_case(case.pk, "bukan_sasaran", "alasan", by=cast.kabid, at=cast.at, seen=seen)
    assert cast.kabid.name in str(refusal.value)


def test_reason_words_and_days_are_asked_for(cast: Cast) -> None:
    from rangkul.cases.refusals import DateInFuture, UnreadableSign, WordsMissing
    from rangkul.domain.closing import ClosingReasonUnknown

    case = an_open_case(cast)
    tomorrow = cast.later(days=1).date()
    for reason, words, day, refusal in (
        ("menolak_layanan", "  ", None, WordsMissing),
        ("menolak_layanan", "a\x00b", None, UnreadableSign),
        ("tidak_ada", "x", None, ClosingReasonUnknown),
        ("menolak_layanan", "x", tomorrow, DateInFuture),
    ):
        with pytest.raises(refusal):
            close_case(case.pk, reason, words, happened_on=day, by=cast.peksos, at=cast.at)
    case.refresh_from_db()
    assert case.closed_at is None
