"""Short résumés in sixteen languages: each with what an application form asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Sample:
    """name, label, phone; jobs: title, employer; done: a sentence. sample: a character that only a font of its script
    has, "" if the bundled fonts have them all."""

    name: str
    label: str
    phone: str
    jobs: tuple[tuple[str, str], tuple[str, str]]
    done: str
    sample: str = ""

    @property
    def resume(self) -> dict[str, Any]:
        newer, older = self.jobs
        return {
            "basics": {
                "name": self.name,
                "label": self.label,
                "email": "bewerbung.2026@post.example",
                "phone": self.phone,
                "summary": self.done,
            },
            "work": [
                {"position": newer[0], "name": newer[1], "startDate": "2021-03", "highlights": [self.done] * 2},
                {"position": older[0], "name": older[1], "startDate": "2016-09", "endDate": "2021-02"},
            ],
            "education": [{"institution": older[1], "area": newer[0], "endDate": "2016"}],
            "skills": [{"name": "Software", "keywords": ["Python", "SAP"]}],
        }


LANGUAGES = {
    "en": Sample(
        "Aoife O'Driscoll-Nwosu", "Hospital Pharmacist", "+353 1 555 0142",
        (("Senior Pharmacist, Oncology", "St. Columba's Hospital"), ("Pharmacist", "Hickey & Daughters Ltd.")),
        "Reduced dispensing errors by 38 % within a year; the officers' flat file became a first-class workflow.",
    ),
    "de": Sample(
        "Jürgen Großmann-Weiß", "Geprüfter Industriemeister", "+49 30 5550 1423",
        (("Schichtführer Gießerei", "Eisenwerk Fürstenwald GmbH & Co. KG"), ("Fachkraft Straßenbau", "Öztürk Bau")),
        "Verfügbarkeit der Öfen von 81 auf 94 % gesteigert; Auffangbecken und Schifffahrt inbegriffen.",
    ),
    "fr": Sample(
        "Maëlle Lefèvre-Çelik", "Cheffe de projet à l’hôpital", "+33 1 55 50 14 23",
        (("Coordinatrice des opérations", "Société L’Œuf d’Or"), ("Chargée d’études", "Hôtel-Dieu de Nîmes")),
        "J’ai réduit les délais de 40 % : l’équipe efficace a suivi, du cœur de métier jusqu’aux flux.",
    ),
    "es": Sample(
        "Íñigo Muñoz Peñalver", "Ingeniero de Caminos", "+34 915 550 142",
        (("Jefe de obra", "Puentes y Túneles del Cantábrico, S. A."), ("Técnico de señalización", "Vías Ñandú")),
        "Dirigí la ampliación del túnel sin accidentes: ¿cómo? Con reuniones breves y planificación.",
    ),
    "pt": Sample(
        "João Conceição Magalhães", "Técnico de Manutenção", "+351 21 555 0142",
        (("Responsável de produção", "Fundição São Julião"), ("Eletricista", "Instalações Três Irmãos, Lda.")),
        "Reduzi as paragens não planeadas de 31 para 4 por ano; a equipa ficou mais tranquila.",
    ),
    "it": Sample(
        "Niccolò D’Annunzio", "Restauratore di libri", "+39 06 5550 142",
        (("Responsabile del laboratorio", "Biblioteca dell’Università, Forlì"), ("Rilegatore", "Caffè & Carta Srl")),
        "Ho restaurato 1.900 volumi; perciò il fondo è di nuovo consultabile, affidabile e ordinato.",
    ),
    "nl": Sample(
        "Femke van ’t Hoff-IJsselmuiden", "Verpleegkundig specialist", "+31 20 555 0142",
        (("Teamleider spoedeisende hulp", "Ziekenhuis ’s-Hertogenbosch"), ("Wijkverpleegkundige", "Coöperatie Thuis")),
        "Bracht de wachttijd terug van vier naar één uur, zonder één extra formulier.",
    ),
    "sv": Sample(
        "Åsa Öhrström-Lindqvist", "Förskollärare", "+46 8 555 014 23",
        (("Biträdande rektor", "Förskolan Ängslyckan"), ("Barnskötare", "Håbo kommun")),
        "Införde utepedagogik året runt; sjukfrånvaron sjönk med en fjärdedel.",
    ),
    "ar": Sample(
        "ليلى الحداد", "مهندسة برمجيات", "+962 7 9000 0000",
        (("مهندسة أولى", "شركة المدار"), ("مبرمجة", "بنك الواحة")),
        "خفضت زمن الاستجابة إلى النصف وقدت فريقا من خمسة أشخاص.", "ل",
    ),
    "he": Sample(
        "נועה ברק", "מהנדסת תוכנה", "+972 3 555 0142",
        (("ראש צוות פיתוח", "חברת אופק"), ("מתכנתת", "בית התוכנה")),
        "קיצרתי את זמן התגובה בחצי והובלתי צוות של חמישה אנשים.", "נ",
    ),
    "ja": Sample(
        "山田 花子", "クラウドエンジニア", "+81 3 5550 1423",
        (("主任技術者", "株式会社港湾情報"), ("プログラマー", "東都銀行")),
        "更新の到達時間を三十秒から零点二秒に短縮し、五人のチームを率いた。", "山",
    ),
    "zh": Sample(
        "王晓明", "云计算工程师", "+86 10 5555 0142",
        (("高级工程师", "海港信息技术有限公司"), ("软件工程师", "东方银行")),
        "将更新延迟从三十秒缩短到零点二秒，并带领五人团队。", "晓",
    ),
    "ko": Sample(
        "김하늘", "클라우드 엔지니어", "+82 2 5550 1423",
        (("수석 엔지니어", "항만정보 주식회사"), ("개발자", "동방은행")),
        "응답 시간을 절반으로 줄이고 다섯 명의 팀을 이끌었습니다.", "늘",
    ),
    "ru": Sample(
        "Алёна Щербакова", "Инженер-строитель", "+7 495 555-01-42",
        (("Ведущий инженер", "ООО «Мостотрест-Юг»"), ("Прораб", "СтройЭкспорт")),
        "Сократила сроки сдачи объектов на четверть; въезд и подъезд приняты без замечаний.",
    ),
    "hi": Sample(
        "अनन्या शर्मा", "सॉफ़्टवेयर इंजीनियर", "+91 11 5550 1423",
        (("वरिष्ठ इंजीनियर", "सागर टेक्नोलॉजी"), ("प्रोग्रामर", "भारत बैंक")),
        "प्रतिक्रिया का समय आधा किया और पाँच लोगों की टीम का नेतृत्व किया।", "अ",
    ),
    "tr": Sample(
        "Iğdır Şükrüoğlu", "Gıda mühendisi", "+90 212 555 01 42",
        (("Kalite müdürü", "Çağdaş Süt A.Ş."), ("Laborant", "İzmir İçecek")),
        "Fire oranını yüzde dokuzdan ikiye düşürdüm; ekibim on bir kişiydi.",
    ),
}  # fmt: skip
