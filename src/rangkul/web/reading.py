"""Reading what a form brought: lenient in shape, clear in refusal. Meaning is judged below the faces."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from uuid_utils.compat import uuid7

from rangkul.domain.errors import N_, BadInput
from rangkul.domain.wib import same_minute


class NotADate(BadInput):
    """A date or moment that no calendar knows."""

    code = "not_a_date"
    says = N_("Tanggalnya belum dapat dibaca. Tulis seperti 24-11-2026 atau pilih dari kalender.")


class NotANumber(BadInput):
    """Digits were expected."""

    code = "not_a_number"
    says = N_("Tulis dengan angka, misalnya 3 atau 2,5.")


def text(data: QueryDict, name: str, most: int = 4000) -> str:
    """The typed text without NUL bytes, trimmed, at most ``most`` letters."""
    return data.get(name, "").replace("\x00", "").strip()[:most]


def prefixed(data: QueryDict, prefix: str) -> dict[str, str]:
    """The fields whose names begin with the prefix, without it; at most a hundred."""
    names = [name for name in data if name.startswith(prefix)][:100]
    return {name.removeprefix(prefix): text(data, name, 40) for name in names}


def client_key(request: HttpRequest) -> UUID | None:
    """The key made when the form was opened; None when there is none or it is no UUID."""
    return uuid_or_none(request.POST.get("client_key") or request.POST.get("key") or "")


def new_key() -> str:
    """A fresh client key for a form that is being opened."""
    return str(uuid7())


def uuid_or_none(typed: str) -> UUID | None:
    """A UUID, or None."""
    try:
        return UUID(typed)
    except ValueError:
        return None


def seen(request: HttpRequest) -> int | None:
    """The revision that the writer saw."""
    typed = request.POST.get("seen", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None  # noqa: PLR2004 - fits an int


def day(data: QueryDict, name: str, default: date | None = None) -> date | None:
    """An ISO date (as browsers send it) or day-month-year as people write it; ``default`` when empty.

    Raises:
        NotADate: neither.
    """
    typed = text(data, name, 20)
    if not typed:
        return default
    for pattern in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(typed, pattern).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
    raise NotADate(field=name)


def moment(data: QueryDict, name: str, default: datetime) -> datetime:
    """A local moment as browsers send it, in WIB; ``default`` when empty.

    Raises:
        NotADate: cannot be read.
    """
    typed = text(data, name, 32)
    if not typed:
        return default
    try:
        found = datetime.fromisoformat(typed)
        return timezone.make_aware(found) if timezone.is_naive(found) else found
    except (ValueError, OverflowError):
        raise NotADate(field=name) from None


def moment_or_now(data: QueryDict, name: str, now: datetime) -> datetime:
    """The typed minute; this minute is now, not a moment ahead or behind.

    Raises:
        NotADate: cannot be read.
    """
    typed = moment(data, name, now)
    return now if same_minute(typed, now) else typed


def number(data: QueryDict, name: str) -> Decimal:
    """A decimal with comma or point.

    Raises:
        NotANumber: empty or no number.
    """
    try:
        return Decimal(text(data, name, 20).replace(",", "."))
    except InvalidOperation:
        raise NotANumber(field=name) from None
