"""Generated résumés, as varied as real ones: each must render, fit and be readable."""

from __future__ import annotations

from typing import Any

LONG = "Responsible for a great many things, among them the coordination of everything with everybody, at all times. "

Resume = dict[str, Any]


def very_long() -> Resume:
    jobs = [
        {
            "name": f"Company number {number} with a rather long legal name GmbH & Co. KG",
            "position": f"Senior Principal Vice Something of Everything, level {number}",
            "url": "https://example.com/" + "path/" * 20,
            "startDate": f"{1990 + number}-01",
            "endDate": f"{1991 + number}-12",
            "location": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch",
            "summary": LONG * 6,
            "highlights": [LONG, "https://example.com/" + "x" * 200, "Donaudampfschifffahrtsgesellschaft" * 4] * 2,
        }
        for number in range(30)
    ]
    return {
        "basics": {
            "name": "Maximiliana Wolfeschlegelsteinhausenbergerdorff",
            "label": LONG,
            "summary": LONG * 9,
        },
        "work": jobs,
        "skills": [{"name": f"Skill {n}", "level": "Master", "keywords": ["keyword"] * 25} for n in range(12)],
        "references": [{"name": "Somebody", "reference": LONG * 4}],
    }


def nearly_empty() -> Resume:
    return {"basics": {"name": "Bo"}}


def without_dates() -> Resume:
    return {
        "basics": {"name": "Sam Undated", "label": "Carpenter"},
        "work": [{"name": "Somewhere"}, {"position": "Something"}, {"summary": "Only a text."}],
        "education": [{"institution": "A school"}, {"studyType": "A course"}, {"endDate": "1999"}],
        "projects": [{"description": "Without a name."}, {"url": "https://example.com/project"}],
        "skills": [{"keywords": ["unnamed"]}, {"level": "Expert"}, {"name": "Alone"}],
        "certificates": [{"date": "2020"}, {"issuer": "Somebody"}],
        "languages": [{"fluency": "Native"}],
        "references": [{"name": "Only a name"}, {"reference": "Only a text."}],
    }


def right_to_left() -> Resume:
    return {
        "basics": {
            "name": "ليلى الحداد",
            "label": "مهندسة برمجيات",
            "email": "layla@example.com",
            "phone": "+962 7 9000 0000",
            "summary": "أبني أنظمة موثوقة منذ عشر سنوات، وأعمل بلغة Python على AWS.",
            "location": {"city": "عمّان", "countryCode": "JO"},
        },
        "work": [
            {
                "name": "شركة المدار",
                "position": "مهندسة أولى",
                "startDate": "2020-03",
                "highlights": ["خفضت زمن الاستجابة من 30 s إلى 0.2 s.", "قدت فريقا من خمسة أشخاص."],
            }
        ],
        "languages": [{"language": "العربية", "fluency": "اللغة الأم"}, {"language": "English"}],
    }


def east_asian() -> Resume:
    return {
        "basics": {
            "name": "山田 花子",
            "label": "クラウドエンジニア",
            "summary": "高負荷でも落ち着いて動くバックエンドを作っています。" * 8,
        },
        "work": [
            {
                "name": "株式会社港湾",
                "position": "主任技術者",
                "startDate": "2019-04",
                "summary": "位置情報の配信基盤を担当。" * 12,
                "highlights": ["更新の到達時間を三十秒から零点二秒に短縮した。" * 5],
            }
        ],
        "skills": [{"name": "言語", "keywords": ["Python", "日本語", "中文", "한국어"]}],
    }


def everything() -> Resume:
    """Return a résumé with every section and all supported Markdown, in an unusual order."""
    text = "A *text* with **Markdown**, `code`, a [link](https://e.test).\n\n1. one\n2. two\n\n> said\n\n```\nf\n```"
    return {
        "references": [{"name": "R", "reference": text}],
        "interests": [{"name": "I", "keywords": ["a", "b"]}],
        "languages": [{"language": "L", "fluency": "F"}],
        "volunteer": [{"organization": "O", "position": "P", "url": "https://example.com/v", "summary": text}],
        "awards": [{"title": "T", "awarder": "A", "date": "2020-02-02", "summary": text}],
        "publications": [{"name": "N", "publisher": "P", "url": "https://example.com/p", "summary": text}],
        "certificates": [{"name": "C", "issuer": "I", "url": "https://example.com/c", "date": "2021"}],
        "education": [{"institution": "I", "area": "A", "studyType": "S", "courses": ["c", "d"], "score": "1.0"}],
        "skills": [{"name": "S", "level": "L", "keywords": ["k"]}],
        "projects": [{"name": "P", "description": text, "highlights": [text], "keywords": ["k"], "roles": ["r"]}],
        "work": [{"name": "W", "position": "P", "summary": text, "highlights": [text, "<b>not HTML</b>"]}],
        "basics": {
            "name": "E. V. Erything",
            "label": "All of it",
            "email": "e@example.com",
            "summary": text,
            "profiles": [
                {"network": "X"},
                {"username": "u", "url": "https://e.test/u"},
                {"network": "N", "username": "n"},
            ],
        },
    }


COLLECTION: dict[str, Resume] = {
    "very long": very_long(),
    "nearly empty": nearly_empty(),
    "without dates": without_dates(),
    "right to left": right_to_left(),
    "east asian": east_asian(),
    "everything": everything(),
}
LANGUAGES = {"right to left": "ar", "east asian": "ja"}
