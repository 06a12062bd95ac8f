"""How guarded a case is: raise it, open a restricted case beside it, name its readers, exclude somebody, lower it by two."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rangkul.access.guard import can, guarded
from rangkul.cases.actions import (
    Reader,
    ask_lowering,
    decide_lowering,
    end_exclusion,
    end_reader,
    exclude,
    name_reader,
    open_sealed_case,
    open_sealed_from_contact,
    raise_sensitivity,
)
from rangkul.cases.protection import candidates, excludable, protection_of, reader_of
from rangkul.cases.queries import Case, case_seen_by
from rangkul.cases.rows import case_with_row
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.purposes import PURPOSES as PURPOSES_KNOWN
from rangkul.people.typed import NewPerson
from rangkul.reports.contact_queries import contacts_seen_by, held_with
from rangkul.web import reading
from rangkul.web.cases import forms, shown
from rangkul.web.middleware import PURPOSES, MemberRequest

_ANY = ("case.raise", "case.readers", "case.exclude", "case.lower", "case.lower_approve")
_MOST_VALUE = 90
_MOST_KEPT = 60


@guarded(*_ANY)
@require_GET
def protection(request: MemberRequest, code: str) -> HttpResponse:
    """The page: state, readers, exclusions, steps."""
    case = case_seen_by(request.member, code)
    found = protection_of(request.member, case, timezone.now())
    if not found.may:
        raise NotFound
    return render(
        request,
        "pages/cases/protection.jinja",
        {
            "protection": found,
            "case": case,
            "crumbs": shown.crumbs(code, _("Perlindungan")),
            "key": reading.new_key(),
        },
    )


@guarded("case.view")
@require_POST
def case_purpose(request: MemberRequest, code: str) -> HttpResponse:
    """Remember for this session what the member opens this case for; every look from now on says so."""
    case = case_seen_by(request.member, code)
    chosen = reading.text(request.POST, "purpose", 24)
    if chosen in PURPOSES_KNOWN:
        kept = dict(list(request.session.get(PURPOSES, {}).items())[-_MOST_KEPT:])
        request.session[PURPOSES] = {**kept, str(case.pk): chosen, str(case.person_id): chosen}
    return forms.SeeOther(reverse("case", args=[code]) + "?bagian=" + reading.text(request.POST, "part", 12))


def _reason(label: str = "", hint: str = "") -> forms.Field:
    return forms.Field(kind="textarea", name="reason", label=label or _("Alasan"), hint=hint)


def _crumbs(code: str, here: str) -> list[dict[str, str]]:
    way = shown.crumbs(code, here)
    return [*way[:-1], {"label": _("Perlindungan"), "href": reverse("protection", args=[code])}, way[-1]]


@guarded("case.raise")
@require_http_methods(["GET", "POST"])
def case_raise(request: MemberRequest, code: str) -> HttpResponse:
    """Make an ordinary case a protected one, at once."""
    case = case_seen_by(request.member, code)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        form = forms.Form(
            title=_("Lindungi kasus ini"),
            lead=_("Berlaku seketika. Isinya tinggal terbuka bagi pemegang, timnya dan penyelia."),
            crumbs=_crumbs(code, _("Lindungi")),
            fields=(_reason(),),
            submit=_("Lindungi sekarang"),
            back=reverse("protection", args=[code]),
            seen=case.revision,
        )
        return forms.draw(request, form, refusal)

    def act(key: UUID | None) -> str:
        raise_sensitivity(
            case.pk,
            forms.long_text(request.POST, "reason"),
            seen=reading.seen(request),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("case", args=[code])

    return forms.answer(request, drawn, act, _("Kasus ini sekarang terlindung."))


def _team_field(request: MemberRequest) -> forms.Field:
    return forms.Field(
        kind="many",
        name="team",
        label=_("Siapa yang boleh tahu"),
        hint=_("Hanya nama yang dipilih, di jabatan itu. Petugas PPA yang pertama menjadi penanggung jawab."),
        options=[{"value": each.value, "label": each.label} for each in candidates(request.member)],
    )


def _team(request: HttpRequest) -> list[Reader]:
    typed = [value[:_MOST_VALUE] for value in request.POST.getlist("team")[:40]]
    return [reader for reader in map(reader_of, typed) if reader is not None]


@guarded("case.raise")
@require_http_methods(["GET", "POST"])
def case_seal(request: MemberRequest, code: str) -> HttpResponse:
    """Open a restricted case beside an ordinary one."""
    case = case_seen_by(request.member, code)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        form = forms.Form(
            title=_("Buka kasus terbatas"),
            lead=_(
                "Untuk kekerasan, perdagangan orang, anak korban atau saksi. Kasus terbatas berdiri sendiri di samping "
                "kasus ini; kasus ini tidak berubah sedikit pun. Hanya tim yang Anda pilih yang tahu bahwa ia ada."
            ),
            crumbs=_crumbs(code, _("Kasus terbatas")),
            fields=(_team_field(request), _reason(hint=_("Hanya timnya yang membacanya."))),
            submit=_("Buka kasus terbatas"),
            back=reverse("protection", args=[code]),
        )
        return forms.draw(request, form, refusal)

    def act(key: UUID | None) -> str:
        sealed = open_sealed_case(
            case.pk,
            _team(request),
            forms.long_text(request.POST, "reason"),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return _onward(request, sealed, reverse("case", args=[code]))

    return forms.answer(request, drawn, act, _("Kasus terbatas dibuka. Hanya timnya yang tahu."))


def _onward(request: MemberRequest, sealed: Case, otherwise: str) -> str:
    """Whoever opened it goes on to it only as one of its readers."""
    try:
        case_seen_by(request.member, sealed.code)
    except NotFound:
        return otherwise
    return reverse("case", args=[sealed.code])


@guarded("case.open_sealed")
@require_http_methods(["GET", "POST"])
def contact_seal(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    """Open a restricted case on a contact that the safety gate led here."""
    contact = contacts_seen_by(request.member).filter(pk=contact_id).first()
    if contact is None or not can(
        request.member, "case.open_sealed", held_with(request.member, contact), contact.sensitivity
    ):
        raise NotFound
    back = reverse("contact", args=[contact_id])

    def drawn(refusal: Refusal | None) -> HttpResponse:
        form = forms.Form(
            title=_("Buka kasus terbatas"),
            lead=_("Kontaknya tidak berubah. Hanya tim yang Anda pilih yang tahu bahwa kasus ini ada."),
            crumbs=(
                {"label": _("Kontak"), "href": back},
                {"label": _("Kasus terbatas")},
            ),
            fields=(
                _team_field(request),
                forms.Field(
                    kind="text",
                    name="name",
                    label=_("Nama, bila diketahui"),
                    required=False,
                    hint=_("Tersegel; tidak masuk pencarian siapa pun."),
                ),
                _reason(hint=_("Hanya timnya yang membacanya.")),
            ),
            submit=_("Buka kasus terbatas"),
            back=back,
        )
        return forms.draw(request, form, refusal)

    def act(key: UUID | None) -> str:
        sealed = open_sealed_from_contact(
            contact_id,
            _team(request),
            forms.long_text(request.POST, "reason"),
            new=NewPerson(name=reading.text(request.POST, "name", 200)),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return _onward(request, sealed, back)

    return forms.answer(request, drawn, act, _("Kasus terbatas dibuka. Hanya timnya yang tahu."))


@guarded("case.readers")
@require_http_methods(["GET", "POST"])
def reader_new(request: MemberRequest, code: str) -> HttpResponse:
    """Name one more reader of a restricted case."""
    case = _sealed_case(request, code)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        form = forms.Form(
            title=_("Tambah petugas yang boleh tahu"),
            crumbs=_crumbs(code, _("Tambah petugas")),
            fields=(
                forms.Field(
                    kind="select",
                    name="team",
                    label=_("Petugas"),
                    options=[(each.value, each.label) for each in candidates(request.member)],
                ),
                _reason(_("Mengapa perlu tahu")),
            ),
            submit=_("Tambahkan"),
            back=reverse("protection", args=[code]),
        )
        return forms.draw(request, form, refusal)

    def act(key: UUID | None) -> str:
        named = next(iter(_team(request)), Reader(case.pk, case.pk))
        name_reader(
            case.pk,
            named.member_id,
            named.post_id,
            forms.long_text(request.POST, "reason"),
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("protection", args=[code])

    return forms.answer(request, drawn, act, _("Petugas ditambahkan ke tim."))


@guarded("case.readers")
@require_http_methods(["GET", "POST"])
def reader_end(request: MemberRequest, code: str, seat_id: UUID) -> HttpResponse:
    """Let a reader no longer know."""
    _sealed_case(request, code)
    case_with_row(request.member, code, "reader", seat_id)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        form = forms.Form(
            title=_("Keluarkan dari tim?"),
            lead=_("Sejak permintaan berikutnya petugas ini tidak lagi melihat kasus ini di mana pun."),
            crumbs=_crumbs(code, _("Keluarkan")),
            fields=(),
            submit=_("Keluarkan"),
            back=reverse("protection", args=[code]),
        )
        return forms.draw(request, form, refusal)

    def act(key: UUID | None) -> str:
        end_reader(seat_id, by=request.member, at=timezone.now(), key=key)
        return reverse("protection", args=[code])

    return forms.answer(request, drawn, act, _("Petugas dikeluarkan dari tim."))


def _sealed_case(request: MemberRequest, code: str) -> Case:
    case = case_seen_by(request.member, code)
    if case.sensitivity != "sealed":
        raise NotFound
    return case


@guarded("case.exclude")
@require_http_methods(["GET", "POST"])
def exclusion_new(request: MemberRequest, code: str) -> HttpResponse:
    """Put somebody on the exclusion list of the case's person."""
    case = case_seen_by(request.member, code)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        known = excludable()
        form = forms.Form(
            title=_("Siapa yang tidak boleh tahu"),
            lead=_(
                "Sejak permintaan berikutnya yang disebut di sini tidak menemukan orang ini di mana pun: tidak di daftar, "
                "pencarian, hitungan, cek ulang, serah terima atau rujukan. Peran apa pun tidak mengalahkannya."
            ),
            crumbs=_crumbs(code, _("Kecualikan")),
            fields=(
                forms.Field(
                    kind="select",
                    name="whom",
                    label=_("Petugas, jabatan atau instansi"),
                    options=[*known.members, *known.posts, *known.agencies],
                ),
                _reason(hint=_("Misalnya: keluarga terlapor.")),
            ),
            submit=_("Kecualikan"),
            back=reverse("protection", args=[code]),
        )
        return forms.draw(request, form, refusal)

    def act(key: UUID | None) -> str:
        kind, _sep, value = reading.text(request.POST, "whom", _MOST_VALUE).partition(":")
        exclude(
            case.pk,
            forms.long_text(request.POST, "reason"),
            member_id=reading.uuid_or_none(value) if kind == "member" else None,
            post_id=reading.uuid_or_none(value) if kind == "post" else None,
            agency=value if kind == "agency" else "",
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("protection", args=[code])

    return forms.answer(request, drawn, act, _("Dikecualikan."))


@guarded("case.exclude")
@require_http_methods(["GET", "POST"])
def exclusion_end(request: MemberRequest, code: str, row_id: UUID) -> HttpResponse:
    """Take somebody off the list again."""
    case_with_row(request.member, code, "exclusion", row_id)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        form = forms.Form(
            title=_("Akhiri pengecualian"),
            crumbs=_crumbs(code, _("Akhiri")),
            fields=(_reason(),),
            submit=_("Akhiri"),
            back=reverse("protection", args=[code]),
        )
        return forms.draw(request, form, refusal)

    def act(key: UUID | None) -> str:
        end_exclusion(
            row_id, forms.long_text(request.POST, "reason"), by=request.member, at=timezone.now(), key=key
        )
        return reverse("protection", args=[code])

    return forms.answer(request, drawn, act, _("Pengecualian diakhiri."))


@guarded("case.lower")
@require_http_methods(["GET", "POST"])
def lowering_new(request: MemberRequest, code: str) -> HttpResponse:
    """Ask that a protected case becomes an ordinary one."""
    case = case_seen_by(request.member, code)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        form = forms.Form(
            title=_("Minta perlindungan diturunkan"),
            lead=_("Penyelia yang bukan Anda memutuskan. Sampai saat itu tidak ada yang berubah."),
            crumbs=_crumbs(code, _("Turunkan")),
            fields=(_reason(),),
            submit=_("Kirim permintaan"),
            back=reverse("protection", args=[code]),
        )
        return forms.draw(request, form, refusal)

    def act(key: UUID | None) -> str:
        ask_lowering(
            case.pk, forms.long_text(request.POST, "reason"), by=request.member, at=timezone.now(), key=key
        )
        return reverse("protection", args=[code])

    return forms.answer(request, drawn, act, _("Permintaan tersimpan dan menunggu penyelia."))


@guarded("case.lower_approve")
@require_http_methods(["GET", "POST"])
def lowering_decide(request: MemberRequest, code: str, step_id: UUID) -> HttpResponse:
    """Agree to a lowering, or keep the case guarded."""
    case_with_row(request.member, code, "step", step_id)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        form = forms.Form(
            title=_("Turunkan perlindungan kasus ini?"),
            crumbs=_crumbs(code, _("Putuskan")),
            fields=(
                forms.Field(
                    kind="choices",
                    name="answer",
                    label=_("Keputusan"),
                    options=[("yes", _("Turunkan menjadi kasus biasa")), ("no", _("Tetap terlindung"))],
                ),
                _reason(),
            ),
            submit=_("Simpan keputusan"),
            back=reverse("protection", args=[code]),
        )
        return forms.draw(request, form, refusal)

    def act(key: UUID | None) -> str:
        decide_lowering(
            step_id,
            forms.long_text(request.POST, "reason"),
            agrees=request.POST.get("answer") == "yes",
            by=request.member,
            at=timezone.now(),
            key=key,
        )
        return reverse("protection", args=[code])

    return forms.answer(request, drawn, act, _("Keputusan tersimpan."))
