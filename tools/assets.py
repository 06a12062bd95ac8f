"""Files that the browser is served and that are not ours: kit, htmx, font, icons. Only the files used; no bundler."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

from steps import ROOT, StepFailed, digest, is_current, say

MODULES = ROOT / "node_modules"
TARGET = ROOT / "build" / "static-vendor"
ICON_LIST = ROOT / "src/rangkul/web/icons.txt"
ICONS = MODULES / "@tabler/icons/icons"
FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "plus-jakarta-sans.woff2": "@fontsource-variable/plus-jakarta-sans/files/plus-jakarta-sans-latin-wght-normal.woff2",
}
LETTER_FONTS = ROOT / "build" / "letter-fonts"
"""Typst reads these, the browser does not: Arimo has the measures of the Arial that official letters are set in."""
FACES = ("400Regular", "400Regular_Italic", "700Bold", "700Bold_Italic")
REGIONS = ROOT / "build" / "regions"
"""The national list of regions, for the matcher. Its data are ODbL: laid out at set-up, never in the repository."""
LISTS = ("provinces", "regencies", "districts", "villages")
OUTLINE = (
    'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
)
FILLED = 'fill="currentColor"'
# Every Tabler icon carries an invisible 24 × 24 frame, which only costs bytes.
FRAME = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')
INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def icon_names() -> list[str]:
    """The names in icons.txt, one a line; ``#`` begins a remark."""
    if not ICON_LIST.exists():
        return []
    lines = (line.split("#")[0].strip() for line in ICON_LIST.read_text(encoding="utf-8").splitlines())
    return sorted({line for line in lines if line})


def _face(name: str) -> Path:
    return LETTER_FONTS / f"Arimo_{name}.ttf"


def _symbol(name: str) -> str:
    outline = ICONS / "outline" / f"{name}.svg"
    filled = ICONS / "filled" / f"{name.removesuffix('-filled')}.svg"
    source, look = (filled, FILLED) if name.endswith("-filled") else (outline, OUTLINE)
    if not source.exists():
        raise StepFailed(f"{ICON_LIST.relative_to(ROOT)}: no icon is called '{name}' (see tabler.io/icons)")
    found = INSIDE.search(source.read_text(encoding="utf-8"))
    if found is None:
        raise StepFailed(f"{source}: not a drawing we can read")
    body = " ".join(FRAME.sub("", found[1]).split())
    return f'<symbol id="{name}" viewBox="0 0 24 24" {look}>{body}</symbol>'


def build_static() -> None:
    """Fill build/static-vendor, when the packages, the icon list or this file changed."""
    began = time.monotonic()
    stamp = ROOT / "build" / ".static-vendor"
    names = icon_names()
    fingerprint = digest([ROOT / "package-lock.json", Path(__file__), *names])
    wanted = [*(TARGET / name for name in [*FILES, "icons.svg"]), *(_face(each) for each in FACES)]
    wanted += [REGIONS / f"{each}.csv" for each in LISTS]
    if is_current(stamp, fingerprint) and all(path.exists() for path in wanted):
        return
    LETTER_FONTS.mkdir(parents=True, exist_ok=True)
    for each in FACES:
        shutil.copyfile(MODULES / "@expo-google-fonts/arimo" / each / _face(each).name, _face(each))
    REGIONS.mkdir(parents=True, exist_ok=True)
    for each in LISTS:
        shutil.copyfile(MODULES / "idn-area-data" / "data" / f"{each}.csv", REGIONS / f"{each}.csv")
    TARGET.mkdir(parents=True, exist_ok=True)
    symbols = "\n".join(_symbol(name) for name in names)
    (TARGET / "icons.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n', encoding="utf-8"
    )
    for name, source in FILES.items():
        if name.endswith(".css"):
            # The map is not served, and the hashed storage refuses a sheet that names a file it lacks.
            text = (MODULES / source).read_text(encoding="utf-8")
            (TARGET / name).write_text(re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text), encoding="utf-8")
        else:
            shutil.copyfile(MODULES / source, TARGET / name)
    stamp.write_text(fingerprint)
    say(f"✓ {f'static files ({len(names)} icons)':<24}{time.monotonic() - began:6.1f} s")
