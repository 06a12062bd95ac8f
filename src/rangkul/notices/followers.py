"""Notices follow the news. Who is told of what is city data (``notices.csv``); the words carry no personal data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from rangkul.audit.news import News
from rangkul.directory.city import city
from rangkul.directory.models import PostHolding
from rangkul.directory.queries import places, posts_with_role
from rangkul.domain.citydata import City, NoticeRow
from rangkul.domain.clocks import Listen, listen
from rangkul.domain.ladder import in_charge
from rangkul.notices.models import Notice
from rangkul.vault.often import often
from rangkul.vault.rows import add_all

_heard: list[tuple[City, dict[str, list[tuple[NoticeRow, Listen]]]]] = []


def _listening() -> dict[str, list[tuple[NoticeRow, Listen]]]:
    here = city()
    if not _heard or _heard[0][0] is not here:
        index: dict[str, list[tuple[NoticeRow, Listen]]] = {}
        for row in here.notices.values():
            for cell in row.trigger:
                index.setdefault(listen(cell).news, []).append((row, listen(cell)))
        _heard[:] = [(here, index)]
    return _heard[0][1]


def follow(news: News) -> None:
    """Tell whoever holds the posts that the rows name; never the one who did it."""
    rows = [row for row, heard in _listening().get(news.action, ()) if heard.hears(news.facts)]
    if not rows:
        return
    actor = news.by.id if news.by else None
    fresh: dict[tuple[UUID, str], Notice] = {}
    for row in rows:
        posts = set(_posts(row, news))
        for member_id, post_id in _holders(posts, news):
            if member_id != actor:
                fresh.setdefault((member_id, row.code), _notice(row, news, member_id, post_id))
    add_all(list(fresh.values()))


def _posts(row: NoticeRow, news: News) -> Iterator[UUID]:
    """The posts that a row names: a role, a fact with one post, several, or pairs of role and post."""
    for name in row.to:
        if name.startswith("role:"):
            yield from (post.pk for post in posts_with_role(name.removeprefix("role:")))
            continue
        said = news.facts.get(name)
        for each in said if isinstance(said, (list, tuple, set)) else [said]:
            post = each[1] if isinstance(each, tuple) else each
            if isinstance(post, UUID):
                yield post


def _holders(posts: set[UUID], news: News) -> list[tuple[UUID, UUID]]:
    """Members who hold these posts; for a vacant post, those of the post above it."""
    if not posts:
        return []
    known = places(news.at)
    answering = {in_charge(known, post) for post in posts if post in known}
    return _held(sorted(answering), news.at)


@often
def _held(post_ids: list[UUID], at: datetime) -> Any:  # noqa: ANN401 - a query set of columns
    rows = PostHolding.objects.filter(
        post_id__in=post_ids, until__isnull=True, since__lte=at, member__state="active"
    )
    return rows.values_list("member_id", "post_id")


def _notice(row: NoticeRow, news: News, member_id: UUID, post_id: UUID) -> Notice:
    about = news.facts.get(row.arg) if row.arg else news.subject_id
    return Notice(
        member_id=member_id,
        post_id=post_id,
        code=row.code,
        page=row.page,
        arg="" if row.page == "home" or about is None else str(about)[:40],
        safety=row.safety,
        at=news.at,
    )
