"""What hand-overs tell the rooms below: the timeline, and what a closing must know."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from rangkul.cases.above import TimelineEntry
from rangkul.cases.models import Case
from rangkul.directory.queries import who_words
from rangkul.domain.closing import BELONGINGS_KEPT, HAND_OVER_WAITING, OUTSIDE_ACCEPTANCE
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib
from rangkul.referrals.belonging_actions import things_kept
from rangkul.referrals.hand_over_queries import reason_words
from rangkul.referrals.hand_over_sight import hand_overs_in_sight
from rangkul.referrals.known import known_of_case
from rangkul.referrals.models import HandOver, OutsideAcceptance
from rangkul.referrals.referral_facts import told_of_referrals
from rangkul.referrals.words import way_words


def facts_at_closing(case_id: UUID) -> frozenset[str]:
    """A waiting hand-over and kept belongings stand in the way of closing; a written acceptance opens it."""
    found = set()
    if HandOver.objects.filter(case_id=case_id, state="waiting").exists():
        found.add(HAND_OVER_WAITING)
    if OutsideAcceptance.objects.filter(case_id=case_id).exists():
        found.add(OUTSIDE_ACCEPTANCE)
    person_id = Case.objects.filter(pk=case_id).values_list("person_id", flat=True).first()
    if person_id and things_kept(person_id).exists():
        found.add(BELONGINGS_KEPT)
    return frozenset(found)


def timeline(member: ActingMember, case_id: UUID, person_id: UUID) -> list[TimelineEntry]:
    """Offers with how they ended, acceptances from outside the city, referrals with their results, as sentences."""
    known = known_of_case(case_id)
    entries = _hand_overs(member, case_id, person_id) if known.hand_overs else []
    if known.outside:
        outside = OutsideAcceptance.objects.filter(case_id=case_id).select_related("member", "post")
        entries += [_outside(row) for row in outside]
    if known.referrals:
        entries += told_of_referrals(member, case_id, person_id)
    return entries


def _hand_overs(member: ActingMember, case_id: UUID, person_id: UUID) -> list[TimelineEntry]:
    rows = list(
        HandOver.objects.filter(Q(case_id=case_id) | Q(contact__person_id=person_id))
        .select_related("giver", "giver_member", "taker", "answered_post", "answered_by", "next_post")
        .order_by("offered_at")
    )
    opened = set(
        hand_overs_in_sight(member).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
    )
    return [_entry(row, member.language, opens=row.pk in opened) for row in rows]


def _outside(row: OutsideAcceptance) -> TimelineEntry:
    return TimelineEntry(
        at=row.recorded_at,
        kind="holder",
        sentence=_("Penerimaan tertulis dari {body}").format(body=row.body),
        who=who_words(row.member, row.post),
        chips=(_("surat {number}").format(number=row.letter_number),),
    )


def _entry(row: HandOver, language: str, *, opens: bool) -> TimelineEntry:
    sentence = _("{giver} menawarkan serah terima kepada {taker}").format(
        giver=row.giver.title, taker=row.taker.title
    )
    chips = (_outcome(row, language),)
    return TimelineEntry(
        at=row.offered_at,
        kind="holder",
        sentence=sentence,
        who=who_words(row.giver_member, None),
        chips=chips,
        href=reverse("hand_over", args=[row.pk]) if opens else "",
    )


def _outcome(row: HandOver, language: str) -> str:
    if row.answered_at is None:
        return _("menunggu jawaban")
    when = f"{wib(row.answered_at):%d-%m-%Y %H.%M}"
    if row.state == "accepted":
        return _("diterima {when}, {way}").format(when=when, way=way_words(row.way))
    if row.state == "refused":
        reason = reason_words(row.reason, language)
        if row.next_post is not None:
            return _("belum dapat diterima {when}: {reason}; disarankan {next}").format(
                when=when, reason=reason, next=row.next_post.title
            )
        return _("belum dapat diterima {when}: {reason}").format(when=when, reason=reason)
    return _("ditarik {when}").format(when=when)
