"""The leave as a paper to be read out and signed: one page in plain Indonesian, in the face of the letters."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from rangkul.consents.actions import record_print
from rangkul.consents.queries import ConsentPage, consent_page
from rangkul.consents.sight import consent_in_sight
from rangkul.directory.city import city
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib, wib_date
from rangkul.letters.documents import Document, Section, document_pdf

GIVEN_BY = {
    "subject": "orangnya sendiri",
    "guardian": "walinya",
    "best_interest": "keputusan kepentingan terbaik bagi anak",
    "legal_order": "perintah hukum",
}
_LINE = "…" * 14


def consent_paper(member: ActingMember, consent_id: UUID, at: datetime) -> tuple[str, bytes]:
    """File name and PDF of one leave; that it was printed is an event.

    Raises:
        NotFound: missing, or hidden from this member.
    """
    page = consent_page(member, consent_id, at)
    record_print(consent_in_sight(member, consent_id), by=member, at=at)
    return f"lembar-izin-{page.case_code}.pdf", document_pdf(paper_of(page, at))


def paper_of(page: ConsentPage, at: datetime) -> Document:
    """The same as a document."""
    line = page.line
    files = (f"{line.files} berkas",) if line.files else ()
    return Document(
        title="Lembar izin berbagi",
        lead=("Lembar ini dibacakan dan dijelaskan lebih dahulu. Tanyakan apa pun yang belum jelas.",),
        sections=(
            Section(
                title="Siapa dan untuk apa",
                facts=(
                    ("Tentang", f"{page.person} ({page.case_code})"),
                    ("Yang boleh melihat", line.receiver),
                    ("Untuk", line.purpose),
                    ("Berlaku", f"{wib(line.since):%d-%m-%Y} sampai {wib(line.expires_at):%d-%m-%Y}"),
                    ("Diberikan oleh", GIVEN_BY[line.given_by]),
                    ("Dasar hukum", page.basis),
                ),
            ),
            Section(
                title="Hanya hal-hal ini yang dibagikan",
                heads=("No.", "Yang boleh dilihat"),
                rows=tuple((str(n), each) for n, each in enumerate((*line.items, *files), 1)),
                widths=(1, 12),
            ),
            Section(
                title="Hak Anda",
                paragraphs=(
                    "Izin ini dapat ditarik kapan saja, tanpa alasan, kepada petugas mana pun dari tim ini. "
                    "Sesudah ditarik, penerima tidak dapat melihatnya lagi, dan paling lama 3 × 24 jam kemudian "
                    "berhenti memakai apa yang sudah diterimanya.",
                    "Menolak atau menarik izin tidak mengurangi pertolongan yang diterima.",
                    "Siapa yang sudah membuka dapat ditanyakan kepada petugas.",
                ),
            ),
            Section(
                title="Tanda tangan",
                facts=(
                    ("Tempat dan tanggal", _LINE),
                    ("Yang memberi izin: nama", _LINE),
                    ("Tanda tangan atau cap jempol", _LINE),
                    ("Petugas yang menjelaskan", page.recorded_by),
                    ("Tanda tangan petugas", _LINE),
                    ("Saksi, bila tidak dapat membaca", _LINE),
                ),
            ),
        ),
        foot=f"{city().name} · {page.case_code} · dicetak {wib(at):%d-%m-%Y %H.%M} WIB",
        on=wib_date(at),
    )
