"""A death in care: police, visum, identification, publication, burial or claim, later claim (domain/practice.md F22).

The holder of the case stays until the person is buried or claimed: twelve bodies stayed unburied while three agencies
waited for one another. Steps are rows; none is skipped in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from rangkul.domain.errors import N_, BadInput, Conflict

POLICE: Final = "police"
VISUM: Final = "visum"
IDENTIFICATION: Final = "identification"
PUBLICATION: Final = "publication"
CLAIM: Final = "claim"
BURIAL: Final = "burial"
LATER_CLAIM: Final = "later_claim"
STEPS: Final = (POLICE, VISUM, IDENTIFICATION, PUBLICATION, CLAIM, BURIAL, LATER_CLAIM)
SETTLED: Final = frozenset({CLAIM, BURIAL})
"""Either ends the holder's duty: buried, or handed to the family."""

_AFTER: Final[Mapping[str, frozenset[str]]] = {
    POLICE: frozenset(),
    VISUM: frozenset({POLICE}),
    IDENTIFICATION: frozenset({POLICE}),
    PUBLICATION: frozenset({IDENTIFICATION}),
    CLAIM: frozenset({POLICE}),
    BURIAL: frozenset({POLICE, VISUM, IDENTIFICATION}),
    LATER_CLAIM: frozenset({BURIAL}),
}
"""What must have been done before a step."""
_LABELS: Final[Mapping[str, str]] = {
    POLICE: "lapor polisi",
    VISUM: "visum",
    IDENTIFICATION: "identifikasi",
    PUBLICATION: "pengumuman",
    BURIAL: "pemakaman",
}
_REPEATS: Final = frozenset({IDENTIFICATION, LATER_CLAIM})
"""Fingerprints may be taken again; more than one family may come later."""


class StepTooEarly(Conflict):
    """An earlier step has not been done."""

    code = "death_step_too_early"
    says = N_("Langkah ini menunggu langkah sebelumnya: {labels}.")


class StepDone(Conflict):
    """Done before."""

    code = "death_step_done"
    says = N_("Langkah ini sudah dicatat. Muat ulang halaman untuk melihatnya.")


class PublicationRuns(Conflict):
    """The notice is still out, or was never put out, and nobody has claimed the body."""

    code = "publication_runs"
    says = N_(
        "Pengumuman belum selesai masanya. Tunggu sampai {until}, atau tulis alasan dan siapa yang menyetujui."
    )


class NotSettled(Conflict):
    """A case is not closed as *meninggal* before burial or claim."""

    code = "death_not_settled"
    says = N_(
        "Kasus ditutup sesudah pemakaman atau penyerahan kepada keluarga dicatat. Sampai saat itu pemegangnya tetap."
    )


class UntilBeforeStart(BadInput):
    """A publication ends after it begins."""

    code = "publication_until_wrong"
    says = N_("Masa pengumuman berakhir sesudah dimulai. Periksa tanggalnya.")


@dataclass(frozen=True, slots=True)
class DeathFacts:
    """The steps done, whether the person is known, and until when the notice is out."""

    done: frozenset[str]
    identified: bool
    published_until: date | None = None


def next_steps(facts: DeathFacts) -> tuple[str, ...]:
    """The steps that can be taken now, in order; who is known and unclaimed is still published."""
    settled = bool(facts.done & SETTLED)
    found = []
    for step in STEPS:
        if step in facts.done and step not in _REPEATS:
            continue
        if not _AFTER[step] <= facts.done:
            continue
        if settled != (step == LATER_CLAIM):
            continue
        found.append(step)
    return tuple(found)


def the_next(facts: DeathFacts) -> str:
    """The one step to point at; empty when the path is walked."""
    return next((step for step in next_steps(facts) if step not in facts.done and step != CLAIM), "")


def check_step(step: str, facts: DeathFacts, *, on: date, reason: str = "") -> None:
    """Refuse a step that may not be taken now.

    Raises:
        StepDone, StepTooEarly, PublicationRuns: as they say. A burial before the notice has run out (or without one)
            needs a reason that names who agreed.
    """
    settled = bool(facts.done & SETTLED)
    if (step in facts.done and step not in _REPEATS) or (settled and step != LATER_CLAIM):
        raise StepDone
    lacking = _AFTER[step] - facts.done
    if lacking:
        raise StepTooEarly(
            steps=sorted(lacking), labels=", ".join(_LABELS[each] for each in STEPS if each in lacking)
        )
    if (
        step == BURIAL
        and not reason.strip()
        and (facts.published_until is None or on <= facts.published_until)
    ):
        until = f"{facts.published_until:%d-%m-%Y}" if facts.published_until else "—"
        raise PublicationRuns(field="reason", until=until)


def is_settled(done: Collection[str]) -> bool:
    """Was the person buried, or claimed by the family?"""
    return bool(SETTLED.intersection(done))
