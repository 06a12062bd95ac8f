"""Never zero holders and never two: random sequences of actions, and two agencies at once (both databases)."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rangkul.cases.actions import close_case, reopen_case
from rangkul.cases.models import Case, CaseTurn, HolderEntry
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.hand_overs import Span, held
from rangkul.domain.policy import ActingMember
from rangkul.referrals.hand_over_actions import (
    accept_hand_over,
    offer_case,
    refuse_hand_over,
    withdraw_hand_over,
)
from rangkul.referrals.hand_over_content import Answer, Offer
from rangkul.referrals.hand_over_refusals import AlreadyAnswered, HandOverWaiting
from rangkul.referrals.models import HandOver
from tests.cases.made import an_open_case
from tests.cast import Cast

OFFER = Offer(notes={"facts": "Sadar, sudah makan."})
WHO = ("peksos", "peksos2", "kabid", "shelter", "rsj", "uptd", "nakes", "regu")
STEPS = ("offer", "accept", "refuse", "withdraw", "close", "reopen")
MOVES = st.lists(
    st.tuples(st.sampled_from(STEPS), st.sampled_from(WHO), st.sampled_from(WHO), st.integers(-30, 60)),
    min_size=5,
    max_size=25,
)


def spans(case: Case) -> tuple[list[Span], list[Span]]:
    """From when to when the case was open, and held."""
    opens: list[Span] = []
    for turn in CaseTurn.objects.filter(case=case).order_by("pk"):
        if turn.turn == "closed":
            opens[-1] = Span(opens[-1].since, turn.at)
        else:
            opens.append(Span(turn.at, None))
    rows = HolderEntry.objects.filter(case=case).order_by("pk")
    return opens, [Span(row.since, row.until) for row in rows]


def check(case: Case, now: datetime) -> None:
    """Exactly one holder while open, none while closed, no minute without one, at most one offer waiting."""
    case.refresh_from_db()
    running = HolderEntry.objects.filter(case=case, until__isnull=True)
    if case.closed_at is None:
        assert running.get().post_id == case.holder_id
    else:
        assert not running.exists()
        assert case.holder_id is None
    assert HandOver.objects.filter(case=case, state="waiting").count() <= 1
    opens, holders = spans(case)
    for before, after in pairwise(holders):
        assert before.until is not None
        assert before.until <= after.since
    found = held(opens, holders, opens[0].since, now)
    assert (found.gap, found.double) == (0.0, 0.0)


def _move(step: str, case: Case, by: ActingMember, to: ActingMember, at: datetime) -> None:
    waiting = HandOver.objects.filter(case=case).order_by("-pk").first()
    if step == "offer":
        offer_case(case.pk, to.post_id, OFFER, by=by, at=at)
    elif step == "close":
        close_case(case.pk, "menolak_layanan", "ditawari makan", by=by, at=at)
    elif step == "reopen":
        reopen_case(case.pk, "ditemui lagi", by=by, at=at)
    elif waiting is not None and step == "accept":
        accept_hand_over(waiting.pk, Answer(), by=by, at=at)
    elif waiting is not None and step == "refuse":
        refuse_hand_over(waiting.pk, "penuh", next_words="RSUD", by=by, at=at)
    elif waiting is not None:
        withdraw_hand_over(waiting.pk, by=by, at=at)


@given(MOVES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_at_every_minute_of_an_open_case_one_post_holds_it(
    cast: Cast, moves: list[tuple[str, str, str, int]]
) -> None:
    with transaction.atomic():
        case = an_open_case(cast)
        at = cast.at
        for step, who, other, minutes in moves:
            # Clocks of two machines differ by some minutes: time may seem to run backwards.
            now = at + timedelta(minutes=minutes)
            at = max(at, now)
            with contextlib.suppress(Refusal), transaction.atomic():
                _move(step, case, getattr(cast, who), getattr(cast, other), now)
            check(case, at + timedelta(days=1))
        transaction.set_rollback(True)


def test_moves_that_do_something_are_among_the_random_ones(cast: Cast) -> None:
    case = an_open_case(cast)
    for step, who, other in (
        ("offer", "peksos", "rsj"),
        ("accept", "rsj", "rsj"),
        ("offer", "rsj", "shelter"),
        ("refuse", "shelter", "rsj"),
        ("offer", "rsj", "peksos2"),
        ("accept", "peksos2", "rsj"),
        ("close", "peksos2", "rsj"),
        ("reopen", "kabid", "rsj"),
    ):
        _move(step, case, getattr(cast, who), getattr(cast, other), cast.later(hours=1))
        check(case, cast.later(days=1))
    assert HolderEntry.objects.filter(case=case).count() == 4


def _at_once(*acts: Callable[[], object]) -> list[object]:
    """Run acts at the same moment in real transactions; what each answered or refused."""
    answers: list[object] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            answers.append(act())
        except Refusal as refusal:
            answers.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_wins_and_the_other_is_told(committed_cast: Cast) -> None:
    cast = committed_cast
    for number in range(1, 6):
        case = an_open_case(cast, number=number)
        row = offer_case(case.pk, cast.uptd.post_id, OFFER, by=cast.peksos, at=cast.at)
        at = cast.later(minutes=5)
        answers = _at_once(
            lambda row=row, at=at: accept_hand_over(row.pk, Answer(), by=cast.uptd, at=at),  # type: ignore[misc]
            lambda row=row, at=at: withdraw_hand_over(row.pk, by=cast.peksos, at=at),  # type: ignore[misc]
            lambda row=row, at=at: refuse_hand_over(  # type: ignore[misc]
                row.pk, "penuh", next_words="RSUD", by=cast.uptd, at=at
            ),
        )
        assert sum(isinstance(each, HandOver) for each in answers) == 1, answers
        # Who was refused after the case went away from its sight is told no more than that it is gone.
        assert all(isinstance(each, (HandOver, AlreadyAnswered, NotFound)) for each in answers), answers
        assert any(isinstance(each, AlreadyAnswered) and str(each) for each in answers), answers
        check(case, cast.later(hours=1))


@pytest.mark.django_db(transaction=True)
def test_of_two_offers_at_once_one_waits(committed_cast: Cast) -> None:
    cast = committed_cast
    case = an_open_case(cast)
    answers = _at_once(
        *(
            lambda to=to: offer_case(case.pk, to.post_id, OFFER, by=cast.peksos, at=cast.at)  # type: ignore[misc]
            for to in (cast.uptd, cast.rsj, cast.shelter)
        )
    )
    assert sum(isinstance(each, HandOver) for each in answers) == 1
    assert sum(isinstance(each, HandOverWaiting) for each in answers) == 2
