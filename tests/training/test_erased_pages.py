"""Erased people in a living instance: every page of every account still stands, and none shows who they were."""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from rangkul.audit.erasure import erase_subject
from rangkul.audit.verify import verify_log
from rangkul.cases.models import Case
from rangkul.directory.models import Member
from rangkul.people.claims import value_of
from rangkul.people.models import IdentityClaim, Person
from rangkul.training.accounts import ACCOUNTS
from rangkul.training.hands import acting_as
from rangkul.training.stories import load_training
from rangkul.vault import rotation
from rangkul.vault.sealing import CannotOpen, SubjectErased, has_key, unseal, version_now, version_of
from tests.cast import login

pytestmark = pytest.mark.slow

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
WHO = ("rini", "kabid", "dukcapil")
"""Whoever reads most of what is sealed; ``RANGKUL_EVERYBODY=1`` walks as every account."""
if os.environ.get("RANGKUL_EVERYBODY"):
    WHO = tuple(each.username for each in ACCOUNTS)
SKIPPED = ("/static/", "/keluar/")


@pytest.fixture(scope="module")
def told(once: Callable[[Callable[[], Any]], Any]) -> set[str]:
    """The training set with half of its persons erased; what was said of them under seal, or as a name."""
    return once(_with_erased)  # type: ignore[no-any-return]


def _with_erased() -> set[str]:
    load_training(at=AT, progress=lambda _words: None)
    with_case = list(Case.objects.order_by("opened_at").values_list("person_id", flat=True).distinct())
    persons = [*with_case[::2], *Person.objects.filter(cases__isnull=True).values_list("pk", flat=True)[::2]]
    said = {
        value_of(row)
        for row in IdentityClaim.objects.filter(person__in=persons, kind__in=("name", "nik", "phone"))
    }
    with transaction.atomic():
        for person_id in persons:
            erase_subject(person_id, by=None, at=AT, legal_basis="uu27-2022-ps43")
    kept = {
        value_of(row)
        for row in IdentityClaim.objects.filter(
            person__erased_at__isnull=True, kind__in=("name", "nik", "phone")
        )
    }
    return {each for each in said if each not in kept and len(each) > 7}


def _shape(path: str) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)[0-9A-Z-]{7,}(?=/)|(?<=/)\d+(?=/)", "*", path)


def _where(answer: Any) -> str:
    """The last line of ours in a fault's trace."""
    if not answer.exc_info:
        return ""
    ours = [each for each in traceback.extract_tb(answer.exc_info[2]) if "/src/rangkul/" in each.filename]
    return f"{ours[-1].filename}:{ours[-1].lineno} {answer.exc_info[1]!r}"


def _walk(client: Client, told: set[str]) -> list[str]:
    """Follow every link, at most two of one shape; return what fell or told something."""
    waiting, seen, shapes, wrong = ["/"], {"/"}, {}, []
    while waiting:
        path = waiting.pop(0)
        answer = client.get(path)
        if answer.status_code >= 500 or answer.streaming:
            wrong.append(f"{path}: {answer.status_code} {_where(answer)}")
            continue
        if "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        page = answer.content.decode()
        wrong += [f"{path} tells {each}" for each in told if each in page]
        for found in re.findall(r'href="(/[^"#]*)', page):
            link = found.replace("&amp;", "&")
            shape = _shape(link)
            if link in seen or shapes.get(shape, 0) >= 2 or link.startswith(SKIPPED):
                continue
            seen.add(link)
            shapes[shape] = shapes.get(shape, 0) + 1
            waiting.append(link)
    return wrong


def test_the_log_is_whole(told: set[str], db: None) -> None:
    assert len(told) > 5
    assert verify_log().whole


def test_every_sealed_column_is_known_and_opens_in_its_place_alone(told: set[str], db: None) -> None:
    """A value moved to another row, column or version does not open; a rotation reaches every one of them."""
    opened = moved = 0
    for site in rotation.sites():
        rows = list(
            site.model._default_manager.filter(**{f"{site.column}__isnull": False}).order_by("pk")[:60]
        )
        for row in rows:
            values = site.model._default_manager.filter(pk=row.pk).values_list(site.column, *site.paths)[0]
            opens = [_opens(subject, site.place(row.pk), values[0]) for subject in values[1:] if subject]
            if None in opens:
                continue  # erased
            assert True in opens, (site, row.pk)
            opened += 1
            for place in (site.place("0"), site.place(row.pk).replace(site.named or site.column, "other")):
                moved += 1
                assert True not in [_opens(subject, place, values[0]) for subject in values[1:] if subject], (
                    site
                )
    assert opened > 200
    assert moved == 2 * opened
    rotation.new_data_keys(AT)
    assert rotation.seal_anew().behind == 0
    for site in rotation.sites():
        for values in site.model._default_manager.filter(**{f"{site.column}__isnull": False}).values_list(
            "pk", site.column, *site.paths
        ):
            opens = [_opens(subject, site.place(values[0]), values[1]) for subject in values[2:] if subject]
            newest = {version_now(each) for each in values[2:] if each and has_key(each)}
            assert None in opens or (True in opens and version_of(bytes(values[1])) in newest), (
                site,
                values[0],
            )


def _opens(subject: Any, place: str, blob: bytes) -> bool | None:
    try:
        unseal(subject, place, blob)
    except SubjectErased:
        return None
    except CannotOpen:
        return False
    return True


@pytest.mark.parametrize("username", WHO)
def test_every_page_stands_and_tells_nothing(told: set[str], db: None, client: Client, username: str) -> None:
    client.raise_request_exception = False
    member = Member.objects.get(username=username)
    assert not _walk(login(client, acting_as(member.username)), told)
