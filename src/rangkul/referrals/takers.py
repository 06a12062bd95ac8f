"""Which posts can be asked to take a person: told from the permission table and the agency (design §3.2)."""

from __future__ import annotations

from rangkul.directory.city import city, permission_table
from rangkul.directory.models import Post
from rangkul.directory.queries import posts_with_role
from rangkul.domain.hand_overs import may_take

SHELTER = "shelter"


def takers(sensitivity: str, *, of_case: bool) -> list[Post]:
    """Working posts that may answer a hand-over; of a case only those that could see it as its holder."""
    table = permission_table()
    roles = [
        role
        for role in city().roles
        if "assigned" in table.relations(role, "hand_over.answer", sensitivity)
        and (not of_case or "holder" in table.relations(role, "case.view", sensitivity))
    ]
    return [post for post in posts_with_role(*roles) if may_take(post.role, post.agency.kind)]


_LIKELY = {
    "rumah_singgah": (SHELTER,),
    "rs_psc": ("health_worker", "service_partner"),
    "rsj": ("service_partner", "health_worker"),
    "unit_ppa": ("ppa_officer",),
    "rumah_aman": ("ppa_officer",),
}


def likely_roles(decision: str) -> tuple[str, ...]:
    """Whom a team most likely brings the person to after this decision; only the order of a list."""
    return _LIKELY.get(decision, ("duty_desk", "social_worker"))
