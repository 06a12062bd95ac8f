"""S4: a sign of violence leads the contact to Unit PPA; the team keeps its own facts, every other list has nothing."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from rangkul.deadlines.models import Deadline
from rangkul.domain.errors import NotFound
from rangkul.notices.models import Notice
from rangkul.referrals.hand_over_queries import on_contact
from rangkul.reports.contact_queries import contact_detail, contact_inbox, own_contacts
from rangkul.reports.models import Contact
from tests.cast import Cast, login
from tests.reports.test_contacts import RIGHTS, met

pytestmark = pytest.mark.django_db
ELSEWHERE = ("desk", "peksos", "kabid", "kadis", "shelter", "steward", "satpol_desk", "regu1", "bhabin", "babinsa", "trantib", "kesra", "nakes", "dpo", "sekda", "tksk", "admin", "naker")  # fmt: skip


def bruised(cast: Cast, **more: object) -> Contact:
    typed = {
        "gate": ("violence",), "decision": "unit_ppa", "ground": "korban_kekerasan", "rights": RIGHTS, "sex": "P",
        "category": "gelandangan", "seen": {"words": "memar di pipi", "name": "Sumi"},
    } | more  # fmt: skip
    return met(cast, **typed)


def test_only_unit_ppa_and_the_team_itself_know_of_it(cast):
    contact = bruised(cast)
    assert contact.restricted
    assert contact.inbox == "none"
    assert contact.category == ""
    for name in ELSEWHERE:
        member = getattr(cast, name)
        with pytest.raises(NotFound):
            contact_detail(member, contact.pk, at=cast.at)
        assert all(line.id != contact.pk for line in contact_inbox(member)), name
        assert str(contact.pk) not in login(Client(), member).get("/").content.decode(), name
    assert contact_detail(cast.ppa, contact.pk, at=cast.at).seen == {"words": "memar di pipi", "name": "Sumi"}
    assert contact_detail(cast.uptd, contact.pk, at=cast.at).gate == ("violence",)


def test_the_team_reads_its_own_facts_and_no_story(cast):
    contact = bruised(cast)
    page = contact_detail(cast.regu, contact.pk, at=cast.at)
    assert (page.gate, page.seen, page.line.label) == (None, None, "")
    assert "identify" not in page.may
    assert [line.id for line in own_contacts(cast.regu)] == [contact.pk]
    text = login(Client(), cast.regu).get(reverse("contact", args=[contact.pk])).content.decode()
    assert "memar" not in text
    assert "Sumi" not in text


def test_the_clock_of_unit_ppa_runs_and_only_its_posts_are_told(cast):
    contact = bruised(cast)
    clock = Deadline.objects.get(subject_id=contact.pk, clock="violence_response")
    assert clock.owner_post.role == "ppa_officer"
    assert not Deadline.objects.filter(subject_id=contact.pk, clock="contact_taken").exists()
    told = set(Notice.objects.filter(arg=str(contact.pk)).values_list("post__role", flat=True))
    assert told == {"ppa_officer"}


def test_who_is_asked_to_look_at_an_injury_sees_place_and_time_and_no_story(cast):
    contact = bruised(cast, gate=("violence", "injured"))
    page = contact_detail(cast.puskesmas, contact.pk, at=cast.at)
    assert (page.gate, page.seen, page.rights) == (None, None, None)


def test_whoever_brings_her_hands_over_to_unit_ppa_or_the_shelter(cast):
    contact = bruised(cast, decision="rumah_aman")
    panel = on_contact(cast.regu, contact.pk)
    assert panel is not None
    assert panel.may_offer


def test_the_page_after_saving_is_the_contact_and_asks_nobody_who_she_is(cast):
    client = login(Client(), cast.regu)
    contact = bruised(cast)
    asked = client.get(reverse("contact_who", args=[contact.pk]))
    assert (asked.status_code, asked["Location"]) == (303, reverse("contact", args=[contact.pk]))
