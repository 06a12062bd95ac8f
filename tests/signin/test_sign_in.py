"""A second step cannot be walked around, a code works once, a session ends from elsewhere, a token stays narrow."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.utils import timezone

from rangkul.audit.models import Event
from rangkul.directory import actions as directory
from rangkul.directory.models import ApiToken, Instance, Member
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.signin import actions, queries
from rangkul.signin.refusals import CodeWrong, FactorNeeded, PasswordWrong
from tests.cast import Cast

PASSWORD = "kaki-gunung-sumbing-71"
OTHER = "sungai-progo-mengalir-12"


def code_of(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def with_password(member: ActingMember) -> Member:
    row = Member.objects.get(pk=member.id)
    row.set_password(PASSWORD)
    row.save()
    return row


def with_app(member: ActingMember) -> tuple[str, list[str]]:
    """The secret of the app and the recovery codes; the app was proved with the code of the step before."""
    with_password(member)
    secret = generate_totp_secret()
    codes = actions.add_totp(secret, code_of(secret, -1), by=member, at=timezone.now())
    return secret, codes


def at_the_door(client: Client, username: str, password: str = PASSWORD) -> Any:
    return client.post("/masuk/", {"username": username, "password": password})


def live() -> None:
    Instance.objects.update(is_training=False)


def test_the_password_alone_opens_nothing_once_there_is_an_app(cast: Cast, client: Client) -> None:
    secret, _ = with_app(cast.peksos)

    answer = at_the_door(client, "peksos")

    assert answer.headers["Location"] == "/masuk/kode/"
    assert client.get("/kasus/").status_code == 302
    assert client.get("/api/v1/me").status_code == 401
    answer = client.post("/masuk/kode/", {"code": code_of(secret)})
    assert answer.headers["Location"] == "/"
    assert client.get("/kasus/").status_code == 200


def test_a_code_is_taken_once_in_every_process(cast: Cast) -> None:
    secret, _ = with_app(cast.peksos)
    code = code_of(secret)
    actions.use_code(cast.peksos, code, at=timezone.now())

    with pytest.raises(CodeWrong):
        actions.use_code(cast.peksos, code, at=timezone.now())
    with pytest.raises(CodeWrong):
        actions.use_code(cast.peksos, code_of(secret, -1), at=timezone.now())


def test_a_recovery_code_is_taken_once(cast: Cast) -> None:
    _, codes = with_app(cast.peksos)
    assert len(set(codes)) == len(codes) >= 8

    actions.use_code(cast.peksos, codes[0], at=timezone.now())

    with pytest.raises(CodeWrong):
        actions.use_code(cast.peksos, codes[0], at=timezone.now())
    factors = queries.factors_of(cast.peksos.member_id)
    assert factors.codes_left == len(codes) - 1


def test_secrets_stand_sealed_and_open_for_nobody_else(cast: Cast) -> None:
    secret, codes = with_app(cast.peksos)
    kept = json.dumps([row.data for row in Authenticator.objects.all()])

    assert secret not in kept
    assert not [code for code in codes if code in kept]
    row = Authenticator.objects.get(user_id=cast.peksos.id, type="totp")
    row.user_id = cast.peksos2.id
    row.pk = None
    row.save()
    with pytest.raises(Exception, match=r"segel|kunci"):
        actions.use_code(cast.peksos2, code_of(secret), at=timezone.now())


def test_five_wrong_codes_lead_back_to_the_password(cast: Cast, client: Client) -> None:
    secret, _ = with_app(cast.peksos)
    at_the_door(client, "peksos")
    for _ in range(5):
        assert client.post("/masuk/kode/", {"code": "000000"}).status_code == 422

    assert client.post("/masuk/kode/", {"code": code_of(secret)}).headers["Location"] == "/masuk/"
    assert client.get("/kasus/").status_code == 302


def test_guessing_codes_from_many_sessions_is_slowed_for_the_member(cast: Cast) -> None:
    with_app(cast.peksos)
    statuses = []
    for _ in range(3):
        client = Client()
        at_the_door(client, "peksos")
        statuses += [client.post("/masuk/kode/", {"code": "000000"}).status_code for _ in range(4)]

    assert statuses[:10] == [422] * 10
    assert statuses[10:] == [429, 429]


def test_a_wrong_proof_adds_no_app(cast: Cast) -> None:
    with pytest.raises(CodeWrong):
        actions.add_totp(generate_totp_secret(), "123", by=cast.peksos, at=timezone.now())

    assert not queries.has_second(cast.peksos.member_id)


def test_a_post_that_must_have_a_second_step_sets_it_before_anything_opens(
    cast: Cast, client: Client
) -> None:
    live()
    with_password(cast.dpo)
    at_the_door(client, "dpo")

    assert client.get("/jejak/").headers["Location"] == "/akun/"
    secret = generate_totp_secret()
    session = client.session
    session["mfa.totp.secret"] = secret
    session.save()
    assert client.post("/akun/aplikasi/", {"code": code_of(secret)}).status_code == 200
    assert client.get("/jejak/").status_code == 200
    with pytest.raises(FactorNeeded):
        actions.remove_factor("totp", by=cast.dpo, at=timezone.now())


def test_nobody_must_in_a_training_instance(cast: Cast, client: Client) -> None:
    with_password(cast.dpo)
    at_the_door(client, "dpo")

    assert client.get("/jejak/").status_code == 200


def test_a_password_that_somebody_else_chose_is_changed_first(cast: Cast, client: Client) -> None:
    directory.set_password(cast.peksos.member_id, PASSWORD, by=cast.admin, at=cast.at)
    at_the_door(client, "peksos")

    assert client.get("/kasus/").headers["Location"] == "/akun/"
    answer = client.post("/akun/sandi/", {"present": PASSWORD, "password": OTHER})
    assert answer.status_code == 302
    assert client.get("/kasus/").status_code == 200, "this session stays"
    assert Client().post("/masuk/", {"username": "peksos", "password": PASSWORD}).status_code == 422


def test_an_own_password_needs_the_present_one(cast: Cast) -> None:
    with_password(cast.peksos)

    with pytest.raises(PasswordWrong):
        actions.set_own_password("bukan ini", OTHER, by=cast.peksos, at=cast.at)


def test_a_session_ends_from_elsewhere_on_its_next_step(cast: Cast) -> None:
    with_password(cast.peksos)
    phone, desk = Client(), Client()
    for each in (phone, desk):
        at_the_door(each, "peksos")
    listed = queries.sessions_of(cast.peksos.member_id, desk.session.session_key)
    assert [each.is_this for each in listed] == [True, False]

    desk.post("/akun/sesi/", {"session": listed[1].id})

    assert phone.get("/kasus/").status_code == 302
    assert desk.get("/kasus/").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(cast: Cast) -> None:
    with_password(cast.peksos)
    with_password(cast.peksos2)
    other, mine = Client(), Client()
    at_the_door(other, "peksos2")
    at_the_door(mine, "peksos")
    foreign = queries.sessions_of(cast.peksos2.member_id, None)[0]

    mine.post("/akun/sesi/", {"session": foreign.id})

    assert other.get("/kasus/").status_code == 200


def test_an_own_password_ends_every_other_session_and_token(cast: Cast) -> None:
    with_password(cast.peksos)
    phone, desk = Client(), Client()
    for each in (phone, desk):
        at_the_door(each, "peksos")
    token, _ = directory.make_token(cast.peksos, at=timezone.now())

    desk.post("/akun/sandi/", {"present": PASSWORD, "password": OTHER})

    assert phone.get("/kasus/").status_code == 302
    assert len(queries.sessions_of(cast.peksos.member_id, None)) == 1
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_lost_phone_is_shut_out_by_the_administrator(cast: Cast, client: Client) -> None:
    with_password(cast.peksos)
    at_the_door(client, "peksos")

    actions.end_sessions_of(cast.peksos.member_id, by=cast.admin, at=timezone.now())

    assert client.get("/kasus/").status_code == 302


def test_lost_factors_are_taken_away_by_another_and_never_by_oneself(cast: Cast) -> None:
    with_app(cast.peksos)
    with_app(cast.admin)

    actions.reset_factors(cast.peksos.member_id, by=cast.admin, at=timezone.now())

    assert not queries.has_second(cast.peksos.member_id)
    with pytest.raises(directory.NotYourself):
        actions.reset_factors(cast.admin.member_id, by=cast.admin, at=timezone.now())
    with pytest.raises(NotFound):
        actions.reset_factors(cast.regu.member_id, by=cast.admin, at=timezone.now())
    assert Event.objects.filter(action="member.factor_reset").count() == 1


def test_changing_how_one_signs_in_asks_for_the_password_again(cast: Cast, client: Client) -> None:
    with_password(cast.peksos)
    at_the_door(client, "peksos")
    session = client.session
    session["sure_at"] = int(time.time()) - 1000
    session.save()

    assert client.get("/akun/aplikasi/").headers["Location"].startswith("/akun/yakin/")
    assert client.get("/akun/kunci/").status_code == 403
    assert client.post("/akun/token/", {"hours": "1"}).headers["Location"].startswith("/akun/yakin/")
    assert client.post("/akun/yakin/", {"password": "salah"}).status_code == 422
    assert client.post("/akun/yakin/", {"password": PASSWORD}).status_code == 302
    assert client.get("/akun/aplikasi/").status_code == 200


# --- the API ---------------------------------------------------------------------------------------------------------


def api_sign_in(**body: Any) -> Any:
    return Client().post("/api/v1/sign-in", json.dumps(body), content_type="application/json")


def call(token: str, method: str, path: str, body: Any = None) -> Any:
    return Client().generic(
        method,
        f"/api/v1{path}",
        json.dumps(body or {}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def test_the_api_asks_for_the_code(cast: Cast) -> None:
    secret, _ = with_app(cast.peksos)

    answer = api_sign_in(username="peksos", password=PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (401, "second_factor_needed")
    assert api_sign_in(username="peksos", password=PASSWORD, otp="000000").status_code == 422
    token = api_sign_in(username="peksos", password=PASSWORD, otp=code_of(secret)).json()["token"]
    assert call(token, "GET", "/me").status_code == 200


def test_a_narrow_token_stays_narrow(cast: Cast) -> None:
    with_password(cast.peksos)
    token = api_sign_in(username="peksos", password=PASSWORD, scope=["read"]).json()["token"]

    assert call(token, "GET", "/cases").status_code == 200
    answer = call(token, "POST", "/cases", {"contact_id": str(cast.peksos.post_id)})
    assert (answer.status_code, answer.json()["code"]) == (403, "outside_scope")
    only = api_sign_in(username="peksos", password=PASSWORD, scope=["deadline.view"]).json()["token"]
    assert call(only, "GET", "/deadlines").status_code == 200
    assert call(only, "GET", "/cases").status_code == 403
    assert api_sign_in(username="peksos", password=PASSWORD, scope=["directory.manage"]).status_code == 422


def test_a_token_lives_no_longer_than_it_was_made_for(cast: Cast) -> None:
    with_password(cast.peksos)
    before = timezone.now()
    api_sign_in(username="peksos", password=PASSWORD, hours=1)

    row = ApiToken.objects.get()
    assert (row.expires_at - before).total_seconds() < 3700
    ApiToken.objects.update(expires_at=before)
    assert not queries.tokens_of(cast.peksos.member_id, timezone.now())


def test_a_token_ends_by_itself_and_with_the_post(cast: Cast) -> None:
    with_password(cast.peksos)
    token = api_sign_in(username="peksos", password=PASSWORD).json()["token"]
    assert call(token, "POST", "/sign-out").status_code == 204
    assert call(token, "GET", "/me").status_code == 401

    other = api_sign_in(username="peksos", password=PASSWORD).json()["token"]
    holding = Member.objects.get(pk=cast.peksos.id).holdings.get(until__isnull=True)
    directory.hold_post(cast.peksos.member_id, cast.peksos2.post_id, by=cast.admin, at=timezone.now())
    directory.release_post(holding.pk, by=cast.admin, at=timezone.now())
    assert call(other, "GET", "/me").status_code == 401, "a token never moves to another post"


def test_a_suspended_member_is_out_on_the_next_request(cast: Cast, client: Client) -> None:
    with_password(cast.peksos)
    at_the_door(client, "peksos")
    token = api_sign_in(username="peksos", password=PASSWORD).json()["token"]

    directory.set_member_state(cast.peksos.member_id, "suspended", by=cast.admin, at=timezone.now())

    assert client.get("/kasus/").status_code == 302
    assert call(token, "GET", "/me").status_code == 401
    assert not ApiToken.objects.exists()
