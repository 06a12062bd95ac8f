"""When a meeting's decision binds, what its agenda holds, what may be said in public."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain import meetings as rules

T0 = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
AGENCIES = ("dinsos", "satpolpp", "polres", "kodim", "dinkes")


def test_agencies_count_not_heads() -> None:
    counted = rules.quorum(["dinsos", "satpolpp", "polres"], ["dinsos", "dinsos", "dinsos"], 50)
    assert (counted.present, counted.needed, counted.reached) == (1, 2, False)


def test_half_of_three_is_two_and_guests_do_not_make_a_quorum() -> None:
    assert not rules.quorum(["a", "b", "c"], ["a", "x", "y"], 50).reached
    assert rules.quorum(["a", "b", "c"], ["a", "c", "y"], 50).reached


@given(
    st.sets(st.sampled_from(AGENCIES), min_size=1), st.lists(st.sampled_from(AGENCIES)), st.integers(0, 100)
)
def test_everybody_there_always_reaches_it_and_one_more_never_loses_it(
    invited: set[str], present: list[str], percent: int
) -> None:
    assert rules.quorum(invited, invited, percent).reached
    before = rules.quorum(invited, present, percent)
    after = rules.quorum(invited, [*present, "dinsos"], percent)
    assert after.reached or not before.reached


def candidate(source: rules.Source, key: str, days: int) -> rules.Candidate:
    return rules.Candidate(source, key, T0 - timedelta(days=days))


def test_promises_come_first_then_what_is_longest_overdue() -> None:
    found = rules.build_agenda(
        [
            candidate("overdue", "case:1", 2),
            candidate("overdue", "case:2", 9),
            candidate("carried", "action:1", 1),
        ]
    )
    assert [each.key for each in found] == ["action:1", "case:2", "case:1"]


@given(
    st.lists(
        st.builds(
            rules.Candidate,
            st.sampled_from(rules.SOURCES),
            st.sampled_from([f"case:{n}" for n in range(60)]),
            st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)).map(
                lambda moment: moment.replace(tzinfo=UTC)
            ),  # noqa: DTZ001
        ),
        max_size=120,
    ),
    st.sets(st.sampled_from([f"case:{n}" for n in range(60)]), max_size=20),
)
def test_an_agenda_holds_each_matter_once_and_stays_short(
    candidates: list[rules.Candidate], already: set[str]
) -> None:
    found = rules.build_agenda(candidates, already)
    keys = [each.key for each in found]
    assert len(keys) == len(set(keys))
    assert already.isdisjoint(keys)
    assert len(found) + len(already) <= max(rules.AGENDA_LONGEST, len(already))
    left = {each.key for each in candidates} - already - set(keys)
    assert not left or len(found) + len(already) >= rules.AGENDA_LONGEST
    ranks = [rules.SOURCES.index(each.source) for each in found]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Rapat membahas Kasno dari pasar.", ["Kasno"]),
        ("Hubungi 0812 3456 7890.", []),
        ("Kasus 7KQ-M9X-A dibahas.", []),
        ("NIK 3371990101900001", []),
        ("Dihadiri kasno, warga.", ["Kasno"]),
        ("Keluarga Sdr. Kasno hadir.", []),
        ("Seorang klien bernama Siti pulang.", []),
    ],
)
def test_public_words_never_name_a_person_a_case_or_a_number(text: str, named: list[str]) -> None:
    with pytest.raises(rules.NewsNamesSomebody):
        rules.check_news(text, named)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Semua membahas Kasno Raharjo dari Pasar Rejowinangun.", "Kasno Raharjo, Pasar"),
        ("Kasno Raharjo akan pulang.", "Raharjo"),
        ("PPKS dan TNI hadir di Mako, kata SUPARDI.", "Mako, SUPARDI"),
        ("Pada Senin, Dinas Sosial dan Kelurahan Rejowinangun Utara duduk bersama.", ""),
    ],
)
def test_a_capital_nobody_can_place_asks_the_writer(text: str, asked: str) -> None:
    places = ["Kelurahan Rejowinangun Utara"]
    if asked:
        with pytest.raises(rules.NewsMayNameSomebody) as refused:
            rules.check_capitals(text, places, "")
        assert refused.value.facts["words"] == asked
    rules.check_capitals(text, places, asked)


def test_vouching_for_one_name_is_not_vouching_for_another() -> None:
    with pytest.raises(rules.NewsMayNameSomebody):
        rules.check_capitals("Semua membahas Kasno dan Siti.", [], "Kasno")


def test_plain_news_passes() -> None:
    rules.check_news(
        "Pada 24 Februari 2022, 9 instansi duduk bersama di Mako 1 Polres Magelang Kota.",
        ["Pria-Topi Merah-Pasar"],
    )


def test_times_and_dues_are_checked() -> None:
    with pytest.raises(rules.EndsBeforeItBegins):
        rules.check_times(T0, T0)
    with pytest.raises(rules.DueInPast):
        rules.check_due(date(2026, 11, 23), date(2026, 11, 24))
    rules.check_due(date(2026, 11, 24), date(2026, 11, 24))


def test_short_notice_is_counted_in_days() -> None:
    assert rules.short_notice(date(2026, 11, 23), date(2026, 11, 24), 2) == 1
    assert rules.short_notice(date(2026, 11, 20), date(2026, 11, 24), 2) == 0
