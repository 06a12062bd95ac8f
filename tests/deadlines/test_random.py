"""Whatever is done in whatever order: every clock is met, dropped with a reason, paused with a reason, carried up, or runs."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rangkul.deadlines.actions import About, Start, drop_clocks, meet_clocks, start_clocks
from rangkul.deadlines.changes import acknowledge, ask_extension, decide_extension, pause_clock, resume_clock
from rangkul.deadlines.escalation import carry_up, let_go_on
from rangkul.deadlines.models import Deadline, DeadlineExtension, Escalation
from rangkul.deadlines.reckoning import reckon_anew
from rangkul.domain.deadlines import standing
from rangkul.domain.errors import Refusal
from rangkul.domain.wib import wib_date
from tests.cast import Cast

CODES = ("report_acknowledge", "first_assessment", "assessment", "refusal_visit", "tpks_lapor_polisi")
STEPS = ("start", "meet", "drop", "pause", "resume", "ask", "give", "refuse", "acknowledge", "beat", "reckon")


class World:
    """Three subjects, five clocks, and what officers and the clock do to them."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.now = cast, cast.at
        self.subjects = [uuid4() for _ in range(3)]

    def do(self, step: str, code: str, subject: int, hours: int) -> None:
        self.now += timedelta(hours=hours)
        try:
            with transaction.atomic():
                getattr(self, step)(code, self.subjects[subject])
        except Refusal:
            pass

    def rows(self, code, subject):
        return Deadline.objects.filter(clock=code, subject_id=subject).order_by("-starts_at", "-id")

    def start(self, code, subject):
        about = About(kind="case", id=subject)
        owner = self.cast.peksos.post_id
        start_clocks([Start(code=code, about=about, owner_post_id=owner, starts_at=self.now)])

    def meet(self, code, subject):
        meet_clocks(subject, [code], self.now)

    def drop(self, code, subject):
        drop_clocks(subject, self.now, [code], "case.closed")

    def _one(self, code, subject):
        return getattr(self.rows(code, subject).first(), "pk", uuid4())

    def pause(self, code, subject):
        until = wib_date(self.now) + timedelta(days=3)
        pause_clock(self._one(code, subject), until, "bencana", "Banjir", by=self.cast.peksos, at=self.now)

    def resume(self, code, subject):
        resume_clock(self._one(code, subject), by=self.cast.peksos, at=self.now)

    def ask(self, code, subject):
        row = self.rows(code, subject).first()
        until = max(row.due_at, self.now) + timedelta(days=2) if row else self.now
        ask_extension(
            self._one(code, subject), until, "tenaga_kurang", "Sakit", by=self.cast.peksos, at=self.now
        )

    def give(self, code, subject, *, approved=True):
        waiting = DeadlineExtension.objects.filter(
            deadline__clock=code, deadline__subject_id=subject, decided_at=None
        ).first()
        if waiting:
            decide_extension(waiting.pk, approved=approved, words="ya", by=self.cast.kabid, at=self.now)

    def refuse(self, code, subject):
        self.give(code, subject, approved=False)

    def acknowledge(self, code, subject):
        acknowledge(self._one(code, subject), by=self.cast.kabid, at=self.now)

    def beat(self, _code, _subject):
        let_go_on(by=self.cast.operator, at=self.now)
        carry_up(by=self.cast.operator, at=self.now)
        assert carry_up(by=self.cast.operator, at=self.now) == 0

    def reckon(self, _code, _subject):
        assert reckon_anew(by=self.cast.operator, at=self.now).moved == 0


def stands_in_one_way(row: Deadline, now: datetime, *, beaten: bool) -> None:
    told = Escalation.objects.filter(deadline=row, due_at=row.due_at).exclude(rung="holder").exists()
    found = standing(
        met=row.met_at is not None,
        dropped=row.dropped_at is not None,
        paused=row.paused_at is not None,
        escalated=told,
    )
    assert (row.met_at is None) or (row.dropped_at is None)
    if found == "dropped":
        assert row.dropped_why
    if found == "paused":
        assert row.pause_reason and row.pause_until and row.next_rung_at is None
        assert not row.statutory
    if found == "running" and beaten:
        assert now < row.due_at
    if row.statutory:
        assert not row.changes.exclude(what__in=("acknowledged", "moved")).exists()
        assert row.due_at == row.starts_at + timedelta(hours=72)
    moves = list(row.changes.exclude(what__in=("acknowledged", "extension_refused", "paused")).order_by("at"))
    if not moves:
        assert row.term_from == row.starts_at
    for each in moves:
        assert each.due_after >= each.due_before
        assert each.reason


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(STEPS),
            st.sampled_from(CODES),
            st.integers(0, 2),
            st.sampled_from([0, 1, 5, 30, 90]),
        ),
        min_size=5,
        max_size=25,
    )
)
def test_every_clock_stands_in_exactly_one_way(cast: Cast, steps) -> None:
    with transaction.atomic():
        Escalation.objects.all().delete()
        world = World(cast)
        for code in CODES:
            world.start(code, world.subjects[0])
        for step in steps:
            world.do(*step)
            for row in Deadline.objects.filter(subject_id__in=world.subjects):
                stands_in_one_way(row, world.now, beaten=step[0] == "beat")
        for code in CODES:
            for subject in world.subjects:
                running = world.rows(code, subject).filter(met_at=None, dropped_at=None)
                assert running.count() <= 1
        transaction.set_rollback(True)
