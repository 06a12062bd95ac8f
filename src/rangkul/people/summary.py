"""What the claims say together: the summary columns of a person. Pure arithmetic over claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rangkul.domain.age import from_birth_range, is_minor
from rangkul.domain.identity import Claim, newest, shown_name, strongest
from rangkul.people.typed import age_of, born_range, is_code


@dataclass(frozen=True, slots=True)
class Summary:
    """The columns of ``Person`` that repeat the claims."""

    label: str
    has_name: bool
    sex: str
    born_from: date | None
    born_to: date | None
    is_minor: bool
    identity_level: int
    citizen: str
    origin_code: str


def summarise(claims: Sequence[Claim], street_label: str, today: date) -> Summary:
    """Return the summary of the standing claims.

    A minor's label is the street label: the name is protected (design §2). A birth date beats an age; of two the
    stronger counts (Dukcapil before document before word). Citizenship is the newest claim (design §3.4).
    """
    born_from, born_to = _born(claims)
    minor = is_minor(from_birth_range(born_from, born_to, today))
    called = shown_name(claims)
    sex = strongest(claims, "sex")
    citizen = newest(claims, "citizenship")
    origin = strongest([each for each in claims if each.kind == "origin" and is_code(each.value)], "origin")
    has_name = bool(called.name) and not minor
    return Summary(
        label=called.name if has_name else street_label,
        has_name=has_name,
        sex=sex.value if sex else "?",
        born_from=born_from,
        born_to=born_to,
        is_minor=minor,
        identity_level=int(called.level),
        citizen=citizen.value if citizen else "",
        origin_code=origin.value if origin else "",
    )


def _born(claims: Sequence[Claim]) -> tuple[date | None, date | None]:
    birth = strongest(claims, "birth_date")
    if birth is not None:
        born = date.fromisoformat(birth.value)
        return born, born
    age = strongest(claims, "age")
    return born_range(age_of(age.value, age.stated_on)) if age is not None else (None, None)
