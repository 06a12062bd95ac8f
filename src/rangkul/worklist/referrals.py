"""Referrals on the one list: what an institution was asked, what a sender must decide, what is promised for a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from rangkul.domain.wib import end_of_day, wib_date
from rangkul.people.models import Person
from rangkul.referrals.link_actions import tried_links
from rangkul.referrals.models import Referral, ReferralResult
from rangkul.referrals.referral_queries import (
    ReferralLine,
    checks_due,
    incoming,
    open_with_results,
    waiting_for,
)
from rangkul.referrals.wording import place_name, reason_words
from rangkul.worklist.task import Desk, Task

CHECK_AHEAD = timedelta(days=7)
CONFERENCE_DAYS = 5
"""A case conference is held within five days of the need for it (practice.md §1.2 row 8)."""


def referral_tasks(desk: Desk) -> list[Task]:
    """Everything that referrals ask of this post."""
    return [*_incoming(desk), *_waiting(desk), *_after_results(desk), *_checks(desk), *_links(desk)]


def _who(person: Person) -> tuple[str, bool]:
    return person.label, person.has_name and not person.is_minor


def _incoming(desk: Desk) -> list[Task]:
    return [_asked(line) for line in incoming(desk.member)]


def _asked(line: ReferralLine) -> Task:
    look = line.kind == "health_look"
    asked = _("Periksa kesehatan, lalu catat hasilnya") if look else _("Jawab rujukan")
    waits = line.state == "sent"
    return Task(
        kind="referral",
        what=asked if waits else _("Catat hasil rujukan"),
        page="referral",
        args=(str(line.id),),
        person=(line.label, line.has_name),
        line=_("dari %(post)s") % {"post": line.sender},
        icon="first-aid-kit" if look else "mail-forward",
        action=_("Jawab") if waits and not look else _("Isi hasil"),
        due_at=line.late_after if waits else None,
    )


def _waiting(desk: Desk) -> list[Task]:
    return [
        _unanswered(row, desk) if row.state == "sent" else _refused(row, desk)
        for row in waiting_for(desk.member, desk.now)
    ]


def _unanswered(row: Referral, desk: Desk) -> Task:
    place = place_name(row.institution, desk.member.language)
    return Task(
        kind="referral",
        what=_("Rujukan belum dijawab %(place)s: hubungi, atau cari jalan lain") % {"place": place},
        page="referral",
        args=(str(row.pk),),
        person=_who(row.person),
        stage=row.case.stage,
        icon="mail-forward",
        due_at=row.late_after,
    )


def _refused(row: Referral, desk: Desk) -> Task:
    language = desk.member.language
    place, reason = place_name(row.institution, language), reason_words(row.reason, language)
    return Task(
        kind="referral",
        what=_("%(place)s menolak (%(reason)s): putuskan jalan berikutnya")
        % {"place": place, "reason": reason.lower()},
        page="referral",
        args=(str(row.pk),),
        person=_who(row.person),
        stage=row.case.stage,
        icon="arrows-exchange",
    )


def _ready(row: Referral, result: ReferralResult, desk: Desk) -> tuple[str, str]:
    place = place_name(row.institution, desk.member.language)
    day = f"{result.on:%d-%m-%Y}" if result.on else ""
    return _("Siapkan keluarga: %(place)s menyatakan siap pulang %(day)s") % {
        "place": place,
        "day": day,
    }, "home"


def _conference(_row: Referral, _result: ReferralResult, _desk: Desk) -> tuple[str, str]:
    return _("Temu bahas kasus: keluarga belum bersedia menerima"), "users"


_AFTER: Final[dict[str, Callable[[Referral, ReferralResult, Desk], tuple[str, str]]]] = {
    "siap_pulang": _ready,
    "keluarga_menolak": _conference,
}


def _after_results(desk: Desk) -> list[Task]:
    """News that asks something of the case manager: prepare the family, or call a conference, never the street."""
    tasks = []
    for row, result in open_with_results(desk.member):
        if result.code not in _AFTER:
            continue
        what, icon = _AFTER[result.code](row, result, desk)
        due = result.on or wib_date(result.recorded_at) + timedelta(days=CONFERENCE_DAYS)
        tasks.append(
            Task(
                kind="decision" if result.code == "keluarga_menolak" else "referral",
                what=what,
                page="referral",
                args=(str(row.pk),),
                person=_who(row.person),
                stage=row.case.stage,
                icon=icon,
                due_at=end_of_day(due),
            )
        )
    return tasks


def _checks(desk: Desk) -> list[Task]:
    return [
        Task(
            kind="referral",
            what=_("Tanyakan hasil ekonomi hari ke-%(days)s") % {"days": check.days},
            page="referral",
            args=(str(check.referral_id),),
            query="#hasil-ekonomi",
            person=_who(check.referral.person),
            stage=check.referral.case.stage,
            line=place_name(check.referral.institution, desk.member.language),
            icon="chart-bar",
            due_at=end_of_day(check.due_on),
        )
        for check in checks_due(desk.member, wib_date(desk.now) + CHECK_AHEAD)
    ]


def _links(desk: Desk) -> list[Task]:
    return [
        Task(
            kind="referral",
            what=_("Tautan jawaban dibuka lagi sesudah tidak berlaku: %(place)s")
            % {"place": place_name(link.institution, desk.member.language)},
            page="link_refusals",
            icon="link",
        )
        for link in tried_links(desk.member)
    ]
