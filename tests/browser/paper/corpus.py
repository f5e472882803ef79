"""Twenty-four résumés to print, from half a page to six pages: what real ones are made of, in every proportion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.browser.resumes import without_dates

Resume = dict[str, Any]

SENTENCES = (
    "Moved the nightly settlement from a rented server to a queue, and halved the time that branches wait for it.",
    "Wrote the safety case for the new signalling and defended it before the inspectorate in two hearings.",
    "Trained nineteen colleagues in three countries; eleven of them lead teams of their own today.",
    "Negotiated a framework contract over 4.2 million euros with suppliers in Gdańsk, Izmir and Porto.",
    "Cut the number of unplanned stops from 31 to 4 a year by listening to the bearings.",
    "Kept the archive of 1,900 glass negatives dry, scanned and catalogued.",
    (
        "Introduced pair programming, a weekly demonstration and a blameless review of every outage: what one "
        "shift learns at night the next one knows in the morning; other departments have copied the form."
    ),
    "Designed the study, recruited 240 participants and published the data with the code.",
    "Answered for quality.",
)
EMPLOYERS = (
    "Nordlicht Energie AG",
    "Brannigan & Sons",
    "Câmara Municipal de Aveiro",
    "St. Brigid's Hospital",
    "Tern Labs",
)
TITLES = ("Project Engineer", "Head of Maintenance", "Research Assistant", "Nurse Practitioner", "Buyer", "Archivist")


def sentences(count: int, start: int = 0) -> list[str]:
    return [SENTENCES[(start + number) % len(SENTENCES)] for number in range(count)]


def text(count: int, start: int = 0) -> str:
    return " ".join(sentences(count, start))


def person(name: str = "Ragna Oyelaran-Holm", label: str = "Mechanical Engineer", summary: int = 2) -> Resume:
    return {
        "name": name,
        "label": label,
        "email": "ragna.oyelaran@post.example",
        "phone": "+47 555 01 423",
        "url": "https://oyelaran.example",
        "summary": text(summary),
        "location": {"city": "Bergen", "countryCode": "NO"},
        "profiles": [{"network": "LinkedIn", "username": "ragna", "url": "https://linkedin.example/in/ragna-oyelaran"}],
    }


def jobs(count: int, bullets: int, summary: int = 0) -> list[Resume]:
    return [
        {
            "name": f"{EMPLOYERS[number % len(EMPLOYERS)]}{f' {number}' if number >= len(EMPLOYERS) else ''}",
            "position": f"{TITLES[number % len(TITLES)]} {'I' * (number % 3 + 1)}",
            "startDate": f"{2024 - 2 * number}-03",
            **({"endDate": f"{2026 - 2 * number}-02"} if number else {}),
            **({"summary": text(summary, number)} if summary else {}),
            "highlights": sentences(bullets, number * 4),
        }
        for number in range(count)
    ]


def schools(count: int) -> list[Resume]:
    return [
        {
            "institution": f"University of Somewhere {number}",
            "area": "Engineering",
            "studyType": ("PhD", "MSc", "BSc")[number % 3],
            "startDate": f"{2010 - 3 * number}",
            "endDate": f"{2013 - 3 * number}",
            "courses": ["Thermodynamics", "Control", "Ethics"],
        }
        for number in range(count)
    ]


def certificates(count: int) -> list[Resume]:
    return [
        {"name": f"Certified Inspector, grade {number}", "issuer": "Chamber of Industry", "date": f"{2024 - number}-05"}
        for number in range(count)
    ]


def publications(count: int, summary: bool = True) -> list[Resume]:
    return [
        {
            "name": f"On harmonic {number} of a loaded rotor: measurements, a model, and what it does not explain",
            "publisher": "Journal of Vibration",
            "releaseDate": f"{2024 - number}-01",
            **({"summary": text(1, number)} if summary else {}),
        }
        for number in range(count)
    ]


def skills(count: int, keywords: int = 6) -> list[Resume]:
    words = ("welding", "Python", "FMEA", "MATLAB", "rota planning", "SAP", "triage", "Kanban", "CNC", "audits")
    return [
        {"name": f"Field {number}", "keywords": [words[(number + each) % len(words)] for each in range(keywords)]}
        for number in range(count)
    ]


TONGUES = [{"language": "Norwegian", "fluency": "native"}, {"language": "Yoruba", "fluency": "spoken at home"}]
HOBBIES = [{"name": "Rowing"}, {"name": "Bookbinding", "keywords": ["Coptic", "Japanese"]}]
QUOTES = [{"name": f"Referee {number}", "reference": text(3, number)} for number in range(4)]


def _corpus() -> Iterator[tuple[str, Resume]]:
    yield "half a page", {"basics": person(summary=1), "work": jobs(2, 2), "languages": TONGUES}
    yield "one long job", {"basics": person(), "work": jobs(1, 60, 4), "education": schools(1)}
    yield "one job of a page", {"basics": person(), "work": jobs(1, 26, 2), "skills": skills(4)}
    yield "three jobs", {"basics": person(), "work": jobs(3, 9, 2), "education": schools(2), "languages": TONGUES}
    yield "three long jobs", {"basics": person(), "work": jobs(3, 22, 3), "education": schools(2)}
    yield "short jobs", {"basics": person(summary=1), "work": jobs(22, 1), "education": schools(1)}
    yield "jobs in a sentence", {"basics": person(summary=0), "work": jobs(30, 0, 1), "interests": HOBBIES}
    yield "jobs in prose", {"basics": person(), "work": jobs(6, 0, 9), "education": schools(2)}
    yield "certificates", {"basics": person(), "certificates": certificates(70), "work": jobs(2, 3)}
    yield "academic", {"basics": person(summary=5), "education": schools(3), "publications": publications(40)}
    yield "publications in a line", {"basics": person(), "publications": publications(55, summary=False)}
    yield "long summary", {"basics": person(summary=30), "work": jobs(3, 5, 1), "skills": skills(5)}
    yield "a summary of a page and a half", {"basics": person(summary=80), "work": jobs(3, 3)}
    yield "without dates", {**without_dates(), "references": QUOTES * 6}
    yield "references", {"basics": person(), "references": QUOTES * 8, "work": jobs(2, 4)}
    yield "skills", {"basics": person(), "skills": skills(60, 12), "work": jobs(3, 4)}
    yield "projects", {
        "basics": person(),
        "projects": [
            {"name": f"Machine {number}", "description": text(2, number), "keywords": ["steel", "control"],
             "startDate": f"{2024 - number}", "url": "https://machines.example/one"}
            for number in range(18)
        ],
    }  # fmt: skip
    yield (
        "volunteers",
        {
            "basics": person(),
            "volunteer": [
                {
                    "organization": f"Red Cross {number}",
                    "position": "Driver",
                    "startDate": "2019",
                    "summary": text(3, number),
                }
                for number in range(16)
            ],
        },
    )
    yield (
        "awards",
        {
            "basics": person(),
            "awards": [
                {"title": f"Prize {number}", "awarder": "Academy", "date": "2020-05", "summary": text(1, number)}
                for number in range(45)
            ],
        },
    )
    yield "long names", {
        "basics": person("Maximiliana Featherstonehaugh-Wolfeschlegelstein", "Deputy Assistant Commissioner " * 3),
        "work": [
            {**job, "name": job["name"] + " and its subsidiaries in the northern and western provinces" * 2,
             "position": job["position"] + " for everything that is not somebody else's responsibility"}
            for job in jobs(9, 4)
        ],
    }  # fmt: skip
    yield "bullets of ten lines", {"basics": person(), "work": [
        {**job, "highlights": [text(9, 1), text(8, 3), text(9, 5)]} for job in jobs(5, 1)]}  # fmt: skip
    yield "paragraphs", {"basics": {**person(), "summary": "\n\n".join(sentences(9))}, "work": [
        {**job, "summary": "\n\n".join(sentences(7))} for job in jobs(6, 4)]}  # fmt: skip
    yield (
        "two pages of everything",
        {
            "basics": person(),
            "work": jobs(5, 4, 1),
            "skills": skills(5),
            "certificates": certificates(6),
            "education": schools(2),
            "publications": publications(4),
            "languages": TONGUES,
            "interests": HOBBIES,
            "references": QUOTES[:2],
        },
    )
    yield (
        "six pages",
        {
            "basics": person(summary=6),
            "work": jobs(14, 12, 3),
            "projects": [],
            "skills": skills(9),
            "education": schools(3),
            "certificates": certificates(12),
            "publications": publications(12),
            "references": QUOTES,
        },
    )


CORPUS: dict[str, Resume] = dict(_corpus())
