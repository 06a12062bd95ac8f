"""What a response shows of sealed values, and what stood in the trail before its first byte.

Every sealed value that is opened while a request runs is remembered with the place it stands in (``table|column|row``) and
the subject whose key sealed it. A value is its own canary: when its words are in the bytes of the response, somebody was
shown it. No list of fields is needed, and a column added tomorrow is watched as well.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.client import ClientHandler
from uuid_utils.compat import uuid7

from rangkul.audit.models import Event, EventDetail
from rangkul.domain.nik import masked
from rangkul.domain.policy import ActingMember
from rangkul.vault import sealing
from rangkul.vault.sealing import forget_keys, pseudonyms

SHORTEST = 7
"""Shorter words may stand on any page; codes of lists are words without digit and space."""


@dataclass(frozen=True)
class Opened:
    """A sealed value that was opened: where it stands, whose it is, its words."""

    table: str
    column: str
    row: str
    subject: UUID
    words: tuple[str, ...]
    raw: bytes

    def shown_in(self, body: bytes) -> str:
        """The first of its words that is in these bytes, or empty."""
        if len(self.raw) > 40 and self.raw[:40] in body:  # noqa: PLR2004 - a file is known by its beginning
            return "<file>"
        return next((each for each in self.words if any(form in body for form in forms(each))), "")


def forms(word: str) -> set[bytes]:
    """A word as pages and JSON write it."""
    found = {word, html.escape(word), json.dumps(word)[1:-1]}
    if word.isdigit():
        found |= {
            masked(word),
            *(sep.join(word[at : at + 4] for at in range(0, len(word), 4)) for sep in " -"),
        }
    return {each.encode() for each in found}


def leaves(plain: bytes) -> tuple[str, ...]:
    """Every word inside a value that could not stand on a page by chance."""
    try:
        text = plain.decode()
    except UnicodeDecodeError:
        return ()
    try:
        value: Any = json.loads(text)
    except ValueError:
        value = text
    told = (each for each in _strings(value) if len(each) >= SHORTEST and re.search(r"[\d ]", each))
    return tuple(each for each in told if not re.match(r"\d{4}-\d\d-\d\d", each))


def _strings(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, str):
        yield value


class _Cipher:
    """Stands where ``AESGCM`` stood: that class is not made to be inherited from."""

    def __init__(self, key: bytes) -> None:
        self._plain = AESGCM(key)

    def encrypt(self, nonce: bytes, data: bytes, aad: bytes | None) -> bytes:
        return self._plain.encrypt(nonce, data, aad)

    def decrypt(self, nonce: bytes, data: bytes, aad: bytes | None) -> bytes:
        plain = self._plain.decrypt(nonce, data, aad)
        note(plain, (aad or b"").decode())
        return plain


_OPENED: list[Opened] = []


def note(plain: bytes, place: str) -> None:
    """Remember what was opened."""
    parts = place.split("|")
    if parts[-1].isdigit():
        parts.pop()
    if len(parts) < 4:  # noqa: PLR2004 - table, column, row, subject
        return
    _OPENED.append(Opened(parts[0], parts[1], parts[2], UUID(parts[-1]), leaves(plain), plain))


@dataclass
class Look:
    """What stood in the trail of the asking member when the first byte could leave."""

    objects: set[UUID] = field(default_factory=set)
    subjects: set[UUID] = field(default_factory=set)
    actions: set[str] = field(default_factory=set)


@dataclass
class Shown:
    """One response: what it showed, and the looks before it."""

    address: str
    status: int
    body: bytes
    opened: list[Opened]
    before: Look
    committed: bool
    kind: str

    def without_look(self) -> list[Opened]:
        """Sealed values that stand in the bytes and in no look that came before them."""
        shown = [each for each in self.opened if each.shown_in(self.body)]
        subjects = {each.subject for each in shown}
        names = pseudonyms(list(subjects))
        return [each for each in shown if not self._looked(each, names[each.subject])]

    def _looked(self, value: Opened, name: UUID) -> bool:
        named = {name, value.subject, *above(value)}
        return bool(named & self.before.objects) or value.subject in self.before.subjects


def above(value: Opened) -> set[UUID]:
    """The row that the value stands in, and the rows that it hangs on: the referral of a result, the case of a note."""
    try:
        row_id = UUID(value.row)
    except ValueError:
        return set()
    model = next((each for each in apps.get_models() if each._meta.db_table == value.table), None)
    if model is None:
        return {row_id}
    ways = [each.attname for each in model._meta.concrete_fields if each.is_relation]
    found = model._base_manager.filter(pk=row_id).values_list(*ways) if ways else []
    return {row_id, *(each for row in found for each in row if isinstance(each, UUID))}


class _Handler(ClientHandler):
    """Takes the state of the trail at the moment at which a server would send the first byte."""

    watch: Watch

    def get_response(self, request: Any) -> HttpResponseBase:  # type: ignore[override]
        """The answer; what the trail says now is kept beside it."""
        response = super().get_response(request)
        self.watch.first_byte()
        return response


class Watch:
    """A client of one member whose every answer is looked at."""

    def __init__(self, client: Client, member: ActingMember) -> None:
        self.client, self.member = client, member
        handler = _Handler(enforce_csrf_checks=False)
        handler.watch = self
        client.handler = handler
        self._since, self._depth = uuid7(), 0
        self._before, self._committed = Look(), True

    def first_byte(self) -> None:
        """Keep what stands in the trail now, and whether it is more than a promise of an open transaction."""
        rows = list(
            Event.objects.filter(actor_pid=self.member.pid, id__gt=self._since, decision="allow").values_list(
                "pk", "object_pid", "action"
            )
        )
        details = EventDetail.objects.filter(event_id__in=[pk for pk, _o, _a in rows])
        self._before = Look(
            {each for _pk, each, _action in rows if each},
            set(details.values_list("subject_id", flat=True)),
            {action for _pk, _o, action in rows},
        )
        self._committed = len(connection.savepoint_ids) == self._depth

    def get(self, address: str, **more: Any) -> Shown:
        """Ask for an address."""
        _OPENED.clear()
        self._since, self._depth = uuid7(), len(connection.savepoint_ids)
        self._before, self._committed = Look(), True
        answer: Any = self.client.get(address, **more)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        kind = answer.headers.get("Content-Type", "")
        return Shown(address, answer.status_code, body, list(_OPENED), self._before, self._committed, kind)


@contextmanager
def watching() -> Iterator[None]:
    """Every sealed value that is opened inside is noted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "AESGCM", _Cipher)
        forget_keys()
        try:
            yield
        finally:
            forget_keys()
            _OPENED.clear()
