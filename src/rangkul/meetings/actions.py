"""Writes of meetings, one verb each."""

from __future__ import annotations

from rangkul.meetings.material_actions import add_material, take_material
from rangkul.meetings.planning_actions import (
    Guest,
    MeetingPlan,
    add_case,
    add_topic,
    answer_invitation,
    cancel_meeting,
    change_meeting,
    gather_agenda,
    plan_meeting,
    send_invitations,
    take_off,
)
from rangkul.meetings.running_actions import (
    Dissent,
    approve_news,
    close_meeting,
    decide,
    end_action,
    give_action,
    list_attendee,
    open_meeting,
    postpone_item,
    sign_in,
    sign_in_here,
    write_minutes,
)

__all__ = [
    "Dissent",
    "Guest",
    "MeetingPlan",
    "add_case",
    "add_material",
    "add_topic",
    "answer_invitation",
    "approve_news",
    "cancel_meeting",
    "change_meeting",
    "close_meeting",
    "decide",
    "end_action",
    "gather_agenda",
    "give_action",
    "list_attendee",
    "open_meeting",
    "plan_meeting",
    "postpone_item",
    "send_invitations",
    "sign_in",
    "sign_in_here",
    "take_material",
    "take_off",
    "write_minutes",
]
