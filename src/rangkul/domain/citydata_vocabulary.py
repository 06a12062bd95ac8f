"""The words that city tables may use. A new word here is a new kind of fact, and needs code behind it."""

from __future__ import annotations

from typing import Final

RELATIONS: Final = (
    "own",
    "assigned",
    "holder",
    "team",
    "area",
    "agency",
    "city",
    "granted",
    "ticket",
    "sealed_team",
    "sealed_desk",
)
SENSITIVITIES: Final = ("aggregate", "ordinary", "protected", "sealed")
SEALED: Final = "sealed"
SEALED_BY: Final = ("sealed_team", "sealed_desk")
"""A sealed record opens by these relations alone (its named readers; two of a desk, for minutes), and they open nothing else."""
SEALED_DESK_READS: Final = ("case.view", "person.view", "service.view")
TRAININGS: Final = ("gbv", "child")
"""What a post is trained for: violence and trafficking, children. Without one nobody joins the team of a sealed case."""

ACTIONS: Final = (
    "report.view",
    "report.verify",
    "report.join",
    "report.assign",
    "report.step",
    "contact.view",
    "contact.record",
    "contact.take",
    "person.view",
    "person.search",
    "person.record",
    "person.identify",
    "person.attach",
    "person.repeat_check",
    "person.merge",
    "person.merge_approve",
    "person.merge_masked",
    "person.unmerge",
    "match.queue",
    "match.quality",
    "case.view",
    "case.open",
    "case.enter_stage",
    "case.override_stage",
    "case.assess",
    "case.plan",
    "case.note",
    "case.outside_news",
    "case.evidence",
    "case.rate",
    "case.close",
    "case.reopen",
    "case.join",
    "case.break_glass",
    "case.open_by_two",
    "ticket.view",
    "ticket.review",
    "consent.view",
    "consent.give",
    "grant.view",
    "case.visit",
    "case.raise",
    "case.open_sealed",
    "case.readers",
    "case.exclude",
    "case.lower",
    "case.lower_approve",
    "hand_over.view",
    "hand_over.offer",
    "hand_over.answer",
    "belonging.return",
    "service.view",
    "service.record",
    "service.void",
    "assessment.void",
    "stay.view",
    "stay.record",
    "stay.roll_call",
    "stay.extend_request",
    "stay.extend_approve",
    "trip.view",
    "trip.plan",
    "trip.approve",
    "death.view",
    "death.record",
    "referral.view",
    "referral.send",
    "referral.follow",
    "referral.answer",
    "referral.count",
    "referral.link_watch",
    "institution.view",
    "institution.update",
    "spm.view",
    "spm.drill",
    "spm.quality",
    "spm.freeze",
    "spm.export",
    "rights.receive",
    "rights.decide",
    "rights.second",
    "rights.hold",
    "rights.register",
    "rights.breach",
    "rights.retain",
    "import.run",
    "directory.view",
    "directory.manage",
    "audit.view",
    "audit.verify",
    "audit.code",
    "case.trail",
    "export.ask",
    "export.approve",
    "export.trace",
    "alarm.view",
    "alarm.judge",
    "area.count",
    "attachment.view",
    "worklist.view",
    "deadline.manage",
    "duty.do",
    "deadline.view",
    "situation.view",
    "protocol.view",
    "protocol.switch",
    "screening.view",
    "session.view",
    "session.hold",
    "meeting.view",
    "meeting.plan",
    "meeting.manage",
    "action_item.do",
    "letter.view",
    "letter.draft",
    "letter.paraf",
    "letter.sign",
    "letter.void",
    "inquiry.take",
    "inquiry.answer",
    "inquiry.sign",
    "inquiry.approve",
    "inquiry.trace",
    "inquiry.hear",
    "pattern.view",
    "pattern.answer",
)

ALL_FIELDS: Final = "*"
FIELD_GROUPS: Final = (
    # a report or contact
    "facts",  # when, where, sex, age range, category, decision
    "words",  # free words about what was seen
    "reporter",  # who reported, and their phone
    "gate",
    "rights",
    "ground",
    # a person
    "label",
    "name",
    "nik",
    "phone",
    "address",
    "photo",
    "marks",
    "origin",
    "relations",
    "history",
    # a case
    "stage",
    "holder",
    "timeline",
    "assessment",
    "health",
    "plan",
    "rating",
    "services",
    "visits",
    "stay",
    "proofs",
    "notes",
    "closing",
    "sheet",  # the sheet that a referral sent, and nothing else of the case
    # figures and the house
    "counts",
    "persons",
    "budget",
    "directory",
    "events",
)

ENFORCEMENT_ALLOWED: Final = frozenset(
    {
        "report.view",
        "report.assign",
        "report.step",
        "contact.view",
        "contact.record",
        "person.repeat_check",
        "hand_over.view",
        "hand_over.offer",
        "belonging.return",
        "attachment.view",
        "directory.view",
        "duty.do",
        "worklist.view",
        "deadline.view",
        "deadline.manage",
        "meeting.view",
        "meeting.plan",
        "meeting.manage",
        "action_item.do",
        "inquiry.hear",
    }
)
"""All that an enforcement role may ever be given. City data can give less, never more (design §1.7)."""

ENFORCEMENT_NEVER: Final = tuple(each for each in ACTIONS if each not in ENFORCEMENT_ALLOWED)
"""What no row may give to police, army, Satpol PP or trantib: search, persons, cases, services, stays, counts."""

ENFORCEMENT_RELATIONS: Final = frozenset({"own", "assigned", "team"})
ENFORCEMENT_OPEN: Final = frozenset({"directory.view", "worklist.view", "meeting.plan", "inquiry.hear"})
"""Actions that touch no record of a person, so that any relation is narrow enough."""
ENFORCEMENT_FIELDS: Final = frozenset(
    {"facts", "words", "gate", "rights", "ground", "label", "photo", "directory"}
)
"""The field groups that an enforcement row may open: what its own officers saw and wrote."""

TIME_ZONES: Final = ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura")
OPERATOR_ROLE: Final = "system_operator"
ROLES_NEEDED: Final = ("duty_desk", "social_worker", "rehab_head", "agency_head", OPERATOR_ROLE)
GATE: Final = (
    "child",
    "injured",
    "violence",
    "danger",
    "cannot_care",
    "controlled",
    "pregnant_baby",
    "infectious",
)
DOMAINS: Final = ("biological", "psychological", "social", "spiritual")

AREA_LEVELS: Final = ("kecamatan", "kelurahan", "outside")
AGENCY_KINDS: Final = (
    "civil",
    "enforcement",
    "police",
    "army",
    "health",
    "hospital",
    "district",
    "village",
    "oversight",
    "institution",
    "outside",
)
FACES: Final = ("field", "desk")
SECTIONS: Final = (
    "worklist",
    "inbox",
    "reports",
    "contacts",
    "people",
    "cases",
    "stay",
    "area",
    "spm",
    "import",
    "directory",
    "audit",
    "meetings",
)
CLOCK_UNITS: Final = ("minutes", "hours", "working_days", "days")
CLOCK_SUBJECTS: Final = (
    "report",
    "contact",
    "person",
    "case",
    "stay",
    "visit",
    "hand_over",
    "referral",
    "trip",
    "leg",
    "death",
    "letter",
    "meeting",
    "action_item",
    "session",
    "protocol",
    "duty",
    "police",
    "privacy",
    "ticket",
    "consent",
)
CLOCK_FIXED: Final = ("ticket",)
"""What these clocks are about is never put off: no pause, no extension, no news that drops them, in any city."""
CLOCK_OWNERS: Final = ("event", "holder", "told", "role")
OUTSIDE_NEWS: Final = (
    "case.conference_asked",
    "case.tpks_reported",
    "police.dv_known",
    "police.dv_protected",
    "police.tpks_received",
    "police.tpks_protected",
    "police.lpsk_asked",
    "police.protection_ended",
    "court.protection_asked",
    "court.protection_order",
)
"""What the police, a court or LPSK did about a case; told on the case's own page (``outside``)."""
TOLD_BY_HAND: Final = (
    *OUTSIDE_NEWS,
    "privacy.correction_asked",
    "privacy.access_asked",
    "privacy.consent_withdrawn",
    "privacy.restriction_asked",
    "privacy.erasure_asked",
    "privacy.breach_known",
)
"""News that happens outside the house: somebody who hears of it says so, and the clocks of the law begin."""
RUNGS: Final = ("holder", "superior", "head", "regional_secretary")
PROTOCOL_KINDS: Final = ("sop", "health")
PROTOCOL_PLACES: Final = ("contact", "intake", "session", "meeting")
MEETING_KINDS: Final = ("workshop", "coordination", "case_conference")
HOLIDAY_KINDS: Final = ("national", "collective_leave")
GROUND_KINDS: Final = ("willing", "danger", "child", "health", "victim", "order", "crime", "lawful_order")
REPORT_STATES: Final = ("handled", "not_found", "not_target")
NEED_TABS: Final = ("kontak", "bukti", "asesmen", "rencana", "layanan", "kunjungan")
LISTS: Final = (
    "channel",
    "seen",
    "refusal_reason",
    "client_refusal",
    "offered",
    "stay_blocker",
    "destination",
    "unit",
    "proof",
    "not_agreed",
    "hand_over_refusal",
    "contested_reason",
    "other_funding",
    "pause_reason",
    "extension_reason",
    "referral_document",
    "institution_closure",
    "repeat_question",
    "adult_claim",
    "emergency_reason",
    "share_item",
    "share_purpose",
    "legal_basis",
)
NEEDED_LISTS: Final = (
    "channel",
    "refusal_reason",
    "client_refusal",
    "offered",
    "stay_blocker",
    "destination",
    "other_funding",
    "pause_reason",
    "extension_reason",
    "referral_document",
    "institution_closure",
    "repeat_question",
    "adult_claim",
    "emergency_reason",
    "share_item",
    "share_purpose",
    "legal_basis",
)
RECAP_COLUMNS: Final = ("GLD", "PENG", "PUNK", "ANJAL", "OT", "AT", "PSK")
LIMITS: Final = (
    "max_shelter_days",
    "warn_at_day",
    "meals_per_day",
    "meal_days",
    "nearby_report_hours",
    "not_found_days",
    "suppress_below",
    "attachment_megabytes",
    "max_pause_days",
    "max_extension_days",
    "arrival_link_days",
    "death_notice_days",
    "referral_link_days",
    "quiet_from",
    "quiet_until",
    "digest_hour",
    "pattern_days",
    "pattern_contacts",
    "pattern_signs",
    "night_from",
    "night_until",
    "emergency_minutes",
    "emergency_tries_per_day",
    "consent_days",
    "consent_days_most",
)
RETENTION_ACTS: Final = ("drop", "shred", "erase", "keep")
LAWFUL_BASES: Final = (
    "consent",
    "contract",
    "legal_obligation",
    "vital_interest",
    "public_service",
    "legitimate_interest",
)
"""The six of UU 27/2022 Ps. 20."""
DATA_SUBJECTS: Final = ("person", "reporter", "inquirer", "asker", "officer")
IN_NEED: Final = ("assessed_in_year_or_carried",)
SERVED: Final = ("every_needed_item_proven_outside_panti",)

LETTERS_OF_LAW: Final = (
    "surat_pengantar",
    "ba_serah_terima",
    "surat_keterangan_orang_telantar",
    "surat_rujukan",
    "laporan_sosial",
    "surat_pernyataan",
    "ba_terminasi",
    "undangan",
    "daftar_hadir",
    "notulen",
    "ba_bantuan",
)
"""The document set: every city has a template for each of these."""
LETTER_ABOUT: Final = (
    "case",
    "contact",
    "service",
    "hand_over",
    "referral",
    "trip",
    "death",
    "meeting",
    "claim",
)
LETTERHEAD: Final = "kop"
FRAME_GAPS: Final = {"surat": ("kepada", "hal", "lampiran", "tembusan"), "naskah": ()}
"""Gaps that the frame of a form asks for itself (letters/typst/frame.typ)."""

NEEDS: Final = (
    "contact_complete",
    "gate_answered",
    "rights_record_if_transported",
    "informed_or_ground",
    "first_health_look",
    "assessment_finished",
    "spm_types_recorded",
    "entry_rating",
    "plan_has_lines",
    "client_wish",
    "plan_agreed",
    "plan_lines_done",
    "tracing_result",
    "destination_and_receiver",
    "exit_rating",
    "no_open_referral_or_trip",
    "ba_terminasi",
    "visits_planned",
)
"""Facts that ``cases`` knows how to establish; a stage table may ask for these and no others."""

SHARED_PARTS: Final = (
    "identity",
    "nik",
    "origin",
    "asked",
    "summary",
    "behaviour",
    "health",
    "adl",
    "family",
    "skills",
    "documents",
    "consent",
)
"""What a referral can show of a person; each kind of institution sees those that its row names."""
CRITERIA: Final = (
    "min_age",
    "max_age",
    "sex",
    "no_infection",
    "adl_independent",
    "no_family",
    "id_of_city",
    "identity_level",
    "documents",
    "medical_statement",
)
"""What ``domain.referrals`` knows how to check; an institution may ask these and no others."""
RESULT_DAYS: Final = ("", "past", "coming")

STAGES_OF_LAW: Final = (
    "pendekatan_awal",
    "asesmen",
    "rencana",
    "intervensi",
    "resosialisasi",
    "terminasi",
    "bimbingan_lanjut",
)
LAST_SERVICE_STAGE: Final = "terminasi"

CODE_LENGTHS: Final = {
    "posts": 60,
    "roles": 24,
    "stages": 24,
    "decisions": 24,
    "choices": 32,
    "street_categories": 32,
    "closing_reasons": 32,
    "clocks": 40,
    "notices": 40,
    "mandates": 40,
    "grounds": 40,
    "services": 40,
    "agencies": 40,
    "letters": 40,
    "letter_gaps": 40,
    "institutions": 40,
    "institution_kinds": 24,
    "referral_results": 32,
    "rights_grounds": 40,
    "data_classes": 24,
}
"""How long a code may be: what the columns of the database hold. Channels are shorter still."""
CHANNEL_LENGTH: Final = 16
