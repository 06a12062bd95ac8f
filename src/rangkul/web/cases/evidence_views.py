"""Forms of evidence, ratings, notes and the team of a case."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.guard import guarded
from rangkul.cases.actions import (
    rate_functioning,
    record_evidence,
    seat_post,
    unseat_post,
    void_evidence,
    write_note,
)
from rangkul.cases.evidence_shapes import SHAPES, Piece
from rangkul.cases.note_actions import TEAM_ROLES
from rangkul.cases.queries import case_seen_by
from rangkul.cases.rows import case_with_row
from rangkul.directory.city import city
from rangkul.directory.queries import posts_with_role
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.wib import wib_date
from rangkul.web import reading
from rangkul.web.cases import forms, shown
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest

# The labels of cases.evidence_shapes, for the extractor of texts.
_LABELS = (
    gettext_noop("Persetujuan"),
    gettext_noop("Dasar bertindak"),
    gettext_noop("Apa yang disampaikan dan jawabannya"),
    gettext_noop("Keadaan yang tampak"),
    gettext_noop("Catatan kesehatan"),
    gettext_noop("Hasil penelusuran"),
    gettext_noop("Siapa yang dihubungi, kapan, apa jawabannya"),
    gettext_noop("Tujuan"),
    gettext_noop("Siapa yang menerima"),
    gettext_noop("Catatan"),
    gettext_noop("Nomor berita acara"),
    gettext_noop("Isi singkat dan siapa yang menandatangani"),
)
_MOST_TILES = 8


@guarded("case.evidence")
@require_http_methods(["GET", "POST"])
def evidence_new(request: MemberRequest, code: str, kind: str) -> HttpResponse:
    """Record one evidence; its pieces come from the shape of its kind."""
    if kind not in SHAPES:
        raise NotFound
    case = case_seen_by(request.member, code)
    today = wib_date(timezone.now())
    need = city().need(kind)
    english = request.member.language == "en"

    def drawn(refusal: Refusal | None) -> HttpResponse:
        form = forms.Form(
            title=need.named(request.member.language),
            lead=(need.why_en if english else "") or need.why,
            crumbs=shown.crumbs(code, need.named(request.member.language)),
            fields=(
                *(_field(piece, request) for piece in SHAPES[kind]),
                forms.Field(
                    kind="date",
                    name="happened_on",
                    label=_("Tanggal"),
                    value=today.isoformat(),
                    latest=today.isoformat(),
                ),
            ),
            submit=_("Simpan bukti"),
            back=reverse("case", args=[code]),
        )
        return forms.draw(request, form, refusal)

    def act(key: UUID | None) -> str:
        record_evidence(
            case.pk,
            kind,
            {piece.name: forms.long_text(request.POST, piece.name) for piece in SHAPES[kind]},
            reading.day(request.POST, "happened_on", today) or today,
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("case", args=[code]) + "#bukti"

    return forms.answer(request, drawn, act, _("Bukti tersimpan."))


def _field(piece: Piece, request: MemberRequest) -> forms.Field:
    english = request.member.language == "en"
    hint = ""
    if piece.only_if is not None:
        hint = _("Hanya bila belum setuju.")
    if piece.known is None:
        kind = "textarea" if piece.most > 300 else "text"  # noqa: PLR2004 - one line or several
        return forms.Field(kind=kind, name=piece.name, label=_(piece.label), required=piece.needed, hint=hint)
    rows = piece.known(wib_date(timezone.now()))
    options = [(code, (label_en if english else "") or label) for code, label, label_en in rows]
    return forms.Field(
        kind="choices" if len(options) <= _MOST_TILES else "select",
        name=piece.name,
        label=_(piece.label),
        options=options,
        required=piece.needed and piece.only_if is None,
        hint=hint,
    )


@guarded("case.evidence")
@require_http_methods(["GET", "POST"])
def evidence_void(request: MemberRequest, code: str, evidence_id: UUID) -> HttpResponse:
    """Void a wrong evidence by a reason."""
    case_with_row(request.member, code, "evidence", evidence_id)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        return forms.draw(request, void_form(code, _("Batalkan bukti")), refusal)

    def act(key: UUID | None) -> str:
        void_evidence(
            evidence_id,
            forms.long_text(request.POST, "reason"),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("case", args=[code]) + "?bagian=riwayat"

    return forms.answer(request, drawn, act, _("Bukti dibatalkan."))


def void_form(code: str, title: str) -> forms.Form:
    """A wrong record is voided by a reason; it stays readable."""
    return forms.Form(
        title=title,
        lead=_("Catatan tetap terbaca, dengan alasan Anda. Yang dibuktikannya tidak lagi terbukti."),
        crumbs=shown.crumbs(code, title),
        fields=(forms.Field(kind="textarea", name="reason", label=_("Alasan")),),
        submit=_("Batalkan catatan"),
        back=reverse("case", args=[code]),
        quiet_label=_("Jangan dulu"),
        tone="danger",
    )


@guarded("case.rate")
@require_http_methods(["GET", "POST"])
def rating_new(request: MemberRequest, code: str) -> HttpResponse:
    """Rate social functioning, 0 to 4 in five domains."""
    case = case_seen_by(request.member, code)
    today = wib_date(timezone.now())

    def drawn(refusal: Refusal | None) -> HttpResponse:
        return forms.draw(request, _rating_form(request, code, today.isoformat()), refusal)

    def act(key: UUID | None) -> str:
        rate_functioning(
            case.pk,
            reading.text(request.POST, "moment", 12),
            {row.code: reading.text(request.POST, f"rating_{row.code}", 4) for row in city().functioning},
            reading.day(request.POST, "rated_on", today) or today,
            note=forms.long_text(request.POST, "rating_note"),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("case", args=[code]) + "#bukti"

    return forms.answer(request, drawn, act, _("Penilaian tersimpan."))


def _rating_form(request: MemberRequest, code: str, today: str) -> forms.Form:
    language = request.member.language
    levels = [(str(row.value), f"{row.value} · {row.named(language)}") for row in city().functioning_levels]
    moments = [(each, shown.moment_words(each).capitalize()) for each in ("entry", "exit", "follow_up")]
    english = language == "en"
    return forms.Form(
        title=_("Keberfungsian sosial"),
        lead=_("0 sangat terhambat, 4 mandiri. Penilaian internal, untuk membantu, bukan memutuskan."),
        crumbs=shown.crumbs(code, _("Keberfungsian sosial")),
        fields=(
            forms.Field(
                kind="choices",
                name="moment",
                label=_("Kapan"),
                options=moments,
                columns=3,
                value=reading.text(request.GET, "saat", 12),
            ),
            *(
                forms.Field(
                    kind="choices",
                    name=f"rating_{row.code}",
                    label=row.named(language),
                    hint=(row.help_en if english else "") or row.help,
                    options=levels,
                    columns=3,
                )
                for row in city().functioning
            ),
            forms.Field(kind="textarea", name="rating_note", label=_("Catatan"), required=False),
            forms.Field(kind="date", name="rated_on", label=_("Tanggal"), value=today, latest=today),
        ),
        submit=_("Simpan penilaian"),
        back=reverse("case", args=[code]),
    )


@guarded("case.note")
@require_http_methods(["GET", "POST"])
def note_new(request: MemberRequest, code: str) -> HttpResponse:
    """Write a note; protected."""
    case = case_seen_by(request.member, code)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        form = forms.Form(
            title=_("Tulis catatan"),
            lead=_("Catatan terlindung: hanya pemegang kasus, timnya dan penyelia yang membukanya."),
            crumbs=shown.crumbs(code, _("Tulis catatan")),
            fields=(forms.Field(kind="textarea", name="words", label=_("Catatan"), rows=6),),
            submit=_("Simpan catatan"),
            back=reverse("case", args=[code]),
        )
        return forms.draw(request, form, refusal)

    def act(key: UUID | None) -> str:
        write_note(
            case.pk, forms.long_text(request.POST, "words"), by=request.member, at=timezone.now(), key=key
        )
        return reverse("case", args=[code])

    return forms.answer(request, drawn, act, _("Catatan tersimpan."))


@guarded("case.plan")
@require_http_methods(["GET", "POST"])
def team_new(request: MemberRequest, code: str) -> HttpResponse:
    """Let a post work on the case beside its holder."""
    case = case_seen_by(request.member, code)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        posts = [post for post in posts_with_role(*TEAM_ROLES) if post.pk != case.holder_id]
        form = forms.Form(
            title=_("Libatkan jabatan"),
            lead=_("Jabatan ini ikut melihat bagian yang diperlukannya. Pemegang kasus tetap sama."),
            crumbs=shown.crumbs(code, _("Libatkan jabatan")),
            fields=(
                forms.Field(
                    kind="select",
                    name="post",
                    label=_("Jabatan"),
                    options=[(str(post.pk), f"{post.title} · {post.agency.name}") for post in posts],
                ),
                forms.Field(kind="text", name="reason", label=_("Untuk apa")),
            ),
            submit=_("Libatkan"),
            back=reverse("case", args=[code]),
        )
        return forms.draw(request, form, refusal)

    def act(key: UUID | None) -> str:
        seat_post(
            case.pk,
            reading.uuid_or_none(reading.text(request.POST, "post", 40)),
            forms.long_text(request.POST, "reason"),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("case", args=[code])

    return forms.answer(request, drawn, act, _("Jabatan dilibatkan."))


@guarded("case.plan")
@require_POST
def team_end(request: MemberRequest, code: str, seat_id: UUID) -> HttpResponse:
    """End a seat."""
    case_with_row(request.member, code, "seat", seat_id)
    unseat_post(seat_id, by=request.member, at=timezone.now(), key=reading.client_key(request))
    say_saved(request, _("Jabatan tidak lagi ikut dalam kasus ini."))
    return forms.SeeOther(reverse("case", args=[code]))
