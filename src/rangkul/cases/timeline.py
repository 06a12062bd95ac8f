"""The way of a case as sentences that one can read, newest first. No protected content: that is opened elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rangkul.cases.above import TimelineEntry, timeline_from_above
from rangkul.cases.evidence_shapes import GROUP_OF
from rangkul.cases.facts import stage_table
from rangkul.cases.models import Case
from rangkul.cases.records import Records
from rangkul.cases.sight import decide
from rangkul.directory.city import city
from rangkul.domain.policy import ActingMember, Decision

Teller = Callable[[Records, Decision, str], Iterator[TimelineEntry]]


def timeline(
    member: ActingMember,
    case: Case,
    decision: Decision | None = None,
    newest: int | None = None,
    records: Records | None = None,
) -> list[TimelineEntry]:
    """What happened in a case that this member sees, newest first; what it may not know of is absent without a gap.

    Args:
        newest: how many entries at most.
    """
    seen = decision or decide(member, case)
    if not seen.opens("timeline"):
        return []
    rows = records or Records(case)
    entries = [entry for tell in _TELLERS for entry in tell(rows, seen, member.language)]
    entries += timeline_from_above(member, case.pk, case.person_id)
    entries.sort(key=lambda entry: entry.at)
    return entries[::-1][:newest]


def _by(name: str | None, post: str | None) -> str:
    return " · ".join(part for part in (name, post) if part)


def _contacts(rows: Records, _seen: Decision, language: str) -> Iterator[TimelineEntry]:
    for row in rows.contacts:
        place_row = city().areas.get(row.area or row.outside)
        place = row.words or (place_row.name if place_row else "")
        sentence = (
            _("Kontak lapangan ke-{n}, {place}").format(n=row.number, place=place)
            if row.number
            else _("Kontak lapangan, {place}").format(place=place)
        )
        decision = city().decisions.get(row.decision)
        chips = (decision.named(language),) if decision else ()
        yield TimelineEntry(
            at=row.at, kind="contact", sentence=sentence, who=_by(row.name, row.post), chips=chips
        )


def _stages(rows: Records, seen: Decision, language: str) -> Iterator[TimelineEntry]:
    if not seen.opens("stage"):
        return
    table = stage_table(rows.case.rule_version)
    for row in rows.stages:
        stage = table[row.stage]
        words = {"n": stage.order, "label": stage.named(language)}
        if row.override:
            sentence = _("Langkah khusus ke tahap {n}, {label}").format(**words)
        elif row.origin in table and table[row.origin].order > stage.order:
            sentence = _("Kembali ke tahap {n}, {label}").format(**words)
        else:
            sentence = _("Masuk tahap {n}, {label}").format(**words)
        chips = [_("tanpa {need}").format(need=city().need(need).named(language)) for need in row.missing]
        if row.override:
            chips.append(_("sudah dilihat kepala") if row.seen_at else _("menunggu dilihat kepala"))
        yield TimelineEntry(
            at=row.at, kind="stage", sentence=sentence, who=_by(row.name, row.post), chips=tuple(chips)
        )


def _turns(rows: Records, seen: Decision, language: str) -> Iterator[TimelineEntry]:
    for row in rows.turns:
        if row.turn == "closed":
            reason = city().closing_reasons.get(row.reason) if seen.opens("closing") else None
            sentence = (
                _("Kasus ditutup: {reason}").format(reason=reason.named(language))
                if reason
                else _("Kasus ditutup")
            )
        elif row.turn == "reopened":
            sentence = _("Kasus dibuka lagi, dipegang {post}").format(post=row.post or "")
        else:
            sentence = _("Kasus dibuka, dipegang {post}").format(post=row.post or "")
        yield TimelineEntry(at=row.at, kind="turn", sentence=sentence, who=_by(row.name, row.post))


def _holders(rows: Records, seen: Decision, _language: str) -> Iterator[TimelineEntry]:
    """Later holders; the one that opened or reopened stands in its turn."""
    if not seen.opens("holder"):
        return
    openings = {row.at for row in rows.turns if row.turn != "closed"}
    for since, post in rows.holders:
        if since not in openings:
            yield TimelineEntry(at=since, kind="holder", sentence=_("Diterima {post}").format(post=post))


def _evidence(rows: Records, seen: Decision, language: str) -> Iterator[TimelineEntry]:
    for row in rows.evidence:
        if not seen.opens(GROUP_OF[row.kind]):
            continue
        need = city().needs.get(row.kind)
        label = need.named(language) if need else row.kind
        chips = (_("dibatalkan: {reason}").format(reason=row.void_reason),) if row.voided_at else ()
        yield TimelineEntry(
            at=row.at,
            kind="evidence",
            sentence=_("{what}: dicatat").format(what=label),
            who=_by(row.name, row.post),
            chips=chips,
            voided=row.voided_at is not None,
        )


def _assessments(rows: Records, seen: Decision, _language: str) -> Iterator[TimelineEntry]:
    if not seen.opens("assessment"):
        return
    for row in rows.assessments:
        chips = (_("dibatalkan: {reason}").format(reason=row.void_reason),) if row.voided_at else ()
        yield TimelineEntry(
            at=row.at,
            kind="assessment",
            sentence=_("Asesmen selesai"),
            who=_by(row.name, row.post),
            chips=chips,
            voided=row.voided_at is not None,
        )


def _ratings(rows: Records, seen: Decision, _language: str) -> Iterator[TimelineEntry]:
    if not seen.opens("rating"):
        return
    words = {
        "entry": _("Keberfungsian sosial dinilai saat masuk"),
        "exit": _("Keberfungsian sosial dinilai saat keluar"),
        "follow_up": _("Keberfungsian sosial dinilai saat bimbingan lanjut"),
    }
    for row in rows.ratings:
        yield TimelineEntry(at=row.at, kind="rating", sentence=words[row.moment], who=_by(row.name, row.post))


def _plan(rows: Records, seen: Decision, language: str) -> Iterator[TimelineEntry]:
    if not seen.opens("plan"):
        return
    for (at, name), lines in groupby(rows.plan, key=lambda row: (row.at, row.name)):
        n = len(list(lines))
        sentence = ngettext("Rencana ditambah {n} layanan", "Rencana ditambah {n} layanan", n).format(n=n)
        yield TimelineEntry(at=at, kind="plan", sentence=sentence, who=name or "")
    for row in rows.plan:
        if row.dropped_at:
            item = city().services.get(row.item)
            sentence = _("Rencana dihentikan: {item}").format(item=item.named(language) if item else row.item)
            yield TimelineEntry(at=row.dropped_at, kind="plan", sentence=sentence, chips=(row.reason,))


def _notes(rows: Records, seen: Decision, _language: str) -> Iterator[TimelineEntry]:
    if not seen.opens("notes"):
        return
    for row in rows.notes:
        yield TimelineEntry(
            at=row.at,
            kind="note",
            sentence=_("Catatan kasus"),
            who=_by(row.name, row.post),
            href=f"#note-{row.key}",
            sealed=True,
        )


def _visits(rows: Records, seen: Decision, _language: str) -> Iterator[TimelineEntry]:
    if not seen.opens("visits"):
        return
    kinds = {
        "follow_up": _("Kunjungan bimbingan lanjut"),
        "address": _("Pemastian alamat"),
        "outreach": _("Penjangkauan ulang"),
    }
    outcomes = {
        "at_home": _("di rumah"),
        "not_there": _("tidak di tempat"),
        "back_on_street": _("kembali ke jalan"),
        "declined": _("belum mau dikunjungi"),
        "cancelled": _("tidak jadi, kasus ditutup"),
    }
    for kind, asked_at, due_on, owner, done_at, outcome, name in rows.visits:
        sentence = _("{kind} diminta kepada {owner}").format(kind=kinds[kind], owner=owner)
        chips = (_("paling lambat {day}").format(day=f"{due_on:%d-%m-%Y}"),)
        yield TimelineEntry(
            at=asked_at, kind="visit", sentence=sentence, chips=chips, voided=outcome == "cancelled"
        )
        if done_at and outcome != "cancelled":
            sentence = _("{kind}: {outcome}").format(kind=kinds[kind], outcome=outcomes.get(outcome, outcome))
            yield TimelineEntry(at=done_at, kind="visit", sentence=sentence, who=_by(name, owner))


# Of two entries of one moment the later teller stands above.
_TELLERS: Final[tuple[Teller, ...]] = (
    _contacts,
    _turns,
    _holders,
    _stages,
    _evidence,
    _assessments,
    _ratings,
    _plan,
    _notes,
    _visits,
)
