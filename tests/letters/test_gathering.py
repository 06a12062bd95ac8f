"""What a room says goes first; the identity claims fill what it leaves open, unless it shows less on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from rangkul.config.followers import wire
from rangkul.letters import gathering
from rangkul.letters.actions import content_of, draft_letter
from rangkul.people.actions import add_claims
from rangkul.people.typed import NewClaim
from tests.cases.made import an_open_case
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _wired_again() -> Iterator[None]:
    yield
    wire()


def asked(cast: Cast, **facts: object) -> dict[str, str]:
    """A draft about a thing of which the room says this."""

    def room(_member: object, _about: UUID) -> dict[str, object]:
        return facts

    gathering.ask({"trip": room})  # type: ignore[dict-item]
    letter = draft_letter("surat_jalan", ("trip", cast.peksos.post_id), by=cast.peksos, at=cast.at)
    return content_of(letter)


def test_rows_may_be_cells_or_columns(cast: Cast) -> None:
    legs = [
        {
            "dari": "Magelang",
            "ke": "Garut",
            "angkutan": "bus",
            "berangkat": "07.00",
            "nomor_tiket": "B-1",
            "x": 1,
        },
        ("Garut", "rumah", "jemput", "", ""),
    ]

    assert (
        asked(cast, ruas=legs)["ruas"] == "Magelang | Garut | bus | 07.00 | B-1\nGarut | rumah | jemput |  |"
    )


def test_an_alias_is_added_to_the_verified_name(cast: Cast) -> None:
    case = an_open_case(cast)
    claims = [
        NewClaim(kind="name", value="Kasno Wiryo", source="dukcapil"),
        NewClaim(kind="alias", value="Pak No"),
    ]
    person = add_claims(case.person_id, claims, by=cast.peksos, at=cast.at)
    content = asked(cast, person_id=person.pk, nama=person.label, asal="Garut")

    assert (content["nama"], content["asal"]) == ("Kasno Wiryo", "Garut")
    assert "Pak No" in content["alias"]


def test_a_room_that_shows_less_is_not_filled_up(cast: Cast) -> None:
    case = an_open_case(cast, number=4, minor=True)
    claims = [NewClaim(kind="name", value="NAMA-ANAK"), NewClaim(kind="alias", value="NAMA-KECIL")]
    add_claims(case.person_id, claims, by=cast.peksos, at=cast.at)
    content = asked(cast, person_id=case.person_id, nama="Anak laki-laki-K7M")

    assert content["nama"] == "Anak laki-laki-K7M"
    assert not any("NAMA" in text for text in content.values())
