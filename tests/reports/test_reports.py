"""Reports: received from anybody, joined by hand, answered honestly (practice.md S9, F11, F12)."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from PIL import Image
from uuid_utils.compat import uuid7

from rangkul.audit.acts import KeyUsedForOther
from rangkul.audit.models import Event
from rangkul.deadlines.models import Deadline
from rangkul.directory.models import Post
from rangkul.domain.codes import CodeMistyped
from rangkul.domain.errors import BadInput, ChangedMeanwhile, NotAllowed, NotFound
from rangkul.domain.reports import LandmarkMissing, PlaceMissing, StepNotNow, TooLong, WordsMissing
from rangkul.files.models import StoredFile
from rangkul.files.queries import read_bytes
from rangkul.reports import actions
from rangkul.reports.actions import NewReport, receive_report
from rangkul.reports.models import Report, ReportStep
from rangkul.reports.queries import (
    inbox,
    nearby_open,
    opened,
    public_state,
    report_page,
    reports_of_team,
    reports_seen_by,
)
from tests.cast import Cast

UTARA = "33.71.03.1003"
MAGERSARI = "33.71.01.1007"
SEEN = "Ibu tua duduk di trotoar, tampak bingung"


def new(**more: object) -> NewReport:
    facts: dict[str, object] = {
        "words": SEEN,
        "area_code": UTARA,
        "place_words": "Seberang Pasar Rejowinangun",
    }
    return NewReport(**{**facts, **more})  # type: ignore[arg-type]


def make(cast: Cast, minutes: float = 0, **more: object) -> tuple[Report, str]:
    answer = receive_report(new(**more), by=None, at=cast.later(minutes=minutes))
    return Report.objects.get(pk=answer["report_id"]), answer["code"]


def team(code: str = "satpolpp.regu2") -> Post:
    return Post.objects.get(code=code)


def photo_with_place() -> bytes:
    image = Image.new("RGB", (40, 30), "green")
    exif = Image.Exif()
    exif[0x010F] = "Kamera Saya"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "S", (7.0, 28.0, 30.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_report_needs_no_account_and_answers_with_a_code(cast: Cast) -> None:
    report, code = make(cast)

    assert len(code.replace("-", "")) == 15
    assert public_state(code).state == "received"
    assert Event.objects.filter(action="report.received", actor_pid=None).exists()
    assert report.taken_by_id is None


def test_words_phone_and_code_stand_sealed_and_nowhere_in_the_clear(cast: Cast) -> None:
    report, code = make(cast, phone="0812 3456 7890")

    row = Report.objects.filter(pk=report.pk).values().get()
    clear = b"".join(
        bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
        for value in row.values()
    )
    for secret in (SEEN.encode(), b"081234567890", code.encode()):
        assert secret not in clear
    assert opened(report)["phone"] == "081234567890"


def test_the_same_key_gives_the_same_code_and_one_report(cast: Cast) -> None:
    key = uuid7()

    first = receive_report(new(), by=None, at=cast.at, key=key)
    second = receive_report(new(), by=None, at=cast.later(seconds=9), key=key)

    assert first == second
    assert Report.objects.count() == 1
    with pytest.raises(KeyUsedForOther):
        receive_report(new(words="Lain"), by=None, at=cast.at, key=key)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"area_code": ""}, PlaceMissing),
        ({"area_code": "99.99"}, PlaceMissing),
        ({"area_code": "33.71.03"}, PlaceMissing),
        ({"outside_code": UTARA}, PlaceMissing),
        ({"outside_code": "33.08", "place_words": " "}, LandmarkMissing),
        ({"words": " \x00 "}, WordsMissing),
        ({"words": "a" * 3000}, TooLong),
        ({"place_words": "a" * 201}, TooLong),
        ({"phone": "bukan nomor"}, BadInput),
        ({"photo": b"ini bukan foto"}, BadInput),
        ({"photo": b"%PDF-1.7\nbukan foto"}, BadInput),
    ],
)
def test_what_cannot_be_right_is_refused_and_nothing_is_written(
    cast: Cast, more: dict[str, object], refusal: type[BadInput]
) -> None:
    with pytest.raises(refusal):
        make(cast, **more)

    assert not Report.objects.exists()
    assert not Event.objects.filter(action="report.received").exists()


def test_emoji_and_nul_bytes_do_no_harm(cast: Cast) -> None:
    report, _ = make(cast, words="Ada anak 👧🏽 di sini\x00\r\nsendirian")

    assert opened(report)["words"] == "Ada anak 👧🏽 di sini\nsendirian"


def test_a_photo_loses_place_and_camera(cast: Cast) -> None:
    report, _ = make(cast, photo=photo_with_place())

    kept = read_bytes(StoredFile.objects.get(about_id=report.pk))
    assert b"Kamera Saya" not in kept
    assert not dict(Image.open(io.BytesIO(kept)).getexif())


def test_the_public_cannot_call_its_report_urgent_or_choose_a_channel(cast: Cast) -> None:
    report, _ = make(cast, urgent=True, channel="polisi")

    assert (report.urgent, report.channel) == (False, "web")


def test_the_desk_pastes_a_whatsapp_text_and_gets_a_code(cast: Cast) -> None:
    answer = receive_report(new(channel="laporan_warga", urgent=True), by=cast.desk, at=cast.at)

    page = report_page(cast.desk, Report.objects.get().pk, at=cast.at)
    assert page.code == answer["code"]
    assert page.line.urgent


def test_a_code_is_read_as_people_type_it_and_a_typo_is_named(cast: Cast) -> None:
    _, code = make(cast)

    assert public_state(f" {code.lower().replace('-', ' ')} ").code == code
    wrong = ("3" if code[0] != "3" else "4") + code[1:]
    with pytest.raises(CodeMistyped):
        public_state(wrong)
    with pytest.raises(CodeMistyped):
        public_state("a" * 5000)


def test_a_code_nobody_has_is_not_found(cast: Cast) -> None:
    from rangkul.domain.codes import tracking_code  # noqa: PLC0415 - made here only

    with pytest.raises(NotFound):
        public_state(tracking_code(b"q" * 16))


def test_s9_line_by_line(cast: Cast) -> None:
    """Ibu Tri reports by WhatsApp at 14:05, and everything until the number is gone."""
    answer = receive_report(new(channel="laporan_warga", phone="08123456789"), by=cast.desk, at=cast.at)
    code, report = answer["code"], Report.objects.get()
    actions.verify_report(report.pk, by=cast.desk, at=cast.later(minutes=3))
    neighbours = [make(cast, minutes=4), make(cast, minutes=6, words="Nenek di trotoar")]
    for other, _ in neighbours:
        actions.join_report(report.pk, other.pk, by=cast.desk, at=cast.later(minutes=8))
    actions.assign_team(report.pk, team().pk, by=cast.desk, at=cast.later(minutes=9))
    actions.step_report(report.pk, "departed", by=cast.regu, at=cast.later(minutes=15))
    codes = [code, *(each for _, each in neighbours)]
    assert {public_state(each).state for each in codes} == {"on_the_way"}

    actions.step_report(report.pk, "not_found", by=cast.regu, at=cast.later(minutes=36))
    assert {public_state(each).state for each in codes} == {"not_found"}
    assert public_state(code).may_update
    assert Report.objects.get(pk=report.pk).closed_at is not None

    actions.add_update(codes[1], "pindah ke depan pasar", by=None, at=cast.later(minutes=47))
    report.refresh_from_db()
    assert (report.state, report.closed_at) == ("assigned", None)
    assert reports_of_team(cast.regu)[0].latest_news == "pindah ke depan pasar"
    assert {public_state(each).state for each in codes} == {"checked"}

    actions.step_report(report.pk, "on_site", by=cast.regu, at=cast.later(minutes=60))
    actions.close_report(report.pk, by=cast.desk, at=cast.later(minutes=65))
    assert {public_state(each).state for each in codes} == {"handled"}
    assert public_state(code).joined_with == 2
    assert not public_state(code).may_update

    assert actions.drop_old_phones(by=cast.operator, at=cast.later(days=89)) == 0
    assert actions.drop_old_phones(by=cast.operator, at=cast.later(days=91)) == 1
    assert opened(Report.objects.get(pk=report.pk))["phone"] == ""


def test_nearby_means_the_same_kelurahan_within_three_hours(cast: Cast) -> None:
    report, _ = make(cast)
    near, _ = make(cast, minutes=179)
    make(cast, minutes=181)
    make(cast, minutes=5, area_code=MAGERSARI)

    assert [line.id for line in nearby_open(cast.desk, report.pk)] == [near.pk]


def test_only_open_reports_of_one_kelurahan_are_joined_and_never_in_a_ring(cast: Cast) -> None:
    one, _ = make(cast)
    two, _ = make(cast, minutes=1)
    far, _ = make(cast, area_code=MAGERSARI)
    actions.join_report(one.pk, two.pk, by=cast.desk, at=cast.at)

    for main, other in ((one, far), (one, one), (two, one), (one, two)):
        with pytest.raises(actions.CannotJoin):
            actions.join_report(main.pk, other.pk, by=cast.desk, at=cast.at)


def test_a_place_outside_is_offered_with_words_and_the_public_reads_where(cast: Cast) -> None:
    report, code = make(cast, area_code="", outside_code="33.08")
    assert public_state(code).state == "received"

    actions.offer_outside(
        report.pk, "Telepon piket Dinsos Kab. Magelang 14.20", by=cast.desk, at=cast.later(minutes=15)
    )
    assert (public_state(code).state, public_state(code).outside) == ("passed_on", "Kabupaten Magelang")

    actions.answer_outside(report.pk, accepted=False, by=cast.desk, at=cast.later(minutes=30))
    assert public_state(code).state == "checked"


def test_an_offer_needs_words_and_a_place_outside(cast: Cast) -> None:
    inside, _ = make(cast)
    outside, _ = make(cast, area_code="", outside_code="33.08")

    with pytest.raises(actions.NotOutside):
        actions.offer_outside(inside.pk, "Telepon", by=cast.desk, at=cast.at)
    with pytest.raises(BadInput):
        actions.offer_outside(outside.pk, "  ", by=cast.desk, at=cast.at)


def test_a_rejection_asks_a_reason_of_the_list(cast: Cast) -> None:
    report, code = make(cast)

    with pytest.raises(BadInput):
        actions.reject_report(report.pk, "malas", by=cast.desk, at=cast.at)
    actions.reject_report(report.pk, "not_target", by=cast.desk, at=cast.at)
    assert public_state(code).state == "closed"


def test_a_team_reads_what_it_was_given_and_nothing_else(cast: Cast) -> None:
    mine, _ = make(cast, phone="08123456789")
    other, _ = make(cast, minutes=1)
    actions.assign_team(mine.pk, team().pk, by=cast.desk, at=cast.at)
    actions.assign_team(other.pk, team("kel_magersari.trantib").pk, by=cast.desk, at=cast.at)

    assert [each.pk for each in reports_seen_by(cast.regu)] == [mine.pk]
    page = report_page(cast.regu, mine.pk, at=cast.at)
    assert (page.phone, page.code, page.reporter_shown) == ("", "", False)
    with pytest.raises(NotFound):
        report_page(cast.regu, other.pk, at=cast.at)
    with pytest.raises(NotFound):
        actions.step_report(other.pk, "departed", by=cast.regu, at=cast.at)


def test_the_enforcement_desk_sees_reports_of_its_own_teams_only(cast: Cast) -> None:
    mine, _ = make(cast)
    make(cast, minutes=1)
    actions.assign_team(mine.pk, team().pk, by=cast.desk, at=cast.at)

    assert [line.id for line in inbox(cast.satpol_desk)] == [mine.pk]


@pytest.mark.parametrize(
    "who", ["bhabin", "babinsa", "trantib", "tksk", "kesra", "nakes", "admin", "dpo", "steward"]
)
def test_whoever_was_not_sent_sees_no_report(cast: Cast, who: str) -> None:
    report, _ = make(cast)
    member = getattr(cast, who)

    assert not reports_seen_by(member).exists()
    with pytest.raises((NotFound, NotAllowed)):
        actions.verify_report(report.pk, by=member, at=cast.at)


def test_reading_the_reporters_number_leaves_an_event(cast: Cast) -> None:
    report, _ = make(cast, phone="08123456789")

    assert report_page(cast.desk, report.pk, at=cast.at).phone == "08123456789"
    assert Event.objects.filter(action="report.looked").count() == 1


def test_two_desks_at_once_have_one_winner_who_is_named(cast: Cast) -> None:
    report, _ = make(cast)
    actions.verify_report(report.pk, by=cast.desk, at=cast.at, seen=1)

    with pytest.raises(ChangedMeanwhile):
        actions.assign_team(report.pk, team().pk, by=cast.kabid, at=cast.at, seen=1)
    with pytest.raises(StepNotNow):
        actions.verify_report(report.pk, by=cast.kabid, at=cast.at)


def test_a_report_goes_to_teams_of_the_street_only(cast: Cast) -> None:
    report, _ = make(cast)

    with pytest.raises(actions.NotATeam):
        actions.assign_team(report.pk, team("dinsos.kadis").pk, by=cast.desk, at=cast.at)


def test_unable_gives_the_report_back_to_the_desk(cast: Cast) -> None:
    report, _ = make(cast)
    actions.assign_team(report.pk, team().pk, by=cast.desk, at=cast.at)

    actions.step_report(report.pk, "unable", by=cast.regu, at=cast.at)

    report.refresh_from_db()
    assert (report.state, report.team_id) == ("verified", None)


def test_clocks_follow_and_a_joined_report_keeps_none(cast: Cast) -> None:
    one, _ = make(cast)
    two, _ = make(cast, minutes=1)
    running = Deadline.objects.filter(met_at__isnull=True, dropped_at__isnull=True)
    assert set(running.values_list("subject_id", flat=True)) == {one.pk, two.pk}

    actions.join_report(one.pk, two.pk, by=cast.desk, at=cast.at)
    actions.assign_team(one.pk, team().pk, by=cast.desk, at=cast.at)
    assert list(running.values_list("subject_id", "clock")) == [(one.pk, "report_depart")]

    actions.step_report(one.pk, "not_found", by=cast.regu, at=cast.at)
    assert not running.exists()


def test_a_shift_is_given_by_a_desk_and_a_team_cannot_give_itself_one(cast: Cast) -> None:
    regu = team()
    hours = timedelta(hours=8)

    actions.start_shift(regu.pk, cast.at, cast.at + hours, by=cast.satpol_desk, at=cast.at)
    with pytest.raises(NotAllowed):
        actions.start_shift(regu.pk, cast.at, cast.at + hours, by=cast.regu, at=cast.at)
    with pytest.raises(actions.NotATeam):
        actions.start_shift(
            team("kel_magersari.trantib").pk, cast.at, cast.at + hours, by=cast.satpol_desk, at=cast.at
        )
    with pytest.raises(actions.ShiftTooLong):
        actions.start_shift(regu.pk, cast.at, cast.at + timedelta(days=3), by=cast.desk, at=cast.at)


def test_every_step_is_a_row_that_stays(cast: Cast) -> None:
    report, _ = make(cast)
    actions.assign_team(report.pk, team().pk, by=cast.desk, at=cast.at)

    steps = ReportStep.objects.filter(report=report).values_list("step", flat=True)
    assert list(steps) == ["received", "verified", "assigned"]
