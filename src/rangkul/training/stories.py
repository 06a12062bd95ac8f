"""Training data: the documented stories of the city with invented people, and the set that leads up to today."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias

from django.conf import settings
from django.db import transaction

from rangkul.audit.recording import record
from rangkul.cases.actions import close_case, open_case
from rangkul.deadlines.actions import meet_clocks
from rangkul.directory.models import Instance
from rangkul.directory.queries import instance_city, is_training, system_operator
from rangkul.domain.errors import N_, Conflict
from rangkul.people.models import Person
from rangkul.people.typed import NewPerson
from rangkul.referrals.outside_actions import Accepted, record_outside_acceptance
from rangkul.reports.contact_actions import note_contact
from rangkul.reports.models import Contact
from rangkul.stays.models import Bed
from rangkul.training.accounts import make_accounts
from rangkul.training.clocks import load_clocks
from rangkul.training.consents import load_consents
from rangkul.training.emergencies import load_emergencies
from rangkul.training.hands import Hands
from rangkul.training.inquiries import load_inquiries
from rangkul.training.meetings import load_meetings
from rangkul.training.patterns import load_patterns
from rangkul.training.protocols import load_protocols
from rangkul.training.rights import load_rights
from rangkul.training.today import load_today
from rangkul.vault.sealing import forget_keys

Progress: TypeAlias = Callable[[str], None]
STORY_KEY: Final = "cerita"
"""Persons of documented stories have keys that begin with it: ``cerita:2017-ramadan:01``."""
_BEDS: Final = (
    *((f"P{number}", "Putra", "ordinary") for number in range(1, 7)),
    *((f"W{number}", "Putri", "ordinary") for number in range(1, 7)),
    *((f"K{number}", "Keluarga", "family") for number in range(1, 3)),
    ("I1", "Isolasi", "isolation"),
)


class LiveInstance(Conflict):
    """An instance that holds real people never becomes a training instance (design §5)."""

    code = "live_instance"
    says = N_(
        "Instansi ini sudah berisi data orang dan bukan instansi latihan. "
        "Siapkan instansi kosong: RANGKUL_HOME=folder-baru rangkul init"
    )


@dataclass(frozen=True, slots=True)
class Story:
    """One documented story: what the source says, and invented persons in its true counts."""

    key: str
    title: str
    source: str
    source_words: str
    persons: tuple[dict[str, Any], ...]


def read_stories() -> list[Story]:
    """The stories of the city's ``demo`` folder, oldest first."""
    folder = Path(settings.CITIES) / instance_city() / "demo"
    found = []
    for path in sorted(folder.glob("*.toml")):
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        if "person" in said:
            found.append(
                Story(said["key"], said["title"], said["source"], said["source_words"], tuple(said["person"]))
            )
    return found


def become_training(*, at: datetime, progress: Progress) -> None:
    """Make this a training instance, with its sign-ins and the beds of the shelter; twice changes nothing.

    Raises:
        NotReady: ``rangkul init`` has not run.
        LiveInstance: there are persons, and they are not invented.
    """
    operator = system_operator()
    if not is_training() and Person.objects.exists():
        raise LiveInstance
    Instance.objects.filter(pk=1).update(is_training=True)
    made = make_accounts(by=operator, at=at)
    if made:
        progress(f"{made} akun latihan dibuat")
    Bed.objects.bulk_create(
        (Bed(code=code, room=room, kind=kind) for code, room, kind in _BEDS), ignore_conflicts=True
    )


def load_training(*, at: datetime, progress: Progress) -> dict[str, Any]:
    """Load the invented people into an empty instance, all or nothing; a second run changes nothing.

    Args:
        at: the moment that the relative set leads up to; nothing lies after it except what is promised.

    Raises:
        NotReady, LiveInstance: as they say; nothing was written.
    """
    try:
        with transaction.atomic():
            return _load(at, progress)
    except BaseException:
        forget_keys()
        raise


def _load(at: datetime, progress: Progress) -> dict[str, Any]:
    become_training(at=at, progress=progress)
    stories = read_stories()
    if Person.objects.filter(person_key__startswith=STORY_KEY).exists():
        progress("data latihan sudah ada; tidak ada yang dikerjakan")
        return {"loaded": False, "persons": 0, "stories": {}}
    if not stories:
        progress(
            "kota ini belum punya cerita latihan (cities/<kota>/demo); akun dan tempat tidur saja yang dibuat"
        )
        return {"loaded": False, "persons": 0, "stories": {}}
    hands = Hands(at)
    counted = {}
    for story in stories:
        counted[story.key] = _tell(story, hands)
        progress(f"{story.title}: {counted[story.key]} orang")
    load_today(hands, progress)
    load_meetings(hands, progress)
    load_protocols(hands, progress)
    load_clocks(hands)
    load_inquiries(hands)
    load_patterns(hands)
    load_emergencies(hands)
    load_consents(hands)
    load_rights(hands)
    record("training.loaded", by=system_operator(), at=at, kind="instance", subject_id=None)
    progress(f"{hands.persons} orang rekaan dimuat")
    return {"loaded": True, "persons": hands.persons, "stories": counted}


def _tell(story: Story, hands: Hands) -> int:
    for number, said in enumerate(story.persons, start=1):
        person: Person | None = None
        for met in said["contact"]:
            contact = _meet(story, said, met, hands)
            at = contact.met_at + timedelta(hours=1)
            if person is None:
                new = NewPerson(
                    name=said["name"],
                    age=said["age"],
                    sex=said["sex"],
                    place=met["place"].split(",")[0],
                    person_key=f"{STORY_KEY}:{story.key}:{number:02d}",
                )
                person = hands.register(contact, new, by=hands.piket, at=at)
            else:
                hands.link(contact, person, by=hands.piket, at=at)
            _settle(contact, said, story, hands, at + timedelta(hours=1))
    return len(story.persons)


def _meet(story: Story, said: dict[str, Any], met: dict[str, str], hands: Hands) -> Contact:
    minor = said["age"] == "13-17"
    return hands.meet(
        hands.regu1,
        datetime.fromisoformat(met["met_at"]),
        met["decision"],
        met["area"],
        sex=said["sex"],
        age=said["age"],
        category=said["category"],
        ground=met["ground"],
        voluntary="unknown",
        gate=("child",) if minor else ("none",),
        place_words=met["place"],
        seen={"words": f"Cerita latihan menurut {story.source}. Orangnya rekaan."},
    )


def _settle(contact: Contact, said: dict[str, Any], story: Story, hands: Hands, at: datetime) -> None:
    """What is history waits for nobody: a case that was handed on, or a contact that is noted."""
    if words := said.get("sent_on"):
        case = open_case(contact.pk, by=hands.rini, at=at)
        letter = Accepted(
            body=said.get("sent_to", "Panti penerima di luar kota"),
            letter_number=f"Latihan/{at:%Y}/{contact.area_code[-4:]}",
            name="Petugas penerima",
            accepted_at=at + timedelta(hours=1),
            words=words,
        )
        record_outside_acceptance(case.pk, letter, by=hands.rini, at=at + timedelta(hours=2))
        close_case(
            case.pk,
            "diserahkan_daerah_lain",
            words,
            by=hands.rini,
            at=at + timedelta(hours=2),
            happened_on=None,
        )
    elif contact.inbox == "waiting":
        note_contact(
            contact.pk, f"Sumber: {story.source}. Kelanjutannya tidak disebut.", by=hands.piket, at=at
        )
    meet_clocks(contact.pk, ("child_contact", "contact_taken"), at)
