"""What the page of a case shows of letters."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from rangkul.cases.queries import Case
from rangkul.domain.policy import ActingMember
from rangkul.letters.queries import kinds_offered, letters_about, states


def of_case(member: ActingMember, case: Case, part: str) -> dict[str, Any]:
    """Letters of the case and the types that fit it; on the summary only."""
    if part != "ringkasan":
        return {}
    return {
        "letters": letters_about(member, case.pk),
        "letter_kinds": kinds_offered(member, case),
        "letter_states": {code: _(word) for code, word in states().items()},
    }
