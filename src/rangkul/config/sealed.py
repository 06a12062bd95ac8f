"""Every column of sealed values, and the ways to the subject whose key seals it: what a rotation of data keys goes over."""

from __future__ import annotations

from typing import Final

from rangkul.files.actions import seal_files_again
from rangkul.vault import rotation
from rangkul.vault.rotation import Site

_OF_CASE: Final = ("case__person_id",)
_OF_CLOCK: Final = ("deadline__person_id", "deadline__subject_id", "deadline_id")
_CASE_OR_CONTACT: Final = ("case__person_id", "contact_id")
_OF_AGENDA: Final = ("item__case__person_id", "item__meeting_id")

SITES: Final = (
    Site("audit.EventDetail", "sealed", ("subject_id",)),
    Site("files.StoredFile", "sealed_name", ("subject_id",)),
    Site("deadlines.DeadlineChange", "sealed_words", _OF_CLOCK),
    Site("deadlines.DeadlineExtension", "sealed_words", _OF_CLOCK),
    Site("mandates.Duty", "sealed_words", ("person_id", "pk")),
    Site("people.IdentityClaim", "sealed", ("person_id",)),
    *(
        Site("people.PersonMerge", f"sealed_{named}", ("into_id",), named)
        for named in ("reason", "preview", "answer", "undo")
    ),
    Site("reports.Report", "sealed", ("pk",)),
    Site("reports.ReportStep", "sealed", ("report_id",)),
    Site("reports.Contact", "sealed", ("pk",)),
    Site("patterns.PatternAnswer", "sealed", ("pattern_id",)),
    Site("cases.CaseTurn", "sealed", _OF_CASE),
    Site("cases.StageEntry", "sealed_reason", _OF_CASE),
    Site("cases.Evidence", "sealed", _OF_CASE),
    Site("cases.Assessment", "sealed", ("person_id", "case__person_id")),
    Site("cases.FunctioningRating", "sealed", _OF_CASE),
    Site("cases.PlanLine", "sealed", _OF_CASE),
    Site("cases.Goal", "sealed", _OF_CASE),
    Site("cases.CaseNote", "sealed", _OF_CASE),
    Site("cases.Visit", "sealed", _CASE_OR_CONTACT),
    Site("referrals.HandOver", "sealed", _CASE_OR_CONTACT),
    Site("referrals.HandOver", "sealed_answer", _CASE_OR_CONTACT),
    Site("referrals.Belonging", "sealed", _CASE_OR_CONTACT),
    Site("referrals.Belonging", "sealed_settling", _CASE_OR_CONTACT),
    Site("referrals.OutsideAcceptance", "sealed", _OF_CASE),
    Site("referrals.Referral", "sealed", ("person_id",)),
    Site("referrals.Referral", "sealed_answer", ("person_id",)),
    Site("referrals.ReferralResult", "sealed", ("referral__person_id",)),
    Site("referrals.EconomicCheck", "sealed", ("referral__person_id",)),
    Site("stays.Stay", "sealed_leaving", ("person_id",)),
    Site("stays.StayExtension", "sealed_reason", ("stay__person_id",)),
    Site("letters.Letter", "sealed", ("subject_id",)),
    Site("letters.LetterStep", "sealed_words", ("letter__subject_id",)),
    Site("trips.Trip", "sealed", ("person_id",)),
    Site("trips.Leg", "sealed", ("trip__person_id",)),
    Site("trips.ReceiverAnswer", "sealed", ("trip__person_id",)),
    Site("trips.TripException", "sealed_reason", ("trip__person_id",)),
    Site("trips.Death", "sealed", ("person_id",)),
    Site("trips.DeathStep", "sealed", ("death__person_id",)),
    Site("protocols.Screening", "sealed_answers", ("subject_id",)),
    Site("outside.OutsideNews", "sealed", _OF_CASE),
    Site("inquiries.Inquiry", "sealed", ("pk",)),
    Site("inquiries.InquiryMatch", "sealed_answer", ("person_id",)),
    Site("inquiries.ChildClaim", "sealed", ("person_id",)),
    Site("access.Ticket", "sealed_words", ("person_id", "pk")),
    Site("access.DeskAsk", "sealed", ("pk",)),
    Site("access.TicketReview", "sealed_words", ("ticket__person_id", "ticket_id")),
    Site("access.SealedSeat", "sealed_reason", ("person_id",)),
    Site("access.Exclusion", "sealed_reason", ("subject_id",)),
    Site("access.Consent", "sealed", ("person_id",)),
    Site("access.ConsentEnd", "sealed_words", ("consent__person_id",)),
    Site("access.ConsentStop", "sealed_words", ("consent__person_id",)),
    Site("cases.SensitivityStep", "sealed_reason", _OF_CASE),
    Site("cases.SensitivityStep", "sealed_answer", _OF_CASE),
    Site("rights.PrivacyRequest", "sealed", ("pk",)),
    Site("rights.PrivacyRequest", "sealed_decision", ("pk",)),
    Site("rights.PrivacyStep", "sealed_words", ("request_id",)),
    Site("rights.Breach", "sealed", ("pk",)),
    Site("rights.Breach", "sealed_ending", ("pk",)),
    Site("rights.LegalHold", "sealed_words", ("person_id",)),
    Site("watching.Alarm", "sealed_words", ("pk",)),
    Site("exports.Export", "sealed_words", ("pk",)),
    Site("exports.Export", "sealed_password", ("pk",)),
    Site("meetings.AgendaItem", "sealed_minutes", ("case__person_id", "meeting_id")),
    Site("meetings.MeetingDecision", "sealed", _OF_AGENDA),
    Site("meetings.ActionItem", "sealed_what", _OF_AGENDA),
    Site("meetings.ActionItem", "sealed_ending", _OF_AGENDA),
)


def wire() -> None:
    """Hang what a rotation goes over."""
    rotation.ask(SITES, [seal_files_again])
