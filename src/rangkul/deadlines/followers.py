"""Clocks follow the news. What starts, meets and drops which one is city data (``clocks.csv``); here is only how.

A package that needs a clock adds a row there and tells its news; nothing is added here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from rangkul.audit.news import News
from rangkul.deadlines.actions import (
    About,
    Start,
    drop_all,
    drop_clocks,
    drop_doubled,
    meet_clocks,
    move_owner,
    run_again,
    start_clocks,
)
from rangkul.directory.city import city
from rangkul.directory.queries import posts_with_role
from rangkul.domain.citydata import City, Clock
from rangkul.domain.clocks import Rules
from rangkul.domain.wib import end_of_day

# After these nothing of the subject is owed any more, whatever the table says (design §3.3).
_ENDS: Final = {"case.closed": "case", "report.closed": "report", "report.joined": "report"}

_rules: list[tuple[City, Rules]] = []


def rules() -> Rules:
    """The city's clocks by the news they listen to, made once per city."""
    here = city()
    if not _rules or _rules[0][0] is not here:
        _rules[:] = [(here, Rules(here.clocks.values()))]
    return _rules[0][1]


def follow(news: News) -> None:
    """Meet, drop and start the clocks that one piece of news touches, in this order."""
    listening = rules()
    for subject_id, codes in _by_subject(news, listening.met_by(news.action, news.facts)).items():
        meet_clocks(subject_id, codes, news.at)
    for subject_id, codes in _by_subject(news, listening.dropped_by(news.action, news.facts)).items():
        drop_clocks(subject_id, news.at, codes, news.action)
    if kind := _ENDS.get(news.action):
        for subject_id in _subjects(news, kind):
            drop_all(subject_id, news.at, news.action)
    starting = [city().clock(code) for code in listening.started_by(news.action, news.facts)]
    start_clocks(
        [
            _start(news, clock, about)
            for clock in starting
            for about in _subjects(news, clock.subject, also=False)
        ]
    )
    if news.action == "person.merged":
        drop_doubled(news.facts["left_id"], news.facts["person_id"], news.at)
    if news.action == "person.unmerged":
        run_again(news.facts["left_id"], news.facts["merged_at"], news.at)
    if news.action == "case.holder_changed":
        held = [clock.code for clock in city().clocks.values() if clock.owner == "holder"]
        move_owner(news.facts["case_id"], news.facts["holder_post_id"], held, news.at)


def _subjects(news: News, kind: str, *, also: bool = True) -> list[UUID]:
    """What the news says of this kind: a fact ``<kind>_id`` or ``<kind>_ids``, or its own subject."""
    if named := news.facts.get(f"{kind}_id"):
        # Other records of one person: what is answered for the person is answered for each.
        return [named, *(news.facts.get(f"also_{kind}_ids", ()) if also else ())]
    if several := news.facts.get(f"{kind}_ids"):
        return list(several)
    return [news.subject_id] if news.subject_id and news.subject_kind == kind else []


def _by_subject(news: News, codes: list[str]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for code in codes:
        for subject_id in _subjects(news, city().clock(code).subject):
            found.setdefault(subject_id, []).append(code)
    return found


def _start(news: News, clock: Clock, subject_id: UUID) -> Start:
    facts = news.facts
    about = About(
        kind=clock.subject, id=subject_id, case_id=facts.get("case_id"), person_id=facts.get("person_id")
    )
    return Start(
        code=clock.code,
        about=about,
        owner_post_id=_owner(clock, facts),
        starts_at=_moment(facts.get(clock.counts_from)) or news.at,
        due=_moment(facts.get(clock.due_on)),
        hears_post_id=facts.get("hears_post_id"),
    )


def _moment(fact: object) -> datetime | None:
    """A fact as a moment: a day is over at 23.59 WIB."""
    if isinstance(fact, datetime):
        return fact
    return end_of_day(fact) if isinstance(fact, date) else None


def _owner(clock: Clock, facts: Mapping[str, Any]) -> UUID:
    """The post whose duty the clock is (``Clock.owner``); the first of its role when the news names none."""
    named: UUID | None = None
    if clock.owner == "told":
        named = next((post_id for role, post_id in facts.get("told", ()) if role == clock.owner_role), None)
    elif clock.owner == "holder":
        named = facts.get("holder_post_id")
    elif clock.owner == "event":
        named = facts.get("owner_post_id") or facts.get("holder_post_id")
    return named or _post_of_role(clock.owner_role, facts.get("area_code"))


def _post_of_role(role: str, area: str | None) -> UUID:
    """The area's own post before the city's; the duty desk when nobody has the role."""
    posts = posts_with_role(role, area=area) or posts_with_role("duty_desk")
    posts.sort(key=lambda post: (not post.areas, post.code))
    return posts[0].pk
