"""Other formats: RenderCV's YAML, Europass XML of today and of before 2020, LinkedIn's data export."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from errors import ResumeError
from site_gen.importing.plan import ImportPlan, import_resume, plan_import
from site_gen.importing.report import report_lines
from site_gen.resume.reading import read_resume
from tests.site_gen.importing.conftest import MakeFile
from tests.site_gen.importing.corpus import data_url, picture


def imported(plan: ImportPlan) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(plan.content)
    return document


RENDERCV = """\
# yaml-language-server: $schema=…
cv:
  name: Ada Example
  headline: Engineer
  location: Vienna, Austria
  email: [ada@example.com, old@example.com]
  phone: tel:+43-1-234567
  website: https://example.com
  photo: me.png
  social_networks:
    - network: GitHub
      username: ada
    - network: Mastodon
      username: "@ada@social.example"
  sections:
    summary:
      - I build **calm** systems.
      - And I write about them.
    Berufserfahrung:
      - company: Acme
        position: Lead
        location: Graz
        start_date: 2020-07
        end_date: present
        highlights:
          - Did one thing.
          - Parent: [child one, child two]
      - company: Before
        position: Dev
        date: Fall 2018 – Spring 2020
    education:
      - institution: TU Wien
        area: Informatics
        degree: MSc
        start_date: 2012
        end_date: 2017-06
    projects:
      - name: Tool
        date: 2021.10
        summary: A tool.
    publications:
      - title: On Calm
        authors: [A. Example, "***B. Other***"]
        doi: 10.1000/xyz
        journal: Journal of Calm
        date: 2021-12-08
    skills:
      - label: Languages
        details: Python, Go
    Sprachen:
      - label: Deutsch
        details: Muttersprache
    awards:
      - bullet: A prize
    certifications:
      - name: CKA
        date: 2022-05
    patents:
      - reversed_number: A patent nobody has a place for
      - name: Named patent
design:
  theme: classic
locale:
  language: german
"""


def test_rendercv(site: Path, foreign: MakeFile) -> None:
    plan = plan_import(foreign(RENDERCV.encode(), "cv.yaml", beside={"me.png": picture()}), site)
    resume = imported(plan)
    assert resume["basics"] == {
        "name": "Ada Example",
        "label": "Engineer",
        "image": "images/me.png",
        "email": "ada@example.com",
        "phone": "+43-1-234567",
        "url": "https://example.com",
        "location": {"city": "Vienna, Austria"},
        "profiles": [
            {"network": "GitHub", "username": "ada", "url": "https://github.com/ada"},
            {"network": "Mastodon", "username": "@ada@social.example", "url": "https://social.example/@ada"},
        ],
        "summary": "I build **calm** systems.\n\nAnd I write about them.",
    }
    first, second = resume["work"]
    assert first == {
        "name": "Acme",
        "position": "Lead",
        "location": "Graz",
        "startDate": "2020-07",
        "highlights": ["Did one thing.", "Parent", "child one", "child two"],
    }
    assert (second["startDate"], second["endDate"]) == ("2018", "2020")
    assert resume["education"] == [
        {"institution": "TU Wien", "area": "Informatics", "studyType": "MSc", "startDate": "2012", "endDate": "2017-06"}
    ]
    assert resume["projects"][0] == {"name": "Tool", "endDate": "2021-10", "description": "A tool."}
    assert resume["publications"] == [
        {
            "name": "On Calm",
            "publisher": "Journal of Calm",
            "releaseDate": "2021-12-08",
            "url": "https://doi.org/10.1000/xyz",
            "summary": "A. Example, B. Other",
        }
    ]
    assert resume["skills"] == [{"name": "Languages", "keywords": ["Python", "Go"]}]
    assert resume["languages"] == [{"language": "Deutsch", "fluency": "Muttersprache"}]
    assert resume["awards"] == [{"title": "A prize"}]
    assert resume["certificates"] == [{"name": "CKA", "date": "2022-05"}]
    assert plan.unread == ("patents",)
    assert plan.language == "de"
    import_resume(plan.file, site)
    assert read_resume(site / "resume.json")


def test_the_parts_without_a_place_are_told(site: Path, foreign: MakeFile) -> None:
    lines = report_lines(plan_import(foreign(RENDERCV.encode(), "cv.yml"), site))
    assert lines[0].endswith("cv.yml as RenderCV")
    assert "  patents  has no place in JSON Resume" in lines


def test_json_resume_as_yaml(site: Path, foreign: MakeFile) -> None:
    text = "basics:\n  name: Ada\n  phone: 0043123\n  label: ~\nwork:\n- name: Acme\n  startDate: 2020-03-01\n"
    resume = imported(plan_import(foreign(text.encode(), "cv.yaml"), site))
    assert resume["basics"]["phone"] == "0043123"
    assert resume["work"] == [{"name": "Acme", "startDate": "2020-03-01"}]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("basics:\n  name: [Ada", "is not YAML"),
        ("a: *b", "is not YAML"),
        ("basics: !!python/object/apply:os.system [exit 1]", "none of the sections|has no place|name"),
        ("a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\n"
         "e: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f]", "more values than"),
        ("a: &a [*a]", "is not YAML"),
        ("- just\n- texts", "none of the sections"),
    ],
)  # fmt: skip
def test_yaml_that_is_no_resume(text: str, problem: str, site: Path, foreign: MakeFile) -> None:
    with pytest.raises(ResumeError, match=problem):
        plan_import(foreign(text.encode(), "cv.yaml"), site)


CANDIDATE = """\
<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Candidate xmlns="http://www.europass.eu/1.0" xmlns:oa="http://www.openapplications.org/oagis/9"
  xmlns:eures="http://www.europass_eures.eu/1.0" xmlns:hr="http://www.hr-xml.org/3">
 <hr:DocumentID schemeID="Test-0001" schemeVersionID="4.0"/>
 <CandidateSupplier><PersonContact><PersonName><oa:GivenName>Not</oa:GivenName></PersonName></PersonContact>
 </CandidateSupplier>
 <CandidatePerson>
  <PersonName><oa:GivenName>Ada</oa:GivenName><hr:FamilyName>Example</hr:FamilyName></PersonName>
  <Communication><ChannelCode>Email</ChannelCode><oa:URI>ada@example.com</oa:URI></Communication>
  <Communication><ChannelCode>Telephone</ChannelCode><CountryDialing>351</CountryDialing>
   <oa:DialNumber>211234567</oa:DialNumber></Communication>
  <Communication><ChannelCode>Social Media</ChannelCode><UseCode>linkedin</UseCode>
   <oa:URI>www.linkedin.com/in/ada</oa:URI></Communication>
  <Communication><ChannelCode>Web</ChannelCode><oa:URI>https://example.com</oa:URI></Communication>
  <Communication><UseCode>home</UseCode><Address><oa:AddressLine>Rua 1</oa:AddressLine>
   <oa:CityName>Lisboa</oa:CityName><oa:PostalCode>1000</oa:PostalCode><CountryCode>pt</CountryCode></Address>
  </Communication>
  <PrimaryLanguageCode name="NORMAL">por</PrimaryLanguageCode>
 </CandidatePerson>
 <CandidateProfile languageCode="pt">
  <hr:ExecutiveSummary>&lt;p&gt;Calm &amp;amp; &lt;b&gt;steady&lt;/b&gt;.&lt;/p&gt;</hr:ExecutiveSummary>
  <EmploymentHistory><EmployerHistory>
   <hr:OrganizationName>Acme</hr:OrganizationName>
   <OrganizationContact><Communication><Address><oa:CityName>Porto</oa:CityName></Address></Communication>
   </OrganizationContact>
   <PositionHistory>
    <PositionTitle typeCode="FREETEXT">Senior
      Engineer</PositionTitle>
    <eures:EmploymentPeriod><eures:StartDate><hr:FormattedDateTime>2023-06-15</hr:FormattedDateTime></eures:StartDate>
     <eures:EndDate><hr:FormattedDateTime>2025</hr:FormattedDateTime></eures:EndDate>
     <hr:CurrentIndicator>true</hr:CurrentIndicator></eures:EmploymentPeriod>
    <oa:Description>&lt;p&gt;Ran it.&lt;/p&gt;&lt;ul&gt;&lt;li&gt;One&lt;/li&gt;&lt;li&gt;Two&lt;/li&gt;&lt;/ul&gt;
     &lt;script&gt;alert(1)&lt;/script&gt;</oa:Description>
   </PositionHistory>
   <PositionHistory><PositionTitle>Engineer</PositionTitle>
    <eures:EmploymentPeriod><eures:StartDate><hr:FormattedDateTime>2020-01</hr:FormattedDateTime></eures:StartDate>
     <eures:EndDate><hr:FormattedDateTime>2023-05</hr:FormattedDateTime></eures:EndDate></eures:EmploymentPeriod>
   </PositionHistory>
  </EmployerHistory></EmploymentHistory>
  <EducationHistory><EducationOrganizationAttendance>
   <hr:OrganizationName>Universidade</hr:OrganizationName>
   <AttendancePeriod><StartDate><hr:FormattedDateTime>2014</hr:FormattedDateTime></StartDate>
    <EndDate><hr:FormattedDateTime>2019-07</hr:FormattedDateTime></EndDate><Ongoing>false</Ongoing></AttendancePeriod>
   <EducationDegree><hr:DegreeName>MSc</hr:DegreeName><FinalGrade><hr:ScoreText>17/20</hr:ScoreText></FinalGrade>
    <OccupationalSkillsCovered>&lt;p&gt;Systems&lt;/p&gt;</OccupationalSkillsCovered></EducationDegree>
  </EducationOrganizationAttendance></EducationHistory>
  <eures:Attachment><oa:EmbeddedData>PICTURE</oa:EmbeddedData></eures:Attachment>
  <PersonQualifications>
   <PersonCompetency><CompetencyID>eng</CompetencyID><hr:TaxonomyID>language</hr:TaxonomyID>
    <eures:CompetencyDimension><hr:CompetencyDimensionTypeCode>CEF-Understanding-Listening</hr:CompetencyDimensionTypeCode>
     <eures:Score><hr:ScoreText>C2</hr:ScoreText></eures:Score></eures:CompetencyDimension>
    <eures:CompetencyDimension><eures:Score><hr:ScoreText>C1</hr:ScoreText></eures:Score></eures:CompetencyDimension>
   </PersonCompetency>
  </PersonQualifications>
  <DigitalSkills><DigitalSkillsGroup><Title>Cloud</Title><DigitalSkill>AWS</DigitalSkill></DigitalSkillsGroup>
  </DigitalSkills>
  <Projects><Project><Title>Tool</Title><Description>&lt;p&gt;A tool.&lt;/p&gt;</Description><Link>example.com</Link>
  </Project></Projects>
  <Licenses><License><hr:LicenseTypeCode>B</hr:LicenseTypeCode></License></Licenses>
 </CandidateProfile>
</Candidate>
"""


def test_europass_of_today(site: Path, foreign: MakeFile) -> None:
    text = CANDIDATE.replace("PICTURE", data_url(picture()))
    plan = plan_import(foreign(text.encode(), "cv.xml"), site)
    resume = imported(plan)
    assert resume["basics"] == {
        "name": "Ada Example",
        "image": "images/portrait.png",
        "email": "ada@example.com",
        "phone": "+351 211234567",
        "url": "https://example.com",
        "summary": "Calm & steady.",
        "location": {"address": "Rua 1", "postalCode": "1000", "city": "Lisboa", "countryCode": "PT"},
        "profiles": [{"network": "linkedin", "url": "https://www.linkedin.com/in/ada"}],
    }
    assert resume["work"] == [
        {
            "name": "Acme",
            "position": "Senior Engineer",
            "location": "Porto",
            "startDate": "2023-06-15",
            "summary": "Ran it.",
            "highlights": ["One", "Two"],
        },
        {"name": "Acme", "position": "Engineer", "location": "Porto", "startDate": "2020-01", "endDate": "2023-05"},
    ]
    assert resume["education"] == [
        {
            "institution": "Universidade",
            "studyType": "MSc",
            "startDate": "2014",
            "endDate": "2019-07",
            "score": "17/20",
            "courses": ["Systems"],
        }
    ]
    assert resume["languages"] == [
        {"language": "Portuguese", "fluency": "Native"},
        {"language": "English", "fluency": "C1"},
    ]
    assert resume["skills"] == [{"name": "Cloud", "keywords": ["AWS"]}]
    assert resume["projects"] == [{"name": "Tool", "url": "https://example.com", "description": "A tool."}]
    assert (plan.language, plan.unread) == ("pt", ("Licenses",))


PASSPORT = """\
<?xml version="1.0" encoding="UTF-8"?>
<SkillsPassport xmlns="http://europass.cedefop.europa.eu/Europass" locale="it">
 <LearnerInfo>
  <Identification>
   <PersonName><FirstName>Ada</FirstName><Surname>Example</Surname></PersonName>
   <ContactInfo>
    <Address><Contact><AddressLine>Via 1</AddressLine><Municipality>Roma</Municipality>
     <Country><Code>IT</Code><Label>Italia</Label></Country></Contact></Address>
    <Email><Contact>ada@example.com</Contact></Email>
    <TelephoneList><Telephone><Contact>+39 06 1234</Contact></Telephone></TelephoneList>
    <WebsiteList><Website><Contact>www.example.com</Contact></Website></WebsiteList>
   </ContactInfo>
   <Photo><MimeType>image/png</MimeType><Data>PICTURE</Data></Photo>
  </Identification>
  <Headline><Description><Label>Architetta</Label></Description></Headline>
  <WorkExperienceList><WorkExperience>
   <Period><From year="2016" month="--03" day="-----"/><Current>true</Current></Period>
   <Position><Label>Lead</Label></Position><Activities>&lt;p&gt;Ran it.&lt;/p&gt;</Activities>
   <Employer><Name>Acme</Name></Employer>
  </WorkExperience></WorkExperienceList>
  <EducationList><Education><Period><From year="2008"/><To year="2013" month="--06" day="---30"/></Period>
   <Title>Laurea</Title><Organisation><Name>Sapienza</Name></Organisation></Education></EducationList>
  <Skills>
   <Linguistic><MotherTongueList><MotherTongue><Description><Label>italiano</Label></Description></MotherTongue>
    </MotherTongueList><ForeignLanguageList><ForeignLanguage><Description><Label>inglese</Label></Description>
    <ProficiencyLevel><Listening>C1</Listening><Writing>B2</Writing></ProficiencyLevel></ForeignLanguage>
    </ForeignLanguageList></Linguistic>
   <Computer><Description>&lt;ul&gt;&lt;li&gt;Python&lt;/li&gt;&lt;li&gt;SQL&lt;/li&gt;&lt;/ul&gt;</Description></Computer>
  </Skills>
  <AchievementList><Achievement><Title><Label>Premi</Label></Title></Achievement></AchievementList>
 </LearnerInfo>
</SkillsPassport>
"""


def test_europass_of_before_2020(site: Path, foreign: MakeFile) -> None:
    text = PASSPORT.replace("PICTURE", data_url(picture()).partition(",")[2])
    plan = plan_import(foreign(text.encode(), "cv.xml"), site)
    resume = imported(plan)
    assert resume["basics"] == {
        "name": "Ada Example",
        "label": "Architetta",
        "image": "images/portrait.png",
        "email": "ada@example.com",
        "phone": "+39 06 1234",
        "url": "https://www.example.com",
        "location": {"address": "Via 1", "city": "Roma", "countryCode": "IT"},
    }
    assert resume["work"] == [
        {"name": "Acme", "position": "Lead", "startDate": "2016-03", "summary": "Ran it."},
    ]
    assert resume["education"] == [
        {"institution": "Sapienza", "studyType": "Laurea", "startDate": "2008", "endDate": "2013-06-30"}
    ]
    assert resume["skills"] == [{"name": "Computer", "keywords": ["Python", "SQL"]}]
    assert resume["languages"] == [
        {"language": "italiano", "fluency": "Native"},
        {"language": "inglese", "fluency": "B2"},
    ]
    assert (plan.language, plan.unread) == ("it", ("AchievementList",))


EXPORT = {
    "Profile.csv": "First Name,Last Name,Maiden Name,Address,Birth Date,Headline,Summary,Industry,Zip Code,Geo Location,"
    'Twitter Handles,Websites,Instant Messengers\nAda,Example,,,Jan 1,Engineer,"Calm,\nsteady.",IT,1010,"Vienna, Austria",'
    '[ada],"[PORTFOLIO:https://example.com,BLOG:https://blog.example.com]",\n',
    "Positions.csv": "Company Name,Title,Description,Location,Started On,Finished On\n"
    'Acme,Lead,"Ran it.\n• One\n• Two",Vienna,Mar 2020,\nBefore,Dev,,Graz,Jan 2018,févr. 2020\n',
    "Education.csv": "School Name,Start Date,End Date,Notes,Degree Name,Activities\nTU,2012,2017,,MSc,Choir\n",
    "Skills.csv": "Name\nPython\nSQL\n",
    "Languages.csv": "Name,Proficiency\nGerman,Native or bilingual proficiency\n",
    "Certifications.csv": "Name,Url,Authority,Started On,Finished On,License Number\nCKA,www.example.com,CNCF,Nov 2022,,1\n",
    "Email Addresses.csv": "Email Address,Confirmed,Primary,Updated On\nold@example.com,Yes,No,\nada@example.com,Yes,Yes,\n",
    "PhoneNumbers.csv": "Extension,Number,Type\n,,Home\n,+43 1 234,Mobile\n",
    "Volunteering.csv": "Company Name,Role,Cause,Started On,Finished On,Description\nClub,Mentor,Science,2019,2021,\n",
    "Projects.csv": "Title,Description,Url,Started On,Finished On\nTool,A tool.,https://example.com,2021-01,\n",
    "Honors.csv": "Title,Description,Issued On\nPrize,For calm.,Dec 2023\n",
    "Publications.csv": "Name,Published On,Description,Publisher,Url\nOn Calm,May 2019,,Journal,\n",
    "Recommendations_Received.csv": "First Name,Last Name,Company,Job Title,Text,Creation Date,Status\n"
    "Bo,Boss,Acme,CTO,Calm.,2020,VISIBLE\nEve,Not,X,Y,Hidden.,2020,PENDING\n",
    "Connections.csv": "Notes:\nprivate\n",
    "messages.csv": "FROM,CONTENT\nx,private\n",
}


def zipped(files: dict[str, str], folder: str = "") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(folder + name, text)
    return stream.getvalue()


@pytest.mark.parametrize("folder", ["", "Complete_LinkedInDataExport_11-28-2026/"])
def test_linkedin(folder: str, site: Path, foreign: MakeFile) -> None:
    plan = plan_import(foreign(zipped(EXPORT, folder), "export.zip"), site)
    resume = imported(plan)
    assert resume["basics"] == {
        "name": "Ada Example",
        "label": "Engineer",
        "email": "ada@example.com",
        "phone": "+43 1 234",
        "url": "https://example.com",
        "summary": "Calm,\nsteady.",
        "location": {"city": "Vienna, Austria"},
        "profiles": [
            {"network": "Blog", "url": "https://blog.example.com"},
            {"network": "X", "username": "ada", "url": "https://x.com/ada"},
        ],
    }
    assert resume["work"] == [
        {
            "name": "Acme",
            "position": "Lead",
            "location": "Vienna",
            "startDate": "2020-03",
            "summary": "Ran it.",
            "highlights": ["One", "Two"],
        },
        {"name": "Before", "position": "Dev", "location": "Graz", "startDate": "2018-01", "endDate": "2020-02"},
    ]
    assert resume["education"][0]["courses"] == ["Choir"]
    assert resume["skills"] == [{"name": "Python"}, {"name": "SQL"}]
    assert resume["certificates"] == [
        {"name": "CKA", "issuer": "CNCF", "url": "https://www.example.com", "date": "2022-11"}
    ]
    assert resume["volunteer"][0]["summary"] == "Science"
    assert resume["awards"] == [{"title": "Prize", "date": "2023-12", "summary": "For calm."}]
    assert resume["publications"] == [{"name": "On Calm", "publisher": "Journal", "releaseDate": "2019-05"}]
    assert resume["references"] == [{"name": "Bo Boss, CTO, Acme", "reference": "Calm."}]
    assert "private" not in plan.content.decode()
    assert "Hidden" not in plan.content.decode()


def test_a_zip_of_something_else_says_where_the_export_is(site: Path, foreign: MakeFile) -> None:
    with pytest.raises(ResumeError, match="without Profile.csv") as caught:
        plan_import(foreign(zipped({"word/document.xml": ""}), "cv.docx"), site)
    assert "Get a copy of your data" in caught.value.next_step


def test_a_csv_that_unzips_to_gigabytes_is_not_read(site: Path, foreign: MakeFile) -> None:
    bomb = zipped({"Profile.csv": "First Name,Last Name\nA,B\n", "Skills.csv": "Name\n" + "x" * 6_000_000})
    with pytest.raises(ResumeError, match="larger than 5 MB"):
        plan_import(foreign(bomb, "export.zip"), site)


def test_an_export_without_a_name_is_refused(site: Path, foreign: MakeFile) -> None:
    with pytest.raises(ResumeError, match="is missing"):
        plan_import(foreign(zipped({"Profile.csv": "Headline\nDev\n"}), "export.zip"), site)
