"""Résumés made by chance, but the same ones each time: fifty numbers give fifty of them."""

from __future__ import annotations

import random
from typing import Any

from tests.browser.paper.corpus import HOBBIES, QUOTES, TONGUES, certificates, publications, schools, sentences, skills

FIRST = ("Zoë", "Bartholomew", "Nguyễn Thị", "Søren", "Μαρία", "Олена", "Li", "Anne-Marie", "José Luis", "Þóra")
LAST = ("O'Brien", "van der Meer", "Kowalczyk-Żak", "Smith", "Παπαδοπούλου", "Коваленко", "Àvila i Font", "Ek")
ROLES = ("Engineer", "Senior Vice President, Risk", "Nurse (night shift)", "R&D Lead", "Müller", "C++/C# Developer")
FIRMS = ("Fjord & Fjell AS", "Office of Effluent Affairs", "A", "E.ON – Netze", "Banco Ñandú, S. A.", "100% Baking Co.")
PLACES = ("", "Oslo", "San José, Costa Rica", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch")


def generated(number: int) -> dict[str, Any]:
    """Return the résumé of a number."""
    chance = random.Random(number)  # noqa: S311 - for variety, not for secrets
    jobs = [_job(chance, year) for year in range(2025, 2025 - 2 * chance.randint(1, 12), -2)]
    sections = {
        "work": jobs,
        "education": schools(chance.randint(1, 3)),
        "skills": skills(chance.randint(1, 7), chance.randint(0, 9)),
        "certificates": certificates(chance.randint(1, 9)),
        "publications": publications(chance.randint(1, 8), chance.random() < 0.5),
        "languages": TONGUES,
        "interests": HOBBIES,
        "references": QUOTES[: chance.randint(1, 3)],
    }
    kept = chance.sample(sorted(set(sections) - {"work"}), chance.randint(0, 7))
    chance.shuffle(order := ["work", *kept])
    return {"basics": _basics(chance), **{name: sections[name] for name in order}}


def _basics(chance: random.Random) -> dict[str, Any]:
    return {
        "name": f"{chance.choice(FIRST)} {chance.choice(LAST)}",
        "label": chance.choice(ROLES),
        "email": f"{chance.choice(('a', 'first.last', 'x_y-z+jobs'))}@{'mail.' * chance.randint(0, 4)}example",
        "phone": chance.choice(("+47 555 01 423", "(0664) 555-0142", "+1 (555) 014-2368 ext. 9")),
        **(
            {"summary": " ".join(sentences(chance.randint(1, 9), chance.randint(0, 8)))}
            if chance.random() < 0.8
            else {}
        ),
        **({"url": "https://www.portfolio.example/" + "x" * chance.randint(0, 60)} if chance.random() < 0.5 else {}),
        "location": {"city": chance.choice(PLACES)},
    }


def _job(chance: random.Random, year: int) -> dict[str, Any]:
    return {
        "position": " ".join(chance.choice(ROLES) for _ in range(chance.choice((1, 1, 1, 5)))),
        "name": " ".join(chance.choice(FIRMS) for _ in range(chance.choice((1, 1, 1, 4)))),
        "location": chance.choice(PLACES),
        "startDate": f"{year}-{chance.randint(1, 12):02}",
        **({"endDate": f"{year + 1}-{chance.randint(1, 12):02}"} if chance.random() < 0.8 else {}),
        **({"summary": " ".join(sentences(chance.randint(1, 3), year))} if chance.random() < 0.5 else {}),
        "highlights": sentences(chance.randint(0, 6), year),
    }
