"""The trail: a head of agency reads what the own agency did, the data-protection officer all."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from rangkul.audit.pages import Sought, trail
from tests.cases.made import an_open_case
from tests.cast import Cast, login
from tests.outside.test_outside import told


def test_a_head_reads_no_other_agency(cast: Cast, client: Client) -> None:
    told(cast, an_open_case(cast), "police.dv_known")
    trail(cast.dpo)  # an event of another agency than Dinsos

    login(client, cast.dpo)
    assert {line.agency for line in trail(cast.dpo).lines} > {"dinsos"}
    assert cast.dpo.agency.encode() in client.get(reverse("audit")).content

    login(client, cast.kadis)
    assert {line.agency for line in trail(cast.kadis, Sought(agency="dinsos")).lines} == {"dinsos"}
    shown = client.get(reverse("audit")).content.decode()
    assert "dinsos." in shown
    assert f"{cast.dpo.agency}." not in shown
