"""Meetings: when a decision binds, what an agenda holds, what may be said in public.

The kinds are city data (``meetings.toml``). A meeting is planned, invited, opened and closed; closed minutes never
change, what comes later is a new meeting. Nothing here sees who may read what: that is asked when a page is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, TypeAlias

from rangkul.domain.errors import N_, BadInput, Conflict

State: TypeAlias = Literal["planned", "invited", "open", "closed", "cancelled"]
Source: TypeAlias = Literal["carried", "overdue", "refused", "contested", "case", "topic"]

STATES: Final = ("planned", "invited", "open", "closed", "cancelled")
SOURCES: Final[tuple[Source, ...]] = ("carried", "overdue", "refused", "contested", "case", "topic")
"""Where an agenda item comes from, in the order in which a meeting takes them: first what was promised last time."""

AGENDA_LONGEST: Final = 40
"""More than forty items is no agenda: the rest waits, longest overdue first."""

_LONG_NUMBER: Final = re.compile(r"\d(?:[\s.-]?\d){6,}")
_CASE_CODE: Final = re.compile(r"\b[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]\b")
_WORD: Final = re.compile(r"[^\W\d_]{3,}")


class WrongState(Conflict):
    """The meeting is not where this step begins."""

    code = "meeting_state"
    says = N_("Rapat ini sudah di langkah lain. Muat ulang halaman untuk melihat keadaannya.")


class EndsBeforeItBegins(BadInput):
    """An end before the beginning."""

    code = "meeting_ends_early"
    says = N_("Waktu selesai harus sesudah waktu mulai.")


class NobodyInvited(BadInput):
    """An invitation to nobody."""

    code = "nobody_invited"
    says = N_("Pilih dahulu siapa yang diundang.")


class AgendaEmpty(BadInput):
    """Inviting without saying to what."""

    code = "agenda_empty"
    says = N_("Agenda masih kosong. Tambahkan paling sedikit satu hal.")


class NoQuorum(Conflict):
    """Too few agencies signed in for a decision that binds."""

    code = "no_quorum"
    says = N_(
        "Kuorum belum tercapai: {present} dari {invited} instansi hadir, perlu {needed}. "
        "Catat pembicaraannya, lalu jadwalkan rapat lanjutan; keputusan belum dapat diambil."
    )


class WishMissing(BadInput):
    """A decision on a person without what the person wants (practice.md F17)."""

    code = "wish_missing"
    says = N_(
        "Tulis keinginan klien, atau mengapa belum dapat ditanyakan. Keputusan tentang orang tidak diambil tanpanya."
    )


class Undecided(Conflict):
    """A case conference ends in a decision on each case."""

    code = "undecided"
    says = N_(
        "Masih ada {count} kasus tanpa keputusan. Putuskan, atau catat mengapa ditunda dan sampai kapan."
    )


class DueInPast(BadInput):
    """Something to do by yesterday."""

    code = "due_in_past"
    says = N_("Tenggat tindak lanjut tidak boleh sebelum hari rapat.")


class NewsNamesSomebody(BadInput):
    """Public words with a person in them."""

    code = "news_names_somebody"
    says = N_("Berita publik tidak boleh memuat orang atau nomor. Hapus: {words}.")


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many agencies were invited, came, and must come."""

    invited: int
    present: int
    needed: int

    @property
    def reached(self) -> bool:
        """True when decisions bind."""
        return self.present >= self.needed


def quorum(invited: Collection[str], present: Iterable[str], percent: int) -> Quorum:
    """Count agencies, not heads: ten officers of one agency are one agency.

    Args:
        invited: agencies that were invited.
        present: the agency of each person who signed in; agencies that were not invited do not count.
        percent: share that must be there, rounded up; 0 asks for none.
    """
    agencies = set(invited)
    return Quorum(len(agencies), len(agencies & set(present)), -(-len(agencies) * percent // 100))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that asks to be on an agenda. ``since`` is the moment from which it waits."""

    source: Source
    key: str
    since: datetime


def build_agenda(
    candidates: Iterable[Candidate], already: Collection[str] = (), longest: int = AGENDA_LONGEST
) -> list[Candidate]:
    """Put what waits in the order in which a meeting should take it.

    First what was promised last time, then overdue, refused, contested; within each the longest waiting first. One key
    stands once, at its first place. Never more than ``longest`` together with ``already``.
    """
    rank = {source: number for number, source in enumerate(SOURCES)}
    chosen: dict[str, Candidate] = {}
    for each in sorted(candidates, key=lambda each: (rank[each.source], each.since, each.key)):
        if each.key not in already:
            chosen.setdefault(each.key, each)
    return list(chosen.values())[: max(0, longest - len(already))]


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Refuse an end that is not after the beginning."""
    if ends_at <= starts_at:
        raise EndsBeforeItBegins(field="ends_at")


def check_due(due_on: date, meeting_on: date) -> None:
    """Refuse an action item that was due before the meeting."""
    if due_on < meeting_on:
        raise DueInPast(field="due_on")


def short_notice(sent_on: date, meeting_on: date, notice_days: int) -> int:
    """Days by which the invitation comes later than the city's custom; 0 when it is in time."""
    return max(0, notice_days - (meeting_on - sent_on).days)


def check_news(text: str, known_names: Sequence[str]) -> None:
    """Refuse public words that name a person, a case or a number.

    Args:
        known_names: labels and names of the persons whose cases were on the agenda; each word of three letters or more
            that is not an everyday word of the text's own title counts.

    Raises:
        NewsNamesSomebody: with what to take out.
    """
    found = _LONG_NUMBER.findall(text) + _CASE_CODE.findall(text)
    words = {word.casefold(): word for word in _WORD.findall(text)}
    for name in known_names:
        parts = [part.casefold() for part in _WORD.findall(name)]
        hits = [part for part in parts if part in words]
        if parts and len(hits) == len(parts):
            found.append(name)
    if found:
        raise NewsNamesSomebody(field="text", words=", ".join(dict.fromkeys(found)))
