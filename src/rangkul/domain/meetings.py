"""Meetings: when a decision binds, what an agenda holds, what may be said in public.

The kinds are city data (``meetings.toml``). A meeting is planned, invited, opened and closed; closed minutes never
change, what comes later is a new meeting. Nothing here sees who may read what: that is asked when a page is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, TypeAlias

from rangkul.domain.errors import N_, BadInput, Conflict
from rangkul.domain.letters import DAYS, MONTHS

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
_CALLED: Final = re.compile(
    r"\b(?i:sdri?|tn|ny|a\.\s?n|alm|bernama|berinisial|inisial|korban|klien|pasien|mbah)\b\.?\s+([A-Z][\w'’]*)"
)
_CAPITAL: Final = re.compile(r"[A-Z][^\W\d_'’]+")
_SENTENCE: Final = re.compile(r"(?<=[.!?:])\s+|\n+")
_SHORT_MARK: Final = 4
_EVERYDAY: Final = frozenset(word.casefold() for word in (*MONTHS, *DAYS)) | {
    "pemerintah", "pemkot", "kota", "kabupaten", "provinsi", "kecamatan", "kelurahan", "dinas",
    "sosial", "satpol", "polri", "polres", "polsek", "kodim", "koramil", "puskesmas", "rumah",
    "singgah", "sakit", "panti", "balai", "gedung", "aula", "ruang", "kantor", "jalan",
    "perda", "peraturan", "undang", "permensos", "perwali", "indonesia", "jawa", "tengah",
    "timur", "barat", "selatan", "utara", "rangkul", "rapat", "workshop", "bapak", "ibu",
    "wali", "wakil", "sekretaris", "daerah", "kepala", "bidang", "lurah", "camat", "forum",
    "tim",
}  # fmt: skip


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


class NewsMayNameSomebody(BadInput):
    """Public words with capitals that nobody in the house can place."""

    code = "news_may_name_somebody"
    says = N_(
        "Mungkin ini nama orang: {words}. Hapus, atau nyatakan bahwa tidak satu pun nama orang yang dilayani."
    )


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
    found = _LONG_NUMBER.findall(text) + _CASE_CODE.findall(text) + _CALLED.findall(text)
    words = {word.casefold(): word for word in _WORD.findall(text)}
    for name in known_names:
        parts = [part.casefold() for part in _WORD.findall(name)]
        hits = [part for part in parts if part in words]
        if parts and len(hits) == len(parts):
            found.append(name)
    if found:
        raise NewsNamesSomebody(field="text", words=", ".join(dict.fromkeys(found)))


def check_capitals(text: str, known: Iterable[str], sure: str) -> None:
    """Refuse public words with capitals that may be a name, until the writer says of exactly these that they are none.

    Nobody's register is asked: what is refused tells nothing of who is known to the house. The first word of a
    sentence has its capital from grammar; a name that stands there alone is found only among the persons that the
    writer sees.

    Args:
        known: names of agencies, posts, places and the meeting itself.
        sure: the words as the refusal showed them, when the writer has vouched for them.

    Raises:
        NewsMayNameSomebody: with the words.
    """
    placed = _EVERYDAY | {word.casefold() for name in known for word in _WORD.findall(name)}
    found: dict[str, None] = {}
    for sentence in _SENTENCE.split(text):
        for run in _capitals_of(sentence, placed):
            found.setdefault(run)
    words = ", ".join(found)
    if words and words != sure:
        raise NewsMayNameSomebody(field="text", words=words)


def _capitals_of(sentence: str, placed: frozenset[str]) -> Iterator[str]:
    """Words side by side that begin with a capital, have no place, and are not an abbreviation."""
    run: list[str] = []
    for number, word in enumerate(re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]|\d+", sentence)):
        mark = word.isupper() and len(word) <= _SHORT_MARK
        if number and _CAPITAL.match(word) and not mark and word.casefold() not in placed:
            run.append(word)
        elif run:
            yield " ".join(run)
            run = []
    if run:
        yield " ".join(run)


def phrases(text: str, longest: int = 4) -> set[str]:
    """Every row of one to ``longest`` words of a text that begins with a capital: what could be a name."""
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+", text)
    return {
        " ".join(words[at : at + length])
        for at in range(len(words))
        for length in range(1, longest + 1)
        if words[at][:1].isupper() and at + length <= len(words)
    }
