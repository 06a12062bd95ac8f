"""The identity page of a person, and its small forms: claims, relations, files."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rangkul.access.guard import guarded, knows
from rangkul.cases.queries import open_case_of
from rangkul.domain.codes import read_case_code
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.identity import CONFIDENCES, WAYS
from rangkul.domain.wib import wib_date
from rangkul.files.actions import check_size
from rangkul.files.queries import name_of
from rangkul.inquiries.queries import claims_on, may_trace
from rangkul.people.actions import add_claims, attach, end_relation, relate, void_claim
from rangkul.people.merge_queries import merges_of
from rangkul.people.merge_sight import ACTIONS as MERGE_ACTIONS
from rangkul.people.queries import IdentityPage, Person, identity_of, person_seen_by, person_with_relation
from rangkul.people.try_actions import try_identity
from rangkul.people.typed import ClaimEmpty, NewClaim
from rangkul.web import reading
from rangkul.web.cases.forms import Field, Form, SeeOther, answer, draw
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.people import shown
from rangkul.web.refusals import words

_REVERSED: Final = {"child_of": "parent_of", "ward_of": "guardian_of"}
_LONGEST: Final = 400


@guarded("person.view")
@require_GET
def person(request: MemberRequest, code: str) -> HttpResponse:
    """Who somebody is, claim by claim, as far as this member may read. The code of a merged record leads to the kept one."""
    seen = person_seen_by(request.member, code)
    if seen.joined and read_case_code(code) != seen.code:
        return redirect("person", seen.code)
    return _page(request, seen)


def _page(request: MemberRequest, seen: Person, refusal: Refusal | None = None) -> HttpResponse:
    reveal = {"nik"} if request.GET.get("buka") == "nik" else set()
    page = identity_of(request.member, seen, at=timezone.now(), reveal=reveal)
    case = open_case_of(request.member, [seen.pk]).get(seen.pk, "")
    return render(
        request,
        "pages/people/person.jinja",
        {
            "page": page,
            "shown": shown,
            "case": case,
            "merges": merges_of(seen),
            "opens_merges": any(knows(request.member, each) for each in MERGE_ACTIONS),
            "groups": _groups(page),
            "may_trace": may_trace(request.member, seen.pk),
            "claims": claims_on(request.member, seen.pk),
            "documents": [(each, name_of(each)) for each in page.documents or []],
            "key": reading.new_key(),
            "back_href": "/",
            "errors": {refusal.field or "__all__": words(refusal)} if refusal else {},
        },
        status=refusal.status if refusal else 200,
    )


def _groups(page: IdentityPage) -> list[dict[str, Any]]:
    """Claims by form, so that each card has its own *Tambah*."""
    by_kind = dict(page.groups)
    return [
        {
            "code": code,
            "label": shown.group_words(code),
            "kinds": [(kind, by_kind[kind]) for kind in kinds if kind in by_kind],
        }
        for code, kinds in shown.GROUPS.items()
    ]


def _for_form(request: MemberRequest, code: str, action: str) -> Person:
    """The person of a form: one that this member may not send is not drawn; what was sent is judged by the action."""
    return person_seen_by(request.member, code, "person.view" if request.method == "POST" else action)


# --- claims --------------------------------------------------------------------------------------------------------


@guarded("person.identify")
@require_http_methods(["GET", "HEAD", "POST"])
def claim_new(request: MemberRequest, code: str) -> HttpResponse:
    """Add what was said or shown; one short form per group of kinds."""
    seen = _for_form(request, code, "person.identify")
    group = request.GET.get("bagian", "nama")
    if group not in shown.GROUPS:
        raise NotFound
    now = timezone.now()

    def drawn(refusal: Refusal | None) -> HttpResponse:
        source = request.GET.get("sumber", "self")
        return draw(request, _claim_form(seen, group, wib_date(now).isoformat(), source), refusal)

    def act(key: UUID | None) -> str:
        claims = _claims(request.POST, group)
        add_claims(seen.pk, claims, by=request.member, at=now, seen=reading.seen(request), key=key)
        return reverse("person", args=[seen.code])

    return answer(request, drawn, act, _("Keterangan tersimpan. Yang lama tetap ada."))


def _claims(data: QueryDict, group: str) -> list[NewClaim]:
    on = reading.day(data, "claimed_on")
    found = []
    for kind in shown.GROUPS[group]:
        value = reading.text(data, kind, _LONGEST)
        if kind == "birth_date" and value:
            born = reading.day(data, kind)
            value = born.isoformat() if born else ""
        if kind == "origin":
            value = shown.origin_typed(value)
        if value and value != "?":
            found.append(
                NewClaim(
                    kind=kind,
                    value=value,
                    source=reading.text(data, "source", 24),
                    source_words=reading.text(data, "source_words", 200),
                    confidence=reading.text(data, "confidence", 10) or "medium",
                    claimed_on=on,
                )
            )
    if not found:
        raise ClaimEmpty(field=shown.GROUPS[group][0])
    return found


def _claim_form(seen: Person, group: str, today: str, source: str) -> Form:
    sources = [(code, shown.source_words(code)) for code in shown.FORM_SOURCES]
    return Form(
        title=shown.group_words(group),
        lead=_("Untuk %(who)s. Isi yang diketahui saja; yang lama tidak terhapus.") % {"who": seen.label},
        fields=[
            *(_claim_field(kind) for kind in shown.GROUPS[group]),
            Field(
                kind="choices", name="source", label=_("Dari mana diketahui"), options=sources, value=source
            ),
            Field(
                kind="choices",
                name="confidence",
                label=_("Seberapa yakin"),
                options=[(code, shown.confidence_words(code)) for code in CONFIDENCES],
                value="medium",
                columns=3,
            ),
            Field(kind="date", name="claimed_on", label=_("Tanggal diketahui"), value=today, latest=today),
            Field(
                kind="text",
                name="source_words",
                label=_("Catatan sumber"),
                hint=_("Misalnya: KTP dilihat di Rumah Singgah."),
                required=False,
                most=200,
            ),
        ],
        submit=_("Simpan keterangan"),
        back=reverse("person", args=[seen.code]),
        seen=seen.revision,
        crumbs=_crumbs(seen, shown.group_words(group)),
    )


def _claim_field(kind: str) -> Field:
    label = shown.kind_words(kind)
    if kind == "sex":
        sexes = [("L", _("Laki-laki")), ("P", _("Perempuan")), ("?", _("Belum tahu"))]
        return Field(kind="choices", name=kind, label=label, options=sexes, required=False, columns=3)
    if kind == "citizenship":
        answers = [("ya", _("Indonesia")), ("tidak", _("Bukan Indonesia")), ("?", _("Belum tahu"))]
        return Field(kind="choices", name=kind, label=label, options=answers, required=False, columns=3)
    if kind == "birth_date":
        return Field(kind="date", name=kind, label=label, required=False)
    hints = {
        "age": _("Usia saat diketahui, misalnya 45 atau 40-50."),
        "nik": _("16 angka. Disimpan tersegel; melihatnya dicatat."),
        "origin": _("Kabupaten atau kota seperti yang disebut orangnya."),
        "mark": _("Yang tidak berubah: bekas luka, tato, cara berjalan."),
        "street_name": _("Panggilan di jalan, seperti Mbah Karto."),
        "phone": _("Disimpan tersegel; melihatnya dicatat."),
    }
    return Field(kind="text", name=kind, label=label, hint=hints.get(kind, ""), required=False)


def _crumbs(seen: Person, here: str) -> list[dict[str, str]]:
    return [{"label": seen.label, "href": reverse("person", args=[seen.code])}, {"label": here}]


@guarded("person.identify")
@require_http_methods(["GET", "HEAD", "POST"])
def claim_void(request: MemberRequest, code: str, claim_id: UUID) -> HttpResponse:
    """Void a claim with a reason; it stays readable below."""
    seen = _for_form(request, code, "person.identify")
    page = identity_of(request.member, seen, at=timezone.now())
    line = next((line for _kind, lines in page.groups for line in lines if line.id == claim_id), None)
    if line is None:
        raise NotFound
    form = Form(
        title=_("Batalkan keterangan"),
        lead=f"{shown.kind_words(line.kind)}: {shown.claim_words(line)}",
        fields=[
            Field(
                kind="textarea",
                name="reason",
                label=_("Mengapa keterangan ini keliru?"),
                hint=_("Keterangannya tetap terbaca bersama alasan ini."),
            )
        ],
        submit=_("Batalkan keterangan"),
        back=reverse("person", args=[seen.code]),
        tone="danger",
        seen=seen.revision,
        crumbs=_crumbs(seen, _("Batalkan keterangan")),
    )

    def act(key: UUID | None) -> str:
        reason = reading.text(request.POST, "reason", 300)
        void_claim(
            claim_id, reason, by=request.member, at=timezone.now(), seen=reading.seen(request), key=key
        )
        return reverse("person", args=[seen.code])

    return answer(
        request,
        lambda refusal: draw(request, form, refusal),
        act,
        _("Keterangan dibatalkan; alasannya tersimpan."),
    )


# --- tries to find out who it is -----------------------------------------------------------------------------------


@guarded("person.identify")
@require_http_methods(["GET", "HEAD", "POST"])
def identity_try(request: MemberRequest, code: str) -> HttpResponse:
    """Record what came of one way to find out; what Dukcapil found is written down next."""
    seen = person_seen_by(request.member, code)
    way = request.GET.get("cara", "biometric")
    if way not in WAYS:
        raise NotFound

    def act(key: UUID | None) -> str:
        typed = reading.text(request.POST, "words", _LONGEST)
        result = reading.text(request.POST, "result", 32) if len(WAYS[way]) > 1 else WAYS[way][0]
        try_identity(seen.pk, way, result, typed, by=request.member, at=timezone.now(), key=key)
        if result == "found":
            return reverse("claim_new", args=[seen.code]) + "?bagian=nik&sumber=dukcapil"
        return reverse("person", args=[seen.code]) + "#upaya"

    return answer(
        request,
        lambda refusal: draw(request, _try_form(seen, way), refusal),
        act,
        _("Upaya tercatat."),
    )


def _try_form(seen: Person, way: str) -> Form:
    results = [(code, shown.try_words(code)) for code in WAYS[way]]
    leads = {
        "biometric": _(
            "Hasil sidik jari atau iris untuk %(who)s. Yang gagal atau belum terekam dijadwalkan lagi."
        ),
        "photo": _("Bandingkan foto %(who)s dengan orang yang pernah ditemui dan laporan kehilangan."),
        "dialect": _(
            "Dengarkan %(who)s, bila perlu bersama penutur daerah. Logat menunjuk asal, bukan membuktikannya."
        ),
    }
    hints = {
        "biometric": _("Misalnya: alat mana, petugas siapa, pesan yang tampil."),
        "photo": _("Bila cocok, tulis kode orangnya."),
        "dialect": _("Misalnya: Banyumasan; menyebut kata inyong. Bila tidak berbicara, tulis begitu."),
    }
    asked = [Field(kind="choices", name="result", label=_("Hasil"), options=results, columns=len(results))]
    return Form(
        title=shown.way_words(way),
        lead=leads[way] % {"who": seen.label},
        fields=[
            *(asked if len(results) > 1 else ()),
            Field(
                kind="text",
                name="words",
                label=_("Yang terdengar") if way == "dialect" else _("Catatan"),
                hint=hints[way],
                required=way == "dialect",
                most=200,
            ),
        ],
        submit=_("Simpan hasil"),
        back=reverse("person", args=[seen.code]),
        crumbs=_crumbs(seen, shown.way_words(way)),
    )


# --- relations -----------------------------------------------------------------------------------------------------


@guarded("person.identify")
@require_http_methods(["GET", "HEAD", "POST"])
def relation_new(request: MemberRequest, code: str) -> HttpResponse:
    """Tie two persons: mother and child, siblings, companions."""
    seen = _for_form(request, code, "person.identify")
    form = Form(
        title=_("Hubungan"),
        lead=_("Siapa yang terkait dengan %(who)s?") % {"who": seen.label},
        fields=[
            Field(
                kind="text",
                name="other_code",
                label=_("Kode orang yang lain"),
                hint=_("Cari orangnya, lalu salin kodenya, misalnya 7QK-M2X-9."),
            ),
            Field(
                kind="choices",
                name="kind",
                label=_("Orang itu baginya adalah"),
                options=shown.relation_choices(),
            ),
            Field(kind="text", name="words", label=_("Catatan"), required=False, most=200),
        ],
        submit=_("Simpan hubungan"),
        back=reverse("person", args=[seen.code]),
        crumbs=_crumbs(seen, _("Hubungan")),
    )

    def act(key: UUID | None) -> str:
        kind = reading.text(request.POST, "kind", 16)
        relate(
            seen.pk,
            _REVERSED.get(kind, kind),
            reading.text(request.POST, "other_code", 20),
            reading.text(request.POST, "words", 200),
            by=request.member,
            at=timezone.now(),
            reverse=kind in _REVERSED,
            key=key,
        )
        return reverse("person", args=[seen.code])

    return answer(request, lambda refusal: draw(request, form, refusal), act, _("Hubungan tersimpan."))


@guarded("person.identify")
@require_POST
def relation_end(request: MemberRequest, code: str, relation_id: UUID) -> HttpResponse:
    """End a relation today."""
    seen = person_with_relation(request.member, code, relation_id)
    end_relation(relation_id, by=request.member, at=timezone.now(), key=reading.client_key(request))
    say_saved(request, _("Hubungan diakhiri hari ini; catatannya tetap ada."))
    return SeeOther(reverse("person", args=[seen.code]))


# --- files ---------------------------------------------------------------------------------------------------------


@guarded("person.attach")
@require_http_methods(["GET", "HEAD", "POST"])
def file_new(request: MemberRequest, code: str) -> HttpResponse:
    """Hang a photo or document on a person."""
    seen = _for_form(request, code, "person.attach")
    if request.method != "POST":
        return _file_form(request, seen)
    upload = request.FILES.get("file")
    kind = reading.text(request.POST, "kind", 12) or "photo"
    try:
        content = _content(upload)
        attach(
            seen.pk,
            content,
            kind,
            by=request.member,
            at=timezone.now(),
            name=upload.name or "" if upload else "",
            key=reading.client_key(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _file_form(request, seen, refusal)
    say_saved(request, _("Berkas tersimpan. Data kamera dan lokasi sudah dihapus."))
    return SeeOther(reverse("person", args=[seen.code]))


def _content(upload: Any) -> bytes:  # noqa: ANN401 - Django's uploaded file, or None
    """The bytes; an over-long file is not read whole, its size alone refuses it."""
    if upload is None:
        return b""
    check_size(upload.size or 0)
    return bytes(upload.read())


def _file_form(request: HttpRequest, seen: Person, refusal: Refusal | None = None) -> HttpResponse:
    return render(
        request,
        "pages/people/file.jinja",
        {
            "person": seen,
            "crumbs": _crumbs(seen, _("Foto dan berkas")),
            "typed": request.POST,
            "errors": {refusal.field or "__all__": words(refusal)} if refusal else {},
            "key": reading.new_key(),
        },
        status=refusal.status if refusal else 200,
    )
