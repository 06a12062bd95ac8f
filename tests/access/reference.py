"""Who may do what, told a second time and independently of ``permissions.csv`` and of ``domain/policy.py``.

Written from the design (§1.7, §1.8, §2), the permission model (roles, sensitivities, order of decision) and the table of the
twelve roles and what each must not see; then compared with the table cell by cell. First comes what is *never*: it holds
whatever a sentence below says. Then sentences, each "who, by which tie, may do what, to which level". What no sentence says is not allowed.

This file imports nothing of the product: a fault there cannot repeat itself here.
"""

from __future__ import annotations

ROLES = (
    "duty_desk",
    "social_worker",
    "rehab_head",
    "agency_head",
    "shelter",
    "data_steward",
    "agency_admin",
    "dpo",
    "enforcement_desk",
    "enforcement_team",
    "village_police",
    "village_army",
    "trantib",
    "kasi_kesra",
    "volunteer",
    "health_worker",
    "ppa_officer",
    "service_partner",
    "regional_secretary",
    "system_operator",
)
TIES = (
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
    "excluded",
    "nothing",
)
LEVELS = ("aggregate", "ordinary", "protected", "sealed")

OFFICES = "everybody-with-a-desk"
ENFORCEMENT = {"enforcement_desk", "enforcement_team", "village_police", "village_army", "trantib"}
SUPERVISORS = "rehab_head agency_head"
CARE = "social_worker rehab_head shelter health_worker"
OUTSIDE = "health_worker ppa_officer service_partner"

# --- What never is, whatever else is said -------------------------------------------------------------------------------

ENFORCEMENT_DOES = {
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
"""Enforcement sees the task and never the care: nothing of persons, cases, services, stay, plan, health; and it has no search."""
CONTENT = ("report.", "contact.", "person.", "case.", "service.", "stay.", "trip.", "death.", "attachment.")
NO_CONTENT = {"agency_admin", "system_operator", "regional_secretary"}
"""Those who keep accounts or machines, and the last step of the ladder, read nobody's record."""
TWO_MINUTES = {"case.view", "person.view", "service.view"}
TRAINED = {"social_worker", "rehab_head", "shelter", "health_worker", "ppa_officer", "agency_head"}
"""Whoever can be a named reader of a sealed case at all."""


def never(who: str, tie: str, does: str, level: str) -> bool:
    """What is refused before any sentence is read."""
    if tie == "excluded":
        return True
    if (level == "sealed") != (tie in {"sealed_team", "sealed_desk"}):
        # Nothing but being named opens a sealed record, and being named there opens nothing else.
        return True
    if tie == "sealed_desk" and (who != "ppa_officer" or does not in TWO_MINUTES):
        return True
    if level == "sealed" and (
        who not in TRAINED or does in {"person.search", "person.merge", "case.break_glass"}
    ):
        return True
    if who in ENFORCEMENT and does not in ENFORCEMENT_DOES:
        return True
    return who in NO_CONTENT and does.startswith(CONTENT)


# --- What is ------------------------------------------------------------------------------------------------------------

BOTH = "ordinary protected"
NO_OFFICE_OF_LOGS = " ".join(each for each in ROLES if each not in {"system_operator", "agency_admin", "dpo"})
DESKS = "duty_desk enforcement_desk rehab_head agency_head"
TEAMS = "enforcement_team village_police village_army trantib volunteer"
OUT_THERE = f"enforcement_desk {TEAMS}"
FIGURES = "social_worker rehab_head agency_head data_steward regional_secretary"
WORK = "case.enter_stage case.assess case.plan case.note case.evidence case.rate case.visit"
SEALED_WORK = (
    "case.view person.view person.identify case.enter_stage case.assess case.plan case.note case.evidence case.rate"
    " case.exclude service.view service.record service.void assessment.void attachment.view"
)

SENTENCES: tuple[tuple[str, str, str, str], ...] = (
    # --- Everybody ---
    # One list of what is theirs to do; who holds which office; the clocks and duties of their own office; meetings they are asked to.
    (OFFICES, "city", "worklist.view directory.view", "ordinary"),
    ("system_operator", "city", "directory.view", "ordinary"),
    (OFFICES, "own", "deadline.view deadline.manage duty.do", "ordinary"),
    (SUPERVISORS, "agency", "deadline.view", "ordinary"),
    ("regional_secretary", "city", "deadline.view", "ordinary"),
    (NO_OFFICE_OF_LOGS, "own", "action_item.do", "ordinary"),
    (NO_OFFICE_OF_LOGS, "assigned", "meeting.view", "ordinary"),
    (f"{DESKS} social_worker data_steward ppa_officer", "own", "meeting.view meeting.manage", "ordinary"),
    ("rehab_head agency_head enforcement_desk ppa_officer", "city", "meeting.plan", "ordinary"),
    ("duty_desk rehab_head agency_head", "agency", "meeting.view", "ordinary"),
    # --- Reports: the desk takes, judges, joins, gives out, and its superior when it is empty. Who is sent sees the job. ---
    (
        "duty_desk rehab_head",
        "city",
        "report.view report.verify report.join report.assign report.step",
        "ordinary",
    ),
    ("social_worker agency_head", "city", "report.view", "ordinary"),
    ("enforcement_desk", "assigned team", "report.view report.assign report.step", "ordinary"),
    (f"{TEAMS} ppa_officer", "assigned", "report.view report.step", "ordinary"),
    # --- Contacts: who goes out records and keeps what they wrote; Dinsos takes all of them up; PPA what the gate led to it. ---
    ("duty_desk social_worker rehab_head", "city", "contact.view contact.record contact.take", BOTH),
    ("agency_head", "city", "contact.view", "ordinary"),
    (f"{OUT_THERE} ppa_officer", "own", "contact.record contact.view", BOTH),
    ("shelter", "own", "contact.record contact.view", BOTH),
    (OUT_THERE, "assigned", "contact.record", "ordinary"),
    ("volunteer", "assigned", "contact.view", BOTH),
    ("ppa_officer", "assigned", "contact.record contact.view", BOTH),
    ("health_worker", "assigned", "contact.view", BOTH),
    ("kasi_kesra", "agency", "contact.view", "ordinary"),
    # A team's repeat check only inside a contact that is assigned to it.
    (OUT_THERE, "assigned", "person.repeat_check", "ordinary"),
    ("shelter", "own assigned", "person.repeat_check", "ordinary"),
    # --- Persons: enough to recognise for who receives, all of it for holder and team; a minor by tie alone, the desk a label. ---
    (
        "duty_desk social_worker rehab_head",
        "city",
        "person.view person.search person.repeat_check",
        "ordinary",
    ),
    ("agency_head", "city", "person.search", "ordinary"),
    ("duty_desk", "city", "person.view", "protected"),
    ("duty_desk social_worker rehab_head", "city", "person.record", BOTH),
    ("social_worker", "own holder team", "person.view person.identify person.attach", BOTH),
    ("social_worker", "agency", "person.view person.identify person.attach", "ordinary"),
    ("social_worker", "own holder team", "person.search person.repeat_check", "protected"),
    ("rehab_head", "holder team", "person.search person.repeat_check", "protected"),
    ("rehab_head", "agency holder team", "person.view person.identify person.attach", BOTH),
    ("agency_head", "agency", "person.view", BOTH),
    ("duty_desk", "own agency", "person.identify person.attach", BOTH),
    ("shelter", "own assigned", "person.identify person.attach", "ordinary"),
    ("shelter", "own assigned", "person.view", BOTH),
    ("health_worker ppa_officer", "assigned", "person.view", BOTH),
    ("volunteer", "assigned", "person.view", "ordinary"),
    # The register of population answers who somebody is; while a body of services holds a case it knows whose it is.
    ("service_partner", "holder", "person.view", BOTH),
    ("service_partner", "holder", "person.identify", "ordinary"),
    # Who keeps the data in order finds doubles and mends names, never of a minor.
    ("data_steward", "city", "person.view person.search person.identify match.queue import.run", "ordinary"),
    # --- One person, one record: two hands, and of a minor only who works for the child. ---
    ("duty_desk social_worker data_steward rehab_head", "city", "person.merge", "ordinary"),
    ("social_worker", "own holder team", "person.merge", "protected"),
    ("rehab_head", "agency holder team", "person.merge", "protected"),
    ("data_steward rehab_head agency_head", "city", "person.merge_approve person.unmerge", "ordinary"),
    (SUPERVISORS, "agency holder team", "person.merge_approve person.unmerge", "protected"),
    ("data_steward agency_head", "city", "person.merge_masked", BOTH),
    ("social_worker rehab_head", "city", "match.queue", "ordinary"),
    (f"social_worker data_steward dpo {SUPERVISORS}", "city", "match.quality", "aggregate"),
    (f"social_worker {SUPERVISORS}", "agency holder", "case.join", BOTH),
    # --- Cases: holder and team work; the head of the section supervises; the office knows the course of its others. ---
    ("social_worker", "holder team", f"case.view {WORK}", BOTH),
    ("social_worker duty_desk", "agency", "case.view", "ordinary"),
    ("rehab_head", "agency holder team", f"case.view {WORK} case.override_stage case.close", BOTH),
    ("agency_head", "agency holder", "case.view case.override_stage case.close case.reopen", BOTH),
    ("social_worker", "holder", "case.override_stage case.close", BOTH),
    ("social_worker rehab_head", "agency holder team", "case.reopen", BOTH),
    ("social_worker rehab_head", "city", "case.open", BOTH),
    ("social_worker rehab_head", "agency holder team", "case.outside_news", BOTH),
    ("ppa_officer", "holder granted", "case.view case.outside_news", BOTH),
    ("shelter", "own assigned holder", "case.view", BOTH),
    ("shelter", "own assigned", "case.evidence", BOTH),
    ("health_worker", "assigned holder", "case.view", BOTH),
    ("health_worker", "assigned", "case.evidence", BOTH),
    ("service_partner", "holder", "case.view", BOTH),
    ("kasi_kesra volunteer", "assigned", "case.visit", BOTH),
    # --- Protection: raising is at once and by whoever works on it, lowering by two. Exclusion by holder and team. ---
    ("social_worker", "own holder team", "case.raise", BOTH),
    ("rehab_head", "agency holder team", "case.raise", BOTH),
    ("shelter", "own assigned", "case.raise", BOTH),
    (OUTSIDE, "holder", "case.raise", BOTH),
    ("social_worker ppa_officer", "holder team", "case.exclude", BOTH),
    ("rehab_head", "agency holder team", "case.exclude", BOTH),
    ("social_worker", "holder team", "case.lower", "protected"),
    ("rehab_head", "agency holder team", "case.lower", "protected"),
    (SUPERVISORS, "agency", "case.lower_approve", "protected"),
    ("ppa_officer", "own assigned", "case.open_sealed", BOTH),
    # Who looked, and why: for the holder, the holder's superior, the data-protection officer.
    (f"social_worker shelter {OUTSIDE}", "holder", "case.trail", BOTH),
    (SUPERVISORS, "agency holder", "case.trail", BOTH),
    ("dpo", "city", "case.trail", BOTH),
    # --- Break-glass: one ordinary case, a reason, an hour. PPA has none: a sealed case has its desk of two. ---
    ("social_worker rehab_head shelter health_worker", "city", "case.break_glass", BOTH),
    ("social_worker rehab_head shelter health_worker", "ticket", "case.view", BOTH),
    ("duty_desk", "city", "case.break_glass", "ordinary"),
    ("duty_desk", "ticket", "case.view", "ordinary"),
    (f"duty_desk social_worker shelter {SUPERVISORS} {OUTSIDE}", "own holder", "ticket.view", "ordinary"),
    ("dpo", "city", "ticket.view ticket.review", "ordinary"),
    # --- Sealed: named readers, and of them the PPA decides who else and when it closes. The desk of two only reads. ---
    ("ppa_officer social_worker", "sealed_team", SEALED_WORK, "sealed"),
    ("ppa_officer", "sealed_team", "case.close case.readers case.trail stay.record", "sealed"),
    ("ppa_officer", "city", "case.open_by_two", "ordinary"),
    ("ppa_officer", "sealed_desk", "case.view person.view service.view", "sealed"),
    # --- Services and stay. ---
    ("social_worker", "holder team", "service.view service.record service.void assessment.void", BOTH),
    ("social_worker", "agency", "service.view service.record", "ordinary"),
    ("rehab_head", "agency holder team", "service.view service.record service.void assessment.void", BOTH),
    ("agency_head", "agency", "service.view", BOTH),
    ("data_steward", "city", "service.view service.void assessment.void", "ordinary"),
    ("shelter", "own assigned", "service.view", "ordinary"),
    ("shelter", "own assigned", "service.record", BOTH),
    ("shelter", "own", "service.void", "ordinary"),
    ("health_worker", "own", "service.view", "ordinary"),
    ("health_worker", "assigned", "service.record", BOTH),
    ("shelter rehab_head", "city", "stay.view stay.record stay.roll_call stay.extend_request", BOTH),
    (SUPERVISORS, "city", "stay.view stay.extend_approve", BOTH),
    ("social_worker", "holder team", "stay.view stay.record stay.extend_request", BOTH),
    ("social_worker", "agency", "stay.view", "ordinary"),
    (CARE, "city", "screening.view", "protected"),
    # --- Files: whoever may see what they belong to. ---
    ("duty_desk rehab_head", "city", "attachment.view", "ordinary"),
    ("social_worker", "holder team", "attachment.view", BOTH),
    ("social_worker", "own agency", "attachment.view", "ordinary"),
    ("rehab_head", "agency holder team", "attachment.view", BOTH),
    ("agency_head", "agency", "attachment.view", BOTH),
    ("health_worker ppa_officer", "own assigned", "attachment.view", BOTH),
    (f"shelter {OUT_THERE}", "own assigned", "attachment.view", "ordinary"),
    # --- From hand to hand. ---
    (OUT_THERE, "own", "hand_over.view hand_over.offer belonging.return", BOTH),
    (f"{SUPERVISORS} social_worker shelter {OUTSIDE}", "holder own assigned", "hand_over.offer", BOTH),
    ("duty_desk", "own assigned", "hand_over.offer", BOTH),
    (f"duty_desk {SUPERVISORS} social_worker shelter {OUTSIDE}", "assigned", "hand_over.answer", BOTH),
    (f"duty_desk {SUPERVISORS} social_worker shelter {OUTSIDE}", "own assigned", "hand_over.view", BOTH),
    ("service_partner", "holder", "hand_over.view", BOTH),
    (f"social_worker {SUPERVISORS}", "team", "hand_over.view", BOTH),
    (SUPERVISORS, "agency", "hand_over.view", BOTH),
    ("social_worker", "agency", "hand_over.view", "ordinary"),
    (f"social_worker {SUPERVISORS} shelter", "own holder team assigned", "belonging.return", BOTH),
    (f"duty_desk {OUTSIDE}", "own holder", "belonging.return", BOTH),
    # --- Referral and leave to share: to whom it was granted, and to them the granted alone. ---
    ("social_worker", "holder team", "referral.send", BOTH),
    ("rehab_head", "agency holder team", "referral.send", BOTH),
    ("social_worker", "own holder team", "referral.view referral.follow", BOTH),
    ("social_worker", "agency", "referral.view", "ordinary"),
    ("rehab_head", "agency own holder team", "referral.view referral.follow", BOTH),
    ("agency_head", "agency holder", "referral.view", BOTH),
    ("health_worker service_partner", "granted", "referral.view referral.answer", BOTH),
    ("duty_desk rehab_head", "city", "referral.link_watch", "ordinary"),
    (FIGURES, "city", "referral.count", "aggregate"),
    (f"social_worker rehab_head shelter {OUTSIDE}", "granted", "grant.view", BOTH),
    ("social_worker", "holder team", "consent.view consent.give", BOTH),
    ("rehab_head", "agency holder team", "consent.view consent.give", BOTH),
    (f"shelter {OUTSIDE}", "holder", "consent.view consent.give", BOTH),
    ("agency_head", "agency holder", "consent.view", BOTH),
    (NO_OFFICE_OF_LOGS.replace("volunteer", ""), "city", "institution.view", "ordinary"),
    ("duty_desk social_worker rehab_head", "city", "institution.update", "ordinary"),
    ("health_worker service_partner", "own", "institution.update", "ordinary"),
    # --- Home, and a death. ---
    ("social_worker", "holder team", "trip.view trip.plan death.view death.record", BOTH),
    ("rehab_head", "agency holder team", "trip.view trip.plan trip.approve death.view death.record", BOTH),
    ("agency_head", "agency holder", "trip.view trip.approve death.view", BOTH),
    ("social_worker duty_desk", "agency", "trip.view", "ordinary"),
    ("shelter", "own assigned", "trip.view", BOTH),
    # --- Who is looked for: the desk takes, whoever has the person is asked and answers, a child's release is PPA's to sign. ---
    ("duty_desk social_worker", "city", "inquiry.take", BOTH),
    (CARE, "own", "inquiry.answer", BOTH),
    ("social_worker", "own holder team", "inquiry.trace", BOTH),
    ("rehab_head", "agency", "inquiry.trace", BOTH),
    ("rehab_head", "city", "inquiry.approve", "ordinary"),
    ("ppa_officer", "city", "inquiry.sign", BOTH),
    (f"{OUT_THERE} duty_desk rehab_head kasi_kesra ppa_officer", "city", "inquiry.hear", "ordinary"),
    # A pattern of exploitation is PPA's alone.
    ("ppa_officer", "city", "pattern.view pattern.answer", "protected"),
    # --- Letters: drafted in an office, through the hands of who answers for it. ---
    (f"duty_desk {SUPERVISORS} shelter kasi_kesra ppa_officer", "own agency", "letter.draft", BOTH),
    ("social_worker", "own holder agency", "letter.draft", BOTH),
    (
        f"social_worker {SUPERVISORS} kasi_kesra ppa_officer",
        "assigned",
        "letter.paraf letter.sign letter.view",
        BOTH,
    ),
    (f"{SUPERVISORS} kasi_kesra ppa_officer", "agency", "letter.view", BOTH),
    (f"{SUPERVISORS} kasi_kesra ppa_officer", "own agency", "letter.void", BOTH),
    ("social_worker", "own holder team", "letter.view", BOTH),
    ("kasi_kesra ppa_officer duty_desk shelter", "own", "letter.view", BOTH),
    ("duty_desk shelter", "assigned", "letter.view", BOTH),
    # --- Figures: numbers for who answers for them, persons behind them only for who may see the persons. ---
    (f"duty_desk {FIGURES} system_operator", "city", "spm.view area.count", "aggregate"),
    ("kasi_kesra", "area", "area.count", "aggregate"),
    ("duty_desk rehab_head agency_head regional_secretary", "city", "situation.view", "aggregate"),
    ("social_worker", "holder team", "spm.drill", BOTH),
    ("social_worker", "agency", "spm.drill", "ordinary"),
    (SUPERVISORS, "agency", "spm.drill", BOTH),
    ("data_steward", "city", "spm.drill", "ordinary"),
    (f"data_steward {SUPERVISORS}", "city", "spm.quality spm.export", "ordinary"),
    ("system_operator", "city", "spm.export import.run directory.manage audit.verify", "ordinary"),
    ("agency_head", "city", "spm.freeze", "ordinary"),
    (f"social_worker data_steward dpo {SUPERVISORS}", "own", "export.ask", "ordinary"),
    (SUPERVISORS, "agency", "export.approve", "ordinary"),
    ("dpo", "city", "export.approve export.trace", "ordinary"),
    # --- Protocols and guidance. ---
    (f"duty_desk {CARE} agency_head agency_admin dpo", "city", "protocol.view", "ordinary"),
    (SUPERVISORS, "city", "protocol.switch", "ordinary"),
    (f"{CARE} kasi_kesra volunteer", "city", "session.hold", "ordinary"),
    (f"{CARE} kasi_kesra volunteer agency_head", "agency", "session.view", "ordinary"),
    # --- The log, the rights of the person, accounts. Nobody here reads a case. ---
    ("dpo", "city", "audit.view audit.verify audit.code alarm.view alarm.judge", "ordinary"),
    ("agency_head", "agency", "audit.view", "ordinary"),
    ("duty_desk agency_head", "city", "audit.code", "ordinary"),
    (
        "dpo",
        "city",
        "rights.receive rights.decide rights.hold rights.register rights.breach rights.retain",
        "ordinary",
    ),
    ("duty_desk", "city", "rights.receive", "ordinary"),
    ("agency_head", "city", "rights.second", "ordinary"),
    ("system_operator", "city", "rights.register rights.breach rights.retain", "aggregate"),
    ("agency_admin", "agency", "directory.manage", "ordinary"),
)


def _words(text: str) -> tuple[str, ...]:
    return (
        tuple(each for each in ROLES if each != "system_operator") if text == OFFICES else tuple(text.split())
    )


def _cells() -> frozenset[tuple[str, str, str, str]]:
    return frozenset(
        (who, tie, does, level)
        for their_roles, ties, doings, levels in SENTENCES
        for who in _words(their_roles)
        for tie in ties.split()
        for does in doings.split()
        for level in levels.split()
    )


CELLS = _cells()


def may(who: str, tie: str, does: str, level: str) -> bool:
    """Is this role, standing so to a record of this level, allowed to do it? ``city`` is everybody's tie to what is not sealed."""
    ties = {tie} if level == "sealed" or tie == "excluded" else {tie, "city"}
    return any((who, each, does, level) in CELLS and not never(who, each, does, level) for each in ties)


def knows(who: str, does: str) -> bool:
    """Is there any record at all on which this role may do it (is the door there for it)?"""
    return any(cell[0] == who and cell[2] == does and not never(*cell) for cell in CELLS)


# --- Which parts of a person or case open --------------------------------------------------------------------------------

CARE_PARTS = frozenset({"assessment", "notes", "plan", "rating"})
"""What was found out about somebody and planned with them: for who works on the case and who answers for that work."""
REACHED_BY = frozenset({"nik", "phone", "address"})
"""By which somebody is found outside the register."""


def reads(who: str, tie: str, part: str, level: str) -> bool:
    """Does this role, standing so, read this part of a person or case that it may see at all?"""
    if part in CARE_PARTS:
        return _reads_care(who, tie, level)
    if part == "health":
        return _reads_care(who, tie, level) or _reads_health(who, tie, level)
    if part in REACHED_BY:
        return _reads_reached_by(who, tie, part, level)
    raise KeyError(part)


def _reads_care(who: str, tie: str, level: str) -> bool:
    if level == "sealed":
        return who == "ppa_officer" or (who == "social_worker" and tie == "sealed_team")
    if who == "social_worker":
        return tie in {"holder", "team", "ticket"}
    if who == "rehab_head":
        return tie in {"holder", "team", "agency", "ticket"}
    return who == "agency_head" and tie in {"holder", "agency"}


def _reads_health(who: str, tie: str, level: str) -> bool:
    """Who treats or is handed somebody, and who helps at night under a ticket."""
    if who == "health_worker":
        return tie in {"assigned", "holder", "ticket"}
    if who == "duty_desk":
        return tie == "ticket" and level == "ordinary"
    return who == "shelter" and tie == "ticket"


def _reads_reached_by(who: str, tie: str, part: str, level: str) -> bool:
    if level == "sealed":
        return tie == "sealed_team" or part != "nik"
    if who == "social_worker":
        return tie in {"own", "holder", "team"} or (tie == "agency" and level == "ordinary")
    if who == "rehab_head":
        return tie in {"agency", "holder", "team"}
    if who == "data_steward":
        return part == "nik" and level == "ordinary"
    return who == "agency_head" and tie == "agency"
