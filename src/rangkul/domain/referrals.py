"""Whether somebody may be referred to an institution, what it may see, and what the figures of referrals are.

Pure: facts in, answers out. What an institution asks and what its kind may see is city data; this module holds the rules
no table can change: an unknown fact is not a met one, nobody lucid is sent to a mental hospital on a label alone, an
answered referral is not answered again, and a refusal sends nothing anywhere: the sender decides.

Sources: practice.md F13, F24, F25, S6, S7, K13, K25.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Final, Literal, Protocol, TypeAlias

from rangkul.domain.age import AgeRange
from rangkul.domain.errors import N_, BadInput

KnownOrNot: TypeAlias = Literal["yes", "no", "unknown"]
KNOWN_OR_NOT: Final = ("yes", "no", "unknown")
ID_PLACES: Final = ("city", "other", "none", "unknown")
STATES: Final = ("sent", "accepted", "declined", "withdrawn")
DISCHARGE_NOTICE_DAYS: Final = 3
"""A hospital says at least so many days before that somebody may go home (practice.md F24)."""
CHECK_DAYS: Final = (30, 90)
"""When the result of an economic step is asked (practice.md F25)."""
ECONOMIC_OUTCOMES: Final = ("income", "activity", "none", "not_reached")
NO_ANSWER: Final = "tidak_menjawab"


class CriterionLike(Protocol):
    """What the check reads of a row of ``institution_criteria.csv``."""

    @property
    def criterion(self) -> str:
        """What is asked."""
        ...

    @property
    def value(self) -> str:
        """The number, letter or documents that it asks for."""
        ...

    @property
    def waivable(self) -> bool:
        """May the institution decide although it is not met?"""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """What is known of who is referred. Not known is a fact of its own, and never counts as met.

    Args:
        infectious: has the person an infectious illness?
        independent: daily living without help (ADL)?
        family: is there a spouse, sibling or child?
        id_place: whose identity card: this city's, another's, none, or not known.
        documents: codes of the documents at hand.
        medical_statement: a health professional examined, and it is recorded who.
    """

    age: AgeRange | None = None
    sex: str = "?"
    infectious: KnownOrNot = "unknown"
    independent: KnownOrNot = "unknown"
    family: KnownOrNot = "unknown"
    id_place: str = "unknown"
    identity_level: int = 0
    documents: frozenset[str] = frozenset()
    medical_statement: bool = False


Standing: TypeAlias = Literal["unmet", "unknown"]


@dataclass(frozen=True, slots=True)
class Unmet:
    """A criterion that is not met, or not known to be."""

    criterion: str
    standing: Standing
    waivable: bool
    missing: tuple[str, ...] = ()


def unmet_criteria(criteria: Iterable[CriterionLike], who: Applicant) -> list[Unmet]:
    """Every criterion that is not met, in the order of the table.

    What is not known bars nobody: identity is a result, not a precondition (design §1.2). It goes with a written reason.

    Raises:
        KeyError: a criterion that this module does not know; ``rangkul city check`` refuses such a table.
    """
    found = []
    for each in criteria:
        standing, missing = _CHECKS[each.criterion](each.value, who)
        if standing is not None:
            found.append(Unmet(each.criterion, standing, each.waivable or standing == "unknown", missing))
    return found


_Answer: TypeAlias = tuple[Standing | None, tuple[str, ...]]
_MET: Final[_Answer] = (None, ())


def _said(value: str, wanted: str) -> _Answer:
    if value == wanted:
        return _MET
    return ("unknown" if value in {"unknown", "?"} else "unmet"), ()


def _min_age(value: str, who: Applicant) -> _Answer:
    if who.age is None:
        return "unknown", ()
    if who.age.low >= int(value):
        return _MET
    # In doubt a child (design §2): nobody who may be one is sent to a place for adults.
    return ("unmet" if who.age.high < int(value) or who.age.is_minor else "unknown"), ()


def _max_age(value: str, who: Applicant) -> _Answer:
    if who.age is None:
        return "unknown", ()
    if who.age.high <= int(value):
        return _MET
    return ("unmet" if who.age.low > int(value) else "unknown"), ()


def _documents(value: str, who: Applicant) -> _Answer:
    missing = tuple(each for each in value.split(";") if each not in who.documents)
    return ("unmet", missing) if missing else _MET


_CHECKS: Final[dict[str, Callable[[str, Applicant], _Answer]]] = {
    "min_age": _min_age,
    "max_age": _max_age,
    "sex": lambda value, who: _said(who.sex, value),
    "no_infection": lambda _, who: _said(who.infectious, "no"),
    "adl_independent": lambda _, who: _said(who.independent, "yes"),
    "no_family": lambda _, who: _said(who.family, "no"),
    "id_of_city": lambda _, who: _said(who.id_place, "city"),
    "identity_level": lambda value, who: _MET if who.identity_level >= int(value) else ("unmet", ()),
    "documents": _documents,
    "medical_statement": lambda _, who: _MET if who.medical_statement else ("unmet", ()),
}


# --- nobody is sent on a label alone -------------------------------------------------------------------------------


class WrongfulLabel(BadInput):
    """A person who may be lucid is to be placed as a psychiatric patient (practice.md S6)."""

    code = "wrongful_label"
    says = N_(
        "Orang yang sadar, atau belum dipastikan keadaannya, tidak dirujuk ke rumah sakit jiwa tanpa pernyataan medis "
        "dan pernyataannya sendiri. Yang belum ada: {labels}."
    )


MEDICAL_STATEMENT: Final = N_("pernyataan medis")
OWN_STATEMENT: Final = N_("pernyataan klien sendiri")


def check_label(*, lucid: KnownOrNot, medical: str, own: str) -> None:
    """Guard the way to a mental hospital. It cannot be waived: the family's wish is no ground, nor is haste.

    Args:
        lucid: does the person answer clearly? Not known counts as yes.
        medical: who examined, when, and what they stated.
        own: what the person says about it, in their own words.

    Raises:
        WrongfulLabel: one of the two statements is missing.
    """
    if lucid == "no":
        return
    missing = [
        (name, label)
        for name, label, said in (("medical", MEDICAL_STATEMENT, medical), ("own", OWN_STATEMENT, own))
        if not said.strip()
    ]
    if missing:
        raise WrongfulLabel(field=missing[0][0], labels=", ".join(label for _, label in missing))


def shared_parts(parts: Collection[str], shares: Sequence[str]) -> tuple[str, ...]:
    """Of the parts that are there, those that this kind of institution may see, in the order of its row."""
    return tuple(part for part in shares if part in parts)


def notice_is_short(ready_on: date, said_on: date) -> bool:
    """Say whether a discharge was announced later than it should be."""
    return (ready_on - said_on).days < DISCHARGE_NOTICE_DAYS


# --- the figures ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One referral as the figures see it. ``late_after`` is the end of the third working day."""

    institution: str
    state: str
    sent_at: datetime
    answered_at: datetime | None = None
    reason: str = ""
    late_after: datetime


@dataclass(frozen=True, slots=True)
class ReferralFigure:
    """K13 of some referrals. ``share`` is accepted ÷ answered in percent, None when nobody answered."""

    sent: int
    answered: int
    accepted: int
    share: str | None
    median_days: str | None
    unanswered_late: int
    reasons: tuple[tuple[str, int], ...]


def referral_figure(rows: Iterable[Counted], now: datetime) -> ReferralFigure:
    """K13: accepted ÷ answered; median days to the answer; unanswered after the third working day; reasons.

    A withdrawn referral counts as sent. One that was answered late is answered, and one that still waits after its time,
    or was given up for that reason, is late.
    """
    known = list(rows)
    answered = [row for row in known if row.state in {"accepted", "declined"} and row.answered_at]
    accepted = sum(row.state == "accepted" for row in answered)
    days = [
        Decimal((row.answered_at - row.sent_at) / timedelta(days=1)) for row in answered if row.answered_at
    ]
    late = sum(
        (row.state == "sent" and now > row.late_after)
        or (row.state == "withdrawn" and row.reason == NO_ANSWER)
        for row in known
    )
    counts: dict[str, int] = {}
    for row in known:
        if row.reason:
            counts[row.reason] = counts.get(row.reason, 0) + 1
    return ReferralFigure(
        sent=len(known),
        answered=len(answered),
        accepted=accepted,
        share=percent(accepted, len(answered)),
        median_days=str(median(days).quantize(Decimal("0.1"), ROUND_HALF_UP)) if days else None,
        unanswered_late=late,
        reasons=tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def percent(part: int, whole: int) -> str | None:
    """A share with two decimals, half-up; None of nobody."""
    if not whole:
        return None
    return str((Decimal(part * 100) / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class EconomicFigure:
    """K25: persons with income or activity at day 90 ÷ persons referred for a livelihood; ``waiting`` are not yet asked."""

    referred: int
    earning: int
    waiting: int
    share: str | None


def economic_figure(outcomes: Iterable[tuple[object, str]]) -> EconomicFigure:
    """K25 over (person, outcome at day 90 or empty); a person referred twice counts once, the best outcome first."""
    by_person: dict[object, set[str]] = {}
    for person, outcome in outcomes:
        by_person.setdefault(person, set()).add(outcome)
    earning = sum(bool(said & {"income", "activity"}) for said in by_person.values())
    waiting = sum(said == {""} for said in by_person.values())
    return EconomicFigure(len(by_person), earning, waiting, percent(earning, len(by_person)))
