"""Assessment: four domains, what it names for the SPM, and the plan lines that its flags suggest.

Source: the biopsychosocial-spiritual assessment of Permensos 7/2021 (practice.md 6); design 3.3 stage 3, 3.4.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from rangkul.domain.errors import N_, BadInput
from rangkul.domain.spm import NO_TYPE, SpmType

DOMAINS: Final = ("biological", "psychological", "social", "spiritual")


class TypeUnknown(BadInput):
    """An SPM type that is none of S1 to S5 and not ``none``."""

    code = "spm_type_unknown"
    says = N_("Jenis SPM {spm_type} tidak dikenal. Pilih S1 sampai S5, atau “tidak ada”.")


class ItemUnknown(BadInput):
    """A service item that is none of the city's list."""

    code = "item_unknown"
    says = N_("Layanan {item} tidak dikenal. Pilih dari daftar layanan.")


class ItemsMissing(BadInput):
    """An assessment that names a type names at least one item (design 3.4)."""

    code = "items_missing"
    says = N_("Pilih paling sedikit satu layanan yang dibutuhkan untuk {spm_type}.")


class TypesContradict(BadInput):
    """``none`` together with a type or with items."""

    code = "spm_types_contradict"
    says = N_("“Tidak ada jenis SPM” tidak dapat dipilih bersama jenis atau layanan. Pilih salah satunya.")


class NeedFlagLike(Protocol):
    """What the rules read of a row of the need flags."""

    @property
    def code(self) -> str:
        """The code, which never changes."""
        ...

    @property
    def items(self) -> Collection[str]:
        """Service items that the flag suggests."""
        ...


@dataclass(frozen=True, slots=True)
class SuggestedLine:
    """A plan line offered by the flags that ask for its item; the social worker takes or leaves it."""

    item: str
    because: tuple[str, ...]


def suggested_lines(
    flags: Iterable[str], table: Mapping[str, NeedFlagLike], planned: Collection[str] = ()
) -> tuple[SuggestedLine, ...]:
    """Return a plan line per item that the flags ask for, in the order of the flag table.

    Args:
        flags: codes of the flags that were ticked; unknown ones suggest nothing.
        table: the city's need flags.
        planned: items that stand in the plan already and are not offered again.
    """
    ticked = set(flags)
    because: dict[str, list[str]] = {}
    for flag in table.values():
        if flag.code in ticked:
            for item in flag.items:
                because.setdefault(item, []).append(flag.code)
    return tuple(SuggestedLine(item, tuple(codes)) for item, codes in because.items() if item not in planned)


def open_domains(written: Mapping[str, str], domains: Iterable[str] = DOMAINS) -> tuple[str, ...]:
    """Return the domains of which nothing is written yet; an assessment is finished when there is none."""
    return tuple(domain for domain in domains if not written.get(domain, "").strip())


def check_types(
    named: Mapping[str, Collection[str]], items: Mapping[str, Collection[str]]
) -> tuple[tuple[str, str], ...]:
    """Refuse what an assessment may not say for the SPM; return what deserves a second look.

    Args:
        named: SPM type (or ``none``) -> needed items.
        items: the city's items -> the types whose list names each.

    Returns:
        Pairs (type, item) where the item stands outside the type's list: a warning, not a refusal; S5 may
        name any.

    Raises:
        TypeUnknown, TypesContradict, ItemsMissing, ItemUnknown; ItemsMissing too when no type is named at
        all.
    """
    if not named:
        raise ItemsMissing(field="spm_type", spm_type="S1–S5")
    if NO_TYPE in named and (len(named) > 1 or named[NO_TYPE]):
        raise TypesContradict(field="spm_type")
    return tuple(
        (spm_type, item)
        for spm_type, needed in named.items()
        if spm_type != NO_TYPE
        for item in _checked(spm_type, needed, items)
        if spm_type != SpmType.S5 and spm_type not in items[item]
    )


def _checked(spm_type: str, needed: Collection[str], items: Mapping[str, Collection[str]]) -> Iterable[str]:
    """Return the needed items in order, each known, at least one."""
    if spm_type not in set(SpmType):
        raise TypeUnknown(field="spm_type", spm_type=spm_type)
    if not needed:
        raise ItemsMissing(field="items", spm_type=spm_type)
    for item in sorted(needed):
        if item not in items:
            raise ItemUnknown(field="items", item=item)
    return sorted(needed)
