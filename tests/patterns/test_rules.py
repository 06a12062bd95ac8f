"""When several contacts are a pattern, by what one can look up and no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.exploitation import (
    SIGNS,
    Adult,
    PatternRule,
    Sighting,
    adults_differ,
    find_pattern,
    is_night,
    plate_of,
)

RULE = PatternRule(days=14, contacts=3, signs=2, night_from=20, night_until=5)
NIGHT = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)  # 21.30 WIB
BOY = uuid4()
SRI, TUTIK = Adult("P", "Sri"), Adult("P", "Tutik")


def seen(days_ago: float, **facts: object) -> Sighting:
    return Sighting(uuid4(), NIGHT - timedelta(days=days_ago), **facts)  # type: ignore[arg-type]


def told(*rows: Sighting) -> object:
    return find_pattern(rows, rows[-1].contact_id, RULE)


def test_the_third_contact_with_another_mother_and_the_same_plate_is_a_pattern():
    rows = [
        seen(12, child_id=BOY, plate="AA1234XY", adult=SRI),
        seen(5, child_id=BOY, adult=TUTIK),
        seen(0, plate="AA1234XY", adult=Adult("L")),
    ]
    found = told(*rows)
    assert found is not None
    assert found.contacts == tuple(each.contact_id for each in rows)
    assert found.signs == SIGNS


@pytest.mark.parametrize(
    "rows",
    [
        [seen(5, child_id=BOY, adult=SRI), seen(0, child_id=BOY, adult=TUTIK)],  # two contacts
        [
            seen(15, child_id=BOY, adult=SRI),
            seen(5, child_id=BOY, adult=TUTIK),
            seen(0, child_id=BOY, adult=SRI),
        ],  # too long ago
        [seen(4), seen(2), seen(0)],  # nothing ties them
        [
            seen(4.5, child_id=BOY, adult=SRI),
            seen(2.5, child_id=BOY, adult=SRI),
            seen(0.5, child_id=BOY, adult=SRI),
        ],  # own mother, by day
    ],
)
def test_less_is_no_pattern(rows):
    assert told(*rows) is None


def test_who_is_not_known_is_not_another():
    assert not adults_differ(Adult("P", ""), Adult("P", "Sri"))
    assert not adults_differ(Adult("", "Sri"), Adult("P", "Bu Sri"))
    assert adults_differ(Adult("P", "Sri"), Adult("P", "Tutik"))
    assert adults_differ(Adult("P"), Adult("L"))


@pytest.mark.parametrize(
    ("typed", "plate"),
    [
        ("aa 1234 xy", "AA1234XY"),
        ("AA-12-Z", "AA12Z"),
        ("B 1 A", "B1A"),
        ("AA 12..", ""),
        ("merah", ""),
        ("", ""),
        ("AA 0123 X", ""),
    ],
)
def test_only_a_whole_plate_is_compared(typed, plate):
    assert plate_of(typed) == plate


def test_the_night_goes_over_midnight():
    assert is_night(datetime(2026, 1, 1, 13, 0, tzinfo=UTC), RULE)  # 20.00
    assert is_night(datetime(2026, 1, 1, 21, 59, tzinfo=UTC), RULE)  # 04.59
    assert not is_night(datetime(2026, 1, 1, 22, 0, tzinfo=UTC), RULE)  # 05.00
    assert not is_night(datetime(2026, 1, 1, 12, 59, tzinfo=UTC), RULE)


CHILD = st.sampled_from([None, UUID(int=1), UUID(int=2)])
ADULT = st.builds(Adult, st.sampled_from(["", "L", "P"]), st.sampled_from(["", "Sri", "Tutik", "Joko"]))
ROW = st.builds(
    lambda n, back, child, plate, adult: Sighting(UUID(int=n), NIGHT - timedelta(hours=back), child, plate, adult),
    st.integers(1, 10**9), st.integers(0, 600), CHILD, st.sampled_from(["", "AA1X", "AB2Y"]), ADULT,
)  # fmt: skip


@given(st.lists(ROW, min_size=1, max_size=12, unique_by=lambda row: row.contact_id))
def test_a_pattern_holds_the_newest_and_only_what_is_tied_and_recent(rows):
    newest = max(rows, key=lambda row: (row.at, row.contact_id.hex))
    found = find_pattern(rows, newest.contact_id, RULE)
    if found is None:
        return
    held = {row.contact_id: row for row in rows if row.contact_id in found.contacts}
    assert newest.contact_id in held
    assert len(held) >= RULE.contacts
    assert len(found.signs) >= RULE.signs
    assert all(newest.at - row.at <= timedelta(days=14) for row in held.values())
    for row in held.values():
        others = [each for each in held.values() if each is not row]
        assert any(
            (row.child_id and row.child_id == o.child_id) or (row.plate and row.plate == o.plate)
            for o in others
        )
