"""Who may join the team of a sealed case, who may hold one, and when a case may become less guarded (security.md B.1–B.2)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

HOLDS: Final = frozenset({"ppa_officer"})
"""Roles of the posts that hold a sealed case: a unit for women and children."""
SUPERVISES: Final = frozenset({"rehab_head", "agency_head"})


def may_join(*, role: str, training: Collection[str], roles_that_read: Collection[str]) -> bool:
    """A named reader acts for a post that the table lets read sealed cases and that is trained for them.

    Args:
        training: of the post, as the city says; without one nobody joins, whatever the role.
    """
    return role in roles_that_read and bool(training)


def has_holder(roles: Collection[str]) -> bool:
    """Does a team of these roles have somebody who can hold the case?"""
    return bool(HOLDS.intersection(roles))


def needs_guard(*, is_minor: bool, contact_is_guarded: bool, category_is_guarded: bool) -> bool:
    """Is a case guarded by what it is about? Then no two persons can make it ordinary."""
    return is_minor or contact_is_guarded or category_is_guarded
