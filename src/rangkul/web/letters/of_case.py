"""What the page of a case or a contact shows of letters."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rangkul.cases.queries import Case
from rangkul.domain.policy import ActingMember
from rangkul.letters.queries import kinds_for, kinds_offered, letters_about, states


def of_case(member: ActingMember, case: Case, part: str) -> dict[str, Any]:
    """Letters of the case and the types that fit it; on the summary only."""
    if part != "ringkasan":
        return {}
    return {
        "letters": letters_about(member, case.pk),
        "letter_kinds": kinds_offered(member, case),
        **_words_of("case", case.pk),
    }


def of_contact(member: ActingMember, contact_id: UUID) -> dict[str, Any]:
    """Letters about a contact, and the types that can be written about it."""
    return {
        "letters": letters_about(member, contact_id),
        "letter_kinds": kinds_for(member, "contact"),
        **_words_of("contact", contact_id),
    }


def _words_of(about_kind: str, about_id: UUID) -> dict[str, Any]:
    return {
        "letters_of": f"{about_kind}:{about_id}",
        "letter_states": {code: _(word) for code, word in states().items()},
    }
