"""Which trips a member may see and touch: those of the cases in its sight. The protected words, opened and sealed."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from rangkul.cases.models import Case
from rangkul.cases.sight import cases_in_sight, held_relations, locked_case
from rangkul.directory.city import permission_table
from rangkul.domain.errors import ChangedMeanwhile, NotFound
from rangkul.domain.policy import ActingMember, Decision
from rangkul.trips.models import Death, Leg, Sighting, Trip
from rangkul.vault.often import often
from rangkul.vault.sealing import seal_json, unseal_json


def cases_for(member: ActingMember, action: str) -> QuerySet[Case]:
    """Cases whose trips or deaths this member may see; never a sealed one."""
    return cases_in_sight(member, action)


def trips_in_sight(member: ActingMember, action: str = "trip.view") -> QuerySet[Trip]:
    """Trips on which this member may do the action: asked trip by trip, for there are few beside the cases in sight."""
    return Trip.objects.filter(Exists(cases_for(member, action).filter(pk=OuterRef("case_id"))))


class Known(NamedTuple):
    """What this room has of a case at all: most cases have nothing, so one question spares three."""

    trips: bool = False
    sightings: bool = False
    death: bool = False


def known_of_case(case_id: UUID) -> Known:
    """Whether there is anything to read; says nothing to a member that was not asked for in its scope."""
    found: list[tuple[bool, bool, bool]] = _known(case_id)
    return Known(*found[0]) if found else Known()


@often
def _known(case_id: UUID) -> Any:  # noqa: ANN401 - a query set of truths
    rooms = [Exists(room.objects.filter(case_id=OuterRef("pk"))) for room in (Trip, Sighting, Death)]
    return Case.objects.filter(pk=case_id).values_list(*rooms)


def decide(member: ActingMember, case: Case, action: str = "trip.view") -> Decision:
    """What the table says for this member and the case of a trip."""
    return permission_table().decide(member, action, held_relations(member, case, action), case.sensitivity)


def locked_trip(
    by: ActingMember, trip_id: UUID, action: str = "trip.plan", *, seen: int | None = None
) -> Trip:
    """The trip with its case, both locked, the case first: closing takes them in the same order.

    Raises:
        NotFound, NotAllowed, CaseClosed: of the case.
        ChangedMeanwhile: another officer was first.
    """
    case_id = trips_in_sight(by).filter(pk=trip_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NotFound
    case = locked_case(by, case_id, action)
    trip = (
        Trip.objects.select_for_update(of=("self",))
        .select_related("person", "receiver_agency")
        .get(pk=trip_id)
    )
    trip.case = case
    if seen is not None and seen != trip.revision:
        raise ChangedMeanwhile(who=case.holder.title if case.holder else "")
    return trip


def content_of(trip: Trip) -> dict[str, Any]:
    """The protected words of a trip."""
    said: dict[str, Any] = unseal_json(trip.person_id, f"trips_trip|sealed|{trip.pk}", trip.sealed) or {}
    return said


def seal_content(trip: Trip, content: dict[str, Any]) -> None:
    """Put the protected words onto the row; the caller saves."""
    trip.sealed = seal_json(trip.person_id, f"trips_trip|sealed|{trip.pk}", content)


def leg_words(trip: Trip, leg: Leg) -> dict[str, Any]:
    """The protected words of a leg: the escort's name, who received, what went wrong."""
    if leg.sealed is None:
        return {}
    said: dict[str, Any] = unseal_json(trip.person_id, f"trips_leg|sealed|{leg.pk}", leg.sealed) or {}
    return said


def seal_leg(trip: Trip, leg: Leg, **words: Any) -> None:  # noqa: ANN401 - JSON
    """Add to the protected words of a leg; the caller saves."""
    leg.sealed = seal_json(trip.person_id, f"trips_leg|sealed|{leg.pk}", leg_words(trip, leg) | words)
