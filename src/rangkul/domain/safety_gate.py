"""The safety gate: eight yes-or-no questions, answered in under 20 seconds, and where each yes leads.

What a yes opens and closes is city data (posts and phones to call, clocks, closed decisions). What no table
can change stands here: the gate is answered as a whole, an age range that starts below 18 answers *child*
by itself, and a decision that is closed says why.

Source: practice.md F4, S3, S4, S12.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from rangkul.domain.age import AgeRange, is_minor
from rangkul.domain.errors import N_, BadInput

CHILD: Final = "child"
QUESTIONS: Final = (
    CHILD,
    "injured",
    "violence",
    "danger",
    "cannot_care",
    "controlled",
    "pregnant_baby",
    "infectious",
)


class GateQuestionLike(Protocol):
    """What the rules read of a row of the gate table."""

    @property
    def code(self) -> str:
        """The code, which never changes."""
        ...

    @property
    def posts(self) -> Collection[str]:
        """Posts to tell."""
        ...

    @property
    def phones(self) -> Collection[str]:
        """Numbers to offer."""
        ...

    @property
    def clocks(self) -> Collection[str]:
        """Clocks that start."""
        ...

    @property
    def closed(self) -> Collection[str]:
        """Decisions that a yes closes."""
        ...

    @property
    def no_details(self) -> bool:
        """The form asks nothing more about it."""
        ...

    @property
    def protects(self) -> bool:
        """The contact becomes protected."""
        ...

    @property
    def seals(self) -> bool:
        """Only those it leads to know of the contact from then on."""
        ...

    @property
    def closes_refusal(self) -> bool:
        """Supervisor and health worker decide."""
        ...


class GateNotAnswered(BadInput):
    """Neither a yes nor *none of these*."""

    code = "gate_not_answered"
    says = N_(
        "Jawab dulu delapan pertanyaan keselamatan. Bila tidak ada yang berlaku, pilih “tidak satu pun”."
    )


class GateContradicts(BadInput):
    """A yes together with *none of these*, or a question that does not exist."""

    code = "gate_contradicts"
    says = N_("Jawaban keselamatan bertentangan. Pilih yang berlaku, atau “tidak satu pun”, jangan keduanya.")


@dataclass(frozen=True, slots=True)
class GateAnswers:
    """What was touched on the form: the questions answered yes, and *none of these*."""

    yes: frozenset[str] = frozenset()
    none_of_these: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Where the answers lead.

    Attributes:
        yes: the questions that hold, in the order of the gate, *child* included when the age says so.
        posts: the posts to tell, in the order of the gate, each once.
        phones: the numbers to offer.
        clocks: the clocks that start now.
        closed_decisions: decision -> the first question that closes it; its row has the words.
        asks_details: False where the form must not ask what happened (violence).
        is_protected: the contact becomes protected.
        is_sealed: only those it leads to know of the contact; the team keeps its own facts.
        refusal_allowed: False where supervisor and health worker decide with a recorded ground.
    """

    yes: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    closed_decisions: Mapping[str, str] = field(default_factory=dict)
    asks_details: bool = True
    is_protected: bool = False
    is_sealed: bool = False
    refusal_allowed: bool = True

    @property
    def supervisor_and_health(self) -> bool:
        """True when refusal is closed: the two decide together (practice.md S12)."""
        return not self.refusal_allowed


def effective_answers(answers: GateAnswers, age: AgeRange | None) -> frozenset[str]:
    """Return the questions that hold, *child* included when the age range starts below 18.

    Raises:
        GateNotAnswered: nothing was touched, also for a child: the other seven must have been looked at.
        GateContradicts: a yes together with *none of these*, or an unknown question.
    """
    if not answers.yes and not answers.none_of_these:
        raise GateNotAnswered(field="gate")
    if (answers.yes and answers.none_of_these) or not answers.yes.issubset(QUESTIONS):
        raise GateContradicts(field="gate")
    return answers.yes | {CHILD} if is_minor(age) else answers.yes


def route(answers: GateAnswers, age: AgeRange | None, table: Iterable[GateQuestionLike]) -> Route:
    """Return where the answers lead by the city's gate table.

    Raises:
        GateNotAnswered, GateContradicts: as :func:`effective_answers`.
    """
    holds = effective_answers(answers, age)
    rows = [row for row in table if row.code in holds]
    closed: dict[str, str] = {}
    for row in rows:
        for decision in row.closed:
            closed.setdefault(decision, row.code)
    return Route(
        yes=tuple(row.code for row in rows),
        posts=_each_once(row.posts for row in rows),
        phones=_each_once(row.phones for row in rows),
        clocks=_each_once(row.clocks for row in rows),
        closed_decisions=closed,
        asks_details=not any(row.no_details for row in rows),
        is_protected=any(row.protects for row in rows) or is_minor(age),
        is_sealed=any(row.seals for row in rows),
        refusal_allowed=not any(row.closes_refusal for row in rows),
    )


def _each_once(lists: Iterable[Collection[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for codes in lists for code in codes))
