"""The officers of the training accounts, and the moves that the stories repeat. Every move is a real action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from rangkul.cases.actions import (
    AssessmentInput,
    PlanLineInput,
    add_plan_lines,
    enter_stage,
    finish_assessment,
    open_case,
    plan_visit,
    rate_functioning,
    record_agreement,
    record_evidence,
)
from rangkul.cases.models import Case
from rangkul.directory.city import city
from rangkul.directory.models import Member, Post, PostHolding
from rangkul.directory.queries import acting_member
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.people.actions import register_person
from rangkul.people.models import Person
from rangkul.people.typed import NewPerson
from rangkul.reports.contact_actions import ContactInput, attach_person, record_contact
from rangkul.reports.models import Contact
from rangkul.services.actions import ServiceInput, record_services
from rangkul.training.accounts import ACCOUNTS

STAGES: Final = (
    "pendekatan_awal",
    "asesmen",
    "rencana",
    "intervensi",
    "resosialisasi",
    "terminasi",
    "bimbingan_lanjut",
)
FAIR_TREATMENT: Final[Mapping[str, bool | None]] = {
    "told_reason": True,
    "force_used": False,
    "belongings_listed": True,
    "companion_called": True,
    "complaint_channel_told": True,
    "apart_from_adults": True,
}
UNITS: Final = {
    "permakanan": ("porsi", Decimal(21)),
    "sandang": ("paket", Decimal(1)),
    "alat_bantu": ("unit", Decimal(1)),
    "reunifikasi": ("kali", Decimal(1)),
    "bimbingan_fms": ("sesi", Decimal(2)),
    "bimbingan_keluarga": ("sesi", Decimal(1)),
    "adminduk": ("dokumen", Decimal(1)),
    "perbekalan_kesehatan": ("paket", Decimal(1)),
}
"""How much of an item is given at once; the rest is counted in *kali*."""


def training_nik(born: date, sex: str, serial: int) -> str:
    """A NIK of the impossible range: kecamatan 99 exists nowhere (design §5)."""
    day = born.day + (40 if sex == "P" else 0)
    return f"337199{day:02d}{born.month:02d}{born.year % 100:02d}{serial % 9999 + 1:04d}"


def acting_as(username: str) -> ActingMember:
    """The member of a training account in the post that the account names."""
    post = next(account.post for account in ACCOUNTS if account.username == username)
    member_id = Member.objects.values_list("pk", flat=True).get(username=username)
    post_id = Post.objects.values_list("pk", flat=True).get(code=post)
    PostHolding.objects.get(member_id=member_id, post_id=post_id, until__isnull=True)
    member = acting_member(member_id, post_id)
    if member is None:
        raise LookupError(username)
    return member


@dataclass
class Hands:
    """Everybody at work, and the moment that the relative stories lead up to."""

    at: datetime
    members: dict[str, ActingMember] = field(default_factory=dict)
    persons: int = 0

    def __getattr__(self, username: str) -> ActingMember:
        """``hands.rini`` is the social worker Rini, signed in."""
        members: dict[str, ActingMember] = self.__dict__["members"]
        if username not in {account.username for account in ACCOUNTS}:
            raise AttributeError(username)
        if username not in members:
            members[username] = acting_as(username)
        return members[username]

    def ago(self, **delta: float) -> datetime:
        """A moment before ``at``: ``hands.ago(days=3, hours=2)``."""
        return self.at - timedelta(**delta)

    @property
    def today(self) -> date:
        """The day of ``at`` in WIB."""
        return wib_date(self.at)

    # --- meeting somebody

    def meet(
        self,
        by: ActingMember,
        at: datetime,
        decision: str,
        area: str,
        *,
        sex: str,
        age: str,
        **more: Any,  # noqa: ANN401 - fields of the form
    ) -> Contact:
        """A team meets somebody; what the form asks for and the story does not say is answered in the usual way."""
        row = city().decisions[decision]
        told: dict[str, Any] = {
            "category": "orang_telantar",
            "ground": "kemauan_sendiri",
            "voluntary": "yes",
            "gate": ("none",),
            "met_at": at,
            "rights": FAIR_TREATMENT if row.transported else {},
        } | more
        return record_contact(
            ContactInput(decision=decision, area_code=area, sex=sex, age=age, **told),
            by=by,
            at=at + timedelta(minutes=5),
        )

    def register(self, contact: Contact | None, new: NewPerson, *, by: ActingMember, at: datetime) -> Person:
        """Say who was met: a new person, tied to the contact."""
        person = register_person(new, by=by, at=at)
        self.persons += 1
        if contact is not None:
            self.link(contact, person, by=by, at=at)
        return person

    def link(self, contact: Contact, person: Person, *, by: ActingMember, at: datetime) -> Contact:
        """Say that a contact met somebody who is known."""
        return attach_person(contact, person.pk, by=by, at=at)

    # --- carrying somebody

    def carry(self, contact: Contact, plan: CarePlan, *, by: ActingMember, start: datetime) -> Case:
        """Open a case on a contact and carry it, step by step, up to the plan's stage."""
        case = open_case(contact.pk, by=by, at=start)
        steps = STAGES[1 : STAGES.index(plan.upto) + 1]
        at = start
        for stage, hours in zip(steps, plan.hours, strict=False):
            at = start + timedelta(hours=hours)
            self._prepare(case, stage, plan, by=by, at=at)
            enter_stage(case.pk, stage, by=by, at=at + timedelta(minutes=30))
        case.refresh_from_db()
        return case

    def _prepare(self, case: Case, stage: str, plan: CarePlan, *, by: ActingMember, at: datetime) -> None:
        """Bring the evidence that entering a stage needs (design §3.3)."""
        day = wib_date(at)
        if stage == "asesmen":
            told = {"way": "agreed", "words": "Diberi tahu tujuan asesmen dan siapa yang membaca; setuju."}
            record_evidence(case.pk, "informed_or_ground", told, day, by=by, at=at)
            look = {"look": plan.look, "words": "Sudah makan dan minum; dapat bercerita."}
            record_evidence(case.pk, "first_health_look", look, day, by=by, at=at)
        elif stage == "rencana":
            finish_assessment(case.pk, plan.assessment(day), by=by, at=at)
        elif stage == "intervensi":
            lines = [
                PlanLineInput(item=item, agency="dinsos", due_on=day + timedelta(days=14))
                for item in plan.planned
            ]
            add_plan_lines(case.pk, lines, by=by, at=at)
            record_agreement(
                case.pk, plan.agreed_by, "Rencana dibacakan dan disetujui.", day, by=by, at=at, wish=plan.wish
            )
        elif stage == "resosialisasi":
            self.serve(case, plan.planned, by=by, at=at - timedelta(hours=4))
            traced = {
                "result": "found",
                "words": "Kakak kandung dihubungi lewat telepon dan bersedia menerima.",
            }
            record_evidence(case.pk, "tracing_result", traced, day, by=by, at=at)
        elif stage == "terminasi":
            receiver = {"destination": "keluarga", "receiver": "Kakak kandung", "words": ""}
            record_evidence(case.pk, "destination_and_receiver", receiver, day, by=by, at=at)
            rate_functioning(case.pk, "exit", rating("3"), day, by=by, at=at)
        elif stage == "bimbingan_lanjut":
            minutes = {
                "number": "",
                "words": "Layanan selesai; ditandatangani klien, keluarga dan pekerja sosial.",
            }
            record_evidence(case.pk, "ba_terminasi", minutes, day, by=by, at=at)
            for kind, owner, due_on, words in plan.visits:
                plan_visit(kind, owner, due_on, words, by=by, at=at, case_id=case.pk)

    def serve(
        self, case: Case, items: Sequence[str], *, by: ActingMember, at: datetime, proven: bool = True
    ) -> None:
        """Give these items to the person of a case, with or without proof."""
        day = wib_date(at)
        rows = []
        for item in items:
            unit, quantity = UNITS.get(item, ("kali", Decimal(1)))
            proof = f"Tanda terima {day.isoformat()}, bertanda tangan" if proven else ""
            rows.append(ServiceInput(item, day, quantity, unit, "dinsos", proof=proof))
        record_services(case.pk, rows, by=by, at=at)


def rating(value: str) -> dict[str, str]:
    """The same rating of social functioning in every domain of the city's table."""
    return {row.code: value for row in city().functioning}


@dataclass(frozen=True, kw_only=True)
class CarePlan:
    """How far a case goes and with what. ``hours`` after opening, one for each stage from *asesmen* on."""

    upto: str = "pendekatan_awal"
    hours: Sequence[float] = (3, 22, 48, 96, 144, 192)
    spm: str = "S4"
    needed: tuple[str, ...] = ("permakanan", "sandang", "reunifikasi")
    planned: tuple[str, ...] = ("permakanan", "sandang", "reunifikasi")
    wish: str = "Ingin pulang dan bekerja lagi di dekat keluarga."
    agreed_by: str = "client"
    look: str = "fit"
    flags: tuple[str, ...] = ("needs_food", "needs_clothes", "needs_reunification")
    visits: Sequence[tuple[str, Any, date, str]] = ()

    def assessment(self, day: date) -> AssessmentInput:
        """A finished assessment in plain words, without diagnosis."""
        return AssessmentInput(
            assessed_on=day.isoformat(),
            sections={
                "biological": "Makan tidak teratur sebelum ditemui; tidak ada keluhan lain yang disampaikan.",
                "psychological": "Tenang, menjawab dengan jelas, khawatir tentang keluarganya.",
                "social": "Beberapa minggu berpindah tempat; masih hafal alamat kakaknya.",
                "spiritual": "Beribadah secara teratur dan meminta tempat untuk itu.",
                "family": "Masih ada kakak kandung; hubungan terputus karena nomor telepon hilang.",
                "strengths": "Pernah bekerja sebagai tukang jahit; senang membantu di dapur.",
                "client_wish": self.wish,
            },
            flags=self.flags,
            types=(self.spm,),
            items={} if self.spm == "none" else {self.spm: self.needed},
            rating=rating("1"),
        )
