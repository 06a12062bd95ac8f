"""The access statement: everything that is kept about a person, in plain Indonesian, built from the field list (Ps. 32).

Another person's data are never in it: inquiries, reporters and pairs are named as kept and not opened (Ps. 33); of a relation
only its kind. A sealed part is never in it either: what a sealed team knows it tells the person itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import BinaryField, DateField, DateTimeField, Model

from rangkul.access.models import Grant
from rangkul.audit.models import Event
from rangkul.directory.city import city
from rangkul.directory.models import Post
from rangkul.domain import breach, fields
from rangkul.domain.citydata import DataClass
from rangkul.domain.wib import wib, wib_date
from rangkul.letters.documents import Document, Section, document_pdf
from rangkul.people.models import Person, Relation
from rangkul.rights import words
from rangkul.rights.reach import Subjects, rows_about, subjects_of
from rangkul.vault.sealing import CannotOpen, load_keys, pseudonyms, unseal

NOT_OPENED: Final = (
    "inquiries",
    "reporter",
    "reports",
    "matching",
    "patterns",
    "meetings",
    "requests",
    "access",
    "trail",
    "clocks",
    "imports",
)
"""Kept about the person and not opened here: another person's data, told in a part of its own, or a trace of the house."""
MOST_ROWS: Final = 300
MOST_LOOKS: Final = 500
_LONGEST: Final = 1500

TABLES: Final = {
    "people_person": "Catatan orang", "people_identity_claim": "Keterangan identitas", "people_identity_try": "Upaya mengenali",
    "people_relation": "Hubungan", "reports_contact": "Kontak lapangan", "cases_case": "Kasus", "cases_stage_entry": "Tahapan",
    "cases_holder_entry": "Penanggung jawab", "cases_turn": "Penutupan atau pembukaan", "cases_evidence": "Bukti",
    "cases_assessment": "Asesmen", "cases_assessed_need": "Kebutuhan SPM", "cases_functioning_rating": "Penilaian keberfungsian",
    "cases_plan_line": "Baris rencana", "cases_goal": "Tujuan", "cases_note": "Catatan", "cases_visit": "Kunjungan",
    "services_service_record": "Layanan", "stays_stay": "Masa singgah", "stays_extension": "Perpanjangan",
    "stays_roll_call_mark": "Apel",
    "referrals_referral": "Rujukan", "referrals_result": "Hasil rujukan", "referrals_hand_over": "Serah terima",
    "referrals_belonging": "Barang titipan", "referrals_economic_check": "Pemeriksaan hasil", "trips_trip": "Pemulangan",
    "trips_leg": "Ruas perjalanan", "trips_answer": "Jawaban penerima", "trips_cost": "Biaya", "trips_death": "Kematian",
    "trips_death_step": "Langkah sesudah kematian", "letters_letter": "Surat", "outside_news": "Kabar dari luar",
    "files_stored_file": "Berkas", "protocols_screening": "Pemeriksaan protokol", "indicators_standing": "Hitungan SPM",
    "indicators_frozen_person": "Hitungan SPM beku", "indicators_open_need": "Kebutuhan terbuka",
}  # fmt: skip
COLUMNS: Final = {
    "label": "sebutan", "street_label": "label jalanan", "sex": "jenis kelamin", "born_from": "lahir paling awal",
    "born_to": "lahir paling akhir", "citizen": "warga negara", "origin_code": "asal", "identity_level": "tingkat identitas",
    "kind": "jenis", "value": "isi", "source": "sumber", "source_words": "keterangan sumber", "confidence": "keyakinan",
    "claimed_on": "tanggal", "way": "cara", "result": "hasil", "words": "kata", "stage": "tahap", "category": "golongan",
    "area_code": "wilayah", "place_words": "tempat", "trigger": "sebab bertemu", "decision": "putusan", "ground": "dasar",
    "age_low": "usia dari", "age_high": "usia sampai", "item": "layanan", "given_on": "tanggal", "quantity": "jumlah",
    "unit": "satuan",
    "setting": "tempat layanan", "proof": "bukti", "outcome": "hasil", "due_on": "tenggat", "spm_type": "jenis SPM",
    "institution": "lembaga", "state": "keadaan", "reason": "alasan", "code": "kode", "name": "nama", "note": "catatan",
    "summary": "ringkasan", "wish": "keinginan", "agreed": "disetujui", "health": "kesehatan", "answers": "jawaban",
    "text": "isi",
    "void_reason": "dicoret karena", "destination": "tujuan", "receiver": "penerima", "phone": "telepon", "address": "alamat",
    "gate": "gerbang keselamatan", "rights": "hak yang disampaikan", "seen": "yang terlihat", "what": "apa", "why": "mengapa",
    "items": "butir", "needed": "dibutuhkan", "missing": "belum ada", "unproven": "belum terbukti", "year": "tahun",
    "assessed_on": "tanggal asesmen", "rated_on": "tanggal", "moment": "saat", "happened_on": "tanggal", "limit_on": "batas",
}  # fmt: skip
_HIDDEN: Final = frozenset(
    {
        "revision",
        "content_key",
        "digest",
        "token_digest",
        "pin_digest",
        "blind",
        "rule_version",
        "about_kind",
        "sensitivity",
    }
)


def statement_pdf(person: Person, code: str, at: datetime) -> bytes:
    """The statement as PDF. Whoever calls has decided that it may be made, and has recorded it."""
    return document_pdf(statement(person, code, at))


def statement(person: Person, code: str, at: datetime) -> Document:
    """The same as a document."""
    subjects = subjects_of(person.pk)
    load_keys(subjects.all)
    by_class, counts = _gathered(subjects)
    sections = [
        _class_section(city().data_classes[name], by_class[name])
        for name in city().data_classes
        if name in by_class
    ]
    return Document(
        title="Salinan data pribadi Anda",
        lead=(
            f"Permintaan {code}, dibuat {wib(at):%d-%m-%Y %H.%M} WIB menurut UU 27/2022 Pasal 32.",
            "Ini semua yang disimpan tentang Anda, dari mana, untuk apa, dengan siapa dibagi, dan siapa yang melihatnya.",
        ),
        sections=(*sections, _not_opened(counts), _shared(subjects), _looks(subjects)),
        closing=(
            "Anda berhak meminta perbaikan, menarik persetujuan, membatasi, atau menghapus data ini; "
            "formulirnya ada di piket Dinas Sosial.",
        ),
        foot=f"{city().name} · {code}",
        on=wib_date(at),
    )


def _gathered(subjects: Subjects) -> tuple[dict[str, list[tuple[str, str, str]]], Counter[str]]:
    """Class -> lines (what, when, content); and how many rows stand in classes that are not opened."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    closed: Counter[str] = Counter()
    for model, rows in rows_about(subjects):
        table = model._meta.db_table
        if fields.main_class(table) in NOT_OPENED:
            closed[fields.main_class(table)] += rows.count()
            continue
        for row in rows[:MOST_ROWS]:
            for name, said in _said(row, subjects).items():
                if name in NOT_OPENED:
                    closed[name] += 1
                elif said:
                    found.setdefault(name, []).append((TABLES.get(table, table), _when(row), said[:_LONGEST]))
    return found, closed


def _said(row: Model, subjects: Subjects) -> dict[str, str]:
    """Class -> what this row says of it."""
    classes = fields.classes_of(row._meta.db_table)
    parts: dict[str, list[str]] = {}
    if isinstance(row, Relation):
        return {"relations": _named("kind", row.kind)}
    for field in row._meta.local_concrete_fields:
        column = str(field.column)
        name = classes.get(column)
        if name is None or name == fields.NOBODY or column in _HIDDEN:
            continue
        value = getattr(row, field.attname)
        if isinstance(field, BinaryField):
            parts.setdefault(name, []).extend(_opened(row, column, value, subjects))
        elif value not in (None, "", [], {}):
            parts.setdefault(name, []).append(
                f"{COLUMNS.get(column, _plain(column))}: {_named(column, value)}"
            )
    return {name: " · ".join(said) for name, said in parts.items()}


def _opened(row: Model, column: str, value: Any, subjects: Subjects) -> list[str]:  # noqa: ANN401 - sealed bytes
    """What stands sealed in a column, whichever of the person's keys it is under."""
    if value is None:
        return []
    place = f"{row._meta.db_table}|{column}|{row.pk}"
    keys = [getattr(row, name, None) for name in ("person_id", "subject_id", "contact_id")]
    for subject in dict.fromkeys([*(key for key in keys if key), row.pk, *subjects.all]):
        try:
            return list(_flat(_read(unseal(subject, place, value))))
        except CannotOpen:
            continue
    return ["(tersandi, tidak dapat dibuka dari sini)"]


def _read(content: bytes) -> Any:  # noqa: ANN401 - JSON
    import json  # noqa: PLC0415 - beside its only use

    try:
        return json.loads(content)
    except ValueError:
        return content.decode("utf-8", "replace")


def _flat(value: Any, name: str = "") -> Iterator[str]:  # noqa: ANN401 - JSON
    """A JSON value as ``label: words``; empty ones are left out."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _flat(each, " ".join(part for part in (name, COLUMNS.get(key, _plain(key))) if part))
    elif isinstance(value, list):
        for each in value:
            yield from _flat(each, name)
    elif value not in (None, ""):
        yield f"{name}: {_word(value)}" if name else _word(value)


def _plain(name: str) -> str:
    return name.removeprefix("sealed_").replace("_", " ")


def _word(value: Any) -> str:  # noqa: ANN401 - JSON
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return str(value)


_NAMED: Final = {"stage": "stages", "item": "services", "closing_reason": "closing_reasons", "decision": "decisions",
                 "category": "street_categories", "institution": "institutions"}  # fmt: skip


def _named(column: str, value: Any) -> str:  # noqa: ANN401 - a column's value
    """A code by the city's label, a date as people write it."""
    if isinstance(value, (datetime, date)):
        return f"{wib(value) if isinstance(value, datetime) else value:%d-%m-%Y}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if column == "area_code":
        known = city().areas.get(str(value))
        return known.name if known else str(value)
    table = getattr(city(), _NAMED[column], {}) if column in _NAMED else {}
    row = table.get(str(value))
    return row.label if row else _word(value)


def _when(row: Model) -> str:
    """The first moment, or else the first day, that the row holds."""
    for kinds in ((DateTimeField,), (DateField,)):
        for field in row._meta.local_concrete_fields:
            value = getattr(row, field.attname, None)
            if isinstance(field, kinds) and value is not None:
                return f"{wib(value) if isinstance(value, datetime) else value:%d-%m-%Y}"
    return ""


def _class_section(row: DataClass, lines: list[tuple[str, str, str]]) -> Section:
    kept = city().retention[row.retention]
    act = words.retention_acts()[kept.act]
    return Section(
        title=row.label,
        facts=(
            ("Dari mana", row.source_of),
            ("Untuk apa", row.purpose),
            ("Dasar", f"{words.bases()[row.basis]}{f' ({row.law})' if row.law else ''}"),
            ("Berapa lama", f"{kept.days} hari sesudah selesai, lalu {act}" if kept.days else act),
        ),
        heads=("Catatan", "Kapan", "Isi"),
        rows=tuple(lines),
        widths=(4, 3, 17),
    )


def _not_opened(counts: Counter[str]) -> Section:
    rows = tuple(
        (
            city().data_classes[name].label,
            str(count),
            _WHY.get(name, "jejak kerja rumah, tanpa isi tentang Anda"),
        )
        for name, count in counts.items()
        if count and name in city().data_classes
    )
    return Section(
        title="Disimpan tetapi tidak dibuka di sini",
        paragraphs=() if rows else ("Tidak ada.",),
        heads=("Golongan", "Catatan", "Mengapa") if rows else (),
        rows=rows,
        widths=(6, 2, 9) if rows else (),
    )


_WHY: Final = {
    "inquiries": "memuat data orang lain (UU 27/2022 Ps. 33)",
    "reporter": "memuat data pelapor (UU 27/2022 Ps. 33)",
    "reports": "memuat kata pelapor (UU 27/2022 Ps. 33)",
    "meetings": "memuat pembahasan tentang orang lain (UU 27/2022 Ps. 33)",
    "matching": "hasil hitungan yang menyangkut orang lain",
    "patterns": "menyangkut orang lain (UU 27/2022 Ps. 33)",
    "access": "lihat bagian “Dibagikan dengan”",
}


def _shared(subjects: Subjects) -> Section:
    rows = Grant.objects.filter(subject_id__in=subjects.all).select_related("post__agency").order_by("since")
    lines = []
    for each in rows[:MOST_ROWS]:
        place = city().institutions.get(each.receiver)
        receiver = each.post.title if each.post else place.label if place else each.receiver
        agency = city().agency_name(each.post.agency_id, wib_date(each.since)) if each.post else ""
        until = f"{wib(each.until):%d-%m-%Y}" if each.until else "masih berlaku"
        lines.append((receiver, agency, each.parts.replace(";", ", "), f"{wib(each.since):%d-%m-%Y}", until))
    return Section(
        title="Dibagikan dengan",
        paragraphs=() if lines else ("Tidak pernah dibagikan ke luar tim.",),
        heads=("Jabatan atau lembaga", "Instansi", "Bagian", "Sejak", "Sampai") if lines else (),
        rows=tuple(lines),
        widths=(5, 5, 7, 3, 3) if lines else (),
    )


def _looks(subjects: Subjects) -> Section:
    """Who looked and when: posts and agencies, never an officer by name."""
    pids = list(pseudonyms(subjects.all).values())
    posts = dict(Post.objects.values_list("code", "title"))
    known = city()
    rows = []
    for event in Event.objects.filter(object_pid__in=pids).order_by("-at", "-id")[: MOST_LOOKS * 2]:
        if not breach.shows(event.action) or event.sensitivity == "sealed":
            continue
        seen = ", ".join(
            known.data_classes[name].label
            for name in breach.classes_of_event(event.action)
            if name in known.data_classes
        )
        agency = (
            known.agency_name(event.agency, wib_date(event.at))
            if event.agency in known.agencies
            else event.agency
        )
        rows.append(
            (f"{wib(event.at):%d-%m-%Y %H.%M}", posts.get(event.post_code, event.post_code), agency, seen)
        )
    return Section(
        title="Siapa yang melihat",
        paragraphs=() if rows else ("Belum ada yang tercatat.",),
        heads=("Kapan", "Jabatan", "Instansi", "Yang dibuka") if rows else (),
        rows=tuple(rows[:MOST_LOOKS]),
        widths=(4, 6, 6, 8) if rows else (),
    )
