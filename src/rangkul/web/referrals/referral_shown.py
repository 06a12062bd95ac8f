"""What the pages of referrals say: chips, choices and lines in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from rangkul.cases.queries import Case
from rangkul.directory.city import city
from rangkul.domain.deadlines import state
from rangkul.domain.policy import ActingMember
from rangkul.domain.referrals import KNOWN_OR_NOT
from rangkul.referrals.institutions import Place
from rangkul.referrals.referral_queries import ReferralLine, may_refer, referrals_of_case
from rangkul.referrals.wording import KNOWN, OUTCOMES, STATES, criterion_words, reason_words
from rangkul.web.due import chip
from rangkul.web.words import tanggal_pendek

TONES: Final = {"sent": "plain", "accepted": "held", "declined": "late", "withdrawn": "plain"}


def state_words(line: ReferralLine, language: str) -> str:
    """How a referral stands, with its reason or newest result."""
    said = _(STATES[line.state])
    more = reason_words(line.reason, language) if line.reason else line.last_result
    return f"{said}: {more}" if more else said


def row(line: ReferralLine, member: ActingMember, now: datetime) -> dict[str, Any]:
    """A referral in a list."""
    waits = line.state == "sent"
    return {
        "line": line,
        "words": state_words(line, member.language),
        "deadline": chip(line.late_after, now, state(line.late_after, now)) if waits else None,
    }


def known_choices() -> list[tuple[str, str]]:
    """Yes, no, not known."""
    return [(code, _(KNOWN[code]).capitalize()) for code in KNOWN_OR_NOT]


def id_choices() -> list[tuple[str, str]]:
    """Whose identity card."""
    return [
        ("city", _("KTP kota ini")),
        ("other", _("KTP daerah lain")),
        ("none", _("Tidak punya")),
        ("unknown", _("Belum diketahui")),
    ]


def outcome_choices() -> list[tuple[str, str]]:
    """How somebody earns."""
    return [(code, _(label)) for code, label in OUTCOMES.items()]


def choices_of(list_code: str, language: str) -> list[tuple[str, str]]:
    """A plain list of the city."""
    return [(each.code, each.named(language)) for each in city().choices_of(list_code)]


def place_line(place: Place, language: str) -> str:
    """How an institution stands, in one line."""
    said = place.state
    if said is None:
        return (
            _("Kapasitas %(n)s; kabar tempat belum ada") % {"n": place.row.capacity}
            if place.row.capacity
            else _("Kabar tempat belum ada")
        )
    if said.closed:
        why = city().choice("institution_closure", said.closed).named(language)
        until = _(" sampai %(day)s") % {"day": tanggal_pendek(said.closed_until)} if said.closed_until else ""
        return why + until
    parts = []
    if said.beds_free is not None:
        day = _(" mulai %(day)s") % {"day": tanggal_pendek(said.free_from)} if said.free_from else ""
        parts.append(_("%(n)s tempat kosong") % {"n": said.beds_free} + day)
    if said.queue is not None:
        parts.append(_("%(n)s dalam antrean") % {"n": said.queue})
    return "; ".join(parts) or said.words or _("Menerima")


def criteria(place: Place, language: str) -> list[dict[str, Any]]:
    """What it asks, each with its law or source."""
    return [
        {
            "label": criterion_words(each, language),
            "cited": each.cited,
            "confirmed": each.confirmed,
            "waivable": each.waivable,
        }
        for each in place.criteria
    ]


def referrals_on_case(member: ActingMember, case: Case, now: datetime) -> dict[str, Any]:
    """What the case page shows of referrals: its own part of the summary."""
    lines = referrals_of_case(member, case)
    return {
        "referral_rows_of_case": [row(line, member, now) for line in lines],
        "may_refer": may_refer(member, case),
    }
