"""Every door has a guard; enforcement never reaches the care; signed-out people reach only public doors."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import path

from rangkul.config import checks
from rangkul.directory.city import city, permission_table
from rangkul.domain.citydata import ENFORCEMENT_NEVER
from tests.cast import CAST, Cast, login

GIVEN = {
    "uuid": "01900000-0000-7000-8000-000000000001",
    "str": "7QK-M2X-9",
    "int": "2026",
}


def addresses() -> list[tuple[str, str, bool]]:
    """(address with examples filled in, name, public) of every page door."""
    found = []
    for address, name, guard in checks.doors():
        if address.startswith(("GET", "POST")) or guard is None:
            continue
        filled = re.sub(r"<(?:(\w+):)?\w+>", lambda match: GIVEN.get(match[1] or "str", "x"), address)
        found.append((filled, name, guard.public))
    return found


def test_every_door_has_a_guard() -> None:
    assert checks.every_door_is_guarded(None) == []


def test_a_door_without_a_guard_is_named() -> None:
    def unguarded(request: object) -> None: ...

    found = [
        name
        for _a, name, guard in checks._walk([path("bocor/", unguarded, name="leak")], "/")
        if guard is None
    ]

    assert found == ["leak"]


@pytest.mark.parametrize(
    "role", [role.code for role in city().roles.values() if role.enforcement], ids=lambda role: role
)
@pytest.mark.parametrize("action", ENFORCEMENT_NEVER)
def test_enforcement_has_no_row_for_care(role: str, action: str) -> None:
    assert not permission_table().knows(role, action)


def test_signed_out_people_reach_public_doors_only(cast: Cast, client: Client) -> None:
    open_doors = set()
    for address, name, public in addresses():
        response = client.get(address)
        assert response.status_code < 500, address
        reached = response.status_code in {200, 404, 405, 410} and not response.headers.get("Location")
        if reached and not public:
            open_doors.add(name)

    assert open_doors == set()


@pytest.mark.parametrize("who", sorted(CAST))
def test_no_door_falls_over_for_any_role(cast: Cast, client: Client, who: str) -> None:
    login(client, getattr(cast, who))
    for address, name, _public in addresses():
        if name in {"sign_out"}:
            continue
        response = client.get(address)
        assert response.status_code < 500, f"{who} {address}: {response.status_code}"


CARE_PAGES = (
    "/kasus/",
    "/cari/?q=slamet",
    "/rumah-singgah/",
    "/angka/spm/",
    "/data-masuk/",
    "/kontak-masuk/",
)


@pytest.mark.parametrize("who", ["satpol_desk", "regu", "bhabin", "babinsa", "trantib"])
@pytest.mark.parametrize("page", CARE_PAGES)
def test_for_enforcement_the_care_pages_are_not_there(
    cast: Cast, client: Client, who: str, page: str
) -> None:
    login(client, getattr(cast, who))

    assert client.get(page).status_code == 404


def test_hidden_and_missing_look_the_same(cast: Cast, client: Client) -> None:
    login(client, cast.regu)

    hidden = client.get("/kasus/").content
    missing = client.get("/tidak-ada-sama-sekali/").content

    strip = re.compile(rb'value="/[^"]*"|csrfmiddlewaretoken" value="[^"]*"|\d\d\.\d\d</')
    assert strip.sub(b"", hidden) == strip.sub(b"", missing)


def test_no_two_doors_have_one_name():
    """A link made by a name that two doors share leads to whichever Django meets first."""
    names: dict[str, set[str]] = {}
    for address, name, _guard in checks.doors():
        path = address.rpartition(" ")[2]
        if name and not path.startswith("/api/"):  # the API has a namespace of its own
            names.setdefault(name, set()).add(path)
    assert {name: found for name, found in names.items() if len(found) > 1} == {}
