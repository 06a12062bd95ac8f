"""Words of the hand-over pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rangkul.access.guard import knows
from rangkul.domain.hand_overs import NOTE_GROUPS
from rangkul.domain.policy import ActingMember
from rangkul.referrals.hand_over_queries import HandOverDetail, HandOverLine
from rangkul.web.reports.shown import age_words, sex_words

SIGNS = {"facts": "eye", "stay": "bed", "health": "first-aid-kit", "assessment": "file-text", "plan": "route"}


def who(line: HandOverLine) -> str:
    """What this reader may call the person."""
    return line.label or (sex_words(line.sex) if line.sex != "?" else _("Orang yang diserahterimakan"))


def age(line: HandOverLine) -> str:
    """The age that the team guessed; empty for a case."""
    return age_words(*line.age) if line.contact_id and line.label + line.sex != "?" else ""


def token(line: HandOverLine) -> dict[str, Any]:
    """For ``person_token``: initials only where a name is known and may be shown."""
    return {"name": line.label if line.has_name else "", "label": who(line)}


def notes(page: HandOverDetail) -> list[dict[str, str]]:
    """What must be known, with a sign and the name of the part."""
    return [
        {"label": _(NOTE_GROUPS[group]), "words": words, "icon": SIGNS[group]} for group, words in page.notes
    ]


def note_fields(typed: Mapping[str, str], groups: tuple[str, ...]) -> list[dict[str, str]]:
    """The controls of what must be known; the hint says who reads it."""
    hints = {
        "facts": _(
            "Dibaca penerima mana pun. Tanpa diagnosis: apa yang tampak dan apa yang sudah dilakukan."
        ),
        "stay": _("Dibaca rumah singgah, satuan PPA dan pekerja sosial."),
        "health": _("Dibaca tenaga kesehatan dan pekerja sosial; rumah sakit sesudah menerima."),
        "assessment": _("Dibaca pekerja sosial saja."),
        "plan": _("Dibaca pekerja sosial saja."),
    }
    return [
        {
            "name": f"note_{group}",
            "label": _(NOTE_GROUPS[group]),
            "hint": hints[group],
            "value": typed.get(f"note_{group}", ""),
        }
        for group in groups
    ]


def letter_href(member: ActingMember, kind: str, about_kind: str, about_id: UUID) -> str:
    """Where the letter about this is prepared; empty for who prepares none."""
    if not knows(member, "letter.draft"):
        return ""
    return f"/surat/baru/?jenis={kind}&tentang={about_kind}:{about_id}"
