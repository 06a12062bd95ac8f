"""``python -m prove.exports [--count N]``: no cell of a list is calculated, whatever hides before its first sign.

Payloads go through the sheets of ``exports`` and are read back by openpyxl and calamine; a cell that either takes for a formula,
or whose first visible sign would start one when it is saved as CSV, is a fault. The planted check must find a live cell.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")


def main() -> int:
    """Print JSON; exit 0 when nothing is live."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--count", type=int, default=5000)
    count = reader.parse_args().count
    import django

    django.setup()
    from openpyxl import Workbook

    from rangkul.exports.lists import List
    from rangkul.exports.sheets import sheet_of
    from tests.exports.formulas import payloads
    from tests.exports.test_exports import live_cells

    began = time.monotonic()
    words = payloads(count, seed=11)
    content = sheet_of(List("Uji", ["Isi"], ([each] for each in words)), "AAAA-BBBB · uji", "AAAA-BBBB")
    live = live_cells(content)
    book = Workbook()
    book.worksheets[0]["A1"] = "=1+1"
    out = io.BytesIO()
    book.save(out)
    planted = len(live_cells(out.getvalue()))
    said = {
        "payloads": len(words),
        "readers": ["openpyxl", "calamine"],
        "live": len(live),
        "planted_found": planted,
        "seconds": round(time.monotonic() - began, 1),
        "holds": not live and planted > 0,
        "faults": [repr(each) for each in live[:5]],
    }
    print(json.dumps(said, ensure_ascii=False))
    return 0 if said["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
