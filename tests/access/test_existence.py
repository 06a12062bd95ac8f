"""Nobody outside its team can learn that a sealed case exists (promise P6): two worlds, the same bytes."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db.models import Exists, OuterRef
from django.test import Client
from django.utils import timezone

from rangkul.access.models import SealedSeat
from rangkul.audit.pages import Sought
from rangkul.cases import sight
from rangkul.vault import often
from tests.access import existence
from tests.access.existence import (
    Answers,
    Hidden,
    addresses,
    answers,
    base_world,
    differences,
    known_ids,
    visitors,
    with_sealed,
    without_sealed,
    world,
)
from tests.cast import Cast, login

WHOLE = os.environ.get("RANGKUL_EXISTENCE") == "whole"
"""All roles at all doors with every filling, and the clock: only in ``make prove``. Here a part that turns with the doors."""
SAMPLES = 1000


@pytest.fixture
def clock(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime]:
    """One moment for both worlds: a page must not differ by the minute at which it was asked."""
    moment = cast.later(days=1)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    yield moment


def both_worlds(
    cast: Cast, only: str = "", *, fillings: int = 2, roles_each: int = 2
) -> tuple[Answers, Answers]:
    """What everybody outside the team is told with the sealed cases, and without."""
    base = base_world(cast)
    known = known_ids()
    hidden = Hidden()
    members = visitors(cast, (cast.uptd, cast.peksos))
    said: list[Answers] = []
    for is_there in (True, False):
        with world():
            if is_there:
                hidden = with_sealed(cast, base)
            else:
                without_sealed(cast, hidden)
            doors = [each for each in addresses(base, hidden, fillings) if only in each[0]]
            said.append(answers(members, doors, known, roles_each=roles_each))
    return said[0], said[1]


def test_two_worlds_give_the_same_bytes(cast: Cast, clock: datetime) -> None:
    most = 99 if WHOLE else 2
    there, gone = both_worlds(cast, fillings=most, roles_each=most)

    assert len(there) > 300
    print(f"existence {len(there)} pairs of answers")  # noqa: T201 - the figure
    assert differences(there, gone) == []
    # A search page repeats what was typed.
    told = b"".join(body for (_who, address), (_status, body) in there.items() if "q=" not in address)
    for secret in (existence.CANARY, existence.NAME, existence.NIK[6:], existence.PHONE):
        assert secret.encode() not in told
    assert not [key for key, (status, _body) in there.items() if status >= 500]
    assert not [key for key, (status, _body) in there.items() if status == 401]  # noqa: PLR2004 - nobody was asked who they are
    doors = {address for _who, address in there}
    for each in (
        "/akses-darurat/berdua/",
        "/hak/",
        "/hak/penahanan/",
        "/hak/retensi/",
        "/angka/pulang/",
        "/pencarian/",
        "/api/",
    ):
        assert any(address.startswith(each) for address in doors), each


@pytest.mark.skipif(not WHOLE, reason="a clock tells only on a quiet machine: make prove")
@pytest.mark.parametrize("address", ["/kasus/{case}/", "/orang/{person}/", "/kasus/?keadaan=all&kode={case}"])
def test_no_time_tells(cast: Cast, address: str) -> None:
    """Hidden and missing, asked in turns: how often does the hidden one take longer (rank test, 0.5 tells nothing)?"""
    sealed = with_sealed(cast, base_world(cast))
    missing = {"case": "7QK-M2X-9", "person": "7QK-M2X-9"}
    hidden = {"case": sealed.codes[0], "person": sealed.codes[1]}
    client = login(Client(), cast.kabid)
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(2 * SAMPLES + 40):
        which = turn % 2
        began = time.perf_counter()
        client.get(address.format(**(hidden, missing)[which]))
        if turn >= 40:  # noqa: PLR2004 - the first ones warm caches up
            taken[which].append(time.perf_counter() - began)
    found = area_under_curve(*taken)
    # 95 % of drawings from one and the same distribution lie within this.
    width = 1.96 / math.sqrt(6 * SAMPLES)
    print(f"existence {address}: AUC {found:.3f}, 95 % of equals within 0.5 ± {width:.3f}")  # noqa: T201 - the figure
    assert abs(found - 0.5) <= 2 * width


def area_under_curve(ones: list[float], others: list[float]) -> float:
    """How often one of the first takes longer than one of the second, ties half."""
    ranked = sorted([*((each, 1) for each in ones), *((each, 0) for each in others)])
    ranks = sum(place for place, (_taken, is_one) in enumerate(ranked, 1) if is_one)
    return (ranks - len(ones) * (len(ones) + 1) / 2) / (len(ones) * len(others))


def plant_readers(patch: pytest.MonkeyPatch) -> None:
    """The sight of a sealed case forgets to ask who the reader is."""

    def anybody(_member: Any, subject: str = "pk", *, column: str = "subject_id") -> Exists:  # noqa: ANN401
        return Exists(SealedSeat.objects.filter(**{column: OuterRef(subject)}))

    patch.setattr(sight, "reads_sealed", anybody)


def plant_trail(patch: pytest.MonkeyPatch) -> None:
    """The trail shows what was done on something sealed."""
    plain = Sought.rows
    patch.setattr(Sought, "rows", lambda self: plain(replace(self, sealed=True)))


@pytest.mark.parametrize(
    ("plant", "only"),
    [(plant_readers, "keadaan=all"), (plant_readers, "/api/v1/cases"), (plant_trail, "jejak")],
    ids=["readers", "readers by the API", "trail"],
)
def test_the_proof_turns_red(
    cast: Cast,
    clock: datetime,
    monkeypatch: pytest.MonkeyPatch,
    plant: Any,  # noqa: ANN401
    only: str,
) -> None:
    plant(monkeypatch)
    often._kept.clear()
    try:
        there, gone = both_worlds(cast, only=only, roles_each=99)
        assert there
        assert differences(there, gone) != []
    finally:
        often._kept.clear()
