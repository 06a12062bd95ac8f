"""The single-use link: once, in time, its own part only; refused calmly ever after (issue 3, bad days)."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from uuid_utils.compat import uuid7

from rangkul.access.links import LinkOver
from rangkul.access.models import AccessLink
from rangkul.audit.models import Event
from rangkul.domain.errors import NotFound
from rangkul.referrals.answer_actions import Answer
from rangkul.referrals.link_actions import (
    answer_by_link,
    mark_tries_seen,
    new_answer_link,
    note_tried,
    open_link,
    tried_links,
)
from rangkul.referrals.models import LinkTry, Referral
from rangkul.referrals.referral_refusals import LinkNotForAccounts, RefusalReasonMissing
from tests.cases import made
from tests.cast import Cast
from tests.referrals.test_referrals import SECRET, refer, what

ACCEPT = Answer(answer="accept")


def to_baznas(cast: Cast, number: int = 1) -> Referral:
    return refer(cast, made.an_open_case(cast, number=number), "baznas", reason="NIK menyusul")


def test_the_token_stands_nowhere_and_the_link_shows_only_its_sheet(cast: Cast) -> None:
    referral = to_baznas(cast)
    token = new_answer_link(referral.pk, by=cast.peksos, at=cast.at)
    assert not AccessLink.objects.filter(digest=token.encode()).exists()
    page = open_link(token, cast.at)
    assert dict(page.sheet)["Layanan yang diminta"].endswith(SECRET)
    looked = Event.objects.get(action="referral.looked")
    assert (looked.actor_pid, looked.purpose) == (None, "institution:baznas")


def test_it_answers_once_as_the_institution_itself(cast: Cast) -> None:
    referral = to_baznas(cast)
    token = new_answer_link(referral.pk, by=cast.peksos, at=cast.at)
    answer_by_link(token, ACCEPT, by=None, at=cast.later(hours=1))
    referral.refresh_from_db()
    assert (referral.state, referral.answered_by_link, referral.answered_by_id) == ("accepted", True, None)
    said = Event.objects.get(action="referral.answered")
    assert (said.actor_pid, said.post_code, said.purpose) == (None, "", "institution:baznas")
    with pytest.raises(LinkOver):
        answer_by_link(token, ACCEPT, by=None, at=cast.later(hours=2))
    with pytest.raises(LinkOver):
        open_link(token, cast.later(hours=2))


def test_a_wrong_answer_leaves_the_link_working(cast: Cast) -> None:
    token = new_answer_link(to_baznas(cast).pk, by=cast.peksos, at=cast.at)
    with pytest.raises(RefusalReasonMissing):
        answer_by_link(token, Answer(answer="decline"), by=None, at=cast.at)
    answer_by_link(token, Answer(answer="decline", reason="penuh"), by=None, at=cast.at)


def test_expired_replaced_answered_and_made_up_links_show_nothing(cast: Cast) -> None:
    referral = to_baznas(cast)
    old = new_answer_link(referral.pk, by=cast.peksos, at=cast.at)
    token = new_answer_link(referral.pk, by=cast.peksos, at=cast.at)
    for each, at in ((old, cast.at), (token, cast.later(days=7)), ("karangan", cast.at)):
        with pytest.raises(LinkOver):
            open_link(each, at)


def test_who_has_an_account_gets_no_link_and_only_the_sender_makes_one(cast: Cast) -> None:
    with pytest.raises(LinkNotForAccounts):
        new_answer_link(refer(cast, made.an_open_case(cast)).pk, by=cast.peksos, at=cast.at)
    with pytest.raises(NotFound):
        new_answer_link(to_baznas(cast, number=2).pk, by=cast.market, at=cast.at)


def test_the_desk_hears_of_a_link_that_is_tried_again_without_a_name(cast: Cast) -> None:
    referral = to_baznas(cast)
    token = new_answer_link(referral.pk, by=cast.peksos, at=cast.at)
    answer_by_link(token, ACCEPT, by=None, at=cast.at)
    for _n in range(8):
        note_tried(token, cast.later(hours=1))
    note_tried("karangan", cast.at)
    (seen,) = tried_links(cast.desk)
    assert (seen.institution, seen.times) == ("baznas", 8)
    assert Event.objects.filter(action="referral.link_refused").count() == 5
    tasks = what(cast, "desk")
    assert any("Tautan jawaban dibuka lagi" in each for each in tasks)
    assert not any(referral.person.label in each for each in tasks)
    assert tried_links(cast.market) == []
    mark_tries_seen(seen.id, by=cast.desk, at=cast.later(hours=2))
    assert tried_links(cast.desk) == []


def open_page(client: Client, token: str) -> Any:
    return client.post(reverse("answer_link", args=[token]), {"step": "open"})


def test_the_page_opens_on_touch_answers_once_and_is_calm_afterwards(client: Client, cast: Cast) -> None:
    referral = to_baznas(cast)
    token = new_answer_link(referral.pk, by=cast.peksos, at=Referral.objects.get(pk=referral.pk).sent_at)
    AccessLink.objects.update(expires_at="2099-01-01T00:00Z")
    address = reverse("answer_link", args=[token])
    cover = client.get(address)
    assert cover.status_code == 200
    assert SECRET not in cover.text
    assert not Event.objects.filter(action="referral.looked").exists()
    opened = open_page(client, token)
    assert SECRET in opened.text
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in opened.headers["Cache-Control"]
    for word in ("Perlu saya kerjakan", "/kasus/", referral.case.code):
        assert word not in opened.text
    wrong = client.post(address, {"key": str(uuid7()), "answer": "decline", "words": "mohon maaf"})
    assert wrong.status_code == 422
    assert "mohon maaf" in wrong.text
    key = str(uuid7())
    form = {"key": key, "answer": "decline", "reason": "penuh", "words": "mohon maaf"}
    assert client.post(address, form).status_code == 200
    assert client.post(address, form).status_code == 200, "the same press again gives the first answer"
    other = client.post(address, {**form, "key": str(uuid7()), "answer": "accept"})
    assert other.status_code == 404
    assert SECRET not in other.text
    again = client.get(address)
    assert (again.status_code, SECRET in again.text) == (404, False)
    referral.refresh_from_db()
    assert referral.state == "declined"
    assert LinkTry.objects.get().times == 2


def test_the_page_is_rate_limited(client: Client, cast: Cast) -> None:
    codes = [client.get(reverse("answer_link", args=[f"karangan-{n}"])).status_code for n in range(30)]
    assert codes[0] == 404
    assert codes[-1] == 429


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts(committed_cast: Cast) -> None:
    cast = committed_cast
    referral = to_baznas(cast)
    token = new_answer_link(referral.pk, by=cast.peksos, at=cast.at)
    gate = threading.Barrier(2)
    outcomes: list[str] = []

    def press(said: Answer) -> None:
        gate.wait()
        try:
            answer_by_link(token, said, by=None, at=cast.later(hours=1))
            outcomes.append("counted")
        except LinkOver:
            outcomes.append("used")
        finally:
            connection.close()

    both = [
        threading.Thread(target=press, args=(said,))
        for said in (ACCEPT, Answer(answer="decline", reason="penuh"))
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(outcomes) == ["counted", "used"]
    assert Event.objects.filter(action="referral.answered").count() == 1
