"""What hand-overs and referrals have of a case at all: most cases have nothing, so one question spares five."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from rangkul.cases.models import Case
from rangkul.referrals.models import Belonging, HandOver, OutsideAcceptance, Referral
from rangkul.vault.often import often


class Known(NamedTuple):
    """Whether there is anything to read; what of it a member sees, its scope says."""

    hand_overs: bool = False
    outside: bool = False
    referrals: bool = False
    things: bool = False


def known_of_case(case_id: UUID) -> Known:
    """What there is of a case, and of its person before the case."""
    for of_case, of_contact, outside, referrals, things in _known(case_id):
        return Known(of_case or of_contact, outside, referrals, things)
    return Known()


@often
def _known(case_id: UUID) -> Any:  # noqa: ANN401 - a query set of truths
    of_case, of_contact = Q(case_id=OuterRef("pk")), Q(contact__person_id=OuterRef("person_id"))
    of_person = Q(case__person_id=OuterRef("person_id")) | of_contact
    return Case.objects.filter(pk=case_id).values_list(
        Exists(HandOver.objects.filter(of_case)),
        Exists(HandOver.objects.filter(of_contact)),
        Exists(OutsideAcceptance.objects.filter(of_case)),
        Exists(Referral.objects.filter(of_case)),
        Exists(Belonging.objects.filter(of_person, settled_at__isnull=True)),
    )
