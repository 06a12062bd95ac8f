"""A link answers once, for one purpose, until it ends."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from rangkul.access.links import LinkOver, end_links, make_link, subject_of_link, use_link
from rangkul.access.models import AccessLink
from tests.cast import Cast


def a_link(cast: Cast, **other: object) -> tuple[str, object]:
    subject = other.get("subject") or uuid4()
    token = make_link("trip.arrival", subject, post_id=cast.peksos.post_id, at=cast.at, days=7)  # type: ignore[arg-type]
    return token, subject


def test_a_link_opens_what_it_is_about_and_only_that(cast: Cast) -> None:
    token, subject = a_link(cast)

    assert subject_of_link(token, "trip.arrival", cast.at) == subject
    with pytest.raises(LinkOver):
        subject_of_link(token, "referral.answer", cast.at)
    with pytest.raises(LinkOver):
        subject_of_link(token + "x", "trip.arrival", cast.at)


def test_a_link_is_used_once(cast: Cast) -> None:
    token, subject = a_link(cast)

    assert use_link(token, "trip.arrival", cast.at).subject_id == subject
    with pytest.raises(LinkOver):
        use_link(token, "trip.arrival", cast.at)
    with pytest.raises(LinkOver):
        subject_of_link(token, "trip.arrival", cast.at)


def test_a_link_ends_with_its_days(cast: Cast) -> None:
    token, _ = a_link(cast)

    assert subject_of_link(token, "trip.arrival", cast.at + timedelta(days=7, seconds=-1))
    with pytest.raises(LinkOver):
        subject_of_link(token, "trip.arrival", cast.at + timedelta(days=7))


def test_a_newer_link_ends_the_older_one_of_the_same_purpose_and_subject(cast: Cast) -> None:
    old, subject = a_link(cast)
    other, _ = a_link(cast)
    new, _ = a_link(cast, subject=subject)

    with pytest.raises(LinkOver):
        subject_of_link(old, "trip.arrival", cast.at)
    assert subject_of_link(new, "trip.arrival", cast.at) == subject
    assert subject_of_link(other, "trip.arrival", cast.at)


def test_links_end_when_what_they_ask_is_answered_otherwise(cast: Cast) -> None:
    token, subject = a_link(cast)

    end_links("trip.arrival", subject, cast.at)  # type: ignore[arg-type]

    with pytest.raises(LinkOver):
        use_link(token, "trip.arrival", cast.at)


def test_the_words_of_a_link_are_kept_nowhere(cast: Cast) -> None:
    token, _ = a_link(cast)

    assert token.encode() not in b"".join(bytes(link.digest) for link in AccessLink.objects.all())
