"""Search by name, street name, code or NIK; only for roles that have it (design §1.7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.guard import guarded, knows
from rangkul.cases.queries import case_seen_by
from rangkul.domain.codes import CodeMistyped, read_case_code
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.repeat_check import says_something
from rangkul.domain.wib import wib_date
from rangkul.people.actions import register_person, say_not_same
from rangkul.people.queries import person_seen_by, search_persons
from rangkul.people.repeat_check import described, full_check, is_full_check, make_ready
from rangkul.people.typed import NewPerson
from rangkul.web import reading
from rangkul.web.addresses import address
from rangkul.web.cases.forms import Field, Form, SeeOther, answer
from rangkul.web.middleware import MemberRequest
from rangkul.web.people import check_shown, shown
from rangkul.web.refusals import words

NOBODY: Final[dict[str, Any]] = {"groups": [], "count": 0, "question": None}


@guarded("person.search")
@require_http_methods(["GET", "HEAD"])
def search(request: MemberRequest) -> HttpResponse:
    """Persons that match; a case code leads to its case."""
    asked = reading.text(request.GET, "q", 100)
    if asked and (case := _case_address(request, asked)):
        return SeeOther(case)
    found = search_persons(request.member, asked, at=timezone.now()) if asked else []
    return render(
        request,
        "pages/people/search.jinja",
        {
            "asked": asked,
            "hits": [shown.hit(each) for each in found],
            "may_add": knows(request.member, "person.record"),
            "may_open": knows(request.member, "person.view"),
        },
    )


def _case_address(request: MemberRequest, asked: str) -> str:
    """The address of the case with this code, if it is one and for this member."""
    if not knows(request.member, "case.view"):
        return ""
    try:
        case = case_seen_by(request.member, read_case_code(asked))
    except (CodeMistyped, NotFound):
        return ""
    return address("case", case.code)


@guarded("person.record")
@require_http_methods(["GET", "HEAD", "POST"])
def person_new(request: MemberRequest) -> HttpResponse:
    """Register somebody who was not found; every field may stay empty. Whoever may be meant is shown first (F2)."""
    make_ready()
    if request.method == "POST":
        match = reading.text(request.POST, "match", 40)
        known = None if match.startswith("-") else reading.uuid_or_none(match)
        if known is not None:
            return SeeOther(address("person", person_seen_by(request.member, known).code))
        if match != "new" and (check := _check(request)) and check["count"]:
            return _page(request, check)

    def act(key: UUID | None) -> str:
        made = register_person(_typed(request.POST), by=request.member, at=timezone.now(), key=key)
        waved_off = _waved_off(request)
        if waved_off:
            say_not_same(made.pk, waved_off, by=request.member, at=timezone.now())
        return address("person", made.code)

    return answer(request, lambda refusal: _page(request, None, refusal), act, _("Orang baru tercatat."))


@guarded("person.repeat_check")
@require_POST
def person_candidates(request: MemberRequest) -> HttpResponse:
    """The right side alone, as one types. By POST: what is typed of a person stands in no address."""
    check = _check(request)
    context = {"check": check or NOBODY, "waiting": check is None, "yes": _("Ya, orang ini")}
    return render(request, "pages/people/check_part.jinja", context | {"not_same": _kept_not_same(request)})


def _page(
    request: MemberRequest, check: dict[str, Any] | None, refusal: Refusal | None = None
) -> HttpResponse:
    form = _new_form()
    typed = request.POST if request.method == "POST" else None
    fields = [
        replace(each, value=typed.get(each.name, "")) if typed is not None else each for each in form.fields
    ]
    names = {each.name for each in fields}
    field = refusal.field if refusal and refusal.field in names else "__all__"
    return render(
        request,
        "pages/people/new.jinja",
        {
            "form": form,
            "fields": fields,
            "check": check or NOBODY,
            "waiting": check is None,
            "not_same": _kept_not_same(request),
            "live": knows(request.member, "person.repeat_check") and is_full_check(request.member),
            "errors": {field: words(refusal)} if refusal else {},
            "key": reading.client_key(request) if check else reading.new_key(),
            "back_href": form.back,
        },
        status=refusal.status if refusal else 200,
    )


def _kept_not_same(request: MemberRequest) -> list[str]:
    return [f"-{each}" for each in _waved_off(request)]


def _typed(data: QueryDict) -> NewPerson:
    mark = reading.text(data, "mark", 200)
    return NewPerson(
        sex=reading.text(data, "sex", 1) or "?",
        age=reading.text(data, "age", 20),
        name=reading.text(data, "name", 400),
        street_name=reading.text(data, "street_name", 400),
        feature=reading.text(data, "feature", 100),
        place=reading.text(data, "place", 100),
        marks=(mark,) if mark else (),
        origin=shown.origin_typed(reading.text(data, "origin", 200)),
    )


def _waved_off(request: MemberRequest) -> list[UUID]:
    """Persons of whom the officer said *bukan dia* on the way here."""
    typed = [*request.POST.getlist("not_same")[:20], reading.text(request.POST, "match", 40)]
    ids = (reading.uuid_or_none(each.removeprefix("-")) for each in typed if each.startswith("-"))
    return [each for each in ids if each is not None]


def _check(request: MemberRequest) -> dict[str, Any] | None:
    """Candidates for what was typed; None when nothing was, or it cannot be read (the form itself will say so)."""
    if not knows(request.member, "person.repeat_check"):
        return None
    now = timezone.now()
    try:
        asked = described(_typed(request.POST), now)
        if not says_something(asked):
            return None
        found = full_check(request.member, asked, at=now, not_the_same=_waved_off(request))
    except Refusal:
        return None
    return check_shown.panel(asked, found.candidates, found.question, wib_date(now), request.member.language)


def _new_form() -> Form:
    sexes = [("L", _("Laki-laki")), ("P", _("Perempuan")), ("?", _("Belum tahu"))]
    texts = (
        ("age", _("Perkiraan usia"), _("Misalnya 45 atau 40-50.")),
        ("name", _("Nama"), ""),
        ("street_name", _("Nama jalanan"), _("Panggilan di jalan, seperti Mbah Karto.")),
        ("mark", _("Ciri tetap"), _("Yang tidak berubah: bekas luka, tato, cara berjalan.")),
        ("origin", _("Asal"), _("Kabupaten atau kota seperti yang disebut orangnya.")),
        (
            "feature",
            _("Yang tampak"),
            _("Untuk sebutan: topi merah, selendang hijau. Bukan penyakit, bukan penilaian."),
        ),
        ("place", _("Tempat ditemui"), ""),
    )
    return Form(
        title=_("Orang baru"),
        lead=_("Isi yang diketahui saja. Tanpa nama pun catatannya utuh: sebutan jalanan dibuatkan."),
        fields=[
            Field(kind="choices", name="sex", label=_("Jenis kelamin"), options=sexes, columns=3),
            *(
                Field(kind="text", name=name, label=label, hint=hint, required=False)
                for name, label, hint in texts
            ),
        ],
        submit=_("Simpan orang baru"),
        back=address("search"),
        crumbs=[{"label": _("Cari"), "href": address("search")}, {"label": _("Orang baru")}],
    )
