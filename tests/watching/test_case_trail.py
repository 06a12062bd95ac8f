"""Who looked at this case, and why: for its holder and whoever supervises, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rangkul.audit.models import Event
from rangkul.audit.pages import Sought
from rangkul.cases.models import Case
from rangkul.cases.parts import assessment_part
from rangkul.cases.queries import case_page, case_seen_by
from rangkul.domain.alarms import LOOKS
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import RELATIONS, SEALED_TEAM
from rangkul.people.actions import add_claims
from rangkul.people.queries import identity_of, person_seen_by
from rangkul.people.typed import NewClaim
from rangkul.rights import words as rights_words
from rangkul.vault.sealing import pseudonym
from rangkul.watching.queries import looks_at_case, trail_seen_by
from rangkul.web.watching import shown
from tests.cases.made import an_open_case, assessed, informed
from tests.cast import Cast, login


def a_read_case(cast: Cast, number: int = 1) -> Case:
    """A case whose assessment two people read."""
    case = an_open_case(cast, number=number)
    informed(cast, case)
    from rangkul.cases.actions import enter_stage

    enter_stage(case.pk, "asesmen", by=cast.peksos, at=cast.at, reason="")
    assessed(cast, case)
    for who in (cast.peksos, cast.kabid):
        assessment_part(who, case_seen_by(who, case.code), cast.later(hours=1))
    return case


def test_each_look_names_who_when_by_what_right_and_which_part(cast: Cast) -> None:
    case = a_read_case(cast)

    found = looks_at_case(cast.peksos, case.code, at=cast.later(hours=2))

    looks = [line for line in found.lines if line.action == "case.looked"]
    assert {line.who for line in looks} == {cast.peksos.name, cast.kabid.name}
    assert {line.relation for line in looks} <= {"holder", "agency", "team"}
    assert all(line.parts and line.post and line.agency for line in looks)


def test_reading_the_trail_is_itself_in_the_trail(cast: Cast) -> None:
    case = a_read_case(cast)
    looks_at_case(cast.kabid, case.code, at=cast.later(hours=2))

    found = looks_at_case(cast.peksos, case.code, at=cast.later(hours=3))

    assert [(line.action, line.who) for line in found.lines[:2]] == [
        ("audit.read", cast.peksos.name),
        ("audit.read", cast.kabid.name),
    ]


@pytest.mark.parametrize("who", ["peksos2", "desk", "regu", "nakes", "ppa", "admin", "steward", "uptd"])
def test_whoever_neither_holds_nor_supervises_finds_nothing(cast: Cast, who: str) -> None:
    case = a_read_case(cast)

    with pytest.raises(NotFound):
        looks_at_case(getattr(cast, who), case.code, at=cast.at)


def test_looks_at_another_case_of_the_person_are_not_shown(cast: Cast) -> None:
    case = a_read_case(cast)
    other = a_read_case(cast, number=2)

    found = looks_at_case(cast.peksos, case.code, at=cast.later(hours=2))

    seen = {line.at for line in found.lines}
    assert seen
    assert len(found.lines) < Event.objects.filter(action="case.looked").count() + 2
    assert pseudonym(other.pk) != pseudonym(case.pk)


def test_a_look_at_something_sealed_is_not_shown_with_the_ordinary_case(cast: Cast) -> None:
    from django.db import transaction

    from rangkul.audit.recording import record

    case = a_read_case(cast)
    with transaction.atomic():
        record(
            "case.looked",
            by=cast.uptd,
            at=cast.at,
            kind="case",
            subject_id=case.person_id,
            sealed_under=case.person_id,
            sensitivity="sealed",
            detail={"part": "assessment"},
        )

    found = looks_at_case(cast.peksos, case.code, at=cast.later(hours=2))
    of_dpo = trail_seen_by(cast.dpo, Sought(action="case.looked"))
    of_head = trail_seen_by(cast.kadis, Sought(action="case.looked"))

    assert cast.uptd.name not in {line.who for line in found.lines}
    assert "sealed" not in {line.object_kind for line in (*of_dpo.lines, *of_head.lines)}
    assert cast.uptd.post_code not in {line.post_code for line in (*of_dpo.lines, *of_head.lines)}


def test_looks_at_the_person_count_as_looks_at_the_case(cast: Cast) -> None:
    case = a_read_case(cast)
    nik = NewClaim(kind="nik", value="3371991708850001", source="document", confidence="high")
    add_claims(case.person_id, [nik], by=cast.peksos, at=cast.at)
    identity_of(cast.kabid, person_seen_by(cast.kabid, case.person.code), at=cast.later(hours=1))

    found = looks_at_case(cast.peksos, case.code, at=cast.later(hours=2))

    assert ("person.protected_viewed", ("nik",)) in {(line.action, line.parts) for line in found.lines}


def test_the_holder_filters_by_time_and_agency(cast: Cast) -> None:
    case = a_read_case(cast)

    early = looks_at_case(cast.peksos, case.code, Sought(until=cast.at), at=cast.later(hours=2))
    none = looks_at_case(cast.peksos, case.code, Sought(agency="satpolpp"), at=cast.later(hours=2))

    assert early.lines == []
    assert none.lines == []


def test_the_page_stands_beside_the_case_for_its_holder_alone(cast: Cast, client: Client) -> None:
    case = a_read_case(cast)
    way = reverse("case_trail", args=[case.code])

    login(client, cast.peksos)
    assert way in client.get(reverse("case", args=[case.code])).content.decode()
    page = client.get(way)
    assert page.status_code == 200
    assert cast.kabid.name in page.content.decode()

    login(client, cast.peksos2)
    assert client.get(way).status_code == 404


def test_the_officer_of_data_protection_filters_by_member_case_kind_and_purpose(
    cast: Cast, client: Client
) -> None:
    case = a_read_case(cast)
    a_read_case(cast, number=2)
    login(client, cast.dpo)

    def lines(**asked: str) -> int:
        found = trail_seen_by(
            cast.dpo, Sought(action="case.looked"), who=asked.get("who", ""), case=asked.get("case", "")
        )
        return len(found.lines)

    assert lines(who="Rini", case=case.code) == lines(who="Rini") / 2
    assert lines(who="tidak ada") == 0
    assert lines(case="ZZZ-ZZZ-Z") == 0
    day = timezone.localdate(cast.at)
    for asked in (
        {"petugas": "Rini"},
        {"kasus": case.code, "jenis": "case"},
        {"tujuan": "audit"},
        {"dari": f"{day:%Y-%m-%d}", "sampai": f"{day + timedelta(days=1):%Y-%m-%d}"},
        {"instansi": "dinsos", "sebelum": "x"},
    ):
        assert client.get(reverse("audit"), asked).status_code == 200
    page = client.get(reverse("audit"), {"aksi": "case.looked", "petugas": "Rini"}).content.decode()
    assert "Rini Astuti" in page
    assert case.person.label not in page


def test_reading_a_case_leaves_what_the_page_needs(cast: Cast) -> None:
    case = a_read_case(cast)
    case_page(cast.peksos, case_seen_by(cast.peksos, case.code), cast.at, "ringkasan")

    assert looks_at_case(cast.dpo, case.code, at=cast.later(hours=2)).lines


def test_every_look_and_every_right_has_its_words():
    """A code without words would stand raw on the page of a holder."""
    assert LOOKS - set(shown.actions()) == set()
    assert {*RELATIONS, SEALED_TEAM} - set(shown.relations()) == set()
    assert {*RELATIONS, SEALED_TEAM} - set(rights_words.relations()) == set()
