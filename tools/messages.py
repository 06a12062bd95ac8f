"""Words of the screens: Indonesian is the source, English must be complete.

``messages.py`` takes new words into the English catalogue and keeps what is translated; ``--check`` changes nothing and
fails on a gap; ``--compile`` writes the ``.mo`` files beside the catalogues.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "rangkul"
LOCALE = SOURCE / "locale"
ENGLISH = LOCALE / "en" / "LC_MESSAGES" / "django.po"
METHODS = [("**.py", "python"), ("web/templates/**", "jinja2.ext:babel_extract")]
OPTIONS = {
    "web/templates/**": {
        "extensions": "jinja2.ext.i18n,jinja2.ext.do",
        "trimmed": "true",
        "silent": "false",
        "newstyle_gettext": "true",
        "trim_blocks": "true",
        "lstrip_blocks": "true",
        "encoding": "utf-8",
    }
}
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# ``%(name)s`` of the pages and ``{name}`` of Python.
GAP = re.compile(r"%\((\w+)\)[sd]|\{(\w*)[^{}]*\}")
HEADER = (
    "# English words of Rangkul. The source of the screens is Indonesian; `make messages` takes new words in."
)


def words_of_the_code() -> Catalog:
    """Everything on the screens that can be translated, with where it stands."""
    found = Catalog(project="Rangkul", charset="utf-8")
    for place, _, message, comments, context in extract_from_dir(
        SOURCE, METHODS, OPTIONS, KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        found.add(message, None, [(f"src/rangkul/{place}", 0)], auto_comments=comments, context=context)
    return found


def read(path: Path) -> Catalog:
    """A catalogue from disk; an empty one where there is none yet."""
    if not path.exists():
        return Catalog(locale="en", project="Rangkul", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3], charset="utf-8", abort_invalid=True)


def _is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return bool(strings) and all(strings) and not message.fuzzy


def _gaps_differ(message: Message) -> bool:
    """True when a translation names a gap that the source lacks, or loses one (a plural may lose its number)."""
    ids, strings = (
        (part,) if isinstance(part, str) else tuple(part or ("",)) for part in (message.id, message.string)
    )
    wanted = {gap for text in ids for gap in GAP.findall(text)}
    given = [set(GAP.findall(text)) for text in strings]
    return any(gaps - wanted for gaps in given) or (len(ids) == 1 and given[0] != wanted)


def problems(words: Catalog, english: Catalog) -> list[str]:
    """What stands between the catalogue and a complete English."""
    found = []
    for message in words:
        if not message.id:
            continue
        held = english.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
        where = ", ".join(sorted({place for place, _ in message.locations}))
        if held is None or not _is_translated(held):
            found.append(f"no English: {message.id!r} ({where})")
        else:
            found += [f"{message.id!r}: {fault}" for fault in held.check(english)]
            if _gaps_differ(held):
                found.append(f"the gaps differ: {message.id!r} and {held.string!r}")
    for message in english:
        if (
            message.id
            and words.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
            is None
        ):
            found.append(f"no longer used: {message.id!r}")
    return found


def _text(catalog: Catalog) -> str:
    target = io.BytesIO()
    write_po(
        target,
        catalog,
        width=110,
        sort_by_file=True,
        include_lineno=False,
        omit_header=True,
        ignore_obsolete=True,
    )
    head = (
        f'{HEADER}\nmsgid ""\nmsgstr ""\n"Language: en\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    return head + target.getvalue().decode().lstrip("\n")


def update() -> int:
    """Take new words in, drop those that are gone, keep what is translated; then name the gaps."""
    words, english = words_of_the_code(), read(ENGLISH)
    english.update(words, no_fuzzy_matching=True, update_header_comment=False)
    english.obsolete.clear()
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    ENGLISH.write_text(_text(english), encoding="utf-8")
    gaps = problems(words, read(ENGLISH))
    print(f"{len(words)} words, {len(gaps)} without good English")
    print("\n".join(gaps))
    return 0


def check() -> int:
    """Name every gap; 1 when there is one."""
    gaps = problems(words_of_the_code(), read(ENGLISH))
    print("\n".join(gaps))
    return 1 if gaps else 0


def compile_all() -> int:
    """Write the .mo of every catalogue."""
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        target = path.with_suffix(".mo.new")
        with target.open("wb") as file:
            write_mo(file, read(path))
        target.replace(path.with_suffix(".mo"))
    return 0


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(check())
    sys.exit(compile_all() if "--compile" in sys.argv else update())
