"""Clocks follow the news: what starts, meets and drops them. The amounts and laws are city data (``clocks.csv``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from rangkul.audit.news import News
from rangkul.deadlines.actions import drop_clocks, meet_clocks, move_owner, start_clock
from rangkul.directory.city import city
from rangkul.directory.queries import posts_with_role
from rangkul.domain.wib import end_of_day

# The holder answers for a case; only duties of those above it go to their own post.
_ABOVE_THE_HOLDER: Final = frozenset({"agency_head", "rehab_head"})
_CASE_CLOCKS: Final = ("first_health_look", "first_assessment", "assessment")
_MINOR_CLOCKS: Final = ("child_assessment",)
# A tracing that found nobody is a try too: the clock asks for the try, not for its luck.
_MET_BY_EVIDENCE: Final = {
    "first_health_look": ("first_health_look",),
    "tracing_result": ("identity_first_try",),
}
_MET_BY_ASSESSMENT: Final = ("first_assessment", "assessment", "child_assessment", "child_assessment_latest")


def _post_of_role(role: str, area: str | None = None) -> UUID:
    """The post that owns a duty: the area's own before the city's, the duty desk when nobody has the role."""
    posts = posts_with_role(role, area=area) or posts_with_role("duty_desk")
    posts.sort(key=lambda post: (not post.areas, post.code))
    return posts[0].pk


def _owner(code: str, facts: Any) -> UUID:  # noqa: ANN401 - a mapping of facts
    role = city().clock(code).owner_role
    if facts.get("holder_post_id") and role not in _ABOVE_THE_HOLDER:
        holder: UUID = facts["holder_post_id"]
        return holder
    return _post_of_role(role, facts.get("area_code"))


def _start(news: News, code: str, kind: str, subject_id: UUID, owner: UUID | None = None, **due: Any) -> None:  # noqa: ANN401
    if code in city().clocks:
        start_clock(
            code,
            subject_kind=kind,
            subject_id=subject_id,
            owner_post_id=owner or _owner(code, news.facts),
            starts_at=news.at,
            **due,
        )


def _report_received(news: News) -> None:
    _start(news, "report_acknowledge", "report", news.facts["report_id"])


def _report_verified(news: News) -> None:
    meet_clocks(news.facts["report_id"], ("report_acknowledge",), news.at)


def _report_assigned(news: News) -> None:
    _report_verified(news)
    code = "report_depart_urgent" if news.facts.get("urgent") else "report_depart"
    _start(news, code, "report", news.facts["report_id"], news.facts.get("owner_post_id"))


def _report_stepped(news: News) -> None:
    meet_clocks(
        news.facts["report_id"], ("report_acknowledge", "report_depart", "report_depart_urgent"), news.at
    )


def _report_closed(news: News) -> None:
    meet_clocks(
        news.facts["report_id"], ("report_acknowledge", "report_depart", "report_depart_urgent"), news.at
    )
    drop_clocks(news.facts["report_id"], news.at)


def _report_reopened(news: News) -> None:
    start = _report_assigned if news.facts.get("to_team") else _report_received
    start(news)


def _contact_answered(news: News) -> None:
    meet_clocks(news.facts["contact_id"], (news.facts["clock"],), news.at)


def _told(code: str, facts: Any) -> UUID | None:  # noqa: ANN401 - a mapping of facts
    """Of the posts that the gate leads to, the first whose duty the clock is; it and no other post of that role answers."""
    role = city().clock(code).owner_role if code in city().clocks else ""
    return next((post_id for told, post_id in facts.get("told", ()) if told == role), None)


def _contact_recorded(news: News) -> None:
    for code in news.facts.get("clocks", ()):
        _start(news, code, "contact", news.facts["contact_id"], _told(code, news.facts))
    if visit_on := news.facts.get("visit_on"):
        _start(news, "refusal_visit", "contact", news.facts["contact_id"], due=end_of_day(visit_on))
    if news.facts.get("to_inbox"):
        _start(news, "contact_taken", "contact", news.facts["contact_id"])


def _contact_settled(news: News) -> None:
    meet_clocks(news.facts["contact_id"], ("contact_taken",), news.at)


def _case_opened(news: News) -> None:
    facts = news.facts
    for code in _CASE_CLOCKS + (_MINOR_CLOCKS if facts.get("is_minor") else ()):
        _start(news, code, "case", facts["case_id"])
    if facts.get("identity_level", 4) < 2:  # noqa: PLR2004 - below "self-stated" nobody knows who it is
        _start(news, "identity_first_try", "case", facts["case_id"])
    if contact_id := facts.get("contact_id"):
        meet_clocks(contact_id, ("contact_taken", "child_contact"), news.at)


def _case_reopened(news: News) -> None:
    for code in ("first_assessment", "assessment"):
        _start(news, code, "case", news.facts["case_id"])
    if contact_id := news.facts.get("contact_id"):
        meet_clocks(contact_id, ("contact_taken", "child_contact"), news.at)


def _case_closed(news: News) -> None:
    meet_clocks(news.facts["case_id"], ("closing",), news.at)
    drop_clocks(news.facts["case_id"], news.at)


def _stage_entered(news: News) -> None:
    if news.facts.get("override"):
        _start(news, "override_seen", "case", news.facts["case_id"])


def _override_seen(news: News) -> None:
    meet_clocks(news.facts["case_id"], ("override_seen",), news.at)


def _holder_changed(news: News) -> None:
    move_owner(news.facts["case_id"], news.facts["holder_post_id"])


def _assessed(news: News) -> None:
    if case_id := news.facts.get("case_id"):
        meet_clocks(case_id, _MET_BY_ASSESSMENT, news.at)


def _evidence(news: News) -> None:
    meet_clocks(news.facts["case_id"], _MET_BY_EVIDENCE.get(news.facts["kind"], ()), news.at)


def _identified(news: News) -> None:
    for case_id in news.facts["case_ids"]:
        meet_clocks(case_id, ("identity_first_try",), news.at)


def _stay(news: News) -> None:
    stay_id = news.facts["stay_id"]
    drop_clocks(stay_id, news.at, ("shelter_stay",))
    _start(
        news,
        "shelter_stay",
        "stay",
        stay_id,
        news.facts["owner_post_id"],
        due=end_of_day(news.facts["limit_on"]),
    )


def _stay_left(news: News) -> None:
    meet_clocks(news.facts["stay_id"], ("shelter_stay",), news.at)


FOLLOWS: Final[dict[str, Callable[[News], None]]] = {
    "report.received": _report_received,
    "report.verified": _report_verified,
    "report.assigned": _report_assigned,
    "report.stepped": _report_stepped,
    "report.closed": _report_closed,
    "report.joined": _report_closed,
    "report.reopened": _report_reopened,
    "contact.recorded": _contact_recorded,
    "contact.noted": _contact_settled,
    "contact.answered": _contact_answered,
    "case.opened": _case_opened,
    "case.reopened": _case_reopened,
    "case.closed": _case_closed,
    "case.stage_entered": _stage_entered,
    "case.override_seen": _override_seen,
    "case.holder_changed": _holder_changed,
    "assessment.finished": _assessed,
    "evidence.recorded": _evidence,
    "person.identified": _identified,
    "stay.entered": _stay,
    "stay.extended": _stay,
    "stay.left": _stay_left,
}


def follow(news: News) -> None:
    """Start, meet or drop the clocks that one piece of news touches."""
    if step := FOLLOWS.get(news.action):
        step(news)
