"""The leaders' view: counts that agree with the lists behind them, for those who lead, without a name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rangkul.audit.models import Event
from rangkul.cases.models import Case, HolderEntry
from rangkul.cases.queries import Filters, case_list
from rangkul.deadlines.models import Deadline
from rangkul.directory.city import city
from rangkul.domain.errors import NotAllowed
from rangkul.worklist.situation import promises_listed, refusals_listed, situation
from tests.cases.made import an_open_case
from tests.cast import Cast, login
from tests.meetings.test_meetings import given_action, refused


def three_cases(cast: Cast) -> list[Case]:
    """Two in one kelurahan, one of them overdue; one in another."""
    first, second = city().kelurahan[0].code, city().kelurahan[1].code
    cases = [an_open_case(cast, number=number) for number in (1, 2, 3)]
    for case, area in zip(cases, (first, first, second), strict=True):
        Case.objects.filter(pk=case.pk).update(area_code=area)
    Deadline.objects.filter(subject_id=cases[0].pk).update(due_at=cast.later(hours=-1))
    return cases


def test_each_number_is_the_length_of_the_list_it_opens(cast: Cast) -> None:
    three_cases(cast)
    found = situation(cast.kabid, cast.at)
    for row in found.areas:
        behind = case_list(cast.kabid, Filters(area=row.key), cast.at).rows
        late = case_list(cast.kabid, Filters(area=row.key, overdue=True), cast.at).rows
        assert (row.open, row.overdue) == (len(behind), len(late))
    for row in found.agencies:
        assert row.open == len(case_list(cast.kabid, Filters(agency=row.key), cast.at).rows)
    assert (found.open, found.overdue, found.without_holder) == (3, 1, 0)


def test_a_sealed_case_is_in_no_number(cast: Cast) -> None:
    cases = three_cases(cast)
    Case.objects.filter(pk=cases[0].pk).update(sensitivity="sealed")
    found = situation(cast.kadis, cast.at)
    assert (found.open, found.overdue) == (2, 0)


@pytest.mark.parametrize("who", ["regu", "bhabin", "trantib", "shelter", "tksk", "admin", "dpo"])
def test_only_leaders_see_it(cast: Cast, client: Client, who: str) -> None:
    member = getattr(cast, who)
    with pytest.raises(NotAllowed):
        situation(member, cast.at)
    assert login(client, member).get("/keadaan/").status_code == 404


def test_it_costs_the_same_however_many_cases_there_are(cast: Cast) -> None:
    an_open_case(cast, number=7)
    with CaptureQueriesContext(connection) as few:
        situation(cast.kadis, cast.at)
    three_cases(cast)
    with CaptureQueriesContext(connection) as many:
        situation(cast.kadis, cast.at)
    assert len(few) == len(many) <= 14


def test_no_name_stands_on_the_page(cast: Cast, client: Client) -> None:
    cases = three_cases(cast)
    text = login(client, cast.kadis).get("/keadaan/").content.decode()
    assert "Kasno" not in text
    assert cases[0].code not in text
    assert f"?kelurahan={city().kelurahan[0].code}" in text


def test_refusals_are_counted_by_reason_in_words(cast: Cast, client: Client) -> None:
    case = an_open_case(cast)
    refused(cast, case)
    (told,) = situation(cast.kadis, cast.later(hours=3)).refusals
    assert (told["label"], told["n"]) == ("Penuh", 1)
    assert "Mengapa ditolak" in login(client, cast.kadis).get("/keadaan/").content.decode()
    assert situation(cast.kadis, cast.later(days=120)).refusals == []
    Case.objects.filter(pk=case.pk).update(sensitivity="sealed")
    assert situation(cast.kadis, cast.later(hours=3)).refusals == []


def test_minutes_without_a_holder_are_told_from_the_rows(cast: Cast) -> None:
    case = an_open_case(cast)
    assert situation(cast.kadis, cast.later(days=2)).gap_minutes == 0
    # Nothing in the product leaves such rows; a repair by hand in the database could.
    row = HolderEntry.objects.get(case=case)
    HolderEntry.objects.filter(pk=row.pk).update(until=row.since + timedelta(minutes=30))
    HolderEntry.objects.create(case=case, post_id=row.post_id, since=row.since + timedelta(minutes=75))
    assert situation(cast.kadis, cast.later(days=2)).gap_minutes == 45


def test_why_something_was_refused_opens_to_what_this_member_may_open(cast: Cast, client: Client) -> None:
    refused(cast, an_open_case(cast))
    (reason,) = situation(cast.kabid, cast.later(days=1)).refusals
    login(client, cast.kabid)
    page = client.get("/keadaan/").content.decode()
    assert "/keadaan/ditolak/?alasan=" in page
    rows = refusals_listed(cast.kabid, str(reason["codes"]).split(";"), cast.later(days=1))
    assert len(rows) == reason["n"]
    listed = client.get("/keadaan/ditolak/", {"alasan": str(reason["codes"])}).content.decode()
    assert f"/serah-terima/{rows[0].id}/" in listed
    assert "Kasno" not in listed
    assert Event.objects.filter(action="situation.drilled").exists()
    assert refusals_listed(cast.sekda, str(reason["codes"]).split(";"), cast.later(days=1)) == []


def test_promises_open_by_agency_and_say_nothing_of_a_case_that_is_not_known(
    cast: Cast, client: Client
) -> None:
    _, row = given_action(cast, cast.regu)
    at = cast.later(days=4)
    (mine,) = promises_listed(cast.kabid, "satpolpp", at)
    assert (mine.id, mine.what, mine.late) == (row.pk, "Kirim jadwal patroli", False)
    assert promises_listed(cast.kabid, "satpolpp", cast.later(days=30))[0].late
    assert promises_listed(cast.kabid, "dinkes", at) == []
    login(client, cast.kabid)
    assert "/keadaan/janji/?instansi=satpolpp" in client.get("/keadaan/").content.decode()
    assert f"/tindak-lanjut/{row.pk}/" in client.get("/keadaan/janji/?instansi=satpolpp").content.decode()
    assert client.get("/keadaan/janji/?instansi=bukan").status_code == 404
    with pytest.raises(NotAllowed):
        promises_listed(cast.regu, "satpolpp", at)
