"""Looking for somebody through JSON: the same words whatever is found, a match for its holder alone."""

from __future__ import annotations

from django.test import Client

from rangkul.directory.queries import system_operator
from rangkul.inquiries.finding import look
from rangkul.people.models import Person
from tests.api.test_api import get, post, problem
from tests.cast import Cast
from tests.inquiries.test_inquiries import crowd, somebody

ASKED = {
    "name": "Sumarni Rahayu", "relation": "child", "proof": "KTP", "purpose": "menjemput bapak", "phone": "0811000111",
    "sought_name": "Slamet Riyadi", "sought_sex": "L", "sought_age": "47", "sought_origin": "33.23",
}  # fmt: skip


def test_what_the_public_is_told_does_not_tell_whether_somebody_is_known(client: Client, cast: Cast) -> None:
    crowd(cast)
    somebody(cast)
    known = post(client, "/public/inquiries", ASKED)
    unknown = post(client, "/public/inquiries", {**ASKED, "sought_name": "Zulkarnain Bimantoro"})

    assert (known.status_code, unknown.status_code) == (200, 200)
    assert set(known.json()) == set(unknown.json()) == {"code"}
    assert problem(post(client, "/public/inquiries", {**ASKED, "proof": " "}))["code"] == "inquiry_unclear"


def test_from_the_desk_to_the_holder_s_answer(client: Client, cast: Cast) -> None:
    crowd(cast)
    somebody(cast)
    body = {**ASKED, "channel": "desk"}
    assert post(client, "/inquiries", body, cast.regu).status_code == 404
    code = post(client, "/inquiries", body, cast.desk).json()["code"]
    look(by=system_operator(), at=cast.later(hours=1))
    [mine] = get(client, "/inquiries", cast.desk).json()
    assert mine["code"] == code
    assert "Slamet" in mine["sought"]
    assert not {"matches", "state", "probability"} & set(mine)

    [line] = get(client, "/inquiry-matches", cast.peksos).json()
    path = f"/inquiry-matches/{line['id']}"
    assert get(client, path, cast.peksos2).status_code == 404
    assert get(client, path, cast.desk).status_code == 404
    assert get(client, path, cast.peksos).json()["phone"] == ""
    empty = post(client, f"{path}/answer", {"answer": "agreed", "words": " "}, cast.peksos)
    assert problem(empty)["code"] == "answer_unclear"
    said = {"answer": "agreed", "words": "Itu anak saya"}
    assert post(client, f"{path}/answer", said, cast.peksos).status_code == 200
    assert get(client, path, cast.peksos).json()["phone"] == "0811000111"
    assert get(client, "/inquiries", cast.desk).json() == [mine]
    assert post(client, f"/inquiries/{mine['id']}/close", {"why": "answered"}, cast.desk).status_code == 200


def test_words_are_let_out_by_a_second_person(client: Client, cast: Cast) -> None:
    person = somebody(cast)
    path = f"/people/{person.code}/tracing-texts"
    body = {"text": "Bapak Slamet di pasar", "contact": "Piket"}
    assert problem(post(client, path, body, cast.peksos))["code"] == "name_in_text"
    text = post(client, path, {**body, "text": "Bapak tua, baju biru"}, cast.peksos).json()["id"]
    assert get(client, "/tracing-texts", cast.bhabin).json() == {"running": [], "waiting": []}
    assert post(client, f"/tracing-texts/{text}/approve", {}, cast.kabid).status_code == 200
    [line] = get(client, "/tracing-texts", cast.bhabin).json()["running"]
    assert line["text"] == "Bapak tua, baju biru"
    assert person.code not in str(line)


def test_a_child_goes_only_against_every_proof(client: Client, cast: Cast) -> None:
    child = somebody(cast, "Dimas Wijaya", age="6")
    assert Person.objects.get(pk=child.pk).is_minor
    body = {"name": "Sumarni", "relation": "parent", "identity": "KK asli"}
    claim = post(client, f"/people/{child.code}/claims", body, cast.peksos).json()["id"]
    path = f"/claims/{claim}"
    assert get(client, path, cast.peksos).json()["missing"] == ["second", "reaction", "ppa"]
    assert problem(post(client, f"{path}/end", {"release": True}, cast.peksos))["code"] == "proofs_missing"
    proofs = {"second": "Foto bersama", "reaction": "Memeluknya"}
    assert post(client, f"{path}/proofs", proofs, cast.peksos).status_code == 200
    assert post(client, f"{path}/sign", {}, cast.peksos).status_code == 404
    assert post(client, f"{path}/sign", {}, cast.ppa).status_code == 200
    assert post(client, f"{path}/end", {"release": True}, cast.peksos).status_code == 200
    page = get(client, path, cast.peksos).json()
    assert (page["released"], page["missing"], page["proofs"]["ppa"]) == (True, [], "signed")
    assert get(client, path, cast.regu).status_code == 404
