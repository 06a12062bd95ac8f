"""The page *Perlindungan*, restricted cases on screen, and what a look was for."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from rangkul.access.models import Exclusion
from rangkul.audit.models import Event
from rangkul.cases.actions import raise_sensitivity
from rangkul.cases.models import Case, SensitivityStep
from rangkul.domain.policy import ActingMember
from tests.access.sealed_world import a_sealed_case
from tests.cases.made import a_contact, an_open_case
from tests.cast import Cast

SignedIn = Callable[[ActingMember], Client]


def value_of(member: ActingMember) -> str:
    return f"{member.member_id}.{member.post_id}"


def test_a_restricted_case_is_opened_from_the_case_page(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast)
    client = signed_in(cast.peksos)
    assert "Perlindungan" in client.get(f"/kasus/{case.code}/").content.decode()
    form = client.get(f"/kasus/{case.code}/perlindungan/terbatas/").content.decode()
    assert cast.uptd.name in form
    assert cast.kabid.name not in form

    refused = client.post(f"/kasus/{case.code}/perlindungan/terbatas/", {"reason": "kekerasan"})
    assert refused.status_code == 422
    assert "kekerasan" in refused.content.decode()
    done = client.post(
        f"/kasus/{case.code}/perlindungan/terbatas/",
        {"reason": "kekerasan", "team": [value_of(cast.uptd), value_of(cast.peksos)]},
    )
    sealed = Case.every.get(sensitivity="sealed")

    assert done.status_code == 303
    assert done["Location"] == f"/kasus/{sealed.code}/"
    page = client.get(done["Location"]).content.decode()
    assert "Kasus terbatas" in page
    assert f"<title>{sealed.code}" in page
    assert "Teks untuk WhatsApp" not in page
    assert sealed.code in client.get("/kasus/").content.decode()
    for outsider in (cast.kabid, cast.kadis, cast.desk, cast.dpo, cast.ppa):
        other = signed_in(outsider)
        assert other.get(f"/kasus/{sealed.code}/").status_code == 404
        assert sealed.code not in other.get("/kasus/").content.decode()


def test_whoever_is_not_in_the_team_stays_on_the_ordinary_case(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast)
    done = signed_in(cast.peksos).post(
        f"/kasus/{case.code}/perlindungan/terbatas/", {"reason": "x", "team": [value_of(cast.uptd)]}
    )

    assert done["Location"] == f"/kasus/{case.code}/"


def test_a_ppa_officer_opens_one_from_a_contact(cast: Cast, signed_in: SignedIn) -> None:
    contact = a_contact(cast, None, post_id=cast.uptd.post_id, sensitivity="protected")
    client = signed_in(cast.uptd)
    assert "Buka kasus terbatas" in client.get(f"/kontak/{contact.pk}/").content.decode()

    done = client.post(
        f"/kontak/{contact.pk}/kasus-terbatas/",
        {"reason": "perdagangan orang", "team": [value_of(cast.uptd)], "name": "Kenanga"},
    )

    sealed = Case.every.get(sensitivity="sealed")
    assert done["Location"] == f"/kasus/{sealed.code}/"
    person = client.get(f"/orang/{sealed.person.code}/")
    assert person.status_code == 200
    assert "Kenanga" in person.content.decode()
    assert signed_in(cast.peksos).get(f"/kontak/{contact.pk}/kasus-terbatas/").status_code == 404


def test_readers_and_exclusions_are_kept_on_the_page(cast: Cast, signed_in: SignedIn) -> None:
    sealed = a_sealed_case(cast, an_open_case(cast))
    client = signed_in(cast.uptd)
    here = f"/kasus/{sealed.code}/perlindungan/"

    client.post(f"{here}tim/", {"team": value_of(cast.peksos), "reason": "mendampingi"})
    client.post(f"{here}kecuali/", {"whom": "agency:satpolpp", "reason": "keluarga terlapor"})
    page = client.get(here).content.decode()
    assert cast.peksos.name in page
    assert "keluarga terlapor" in page
    assert signed_in(cast.peksos).get(here).status_code == 200
    row = Exclusion.objects.get(until=None)
    client = signed_in(cast.uptd)
    assert client.post(f"{here}kecuali/{row.pk}/", {"reason": "keliru"}).status_code == 303
    assert not Exclusion.objects.filter(until=None).exists()
    assert signed_in(cast.kabid).get(here).status_code == 404


def test_lowering_takes_two_on_the_page(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast)
    raise_sensitivity(case.pk, "diancam", by=cast.peksos, at=cast.at)
    here = f"/kasus/{case.code}/perlindungan/"

    signed_in(cast.peksos).post(f"{here}turunkan/", {"reason": "sudah aman"})
    step = SensitivityStep.objects.get(outcome="waiting")
    assert signed_in(cast.peksos).get(f"{here}turunkan/{step.pk}/").status_code == 404
    done = signed_in(cast.kabid).post(f"{here}turunkan/{step.pk}/", {"answer": "yes", "reason": "setuju"})

    assert done.status_code == 303
    case.refresh_from_db()
    assert case.sensitivity == "ordinary"


def test_every_look_says_what_it_was_for(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast)
    raise_sensitivity(case.pk, "diancam", by=cast.peksos, at=cast.at)
    looks = Event.objects.filter(action="case.looked").order_by("-id")

    signed_in(cast.peksos).get(f"/kasus/{case.code}/?bagian=asesmen")
    assert looks[0].purpose == "layanan"
    client = signed_in(cast.kabid)
    assert "penyeliaan" in client.get(f"/kasus/{case.code}/").content.decode()
    client.get(f"/kasus/{case.code}/?bagian=asesmen")
    assert looks[0].purpose == "supervisi"
    client.post(f"/kasus/{case.code}/perlindungan/maksud/", {"purpose": "hak-subjek", "part": "asesmen"})
    client.get(f"/kasus/{case.code}/?bagian=asesmen")
    assert looks[0].purpose == "hak-subjek"
    client.post(f"/kasus/{case.code}/perlindungan/maksud/", {"purpose": "iseng", "part": "asesmen"})
    client.get(f"/kasus/{case.code}/?bagian=asesmen")
    assert looks[0].purpose == "hak-subjek"
    assert not Event.objects.filter(
        sensitivity__in=("protected", "sealed"), purpose="", actor_pid__isnull=False
    )
