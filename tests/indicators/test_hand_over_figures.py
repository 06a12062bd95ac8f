"""K7, K8 and K26 counted by hand; the list opens to whoever may see it, and to nobody else."""

from __future__ import annotations

from datetime import date, timedelta

from django.test import Client

from rangkul.cases.actions import close_case
from rangkul.cases.models import CaseTurn, HolderEntry
from rangkul.domain.wib import wib_date
from rangkul.indicators.hand_overs import hand_over_figure, hand_overs_behind
from rangkul.referrals.belonging_actions import settle_belonging
from rangkul.referrals.hand_over_actions import accept_hand_over, offer_case, refuse_hand_over
from rangkul.referrals.hand_over_content import Answer, Offer
from rangkul.referrals.models import HandOver
from tests.cases.made import an_open_case
from tests.cast import Cast, login

OFFER = Offer(notes={"facts": "Sehat"}, belongings=("Tas", "Topi"))
FIRST, LAST = date(2026, 1, 1), date(2026, 11, 30)


def _four(cast: Cast) -> list[HandOver]:
    """One in time, one late, one refused, one that nobody answers."""
    rows = []
    for number in range(1, 5):
        case = an_open_case(cast, number=number)
        rows.append(offer_case(case.pk, cast.peksos2.post_id, OFFER, by=cast.peksos, at=cast.at))
    for row, minutes in zip(rows[:2], (15, 16), strict=True):
        things = tuple(row.items.values_list("belonging_id", flat=True))
        accept_hand_over(row.pk, Answer(present=things), by=cast.peksos2, at=cast.later(minutes=minutes))
    refuse_hand_over(rows[2].pk, "penuh", next_words="RSUD", by=cast.peksos2, at=cast.later(minutes=3))
    return rows


def test_the_figures_of_four_hand_overs(cast: Cast) -> None:
    rows = _four(cast)
    now = cast.later(hours=10)
    first = rows[0].items.first()
    assert first
    settle_belonging(first.belonging_id, "to_family", by=cast.peksos2, at=now)
    figure = hand_over_figure(cast.kadis, FIRST, LAST, now)
    assert (figure.tally.counted, figure.tally.in_time, figure.percent) == (4, 1, "25.00")
    assert (figure.tally.late, figure.tally.refused, figure.tally.waiting) == (1, 1, 1)
    assert figure.reasons == [("penuh", "Penuh", 1)]
    assert (figure.listed, figure.returned, figure.kept, figure.returned_percent) == (8, 1, 7, "12.50")
    assert (figure.open_hours, figure.gap_minutes, figure.double_minutes) == (40, 0, 0)


def test_a_gap_made_by_hand_is_seen(cast: Cast) -> None:
    row = _four(cast)[0]
    HolderEntry.objects.filter(case=row.case, until__isnull=True).update(since=cast.later(minutes=45))
    figure = hand_over_figure(cast.kadis, FIRST, LAST, cast.later(hours=10))
    assert (figure.gap_minutes, figure.double_minutes) == (30, 0)


def test_closed_time_is_nobodys(cast: Cast) -> None:
    case = an_open_case(cast)
    close_case(case.pk, "menolak_layanan", "ditawari", by=cast.peksos, at=cast.later(hours=2))
    figure = hand_over_figure(cast.kadis, FIRST, LAST, cast.later(days=3))
    assert (figure.open_hours, figure.gap_minutes) == (2, 0)
    day = wib_date(cast.at) + timedelta(days=2)
    assert hand_over_figure(cast.kadis, day, day, cast.later(days=3)).open_hours == 0


def test_rows_written_out_of_order_cost_nobody_the_figure(cast: Cast) -> None:
    """What was written in bulk may hold the closing before the opening; what counts is when each happened."""
    case = an_open_case(cast)
    close_case(case.pk, "menolak_layanan", "ditawari", by=cast.peksos, at=cast.later(hours=2))
    opened = CaseTurn.objects.get(case=case, turn="opened")
    CaseTurn.objects.filter(pk=opened.pk).delete()
    CaseTurn.objects.create(case=case, turn="opened", at=opened.at, member=opened.member, post=opened.post)
    figure = hand_over_figure(cast.kadis, FIRST, LAST, cast.later(days=3))
    assert (figure.open_hours, figure.gap_minutes) == (2, 0)


def test_a_number_opens_to_its_list_for_those_who_may(client: Client, cast: Cast) -> None:
    late = _four(cast)[1]
    now = cast.later(hours=1)
    assert [line.id for line in hand_overs_behind(cast.kabid, "late", FIRST, LAST, now)] == [late.pk]
    assert len(hand_overs_behind(cast.kabid, "reason:penuh", FIRST, LAST, now)) == 1
    assert hand_overs_behind(cast.shelter, "late", FIRST, LAST, now) == []
    assert hand_overs_behind(cast.kabid, "nonsense", FIRST, LAST, now) == []
    login(client, cast.kabid)
    page = client.get("/angka/serah-terima/?dari=2026-01-01&yang=late").content.decode()
    assert f"/serah-terima/{late.pk}/" in page
    login(client, cast.steward)
    page = client.get("/angka/serah-terima/?dari=2026-01-01&yang=late").content.decode()
    assert "Kasno" not in page
    assert f"/serah-terima/{late.pk}/" not in page
    login(client, cast.regu)
    assert client.get("/angka/serah-terima/").status_code == 404
