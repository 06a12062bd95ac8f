"""Every command, its arguments and what it answers. Exit codes: 0 done, 1 refused, 2 wrong usage."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up before anything of ours is read
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from rangkul.cli import audit_log  # noqa: E402
from rangkul.cli import rights as rights_files  # noqa: E402
from rangkul.cli.backup import make_backup, restore_backup  # noqa: E402
from rangkul.cli.clock import beat  # noqa: E402
from rangkul.cli.keys import rotate  # noqa: E402
from rangkul.cli.serving import choose_port, serve  # noqa: E402
from rangkul.deadlines.reckoning import reckon_anew  # noqa: E402
from rangkul.directory.actions import load_city  # noqa: E402
from rangkul.directory.city import city, read_city  # noqa: E402
from rangkul.directory.queries import system_operator  # noqa: E402
from rangkul.domain.citydata import CityFileRefused  # noqa: E402
from rangkul.domain.errors import Refusal  # noqa: E402
from rangkul.domain.policy import ActingMember  # noqa: E402
from rangkul.imports.actions import import_file  # noqa: E402
from rangkul.indicators.queries import spm_json  # noqa: E402
from rangkul.indicators.workbook import spm_workbook  # noqa: E402
from rangkul.people.doubles import find_doubles, run_night  # noqa: E402
from rangkul.people.living_index import engine_of_register  # noqa: E402
from rangkul.rights.breach import Scope  # noqa: E402
from rangkul.training.accounts import training_accounts  # noqa: E402
from rangkul.training.generator import generate  # noqa: E402
from rangkul.training.stories import load_training  # noqa: E402
from rangkul.vault import ring, rotation  # noqa: E402
from rangkul.vault.root import RootKeyMissing, make_secret_files  # noqa: E402
from rangkul.vault.service import KeyServiceSilent  # noqa: E402

Arguments = argparse.Namespace


@dataclass(frozen=True)
class Command:
    """One command. ``action`` names the row of the permission table behind it; the operator's post must have it."""

    run: Callable[[Arguments], int]
    action: str


def say(text: str) -> None:
    """A line for people; JSON answers stand alone on stdout."""
    print(text, flush=True)  # noqa: T201 - this is the command line


def warn(text: str) -> None:
    """A line on stderr."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def say_json(value: object) -> None:
    """One JSON line."""
    say(json.dumps(value, ensure_ascii=False))


def operator() -> ActingMember:
    """The built-in post, with the operating system's user in its name so that it stands in the event."""
    return system_operator()


def os_user() -> str:
    """Who sits at the keyboard, as the operating system says."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def init(arguments: Arguments) -> int:  # noqa: ARG001 - every command takes its arguments
    """Make schema, keys and city; no person, no training data. Twice changes nothing."""
    Path(settings.HOME).mkdir(parents=True, exist_ok=True)
    made = make_secret_files()
    call_command("migrate", verbosity=0, interactive=False)
    said = load_city(city(), settings.CITY)
    static = Path(settings.STATIC_ROOT)
    if not settings.TESTING:
        static.mkdir(parents=True, exist_ok=True)
        call_command("collectstatic", verbosity=0, interactive=False)
    for name in made:
        say(f"kunci dibuat: {settings.KEYS_ROOT / name}")
    say(
        f"{settings.CITY}: {len(said)} perubahan."
        if said
        else f"{settings.CITY}: sudah siap, tidak ada perubahan."
    )
    return 0


def run_serve(arguments: Arguments) -> int:
    """Serve the pages, the worker and the clock."""
    host = arguments.host or os.environ.get("RANGKUL_HOST", "127.0.0.1")
    serve(host, choose_port(host, arguments.port or os.environ.get("RANGKUL_PORT", "")))
    return 0


def tick(arguments: Arguments) -> int:
    """One beat of the clock."""
    at = timezone.now()
    if arguments.at:
        at = datetime.fromisoformat(arguments.at)
        if timezone.is_naive(at):
            at = timezone.make_aware(at)
    done = beat(at)
    say_json(done | {"doubles_waiting": run_night(by=operator(), at=at)})
    return 0


def city_check(arguments: Arguments) -> int:
    """Check a city's files, or all of them; each fault with file, line and reason."""
    root = Path(settings.CITIES)
    names = [arguments.name or settings.CITY]
    if arguments.all:
        names = sorted(each.name for each in root.iterdir() if each.is_dir())
    bad = 0
    for name in names:
        if not (root / name).is_dir():
            warn(f"cities/{name}: folder tidak ada")
            return 1
        try:
            read_city(name)
        except CityFileRefused as refusal:
            bad += 1
            for problem in refusal.problems:
                warn(f"cities/{name}/{problem.file}:{problem.line}: {problem.reason}")
        else:
            say(f"cities/{name}: baik")
    return 1 if bad else 0


def city_load(arguments: Arguments) -> int:  # noqa: ARG001 - every command takes its arguments
    """Load the city's agencies and posts into the database, and reckon its running clocks by the files as they are."""
    for line in load_city(city(), settings.CITY):
        say(line)
    found = reckon_anew(by=operator(), at=timezone.now())
    if found.moved:
        say(f"{found.moved} tenggat dihitung ulang menurut kalender")
    return 0


def demo_load(arguments: Arguments) -> int:  # noqa: ARG001 - every command takes its arguments
    """Make this a training instance and load the invented people."""
    say_json(load_training(at=timezone.now(), progress=warn))
    return 0


def demo_accounts(arguments: Arguments) -> int:
    """The sign-ins of the training accounts; refused outside a training instance."""
    accounts = training_accounts()
    if arguments.format == "json":
        say_json(accounts)
        return 0
    width = max(len(each["username"]) for each in accounts)
    for each in accounts:
        say(f"  {each['username']:<{width}}  {each['password']}  {each['post']} ({each['agency']})")
    return 0


def demo_generate(arguments: Arguments) -> int:
    """A register of N invented cases for the benches, bulk-written, one batch event."""
    say_json(generate(cases=arguments.cases, seed=arguments.seed, at=timezone.now(), progress=warn))
    return 0


def run_import(arguments: Arguments) -> int:
    """Bring a file in; each row stands or falls alone. The last line is the JSON answer."""
    path = Path(arguments.file)
    refused = Path(arguments.refused) if arguments.refused else path.with_name(f"{path.stem}.ditolak.csv")
    outcome = import_file(
        arguments.kind, path, by=operator(), at=timezone.now(), refused_path=refused, progress=warn
    )
    say_json(outcome.as_json())
    return 1 if outcome.refused else 0


def spm(arguments: Arguments) -> int:
    """The SPM figure of a year, as JSON or as the workbook of the Kemendagri layout."""
    if arguments.format == "xlsx":
        target = Path(arguments.out or f"spm-{arguments.year}.xlsx")
        target.write_bytes(spm_workbook(arguments.year, at=timezone.now()))
        say(str(target))
        return 0
    say_json(spm_json(arguments.year, at=timezone.now()))
    return 0


def backup(arguments: Arguments) -> int:
    """Seal database and files into one archive; root keys and the ring of data keys go to files in other folders."""
    said = make_backup(*_places(arguments), by=operator(), at=timezone.now())
    if not said.get("whole", True):
        warn("Rantai audit tidak utuh; cadangan tetap dibuat. Lihat: rangkul audit verify")
    say_json(said)
    return 0


def restore(arguments: Arguments) -> int:
    """Bring an archive back into an empty instance with the newest ring, and verify it."""
    archive, keys, ring = _places(arguments)
    say_json(restore_backup(archive or Path(), keys, ring, by=operator, at=timezone.now()))
    return 0


def _places(arguments: Arguments) -> tuple[Path | None, Path | None, Path | None]:
    said = (arguments.archive, arguments.keys, arguments.ring)
    archive, keys, ring = (Path(each) if each else None for each in said)
    return archive, keys, ring


def keys_list(arguments: Arguments) -> int:  # noqa: ARG001 - every command takes its arguments
    """Which versions of root and data keys there are, and how many subjects stand with each."""
    say_json(rotation.listed() | {"ring_copy_is_stale": ring.is_stale()})
    return 0


def keys_rotate(arguments: Arguments) -> int:
    """A new root key wraps all data keys; --data gives every subject a new data key; --retire destroys what was replaced."""
    say_json(rotate(data=arguments.data, retire=arguments.retire, by=operator(), at=timezone.now()))
    return 0


def match_train(arguments: Arguments) -> int:
    """Latih pengenalan orang dari registri (Splink), atau dari jawaban petugas; tidak ada nama yang ditulis."""
    # numpy, numba and Splink: only who trains waits for them.
    from rangkul.matching.batch.command import train_and_write  # noqa: PLC0415
    from rangkul.matching.engine.model import SHIPPED  # noqa: PLC0415
    from rangkul.matching.learning import learn_from_answers  # noqa: PLC0415

    if not arguments.out and not arguments.answers:
        warn("Beri --out BERKAS, atau --answers untuk belajar dari jawaban petugas")
        return 2
    base = Path(arguments.model) if arguments.model else SHIPPED
    try:
        if arguments.answers:
            given = Path(arguments.model) if arguments.model else None
            say_json(learn_from_answers(by=operator(), at=timezone.now(), base=given))
            return 0
        say_json(train_and_write(engine_of_register(), Path(arguments.out), base, "registri"))
    except ValueError as refusal:  # too few records, or a file that is no model
        warn(str(refusal))
        return 1
    return 0


def match_doubles(arguments: Arguments) -> int:  # noqa: ARG001 - every command takes its arguments
    """Bandingkan seluruh registri dengan dirinya; pasangan yang mungkin satu orang masuk daftar penata data."""
    say_json(find_doubles(by=operator(), at=timezone.now()))
    return 0


def audit_verify(arguments: Arguments) -> int:
    """Recompute the whole log and compare it with every signed checkpoint; name the first bad entry."""
    verdict, said = audit_log.verify(arguments.held)
    if arguments.format == "json":
        say_json(said)
    elif verdict.whole:
        say(f"{verdict.entries} entri, catatan utuh; cocok dengan {verdict.checkpoints} titik periksa.")
    else:
        warn(f"Entri {verdict.bad_seq} rusak: {verdict.why}")
    if verdict.unguarded:
        warn(f"Penjaga basis data tidak ada: {', '.join(verdict.unguarded)}. Jalankan: rangkul init")
    return 0 if verdict.whole else 1


def audit_checkpoint(arguments: Arguments) -> int:  # noqa: ARG001 - every command takes its arguments
    """Sign the log as it is now."""
    say_json(audit_log.checkpoint(timezone.now()))
    return 0


def audit_code(arguments: Arguments) -> int:
    """Print the code of the day for the duty book: size and six words; --pdf FILE makes a page to sign."""
    said = audit_log.code(timezone.now(), arguments.pdf)
    if arguments.format == "json":
        say_json(said)
    else:
        say(f"{said['day']}  {said['size']} entri  {said['words']}")
        say(said["text"])
    return 0


def audit_export(arguments: Arguments) -> int:
    """Write log, checkpoints and the program that checks them into a new folder, for an inspector."""
    say_json(audit_log.write_out(arguments.folder, by=operator(), at=timezone.now()))
    return 0


def audit_witness(arguments: Arguments) -> int:
    """Say where witnesses pull from; with --take FILE --key KEY, keep what one of them signed."""
    said = audit_log.witness(arguments.take, arguments.key, by=operator(), at=timezone.now())
    say_json(said)
    return 0


def rights_register(arguments: Arguments) -> int:
    """The register of processing activities (UU 27/2022 art. 31), from the permission table and the field list."""
    return _processing("register", arguments)


def rights_dpia(arguments: Arguments) -> int:
    """The impact assessment (UU 27/2022 art. 34), from the same."""
    return _processing("dpia", arguments)


def _processing(which: str, arguments: Arguments) -> int:
    said = rights_files.processing(which, arguments.format, arguments.out, by=operator(), at=timezone.now())
    say(said) if isinstance(said, str) else say_json(said)
    return 0


def rights_breach(arguments: Arguments) -> int:
    """The breach pack (UU 27/2022 art. 46): who, which data, since when, with drafts of the notices, as one archive."""
    try:
        scope = Scope(
            since=rights_files.moment(arguments.since),
            until=rights_files.moment(arguments.until) if arguments.until else timezone.now(),
            member=arguments.member,
            agency=arguments.agency,
            subject=arguments.subject,
        )
    except ValueError as wrong:
        warn(str(wrong))
        return 2
    say_json(rights_files.breach_pack(scope, arguments.out, by=operator(), at=timezone.now()))
    return 0


def rights_retention(arguments: Arguments) -> int:
    """What is past its time by the city's rules; with --apply, carry out the lists that two people let go."""
    say_json(rights_files.retention_due(apply=arguments.apply, by=operator(), at=timezone.now()))
    return 0


def rights_open(arguments: Arguments) -> int:
    """Open a sealed breach pack."""
    say_json(rights_files.open_pack(arguments.file, arguments.out))
    return 0


COMMANDS: dict[str, Command] = {
    "init": Command(init, "directory.manage"),
    "serve": Command(run_serve, "directory.manage"),
    "tick": Command(tick, "directory.manage"),
    "city check": Command(city_check, "directory.view"),
    "city load": Command(city_load, "directory.manage"),
    "demo load": Command(demo_load, "import.run"),
    "demo accounts": Command(demo_accounts, "directory.view"),
    "demo generate": Command(demo_generate, "import.run"),
    "import": Command(run_import, "import.run"),
    "spm": Command(spm, "spm.export"),
    "audit verify": Command(audit_verify, "audit.verify"),
    "audit checkpoint": Command(audit_checkpoint, "audit.verify"),
    "audit code": Command(audit_code, "audit.verify"),
    "audit export": Command(audit_export, "audit.verify"),
    "audit witness": Command(audit_witness, "audit.verify"),
    "rights register": Command(rights_register, "rights.register"),
    "rights dpia": Command(rights_dpia, "rights.register"),
    "rights breach": Command(rights_breach, "rights.breach"),
    "rights retention": Command(rights_retention, "rights.retain"),
    "rights open": Command(rights_open, "rights.breach"),
    "match-doubles": Command(match_doubles, "directory.manage"),
    "match-train": Command(match_train, "directory.manage"),
    "keys list": Command(keys_list, "directory.manage"),
    "keys rotate": Command(keys_rotate, "directory.manage"),
    "backup": Command(backup, "directory.manage"),
    "restore": Command(restore, "directory.manage"),
}


def _add_matching(add: Callable[[Any, str, str], argparse.ArgumentParser], commands: Any) -> None:  # noqa: ANN401 - as above
    """Recognising people: the nightly comparison by hand, and what the model is taught."""
    add(commands, "match-doubles", "match-doubles")
    sub = add(commands, "match-train", "match-train")
    sub.add_argument("--out", default="", help="model JSON (.json atau .json.gz)")
    sub.add_argument("--model", default="", help="model asal: pohon dan kalibrasinya dipakai terus")
    sub.add_argument(
        "--answers",
        action="store_true",
        help="belajar dari jawaban petugas dan penata data; model instansi ini",
    )


def parser() -> argparse.ArgumentParser:
    """The shape of the command line."""
    top = argparse.ArgumentParser(prog="rangkul", description="Rangkul: merangkul satu orang bersama-sama.")
    commands = top.add_subparsers(dest="command", required=True, metavar="PERINTAH")

    def add(to: Any, name: str, full: str) -> argparse.ArgumentParser:  # noqa: ANN401 - argparse's private type
        sub: argparse.ArgumentParser = to.add_parser(
            name, help=(COMMANDS[full].run.__doc__ or "").split("\n")[0]
        )
        sub.set_defaults(full=full)
        return sub

    add(commands, "init", "init")
    sub = add(commands, "serve", "serve")
    sub.add_argument("--host", default="")
    sub.add_argument("--port", default="")
    add(commands, "tick", "tick").add_argument("--at", default="", help="ISO, mis. 2026-11-24T08:00")
    group = commands.add_parser("city", help="data kota").add_subparsers(dest="sub", required=True)
    sub = add(group, "check", "city check")
    sub.add_argument("name", nargs="?", default="")
    sub.add_argument("--all", action="store_true")
    add(group, "load", "city load")
    group = commands.add_parser("demo", help="data latihan").add_subparsers(dest="sub", required=True)
    add(group, "load", "demo load")
    add(group, "accounts", "demo accounts").add_argument("--format", choices=("text", "json"), default="text")
    sub = add(group, "generate", "demo generate")
    sub.add_argument("--cases", type=int, required=True)
    sub.add_argument("--seed", type=int, default=1)
    sub = add(commands, "import", "import")
    sub.add_argument("kind", choices=("people", "assessments", "services"))
    sub.add_argument("file")
    sub.add_argument("--refused", default="")
    sub = add(commands, "spm", "spm")
    sub.add_argument("--year", type=int, required=True)
    sub.add_argument("--format", choices=("json", "xlsx"), default="json")
    sub.add_argument("--out", default="")
    group = commands.add_parser("audit", help="jejak audit").add_subparsers(dest="sub", required=True)
    sub = add(group, "verify", "audit verify")
    sub.add_argument("--format", choices=("text", "json"), default="text")
    sub.add_argument("--held", action="append", default=[], help="titik periksa yang disimpan saksi")
    add(group, "checkpoint", "audit checkpoint")
    sub = add(group, "code", "audit code")
    sub.add_argument("--format", choices=("text", "json"), default="text")
    sub.add_argument("--pdf", default="", help="berkas PDF baru untuk buku piket")
    add(group, "export", "audit export").add_argument("folder", help="folder baru")
    sub = add(group, "witness", "audit witness")
    sub.add_argument("--take", default="", help="berkas cosigned dari saksi")
    sub.add_argument("--key", default="", help="kunci publik saksi (witness.vkey)")
    _add_rights(add, commands)
    _add_matching(add, commands)
    _parse_keys(commands, add)
    return top


def _parse_keys(commands: Any, add: Callable[[Any, str, str], argparse.ArgumentParser]) -> None:  # noqa: ANN401 - argparse's private type
    group = commands.add_parser("keys", help="kunci akar dan kunci data").add_subparsers(
        dest="sub", required=True
    )
    add(group, "list", "keys list")
    sub = add(group, "rotate", "keys rotate")
    sub.add_argument("--data", action="store_true", help="kunci data baru untuk semua, isinya disegel ulang")
    sub.add_argument("--retire", action="store_true", help="musnahkan yang sudah diganti lebih dari satu jam")
    for name in ("backup", "restore"):
        sub = add(commands, name, name)
        sub.add_argument("archive", nargs="?" if name == "backup" else None, help="berkas arsip tersegel")
        sub.add_argument("--keys", default="", help="berkas kunci akar, di folder lain")
        sub.add_argument("--ring", default="", help="gelang kunci data, di cakram lain; selalu yang terbaru")


def _add_rights(add: Callable[[Any, str, str], argparse.ArgumentParser], commands: Any) -> None:  # noqa: ANN401 - argparse's private type
    group = commands.add_parser("rights", help="hak subjek data").add_subparsers(dest="sub", required=True)
    for which in ("register", "dpia"):
        sub = add(group, which, f"rights {which}")
        sub.add_argument("--format", choices=("json", "xlsx", "pdf"), default="json")
        sub.add_argument("--out", default="")
    sub = add(group, "breach", "rights breach")
    sub.add_argument("--since", required=True, help="ISO, mis. 2026-11-24T08:00")
    sub.add_argument("--until", default="", help="ISO; tanpa ini: sekarang")
    sub.add_argument("--member", default="", help="nama pengguna")
    sub.add_argument("--agency", default="", help="kunci instansi")
    sub.add_argument("--subject", default="", help="kode orang")
    sub.add_argument("--out", default="")
    sub = add(group, "retention", "rights retention")
    choice = sub.add_mutually_exclusive_group(required=True)
    choice.add_argument("--preview", action="store_true", help="hanya menghitung")
    choice.add_argument("--apply", action="store_true", help="menjalankan daftar yang disetujui dua orang")
    sub = add(group, "open", "rights open")
    sub.add_argument("file")
    sub.add_argument("--out", default="")


def run(argv: list[str]) -> int:
    """Run one command; a refusal is one sentence on stderr and exit code 1."""
    arguments = parser().parse_args(argv)
    try:
        return COMMANDS[arguments.full].run(arguments)
    except (Refusal, RootKeyMissing, KeyServiceSilent) as refusal:
        warn(str(refusal))
        return 1
    except CityFileRefused as refusal:
        for problem in refusal.problems:
            warn(f"{problem.file}:{problem.line}: {problem.reason}")
        return 1
