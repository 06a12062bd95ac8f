"""What the repeat check of the product costs on a large register: CPU of one check, build and memory of the index.

    .venv/bin/python -m bench.check --persons 100000 --home /tmp/check-home

Makes an instance of its own with persons of an invented world (bench.matching.worlds), or goes on with the one that is
there. Prints one JSON: seconds of the build, memory of the process, CPU and wall milliseconds of a check in the process
(scope, weighing, reading five persons, event), with the index and with the keys of the database.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import time
from datetime import date
from pathlib import Path
from typing import Any


def main() -> None:
    """Make the register, ask, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--asks", type=int, default=300)
    parser.add_argument("--seed", type=int, default=41)
    args = parser.parse_args()
    os.environ["RANGKUL_HOME"] = str(args.home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")
    _prepare()
    print(json.dumps(_run(args.persons, args.asks, args.seed), indent=1))


def _prepare() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from rangkul.directory.actions import load_city
    from rangkul.directory.city import city
    from rangkul.directory.models import Instance, Post

    call_command("migrate", verbosity=0)
    if not Post.objects.exists():
        load_city(city(), "id-3371-magelang")
    Instance.objects.update_or_create(pk=1, defaults={"city": "id-3371-magelang", "is_training": True})


def _people(persons: int, seed: int) -> list[Any]:
    """Invented persons with the noise of the harder set, as somebody would register them."""
    from rangkul.people.typed import NewPerson

    rng = random.Random(seed)
    given = "Slamet Riyadi Sutrisno Wagiman Karto Bejo Ngadimin Suwito Wahyuni Aminah Budi Hartono Agus Prasetyo Joko Santosa"
    ends = [
        "",
        "o",
        "an",
        "ti",
        "wati",
        "di",
        "no",
        "ni",
        "ana",
        "ita",
        "uri",
        "edi",
        "man",
        "anto",
        "ayu",
        "asih",
    ]
    stems = [stem + end for stem in given.split() for end in ends] + [
        a + b for a in ("Su", "Mul", "War", "Kas", "Tuk", "Par", "Ngat", "Sum", "Yat", "Ratn", "Lest", "Purw") for b in
        ("adi", "iyem", "inem", "jono", "pardi", "kini", "minto", "yanti", "sari", "widodo", "handoko", "utomo")
    ]  # fmt: skip
    marks = (
        "bekas luka bakar tangan kiri",
        "tato naga lengan kanan",
        "tahi lalat pipi kanan",
        "jari kelingking bengkok",
        "",
    )
    people = []
    for _each in range(persons):
        words = rng.sample(stems, rng.choice((1, 2, 2, 3)))
        age = rng.randint(8, 80)
        mark = rng.choice(marks) if rng.random() < 0.3 else ""
        people.append(
            NewPerson(
                name=" ".join(words) if rng.random() < 0.9 else "",
                street_name=f"Mbah {rng.choice(stems)}" if rng.random() < 0.2 else "",
                sex=rng.choice("LP"),
                age=f"{age}-{age + rng.choice((0, 5, 10))}",
                origin=f"33.{rng.randint(1, 29):02d}" if rng.random() < 0.6 else "",
                marks=(mark,) if mark else (),
                on=date(2026, 1, 1),
            )
        )
    return people


def _run(persons: int, asks: int, seed: int) -> dict[str, Any]:
    from django.utils import timezone

    from rangkul.directory.models import Member, Post, PostHolding
    from rangkul.directory.queries import acting_member, system_operator
    from rangkul.domain.age import AgeRange
    from rangkul.domain.repeat_check import Description
    from rangkul.domain.wib import wib_date
    from rangkul.people import living_index
    from rangkul.people.many import register_many
    from rangkul.people.models import Person
    from rangkul.people.repeat_check import full_check

    at = timezone.now()
    missing = persons - Person.objects.count()
    if missing > 0:
        register_many(_people(missing, seed), by=system_operator(), at=at)
    post = Post.objects.get(code="dinsos.piket")
    member, _made = Member.objects.get_or_create(username="bench", defaults={"name": "Bench"})
    PostHolding.objects.get_or_create(member=member, post=post, until=None, defaults={"since": at})
    desk = acting_member(member.pk, post.pk)
    assert desk is not None
    rng = random.Random(seed + 1)
    asked = []
    sample = list(Person.objects.filter(has_name=True).order_by("pk")[: persons : max(1, persons // asks)])
    for person in sample:
        words = person.label.split()
        rng.shuffle(words)
        low = (at.date() - person.born_to).days // 365 if person.born_to else 40
        asked.append(
            Description(
                (" ".join(words),),
                person.sex,
                AgeRange(max(0, low - 2), low + 4, wib_date(at)),
                person.origin_code,
            )
        )

    def measure() -> dict[str, float]:
        cpu, wall, first = [], [], 0
        for question, person in zip(asked, sample, strict=True):
            began, clock = time.process_time(), time.perf_counter()
            found = full_check(desk, question, at=at).candidates
            cpu.append((time.process_time() - began) * 1000)
            wall.append((time.perf_counter() - clock) * 1000)
            first += bool(found) and found[0].person_id == person.pk
        ranked = sorted(cpu)
        return {
            "cpu_ms_median": round(statistics.median(cpu), 2),
            "cpu_ms_p95": round(ranked[int(len(ranked) * 0.95)], 2),
            "wall_ms_median": round(statistics.median(wall), 2),
            "first_is_the_one": round(first / len(sample), 3),
        }

    bare = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    by_keys = measure()
    began = time.perf_counter()
    living_index.enable(wait=True)
    built = time.perf_counter() - began
    full_check(desk, asked[0], at=at)
    return {
        "persons": Person.objects.count(),
        "asks": len(asked),
        "by_keys_of_the_database": by_keys,
        "by_index": measure(),
        "index_build_s": round(built, 1),
        "peak_memory_mb": {
            "before": bare,
            "with_index": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        },
    }


if __name__ == "__main__":
    main()
