"""Erasure: shown before it is done, two people, nothing of the person in any column or on the disk; figures and trail stand."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from rangkul.audit.models import Event
from rangkul.audit.verify import verify_log
from rangkul.cases.models import Case
from rangkul.cases.sealing_actions import open_sealed_case
from rangkul.deadlines.models import Deadline
from rangkul.domain.errors import NotAllowed, NotFound
from rangkul.domain.rights import SecondPersonNeeded, StepNotNow, WordsMissing
from rangkul.domain.wib import wib_date
from rangkul.files.disk import path_of
from rangkul.files.models import StoredFile
from rangkul.indicators.counting import spm_figure
from rangkul.people.actions import add_claims, attach
from rangkul.people.models import Person
from rangkul.people.typed import NewClaim
from rangkul.rights.carrying import carry_out_restriction
from rangkul.rights.erasing import (
    STAYS,
    confirm_erasure,
    erasures_beside,
    prepare_erasure,
    preview,
    send_back,
)
from rangkul.rights.holds import end_hold, set_hold
from rangkul.rights.models import PrivacyRequest
from rangkul.rights.queries import waiting_for
from rangkul.rights.refusals import CaseStillOpen, ErasureHeld, PreviewNeeded
from rangkul.vault.sealing import has_key
from tests.access.sealed_world import reader
from tests.cases import made
from tests.cast import Cast, login
from tests.rights.made import granted

CANARY = "KANARIHAPUS"


def picture() -> bytes:
    from io import BytesIO

    out = BytesIO()
    Image.new("RGB", (40, 40), "red").save(out, "JPEG")
    return out.getvalue()


def somebody(cast: Cast) -> Person:
    """Somebody with a name, a photo, a whole case that is closed, and a canary in every plain column of words."""
    case = made.brought_to(cast, "intervensi")
    person = case.person
    add_claims(
        person.pk,
        [
            NewClaim(kind="name", value=f"{CANARY} Wahyuni"),
            NewClaim(kind="domicile", value=f"Jl. {CANARY}"),
            NewClaim(kind="mark", value=CANARY),
        ],
        by=cast.peksos,
        at=cast.at,
    )
    attach(person.pk, picture(), "photo", by=cast.peksos, at=cast.at)
    Case.objects.filter(pk=case.pk).update(
        closed_at=cast.later(hours=1), closing_reason="selesai", holder=None, held_since=None
    )
    return Person.objects.get(pk=person.pk)


def prepare(cast: Cast, row: PrivacyRequest, hours: int = 3) -> PrivacyRequest:
    """Put before a second person, after a look at what goes."""
    return prepare_erasure(row.pk, preview(row.pk, by=cast.dpo).mark, by=cast.dpo, at=cast.later(hours=hours))


def prepared(cast: Cast, person: Person) -> PrivacyRequest:
    return prepare(cast, granted(cast, "erasure", person))


def confirm(cast: Cast, row: PrivacyRequest, hours: int = 4) -> PrivacyRequest:
    """The head of agency lets go, after a look of his own."""
    mark = preview(row.pk, by=cast.kadis).mark
    return confirm_erasure(row.pk, mark, by=cast.kadis, at=cast.later(hours=hours))


def everywhere() -> list[str]:
    """Every column of every row of ours in which the canary stands."""
    found = []
    for model in apps.get_models():
        if model.__module__.startswith("rangkul."):
            for row in model._base_manager.values():
                found += [
                    f"{model._meta.db_table}.{name}" for name, value in row.items() if CANARY in str(value)
                ]
    return sorted(set(found))


def test_the_preview_says_what_goes_and_what_stays(cast: Cast) -> None:
    person = somebody(cast)
    row = granted(cast, "erasure", person)

    shown = preview(row.pk, by=cast.dpo)

    fates = {each.code: each.stays for each in shown.fates}
    assert fates["identity"] is False
    assert fates["assessment"] is False
    assert fates["services" if "services" in fates else "case"] is True
    assert (shown.files, shown.held, shown.open_case) == (1, False, False)
    assert everywhere() != []


def test_nothing_of_the_person_stays_in_any_column_or_on_the_disk(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    person = somebody(cast)
    files = list(StoredFile.objects.filter(subject_id=person.pk).values_list("pk", flat=True))
    assert all(path_of(each).exists() for each in files)
    row = prepared(cast, person)

    with django_capture_on_commit_callbacks(execute=True):
        confirm(cast, row, 4)

    assert everywhere() == []
    assert not any(path_of(each).exists() for each in files)
    person.refresh_from_db()
    assert person.label == "dihapus"


def test_figures_and_trail_stand(cast: Cast) -> None:
    person = somebody(cast)
    before = spm_figure(2026, wib_date(cast.at))
    row = prepared(cast, person)

    confirm(cast, row, 4)

    assert spm_figure(2026, wib_date(cast.at)) == before
    assert verify_log([]).whole
    assert Event.objects.filter(action="subject.erased").count() == 1
    assert Deadline.objects.get(subject_id=row.pk).met_at == cast.later(hours=4)


def test_the_pages_say_dihapus(cast: Cast, client: Client) -> None:
    person = somebody(cast)
    case = person.cases.get()
    row = prepared(cast, person)
    confirm(cast, row, 4)
    login(client, cast.peksos)

    for page in (f"/orang/{person.code}/", f"/kasus/{case.code}/", f"/kasus/{case.code}/?bagian=riwayat"):
        answer = client.get(page)
        assert answer.status_code in {200, 302}, page
        assert CANARY not in answer.content.decode()
    login(client, cast.dpo)
    assert client.get(f"/hak/{row.pk}/").status_code == 200
    assert client.get(f"/hak/{row.pk}/jawaban/").status_code == 200


def test_one_member_alone_erases_nothing(cast: Cast) -> None:
    person = somebody(cast)
    row = prepared(cast, person)

    with pytest.raises(NotAllowed):
        confirm_erasure(row.pk, "", by=cast.dpo, at=cast.later(hours=4))
    PrivacyRequest.objects.filter(pk=row.pk).update(decider_id=cast.kadis.id)
    with pytest.raises(SecondPersonNeeded):
        confirm(cast, row, 4)
    with pytest.raises(IntegrityError), transaction.atomic():
        PrivacyRequest.objects.filter(pk=row.pk).update(state="done", second_id=cast.kadis.id)
    assert everywhere() != []


def test_what_waits_is_on_the_second_persons_list_and_can_be_sent_back(cast: Cast) -> None:
    row = prepared(cast, somebody(cast))
    assert [each.step for each in waiting_for(cast.kadis)] == ["confirm"]
    with pytest.raises(WordsMissing):
        send_back(row.pk, " ", by=cast.kadis, at=cast.later(hours=4))

    send_back(row.pk, "Periksa perkara dahulu", by=cast.kadis, at=cast.later(hours=4))

    assert [each.step for each in waiting_for(cast.dpo)] == ["carry_out"]
    with pytest.raises((NotFound, StepNotNow)):
        confirm(cast, row, 5)


def test_a_hold_stops_it_at_both_steps_until_it_ends(cast: Cast) -> None:
    person = somebody(cast)
    row = granted(cast, "erasure", person)
    hold = set_hold(person.code, "KUHAP", "Perkara berjalan", by=cast.dpo, at=cast.later(hours=2))
    with pytest.raises(ErasureHeld):
        prepare(cast, row, 3)
    end_hold(hold.pk, by=cast.dpo, at=cast.later(hours=4))
    prepare(cast, row, 5)
    set_hold(person.code, "KUHAP", "Perkara kedua", by=cast.dpo, at=cast.later(hours=6))

    with pytest.raises(ErasureHeld):
        confirm(cast, row, 7)
    assert everywhere() != []


def test_somebody_who_is_being_helped_is_not_erased(cast: Cast) -> None:
    case = made.an_open_case(cast)
    row = granted(cast, "erasure", case.person)

    with pytest.raises(CaseStillOpen):
        prepare(cast, row, 3)


def test_a_sealed_case_beside_tells_nothing_and_loses_nothing(cast: Cast) -> None:
    """The officer and the second person read the same with and without it; its record and its words stay."""
    ordinary = made.an_open_case(cast)
    person = ordinary.person
    row = granted(cast, "erasure", person)
    alone = preview(row.pk, by=cast.dpo)
    case = open_sealed_case(
        ordinary.pk, [reader(cast.uptd), reader(cast.peksos)], "Ancaman.", by=cast.peksos, at=cast.at
    )
    assert preview(row.pk, by=cast.dpo) == alone
    Case.objects.filter(pk=ordinary.pk).update(
        closed_at=cast.later(hours=1), closing_reason="selesai", holder=None, held_since=None
    )
    prepare(cast, row)

    assert [each.code for each in erasures_beside(cast.uptd)] == [case.code]
    assert erasures_beside(cast.kabid) == []
    confirm(cast, row)

    hidden = Person.every.get(pk=case.person_id)
    assert hidden.erased_at is None
    assert has_key(hidden.pk)
    assert not has_key(person.pk)
    assert erasures_beside(cast.uptd) == []


def test_nothing_goes_that_was_not_seen_to_go(cast: Cast) -> None:
    """What came after the look is looked at before it is destroyed; at both steps."""
    person = somebody(cast)
    row = granted(cast, "erasure", person)
    seen = preview(row.pk, by=cast.dpo).mark
    for blind in ("", "0" * 16):
        with pytest.raises(PreviewNeeded):
            prepare_erasure(row.pk, blind, by=cast.dpo, at=cast.later(hours=3))
    attach(person.pk, picture(), "photo", by=cast.peksos, at=cast.later(hours=2))
    with pytest.raises(PreviewNeeded):
        prepare_erasure(row.pk, seen, by=cast.dpo, at=cast.later(hours=3))
    prepare(cast, row)
    seen = preview(row.pk, by=cast.kadis).mark
    add_claims(person.pk, [NewClaim(kind="mark", value="tato")], by=cast.peksos, at=cast.later(hours=3))

    with pytest.raises(PreviewNeeded):
        confirm_erasure(row.pk, seen, by=cast.kadis, at=cast.later(hours=4))
    assert everywhere() != []


def test_on_the_page_two_people_erase_after_a_look(cast: Cast, client: Client) -> None:
    person = somebody(cast)
    row = granted(cast, "erasure", person)
    page = f"/hak/{row.pk}/"
    login(client, cast.dpo)
    mark = preview(row.pk, by=cast.dpo).mark
    assert f'name="previewed" value="{mark}"' in client.get(page).content.decode()
    step = {"kind": "erasure", "previewed": mark, "seen": 2}
    assert client.post(f"{page}jalankan/", {**step, "previewed": "x"}).status_code == 409
    assert client.post(f"{page}jalankan/", step).status_code == 302
    assert client.post(f"{page}orang-kedua/", {"do": "confirm", "previewed": mark}).status_code == 404

    login(client, cast.kadis)
    assert "Setujui dan hapus sekarang" in client.get(page).content.decode()
    assert client.post(f"{page}orang-kedua/", {"do": "confirm"}).status_code == 409
    assert everywhere() != []
    mark = preview(row.pk, by=cast.kadis).mark
    assert client.post(f"{page}orang-kedua/", {"do": "confirm", "previewed": mark}).status_code == 302
    assert everywhere() == []


def test_every_class_that_stays_says_so_in_the_table() -> None:
    from rangkul.directory.city import city

    assert set(STAYS) <= set(city().data_classes)


def test_a_restriction_of_somebody_erased_changes_nothing(cast: Cast) -> None:
    person = somebody(cast)
    row = prepared(cast, person)
    confirm(cast, row, 4)
    again = granted(cast, "restriction", person)

    carry_out_restriction(again.pk, by=cast.dpo, at=cast.later(hours=6))

    assert everywhere() == []
