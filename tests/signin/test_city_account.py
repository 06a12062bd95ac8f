"""The city's own sign-in lets in whom an administrator added, by the account's number, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import timezone

from rangkul.audit.models import Event
from rangkul.directory import actions as directory
from rangkul.directory.models import Member
from tests.cast import Cast
from tests.signin.city_idp import CityIdp, serving
from tests.signin.test_sign_in import with_app


@pytest.fixture
def idp(settings: Any) -> Iterator[CityIdp]:
    with serving() as city:
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": "kota",
                        "name": "Akun kota",
                        "client_id": city.client,
                        "secret": city.secret,
                        "settings": {"server_url": city.address, "uid_field": "sub"},
                    }
                ],
            }
        }
        yield city


def go_through(client: Client, idp: CityIdp) -> Any:
    """To the city and back, as a browser would."""
    away = client.get("/masuk/kota/kota/")
    assert away.status_code == 302, away.content[:300]
    assert away.headers["Location"].startswith(f"{idp.address}/authorize?")
    asked = dict(parse_qsl(urlsplit(away.headers["Location"]).query))
    assert asked["code_challenge_method"] == "S256"
    back = urlsplit(idp.authorize(asked))
    return client.get(f"{back.path}?{back.query}")


def test_an_added_member_comes_in(cast: Cast, client: Client, idp: CityIdp) -> None:
    idp.claims = {"sub": "a-1", "preferred_username": "peksos"}

    answer = go_through(client, idp)

    assert answer.headers["Location"] == "/"
    assert client.get("/kasus/").status_code == 200
    assert Event.objects.filter(action="member.linked").count() == 1


def test_an_account_that_nobody_added_opens_nothing_and_makes_nobody(
    cast: Cast, client: Client, idp: CityIdp
) -> None:
    before = Member.objects.count()
    idp.claims = {"sub": "a-2", "preferred_username": "orang.lain"}

    answer = go_through(client, idp)

    assert answer.status_code == 422
    assert "belum terdaftar" in answer.content.decode()
    assert client.get("/kasus/").status_code == 302
    assert Member.objects.count() == before


def test_a_user_name_given_to_somebody_else_later_opens_nothing(
    cast: Cast, client: Client, idp: CityIdp
) -> None:
    idp.claims = {"sub": "a-1", "preferred_username": "peksos"}
    go_through(client, idp)
    idp.claims = {"sub": "b-9", "preferred_username": "peksos"}

    answer = go_through(Client(), idp)

    assert answer.status_code == 422
    assert SocialAccount.objects.count() == 1


def test_a_suspended_member_stays_out(cast: Cast, client: Client, idp: CityIdp) -> None:
    idp.claims = {"sub": "a-1", "preferred_username": "peksos"}
    go_through(client, idp)
    directory.set_member_state(cast.peksos.member_id, "suspended", by=cast.admin, at=timezone.now())

    assert go_through(Client(), idp).status_code == 422


def test_the_own_second_step_is_asked_unless_the_city_asked_twice(cast: Cast, idp: CityIdp) -> None:
    with_app(cast.peksos)
    idp.claims = {"sub": "a-1", "preferred_username": "peksos"}
    assert go_through(Client(), idp).headers["Location"] == "/masuk/kode/"

    idp.claims |= {"amr": ["pwd", "mfa"]}
    assert go_through(Client(), idp).headers["Location"] == "/"


def test_a_foreign_state_or_a_code_used_twice_is_refused(cast: Cast, client: Client, idp: CityIdp) -> None:
    idp.claims = {"sub": "a-1", "preferred_username": "peksos"}
    asked = dict(parse_qsl(urlsplit(client.get("/masuk/kota/kota/").headers["Location"]).query))
    back = urlsplit(idp.authorize(asked))

    assert Client().get(f"{back.path}?{back.query}").status_code == 502, "another browser's state"
    assert client.get(f"{back.path}?{back.query}").status_code == 302
    assert client.get(f"{back.path}?{back.query}").status_code == 502, "the same code again"


def test_a_city_that_does_not_answer_is_said_plainly(cast: Cast, client: Client, idp: CityIdp) -> None:
    idp.down = True

    answer = client.get("/masuk/kota/kota/")

    assert answer.status_code == 502
    assert "tidak menjawab" in answer.content.decode()


def test_without_a_city_sign_in_there_is_no_such_door(cast: Cast, client: Client) -> None:
    assert client.get("/masuk/kota/kota/").status_code == 404
