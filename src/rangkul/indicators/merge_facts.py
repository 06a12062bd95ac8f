"""What a merge of two records does to the figure of the year, told before anybody agrees (issue 4 part 4)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Count

from rangkul.domain import spm
from rangkul.domain.spm import PersonFacts, SpmType
from rangkul.indicators.facts import facts_of
from rangkul.indicators.models import Standing
from rangkul.people.provided import Follow
from rangkul.people.same import links_of


def merge_follows(left_id: UUID, into_id: UUID, today: date) -> list[Follow]:
    """In which types one person would count where two count now, and where the items of both make one served."""
    links = links_of([left_id, into_id])
    pair = [links.get(each, each) for each in (left_id, into_id)]
    found = facts_of(pair)
    one, other = (found[each] for each in pair)
    apart = [spm.standing(each, today.year, today) for each in (one, other)]
    together = spm.standing(_both(one, other), today.year, today)
    once = [each.value for each in SpmType if all(stands[each].in_need for stands in apart)]
    served = [
        each.value
        for each in SpmType
        if _is_served(together, each) and not any(_is_served(stands, each) for stands in apart)
    ]
    unserved = [
        each.value
        for each in SpmType
        if any(_is_served(stands, each) for stands in apart) and not _is_served(together, each)
    ]
    lines = (("spm_once", once), ("spm_served", served), ("spm_unserved", unserved))
    return [Follow(what, len(types), tuple(types)) for what, types in lines if types]


def _is_served(stands: dict[SpmType, spm.Standing], spm_type: SpmType) -> bool:
    return stands[spm_type].in_need and stands[spm_type].served


def _both(one: PersonFacts, other: PersonFacts) -> PersonFacts:
    """The facts as of one person; of two citizenships the one that is known."""
    return PersonFacts(
        other.citizen or one.citizen,
        (*one.assessments, *other.assessments),
        (*one.services, *other.services),
        (*one.cases, *other.cases),
    )


def pair_flags(one: UUID, other: UUID) -> set[str]:
    """Both are counted in the same type of the same year."""
    rows = Standing.objects.filter(person_id__in=(one, other)).values("year", "spm_type")
    return (
        {"spm"}
        if rows.annotate(n=Count("person_id", distinct=True)).filter(n=2).order_by().exists()
        else set()
    )
