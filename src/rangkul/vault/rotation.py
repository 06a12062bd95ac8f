"""Keys are replaced while everybody works on: a new root key wraps, a new data key seals, the old ones go an hour later.

Each step works on few rows in a transaction of its own and may be stopped and run again. What is sealed meanwhile under an
older version opens, because the ring holds both; what no process can hold in memory any more is retired.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import BinaryField, F, Model, Q

from rangkul.domain.errors import N_, Conflict
from rangkul.vault.models import SubjectKey
from rangkul.vault.root import KEY_BYTES, forget_roots, keep_root_keys, key_file, root_keys, roots
from rangkul.vault.sealing import (
    CannotOpen,
    SubjectErased,
    forget_keys,
    keys_changed,
    load_keys,
    seal,
    unseal,
    version_now,
    version_of,
)
from rangkul.vault.wrapped import open_all, wrap_all

RETIRE_AFTER: Final = timedelta(hours=1)
"""Longer than any process goes on with keys it has read, and than any act that is still being written."""
ONLY_ROOT: Final = ("instance", "member", "batch")
"""Kinds whose data key stays: keyed hashes would all change; second factors and kept uploads lie outside these tables."""
_AT_ONCE: Final = 200


class RootIsElsewhere(Conflict):
    """The environment or a service holds the root keys; a new version is made there first."""

    code = "root_is_elsewhere"
    says = N_(
        "Kunci akar tidak disimpan di berkas. Buat versi baru di {where}, jalankan ulang Rangkul, lalu ulangi perintah ini."
    )


@dataclass(frozen=True, slots=True)
class Site:
    """A column of sealed values, and the ways from its row to the subject whose key seals it; the first that opens counts.

    Args:
        named: how the column is called in the place, where that is another name.
    """

    label: str
    column: str
    paths: tuple[str, ...]
    named: str = ""

    @property
    def model(self) -> type[Model]:
        """The table."""
        return apps.get_model(self.label)

    def place(self, pk: object) -> str:
        """Where a value of this column stands."""
        return f"{self.model._meta.db_table}|{self.named or self.column}|{pk}"


@dataclass(slots=True)
class _Wired:
    sites: Sequence[Site] = ()
    files: list[Callable[[], Iterable[bool | None]]] = field(default_factory=list)


_wired = _Wired()


def ask(sites: Sequence[Site], files: Sequence[Callable[[], Iterable[bool | None]]]) -> None:
    """Set what is sealed anew when data keys change. Called once, from ``config``.

    Args:
        files: each goes over all files it knows and says of every one whether it was sealed anew; None where it does not open.
    """
    _wired.sites, _wired.files = tuple(sites), list(files)


def sites() -> Sequence[Site]:
    """Every column of sealed values."""
    return _wired.sites


# --- root keys -----------------------------------------------------------------------------------------------------


def new_root() -> int:
    """Make a new root key in the key file; return its version.

    Raises:
        RootIsElsewhere: no file holds the root keys.
    """
    if settings.KEY_SERVICE or settings.ROOT_KEY:
        raise RootIsElsewhere(where="layanan kunci" if settings.KEY_SERVICE else "RANGKUL_ROOT_KEY")
    keys = root_keys()
    version = max(keys) + 1
    keep_root_keys(keys | {version: os.urandom(KEY_BYTES)})
    return version


def wrap_anew() -> int:
    """Wrap every data key by the newest root key; return how many subjects were behind."""
    forget_roots()
    newest, done = roots().current(), 0
    while True:
        with transaction.atomic():
            behind = SubjectKey.objects.filter(wrapped__isnull=False, root_version__lt=newest)
            rows = list(behind.select_for_update().order_by("pk")[:_AT_ONCE])
            _wrap_rows(rows, {})
        done += len(rows)
        if len(rows) < _AT_ONCE:
            return done


def _wrap_rows(rows: Sequence[SubjectKey], more: dict[UUID, dict[int, bytes]]) -> None:
    """Write all keys of these rows anew, some with further versions."""
    if not rows:
        return
    held = {}
    for row, keys in zip(rows, open_all([(row.pk, bytes(row.wrapped or b"")) for row in rows]), strict=True):
        if keys is None:
            raise CannotOpen("Kunci akar tidak cocok dengan basis data ini.")
        held[row.pk] = keys | more.get(row.pk, {})
    root, made = wrap_all(held)
    for row in rows:
        row.wrapped, row.root_version = made[row.pk], root
    SubjectKey.objects.bulk_update(rows, ("wrapped", "root_version", "version", "rotated_at"))


# --- data keys -----------------------------------------------------------------------------------------------------


def new_data_keys(at: datetime) -> int:
    """Give every subject a new data key that seals from now on; the older ones still open. Returns how many got one."""
    done = 0
    while True:
        with transaction.atomic():
            due = SubjectKey.objects.filter(
                Q(rotated_at__isnull=True) | Q(rotated_at__lt=at), wrapped__isnull=False
            )
            due = due.exclude(kind__in=ONLY_ROOT)
            rows = list(due.select_for_update().order_by("pk")[:_AT_ONCE])
            more = {row.pk: {row.version + 1: os.urandom(KEY_BYTES)} for row in rows}
            for row in rows:
                row.version, row.rotated_at = row.version + 1, at
            _wrap_rows(rows, more)
        done += len(rows)
        if len(rows) < _AT_ONCE:
            keys_changed()
            return done


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many values and files were sealed anew, and how many no key of their subject opens: these keep every key."""

    done: int
    behind: int


def unlisted() -> list[str]:
    """Columns of sealed values that nobody listed: a rotation would not reach them."""
    known = {(site.label, site.column) for site in sites()}
    return [
        f"{model._meta.label}.{each.name}"
        for model in apps.get_models()
        for each in model._meta.concrete_fields
        if isinstance(each, BinaryField)
        and each.name.startswith("sealed")
        and (model._meta.label, each.name) not in known
    ]


def seal_anew() -> Sealed:
    """Seal everything that an older data key sealed under the newest of its subject."""
    forget_keys()
    answers: Counter[bool | None] = Counter()
    for site in sites():
        answers.update(_seal_site(site))
    for each in _wired.files:
        answers.update(each())
    return Sealed(answers[True], answers[None] + len(unlisted()))


def _seal_site(site: Site) -> Iterator[bool | None]:
    last = None
    names = ("pk", site.column, *site.paths)
    rows = site.model._default_manager.filter(**{f"{site.column}__isnull": False})
    rows = rows.exclude(**{site.column: b""}).order_by("pk")
    while found := list((rows if last is None else rows.filter(pk__gt=last)).values_list(*names)[:_AT_ONCE]):
        last = found[-1][0]
        load_keys(list({subject for row in found for subject in row[2:] if subject is not None}))
        for row in found:
            yield _seal_value(site, row[0], bytes(row[1]), [each for each in row[2:] if each])


def _seal_value(site: Site, pk: Any, blob: bytes, subjects: Sequence[UUID]) -> bool | None:  # noqa: ANN401 - any key
    """True when it was sealed anew, False when there was nothing to do, None when nobody's key opens it."""
    place, answer = site.place(pk), None
    for subject in subjects:
        try:
            if version_of(blob) == version_now(subject):
                answer = False
                continue
            fresh = seal(subject, place, unseal(subject, place, blob))
        except SubjectErased:
            answer = False
            continue
        except CannotOpen:
            continue
        # Whoever wrote meanwhile wrote under a newer key.
        row = site.model._default_manager.filter(pk=pk, **{site.column: blob})
        return bool(row.update(**{site.column: fresh}))
    return answer


# --- what goes -----------------------------------------------------------------------------------------------------


def retire(at: datetime) -> dict[str, int]:
    """Destroy what was replaced an hour ago or earlier and seals or wraps nothing any more; say how much, and what waits.

    While a single value does not open, no data key goes: it may be the one that is needed.
    """
    sealed = seal_anew()
    gone = 0
    stale = SubjectKey.objects.filter(
        wrapped__isnull=False, rotated_at__isnull=False, version__gt=F("retired_below")
    )
    waiting = stale.filter(rotated_at__gt=at - RETIRE_AFTER).count()
    while not sealed.behind:
        with transaction.atomic():
            due = stale.filter(rotated_at__lte=at - RETIRE_AFTER)
            rows = list(due.select_for_update().order_by("pk")[:_AT_ONCE])
            _drop_older(rows)
        gone += len(rows)
        if len(rows) < _AT_ONCE:
            break
    keys_changed()
    return {
        "sealed": sealed.done,
        "behind": sealed.behind,
        "data_retired": gone,
        "data_waiting": waiting,
        "roots_retired": _retire_roots(at),
    }


def _drop_older(rows: Sequence[SubjectKey]) -> None:
    held = {}
    for row, keys in zip(rows, open_all([(row.pk, bytes(row.wrapped or b"")) for row in rows]), strict=True):
        if keys is None:
            raise CannotOpen("Kunci akar tidak cocok dengan basis data ini.")
        held[row.pk] = {row.version: keys[row.version]}
    if rows:
        root, made = wrap_all(held)
        for row in rows:
            row.wrapped, row.root_version, row.retired_below = made[row.pk], root, row.version
        SubjectKey.objects.bulk_update(rows, ("wrapped", "root_version", "retired_below"))


def _retire_roots(at: datetime) -> int:
    """Take older root keys out of the key file, when nothing is wrapped by them and the newest is an hour old."""
    if settings.KEY_SERVICE or settings.ROOT_KEY:
        return 0
    keys = root_keys()
    newest = max(keys)
    since = datetime.fromtimestamp(key_file().stat().st_mtime, UTC)
    behind = SubjectKey.objects.filter(wrapped__isnull=False, root_version__lt=newest).exists()
    if len(keys) == 1 or behind or since > at - RETIRE_AFTER:
        return 0
    keep_root_keys({newest: keys[newest]})
    return len(keys) - 1


def listed() -> dict[str, Any]:
    """Which versions there are, and how many subjects stand with each."""
    held = SubjectKey.objects.filter(wrapped__isnull=False)
    by_root: dict[str, int] = {}
    for version in roots().versions():
        by_root[str(version)] = held.filter(root_version=version).count()
    return {
        "root": {"current": roots().current(), "wraps": by_root},
        "data": {
            "subjects": held.count(),
            "rotated": held.filter(version__gt=1).count(),
            "older_kept": held.filter(version__gt=F("retired_below")).count(),
        },
        "erased": SubjectKey.objects.filter(shredded_at__isnull=False).count(),
    }
