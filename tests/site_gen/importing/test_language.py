"""The language of a résumé: certain for those that the page has words for, and silent for everything else."""

from __future__ import annotations

from typing import Any

import pytest

from site_gen.importing.language import detect, language_of, languages

PROSE = {
    "en": "I build back ends that stay calm when traffic does not. Led a team of five that owns ingestion of positions.",
    "de": "Ich entwickle Backends für die Logistik. Leitung eines Teams von fünf Personen und Einführung der Tests.",
    "fr": "Je conçois des services fiables depuis neuf ans. Direction d'une équipe de cinq personnes et mise en place.",
    "es": "Desarrollo servicios para la logística desde hace nueve años. Dirigí un equipo de cinco personas en la nube.",
    "pt": "Desenvolvo serviços para a logística há nove anos. Liderei uma equipe de cinco pessoas e a migração do banco.",
    "it": "Sviluppo servizi per la logistica da nove anni. Ho guidato un gruppo di cinque persone e la migrazione.",
    "nl": "Ik ontwikkel al negen jaar diensten voor de logistiek. Leidde een team van vijf mensen en de migratie.",
    "sv": "Jag utvecklar tjänster för logistik sedan nio år. Ledde ett team på fem personer och flytten till molnet.",
    "ar": "أبني أنظمة موثوقة منذ عشر سنوات، وأعمل بلغة Python على AWS وأقود فريقا.",
    "he": "אני בונה מערכות אמינות כבר עשר שנים, ועובד עם Python ועם AWS בצוות קטן.",
    "ja": "信頼性の高いシステムを十年間構築しています。PythonとAWSを使ってチームを率いています。",
    "zh": "十年来一直构建可靠的系统，使用 Python 和 AWS，并领导一个五人的团队。负责物流平台的开发和运维工作。",
    "ko": "십 년 동안 안정적인 시스템을 구축해 왔으며 Python과 AWS를 사용하고 팀을 이끌고 있습니다.",
    "ru": "Разрабатываю сервисы для логистики девять лет. Руководил командой, был ответственным за миграцию в AWS.",
    "hi": "मैं दस वर्षों से विश्वसनीय सिस्टम बना रहा हूँ और Python तथा AWS पर टीम का नेतृत्व करता हूँ।",
    "tr": "Dokuz yıldır lojistik için servisler geliştiriyorum. Beş kişilik bir ekibi yönettim ve bulut için çalıştım.",
}

OTHERS = {
    "Danish": "Jeg har udviklet tjenester til logistik i ni år. Ledede et team på fem personer og flytningen til skyen.",
    "Catalan": "Desenvolupo serveis per a la logística des de fa nou anys. Vaig dirigir un equip de cinc persones.",
    "Romanian": "Dezvolt servicii pentru logistică de nouă ani. Am condus o echipă de cinci persoane și migrarea în cloud.",
    "Polish": "Od dziewięciu lat tworzę usługi dla logistyki. Kierowałem zespołem pięciu osób oraz migracją do chmury.",
    "Finnish": "Olen kehittänyt palveluita logistiikalle yhdeksän vuotta ja johtanut viiden hengen tiimiä sekä siirtoa.",
    "Ukrainian": "Розробляю сервіси для логістики дев'ять років. Керував командою з п'яти осіб, відповідав за міграцію.",
    "Persian": "ده سال است که سیستم‌های قابل اعتماد می‌سازم و با پایتون و گیت کار می‌کنم و یک گروه پنج نفره دارم.",
    "tools": "Python Java Kubernetes Terraform AWS Docker Ansible Jenkins GitLab Linux PostgreSQL Redis Kafka",
    "little": "Dev, Acme",
    "nothing": "",
    "numbers": "2020 – 2021, 40 %, 3.5",
}


@pytest.mark.parametrize("tag", PROSE)
def test_each_language_is_detected(tag: str) -> None:
    assert detect(PROSE[tag]) == tag


@pytest.mark.parametrize("name", OTHERS)
def test_a_neighbour_is_not_taken_for_a_language_of_the_page(name: str) -> None:
    assert detect(OTHERS[name]) not in PROSE


def resume(text: str, **sections: Any) -> dict[str, Any]:
    return {"basics": {"name": "Ada", "summary": text}, **sections}


def test_only_a_language_of_the_page_is_returned() -> None:
    for tag, text in PROSE.items():
        assert language_of(resume(text)) == (tag if tag in languages() else "")


@pytest.mark.parametrize(
    ("declared", "wanted"),
    [("de", "de"), ("de-AT", "de"), ("german", "de"), ("mandarin_chinese", "zh"), ("pt_BR", "pt"), ("xx", "en")],
)
def test_what_the_file_says_counts_first(declared: str, wanted: str) -> None:
    assert language_of(resume(PROSE["en"]), declared) == wanted


def test_the_key_of_meta_counts_too() -> None:
    assert language_of(resume(PROSE["en"], meta={"language": "fr-CA"})) == "fr"
    assert language_of(resume(PROSE["en"], meta={"language": 7})) == "en"


def test_names_of_firms_and_tools_do_not_count() -> None:
    work = [{"name": "Les Services de la Ville et des Environs pour tous", "highlights": [PROSE["de"]]}]
    assert (
        language_of({"basics": {"name": "Ada"}, "work": work, "skills": [{"keywords": ["and", "the", "of"]}]}) == "de"
    )
