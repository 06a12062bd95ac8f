"""What of a person stands in plain columns, emptied when the person is erased."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from rangkul.domain.wib import wib_date
from rangkul.matching.actions import forget_person
from rangkul.people.models import IdentityClaim, IdentityTry, Person, Relation
from rangkul.people.same import same_as
from rangkul.vault.sealing import ERASED


def records_of_persons(ids: Collection[UUID]) -> Iterable[UUID]:
    """Every record of the persons among these."""
    persons = Person.every.filter(pk__in=list(ids)).values_list("pk", flat=True)
    return {record for person_id in persons for record in same_as(person_id)}


def blank_person(ids: Collection[UUID], at: datetime) -> None:
    """Take name, marks, birth and origin out of the rows of these persons; nothing finds them any more.

    A record known through a sealed case only is emptied like any other. The row itself, its code, and whether it was a
    child stay: cases and figures count on.
    """
    persons = [
        person.pk for person in Person.every.select_for_update().filter(pk__in=list(ids)).order_by("pk")
    ]
    if not persons:
        return
    Person.every.filter(pk__in=persons).update(
        label=ERASED,
        has_name=False,
        street_label="",
        sex="?",
        born_from=None,
        born_to=None,
        identity_level=0,
        citizen="",
        origin_code="",
        person_key=None,
        erased_at=Coalesce("erased_at", Value(at)),
        revision=F("revision") + 1,
    )
    IdentityClaim.objects.filter(person__in=persons).update(
        value=ERASED,
        source_words="",
        blind=None,
        voided_at=Coalesce("voided_at", Value(at)),
        void_reason=ERASED,
    )
    IdentityTry.objects.filter(person__in=persons).update(words="")
    Relation.objects.filter(Q(person__in=persons) | Q(other__in=persons)).update(
        words="", ended_on=Coalesce("ended_on", Value(wib_date(at)))
    )
    forget_person(persons, at)
