"""What was typed, checked before it is written: words, dates, choices."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime

from rangkul.cases.refusals import (
    ChoiceUnknown,
    DateBeforeBirth,
    DateInFuture,
    DateInPast,
    UnreadableSign,
    WordsMissing,
    WordsTooLong,
)
from rangkul.domain.wib import wib_date
from rangkul.people.models import Person

LONG = 20_000
SHORT = 300
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def said_day(day: date) -> str:
    """A day inside a refusal, read alike in both languages."""
    return f"{day:%d-%m-%Y}"


def words_of(text: str, field: str, *, most: int = LONG, needed: bool = True) -> str:
    """The words without outer space.

    Raises:
        UnreadableSign, WordsTooLong, WordsMissing: as they say, at ``field``.
    """
    if _CONTROL.search(text):
        raise UnreadableSign(field=field)
    words = text.strip()
    if len(words) > most:
        raise WordsTooLong(field=field, most=most)
    if needed and not words:
        raise WordsMissing(field=field)
    return words


def choice_of(code: str, field: str, known: Collection[str]) -> str:
    """The code, when it is one of those offered."""
    if code not in known:
        raise ChoiceUnknown(field=field)
    return code


def past_day(day: date, at: datetime, field: str, person: Person | None = None) -> date:
    """A day on which something happened: not ahead, and not before the person can have been born."""
    today = wib_date(at)
    if day > today:
        raise DateInFuture(field=field, written=said_day(day), today=said_day(today))
    if person is not None and person.born_from and day < person.born_from:
        raise DateBeforeBirth(field=field, written=said_day(day), born=said_day(person.born_from))
    return day


def coming_day(day: date, at: datetime, field: str) -> date:
    """A day on which something is planned: today or later."""
    today = wib_date(at)
    if day < today:
        raise DateInPast(field=field, written=said_day(day), today=said_day(today))
    return day
