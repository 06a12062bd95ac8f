"""The JSON face: the same queries and actions as the pages, errors as problem+json."""

from __future__ import annotations

import importlib.util
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

from rangkul.config.checks import doors
from rangkul.directory.actions import make_token
from rangkul.directory.city import city
from rangkul.directory.models import ApiToken, Member
from rangkul.domain.policy import ActingMember
from rangkul.reports.models import Report
from tests.cases import made
from tests.cast import Cast

PASSWORD = "kaki-gunung-sumbing-71"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def api(client: Client) -> Client:
    """A client that speaks JSON."""
    return client


def bearer(member: ActingMember) -> dict[str, str]:
    token, _ends = make_token(member, at=timezone.now())
    return {"Authorization": f"Bearer {token}"}


def post(client: Client, path: str, body: Any, member: ActingMember | None = None) -> Any:
    headers = bearer(member) if member else {}
    return client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)


def get(client: Client, path: str, member: ActingMember | None = None) -> Any:
    return client.get(f"/api/v1{path}", headers=bearer(member) if member else {})


def problem(answer: Any) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content[:300]
    said: dict[str, Any] = answer.json()
    assert said["status"] == answer.status_code
    assert said["detail"]
    assert "{" not in said["detail"]
    return said


def a_password(cast: Cast) -> None:
    row = Member.objects.get(username="peksos")
    row.set_password(PASSWORD)
    row.save()


def test_a_member_signs_in_for_a_token_that_opens_their_worklist(api: Client, cast: Cast) -> None:
    a_password(cast)
    answer = post(api, "/sign-in", {"username": "peksos", "password": PASSWORD})
    assert answer.status_code == 200
    token = answer.json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    me = api.get("/api/v1/me", headers=headers).json()
    assert me["name"] == cast.peksos.name
    assert me["role"] == "social_worker"
    assert api.get("/api/v1/worklist", headers=headers).status_code == 200


def test_a_wrong_password_and_an_unknown_name_read_the_same(api: Client, cast: Cast) -> None:
    a_password(cast)
    wrong = post(api, "/sign-in", {"username": "peksos", "password": "salah-salah-salah"})
    unknown = post(api, "/sign-in", {"username": "tidak.ada", "password": "salah-salah-salah"})
    assert wrong.status_code == unknown.status_code == 401
    assert problem(wrong) == problem(unknown)


@pytest.mark.parametrize("name", ["peksos", "tidak.ada"])
def test_a_locked_name_gets_a_problem_that_says_how_long(api: Client, cast: Cast, name: str) -> None:
    a_password(cast)
    for _ in range(5):
        answer = post(api, "/sign-in", {"username": name, "password": "salah-salah-salah"})
    assert problem(answer)["code"] == "locked_out"
    right = post(api, "/sign-in", {"username": name, "password": PASSWORD})
    assert right.status_code == 429
    assert problem(right)["code"] == "locked_out"
    assert right.headers["Retry-After"] == "900"


def test_a_token_is_kept_as_a_digest_only_and_ends(api: Client, cast: Cast) -> None:
    token, ends = make_token(cast.peksos, at=timezone.now())
    row = ApiToken.objects.get()
    assert token.encode() not in bytes(row.digest)
    assert ends <= timezone.now() + timedelta(hours=12)
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = api.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert problem(answer)["status"] == 401


def test_every_operation_without_a_token_is_401_except_the_open_ones(api: Client, cast: Cast) -> None:
    guarded = 0
    for address, _name, guard in doors():
        method, _, path = address.partition(" ")
        if not path.startswith("/api/v1/") or guard is None or guard.public:
            continue
        asked = re.sub(r"<uuidstr:\w+>", str(uuid7()), path)
        asked = (
            asked.replace("<code>", "AAA-AAA-A").replace("<int:year>", "2026").replace("<int:pair_id>", "7")
        )
        assert "<" not in asked
        answer = api.generic(method, asked, b"{}", content_type="application/json")
        assert problem(answer)["status"] == 401, asked
        guarded += 1
    assert guarded >= 14


def test_a_role_that_may_not_at_all_is_told_that_there_is_nothing(api: Client, cast: Cast) -> None:
    case = made.an_open_case(cast)
    hidden = get(api, f"/cases/{case.code}", cast.regu)
    missing = get(api, "/cases/AAA-AAA-A", cast.regu)
    assert problem(hidden) == problem(missing)
    assert hidden.status_code == 404


def test_a_case_is_read_with_what_its_next_stage_lacks(api: Client, cast: Cast) -> None:
    case = made.an_open_case(cast)
    said = get(api, f"/cases/{case.code}", cast.peksos).json()
    assert said["stage"] == "pendekatan_awal"
    assert {need["code"] for need in said["missing"]} == {"informed_or_ground", "first_health_look"}
    assert said["timeline"]
    rows = get(api, "/cases", cast.peksos).json()["rows"]
    assert [row["code"] for row in rows] == [case.code]


def test_a_stage_is_entered_once_per_key_and_refused_with_what_is_missing(api: Client, cast: Cast) -> None:
    case = made.an_open_case(cast)
    refused = post(api, f"/cases/{case.code}/stages", {"stage": "asesmen"}, cast.peksos)
    assert problem(refused)["code"] == "evidence_missing"
    made.informed(cast, case)
    body = {"stage": "asesmen", "client_key": str(uuid7())}
    first = post(api, f"/cases/{case.code}/stages", body, cast.peksos)
    again = post(api, f"/cases/{case.code}/stages", body, cast.peksos)
    assert first.status_code == again.status_code == 200, first.content
    assert first.json() == again.json()
    other = post(api, f"/cases/{case.code}/stages", {**body, "stage": "rencana"}, cast.peksos)
    assert problem(other)["code"] == "key_used_for_other"


def test_who_comes_second_is_told_who_was_first(api: Client, cast: Cast) -> None:
    case = made.brought_to(cast, "intervensi")
    body = {"stage": "rencana", "reason": "rencana ditinjau", "seen": case.revision}
    assert post(api, f"/cases/{case.code}/stages", body, cast.kabid).status_code == 200
    late = post(api, f"/cases/{case.code}/stages", body, cast.peksos)
    said = problem(late)
    assert said["code"] == "changed_meanwhile"
    assert cast.kabid.name in said["detail"]


def test_services_are_recorded_together_or_not_at_all(api: Client, cast: Cast) -> None:
    case = made.an_open_case(cast)
    good = {
        "item": "permakanan",
        "given_on": cast.at.date().isoformat(),
        "quantity": "2",
        "unit": "porsi",
        "agency": "dinsos",
        "proof": "foto",
    }
    bad = {**good, "given_on": "2999-01-01"}
    refused = post(api, f"/cases/{case.code}/services", {"services": [good, bad]}, cast.peksos)
    assert problem(refused)["status"] == 422
    taken = post(api, f"/cases/{case.code}/services", {"services": [good]}, cast.peksos)
    assert taken.status_code == 200, taken.content
    assert len(taken.json()) == 1


def test_anyone_reports_and_the_desk_reads_and_verifies(api: Client, cast: Cast) -> None:
    body = {
        "area_code": next(iter(city().kelurahan)).code,
        "place_words": "depan pasar",
        "words": "Seorang ibu duduk dengan anak kecil",
        "client_key": str(uuid7()),
    }
    first, again = post(api, "/public/reports", body), post(api, "/public/reports", body)
    assert first.status_code == 200, first.content
    assert first.json() == again.json()
    assert Report.objects.count() == 1
    lines = get(api, "/reports", cast.desk).json()
    assert [line["id"] for line in lines] == [first.json()["report_id"]]
    done = post(api, f"/reports/{lines[0]['id']}/verify", {"seen": lines[0]["revision"]}, cast.desk)
    assert done.status_code == 200, done.content


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"words": 1}',
        b'{"area_code": "\\u0000", "place_words": "a", "words": "b"}',
        b'{"area_code": "33.71.02.1002", "place_words": "a", "words": "\\u0000"}',
        b"\xff\xfe",
    ],
)
def test_what_cannot_be_read_is_a_problem_never_a_fault(api: Client, cast: Cast, body: bytes) -> None:
    answer = api.post("/api/v1/public/reports", body, content_type="application/json")
    assert problem(answer)["status"] in {400, 422}


def test_beds_and_figure_answer(api: Client, cast: Cast) -> None:
    beds = get(api, "/shelter/beds", cast.shelter)
    assert beds.status_code == 200, beds.content
    assert isinstance(beds.json(), list)
    figure = get(api, "/spm/2026", cast.peksos)
    assert set(figure.json()["types"]) == {"S1", "S2", "S3", "S4", "S5"}
    assert problem(get(api, "/spm/1066", cast.peksos))["status"] == 404


def test_the_committed_description_is_what_the_api_says() -> None:
    spec = importlib.util.spec_from_file_location("tools_openapi", ROOT / "tools" / "openapi.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.TARGET.read_text(encoding="utf-8") == module.generated(), "run: python tools/openapi.py"
