"""Duties follow the news: what happened becomes the duty of the post that must act (``mandates.csv``)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rangkul.audit.news import News
from rangkul.audit.recording import record
from rangkul.directory.city import city
from rangkul.directory.models import Post
from rangkul.directory.queries import posts_with_role
from rangkul.domain.citydata import City, Mandate
from rangkul.domain.clocks import Listen, listen
from rangkul.domain.wib import wib_date
from rangkul.mandates.models import Duty
from rangkul.vault.often import often
from rangkul.vault.rows import add

_heard: list[tuple[City, dict[str, list[tuple[Mandate, Listen]]]]] = []


def makes_duty(mandate: Mandate) -> bool:
    """Is the duty a row of its own, or does its clock already stand on a list of another page?"""
    clock = city().clocks.get(mandate.clock)
    return clock is not None and clock.subject == "duty"


def _listening() -> dict[str, list[tuple[Mandate, Listen]]]:
    here = city()
    if not _heard or _heard[0][0] is not here:
        index: dict[str, list[tuple[Mandate, Listen]]] = {}
        for mandate in filter(makes_duty, here.mandates):
            for cell in mandate.trigger:
                index.setdefault(listen(cell).news, []).append((mandate, listen(cell)))
        _heard[:] = [(here, index)]
    return _heard[0][1]


def follow(news: News) -> None:
    """Lay duties on posts; a closed case asks nothing of anybody any more."""
    if news.action == "case.closed":
        Duty.objects.filter(
            case_id=news.facts["case_id"], answered_at__isnull=True, ended_at__isnull=True
        ).update(ended_at=news.at)
    told: set[str] = set()
    for mandate, heard in _listening().get(news.action, ()):
        if mandate.code not in told and mandate.in_force(wib_date(news.at)) and heard.hears(news.facts):
            told.add(mandate.code)
            _lay(mandate, news)


def _lay(mandate: Mandate, news: News) -> None:
    post = post_of(mandate, news.facts.get("area_code"))
    about: UUID | None = news.facts.get("case_id") or news.subject_id
    if post is None or about is None:
        return
    if _open_duty(mandate.code, about):
        return
    duty = Duty(
        mandate=mandate.code,
        post=post,
        about_kind="case" if news.facts.get("case_id") else news.subject_kind,
        about_id=about,
        case_id=news.facts.get("case_id"),
        person_id=news.facts.get("person_id"),
        ask_post_id=news.facts.get("holder_post_id") or news.facts.get("owner_post_id"),
        arisen_at=news.at,
    )
    add(duty)
    hears = post_of_role(mandate.hears)
    record(
        "duty.arisen",
        by=news.by,
        at=news.at,
        kind="duty",
        subject_id=duty.pk,
        facts={
            "duty_id": duty.pk,
            "clock": mandate.clock,
            "case_id": duty.case_id,
            "person_id": duty.person_id,
            "owner_post_id": post.pk,
            "hears_post_id": hears.pk if hears else None,
        },
    )


@often
def _open_duty(mandate: str, about_id: UUID) -> Any:  # noqa: ANN401 - a query set of keys
    rows = Duty.objects.filter(mandate=mandate, about_id=about_id, answered_at__isnull=True)
    return rows.filter(ended_at__isnull=True).values_list("pk", flat=True)[:1]


def post_of(mandate: Mandate, area: str | None = None) -> Post | None:
    """The post that a mandate names: the area's own before the city's; None when the agency has none."""
    posts = posts_with_role(mandate.role, agency=mandate.agency or None, area=area or None)
    posts.sort(key=lambda post: (not post.areas, post.code))
    return posts[0] if posts else None


def post_of_role(role: str) -> Post | None:
    """The first post of a role."""
    posts = posts_with_role(role) if role else []
    return min(posts, key=lambda post: post.code, default=None)
