"""``rangkul match --dedupe``: doubles within one file; ``rangkul match-train``: the model's weights from records.

With ``--people`` both read only what they are given; the answer is one line of JSON.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rangkul.matching.batch.dedupe import Pairs, pairs_of
from rangkul.matching.engine.engine import Engine
from rangkul.matching.engine.model import SHIPPED, Model, ModelUnreadable, as_json, read_model
from rangkul.matching.engine.record import Record
from rangkul.matching.files import FileRefused, TooFew, rows_of

PAIRS: Final = ("left_id", "right_id", "probability")
SURE: Final = 0.9
LIKELY: Final = 0.5
GZIP: Final = b"\x1f\x8b"


def dedupe(people: Path, out: Path, model: Model) -> dict[str, Any]:
    """Write every pair of records that may be one person, likeliest first; give the summary.

    ``left_id`` is the one that stands earlier in the file. The file is written whole or not at all.
    """
    began = time.perf_counter()
    engine = Engine(model)
    engine.add_many((row["person_id"], Record.of(row)) for row in rows_of(people, "person_id"))
    built = time.perf_counter() - began
    found = pairs_of(engine)
    asked = time.perf_counter() - began - built
    _write(out, engine.index.ids, found)
    return {
        "records": len(engine),
        "pairs": len(found.one),
        "sure": int((found.probability >= SURE).sum()),
        "likely": int((found.probability >= LIKELY).sum()),
        "build_seconds": round(built, 3),
        "pair_seconds": round(asked, 3),
        "seconds": round(time.perf_counter() - began, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "model": model.about.get("made"),
        "out": str(out),
    }


def _write(out: Path, ids: list[Any], found: Pairs) -> None:
    part = out.with_name(f".{out.name}.part")
    order = (-found.probability).argsort(kind="stable")
    with part.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(PAIRS)
        rows.writerows(
            (ids[one], ids[other], f"{probability:.9f}")
            for one, other, probability in zip(
                found.one[order].tolist(),
                found.other[order].tolist(),
                found.probability[order].tolist(),
                strict=True,
            )
        )
    part.replace(out)


def train_file(people: Path, out: Path, base: Path) -> dict[str, Any]:
    """Train the weights from one file; give the summary."""
    engine = Engine(read_model(base))
    engine.add_many((row["person_id"], Record.of(row)) for row in rows_of(people, "person_id"))
    return train_and_write(engine, out, base, people.name)


def train_and_write(engine: Engine, out: Path, base: Path, source: str) -> dict[str, Any]:
    """Train on what stands in an engine; write the model with the trees of the one before.

    Raises:
        TooFew: too few records.
    """
    # Splink and DuckDB take a second to be read: only who trains waits for them.
    from rangkul.matching.batch.train import train  # noqa: PLC0415

    began = time.perf_counter()
    trained = train(engine, source)
    data = base.read_bytes()
    before = json.loads(gzip.decompress(data) if data[:2] == GZIP else data)
    held = as_json(trained.model, before.get("rerank"), before.get("calibration"))
    held["batch"], held["answers"] = before.get("batch"), before.get("answers")
    text = json.dumps(held).encode()
    part = out.with_name(f".{out.name}.part")
    part.write_bytes(gzip.compress(text, 9, mtime=0) if out.suffix == ".gz" else text)
    part.replace(out)
    return {
        "records": trained.records,
        "blind_pairs": trained.blind_pairs,
        "found_pairs": trained.found_pairs,
        "sessions": trained.sessions,
        "common_names": len(trained.model.prior),
        "seconds": round(time.perf_counter() - began, 3),
        "out": str(out),
    }


def train_parser() -> argparse.ArgumentParser:
    """The shape of ``rangkul match-train``."""
    shape = argparse.ArgumentParser(
        prog="rangkul match-train",
        description="Melatih bobot pengenalan dari catatan, dengan Splink; tanpa label.",
    )
    shape.add_argument(
        "--people",
        type=Path,
        help="berkas catatan (kolom seperti rangkul match); tanpa ini: registri instansi",
    )
    shape.add_argument("--out", type=Path, required=True, help="model JSON (.json atau .json.gz)")
    shape.add_argument(
        "--model", type=Path, default=SHIPPED, help="model asal: pohon dan kalibrasinya dipakai terus"
    )
    return shape


def run_train(argv: Sequence[str]) -> int:
    """``rangkul match-train --people``: over files only."""
    asked = train_parser().parse_args(argv)
    try:
        said = train_file(asked.people, asked.out, asked.model)
    except (FileRefused, ModelUnreadable, TooFew) as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201 - this is the command line
        return 1
    except OSError as fault:
        print(f"{asked.out}: tidak dapat ditulis ({fault.strerror})", file=sys.stderr)  # noqa: T201
        return 1
    print(json.dumps(said, ensure_ascii=False))  # noqa: T201
    return 0
