"""What the clocks ask of a post: lapses carried up to it, more time asked of it, duties about nothing that has a page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rangkul.deadlines.queries import Due, carried_up_to, extensions_to_decide
from rangkul.worklist.about import with_their_words
from rangkul.worklist.task import Desk, Task

OWN_PAGES = frozenset(
    {
        "report",
        "contact",
        "case",
        "person",
        "stay",
        "visit",
        "hand_over",
        "referral",
        "trip",
        "leg",
        "death",
        "letter",
        "meeting",
        "action_item",
        "duty",
        "privacy",
        "ticket",
    }
)
"""Kinds whose own room of the list shows the duty; every other is shown here."""


def clock_tasks(desk: Desk) -> list[Task]:
    """The tasks of the clocks themselves."""
    return _asked(desk) + _carried_up(desk) + _bare(desk)


def _asked(desk: Desk) -> list[Task]:
    return [
        Task(
            kind="decision",
            what=_("Putuskan perpanjangan: %(clock)s") % {"clock": each.due.label},
            page="deadline",
            args=(str(each.due.id),),
            line=_("diminta %(post)s") % {"post": each.due.owner},
            icon="calendar-plus",
            due_at=each.due.due_at,
        )
        for each in extensions_to_decide(desk.member, desk.now, desk.mine)
    ]


MANY = 3
"""From so many lapses of one post on, they are one thing to do: a talk with that post, not a page for each."""


def _carried_up(desk: Desk) -> list[Task]:
    by_post: dict[tuple[str, str], list[Due]] = {}
    for due in carried_up_to(desk.member, desk.now, desk.mine):
        by_post.setdefault((due.agency, due.owner), []).append(due)
    many = {post: dues for post, dues in by_post.items() if len(dues) >= MANY and post[0]}
    few = [due for post, dues in by_post.items() if post not in many for due in dues]
    oldest = [min(dues, key=lambda due: due.due_at) for dues in many.values()]
    worded = with_their_words(desk.member, few + oldest)
    return [_lapse(due) for due in worded[: len(few)]] + [
        _lapses(first, dues) for first, dues in zip(worded[len(few) :], many.values(), strict=True)
    ]


def _lapse(due: Due) -> Task:
    return Task(
        kind="deadline",
        what=_("Lewat tenggat di bawah Anda: %(clock)s") % {"clock": due.label},
        page="deadline",
        args=(str(due.id),),
        line=due.owner,
        icon="stairs-up",
        due_at=due.due_at,
        law=due.law,
        statutory=due.statutory,
    )


def _lapses(oldest: Due, dues: list[Due]) -> Task:
    return Task(
        kind="deadline",
        what=_("%(n)s hal lewat tenggat di bawah Anda: %(post)s") % {"n": len(dues), "post": oldest.owner},
        page="deadlines",
        query=f"?instansi={oldest.agency}",
        line=_("yang terlama: %(clock)s") % {"clock": oldest.label},
        icon="stairs-up",
        due_at=oldest.due_at,
        statutory=any(due.statutory for due in dues),
    )


def _bare(desk: Desk) -> list[Task]:
    return [
        Task(
            kind="deadline",
            what=due.label,
            page="deadline",
            args=(str(due.id),),
            icon="clock",
            due_at=due.due_at,
            law=due.law,
            statutory=due.statutory,
        )
        for due in desk.dues
        if due.subject_kind not in OWN_PAGES
    ]
