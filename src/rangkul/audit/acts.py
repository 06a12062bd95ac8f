"""One act: one transaction, one client key, one answer (design §3).

Every action is wrapped in ``@act``. With a client key, the same key and the same content again gives the first
answer; the same key with other content is refused. The key's row is written first, so that of two presses at once
the second waits for the first and then gets its answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.apps import apps
from django.db import OperationalError, connection, models, transaction

from rangkul.audit.models import Receipt
from rangkul.domain.errors import N_, Busy, Conflict
from rangkul.domain.policy import ActingMember
from rangkul.vault.rows import add_if_new

Result = TypeVar("Result")


class KeyUsedForOther(Conflict):
    """The client key was used before with other content."""

    code = "key_used_for_other"
    says = N_("Formulir ini sudah pernah dikirim dengan isi lain. Muat ulang halaman, lalu kirim lagi.")


def _plain(value: Any) -> Any:  # noqa: ANN401, C901, PLR0911 - one branch per kind of value
    if isinstance(value, models.Model):
        return f"{value._meta.label}:{value.pk}"
    if isinstance(value, ActingMember):
        return str(value.id)
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(str(_plain(each)) for each in value)
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    if isinstance(value, (UUID, date, datetime, Decimal)):
        return str(value)
    return value


def content_hash(content: object) -> bytes:
    """SHA-256 over a canonical form of an action's arguments; rows count by their key, bytes by their digest."""
    text = json.dumps(_plain(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).digest()


def _note(result: object) -> dict[str, Any]:
    if isinstance(result, models.Model):
        return {"model": result._meta.label, "pk": str(result.pk)}
    if isinstance(result, list):
        return {"list": [_note(each) for each in result]}
    return {"value": result}


def _recall(answer: dict[str, Any]) -> Any:  # noqa: ANN401 - what the action returned
    if "model" in answer:
        return apps.get_model(answer["model"])._base_manager.get(pk=answer["pk"])
    if "list" in answer:
        return [_recall(each) for each in answer["list"]]
    return answer["value"]


@contextmanager
def _turn() -> Iterator[None]:
    """A write whose turn does not come in time is a refusal that may be sent again, not a fault."""
    try:
        yield
    except OperationalError as fault:
        if "database is locked" not in str(fault):
            raise
        raise Busy(seconds=5) from fault


def act(name: str) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Make a function one act.

    The function takes keyword-only ``by`` (member, or None for the public); callers may add ``key`` (UUID or None).
    It returns a model instance, a list of them, or a JSON value.
    """

    def wrap(function: Callable[..., Result]) -> Callable[..., Result]:
        @wraps(function)
        def inner(*args: Any, key: UUID | None = None, **kwargs: Any) -> Any:  # noqa: ANN401
            with _turn(), transaction.atomic():
                if key is None:
                    return function(*args, **kwargs)
                by: ActingMember | None = kwargs.get("by")
                said = content_hash([name, args, {k: v for k, v in kwargs.items() if k != "at"}])
                earlier = _claim(key, name, said, by)
                if earlier is not None:
                    if bytes(earlier.content_hash) != said or earlier.action != name:
                        raise KeyUsedForOther
                    return _recall(earlier.answer)
                result = function(*args, **kwargs)
                _answer(key, _note(result))
                return result

        inner.act_name = name  # type: ignore[attr-defined]
        return inner

    return wrap


def _claim(key: UUID, name: str, said: bytes, by: ActingMember | None) -> Receipt | None:
    """Take the key, or return the receipt of whoever took it before, or while we waited."""
    row = Receipt(key=key, member_id=by.id if by else None, action=name, content_hash=said, answer={})
    return None if add_if_new(row) else Receipt.objects.get(pk=key)


def _answer(key: UUID, answer: dict[str, Any]) -> None:
    """Write the answer beside the key; its JSON is no value that a kept question could take."""
    meta = Receipt._meta
    said = meta.get_field("answer").get_db_prep_save(answer, connection)
    row = meta.get_field("key").get_db_prep_save(key, connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_receipt SET answer = %s WHERE key = %s", [said, row])
