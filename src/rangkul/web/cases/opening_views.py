"""Pages that open, move, close and reopen a case."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.guard import guarded
from rangkul.cases.actions import acknowledge_override, close_case, enter_stage, open_case, reopen_case
from rangkul.cases.facts import stage_table
from rangkul.cases.opening_queries import opening_of
from rangkul.cases.queries import Case, case_seen_by, cases_seen_by
from rangkul.cases.refusals import OpenCaseExists
from rangkul.directory.city import city
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.stages import moves_from
from rangkul.domain.wib import wib_date
from rangkul.referrals.hand_over_queries import kept_count, outside_acceptances
from rangkul.web import reading
from rangkul.web.cases import forms, shown
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words


@guarded("case.open")
@require_http_methods(["GET", "POST"])
def case_open(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    """Confirm opening a case on a contact; the person's open case is offered instead when there is one."""

    def drawn(refusal: Refusal | None) -> HttpResponse:
        opening = opening_of(request.member, contact_id)
        context = {
            "opening": opening,
            "first": city().first_stage,
            "shown": shown,
            "key": reading.new_key(),
            "errors": {"__all__": words(refusal)} if refusal else {},
            "existing": refusal.facts["case_code"]
            if isinstance(refusal, OpenCaseExists)
            else opening.open_code,
        }
        status = refusal.status if refusal else 200
        return render(request, "pages/cases/open.jinja", context, status=status)

    def act(key: UUID | None) -> str:
        case = open_case(contact_id, by=request.member, at=timezone.now(), key=key)
        return reverse("case", args=[case.code])

    return forms.answer(request, drawn, act, _("Kasus dibuka. Anda pemegangnya."))


@guarded("case.enter_stage", "case.override_stage")
@require_http_methods(["GET", "POST"])
def case_stage(request: MemberRequest, code: str) -> HttpResponse:
    """Enter a stage. Going back and the override ask a reason on a form of their own."""
    case = case_seen_by(request.member, code)
    data = request.POST if request.method == "POST" else request.GET
    special = reading.text(data, "khusus", 2) == "1"

    def drawn(refusal: Refusal | None) -> HttpResponse:
        fresh = case_seen_by(request.member, code) if refusal else case
        return forms.draw(request, _stage_form(fresh, request, special=special), refusal)

    def act(key: UUID | None) -> str:
        enter_stage(
            case.pk,
            reading.text(request.POST, "stage", 24),
            reason=forms.long_text(request.POST, "reason"),
            override=special,
            seen=reading.seen(request),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("case", args=[code])

    return forms.answer(request, drawn, act, _("Tahap dicatat."))


def _stage_form(case: Case, request: MemberRequest, *, special: bool) -> forms.Form:
    table = stage_table(case.rule_version)
    language = request.member.language
    moves = moves_from(table, case.stage)
    codes = [code for code in table if code != case.stage and (special or code in moves)]
    options = [
        (code, _("Tahap {n}, {label}").format(n=table[code].order, label=table[code].named(language)))
        for code in codes
    ]
    if special:
        title = _("Langkah khusus")
        lead = _("Melewati bukti atau tahap. Nama dan alasan Anda tercatat, dan kepala dinas melihatnya.")
    else:
        title = _("Pindah tahap")
        lead = _("Kembali ke tahap sebelumnya perlu alasan. Tidak ada catatan yang hilang.")
    return forms.Form(
        title=title,
        lead=lead,
        crumbs=shown.crumbs(case.code, title),
        fields=(
            forms.Field(
                kind="choices",
                name="stage",
                label=_("Tahap tujuan"),
                options=options,
                value=reading.text(request.GET, "ke", 24),
            ),
            forms.Field(kind="textarea", name="reason", label=_("Alasan"), required=special),
        ),
        hidden={"khusus": "1"} if special else {},
        submit=_("Catat tahap"),
        back=reverse("case", args=[case.code]),
        seen=case.revision,
    )


@guarded("case.close")
@require_http_methods(["GET", "POST"])
def case_close(request: MemberRequest, code: str) -> HttpResponse:
    """Ask once more, with the reason and its proof; the case can be reopened at any time."""
    case = case_seen_by(request.member, code)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        fresh = case_seen_by(request.member, code) if refusal else case
        return forms.draw(request, _close_form(fresh, request), refusal)

    def act(key: UUID | None) -> str:
        now = timezone.now()
        close_case(
            case.pk,
            reading.text(request.POST, "reason", 32),
            forms.long_text(request.POST, "words"),
            happened_on=reading.day(request.POST, "happened_on", wib_date(now)),
            seen=reading.seen(request),
            by=request.member,
            at=now,
            key=key,
        )
        still_seen = cases_seen_by(request.member).filter(pk=case.pk).exists()
        return reverse("case", args=[code]) if still_seen else reverse("cases")

    return forms.answer(request, drawn, act, _("Kasus ditutup. Kasus dapat dibuka lagi kapan saja."))


def _before_closing(case: Case) -> list[dict[str, str]]:
    """Belongings go back first; another region accepts in writing first."""
    notices = []
    if kept := kept_count(case.person_id):
        said = ngettext("Satu barang titipan masih disimpan.", "%(num)s barang titipan masih disimpan.", kept)
        notices.append(
            {
                "title": said % {"num": kept},
                "text": _("Kembalikan dahulu, atau catat apa yang terjadi dengannya."),
                "tone": "warning",
                "href": reverse("case_belongings", args=[case.code]),
                "link": _("Buka daftar barang"),
            }
        )
    accepted = outside_acceptances(case.pk)
    for body, number, when, file_id in accepted:
        notices.append(
            {
                "title": _("{body} sudah menerima secara tertulis.").format(body=body),
                "text": _("Surat {number}, {day}.").format(number=number, day=wib_date(when).isoformat()),
                "tone": "held",
                "href": reverse("file", args=[file_id]) if file_id else "",
                "link": _("Lihat surat"),
            }
        )
    if not accepted:
        notices.append(
            {
                "title": _("Diserahkan ke daerah lain?"),
                "text": _("Penerimaan tertulisnya dicatat dahulu."),
                "href": reverse("outside_new", args=[case.code]),
                "link": _("Catat penerimaan"),
            }
        )
    return notices


def _close_form(case: Case, request: MemberRequest) -> forms.Form:
    language = request.member.language
    reasons = [row for row in city().closing_reasons.values() if not row.stages or case.stage in row.stages]
    english = language == "en"
    today = wib_date(timezone.now()).isoformat()
    return forms.Form(
        title=_("Tutup kasus?"),
        lead=_("Kasus dapat dibuka lagi kapan saja. Kasus yang ditutup tidak punya pemegang dan tenggat."),
        crumbs=shown.crumbs(case.code, _("Tutup kasus")),
        fields=(
            forms.Field(
                kind="choices",
                name="reason",
                label=_("Alasan"),
                options=[
                    {
                        "value": row.code,
                        "label": row.named(language),
                        "hint": _("Bukti: {proof}").format(
                            proof=(row.proof_en if english else "") or row.proof
                        ),
                    }
                    for row in reasons
                ],
            ),
            forms.Field(kind="date", name="happened_on", label=_("Tanggal"), value=today, latest=today),
            forms.Field(
                kind="textarea",
                name="words",
                label=_("Bukti"),
                hint=_("Tulis bukti yang disebut pada alasan."),
            ),
        ),
        notices=_before_closing(case),
        submit=_("Tutup kasus"),
        back=reverse("case", args=[case.code]),
        quiet_label=_("Jangan dulu"),
        seen=case.revision,
    )


@guarded("case.reopen")
@require_http_methods(["GET", "POST"])
def case_reopen(request: MemberRequest, code: str) -> HttpResponse:
    """Open a closed case again; a new contact may be named by ``?kontak=``."""
    case = case_seen_by(request.member, code)
    if case.closed_at is None:
        raise NotFound
    contact = reading.text(request.POST if request.method == "POST" else request.GET, "kontak", 40)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        fresh = case_seen_by(request.member, code) if refusal else case
        form = forms.Form(
            title=_("Buka kasus lagi"),
            lead=_("Anda menjadi pemegangnya. Riwayat lama tetap ada; tahapnya seperti saat ditutup."),
            crumbs=shown.crumbs(code, _("Buka lagi")),
            fields=(forms.Field(kind="textarea", name="words", label=_("Mengapa dibuka lagi")),),
            hidden={"kontak": contact} if contact else {},
            submit=_("Buka lagi, saya pegang"),
            back=reverse("case", args=[code]),
            seen=fresh.revision,
        )
        return forms.draw(request, form, refusal)

    def act(key: UUID | None) -> str:
        reopen_case(
            case.pk,
            forms.long_text(request.POST, "words"),
            contact_id=reading.uuid_or_none(contact) if contact else None,
            seen=reading.seen(request),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("case", args=[code])

    return forms.answer(request, drawn, act, _("Kasus dibuka lagi. Anda pemegangnya."))


@guarded("case.override_stage")
@require_POST
def override_seen(request: MemberRequest, entry_id: UUID) -> HttpResponse:
    """Mark an override as seen; never one's own."""
    entry = acknowledge_override(
        entry_id, by=request.member, at=timezone.now(), key=reading.client_key(request)
    )
    say_saved(request, _("Langkah khusus ditandai sudah dilihat."))
    back = reading.text(request.POST, "kembali", 200)
    inside = back.startswith("/") and not back.startswith(("//", "/\\"))
    return forms.SeeOther(back if inside else reverse("case", args=[entry.case.code]))
