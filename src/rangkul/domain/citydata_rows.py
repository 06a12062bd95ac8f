"""The rows of a city's tables, typed. One class per table of ``cities/<code>/``; frozen, compared by value.

Labels come in Indonesian (``label``, the source of the screens) and English (``label_en``). ``valid_to`` is the last
day on which a row holds; None means that it holds on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Final

from rangkul.domain.citydata_vocabulary import CLOCK_FIXED

CONFIRMED: Final = "confirmed"
UNCONFIRMED: Final = "unconfirmed"
STATUSES: Final = (CONFIRMED, UNCONFIRMED)

SPM_TYPES: Final = ("S1", "S2", "S3", "S4", "S5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every row says about itself: which law or source it rests on, and whether somebody read it there.

    ``status`` speaks of the law or source, not of the city's own choice. ``line`` is where the row stands in its file.
    """

    law: str = ""
    source: str = ""
    status: str = UNCONFIRMED
    note: str = ""
    line: int = field(default=0, compare=False, repr=False)

    @property
    def confirmed(self) -> bool:
        """True when what the row takes from its law or source was read there."""
        return self.status == CONFIRMED

    @property
    def cited(self) -> str:
        """The law, or else the source, to print beside the row."""
        return self.law or self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled(Row):
    """A row that people see, under a code that never changes."""

    code: str
    label: str
    label_en: str = ""

    def named(self, language: str) -> str:
        """The label in this language; Indonesian where there is no other."""
        return (self.label_en if language == "en" else "") or self.label


class Dated:
    """A row that holds from one day to another, both included. Classes that are dated declare the two fields."""

    __slots__ = ()
    valid_from: date
    valid_to: date | None

    def in_force(self, on: date) -> bool:
        """Does the row hold on this day?"""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


# --- city.toml -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity(Row):
    """Which city this is, and under which version of its rules cases open."""

    code: str
    name: str
    province: str
    time_zone: str
    languages: tuple[str, ...]
    rules_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(Labelled):
    """A number that the city may set. ``unit`` says of what: days, meals, hours, persons."""

    value: int
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention(Labelled):
    """How long a class of content is kept after its trigger, and what is done then.

    ``act``: *drop* (the clock deletes it), *shred* (its key is destroyed), *erase* (the person is erased), *keep*. What
    destroys more than a number waits for two people.
    """

    days: int
    trigger: str = ""
    act: str = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataClass(Labelled):
    """A class of personal data: whose, from where, what for, on which lawful basis, for how long.

    ``actions`` and ``groups`` name the rows of the permission table that let somebody read it; no group means any.
    """

    sensitivity: str
    subjects: tuple[str, ...]
    source_of: str
    purpose: str
    basis: str
    retention: str
    actions: tuple[str, ...]
    groups: tuple[str, ...] = ()
    source_of_en: str = ""
    purpose_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone(Labelled):
    """A number to call. Empty ``phone``: to be filled by the city; nobody invents one."""

    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpmWeights(Row):
    """How the index weighs recipients and quality, as shares of one."""

    recipients: Decimal
    quality: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Band(Labelled):
    """A name for an index from ``floor`` upward, up to the next band."""

    floor: Decimal


# --- where and who -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Area(Row):
    """A kecamatan, a kelurahan, or a regency outside (``outside``) whose Dinsos a report is offered to.

    ``tile_row`` and ``tile_col`` place a kelurahan on the schematic tile map, from 1 at the top left; 0 is not drawn.
    ``agency`` answers for the area: the kecamatan or kelurahan office, or the Dinsos outside.
    """

    code: str
    level: str
    name: str
    parent: str = ""
    agency: str
    tile_row: int = 0
    tile_col: int = 0

    @property
    def is_outside(self) -> bool:
        """True for a regency that is not of this city."""
        return self.level == "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency(Row):
    """An agency (instansi). Its names are dated rows of their own: ``City.agency_name``."""

    key: str
    kind: str
    duty: str
    duty_en: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyName(Row, Dated):
    """What an agency is called, from when to when."""

    valid_from: date
    valid_to: date | None = None

    agency: str
    name: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post(Row):
    """An office that holds a duty (jabatan). No ``areas`` means the whole city; no ``superior``, the top."""

    code: str
    agency: str
    role: str
    title: str
    title_en: str
    areas: tuple[str, ...] = ()
    superior: str = ""
    training: tuple[str, ...] = ()

    def named(self, language: str) -> str:
        """The title in this language."""
        return (self.title_en if language == "en" else "") or self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Labelled):
    """A kind of post. ``face`` is *field* (phone first, dark at night) or *desk*; ``sections`` make its menu.

    ``second_factor``: whoever holds such a post must have one (never in a training instance).
    """

    face: str
    enforcement: bool
    search: bool
    sections: tuple[str, ...]
    description: str
    description_en: str
    built_in: bool = False
    second_factor: bool = False

    @property
    def is_field(self) -> bool:
        """Works on the street, with a phone."""
        return self.face == "field"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission(Row):
    """One cell of the permission table; what no line allows is refused."""

    role: str
    relation: str
    action: str
    sensitivity: str
    allow: bool
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionLine(Row):
    """A line of ``permissions.csv`` as a lawyer reads it: each role, by each relation, may do each action."""

    role: tuple[str, ...]
    relation: tuple[str, ...]
    action: tuple[str, ...]
    sensitivity: tuple[str, ...]
    allow: bool
    fields: tuple[str, ...] = ()

    def permissions(self) -> Iterator[Permission]:
        """The single permissions that the line stands for."""
        for role, relation, action, sensitivity in product(
            self.role, self.relation, self.action, self.sensitivity
        ):
            yield Permission(
                role=role,
                relation=relation,
                action=action,
                sensitivity=sensitivity,
                allow=self.allow,
                fields=self.fields,
                law=self.law,
                source=self.source,
                status=self.status,
                note=self.note,
                line=self.line,
            )


# --- people and categories -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Ppks(Labelled):
    """One of the 26 kinds of PPKS. ``code`` is its number in the annex, ``key`` its letters.

    ``spm`` are the SPM types it may lead to, when ``if_neglected`` only for one who is *telantar*.
    """

    key: str
    criteria: str = ""
    spm: tuple[str, ...] = ()
    if_neglected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetCategory(Labelled):
    """What the street calls it. Maps to PPKS numbers, to a column of the monthly recap, and to likely SPM types.

    ``is_target`` is False for *bukan sasaran*. ``is_protected`` marks a category that itself speaks of violence or
    health. ``child_as``: a child is never counted as this but as that (UU 35/2014: a child who begs is no offender).
    """

    ppks: tuple[str, ...] = ()
    recap: str = ""
    spm: tuple[str, ...] = ()
    child_as: str = ""
    is_target: bool = True
    is_protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Labelled):
    """One entry of a plain drop-down list (``list`` names it): channels, refusal reasons, destinations, units."""

    list: str
    detail: str = ""
    detail_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay(Labelled):
    """A line by which social agencies pass a traveller on (estafet).

    ``destinations`` are the beginnings of Kemendagri codes (a province, or one regency); ``via`` the agencies on the
    way, in order; none: the receiver is reached directly.
    """

    destinations: tuple[str, ...]
    via: tuple[str, ...] = ()


# --- contacts ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground(Labelled, Dated):
    """A ground for acting, and the days on which it holds. ``transport``: may it bring along the unwilling?"""

    valid_from: date
    valid_to: date | None = None
    kind: str
    transport: bool = False
    help: str = ""
    help_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Labelled):
    """What the team decided on the spot.

    ``transported``: asks the rights record. ``needs_adult``: closed for a child. ``refusal``: asks what was offered,
    and may be closed by the gate. ``met``: False when nobody was met. ``to_inbox``: goes to the inbox of Dinsos.
    ``ends``: nothing follows.
    """

    transported: bool = False
    needs_adult: bool = False
    refusal: bool = False
    met: bool = True
    to_inbox: bool = False
    ends: bool = False
    report_state: str = "handled"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateQuestion(Labelled):
    """A question of the safety gate; a yes leads to ``posts`` and ``phones``, starts ``clocks``, closes ``closed``.

    ``no_details``: the form asks nothing more about it. ``protects``: the contact becomes protected. ``seals``: from
    then on only those it leads to know of the contact; the team keeps its own facts (practice.md S4).
    """

    order: int
    icon: str
    advice: str
    advice_en: str
    posts: tuple[str, ...]
    phones: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    closed_reason: str = ""
    closed_reason_en: str = ""
    no_details: bool = False
    protects: bool = False
    seals: bool = False
    closes_refusal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock(Labelled):
    """A time limit. ``unit`` is minutes, hours, working_days or days; a statutory one stands in a law.

    ``trigger`` starts it, ``met_by`` shows that the duty is done, ``dropped_by`` takes its reason away: names of news,
    with conditions (``domain.clocks``). ``subject`` says what it is about; the news carries ``<subject>_id``.
    ``owner`` says whose duty it is: *event* (the post that the news names), *holder* (who answers for the case),
    *told* (of the posts the gate leads to, the one of ``owner_role``), *role* (a post of ``owner_role``); where there
    is none, ``owner_role``. ``counts_from`` and ``due_on`` name a fact of the news: the moment from which the amount
    runs, or the due day itself. A statutory clock stands still or is extended only where ``pause_law`` or
    ``extend_law`` names the law that lets it.
    """

    trigger: tuple[str, ...]
    amount: int
    unit: str
    statutory: bool
    owner_role: str
    subject: str
    met_by: tuple[str, ...] = ()
    dropped_by: tuple[str, ...] = ()
    owner: str = "event"
    counts_from: str = ""
    due_on: str = ""
    ladder: str = "ordinary"
    pause_law: str = ""
    extend_law: str = ""

    @property
    def is_fixed(self) -> bool:
        """The review of an emergency look stands whatever a city would like."""
        return self.subject in CLOCK_FIXED

    @property
    def may_pause(self) -> bool:
        """A limit of our own may stand still; one of a law only where the law says so."""
        return not self.is_fixed and (not self.statutory or bool(self.pause_law))

    @property
    def may_extend(self) -> bool:
        """A limit of our own may be extended; one of a law only where the law says so."""
        return not self.is_fixed and (not self.statutory or bool(self.extend_law))


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderRung(Labelled):
    """Who hears of a clock, and when: at ``after_percent`` of its time and ``after_hours`` on top.

    ``rung`` is holder, superior, head or regional_secretary; ``ladder`` the name that rows of ``clocks.csv`` choose.
    """

    ladder: str
    rung: str
    after_percent: int
    after_hours: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow(Labelled):
    """Whom news is told, and in which words; ``label`` holds no personal data and no code of a case.

    ``to`` are facts of the news that name posts, or ``role:<role>``. ``page`` and ``arg`` are the way to what it is
    about (a fact; empty: the subject of the news). ``safety``: told at once, also in the quiet hours.
    """

    trigger: tuple[str, ...]
    to: tuple[str, ...]
    page: str = "home"
    arg: str = ""
    safety: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRule(Labelled):
    """When a look is unusual: more than ``most`` of them within ``minutes``; zero minutes means that one is enough.

    ``words`` are names that so many people bear that they tell of no family (``own_family``).
    """

    most: int = 0
    minutes: int = 0
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRule(Labelled):
    """Which role may take which list out of the house: ``most`` rows alone; ``second`` person over, always or never."""

    role: str
    content: str
    most: int
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate(Labelled, Dated):
    """What an agency must do on an event by its main duty (tupoksi), within which clock, and who hears if it does not.

    ``event`` says the news in words of the house. No ``agency``: the post of the role in the area. A mandate whose
    clock is about a *duty* lays the duty on the post's list; any other clock lays it there by a page of its own, and a
    mandate without a clock has no limit.
    """

    valid_from: date
    valid_to: date | None = None
    agency: str = ""
    role: str
    event: str
    event_en: str
    trigger: tuple[str, ...]
    clock: str = ""
    hears: str = ""

    def event_named(self, language: str) -> str:
        """The event in this language."""
        return (self.event_en if language == "en" else "") or self.event


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday(Row):
    """A day off: a national holiday (``national``) or collective leave (``collective_leave``, cuti bersama)."""

    day: date
    name: str
    name_en: str
    kind: str


# --- cases ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(Labelled):
    """A legal stage. ``next`` is the ordinary move, ``back`` asks a reason, ``exits`` leads to the end of services."""

    order: int
    short: str
    short_en: str
    next: tuple[str, ...]
    back: tuple[str, ...] = ()
    exits: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def moves(self) -> tuple[str, ...]:
        """Every stage that may follow without an override, each once."""
        return tuple(dict.fromkeys((*self.next, *self.back, *self.exits)))

    def short_named(self, language: str) -> str:
        """The short label in this language."""
        return (self.short_en if language == "en" else "") or self.short


@dataclass(frozen=True, slots=True, kw_only=True)
class Need(Labelled):
    """Evidence that a stage asks for. ``where`` is the tab of the case page on which it is added."""

    where: str
    why: str
    why_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingReason(Labelled):
    """Why a case is closed, and what proves it. ``stages`` empty: from any stage.

    ``fact``: what the records must say besides the words (``outside_acceptance``); empty: the words are enough.
    """

    proof: str
    proof_en: str
    stages: tuple[str, ...] = ()
    wait_days: int = 0
    fact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceItem(Labelled):
    """A service that may be given. ``code`` is the item key; ``spm`` the types whose list names it (none: not SPM).

    ``meals``: counted per meal, and counted and paid for at most ``meal_days`` days.
    """

    order: int
    sipd: str = ""
    spm: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    what: str = ""
    what_en: str = ""
    meals: bool = False

    @property
    def key(self) -> str:
        """The item key of the law (same as ``code``)."""
        return self.code

    @property
    def is_spm(self) -> bool:
        """One of the basic items that count for the minimum standard."""
        return bool(self.spm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator(Labelled, Dated):
    """A statutory figure: persons ``served`` over persons ``in_need``, in words of the counting vocabulary.

    ``age_from`` and ``age_to`` only warn. The ``example`` is computed again whenever the file is read.
    """

    valid_from: date
    valid_to: date | None = None
    recipient: str
    recipient_en: str
    unit: str
    in_need: str
    served: str
    target: int
    example_served: int
    example_in_need: int
    example_percent: str
    age_from: int = 0
    age_to: int = 0


# --- institutions --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionKind(Labelled):
    """What a kind of institution may see of a referral: the parts named in ``shares``, and no others.

    ``economic``: its result is asked again at 30 and 90 days. ``label_guard``: nobody lucid is sent there without a
    medical statement and their own words.
    """

    shares: tuple[str, ...]
    economic: bool = False
    label_guard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution(Labelled):
    """A place that takes referrals. Without ``posts`` it has no account and answers by a single-use link.

    ``capacity`` 0 is not known. ``next`` are the routes to look at when this one is closed, full or refuses.
    """

    kind: str
    agency: str = ""
    posts: tuple[str, ...] = ()
    services: str = ""
    services_en: str = ""
    capacity: int = 0
    provincial: bool = False
    next: tuple[str, ...] = ()

    def services_named(self, language: str) -> str:
        """What it does, in this language."""
        return (self.services_en if language == "en" else "") or self.services


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionCriterion(Row):
    """One thing that an institution asks; ``how`` says how it could be met.

    ``waivable``: a referral may still be sent with a written reason, and the institution decides.
    """

    institution: str
    criterion: str
    value: str = ""
    waivable: bool
    how: str
    how_en: str = ""

    def how_named(self, language: str) -> str:
        """How to meet it, in this language."""
        return (self.how_en if language == "en" else "") or self.how


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralResultCode(Labelled):
    """Something that may come of a referral to these ``kinds``.

    ``by_sender``: the case's side records it, not the institution. ``ends``: the referral is over. ``asks``: a *past* or
    *coming* day is needed.
    """

    kinds: tuple[str, ...]
    by_sender: bool = False
    ends: bool = False
    asks: str = ""
    words_needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsGround(Labelled):
    """A lawful ground for refusing a request about one's own data, for these ``kinds``; ``words`` stand in the answer."""

    kinds: tuple[str, ...]
    words: str
    words_en: str = ""

    def said(self, language: str) -> str:
        """The sentence to the asker in this language."""
        return (self.words_en if language == "en" else "") or self.words


# --- instruments ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol(Labelled):
    """An SOP or health protocol that a head may switch on. ``session_limit`` people at one session; 0 means no limit."""

    version: str
    kind: str
    session_limit: int = 0
    kit_item: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolQuestion(Labelled):
    """A question that a form asks while its protocol is on; ``suspect`` when a yes calls for health staff."""

    protocol: str
    where: tuple[str, ...]
    suspect: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolStep(Labelled):
    """A step that a form names while its protocol is on."""

    protocol: str
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingKind(Labelled):
    """A kind of meeting: its quorum in percent of the invited agencies (0: none), its notice in calendar days.

    ``decides``: the meeting closes only when every case on its agenda has a decision or a day to come back to it.
    """

    order: int
    quorum_percent: int
    notice_days: int
    decides: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctioningDomain(Labelled):
    """One domain of social functioning, rated 0 to 4."""

    order: int
    help: str = ""
    help_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctioningLevel(Labelled):
    """One step of the rating; ``value`` 0 is worst, 4 best."""

    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WashingtonQuestion(Labelled):
    """One of the six questions. ``label_en`` is the official wording; wording and order are not ours to change."""

    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WashingtonAnswer(Labelled):
    """One of the four answers; ``limits`` when it alone marks a disability."""

    value: int
    limits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentSection(Labelled):
    """A part of the assessment; ``domain`` parts are the four that a finished assessment must have."""

    order: int
    domain: bool
    prompt: str
    prompt_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFlag(Labelled):
    """A need ticked in an assessment; each of its ``items`` is offered as a plan line."""

    section: str
    items: tuple[str, ...]


# --- letters -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterUnit(Row):
    """An agency that issues letters: its letterhead, and its part of the number.

    ``code`` is the key of the agency. ``sign`` names who signs every letter of the unit, where it is not the role that
    the letter names; ``secrecy`` overrules that of the letter (a desk for women and children writes *Rahasia*).
    ``kinds`` are the types that the unit writes (none: all). ``acting_for`` is the office in whose name its signer
    signs (*a.n. Lurah Wates*).
    """

    code: str
    number_code: str
    government: str
    name: str
    address: str
    place: str
    sign: str = ""
    secrecy: str = ""
    kinds: tuple[str, ...] = ()
    acting_for: str = ""

    def writes(self, kind: LetterKind) -> bool:
        """Does this unit issue letters of the type?"""
        return (not self.kinds or kind.code in self.kinds) and (not kind.units or self.code in kind.units)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterKind(Labelled):
    """A type of letter: its number, who gives paraf and who signs, and the gaps of its template ``letters/<code>.typ``.

    ``short`` stands for the type in its numbers. ``paraf`` and ``sign`` are roles, or codes of posts.
    ``optional`` are those of ``gaps`` that may stay empty.
    ``about`` are the kinds of thing it may be written about; ``stages`` those at which a case page offers it (none: any).
    ``only_about``: it is written from its record alone, never freely, because the record holds checks that a paper must
    not go round (who may be sent to a hospital, who may travel alone).
    ``protected``: it holds assessment, health or police matter whatever the case's own sensitivity.
    """

    short: str
    form: str
    class_code: str
    pattern: str
    secrecy: str
    units: tuple[str, ...]
    paraf: tuple[str, ...]
    sign: str
    gaps: tuple[str, ...]
    subject: str = ""
    copies: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    only_about: bool = False
    protected: bool = False
    order: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterGap(Labelled):
    """A gap of letters: what it is called, what kind of text it takes, and where its text comes from."""

    kind: str
    comes_from: str
    comes_from_en: str = ""
    columns: tuple[str, ...] = ()
    proposed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterTemplate(Row):
    """The text of a template, by file name without its ending; written in Typst."""

    code: str
    text: str
