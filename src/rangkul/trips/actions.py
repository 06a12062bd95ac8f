"""Every write of returns, deaths and aftercare, in one place for the faces."""

from __future__ import annotations

from rangkul.trips.aftercare import plan_aftercare, see_sighting
from rangkul.trips.death_actions import attach_photo, record_death, record_step
from rangkul.trips.journey_actions import (
    cancel_leg,
    cancel_trip,
    confirm_arrival,
    confirm_by_link,
    depart,
    hand_to_next,
    make_arrival_link,
    report_found,
    report_lost,
    start_next_leg,
)
from rangkul.trips.plan_actions import (
    LegInput,
    NewTrip,
    add_cost,
    ask_exception,
    change_plan,
    decide_exception,
    drop_leg,
    plan_trip,
    record_answer,
    record_condition,
    record_police_letter,
    save_leg,
)
from rangkul.trips.service_actions import record_trip_services

__all__ = [
    "LegInput",
    "NewTrip",
    "add_cost",
    "ask_exception",
    "attach_photo",
    "cancel_leg",
    "cancel_trip",
    "change_plan",
    "confirm_arrival",
    "confirm_by_link",
    "decide_exception",
    "depart",
    "drop_leg",
    "hand_to_next",
    "make_arrival_link",
    "plan_aftercare",
    "plan_trip",
    "record_answer",
    "record_condition",
    "record_death",
    "record_police_letter",
    "record_step",
    "record_trip_services",
    "report_found",
    "report_lost",
    "save_leg",
    "see_sighting",
    "start_next_leg",
]
