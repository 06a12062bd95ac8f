"""Which classes of data an event of the trail touched, and what a notice of a breach must say (UU 27/2022 Ps. 46).

The trail holds no content, so what somebody may have read is told by the class that the event's action opens; it is never less
than what was shown, and can be more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

BY_ACTION: Final[Mapping[str, tuple[str, ...]]] = {
    "person.viewed": ("identity",),
    "person.protected_viewed": ("identity", "numbers", "relations"),
    "person.searched": ("identity",),
    "search.run": ("identity",),
    "case.viewed": ("identity", "case", "services", "stays"),
    "case.looked": ("assessment", "plan", "notes"),
    "report.viewed": ("reports",),
    "report.looked": ("reporter",),
    "contact.viewed": ("contacts",),
    "contact.looked": ("safety",),
    "attachment.viewed": ("files",),
    "referral.looked": ("referrals",),
    "hand_over.looked": ("hand_overs",),
    "trip.looked": ("trips",),
    "death.looked": ("deaths",),
    "letter.viewed": ("letters",),
    "letter.printed": ("letters",),
    "visit.looked": ("notes",),
    "screening.looked": ("screening",),
    "situation.drilled": ("case",),
    "spm.drilled": ("identity", "services", "figures"),
    "list.viewed": ("identity",),
    "export.made": ("identity", "services"),
    "page.printed": ("identity", "case"),
    "privacy.looked": ("requests",),
    "inquiry.looked": ("inquiries",),
    "inquiry.match_looked": ("inquiries",),
    "inquiry.claim_looked": ("inquiries",),
}
BY_NOUN: Final[Mapping[str, tuple[str, ...]]] = {
    "person": ("identity",),
    "case": ("case",),
    "assessment": ("assessment",),
    "evidence": ("evidence",),
    "visit": ("notes",),
    "report": ("reports",),
    "contact": ("contacts",),
    "service": ("services",),
    "stay": ("stays",),
    "referral": ("referrals",),
    "hand_over": ("hand_overs",),
    "belonging": ("hand_overs",),
    "trip": ("trips",),
    "death": ("deaths",),
    "letter": ("letters",),
    "meeting": ("meetings",),
    "action_item": ("meetings",),
    "inquiry": ("inquiries",),
    "screening": ("screening",),
    "attachment": ("files",),
    "privacy": ("requests",),
    "consent": ("access",),
    "grant": ("access",),
    "pattern": ("patterns",),
    "ticket": ("case", "assessment"),
}
SHOWN: Final = ("viewed", "looked", "searched", "run", "drilled", "printed", "previewed", "checked", "made")
"""How the action of an event ends that showed something; all others changed something."""
CONTENT: Final = ("items", "when", "how", "handling", "contact")
"""What Ps. 46 wants told: which data, when and how, what is done, whom to ask."""
HOURS: Final = 72


def classes_of_event(action: str) -> tuple[str, ...]:
    """The classes of data that an event of this name opened or changed; none for events of the house."""
    return BY_ACTION.get(action) or BY_NOUN.get(action.partition(".")[0], ())


def shows(action: str) -> bool:
    """Did the event show something, rather than change it?"""
    return action.rpartition("_")[2].rpartition(".")[2] in SHOWN


def in_order(classes: Iterable[str], order: Iterable[str]) -> tuple[str, ...]:
    """The classes in the order of the city's table."""
    known = set(classes)
    return tuple(name for name in order if name in known)
