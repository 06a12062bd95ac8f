"""What the code or a city's data cites as law has its page in docs/law, where one reads whether somebody read it."""

from __future__ import annotations

import re
from pathlib import Path

HOME = Path(__file__).parents[2]
NAMED = re.compile(
    r"\b(?:UU|PP|Perpres|Keppres|Permensos|Permendagri|Kepmendagri|Permenkes|Permen PPPA|Perkap|Perpol"
    r"|Perda Kota Magelang|Perwal Kota Magelang) (?:Nomor |No\.? ?)?(\d[\d.\-]*/\d{4})\b"
)


def _named(text: str) -> set[str]:
    """``number/year`` with the kind before it: 'UU 12/2022'."""
    return {found.group(0).replace("Nomor ", "").replace("No. ", "") for found in NAMED.finditer(text)}


def test_each_cited_regulation_has_its_page() -> None:
    pages = [each for each in (HOME / "docs/law").glob("*.md") if each.name != "README.md"]
    described = "\n".join(each.read_text(encoding="utf-8") for each in pages)
    # A page's title may join several ("UU 23/2002 jo. UU 35/2014 …"), so its words decide, not its name.
    known = _named(described)
    missing: dict[str, list[str]] = {}
    for folder in ("src/rangkul", "cities"):
        for file in sorted((HOME / folder).rglob("*")):
            if file.suffix not in {".py", ".csv", ".toml", ".jinja", ".typ", ".md"}:
                continue
            for each in _named(file.read_text(encoding="utf-8")) - known:
                missing.setdefault(each, []).append(str(file.relative_to(HOME)))
    assert missing == {}


def test_the_index_of_the_law_names_every_page() -> None:
    index = (HOME / "docs/law/README.md").read_text(encoding="utf-8")
    pages = {each.name for each in (HOME / "docs/law").glob("*.md")} - {"README.md"}
    assert {each for each in pages if f"({each})" not in index} == set()
