"""Whom a door of the API is not for is told so before their body is read: one refusal, whatever was sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

from rangkul.access.guard import Guard
from rangkul.api import doors as api_doors
from rangkul.config.checks import doors
from rangkul.directory.actions import READ, make_token
from rangkul.directory.city import permission_table
from rangkul.domain.policy import ActingMember
from tests.cast import Cast

BODIES = (b"", b"{", b"[]", b'"x"', b'{"reason": 7}', b'{"key": "bukan"}', b"\xff\xfe", b'{"a":' * 200)


def write_routes() -> Iterator[tuple[str, str, Guard]]:
    """Every operation that writes and asks who is there: method, address with gaps filled, guard."""
    for address, _name, guard in doors():
        method, _sep, path = address.partition(" ")
        if not path.startswith("/api/v1/") or method in {"GET", "HEAD"} or guard is None or not guard.actions:
            continue
        filled = re.sub(r"<uuidstr:\w+>", str(uuid7()), path)
        yield method, filled.replace("<code>", "AAA-AAA-A").replace("<int:pair_id>", "7"), guard


def one_of_each_role(cast: Cast) -> list[ActingMember]:
    """The first member of each role who can have a token."""
    found: dict[str, ActingMember] = {}
    for member in cast.members.values():
        if member.id is not None:
            found.setdefault(member.role, member)
    return list(found.values())


def answers(client: Client, method: str, address: str, token: str) -> set[tuple[int, bytes]]:
    """All answers to all bodies."""
    headers = {"Authorization": f"Bearer {token}"}
    said = [
        client.generic(method, address, body, content_type="application/json", headers=headers)
        for body in BODIES
    ]
    return {(each.status_code, each.content) for each in said}


def told_apart(members: list[ActingMember]) -> tuple[list[str], int]:
    """Doors that answer a closed role by what it sent; and how many closed doors were asked."""
    client, wrong, asked = Client(), [], 0
    routes = list(write_routes())
    for turn, member in enumerate(members):
        token, _ends = make_token(member, at=timezone.now())
        closed = [
            each
            for each in routes
            if not any(permission_table().knows(member.role, action) for action in each[2].actions)
        ]
        # A third of the closed doors, another third for each role; every door is asked by several.
        for method, address, _guard in closed[turn % 3 :: 3]:
            asked += 1
            found = answers(client, method, address, token)
            if len(found) != 1 or {status for status, _body in found} != {404}:
                wrong.append(f"{member.role} {method} {address}: {sorted(status for status, _b in found)}")
    return wrong, asked


def test_a_closed_door_answers_the_same_whatever_is_sent(cast: Cast) -> None:
    assert len(list(write_routes())) > 60
    wrong, asked = told_apart(one_of_each_role(cast))

    assert wrong == []
    assert asked > 300


def test_a_token_made_for_reading_is_refused_before_the_body_is_read(cast: Cast) -> None:
    client = Client()
    token, _ends = make_token(cast.peksos, at=timezone.now(), scope=(READ,))
    for method, address, guard in write_routes():
        if any(permission_table().knows(cast.peksos.role, action) for action in guard.actions):
            found = answers(client, method, address, token)
            assert {status for status, _body in found} == {403}, address


def test_an_open_door_still_says_what_is_wrong_with_a_body(cast: Cast) -> None:
    token, _ends = make_token(cast.peksos, at=timezone.now())
    found = answers(Client(), "POST", "/api/v1/cases/AAA-AAA-A/notes", token)

    assert 422 in {status for status, _body in found}


def test_the_proof_turns_red_when_the_guard_comes_after(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault until 1 December 2026: the body was read first."""
    monkeypatch.setattr(api_doors.Bearer, "authenticate", _without_guard(api_doors.Bearer.authenticate))

    wrong, _asked = told_apart([cast.regu])
    assert wrong


def _without_guard(plain: object) -> object:
    def authenticate(self: api_doors.Bearer, request: object, token: str) -> object:
        kept, self.guard = self.guard, None
        try:
            return plain(self, request, token)  # type: ignore[operator]
        finally:
            self.guard = kept

    return authenticate
