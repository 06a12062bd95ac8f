"""The operations: the same queries and actions as the pages."""

from base64 import b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from rangkul.access import limits
from rangkul.api import shapes
from rangkul.api.doors import ApiRequest, Bearer, door
from rangkul.cases import actions as case_actions
from rangkul.cases.queries import CaseRow, Filters, case_list, case_page, case_seen_by, timeline
from rangkul.deadlines.queries import board
from rangkul.directory.actions import end_this_token, make_token, note_sign_in
from rangkul.directory.queries import acting_member, post_of_code
from rangkul.domain.deadlines import state
from rangkul.domain.errors import N_, NotFound, Refusal
from rangkul.domain.policy import ActingMember
from rangkul.indicators.queries import spm_json
from rangkul.letters import actions as letter_actions
from rangkul.letters import queries as letter_queries
from rangkul.notices.queries import my_notices
from rangkul.reports import actions as report_actions
from rangkul.reports import queries as report_queries
from rangkul.services.actions import ServiceInput, record_services, void_service
from rangkul.signin.actions import use_code
from rangkul.signin.queries import PASSWORD_FIRST, first_things, has_second
from rangkul.signin.refusals import FactorMustBeSet, PasswordMustChange, SecondFactorNeeded
from rangkul.stays.queries import bed_board
from rangkul.worklist.queries import tasks_for
from rangkul.worklist.task import Task

router = Router()
bearer = Bearer()
REFUSALS = {frozenset({400, 401, 403, 404, 409, 413, 422, 429}): shapes.Problem}


class WrongSignIn(Refusal):
    """Wrong name and wrong password read the same; a locked name, known or not, is refused before (``LockedOut``)."""

    code = "wrong_sign_in"
    status = 401
    says = N_("Nama pengguna dan kata sandi ini tidak cocok.")


@router.post("/sign-in", response={200: shapes.Token, **REFUSALS}, auth=None)
@door(public=True, why="sign-in")
def sign_in(request: HttpRequest, body: shapes.SignIn) -> Any:
    """Give an opaque bearer token for the member's first post; it ends after 12 hours."""
    found = authenticate(request, username=body.username.lower(), password=body.password)
    member = acting_member(found.pk, None) if found is not None else None
    if member is None:
        raise WrongSignIn
    now = timezone.now()
    _second_step(member, body.otp, now)
    token, expires_at = make_token(member, at=now, scope=body.scope, hours=body.hours)
    note_sign_in(member, at=now)
    return {"token": token, "expires_at": expires_at}


def _second_step(member: ActingMember, otp: str, now: datetime) -> None:
    """The code, where the member has a second factor; what must be done first is done on the page."""
    first = first_things(member)
    if first:
        raise PasswordMustChange if first == PASSWORD_FIRST else FactorMustBeSet
    if member.id is None or not has_second(member.id):
        return
    if not otp:
        raise SecondFactorNeeded(field="otp")
    limits.SECOND_STEP.check(str(member.id), now)
    use_code(member, otp, at=now)


@router.post("/sign-out", response={204: None, **REFUSALS}, auth=bearer)
@door(why="ends one's own token")
def sign_out(request: ApiRequest) -> Any:
    """End the token that this request carries; its next request is refused."""
    end_this_token(request.auth_digest, by=request.member, at=timezone.now())
    return Status(204, None)


@router.get("/me", response={200: shapes.Me, **REFUSALS}, auth=bearer)
@door(why="one's own name and post")
def me(request: ApiRequest) -> Any:
    """Who acts, and for which post."""
    member = request.member
    return {
        "name": member.name,
        "post": member.post_title,
        "post_code": member.post_code,
        "agency": member.agency,
        "role": member.role,
        "areas": sorted(member.areas),
    }


@router.get("/deadlines", response={200: list[shapes.DeadlineOut], **REFUSALS}, auth=bearer)
@door("deadline.view")
def deadlines(request: ApiRequest) -> Any:
    """The clocks in sight that are overdue, fall today, will be overdue tomorrow, or stand still; at most 200 of each."""
    found = board(request.member, timezone.now())
    return [
        {
            "id": due.id,
            "clock": due.clock,
            "label": due.label,
            "about_kind": due.subject_kind,
            "owner": due.owner,
            "agency": due.agency,
            "due_at": due.due_at,
            "state": due.state,
            "law": due.law,
            "statutory": due.statutory,
        }
        for due in (*found.overdue, *found.today, *found.tomorrow, *found.paused)
    ]


@router.get("/notices", response={200: list[shapes.NoticeOut], **REFUSALS}, auth=bearer)
@door(why="one's own notices")
def notices(request: ApiRequest) -> Any:
    """The member's latest notices."""
    return [
        {"id": line.id, "words": line.words, "at": line.at, "is_read": line.is_read, "safety": line.safety}
        for line in my_notices(request.member)
    ]


def _task(task: Task) -> dict[str, Any]:
    late = task.due_at is not None and state(task.due_at, timezone.now()) == "overdue"
    return {
        "kind": task.kind,
        "what": task.what,
        "line": task.line,
        "person": task.person[0] if task.person else None,
        "stage": task.stage,
        "due_at": task.due_at,
        "overdue": late,
    }


@router.get("/worklist", response={200: list[shapes.TaskOut], **REFUSALS}, auth=bearer)
@door("worklist.view")
def worklist(request: ApiRequest) -> Any:
    """Perlu saya kerjakan, overdue first."""
    found = tasks_for(request.member, timezone.now())
    return [_task(task) for task in (*found.overdue, *found.today, *found.later)]


@router.post("/public/reports", response={200: shapes.ReportTaken, **REFUSALS}, auth=None)
@door(public=True, why="anyone may report someone in need")
def report_in(request: HttpRequest, body: shapes.ReportIn) -> Any:
    """Take a report from the public; no account. The page's limit holds here too."""
    limits.REPORTS.check(limits.network_of(request), timezone.now())
    new = report_actions.NewReport(
        area_code=body.area_code,
        outside_code=body.outside_code,
        place_words=body.place_words,
        words=body.words,
        still_there=body.still_there,
        phone=body.phone,
    )
    return report_actions.receive_report(new, by=None, at=timezone.now(), key=body.client_key)


@router.get("/reports", response={200: list[shapes.ReportOut], **REFUSALS}, auth=bearer)
@door("report.view")
def reports(request: ApiRequest) -> Any:
    """Open reports in sight: the desk's inbox, or the team's own."""
    return report_queries.inbox(request.member)


@router.post("/reports/{uuid:report_id}/verify", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("report.verify")
def report_verify(request: ApiRequest, report_id: UUID, body: shapes.Keyed) -> Any:
    """The desk has read the report and takes it as true."""
    return report_actions.verify_report(
        report_id, by=request.member, at=timezone.now(), seen=body.seen, key=body.client_key
    )


@router.post("/reports/{uuid:report_id}/assign", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("report.assign")
def report_assign(request: ApiRequest, report_id: UUID, body: shapes.Assign) -> Any:
    """Send a team."""
    post = post_of_code(body.post_code)
    return report_actions.assign_team(
        report_id, post.pk, by=request.member, at=timezone.now(), seen=body.seen, key=body.client_key
    )


def _case(row: CaseRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in shapes.CaseOut.model_fields}


@router.get("/cases", response={200: shapes.CaseListOut, **REFUSALS}, auth=bearer)
@door("case.view")
def cases(
    request: ApiRequest, state: shapes.Code = "open", stage: shapes.Code = "", after: shapes.Short = ""
) -> Any:
    """Cases in sight, fifty at a time."""
    found = case_list(request.member, Filters(state=state, stage=stage), timezone.now(), after)
    return {"rows": [_case(row) for row in found.rows], "next_after": found.next_after}


@router.get("/cases/{code}", response={200: shapes.CaseDetail, **REFUSALS}, auth=bearer)
@door("case.view")
def case(request: ApiRequest, code: str) -> Any:
    """One case: stage, holder, what the next stage lacks, the timeline in sentences."""
    row = case_seen_by(request.member, code)
    page = case_page(request.member, row, timezone.now(), "riwayat")
    missing = page.gap.missing if page.gap else ()
    return {
        "id": row.pk,
        "code": row.code,
        "label": row.person.label,
        "stage": row.stage,
        "stage_label": page.stage.named(request.member.language),
        "opened_at": row.opened_at,
        "holder": row.holder.title if row.holder else "",
        "held_since": row.held_since,
        "closed_at": row.closed_at,
        "revision": row.revision,
        "missing": [
            {
                "code": line.need.code,
                "label": line.need.named(request.member.language),
                "where": line.need.where,
            }
            for line in missing
        ],
        "timeline": [entry.sentence for entry in timeline(request.member, row, page.decision)],
    }


@router.post("/cases", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("case.open")
def case_open(request: ApiRequest, body: shapes.OpenCase) -> Any:
    """Open a case from a contact; the post that opens it holds it."""
    return case_actions.open_case(body.contact_id, by=request.member, at=timezone.now(), key=body.client_key)


def _case_id(request: ApiRequest, code: str) -> UUID:
    found: UUID = case_seen_by(request.member, code).pk
    return found


@router.post("/cases/{code}/stages", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("case.enter_stage", "case.override_stage")
def stage_in(request: ApiRequest, code: str, body: shapes.StageIn) -> Any:
    """Enter a stage on evidence; a refusal names exactly what is missing."""
    return case_actions.enter_stage(
        _case_id(request, code),
        body.stage,
        by=request.member,
        at=timezone.now(),
        reason=body.reason,
        override=body.override,
        seen=body.seen,
        key=body.client_key,
    )


@router.post("/cases/{code}/evidence", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("case.evidence")
def evidence_in(request: ApiRequest, code: str, body: shapes.EvidenceIn) -> Any:
    """Record that a need is met."""
    return case_actions.record_evidence(
        _case_id(request, code),
        body.kind,
        dict(body.content),
        body.happened_on,
        by=request.member,
        at=timezone.now(),
        key=body.client_key,
    )


@router.post("/cases/{code}/notes", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("case.note")
def note_in(request: ApiRequest, code: str, body: shapes.NoteIn) -> Any:
    """Write a note; protected."""
    return case_actions.write_note(
        _case_id(request, code), body.words, by=request.member, at=timezone.now(), key=body.client_key
    )


@router.post("/cases/{code}/services", response={200: list[shapes.Done], **REFUSALS}, auth=bearer)
@door("service.record")
def services_in(request: ApiRequest, code: str, body: shapes.ServicesIn) -> Any:
    """Record services given together."""
    rows = [ServiceInput(**each.dict()) for each in body.services]
    return record_services(
        _case_id(request, code), rows, by=request.member, at=timezone.now(), key=body.client_key
    )


@router.post("/services/{uuid:record_id}/void", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("service.void")
def service_void(request: ApiRequest, record_id: UUID, body: shapes.VoidIn) -> Any:
    """Void a wrong record with a reason."""
    return void_service(record_id, body.reason, by=request.member, at=timezone.now(), key=body.client_key)


@router.post("/cases/{code}/close", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("case.close")
def case_close(request: ApiRequest, code: str, body: shapes.CloseIn) -> Any:
    """Close a case by a coded reason with its proof."""
    return case_actions.close_case(
        _case_id(request, code),
        body.reason,
        body.words,
        by=request.member,
        at=timezone.now(),
        seen=body.seen,
        key=body.client_key,
    )


@router.get("/shelter/beds", response={200: list[shapes.BedOut], **REFUSALS}, auth=bearer)
@door("stay.view")
def beds(request: ApiRequest) -> Any:
    """Every bed of the shelter tonight."""
    return bed_board(request.member, timezone.now())


@router.get("/spm/{int:year}", response={200: dict[str, Any], **REFUSALS}, auth=bearer)
@door("spm.view")
def spm(request: ApiRequest, year: int) -> Any:
    """The SPM figure of a year, as ``rangkul spm --format json`` prints it."""
    if not 2000 <= year <= 2100:  # noqa: PLR2004 - no figure before or after
        raise NotFound
    return spm_json(year, at=timezone.now())


@router.get("/letters", response={200: list[shapes.LetterOut], **REFUSALS}, auth=bearer)
@door("letter.view")
def letters(request: ApiRequest, state: shapes.Code = "", kind: shapes.Code = "") -> Any:
    """Letters in sight, newest first; with state ``waiting`` those that wait for this post, oldest first."""
    if state == "waiting":
        return letter_queries.letters_waiting(request.member)
    return letter_queries.letters_list(request.member, state=state, kind=kind)[0]


@router.post("/letters", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("letter.draft")
def letter_draft(request: ApiRequest, body: shapes.LetterIn) -> Any:
    """Begin a letter about one thing, filled from what is known and what is given; it has no number yet."""
    about = (body.about_kind, body.about_id) if body.about_kind and body.about_id else None
    return letter_actions.draft_letter(
        body.kind, about, body.content, by=request.member, at=timezone.now(), key=body.client_key
    )


@router.post("/letters/{uuid:letter_id}/send", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("letter.draft")
def letter_send(request: ApiRequest, letter_id: UUID, body: shapes.Keyed) -> Any:
    """Send a whole draft to its first paraf, or straight to whoever signs."""
    return letter_actions.send_letter(
        letter_id, by=request.member, at=timezone.now(), seen=body.seen, key=body.client_key
    )


@router.post("/letters/{uuid:letter_id}/paraf", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("letter.paraf")
def letter_paraf(request: ApiRequest, letter_id: UUID, body: shapes.Keyed) -> Any:
    """Give the paraf."""
    return letter_actions.give_paraf(
        letter_id, by=request.member, at=timezone.now(), seen=body.seen, key=body.client_key
    )


@router.post("/letters/{uuid:letter_id}/issue", response={200: shapes.Done, **REFUSALS}, auth=bearer)
@door("letter.sign")
def letter_issue(request: ApiRequest, letter_id: UUID, body: shapes.Keyed) -> Any:
    """Sign and issue: number, PDF and hash in one transaction."""
    return letter_actions.sign_letter(
        letter_id, by=request.member, at=timezone.now(), seen=body.seen, key=body.client_key
    )


@router.get("/letters/{uuid:letter_id}/pdf", response={200: shapes.LetterPdf, **REFUSALS}, auth=bearer)
@door("letter.view")
def letter_pdf(request: ApiRequest, letter_id: UUID) -> Any:
    """The PDF as base64: of an issued letter the kept bytes, of a draft with its watermark."""
    name, content = letter_queries.letter_pdf(request.member, letter_id, timezone.now())
    return {"name": name, "media_type": "application/pdf", "content": b64encode(content).decode()}
