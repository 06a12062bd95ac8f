"""Pages of clocks, duties and notices: who finds what, and what the forms do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from rangkul.deadlines.actions import About, Start, start_clocks
from rangkul.deadlines.models import Deadline, DeadlineExtension
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from tests.cases.made import an_open_case
from tests.cast import Cast

SignedIn = Callable[[ActingMember], Client]


@pytest.fixture
def row(cast: Cast) -> Deadline:
    """A clock of the social worker that runs now."""
    case = an_open_case(cast)
    start = Start(
        code="assessment",
        about=About(kind="stay", id=case.person_id, case_id=case.pk, person_id=case.person_id),
        owner_post_id=cast.peksos.post_id,
        starts_at=timezone.now() - timedelta(hours=1),
    )
    return start_clocks([start])[0]


@pytest.mark.parametrize(
    "who", ["peksos", "kabid", "sekda", "regu", "tksk", "nakes", "ppa", "trantib", "dpo"]
)
@pytest.mark.parametrize(
    "path", ["/tenggat/", "/siapa-berbuat-apa/", "/pemberitahuan/", "/pemberitahuan/pengaturan/"]
)
def test_every_role_opens_its_pages(cast: Cast, signed_in: SignedIn, who: str, path: str) -> None:
    assert signed_in(getattr(cast, who)).get(path).status_code == 200


def test_a_pause_comes_back_with_what_was_typed_and_then_holds(
    cast: Cast, signed_in: SignedIn, row: Deadline
) -> None:
    client = signed_in(cast.peksos)
    typed = {"pause_until": "", "pause_reason": "klien_dirawat", "pause_words": "Di RSUD Tidar"}

    refused = client.post(f"/tenggat/{row.pk}/jeda/", typed)
    assert refused.status_code == 422
    assert "Di RSUD Tidar" in refused.content.decode()

    until = wib_date(timezone.now()) + timedelta(days=3)
    done = client.post(f"/tenggat/{row.pk}/jeda/", typed | {"pause_until": until.isoformat()})
    assert done.status_code == 302
    page = client.get(f"/tenggat/{row.pk}/").content.decode()
    assert "Klien dirawat di rumah sakit" in page and "Lanjutkan sekarang" in page


def test_more_time_is_asked_and_given_on_the_same_page(
    cast: Cast, signed_in: SignedIn, row: Deadline
) -> None:
    until = wib_date(row.due_at) + timedelta(days=3)
    asked = signed_in(cast.peksos).post(
        f"/tenggat/{row.pk}/perpanjang/",
        {
            "extension_until": until.isoformat(),
            "extension_reason": "tenaga_kurang",
            "extension_words": "Satu orang sakit",
        },
    )
    assert asked.status_code == 302
    waiting = DeadlineExtension.objects.get()
    head = signed_in(cast.kabid)
    assert "Satu orang sakit" in head.get(f"/tenggat/{row.pk}/").content.decode()
    assert f"/tenggat/{row.pk}/" in head.get("/").content.decode()
    given = head.post(f"/tenggat/{row.pk}/putuskan/{waiting.pk}/", {"answer": "yes", "words": ""})

    assert given.status_code == 302
    assert wib_date(Deadline.objects.get(pk=row.pk).due_at) == until


@pytest.mark.parametrize("who", ["regu", "ppa", "tksk", "peksos2"])
def test_a_clock_of_others_looks_like_none(cast: Cast, signed_in: SignedIn, row: Deadline, who: str) -> None:
    client = signed_in(getattr(cast, who))

    assert client.get(f"/tenggat/{row.pk}/").status_code == 404
    assert client.post(f"/tenggat/{row.pk}/jeda/", {}).status_code == 404


def test_the_secretary_sees_the_clock_and_not_the_person(
    cast: Cast, signed_in: SignedIn, row: Deadline
) -> None:
    page = signed_in(cast.sekda).get(f"/tenggat/{row.pk}/")

    assert page.status_code == 200
    label = an_open_case(cast, number=3).person.label
    assert label not in page.content.decode()
    assert "/kasus/" not in page.content.decode()


def test_words_for_a_group_chat_name_nobody(cast: Cast, signed_in: SignedIn) -> None:
    case = an_open_case(cast)
    client = signed_in(cast.peksos)

    made = client.post(f"/bagikan/case/{case.pk}/").content.decode()

    words = made[made.index('id="teks"') :].split("</p>")[0]
    assert "/b/" in words and case.person.label not in words and case.code not in words
    assert signed_in(cast.regu).get(f"/bagikan/case/{case.pk}/").status_code in {200, 404}
    assert signed_in(cast.regu).post(f"/bagikan/case/{case.pk}/").status_code == 404
