"""`init`: repeats a question until the answer is valid, and changes only the answered values."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.operations.guided_start import init
from deployment.operations.settings_file import with_value, write_values
from errors import SettingsError, UsageError
from settings import load
from tests.deployment.fakes import Lines

SHIPPED = Path(__file__).resolve().parents[3] / "settings.toml"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    copy = tmp_path / "settings.toml"
    copy.write_bytes(SHIPPED.read_bytes())
    return copy


def answering(*answers: str) -> Callable[[str], str]:
    left: Iterator[str] = iter(answers)

    def ask(_: str) -> str:
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    return ask


def test_empty_answers_change_nothing(path: Path, say: Lines) -> None:
    init(path, {}, answering("", "", "", ""), say)
    assert path.read_bytes() == SHIPPED.read_bytes()
    assert "nothing was changed" in say[0]


def test_only_the_answered_lines_change_and_keep_their_comments(path: Path, say: Lines) -> None:
    init(path, {}, answering("mycv", "eu-central-1", "cv.example.com", "Z0123456789", "me@example.com"), say)
    before, after = SHIPPED.read_text().splitlines(), path.read_text().splitlines()
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert [line.split(" ", 1)[0] for line in changed] == ["name", "region", "name", "hosted_zone", "email"]
    assert [line.partition("#")[2] for line in before] == [line.partition("#")[2] for line in after]
    settings = load(path)
    assert (settings.stack.name, settings.stack.region) == ("mycv", "eu-central-1")
    assert (settings.domain.name, settings.alerts.email) == ("cv.example.com", "me@example.com")


def test_a_question_is_repeated_after_an_invalid_answer(path: Path, say: Lines) -> None:
    init(path, {}, answering("my cv", "mycv", "moon", "", "", ""), say)
    assert "begins with a letter" in say[0]
    assert "an AWS Region such as" in say[1]
    assert load(path).stack.name == "mycv"


def test_after_a_few_invalid_answers_nothing_is_written(path: Path, say: Lines) -> None:
    with pytest.raises(UsageError, match="no valid answer to"):
        init(path, {}, answering(*["my cv"] * 99), say)
    assert path.read_bytes() == SHIPPED.read_bytes()


def test_another_domain_clears_the_certificate_of_the_last_one(path: Path, say: Lines) -> None:
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"
    write_values(path, {"domain.name": "example.com", "domain.certificate_arn": arn})
    init(path, {"domain.name": "example.org"}, None, say)
    assert (load(path).domain.name, load(path).domain.certificate_arn) == ("example.org", "")


def test_a_hyphen_clears_a_setting(path: Path, say: Lines) -> None:
    init(path, {"domain.name": "example.com"}, None, say)
    init(path, {}, answering("", "", "-", ""), say)
    assert load(path).domain.name == ""


def test_a_closed_input_writes_nothing(path: Path, say: Lines) -> None:
    with pytest.raises(UsageError, match="nothing was written"):
        init(path, {}, answering("mycv"), say)
    assert path.read_bytes() == SHIPPED.read_bytes()


@pytest.mark.parametrize(
    ("given_answers", "words"),
    [
        ({"domain.name": "Example.com"}, "--domain"),
        ({"stack.name": ""}, "--name"),
        ({"domain.hosted_zone": "Z1"}, "only with a domain.name"),
    ],
)
def test_options_are_validated_too(path: Path, given_answers: dict[str, str], words: str, say: Lines) -> None:
    with pytest.raises(SettingsError, match=words):
        init(path, given_answers, None, say)
    assert path.read_bytes() == SHIPPED.read_bytes()


def test_a_missing_file_is_created(tmp_path: Path, say: Lines) -> None:
    init(tmp_path / "new.toml", {"stack.name": "cv", "alerts.email": "me@example.com"}, None, say)
    assert (tmp_path / "new.toml").read_text() == '[stack]\nname = "cv"\n\n[alerts]\nemail = "me@example.com"\n'


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ('stack = {name = "a"}\n', 'stack = {name = "b"}\n'),
        ('stack = {region = "x"}\n', 'stack = {region = "x",name = "b"}\n'),
        ('stack.name = "a"\n', 'stack.name = "b"\n'),
        ("[ stack ] # x\n'name'='a'# y\n", "[ stack ] # x\n'name'=\"b\"  # y\n"),
        ('[stack]\nname = """\na"""\nregion = ""\n', '[stack]\nname = "b"\nregion = ""\n'),
        ('[stack]\nname = "abc"   # x\n', '[stack]\nname = "b"     # x\n'),
        ('[stack]\nregion = "x"\n\n# about\n[site]\n', '[stack]\nregion = "x"\nname = "b"\n\n# about\n[site]\n'),
        ("# top\n\n[stack]\n# none\n\n[site]", '# top\n\n[stack]\nname = "b"\n# none\n\n[site]\n'),
        ('[site]\nfolder = "x"', '[site]\nfolder = "x"\n\n[stack]\nname = "b"\n'),
        ("# only a comment\n", '# only a comment\n\n[stack]\nname = "b"\n'),
    ],
)
def test_only_the_value_changes_in_any_form(text: str, changed: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(text)
    write_values(tmp_path / "settings.toml", {"stack.name": "b"})
    assert (tmp_path / "settings.toml").read_text() == changed


@pytest.mark.parametrize("text", ["stack = 3\n", '[[stack]]\nname = "a"\n'])
def test_a_name_that_is_no_section_is_left_unchanged(text: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(SettingsError, match=r"edit it by hand: stack\.name = \"b\""):
        write_values(tmp_path / "settings.toml", {"stack.name": "b"})
    assert (tmp_path / "settings.toml").read_text() == text


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff", "is not UTF-8"),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
        (b"[stack]\nname = mycv\n", "not valid TOML"),
        (b"n = " + b"9" * 10_000, "not valid TOML"),
    ],
)
def test_a_file_that_is_not_toml_is_reported(content: bytes, problem: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=problem):
        write_values(tmp_path / "settings.toml", {"stack.name": "b"})
    assert (tmp_path / "settings.toml").read_bytes() == content


def test_a_text_that_cannot_be_parsed_is_returned_as_it_is() -> None:
    assert with_value("[stack\n", "stack.name", "b") == "[stack\n"


def test_windows_line_ends_are_preserved() -> None:
    assert with_value('[stack]\r\nname = "a"  # x\r\n', "stack.name", "b") == '[stack]\r\nname = "b"  # x\r\n'
    assert with_value("[stack]\r\n", "stack.name", "b") == '[stack]\r\nname = "b"\r\n'
    assert with_value("[site]\r\n", "stack.name", "b") == '[site]\r\n\r\n[stack]\r\nname = "b"\r\n'
    assert with_value("[stack]", "stack.name", "b") == '[stack]\nname = "b"\n'


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30))
def test_every_written_value_is_read_back(value: str) -> None:
    text = with_value(SHIPPED.read_text(), "alerts.email", value)
    assert tomllib.loads(text)["alerts"]["email"] == value


def test_a_byte_order_mark_is_kept(path: Path, say: Lines) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + SHIPPED.read_bytes())
    init(path, {"stack.name": "mycv"}, None, say)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf#")
    assert load(path).stack.name == "mycv"


def test_a_mistyped_region_is_refused_with_the_nearest(path: Path, say: Lines) -> None:
    with pytest.raises(SettingsError, match=r"--region 'us-esat-1': is invalid; allowed: .* such as us-east-1"):
        init(path, {"stack.region": "us-esat-1"}, None, say)
