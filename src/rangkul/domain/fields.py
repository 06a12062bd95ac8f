"""The field list: which class of data each stored column belongs to (UU 27/2022 Ps. 31; decision 0045).

One line per table: ``class: columns``, several of them parted by ``;``. The class ``-`` holds nothing of a person: codes,
counters, technical columns. Keys, moments, truths and references to posts follow the first class of their table. What a class
means, what it is for, on which basis it is kept and for how long is city data (``data_classes.csv``). A column that stands in
no line, or a table without a line, makes a test fail: whoever adds one says what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

NOBODY: Final = "-"

FIELDS: Final[Mapping[str, str]] = {
    "access_consent": "access: institution items purpose basis given_by sealed",
    "access_consent_end": "access: asked_by sealed_words",
    "access_consent_stop": "access: sealed_words",
    "access_exclusion": "access: sealed_reason",
    "access_grant": "access: receiver about_kind parts",
    "access_link": "-: digest purpose",
    "access_rate_bucket": "-: limit left",
    "access_desk_ask": "access: reason sealed answer",
    "access_sealed_seat": "access: sealed_reason",
    "access_team_seat": "access: reason",
    "access_ticket": "access: reason sealed_words",
    "access_ticket_end": "access:",
    "access_ticket_review": "access: verdict sealed_words",
    "audit_checkpoint": "-: note",
    "audit_cosignature": "-: size witness note",
    "audit_event": (
        "trail: seq post_code agency action object_kind sensitivity purpose relation decision result commit "
        "hash"
    ),
    "audit_event_detail": "trail: salt sealed",
    "audit_receipt": "trail: action content_hash answer",
    "cases_assessed_need": "assessment: assessed_on spm_type items",
    "cases_assessment": "assessment: assessed_on sealed void_reason; -: revision",
    "cases_case": "case: code area_code category sensitivity stage closing_reason; -: rule_version revision",
    "cases_evidence": "evidence: kind happened_on sealed void_reason",
    "cases_functioning_rating": "assessment: moment rated_on sealed void_reason",
    "cases_goal": "plan: sealed outcome",
    "cases_holder_entry": "case:",
    "cases_join": "case:",
    "cases_note": "notes: sealed void_reason",
    "cases_plan_line": "plan: item due_on sealed dropped_reason",
    "cases_sensitivity_step": "case: origin target outcome; notes: sealed_reason sealed_answer",
    "cases_stage_entry": "case: stage origin facts missing sealed_reason; -: rule_version law",
    "cases_turn": "case: turn reason sealed",
    "cases_visit": "notes: kind area_code due_on after_days outcome sealed void_reason",
    "deadlines_change": "clocks: what reason sealed_words",
    "deadlines_deadline": "clocks: clock subject_kind dropped_why pause_reason; -: law",
    "deadlines_escalation": "clocks: rung",
    "deadlines_extension": "clocks: reason sealed_words decision_words",
    "directory_agency": "-: kind name retired_on",
    "directory_api_token": "-: digest; staff: name scope",
    "directory_instance": "-: city",
    "directory_member": "staff: password username name language theme state",
    "directory_post": "-: code role title title_en areas retired_on",
    "directory_post_holding": "staff:",
    "exports_export": "trail: code kind asked purpose sealed_words sealed_password rows protected_rows agency state digest",
    "files_stored_file": (
        "files: about_kind kind sensitivity sealed_name void_reason; -: media_type size_bytes sha256"
    ),
    "imports_batch": "imports: kind file_name state rows done_rows new same refused reason; -: sha256",
    "imports_data_quality_note": "imports: kind facts",
    "imports_person_row_mark": "imports: mark recorded_on",
    "indicators_budget_record": "-: year spm_type allocation months",
    "indicators_cell": "-: year spm_type month shard persons unknown",
    "indicators_frozen_period": "-: year as_of label figure digest",
    "indicators_frozen_person": "figures: spm_type served_month needed missing unproven assessed_on reason proofs",
    "indicators_open_need": "figures: spm_type from_year needed assessed_on",
    "indicators_quality_record": "-: year spm_type part name unit needed months",
    "indicators_standing": "-: year; figures: spm_type reason needed missing unproven served_month assessed_on",
    "inquiries_child_claim": "inquiries: sealed",
    "inquiries_due": "inquiries:",
    "inquiries_inquiry": "inquiries: code_digest channel sealed closed_why",
    "inquiries_match": "inquiries: probability state answer sealed_answer",
    "inquiries_tracing_text": "inquiries: text contact expires_on",
    "letters_counter": "-: kind unit year last",
    "letters_letter": (
        "letters: kind state sensitivity secrecy about_kind sealed code void_reason; -: revision number "
        "ordinal year digest"
    ),
    "letters_step": "-: round position; letters: duty outcome sealed_words",
    "mandates_duty": "clocks: mandate about_kind answer sealed_words",
    "matching_change": "-: tx",
    "matching_check_run": "matching: asked offered",
    "matching_decision": "matching: where answer probability rank reasons evidence",
    "matching_name_key": "matching: kind key",
    "matching_nightly_run": "-: persons pairs",
    "matching_not_same_person": "matching:",
    "matching_suspected_pair": "matching: probability reasons evidence cost cost_why state later_until",
    "meetings_action_item": "meetings: sealed_what due_on sealed_ending; -: revision",
    "meetings_agenda_item": "-: position; meetings: source about_key title why speaker sealed_minutes postponed_to",
    "meetings_attendance": "attendance: name title agency way",
    "meetings_decision": "meetings: sealed",
    "meetings_invitee": "attendance: name agency part answer answer_words",
    "meetings_meeting": "meetings: kind title purpose place state protocol closing_words news; -: revision",
    "notices_notice": "staff: code page arg",
    "notices_outgoing": "staff: channel subject body tries last_error",
    "notices_preference": "staff: email",
    "notices_subscription": "staff: endpoint p256dh auth",
    "outside_news": "outside: event sealed void_reason",
    "patterns_answer": "patterns: verdict adult_victim sealed",
    "patterns_child_sighting": "patterns: plate_index",
    "patterns_pattern": "-: revision; patterns: signs state verdict",
    "people_identity_claim": (
        "identity: kind value source source_words confidence claimed_on void_reason; numbers: sealed blind"
    ),
    "people_identity_try": "identity: way result words",
    "people_merge": (
        "matching: sealed_reason sealed_preview left_revision into_revision outcome sealed_answer "
        "sealed_names sealed_undo"
    ),
    "people_person": (
        "case: code; identity: label street_label sex born_from born_to identity_level citizen origin_code "
        "person_key died_on; -: revision"
    ),
    "people_relation": "relations: kind words ended_on",
    "protocols_period": "-: protocol version starts_on ends_on reason",
    "protocols_screening": "screening: about_kind protocol sealed_answers; -: version",
    "protocols_session": "-: kind topic audience place held_on attended speaker protocols steps kits",
    "protocols_session_part": "case:",
    "referrals_belonging": "hand_overs: sealed outcome sealed_settling",
    "referrals_economic_check": "referrals: days due_on outcome sealed",
    "referrals_hand_over": "hand_overs: sealed state way reason sealed_answer token_digest pin_digest pin_tries",
    "referrals_handed_item": "hand_overs:",
    "referrals_institution_state": "-: institution beds_free free_from queue closed closed_until words",
    "referrals_link_try": "-: times",
    "referrals_outside_acceptance": "hand_overs: body letter_number sealed",
    "referrals_referral": "referrals: institution kind state sealed reason place_from sealed_answer; -: revision",
    "referrals_result": "referrals: code on sealed",
    "reports_contact": (
        "-: number revision; contacts: trigger area_code outside_code place_words latitude longitude sex "
        "age_low age_high category ground voluntary decision sensitivity next_visit_on inbox; safety: sealed"
    ),
    "reports_report": (
        "reports: code_digest channel area_code outside_code place_words still_there state; reporter: sealed; "
        "-: revision"
    ),
    "reports_report_step": "reports: step sealed",
    "reports_shift": "-:",
    "rights_breach": "requests: code sealed events subjects sealed_ending",
    "rights_hold": "requests: law sealed_words",
    "rights_retention_item": "requests: code left_why",
    "rights_retention_run": "-: rule",
    "rights_request": "requests: code kind asker channel sealed state outcome ground sealed_decision; -: revision",
    "rights_step": "requests: step sealed_words",
    "services_service_record": "services: item given_on quantity unit setting proof void_reason; -: content_key",
    "stays_bed": "-: room kind",
    "stays_extension": "stays: until_on blocker sealed_reason decision_words funding",
    "stays_roll_call": "stays: taken_on",
    "stays_roll_call_mark": "stays: mark meals",
    "stays_stay": "stays: limit_on destination sealed_leaving; -: revision",
    "trips_answer": "trips: answer channel sealed",
    "trips_cost": "trips: words receipt amount",
    "trips_death": "deaths: died_on settled_on settled_by published_until sealed; -: revision",
    "trips_death_step": "deaths: step happened_on sealed",
    "trips_exception": "trips: kind sealed_reason decision_words",
    "trips_leg": "trips: order state origin target carrier ticket fare escort sealed done_via",
    "trips_sighting": "trips:",
    "trips_trip": (
        "trips: state receiver destination_code destination relay wish police_letter sealed vulnerable "
        "confirmed_via cancel_reason; -: revision"
    ),
    "vault_subject_key": "-: kind wrapped root_version version retired_below shred_basis",
    "watching_alarm": "trail: rule post_code agency subject_kind count verdict sealed_words",
    "watching_place": "-: seq",
}


@lru_cache(maxsize=256)
def classes_of(table: str) -> Mapping[str, str]:
    """Column -> class, of one table.

    Raises:
        KeyError: the table is in no line.
    """
    found: dict[str, str] = {}
    for part in FIELDS[table].split(";"):
        name, _, columns = part.partition(":")
        found |= dict.fromkeys(columns.split(), name.strip())
    return found


def main_class(table: str) -> str:
    """The class of a table's keys and moments: the first that is not ``-``."""
    named = [part.partition(":")[0].strip() for part in FIELDS[table].split(";")]
    return next((name for name in named if name != NOBODY), NOBODY)


def columns_by_class() -> Mapping[str, list[str]]:
    """Class -> ``table.column`` of everything that it holds."""
    found: dict[str, list[str]] = {}
    for table, column, name in _every_column():
        found.setdefault(name, []).append(f"{table}.{column}")
    return found


def _every_column() -> Iterator[tuple[str, str, str]]:
    for table in FIELDS:
        for column, name in classes_of(table).items():
            if name != NOBODY:
                yield table, column, name


def unlisted(stored: Mapping[str, list[str]]) -> list[str]:
    """What is stored and stands in no line: tables, and ``table.column``.

    Args:
        stored: table -> the columns that can hold something of a person.
    """
    missing = [table for table in stored if table not in FIELDS]
    for table, columns in stored.items():
        if table in FIELDS:
            known = classes_of(table)
            missing += [f"{table}.{column}" for column in columns if column not in known]
    return sorted(missing)


def gone(stored: Mapping[str, list[str]]) -> list[str]:
    """What stands in a line and is stored nowhere."""
    found = [table for table in FIELDS if table not in stored]
    for table, columns in stored.items():
        if table in FIELDS:
            found += [f"{table}.{column}" for column in classes_of(table) if column not in columns]
    return sorted(found)
