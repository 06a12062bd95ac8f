"""What happens to what people say before it stands in a register: heard wrongly, written the old way, cut, guessed."""

from __future__ import annotations

from random import Random
from typing import Final

_HEARD: Final = (
    "e>i e>i i>e i>e i>e u>o u>o u>o o>u o>u r>l r>l l>r d>t d>t t>d b>p p>b g>k k>g f>p f>p v>f z>j z>s j>z sy>s "
    "kh>h h>kh ng>n n>ng n>ng s>ss s>ss h> t>th d>dh y>i i>y ai>ae ai>e au>o au>u m>mm n>nn c>k q>k x>ks dh>d th>t "
    "i>ie a>o a>ah uw>u iy>i ia>iya ua>uwa k>kk l>ll"
)
_AT_END: Final = "i>ih i>ie i>y i>e a>ah a>o ah>a h> k>g n>ng d>t t>d o>u y>i h>kh g>gg s>z"
_OLD: Final = (("u", "oe"), ("dj", "dj"), ("j", "dj"), ("c", "tj"), ("y", "j"))
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_VOWELS: Final = frozenset("aeiou")


def _pairs(written: str) -> tuple[tuple[str, str], ...]:
    return tuple((one, other) for one, _, other in (rule.partition(">") for rule in written.split()))


HEARD: Final = _pairs(_HEARD)
AT_END: Final = _pairs(_AT_END)


def heard_wrongly(rng: Random, word: str, times: int) -> str:
    """A word with so many confusions of sound, where its letters allow them."""
    made = word.lower()
    tries = 0
    while times and tries < 14:
        tries += 1
        changed = _at_end(rng, made) if rng.random() < 0.25 else _anywhere(rng, made)
        if changed and changed != made and len(changed) > 1:
            made, times = changed, times - 1
    return made.capitalize()


def _at_end(rng: Random, word: str) -> str:
    old, new = AT_END[int(rng.random() * len(AT_END))]
    return word[: -len(old)] + new if word.endswith(old) else ""


def _anywhere(rng: Random, word: str) -> str:
    old, new = HEARD[int(rng.random() * len(HEARD))]
    count = word.count(old)
    if not count:
        return ""
    at = -1
    for _ in range(int(rng.random() * count) + 1):
        at = word.find(old, at + 1)
    return word[:at] + new + word[at + len(old) :]


def old_spelling(word: str) -> str:
    """As it was written before 1972: Soewarno, Djoko, Tjahjono."""
    low = word.lower()
    if "dj" not in low:
        low = low.replace("y", "j") if "j" not in low else low.replace("j", "dj")
    return low.replace("c", "tj").replace("u", "oe").capitalize()


def one_edit(rng: Random, text: str) -> str:
    """One slip of a finger: a letter doubled, lost, wrong, or two exchanged."""
    if len(text) < 3:
        return text
    at = 1 + int(rng.random() * (len(text) - 2))
    what = rng.random()
    if what < 0.3:
        made = text[:at] + text[at] + text[at:]
    elif what < 0.55:
        made = text[:at] + text[at + 1 :]
    elif what < 0.8:
        made = text[:at] + _LETTERS[int(rng.random() * 26)] + text[at + 1 :]
    else:
        made = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return made


def slip(rng: Random, text: str) -> str:
    """A slip in a place or a long text; first letter big, the rest as it came."""
    made = one_edit(rng, text.lower() if rng.random() < 0.5 else text)
    return made[:1].upper() + made[1:]


def broken(rng: Random, word: str) -> str:
    """Hardly to be recognised: sounds confused and letters gone wrong."""
    made = heard_wrongly(rng, word, 1 + int(rng.random() * 2))
    for _ in range(1 + int(rng.random() * 2)):
        made = one_edit(rng, made)
    return made.capitalize()


def short_form(rng: Random, word: str) -> str:
    """What friends call: the head or the tail of the name (Sutomo > Tomo, Wahyuni > Yuni > Ni)."""
    low = word.lower()
    if len(low) < 4:
        return word
    starts = [at for at in range(1, len(low)) if low[at] in _VOWELS and low[at - 1] not in _VOWELS]
    chance = rng.random()
    if chance < 0.55 and len(starts) >= 2:
        made = low[starts[-2] - 1 :]
    elif chance < 0.68 and starts:
        made = low[starts[-1] - 1 :]
    elif chance < 0.9:
        made = low[: 3 + int(rng.random() * 2)]
    else:
        made = low[: 4 + int(rng.random() * 2)]
    return made.capitalize() if len(made) > 1 else word


def wrong_digits(rng: Random, digits: str) -> str:
    """A number with one wrong digit, or two neighbours exchanged."""
    at = int(rng.random() * (len(digits) - 1))
    if rng.random() < 0.5:
        return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    return digits[:at] + str(int(rng.random() * 10)) + digits[at + 1 :]


def part_of_number(rng: Random, digits: str) -> str:
    """What somebody remembers of a number."""
    chance = rng.random()
    if chance < 0.28:
        at = int(rng.random() * 16)
        return digits[:at] + digits[at + 1 :]
    if chance < 0.72:
        return digits[: (6, 8, 8, 10, 12, 12)[int(rng.random() * 6)]]
    return digits[-(4, 4, 6, 6, 8)[int(rng.random() * 5)] :]
