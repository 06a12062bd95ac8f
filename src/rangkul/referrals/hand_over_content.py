"""What was said in a hand-over, sealed and opened: notes by field group, documents, belongings, answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from rangkul.cases.typed import words_of
from rangkul.domain.hand_overs import NEEDED_GROUP, NOTE_GROUPS
from rangkul.referrals.hand_over_refusals import ConditionMissing, ListTooLong
from rangkul.referrals.models import Belonging, HandOver
from rangkul.vault.sealing import seal_json, unseal_json

MOST_NOTE = 2000
MOST_LINES = 40
MOST_LINE = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the sender says. Texts may be anything; ``read`` judges them.

    Args:
        notes: field group -> words; the group ``facts`` (the condition) is needed.
        belongings: new things, one each; things listed before pass on by themselves.
        documents: papers that go along.
        place: where the two meet, for the minutes.
        stays_on: the sender goes on working on the case beside the new holder.
    """

    notes: Mapping[str, str]
    belongings: Sequence[str] = ()
    documents: Sequence[str] = ()
    place: str = ""
    stays_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the receiver says when it accepts. A PIN or QR token says that the two stood side by side."""

    present: Sequence[UUID] = ()
    absent_words: str = ""
    words: str = ""
    witnesses: Sequence[str] = field(default_factory=tuple)
    pin: str = ""
    token: str = ""


def key_subject(case_person_id: UUID | None, contact_id: UUID | None) -> UUID:
    """Whose key seals it: the person's, for a contact the contact's."""
    found = case_person_id or contact_id
    if found is None:
        raise LookupError("a hand-over is about a case or a contact")
    return found


def subject_of(row: HandOver | Belonging) -> UUID:
    """Whose key seals this row."""
    return key_subject(row.case.person_id if row.case is not None else None, row.contact_id)


def lines_of(texts: Sequence[str], name: str) -> list[str]:
    """Lines without empty ones.

    Raises:
        ListTooLong, WordsTooLong, UnreadableSign: as they say.
    """
    lines = [words_of(text, name, most=MOST_LINE, needed=False) for text in texts]
    found = [line for line in lines if line]
    if len(found) > MOST_LINES:
        raise ListTooLong(field=name, most=MOST_LINES)
    return found


def read(offer: Offer) -> dict[str, Any]:
    """The offer as it is sealed.

    Raises:
        ConditionMissing, ListTooLong, WordsTooLong, UnreadableSign: as they say.
    """
    notes = {
        group: words_of(offer.notes.get(group, ""), f"note_{group}", most=MOST_NOTE, needed=False)
        for group in NOTE_GROUPS
    }
    if not notes[NEEDED_GROUP]:
        raise ConditionMissing(field=f"note_{NEEDED_GROUP}")
    return {
        "notes": {group: words for group, words in notes.items() if words},
        "documents": lines_of(offer.documents, "documents"),
        "place": words_of(offer.place, "place", most=MOST_LINE, needed=False),
    }


def sealed_offer(row: HandOver, subject: UUID, content: Mapping[str, Any]) -> bytes:
    """Seal what the sender said."""
    return seal_json(subject, f"referrals_hand_over|sealed|{row.pk}", dict(content))


def opened_offer(row: HandOver) -> dict[str, Any]:
    """What the sender said."""
    content: dict[str, Any] = unseal_json(subject_of(row), f"referrals_hand_over|sealed|{row.pk}", row.sealed)
    return content


def sealed_answer(row: HandOver, content: Mapping[str, Any]) -> bytes:
    """Seal what the receiver said."""
    return seal_json(subject_of(row), f"referrals_hand_over|sealed_answer|{row.pk}", dict(content))


def opened_answer(row: HandOver) -> dict[str, Any]:
    """What the receiver said; empty while it waits."""
    place = f"referrals_hand_over|sealed_answer|{row.pk}"
    return unseal_json(subject_of(row), place, row.sealed_answer) or {}


def sealed_thing(row: Belonging, subject: UUID, words: str) -> bytes:
    """Seal what a belonging is."""
    return seal_json(subject, f"referrals_belonging|sealed|{row.pk}", {"words": words})


def opened_thing(row: Belonging) -> str:
    """What a belonging is."""
    content: dict[str, str] = unseal_json(subject_of(row), f"referrals_belonging|sealed|{row.pk}", row.sealed)
    return content["words"]
