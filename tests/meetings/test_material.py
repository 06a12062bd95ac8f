"""What a speaker brings: for everybody who may see the meeting, and for nobody else."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from rangkul.directory.city import city
from rangkul.domain import meetings as rules
from rangkul.domain.errors import NotAllowed, NotFound
from rangkul.letters.gathering import gather
from rangkul.meetings import actions as do
from rangkul.meetings import queries as ask
from rangkul.meetings.material_actions import MaterialMissing
from rangkul.meetings.models import Invitee
from tests.cast import Cast, login
from tests.meetings.test_meetings import invited, running

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def a_photo() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(held, "JPEG", exif=b"Exif\x00\x00 di sini")
    return held.getvalue()


def test_whoever_runs_it_brings_material_and_the_invited_open_it(cast: Cast) -> None:
    meeting = invited(cast)
    row = do.add_material(meeting.pk, PDF, "Paparan Kadis", by=cast.kabid, at=cast.at)

    [shown] = ask.meeting_page(cast.peksos, meeting.pk, cast.at).materials
    assert (shown.title, shown.is_pdf, shown.mine) == ("Paparan Kadis", True, False)
    assert ask.open_material(cast.peksos, meeting.pk, row.pk, cast.at) == (PDF, "application/pdf")


def test_a_speaker_may_and_another_invited_may_not(cast: Cast) -> None:
    meeting = invited(cast)
    Invitee.objects.filter(meeting=meeting, post_id=cast.ppa.post_id).update(part="speaker")

    do.add_material(meeting.pk, a_photo(), "Foto lapangan", by=cast.ppa, at=cast.at)
    with pytest.raises(NotAllowed):
        do.add_material(meeting.pk, PDF, "Lain", by=cast.peksos, at=cast.at)


def test_who_is_not_invited_finds_neither_meeting_nor_material(cast: Cast, client: Client) -> None:
    meeting = invited(cast)
    row = do.add_material(meeting.pk, PDF, "Paparan", by=cast.kabid, at=cast.at)

    with pytest.raises(NotFound):
        ask.open_material(cast.rsj, meeting.pk, row.pk, cast.at)
    assert login(client, cast.rsj).get(f"/rapat/{meeting.pk}/bahan/{row.pk}/").status_code == 404
    other = invited(cast, title="Rapat lain")
    with pytest.raises(NotFound):
        ask.open_material(cast.kabid, other.pk, row.pk, cast.at)


def test_nothing_is_added_or_taken_after_the_meeting_is_closed(cast: Cast) -> None:
    meeting = running(cast)
    row = do.add_material(meeting.pk, PDF, "Paparan", by=cast.kabid, at=cast.at)
    do.close_meeting(meeting.pk, "", by=cast.kabid, at=cast.later(days=3, hours=2))

    with pytest.raises(rules.WrongState):
        do.add_material(meeting.pk, PDF, "Terlambat", by=cast.kabid, at=cast.later(days=4))
    with pytest.raises(rules.WrongState):
        do.take_material(meeting.pk, row.pk, by=cast.kabid, at=cast.later(days=4))


def test_material_that_was_taken_off_is_gone_and_its_title_stands_in_the_minutes_only_while_it_is_there(
    cast: Cast,
) -> None:
    meeting = invited(cast)
    row = do.add_material(meeting.pk, PDF, "Paparan", by=cast.kabid, at=cast.at)
    assert "Paparan" in str(gather(cast.kabid, city().letters["notulen"], "meeting", meeting.pk))

    do.take_material(meeting.pk, row.pk, by=cast.kabid, at=cast.at)

    assert ask.meeting_page(cast.kabid, meeting.pk, cast.at).materials == []
    with pytest.raises(NotFound):
        ask.open_material(cast.kabid, meeting.pk, row.pk, cast.at)


def test_the_page_keeps_the_title_when_the_file_is_missing(cast: Cast, client: Client) -> None:
    meeting = invited(cast)
    login(client, cast.kabid)

    answer = client.post(f"/rapat/{meeting.pk}/", {"do": "bring", "material": "Paparan baru"})
    assert answer.status_code == MaterialMissing.status
    assert "Paparan baru" in answer.content.decode()
    answer = client.post(
        f"/rapat/{meeting.pk}/",
        {
            "do": "bring",
            "material": "Paparan baru",
            "file": SimpleUploadedFile("a.pdf", PDF, "application/pdf"),
        },
    )
    assert answer.status_code == 302
    assert "Paparan baru" in client.get(f"/rapat/{meeting.pk}/").content.decode()
