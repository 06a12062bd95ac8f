"""Families who look for somebody: one from afar by the public page, one at the desk; a text that may be said out loud."""

from __future__ import annotations

from rangkul.cases.models import Case
from rangkul.inquiries.actions import InquiryInput, approve_text, take_inquiry, write_text
from rangkul.training.hands import Hands


def load_inquiries(hands: Hands) -> None:
    """The clock finds that the daughter's inquiry fits; that of the desk fits nobody. Both read the same to who asks."""
    take_inquiry(
        InquiryInput(
            name="Lestari Prasojo",
            relation="child",
            proof="KTP dan KK",
            purpose="Bapak tidak pulang sejak Lebaran",
            phone="0811 0000 0000",
            sought_name="Darmo Prasojo",
            sought_alias="Pak Mo",
            sought_sex="L",
            sought_age="50",
            sought_origin="Kabupaten Magelang",
            sought_words="Biasa berjualan mainan; terakhir terlihat di terminal.",
        ),
        by=None,
        at=hands.ago(hours=30),
    )
    take_inquiry(
        InquiryInput(
            name="Polsek Candimulyo",
            relation="police",
            proof="Surat permintaan",
            purpose="Laporan orang hilang",
            sought_name="Yatmi Kusrini",
            sought_sex="P",
            sought_age="34",
            channel="police",
        ),
        by=hands.piket,
        at=hands.ago(hours=20),
    )
    case = Case.objects.filter(
        holder_id=hands.rini.post_id, closed_at__isnull=True, person__is_minor=False, sensitivity="ordinary"
    ).order_by("opened_at", "pk")[0]
    row = write_text(
        case.person_id,
        "Laki-laki paruh baya, jaket hijau, berjalan pelan, bicara logat pesisir; ditemui di terminal.",
        "piket Dinas Sosial Kota Magelang",
        by=hands.rini,
        at=hands.ago(hours=10),
    )
    approve_text(row.pk, by=hands.kabid, at=hands.ago(hours=9))
