"""The language that a résumé is written in: by what the file says, else by its letters and its function words.

For the languages that the page has words for, this is as sure as a trained model, and needs neither one of 20 MB
nor one whose answer changes with its version. A few neighbours (Danish, Catalan, Polish) are known in order not to
take them for one of those.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from site_gen.languages.words import translated_languages
from site_gen.resume.rules import walk

if TYPE_CHECKING:
    from collections.abc import Iterable

FUNCTION_WORDS = Path(__file__).with_name("function_words.json")
PROSE = {"summary", "highlights", "description", "reference", "label", "position", "courses", "studyType", "area"}
"""Keys of texts in the language of the résumé; names of firms and tools are in any."""

FEWEST_HITS, LEAST_SHARE, LEAD = 6, 0.13, 1.25
"""Function words that a text must have; their share of all words; the lead of the first language over the second."""

FEWEST_LETTERS = 30
OTHER_CYRILLIC, RUSSIAN, OTHER_ARABIC = set("іїєґўјљњђћџќѓѕѝ"), set("ыэ"), set("پچژگکیٹڈڑںے")

NAMED = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "portuguese": "pt", "italian": "it",
    "dutch": "nl", "swedish": "sv", "arabic": "ar", "hebrew": "he", "japanese": "ja", "chinese": "zh",
    "mandarin": "zh", "mandarin_chinese": "zh", "korean": "ko", "russian": "ru", "hindi": "hi", "turkish": "tr",
}  # fmt: skip
"""English name → tag, as RenderCV names its locales."""


def language_of(resume: Any, declared: str = "") -> str:
    """Return the tag of the résumé's language, "" if it is not certain or the page has no words for it.

    declared: the language that the file says it is in, as a tag or an English name.
    """
    known = languages()
    said = declared.strip().replace("_", "-").lower()
    tag = NAMED.get(said.replace("-", "_"), said.partition("-")[0])
    if tag in known:
        return tag
    meta = resume.get("meta") if isinstance(resume, dict) else None
    own = str(meta.get("language") or meta.get("lang") or "") if isinstance(meta, dict) else ""
    if (tag := own.partition("-")[0].lower()) in known:
        return tag
    found = detect(_prose(resume))
    return found if found in known else ""


def languages() -> frozenset[str]:
    """Return the tags of the languages that the page has words for."""
    return frozenset(translated_languages())


def _prose(resume: Any) -> str:
    texts: Iterable[str] = (
        value
        for path, value in walk(resume)
        if isinstance(value, str) and any(part in PROSE for part in path if isinstance(part, str))
    )
    return "\n".join(texts)


def detect(text: str) -> str:
    """Return the tag of the text's language, "" if it is not certain."""
    letters = [letter for letter in unicodedata.normalize("NFC", text).casefold() if letter.isalpha()]
    scripts = Counter(_script(letter) for letter in letters)
    if not scripts or sum(scripts.values()) < FEWEST_LETTERS:
        return ""
    script, _ = _dominant(scripts)
    return _by_words(text) if script == "LATIN" else _by_script(script, set(letters))


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").partition(" ")[0]


def _dominant(scripts: Counter[str]) -> tuple[str, int]:
    """Return the script of the text. Texts in other scripts are full of Latin names of tools, so that a third of
    another script outweighs them; a few kana make Japanese of Chinese characters."""
    total = sum(scripts.values())
    japanese = scripts["HIRAGANA"] + scripts["KATAKANA"]
    if japanese * 20 > total and scripts["CJK"] + japanese > total / 4:
        return "KANA", japanese
    foreign = Counter({script: times for script, times in scripts.items() if script != "LATIN"}).most_common(1)
    return foreign[0] if foreign and foreign[0][1] > total / 3 else ("LATIN", scripts["LATIN"])


def _by_script(script: str, letters: set[str]) -> str:
    if script == "CYRILLIC":
        return "ru" if letters & RUSSIAN and not letters & OTHER_CYRILLIC else ""
    if script == "ARABIC":
        return "" if letters & OTHER_ARABIC else "ar"
    return {"KANA": "ja", "CJK": "zh", "HANGUL": "ko", "HEBREW": "he", "DEVANAGARI": "hi"}.get(script, "")


def _by_words(text: str) -> str:
    words = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", text).casefold())
    if not words:
        return ""
    counted = Counter(words)
    hits = Counter({language: sum(counted[word] for word in known) for language, known in _function_words().items()})
    (first, most), (_, second) = hits.most_common(2)
    certain = most >= FEWEST_HITS and most / len(words) >= LEAST_SHARE and most >= second * LEAD
    return first if certain else ""


@cache
def _function_words() -> dict[str, frozenset[str]]:
    own: dict[str, str] = json.loads(FUNCTION_WORDS.read_text(encoding="utf-8"))
    return {language: frozenset(words.split()) for language, words in own.items()}
