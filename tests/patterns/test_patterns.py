"""S8: three contacts, two "mothers", one motorcycle; Unit PPA alone is told, the team hears one sentence."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from uuid_utils.compat import uuid7

from rangkul.audit.models import Event
from rangkul.domain.errors import ChangedMeanwhile, NotFound
from rangkul.notices.models import Notice
from rangkul.patterns.actions import answer_pattern
from rangkul.patterns.models import ChildSighting, Pattern
from rangkul.patterns.queries import holds_back, pattern_page, patterns_of, patterns_open
from rangkul.patterns.refusals import VerdictMissing
from rangkul.reports.contact_actions import ContactInput, record_contact
from rangkul.reports.models import Contact
from tests.cast import Cast, login
from tests.reports.test_contacts import RIGHTS
from tests.reports.test_reports import UTARA

pytestmark = pytest.mark.django_db
PLATE = "AA 1234 XY"
OTHERS = ("desk", "peksos", "kabid", "kadis", "shelter", "steward", "satpol_desk", "regu", "regu1", "bhabin", "babinsa", "trantib", "nakes", "dpo", "sekda")  # fmt: skip


def child(cast: Cast, days_ago: float, **more: Any) -> Contact:
    seen = {"adult_sex": "P", "adult_name": "Sri", "adult_claim": "ibu", "plate": PLATE} | more.pop(
        "seen", {}
    )
    typed = {
        "sex": "L", "age": "6-12", "area_code": UTARA, "place_words": "Lampu merah Canguk", "gate": ("child",),
        "decision": "unit_ppa", "ground": "pelindungan_anak", "voluntary": "yes", "category": "pengemis", "seen": seen,
        "rights": {**RIGHTS, "apart_from_adults": True},
    } | more  # fmt: skip
    at = cast.later(days=-days_ago, hours=12)
    return record_contact(ContactInput(**typed), by=cast.regu, at=at)  # type: ignore[arg-type]


def three(cast: Cast) -> list[Contact]:
    return [
        child(cast, 12),
        child(cast, 5, seen={"adult_name": "Tutik"}),
        child(cast, 0, seen={"adult_name": "Wagiyem"}),
    ]


def test_the_third_contact_tells_unit_ppa_and_nobody_else(cast):
    child(cast, 12)
    child(cast, 5, seen={"adult_name": "Tutik"})
    assert patterns_of(cast.ppa) == []
    last = child(cast, 0, seen={"adult_name": "Wagiyem"})
    line = patterns_open(cast.ppa)[0]
    assert line.contacts == 3
    assert {"adult_differs", "plate_same", "night"} <= set(line.signs)
    assert patterns_open(cast.uptd) == [line]
    for name in OTHERS:
        member = getattr(cast, name)
        assert patterns_of(member) == [], name
        with pytest.raises(NotFound):
            pattern_page(member, line.id, at=cast.later(days=1))
    told = Notice.objects.filter(code="pattern_raised").values_list("post__role", flat=True)
    assert set(told) == {"ppa_officer"}
    assert holds_back(last.pk)


def test_a_contact_that_comes_in_late_completes_the_pattern(cast):
    child(cast, 5)
    child(cast, 0, seen={"adult_name": "Tutik"})
    assert Pattern.objects.count() == 0
    child(cast, 3, seen={"adult_name": "Wagiyem"})
    assert Pattern.objects.count() == 1


def test_one_more_contact_opens_an_answered_pattern_again(cast):
    three(cast)
    line = patterns_open(cast.ppa)[0]
    answer_pattern(line.id, "family", "Bibi dan ibu kandung, KK dilihat.", by=cast.ppa, at=cast.later(days=1))
    assert patterns_open(cast.ppa) == []
    assert not holds_back(Contact.objects.order_by("met_at").first().pk)
    child(cast, -2, seen={"adult_name": "Parjo", "adult_sex": "L"})
    again = patterns_open(cast.ppa)[0]
    assert (again.id, again.contacts) == (line.id, 4)
    assert Pattern.objects.count() == 1


def test_the_answer_keeps_the_police_number_and_that_the_adult_may_be_a_victim(cast):
    three(cast)
    line = patterns_open(cast.ppa)[0]
    page = pattern_page(cast.ppa, line.id, at=cast.later(days=1))
    with pytest.raises(VerdictMissing):
        answer_pattern(line.id, "exploitation", "  ", by=cast.ppa, at=cast.later(days=1), seen=page.revision)
    answer_pattern(
        line.id, "exploitation", "Ketiganya diantar orang yang sama.", adult_victim="yes", police_number="LP/B/1/XI/2026",
        by=cast.ppa, at=cast.later(days=1), seen=page.revision,
    )  # fmt: skip
    with pytest.raises(ChangedMeanwhile):
        answer_pattern(line.id, "unclear", "?", by=cast.uptd, at=cast.later(days=1), seen=page.revision)
    said = pattern_page(cast.uptd, line.id, at=cast.later(days=2)).answers[0]
    assert (said.adult_victim, said.police_number) == ("yes", "LP/B/1/XI/2026")
    assert all(holds_back(each.contact_id) for each in page.meetings)
    assert Event.objects.filter(action="pattern.looked", sensitivity="protected").count() == 2


def test_a_child_is_never_counted_as_one_who_begs(cast):
    assert child(cast, 0).category == "anak_jalanan"


def test_grown_people_leave_no_sighting(cast):
    record_contact(
        ContactInput(sex="P", age="31-45", area_code=UTARA, gate=("none",), decision="dibina_pergi",
                     ground="kemauan_sendiri", voluntary="yes", seen={"plate": PLATE}),
        by=cast.regu, at=cast.at,
    )  # fmt: skip
    assert ChildSighting.objects.count() == 0


def test_the_team_reads_one_sentence_and_no_pattern(cast):
    rows = three(cast)
    line = patterns_open(cast.ppa)[0]
    client = login(Client(), cast.regu)
    text = client.get(reverse("contact", args=[rows[-1].pk])).content.decode()
    assert "Jangan serahkan anak kepada orang dewasa ini sebelum Unit PPA dihubungi." in text
    assert "pola" not in text.lower()
    for address in (reverse("patterns"), reverse("pattern", args=[line.id])):
        assert client.get(address).status_code == 404
    alone = child(cast, 40)
    assert "Jangan serahkan anak" not in client.get(reverse("contact", args=[alone.pk])).content.decode()


def test_unit_ppa_answers_on_the_page(cast):
    three(cast)
    line = patterns_open(cast.ppa)[0]
    client = login(Client(), cast.ppa)
    assert str(line.id) in client.get("/").content.decode()
    page = client.get(reverse("pattern", args=[line.id]))
    assert PLATE in page.content.decode()
    form = {
        "verdict": "exploitation",
        "adult_victim": "yes",
        "words": "",
        "police_number": "LP/1",
        "seen": "1",
        "key": str(uuid7()),
    }
    refused = client.post(reverse("pattern", args=[line.id]), form)
    assert refused.status_code in {400, 422}
    assert "LP/1" in refused.content.decode()
    assert client.post(reverse("pattern", args=[line.id]), form | {"words": "Dijelaskan."}).status_code == 303
    assert patterns_open(cast.ppa) == []
