"""Merging in the pages and the API: compare, propose, approve by another, take apart; masked pairs show nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from uuid_utils.compat import uuid7

from rangkul.audit.models import Event
from rangkul.domain.policy import ActingMember
from rangkul.matching.models import MatchDecision, SuspectedPair
from rangkul.people.actions import register_person
from rangkul.people.merging import approve_merge, propose_merge
from rangkul.people.models import Person, PersonMerge
from rangkul.people.suspicions import Found, keep_pairs
from rangkul.people.typed import NewPerson
from tests.api.test_api import get, post, problem
from tests.cast import Cast

SignedIn = Callable[[ActingMember], Client]
WHY = "luka bakar dan suaranya sama"


def somebody(cast: Cast, name: str, **facts: object) -> Person:
    new = NewPerson(**{"name": name, "sex": "L", "age": "45", **facts})  # type: ignore[arg-type]
    return register_person(new, by=cast.peksos, at=cast.at)


def text_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def pair(cast: Cast) -> tuple[Person, Person]:
    return somebody(cast, "Riadi Slamet", alias="Pak Met"), somebody(
        cast, "Slamet Riyadi", nik="3371991708850001"
    )


def test_compare_propose_approve_and_take_apart(cast: Cast, signed_in: SignedIn) -> None:
    left, into = pair(cast)
    client = signed_in(cast.peksos)
    address = f"/orang/{into.code}/satukan/?dengan={left.code}"
    page = text_of(client.get(address))
    assert "Pak Met" in page and "bunyi sama" in page and "tercatat, tersegel" in page
    assert "3371991708850001" not in page
    assert Event.objects.filter(action="person.merge_previewed").count() == 1
    short = client.post(address, {"reason": "", "key": str(uuid7()), "seen": "1-1"})
    assert short.status_code == 422 and "Tulis alasannya" in text_of(short)
    sent = client.post(address, {"reason": WHY, "key": str(uuid7()), "seen": "1-1"})
    assert sent.status_code == 303
    own = text_of(client.get(sent["Location"]))
    assert "Menunggu orang kedua." in own and "Tarik usulan" in own and "Setujui, satukan" not in own
    second = signed_in(cast.kabid)
    assert "Periksa penyatuan dua catatan" in text_of(second.get("/"))
    page = text_of(second.get(sent["Location"]))
    assert WHY in page and "Setujui, satukan" in page
    done = second.post(sent["Location"], {"answer": "approve", "key": str(uuid7()), "seen": "1-1"})
    assert done.status_code == 303
    moved = second.get(f"/orang/{left.code}/")
    assert (moved.status_code, moved["Location"]) == (302, f"/orang/{into.code}/")
    page = text_of(second.get(moved["Location"]))
    assert left.code in page and "Dua catatan disatukan" in page and "Pak Met" in page
    undo = sent["Location"] + "pisahkan/"
    assert second.post(undo, {"reason": "", "key": str(uuid7())}).status_code == 422
    assert second.post(undo, {"reason": "ternyata kakaknya", "key": str(uuid7())}).status_code == 303
    assert second.get(f"/orang/{left.code}/").status_code == 200
    assert "Dipisahkan lagi" in text_of(second.get(sent["Location"]))


def test_what_was_typed_stays_and_the_pair_can_be_turned_round(cast: Cast, signed_in: SignedIn) -> None:
    left, into = pair(cast)
    client = signed_in(cast.peksos)
    address = f"/orang/{into.code}/satukan/?dengan={left.code}&ke=lain"
    stale = client.post(address, {"reason": WHY, "key": str(uuid7()), "seen": "7-1"})
    assert stale.status_code == 409 and WHY in text_of(stale)
    client.post(address, {"reason": WHY, "key": str(uuid7()), "seen": "1-1"})
    assert PersonMerge.objects.get().left_id == into.pk
    missing = client.get(f"/orang/{into.code}/satukan/?dengan=AAA-AAA-A")
    assert missing.status_code in {404, 422} and "belum ditemukan" in text_of(missing)
    assert client.get(f"/orang/{into.code}/satukan/?dengan={into.code}").status_code == 422


@pytest.mark.parametrize("who", ["regu", "shelter", "tksk", "dpo", "nakes"])
def test_there_is_no_door_for_others(cast: Cast, signed_in: SignedIn, who: str) -> None:
    left, into = pair(cast)
    merge = propose_merge(left.pk, into.pk, WHY, by=cast.peksos, at=cast.at)
    client = signed_in(getattr(cast, who))
    for address in (f"/orang/{into.code}/satukan/", f"/penyatuan/{merge.pk}/", "/penyatuan/"):
        assert client.get(address).status_code == 404, address


def test_the_queue_is_ordered_by_cost_and_a_masked_pair_shows_nothing(
    cast: Cast, signed_in: SignedIn
) -> None:
    left, into = pair(cast)
    child = somebody(cast, "Bagas Nama Rahasia", age="12", marks=("tahi lalat di pipi",))
    grown = somebody(cast, "Bagas Setiawan", age="19")
    found = [
        Found(one=left.pk, other=into.pk, probability=0.9),
        Found(one=child.pk, other=grown.pk, probability=0.8),
    ]
    assert keep_pairs(found, at=cast.at) == 2
    first, second = SuspectedPair.objects.order_by("-cost")
    assert (first.cost_why, second.cost_why) == ("child", "double")
    client = signed_in(cast.steward)
    page = text_of(client.get("/penyatuan/"))
    assert page.index("menyangkut anak") < page.index("Slamet Riyadi")
    masked = text_of(client.get(f"/penyatuan/pasangan/{first.pk}/"))
    for word in ("Bagas", child.code, grown.code, "tahi lalat", "19 tahun", child.label):
        assert word not in masked, word
    sent = client.post(f"/penyatuan/pasangan/{first.pk}/", {"answer": "not_same", "key": str(uuid7())})
    assert sent.status_code == 303
    first.refresh_from_db()
    assert first.state == "not_same"
    assert client.get(f"/penyatuan/pasangan/{first.pk}/").status_code == 404
    later = client.post(f"/penyatuan/pasangan/{second.pk}/", {"answer": "later", "key": str(uuid7())})
    assert later.status_code == 303
    assert "Slamet Riyadi" not in text_of(client.get("/penyatuan/"))
    assert sorted(MatchDecision.objects.values_list("answer", flat=True)) == ["later", "not_same"]
    assert keep_pairs(found, at=cast.at) == 0, "who decided once is not asked again"
    assert "Bukan dia" in text_of(client.get("/penyatuan/mutu/"))
    seen = text_of(signed_in(cast.peksos2).get("/penyatuan/"))
    assert "Dua catatan tanpa nama" not in seen


def test_the_same_by_api_with_stable_codes(client: Client, cast: Cast) -> None:
    left, into = pair(cast)
    preview = get(client, f"/merges/preview?left={left.code}&into={into.code}", cast.peksos).json()
    assert preview["signs"]["name"] == "agree" and preview["seen"] == [1, 1]
    body = {"left": left.code, "into": into.code, "reason": WHY, "seen_revisions": [1, 1]}
    made = post(client, "/merges", body, cast.peksos)
    assert made.status_code == 200, made.content
    row = made.json()["id"]
    assert problem(post(client, "/merges", body, cast.peksos))["code"] == "merge_waits"
    own = post(client, f"/merges/{row}/approve", {}, cast.peksos)
    assert own.status_code == 404, "a social worker has no door to approving"
    assert post(client, f"/merges/{row}/approve", {}, cast.regu).status_code == 404
    assert post(client, f"/merges/{row}/approve", {"seen_revisions": [1, 1]}, cast.kabid).status_code == 200
    assert get(client, f"/merges/{row}", cast.kabid).json()["state"] == "approved"
    assert (
        problem(post(client, f"/merges/{row}/undo", {"reason": ""}, cast.kabid))["code"]
        == "merge_reason_missing"
    )
    assert post(client, f"/merges/{row}/undo", {"reason": "kakaknya"}, cast.kabid).status_code == 200


def test_two_open_cases_are_told_on_the_case_page(cast: Cast, signed_in: SignedIn) -> None:
    from rangkul.cases.actions import open_case  # noqa: PLC0415 - only here
    from tests.cases.made import a_contact  # noqa: PLC0415

    left, into = pair(cast)
    one = open_case(a_contact(cast, left).pk, by=cast.peksos, at=cast.at)
    other = open_case(a_contact(cast, into).pk, by=cast.peksos2, at=cast.at)
    merge = propose_merge(left.pk, into.pk, WHY, by=cast.peksos, at=cast.at)
    approve_merge(merge.pk, by=cast.kabid, at=cast.at)
    client = signed_in(cast.peksos)
    assert "Orang ini punya dua kasus terbuka." in text_of(client.get(f"/kasus/{one.code}/"))
    assert "Gabungkan dua kasus satu orang" in text_of(client.get("/"))
    page = text_of(client.get(f"/kasus/{one.code}/gabung/"))
    assert other.code in page and "Pekerja Sosial 2" in page
    first = client.post(f"/kasus/{one.code}/gabung/", {"goes_on": one.code, "key": str(uuid7())})
    assert first.status_code == 303
    second = signed_in(cast.peksos2)
    assert "setuju ini diteruskan" in text_of(second.get(f"/kasus/{other.code}/gabung/"))
    done = second.post(f"/kasus/{other.code}/gabung/", {"goes_on": one.code, "key": str(uuid7())})
    assert done.status_code == 303
    other.refresh_from_db()
    assert other.closing_reason == "digabung"
