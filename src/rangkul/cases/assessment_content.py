"""What an assessment form holds: kept as typed in a draft, read strictly when it is finished (practice F14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from rangkul.cases.refusals import (
    AssessmentNotFinished,
    DateMissing,
    RatingNotComplete,
    SpmTypesMissing,
)
from rangkul.cases.typed import LONG, words_of
from rangkul.directory.city import city
from rangkul.domain.assessment import ItemsMissing, ItemUnknown, check_types, open_domains, suggested_lines
from rangkul.domain.citydata_rows import SPM_TYPES
from rangkul.domain.errors import Refusal
from rangkul.domain.functioning import RatingIncomplete, check_rating
from rangkul.domain.spm import NO_TYPE
from rangkul.domain.washington import is_disabled

EXAMPLE_DAY = "24-11-2026"
WISH = "client_wish"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentInput:
    """Everything typed into the form, as typed. ``types`` are SPM types or ``none``; ``items`` the keys of each."""

    assessed_on: str = ""
    sections: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    washington: Mapping[str, str] = field(default_factory=dict)
    types: tuple[str, ...] = ()
    items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rating: Mapping[str, str] = field(default_factory=dict)
    rating_note: str = ""

    @property
    def wish(self) -> str:
        """The client's wish, in the section of that name."""
        return self.sections.get(WISH, "").strip()

    def plain(self) -> dict[str, Any]:
        """As JSON, to be sealed."""
        return asdict(self)


def from_plain(content: Mapping[str, Any] | None) -> AssessmentInput:
    """Read back what ``plain`` made."""
    if not content:
        return AssessmentInput()
    kept = {key: content[key] for key in AssessmentInput.__dataclass_fields__ if key in content}
    for name in ("flags", "types"):
        kept[name] = tuple(kept.get(name, ()))
    kept["items"] = {key: tuple(value) for key, value in kept.get("items", {}).items()}
    return AssessmentInput(**kept)


def check_draft(content: AssessmentInput) -> AssessmentInput:
    """A draft keeps what was typed; only what no column can hold is refused. Codes that nobody offered are dropped."""
    for code, text in content.sections.items():
        words_of(text, f"section_{code}", most=LONG, needed=False)
    words_of(content.rating_note, "rating_note", most=LONG, needed=False)
    words_of(content.assessed_on, "assessed_on", most=40, needed=False)
    known_types = (*SPM_TYPES, NO_TYPE)
    return AssessmentInput(
        assessed_on=content.assessed_on,
        sections={code: content.sections[code] for code in city().assessment if content.sections.get(code)},
        flags=_known(content.flags, city().need_flags),
        washington=_answers(content.washington),
        types=_known(content.types, known_types),
        items={
            spm_type: _known(content.items.get(spm_type, ()), city().services)
            for spm_type in SPM_TYPES
            if content.items.get(spm_type)
        },
        rating={
            row.code: str(content.rating[row.code])[:4]
            for row in city().functioning
            if content.rating.get(row.code)
        },
        rating_note=content.rating_note,
    )


def _known(codes: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    offered = set(known)
    return tuple(dict.fromkeys(code for code in codes if code in offered))


def _answers(answers: Mapping[str, str]) -> dict[str, str]:
    offered = {row.code for row in city().washington_answers}
    return {row.code: answers[row.code] for row in city().washington if answers.get(row.code) in offered}


def check_domains(content: AssessmentInput) -> None:
    """All domains are spoken of.

    Raises:
        AssessmentNotFinished: names those that are empty.
    """
    asked = [row.code for row in city().assessment.values() if row.domain]
    empty = open_domains(content.sections, asked)
    if empty:
        raise AssessmentNotFinished(
            field=f"section_{empty[0]}",
            labels=", ".join(city().assessment[code].label for code in empty),
            missing=list(empty),
        )


def needs_of(types: Iterable[str], items: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """SPM type -> its items, sorted; ``none`` alone has no items.

    Raises:
        SpmTypesMissing: nothing was chosen, not even ``none``.
        TypeUnknown, TypesContradict, ItemsMissing, ItemUnknown: see ``domain.assessment.check_types``.
    """
    named = {each: tuple(sorted(set(items.get(each, ())))) for each in dict.fromkeys(types)}
    if not named:
        raise SpmTypesMissing(field="types")
    try:
        check_types(named, _spm_items())
    except (ItemsMissing, ItemUnknown) as refusal:
        empty = next((each for each, needed in named.items() if not needed and each != NO_TYPE), "")
        refusal.field = f"items_{refusal.facts.get('spm_type') or empty or next(iter(named))}"
        raise
    except Refusal as refusal:
        refusal.field = "types"
        raise
    return named


def _spm_items() -> dict[str, tuple[str, ...]]:
    return {row.code: row.spm for row in city().spm_items}


def items_outside(needs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Items that their type's list does not name: a warning, not a refusal (design §3.4)."""
    stated = {each: tuple(items) for each, items in needs.items()}
    return tuple(dict.fromkeys(item for _, item in check_types(stated, _spm_items()))) if stated else ()


def rating_of(typed: Mapping[str, str], *, needed: bool) -> dict[str, int] | None:
    """The five ratings, or None when none was given and none is needed.

    Raises:
        RatingNotComplete: some are missing, or not 0 to 4.
    """
    given = {code: value.strip() for code, value in typed.items() if value.strip()}
    if not given and not needed:
        return None
    numbers = {code: int(value) for code, value in given.items() if value.isascii() and value.isdigit()}
    try:
        return check_rating(numbers, [row.code for row in city().functioning])
    except RatingIncomplete:
        raise RatingNotComplete(field="rating") from None


def read_day(typed: str, name: str) -> date:
    """A day typed in ISO form, or as people write it: day, month, year.

    Raises:
        DateMissing: empty, or no such day.
    """
    for pattern in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"):
        try:
            return datetime.strptime(typed.strip(), pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise DateMissing(field=name, example=EXAMPLE_DAY)


def marks_disability(answers: Mapping[str, str]) -> bool | None:
    """Washington Group Short Set: True, False, or None while it is not known (``domain.washington``)."""
    values = {row.code: row.value for row in city().washington_answers}
    return is_disabled({question: values[answer] for question, answer in answers.items() if answer in values})


def suggested_items(flags: Iterable[str], planned: Iterable[str] = ()) -> dict[str, str]:
    """Service item -> the flag that suggests it; the officer confirms each as a plan line."""
    lines = suggested_lines(flags, city().need_flags, tuple(planned))
    return {line.item: line.because[0] for line in lines}
