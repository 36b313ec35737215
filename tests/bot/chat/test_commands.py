"""One table of commands, and one parser of what people type."""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import pytest

from bot.chat.commands import BY_NAME, COMMANDS, Kind, Naming, english_only, parse, split, typed_names
from bot.chat.model import Ask, Configure, Forget, Misuse, OptOut, Page, Picture, Request, Roster, Show, Teach, Trigger


def unopened() -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
    raise AssertionError("nobody should open this picture")


PICTURE = Picture("a.png", unopened)


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("/who", ("who", "")),
        ("  /Teach   Hatsune  Miku ", ("teach", "Hatsune  Miku")),
        ("/teach\n初音ミク", ("teach", "初音ミク")),
        ("／ｗａｔｃｈ　ｏｎ", ("watch", "ｏｎ")),
        ("who is this?", None),
        ("/", None),
        ("", None),
    ],
)
def test_a_message_is_split_into_command_and_text(message: str, parts: tuple[str, str] | None) -> None:
    assert split(message) == parts


@pytest.mark.parametrize(
    ("message", "request_"),
    [
        ("/who", Ask((PICTURE,), Trigger.COMMAND)),
        ("/who is this?", Ask((PICTURE,), Trigger.COMMAND)),
        ("/who private", Ask((PICTURE,), Trigger.COMMAND, private=True)),
        ("/teach Hatsune Miku", Teach("Hatsune Miku", (PICTURE,))),
        ("/teach", Misuse("teach")),
        ("/forget ＭＩＫＵ", Forget("ＭＩＫＵ")),
        ("/forget", Misuse("forget")),
        ("/roster", Roster()),
        ("/roster love live", Roster("love live")),
        ("/language zh-Hans", Configure(language="zh-hans")),
        ("/language AUTO", Configure(language="auto")),
        ("/language", Misuse("language")),
        ("/watch on", Configure(watch=True)),
        ("/watch ＯＦＦ", Configure(watch=False)),
        ("/watch", Misuse("watch")),
        ("/watch maybe", Misuse("watch")),
        ("/quiet on", Configure(quiet=True)),
        ("/quiet", Misuse("quiet")),
        ("/threshold 70", Configure(threshold=0.7)),
        ("/threshold 70%", Configure(threshold=0.7)),
        ("/threshold 62,5 %", Configure(threshold=0.625)),
        ("/threshold 0.7", Configure(threshold=0.7)),
        ("/threshold 0", Configure(threshold=0.0)),
        ("/threshold 100", Configure(threshold=1.0)),
        ("/threshold Auto", Configure(threshold="auto")),
        ("/threshold 250", Misuse("threshold")),
        ("/threshold -1", Misuse("threshold")),
        ("/threshold high", Misuse("threshold")),
        ("/threshold nan", Misuse("threshold")),
        ("/threshold", Misuse("threshold")),
        ("/optout", OptOut(True)),
        ("/optout on", OptOut(True)),
        ("/optout off", OptOut(False)),
        ("/optout perhaps", Misuse("optout")),
        ("/nonsense", Misuse("nonsense")),
        *((f"/{page}", Show(page)) for page in Page),
    ],
)
def test_what_people_type_becomes_a_request(message: str, request_: Request) -> None:
    parts = split(message)
    assert parts
    assert parse(*parts, [PICTURE]) == request_


def test_what_may_be_typed_for_a_command() -> None:
    def words(text: str, tag: str, context: Naming | None = None) -> str | None:
        return {("stats", "de", Naming.TELEGRAM_COMMAND): "Statistik", ("who", "ja", Naming.DISCORD_COMMAND): "誰"}.get(
            (text, tag, context)  # type: ignore[arg-type]
        )

    english = {**{name: name for name in BY_NAME}, "start": "help"}
    assert typed_names(english_only, ["de"]) == english
    assert typed_names(words, ["de", "ja"]) == {**english, "statistik": "stats", "誰": "who"}


def test_every_command_of_the_table_means_something() -> None:
    examples = {Kind.SWITCH: "on", Kind.PERCENT: "50", Kind.LANGUAGE: "en"}
    for command in COMMANDS:
        texts = [p for p in command.parameters if p.kind is not Kind.PICTURES and p.required]
        text = " ".join(examples.get(parameter.kind, "Miku") for parameter in texts)
        assert not isinstance(parse(command.name, text, [PICTURE]), Misuse), command.name


def test_the_table_fits_the_strictest_platform() -> None:
    assert len(BY_NAME) == len(COMMANDS) <= 100
    for command in COMMANDS:
        assert re.fullmatch(r"[a-z]{1,32}", command.name)
        for text in (command.description, *(parameter.description for parameter in command.parameters)):
            assert 3 <= len(text) <= 100


def test_usage_is_what_to_type() -> None:
    assert BY_NAME["watch"].usage == "/watch on|off"
    assert BY_NAME["teach"].usage == "/teach <name> pictures"
    assert BY_NAME["optout"].usage == "/optout [on|off]"
    assert BY_NAME["threshold"].usage == "/threshold <percent>|auto"
    assert BY_NAME["roster"].usage == "/roster [search]"
