"""Posts hold the duty; members come and go; rights end on the next request."""

from __future__ import annotations

import pytest
from django.test import Client

from rangkul.directory import actions
from rangkul.directory.city import city
from rangkul.directory.models import Member, Post, PostHolding
from rangkul.directory.queries import acting_member, post_in_charge
from rangkul.domain.errors import NotAllowed, NotFound
from rangkul.domain.policy import ActingMember
from tests.cast import Cast, login


def test_loading_the_city_twice_changes_nothing(cast: Cast) -> None:
    assert actions.load_city(city(), "id-3371-magelang") == []


def test_a_new_member_can_act_at_once(cast: Cast) -> None:
    member = actions.add_member(
        username=" Sinta ",
        name="Sinta Maharani",
        password="kopi-hangat-di-pagi",
        post_id=cast.peksos.post_id,
        by=cast.admin,
        at=cast.at,
    )

    acting = acting_member(member.pk, None)
    assert member.username == "sinta"
    assert acting is not None
    assert acting.post_id == cast.peksos.post_id


@pytest.mark.parametrize("password", ["pendek", "q1w2e3r4t5y6", "123456789012345", "sinta-maharani"])
def test_weak_passwords_are_refused_with_the_reason(cast: Cast, password: str) -> None:
    with pytest.raises(actions.PasswordTooWeak) as refusal:
        actions.add_member(
            username="sinta",
            name="sinta-maharani" if password == "sinta-maharani" else "Sinta",
            password=password,
            post_id=cast.peksos.post_id,
            by=cast.admin,
            at=cast.at,
        )

    assert refusal.value.facts["why"]


def test_a_rotating_officer_hands_over_the_post(cast: Cast) -> None:
    holding = PostHolding.objects.get(member_id=cast.peksos.id, until__isnull=True)

    actions.hand_over_post(holding.pk, cast.peksos2.id, by=cast.admin, at=cast.at)

    assert acting_member(cast.peksos.id, None) is None
    after = acting_member(cast.peksos2.id, cast.peksos.post_id)
    assert after is not None
    assert after.post_id == cast.peksos.post_id


def test_an_administrator_manages_the_own_agency_only(cast: Cast) -> None:
    with pytest.raises((NotFound, NotAllowed)):
        actions.hold_post(cast.regu.id, cast.regu1.post_id, by=cast.admin, at=cast.at)


@pytest.mark.parametrize("who", ["desk", "peksos", "kadis", "regu", "dpo", "steward"])
def test_nobody_else_manages_members(cast: Cast, who: str) -> None:
    member: ActingMember = getattr(cast, who)

    with pytest.raises((NotFound, NotAllowed)):
        actions.set_member_state(cast.peksos2.id, "suspended", by=member, at=cast.at)


def test_nobody_changes_the_own_account_state(cast: Cast) -> None:
    with pytest.raises(actions.NotYourself):
        actions.set_member_state(cast.admin.id, "suspended", by=cast.admin, at=cast.at)


def test_a_suspended_member_is_out_on_the_next_request(cast: Cast, client: Client) -> None:
    login(client, cast.peksos2)
    assert client.get("/").status_code == 200

    actions.set_member_state(cast.peksos2.id, "suspended", by=cast.admin, at=cast.at)

    assert client.get("/").status_code == 302


def test_a_new_password_ends_every_session(cast: Cast, client: Client) -> None:
    login(client, cast.peksos2)

    actions.set_password(cast.peksos2.id, "hujan-turun-di-tidar", by=cast.admin, at=cast.at)

    assert client.get("/").status_code == 302


def test_a_vacant_posts_duties_go_to_the_post_above(cast: Cast) -> None:
    post = Post.objects.get(pk=cast.peksos.post_id)
    PostHolding.objects.filter(post=post).update(until=cast.at)

    assert post_in_charge(post, cast.at).pk == cast.kabid.post_id


def test_sign_in_locks_after_five_wrong_tries(cast: Cast, client: Client) -> None:
    member = Member.objects.get(pk=cast.desk.id)
    member.set_password("kopi-hangat-di-pagi")
    member.save()

    wrong = [client.post("/masuk/", {"username": "desk", "password": "salah-terus-salah"}) for _n in range(5)]
    right = client.post("/masuk/", {"username": "desk", "password": "kopi-hangat-di-pagi"})

    assert wrong[0].status_code == 422
    assert right.status_code == 429
    assert "seperempat jam" in right.content.decode()


def test_wrong_name_and_wrong_password_read_the_same(cast: Cast, client: Client) -> None:
    one = client.post("/masuk/", {"username": "desk", "password": "salah-terus-salah"})
    other = client.post("/masuk/", {"username": "tidak-ada", "password": "salah-terus-salah"})

    assert one.status_code == other.status_code == 422
    assert "tidak cocok" in one.content.decode()
    assert "tidak cocok" in other.content.decode()


def test_an_idle_session_ends(cast: Cast, client: Client, settings: object) -> None:
    login(client, cast.desk)
    session = client.session
    session["seen"] = 1
    session.save()

    assert client.get("/").status_code == 302
