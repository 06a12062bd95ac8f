"""Audit events: names, a shape without personal data, and the only way in which an entry is written down.

An entry holds pseudonyms and codes only. What was seen or changed stands in a detail that is sealed under the
subject's key; the entry holds ``commit = SHA-256(salt || detail)``, salted because a NIK can be guessed
from a bare hash. The tree over the entries stands in ``domain.merkle``. Source: security.md D.1, D.2.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Final, TypeAlias

EVENTS: Final = {
    # the house
    "member.signed_in": "a member signed in",
    "member.session_ended": "a session of a member was ended from elsewhere",
    "member.factor_added": "a second factor was added",
    "member.factor_removed": "a second factor was removed",
    "member.factor_reset": "an administrator took away a member's second factors",
    "member.codes_made": "recovery codes were made",
    "member.code_used": "a recovery code was used",
    "member.own_password_set": "a member chose an own password",
    "member.linked": "a member's account of the city's single sign-on was linked",
    "member.token_made": "a bearer token was made",
    "member.token_ended": "a bearer token was ended",
    "member.signed_out": "a member signed out",
    "member.sign_in_refused": "a sign-in failed or was locked out",
    "member.post_chosen": "a member now acts for another of their posts",
    "member.added": "a member was added to a post",
    "member.state_set": "a member was let in again or shut out",
    "member.password_set": "a password was set",
    "token.issued": "an API token was given",
    "token.revoked": "an API token was taken back",
    "post.held": "an officer took up a post",
    "post.released": "an officer left a post; it still holds what it held",
    "city.loaded": "city data were loaded",
    "key.used": "a key was made, rotated or used for recovery",
    "audit.read": "somebody read the trail",
    "audit.verified": "the log was checked against its checkpoints",
    "audit.exported": "the log was written out for an inspector",
    "audit.tree_begun": "the hash chain of an older version became the first leaves of the tree",
    "audit.witnessed": "a witness cosigned a checkpoint",
    "audit.alarm": "a rule of the city said that a look is unusual; result names the rule",
    "audit.alarm_judged": "an alarm was looked at: seen, explained, or given to the inspectorate",
    "backup.made": "a backup was made",
    "backup.restored": "a backup was restored",
    "training.loaded": "training data were loaded or generated",
    # who may
    "access.denied": "a request was refused by the permission table",
    "list.viewed": "a list was shown; the detail names its objects",
    "search.run": "a search was run; keyed hash of the term, never the term",
    "export.made": "a table left the house as a file",
    "page.printed": "a page was printed",
    # reports
    "report.received": "a report came in",
    "report.added_to": "the reporter added words to a report",
    "report.viewed": "a report was opened",
    "report.verified": "the duty desk verified a report",
    "report.joined": "a report was joined to another by hand",
    "report.assigned": "a team was sent",
    "report.step_taken": "a team set out, arrived, or found nobody",
    "report.offered_outside": "a place outside the city was offered to its Dinsos",
    "report.closed": "a report was closed with its coarse state",
    "report.stepped": "a team set out, arrived, found nobody, or turned back",
    "report.updated": "the reporter sent news",
    "report.reopened": "news opened a report again that was closed as not found",
    "report.offered": "a place outside the city was offered to its Dinsos, in words",
    "report.looked": "a reporter's number was read",
    "report.phone_dropped": "a reporter's number was deleted after its time",
    "shift.started": "a team was put on duty",
    # contacts
    "contact.linked": "it was said who a contact met",
    "contact.looked": "sealed parts of a contact were read",
    "contact.noted": "a contact needed no case",
    "contact.answered": "what a clock of a contact asks for was done",
    "contact.recorded": "a team met a person, or did not find one",
    "contact.viewed": "a contact was opened",
    "contact.corrected": "a contact was corrected by a further row",
    "contact.taken": "Dinsos took a contact from its inbox",
    "contact.voided": "a contact was voided with a reason",
    # several contacts with a child
    "pattern.raised": "several contacts with a child together show a pattern; Unit PPA alone is told",
    "pattern.grown": "a further contact belongs to a pattern",
    "pattern.looked": "a pattern was opened",
    "pattern.answered": "Unit PPA said what a pattern is",
    # people
    "person.recorded": "a person record was made",
    "person.registered": "a person record was made with its first claims",
    "person.identified": "claims about identity were added",
    "person.identity_tried": "a way to find out who somebody is was tried, with its result",
    "person.relation_ended": "a relation was ended by date",
    "person.searched": "persons were searched; keyed hash of the term and number of hits",
    "person.viewed": "a person record was opened",
    "person.protected_viewed": "a protected part was opened",
    "person.repeat_checked": "a repeat check was run",
    "person.not_the_same": "two records were said to be different people",
    "person.claim_added": "a claim about identity was added",
    "person.claim_voided": "a claim was voided with a reason",
    "person.related": "a relation between people was recorded",
    "person.merge_proposed": "two records were proposed to be one person",
    "person.merge_refused": "a proposal to merge was refused",
    "person.merge_withdrawn": "a proposal to merge was taken back",
    "person.merge_previewed": "two records were compared side by side",
    "person.pair_put_off": "a likely double was put off",
    "person.check_alarm": "somebody ran many repeat checks, or never chose a candidate",
    "person.merged": "two records became one",
    "person.unmerged": "a merge was undone",
    "register.compared": "the register was compared with itself; likely doubles went to the steward's queue",
    "attachment.added": "a file was attached",
    "attachment.viewed": "a file was opened",
    "attachment.voided": "a file was voided with a reason",
    # cases
    "case.opened": "a case was opened",
    "case.twinned": "a merge left two open cases of one person",
    "case.untwinned": "a case is the person's only open one again",
    "case.join_offered": "a holder agreed to join two cases of one person",
    "case.joined": "two cases of one person were joined",
    "case.viewed": "a case was opened on a screen",
    "case.stage_entered": "a case entered a stage on evidence",
    "case.stage_overridden": "a case entered a stage by override",
    "case.holder_changed": "another post answers for the case",
    "case.assessed": "an assessment was recorded or finished",
    "case.assessment_voided": "an assessment was voided with a reason",
    "case.plan_changed": "a plan line was added, agreed or dropped",
    "case.rated": "social functioning was rated",
    "case.evidence_added": "evidence for a stage was recorded",
    "case.note_added": "a note was written",
    "case.note_voided": "a note was voided with a reason",
    "case.rating_voided": "a rating of social functioning was voided with a reason",
    "case.visit_voided": "a visit was voided with a reason",
    "case.visit_planned": "a follow-up visit was planned",
    "case.visit_recorded": "a follow-up visit was recorded",
    "case.closed": "a case was closed by a coded reason",
    "case.reopened": "a closed case was opened again",
    "case.looked": "a protected part of a case was opened; the detail names the part",
    "case.raised": "a case was made more guarded, at once",
    "case.lowering_asked": "somebody asked that a case be less guarded",
    "case.lowered": "a second person agreed that a case be less guarded",
    "case.lowering_refused": "a second person kept a case guarded",
    "case.sealed_opened": "a sealed case was opened, known to its named readers alone",
    "case.reader_named": "one more member may know of a sealed case",
    "case.reader_ended": "a member may no longer know of a sealed case",
    "case.excluded": "somebody must not know of a person, whatever their role",
    "case.exclusion_ended": "an exclusion was ended with a reason",
    "case.override_seen": "the head saw an override",
    "case.post_seated": "a post was asked to work on a case beside its holder",
    "case.post_unseated": "a post no longer works on a case",
    "evidence.recorded": "evidence for a stage was recorded",
    "evidence.voided": "evidence was voided with a reason",
    "assessment.saved": "a draft of an assessment was kept",
    "assessment.finished": "an assessment was finished",
    "assessment.voided": "an assessment was voided with a reason",
    "visit.looked": "what a visit asks was opened by whoever makes it",
    # somebody looks for somebody
    "inquiry.taken": "an inquiry was taken down",
    "inquiry.closed": "an inquiry was closed",
    "inquiry.matched": "an inquiry and a person may belong together: told to the holder alone",
    "inquiry.match_moved": "a match that waits went to the post that holds the case now",
    "inquiry.match_looked": "a match was opened",
    "inquiry.match_answered": "a holder said what became of a match",
    "inquiry.match_signed": "Unit PPA agreed, for a child",
    "inquiry.text_written": "a tracing text was written",
    "inquiry.text_approved": "a tracing text was approved",
    "inquiry.child_claimed": "somebody claimed a child",
    "inquiry.claim_looked": "a claim on a child was opened",
    "inquiry.proof_added": "a proof was added to a claim on a child",
    "inquiry.claim_signed": "Unit PPA signed a claim on a child",
    "inquiry.child_released": "a child was given to a claimant against every proof",
    "inquiry.claim_refused": "a claim on a child was turned down",
    # emergency access
    "ticket.opened": "one case was opened for minutes, with a reason",
    "ticket.refused": "emergency access was asked for a code that opens nothing",
    "ticket.tries_many": "an officer asked for many codes that open nothing",
    "ticket.ended": "emergency access was closed before its time",
    "ticket.viewed": "a ticket of emergency access was read",
    "ticket.reviewed": "emergency access was reviewed, with a verdict and words",
    # hand-overs
    "hand_over.offered": "a post was asked to take a case, or a person that a team brings",
    "hand_over.accepted": "the receiver accepted and answers from now on",
    "hand_over.refused": "the receiver refused with a reason and named the next body",
    "hand_over.withdrawn": "the sender took the hand-over back",
    "hand_over.code_shown": "the sender showed a short-lived PIN and QR",
    "hand_over.pin_wrong": "a wrong PIN was typed",
    "hand_over.looked": "what the receiver must know was opened",
    "hand_over.outside_accepted": "a body outside the city accepted in writing",
    "belonging.settled": "a belonging was given back, or it was said what became of it",
    # services and stay
    "service.recorded": "services were recorded",
    "service.proof_added": "a proof was hung on a service",
    "service.voided": "a service was voided with a reason",
    "stay.entered": "somebody was given a bed",
    "stay.moved": "somebody moved to another bed",
    "stay.roll_call_signed": "the roll was called and signed",
    "stay.extension_asked": "an extension was asked for",
    "stay.extended": "an extension was approved",
    "stay.extension_refused": "an extension was refused",
    "stay.left": "somebody left, destination known or not",
    # letters
    "letter.drafted": "a letter was begun",
    "letter.saved": "a draft of a letter was changed",
    "letter.sent": "a letter was sent on its way to paraf and signature",
    "letter.initialled": "a post gave its paraf",
    "letter.returned": "a letter went back to whoever drafted it, with words",
    "letter.issued": "a letter was signed and issued with its number",
    "letter.voided": "a letter was voided with a reason",
    "letter.viewed": "a letter was opened",
    "letter.printed": "the PDF of a letter was taken",
    # returns, deaths, people met again
    "trip.planned": "a return was planned from a case",
    "trip.changed": "the plan of a return was changed; the detail names the part",
    "trip.answered": "what the receiver said was written down",
    "trip.exception_asked": "an exception for a return was asked for",
    "trip.exception_decided": "an exception for a return was decided",
    "trip.departed": "somebody set out for home",
    "trip.leg_departed": "a further leg began",
    "trip.leg_done": "a traveller was handed to the next agency",
    "trip.leg_cancelled": "a leg broke off; the detail says who has the traveller",
    "trip.lost": "a traveller was not where they should be",
    "trip.found": "a traveller was found again",
    "trip.arrived": "the receiver confirmed the arrival",
    "trip.cancelled": "a return was given up",
    "trip.linked": "a link was made by which the receiver confirms",
    "trip.served": "the services of a return were recorded",
    "trip.looked": "the protected part of a return was opened",
    "death.recorded": "a death in care was recorded",
    "death.step_recorded": "a step after a death was recorded",
    "death.buried": "somebody was buried or handed to the family",
    "death.looked": "the record of a death was opened",
    "sighting.told": "a case manager was told that somebody was met again",
    "sighting.seen": "a case manager has read that somebody was met again",
    # referrals
    "referral.sent": "a referral was sent with the parts its receiver may see",
    "referral.answered": "the institution accepted or declined",
    "referral.result": "what came of a referral was recorded",
    "referral.withdrawn": "the sender took a referral back",
    "referral.looked": "the sheet of a referral was read",
    "referral.decided": "the sender decided what follows a refusal",
    "referral.checked": "the result of an economic step was asked",
    "referral.link_made": "a single-use answer link was made",
    "referral.link_refused": "an answer link was used twice, or after its time",
    "referral.link_seen": "the desk saw that a link was refused",
    "institution.state_said": "an institution's beds, queue or closure was recorded",
    "grant.given": "a receiver may see named parts of a subject",
    "grant.ended": "a receiver may no longer see them",
    # deadlines
    "deadline.set": "a clock was started",
    "deadline.met": "a duty was done",
    "deadline.dropped": "a clock was stopped without being met",
    "deadline.paused": "a clock stands still, with a reason and until when",
    "deadline.resumed": "a clock that stood still goes on",
    "deadline.extension_asked": "more time was asked for",
    "deadline.extended": "a post above gave more time",
    "deadline.extension_refused": "a post above refused more time",
    "deadline.escalated": "a clock was carried up the ladder",
    "deadline.acknowledged": "a post said that it takes care of what was carried up to it",
    "deadline.reckoned_anew": "due moments were reckoned again after the calendar or the table changed",
    # referrals
    "duty.arisen": "an agency must act by its main duty",
    "duty.done": "an agency did what its duty asks",
    "duty.not_needed": "a duty was found not to be needed, with the reason",
    # notices
    "notice.preferred": "a member set how to be told",
    "link.shared": "words for a group chat were made, with a link that ends",
    "notice.browser_added": "a member's browser takes push",
    # told by hand: what happens outside the house and starts a clock of the law
    "case.conference_asked": "a case was called complex: a case conference is due",
    "case.conference_decided": "a case conference decided on a case",
    "case.tpks_reported": "a victim of sexual violence reported to a service",
    "police.dv_known": "the police know of domestic violence",
    "police.dv_protected": "temporary protection after domestic violence began",
    "police.tpks_received": "the police received a report of sexual violence",
    "police.tpks_protected": "temporary protection after sexual violence began",
    "police.lpsk_asked": "protection by LPSK was asked for",
    "police.protection_ended": "temporary protection ended",
    "court.protection_asked": "a court was asked for a protection order",
    "outside.voided": "news from outside was voided with a reason",
    "court.protection_order": "a court gave a protection order",
    "privacy.correction_asked": "somebody asked to have their data corrected",
    "privacy.access_asked": "somebody asked to see their data and what was done with it",
    "privacy.consent_withdrawn": "somebody took their consent back",
    "privacy.restriction_asked": "somebody asked to suspend or restrict the use of their data",
    "privacy.erasure_asked": "somebody asked to have their data erased",
    "privacy.breach_known": "a failure to protect data became known",
    "privacy.breach_told": "subjects and authority were told of a failure to protect data",
    "privacy.breach_dismissed": "what was taken for a failure to protect data was none",
    # figures
    "spm.viewed": "the figures were opened",
    "spm.drilled": "a figure was opened to its persons",
    "spm.quality_recorded": "quality counts or budget were entered",
    "period.frozen": "a period was frozen with its snapshot",
    # protocols
    "protocol.switched": "a protocol was switched on or off",
    "screening.recorded": "what a protocol asks was asked",
    "screening.looked": "answers of a screening were opened",
    "session.held": "a guidance session was recorded",
    # meetings
    "meeting.planned": "a meeting was planned",
    "meeting.changed": "a meeting's day, place or agenda was changed",
    "meeting.invited": "the posts of a meeting were invited",
    "meeting.answered": "an invited post said whether it comes",
    "meeting.opened": "a meeting was opened",
    "meeting.signed_in": "somebody signed in at a meeting",
    "meeting.minuted": "minutes of an agenda item were written",
    "meeting.decided": "a meeting decided",
    "meeting.closed": "a meeting was closed; its minutes never change again",
    "meeting.cancelled": "a meeting was cancelled",
    "meeting.news_approved": "the public words about a meeting were approved",
    "action_item.given": "a post was given something to do by a meeting",
    "action_item.done": "a post did what a meeting gave it",
    "action_item.dropped": "an action item was dropped with a reason",
    # import
    "import.run": "a file was imported: digest, line range, counts",
    "import.refused": "a file was refused whole",
    "people.imported": "rows of a file brought persons or claims: digest, lines from and to",
    "assessments.imported": "rows of a file brought assessments: digest, lines from and to",
    "services.imported": "rows of a file brought services: digest, lines from and to",
    "data_quality.settled": "somebody looked at a warning and took it off the list",
    # rights of the person
    "privacy.tied": "it was said whom a request about data is about",
    "privacy.looked": "a request about data was opened with what it is about",
    "privacy.decided": "a request about data was granted, granted in part, or refused on a lawful ground",
    "privacy.answered": "what was asked about data was done or refused, and the asker can be told",
    "privacy.taken_back": "a request about data was taken back by whoever asked",
    "privacy.restricted": "the processing of a person's data was restricted",
    "privacy.restriction_lifted": "the processing of a person's data goes on again",
    "privacy.consent_ended": "what consent had opened to others was closed",
    "privacy.corrected": "a claim was added on the person's own request",
    "privacy.statement_made": "what is kept about a person was put together for them",
    "privacy.erasure_prepared": "an erasure was prepared and waits for a second person",
    "privacy.erasure_sent_back": "a second person sent an erasure back",
    "privacy.hold_set": "a legal hold stops the destruction of a person's data",
    "privacy.hold_ended": "a legal hold ended",
    "privacy.pack_made": "a breach pack was put together from the audit trail",
    "privacy.register_made": "the register of processing or the impact assessment was put together",
    "retention.proposed": "what is past its time was listed and waits for a second person",
    "retention.applied": "what was past its time was destroyed",
    "retention.dropped": "a proposed destruction was not carried out",
    "subject.read_own": "somebody saw what is kept about them",
    "subject.erased": "a subject's key was destroyed; pid and legal basis",
}
"""Every event that may be recorded, with its short meaning. ``noun.what_happened``; a name never changes."""

SALT_BYTES: Final = 32


Entry: TypeAlias = Mapping[str, str | int | None]
"""One entry by field name: pseudonyms and codes, no personal data (security.md D.1)."""

FIELDS: Final = frozenset(
    {
        "seq",
        "id",
        "at",
        "actor_pid",
        "post_code",
        "agency",
        "action",
        "object_kind",
        "object_pid",
        "sensitivity",
        "purpose",
        "relation",
        "decision",
        "result",
        "request_id",
        "commit",
    }
)
"""What the hashed part holds. ``seq`` counts from 1 without a gap; ``at`` is ISO 8601; ``commit`` is hex."""


def canonical(entry: Entry) -> bytes:
    """Return the only writing of an entry: JSON with sorted keys, no spaces, UTF-8.

    Raises:
        ValueError: a field is missing or unknown; a field outside the hash could be changed unseen.
    """
    if entry.keys() != FIELDS:
        raise ValueError(f"an entry has these fields and no others: {', '.join(sorted(FIELDS))}")
    return json.dumps(dict(entry), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def commit(salt: bytes, detail: bytes) -> bytes:
    """Return ``SHA-256(salt || detail)``.

    Raises:
        ValueError: a salt that is not 32 bytes: its length says where the detail begins.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError("the salt has 32 bytes")
    return hashlib.sha256(salt + detail).digest()


def detail_holds(entry: Entry, salt: bytes, detail: bytes) -> bool:
    """Say whether a detail is the one that the entry was written with."""
    return commit(salt, detail).hex() == entry["commit"]
