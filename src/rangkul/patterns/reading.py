"""A contact as the rules compare it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rangkul.domain.exploitation import Adult, Sighting, plate_of
from rangkul.reports.models import Contact


def sighting_of(contact: Contact, content: dict[str, Any], child_id: UUID | None) -> Sighting:
    """What a contact says of child, vehicle and adult.

    Args:
        content: the contact's sealed content, opened.
        child_id: the kept record of the child, when somebody said who it is.
    """
    seen = content.get("seen", {})
    adult = Adult(sex=seen.get("adult_sex", ""), name=seen.get("adult_name", ""))
    return Sighting(contact.pk, contact.met_at, child_id, plate_of(seen.get("plate", "")), adult)
