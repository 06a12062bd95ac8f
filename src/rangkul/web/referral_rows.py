"""A referral as a row, for its own pages and for the case page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rangkul.cases.queries import Case
from rangkul.domain.deadlines import state
from rangkul.domain.policy import ActingMember
from rangkul.referrals.referral_queries import ReferralLine, may_refer, referrals_of_case
from rangkul.referrals.wording import STATES, reason_words
from rangkul.web.due import chip


def state_words(line: ReferralLine, language: str) -> str:
    """How a referral stands, with its reason or newest result."""
    said = answer_words(line, language)
    return f"{said}: {line.last_result}" if line.last_result and not line.reason else said


def answer_words(line: ReferralLine, language: str) -> str:
    """The answer itself, with its reason."""
    said = _(STATES[line.state])
    return f"{said}: {reason_words(line.reason, language)}" if line.reason else said


def row(line: ReferralLine, member: ActingMember, now: datetime) -> dict[str, Any]:
    """A referral in a list."""
    waits = line.state == "sent"
    return {
        "line": line,
        "words": state_words(line, member.language),
        "answer": answer_words(line, member.language),
        "deadline": chip(line.late_after, now, state(line.late_after, now)) if waits else None,
    }


def referrals_on_case(member: ActingMember, case: Case, now: datetime) -> dict[str, Any]:
    """What the case page shows of referrals: its own part of the summary."""
    lines = referrals_of_case(member, case)
    return {
        "referral_rows_of_case": [row(line, member, now) for line in lines],
        "may_refer": may_refer(member, case),
    }
