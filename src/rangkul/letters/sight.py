"""Which letters a member may see and touch: scope first, then ask."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from rangkul.access.guard import check_may
from rangkul.access.queries import not_excluded, seat_exists
from rangkul.access.scope import scope
from rangkul.directory.city import permission_table
from rangkul.directory.models import Post, PostHolding
from rangkul.directory.queries import who_words
from rangkul.domain.errors import ChangedMeanwhile, NotFound
from rangkul.domain.policy import ActingMember, Decision
from rangkul.letters.models import Letter, LetterStep
from rangkul.people.restriction import free
from rangkul.vault.often import often


def posts_answered(member: ActingMember) -> list[UUID]:
    """The member's post, and the vacant posts under it whose duties go up to it (design §3.2)."""
    found, above = [member.post_id], [member.post_id]
    while above:
        above = [pk for pk in _vacant_under(above) if pk not in found]
        found += above
    return found


@often
def _vacant_under(above: list[UUID]) -> Any:  # noqa: ANN401 - a query set of keys
    held = PostHolding.objects.filter(post=OuterRef("pk"), until__isnull=True)
    vacant = Post.objects.filter(superior_id__in=above, retired_on__isnull=True).filter(~Exists(held))
    return vacant.values_list("pk", flat=True)


def has_letters(about_id: UUID) -> bool:
    """Is there any letter about this at all? Spares the scope of the many that have none; shown to nobody."""
    return bool(_any_about(about_id))


@often
def _any_about(about_id: UUID) -> Any:  # noqa: ANN401 - a query set of keys
    return Letter.objects.filter(Q(about_id=about_id) | Q(case_id=about_id)).values_list("pk", flat=True)[:1]


def relation_filters(member: ActingMember, answered: list[UUID] | None = None) -> dict[str, Q]:
    """Relation -> the letters that stand in it to this member."""
    posts = posts_answered(member) if answered is None else answered
    # Asked per row by an index: lists of every seat and step of the post would grow with the register.
    steps = LetterStep.objects.filter(letter_id=OuterRef("pk"), post_id__in=posts)
    return {
        "own": Q(post_id=member.post_id),
        "holder": Q(case__holder_id=member.post_id),
        "team": Q(seat_exists(member, "case_id")) | Q(seat_exists(member, "person_id")),
        "agency": Q(unit_id=member.agency),
        "assigned": Q(Exists(steps)),
    }


def letters_in_sight(
    member: ActingMember, action: str = "letter.view", answered: list[UUID] | None = None
) -> QuerySet[Letter]:
    """Letters on which this member may do the action.

    Args:
        answered: ``posts_answered(member)``, when the caller has asked for it.
    """
    filters = relation_filters(member, answered)
    ordinary = scope(member, action, filters)
    protected = scope(member, action, filters, "protected")
    kept = free(member, "person_id", "case_id") | Q(case__holder_id=member.post_id)
    return Letter.objects.filter(
        kept & ((Q(sensitivity="ordinary") & ordinary) | (Q(sensitivity="protected") & protected)),
        not_excluded(member, "person_id"),
        not_excluded(member, "case__person_id"),
    ).exclude(case__sensitivity="sealed")


def held_relations(member: ActingMember, letter: Letter) -> tuple[str, ...]:
    """The relations between the member and one letter."""
    filters = relation_filters(member)
    return tuple(name for name, rows in filters.items() if Letter.objects.filter(rows, pk=letter.pk).exists())


def decide(member: ActingMember, letter: Letter, action: str = "letter.view") -> Decision:
    """What the table says for this member, letter and action."""
    return permission_table().decide(member, action, held_relations(member, letter), letter.sensitivity)


def letter_seen_by(member: ActingMember, letter_id: UUID) -> Letter:
    """The letter with this id.

    Raises:
        NotFound: missing, or hidden from this member: the same.
    """
    letter = (
        letters_in_sight(member)
        .filter(pk=letter_id)
        .select_related(
            "case", "person", "unit", "post", "member", "waiting", "signer", "signer_post", "replaces"
        )
        .first()
    )
    if letter is None:
        raise NotFound
    return letter


def locked_letter(by: ActingMember, letter_id: UUID, action: str, *, seen: int | None = None) -> Letter:
    """The letter, locked for this act.

    Raises:
        NotFound: missing, or hidden from this member.
        NotAllowed: seen, but not this action.
        ChangedMeanwhile: somebody was first; ``seen`` is the revision that the writer saw.
    """
    letter_seen_by(by, letter_id)
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter_id)
    check_may(by, action, held_relations(by, letter), letter.sensitivity)
    if seen is not None and seen != letter.revision:
        raise ChangedMeanwhile(who=last_mover(letter))
    return letter


def last_mover(letter: Letter) -> str:
    """Who moved the letter last, for the sentence that says what changed."""
    step = (
        letter.steps.filter(done_at__isnull=False)
        .select_related("member", "acted_post")
        .order_by("-done_at")
        .first()
    )
    if step is None:
        return who_words(letter.member, letter.post)
    return who_words(step.member, step.acted_post)
