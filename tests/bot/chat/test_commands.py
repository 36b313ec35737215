"""One table of commands, and one parser of what people type."""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import pytest

from bot.chat.commands import Kind, english_only, split
from bot.chat.features.about import ShowAbout
from bot.chat.features.forgetting import Forget
from bot.chat.features.history import ShowHistory
from bot.chat.features.my_data import OptOut, ShowMyData
from bot.chat.features.privacy import ShowPrivacy
from bot.chat.features.roster import Roster
from bot.chat.features.settings import Configure, ShowSettings
from bot.chat.features.stats import ShowStats
from bot.chat.features.teaching import Teach
from bot.chat.model import Ask, Help, Misuse, Picture, Request, Trigger
from tests.support.service_harness import REGISTRY


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
        ("/teach Hatsune Miku", Teach((PICTURE,), "Hatsune Miku")),
        ("/teach", Teach((PICTURE,), "")),
        ("/forget ＭＩＫＵ", Forget("ＭＩＫＵ")),
        ("/forget", Misuse("forget")),
        ("/roster", Roster()),
        ("/roster love live", Roster("love live")),
        ("/language zh-Hans", Configure({"language": "zh-hans"})),
        ("/language AUTO", Configure({"language": None})),
        ("/language", Misuse("language")),
        ("/watch on", Configure({"watch": True})),
        ("/watch ＯＦＦ", Configure({"watch": False})),
        ("/watch", Misuse("watch")),
        ("/watch maybe", Misuse("watch")),
        ("/quiet on", Configure({"quiet": True})),
        ("/quiet", Misuse("quiet")),
        ("/threshold 70", Configure({"threshold": 0.7})),
        ("/threshold 70%", Configure({"threshold": 0.7})),
        ("/threshold 62,5 %", Configure({"threshold": 0.625})),
        ("/threshold 0.7", Configure({"threshold": 0.7})),
        ("/threshold 0", Configure({"threshold": 0.0})),
        ("/threshold 100", Configure({"threshold": 1.0})),
        ("/threshold Auto", Configure({"threshold": None})),
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
        ("/settings", ShowSettings()),
        ("/mydata", ShowMyData()),
        ("/privacy", ShowPrivacy()),
        ("/stats", ShowStats()),
        ("/history", ShowHistory()),
        ("/about", ShowAbout()),
        ("/help", Help()),
    ],
)
def test_what_people_type_becomes_a_request(message: str, request_: Request) -> None:
    parts = split(message)
    assert parts
    assert REGISTRY.parse(*parts, [PICTURE]) == request_


def test_what_may_be_typed_for_a_command() -> None:
    def words(text: str, tag: str, context: str | None = None) -> str | None:
        return {("stats", "de", "here"): "Statistik", ("who", "ja", "there"): "誰"}.get((text, tag, context or ""))

    english = {**{command.name: command.name for command in REGISTRY.commands}, "start": "help"}
    assert REGISTRY.typed_names(english_only, ["de"], ["here"]) == english
    typed = REGISTRY.typed_names(words, ["de", "ja"], ["here", "there"])
    assert typed == {**english, "statistik": "stats", "誰": "who"}


def test_every_command_of_the_table_means_something() -> None:
    examples = {Kind.SWITCH: "on", Kind.PERCENT: "50", Kind.LANGUAGE: "en"}
    for command in REGISTRY.commands:
        texts = [p for p in command.parameters if p.kind is not Kind.PICTURES and p.required]
        text = " ".join(examples.get(parameter.kind, "Miku") for parameter in texts)
        assert not isinstance(REGISTRY.parse(command.name, text, [PICTURE]), Misuse), command.name


def test_the_table_fits_the_strictest_platform() -> None:
    assert len(REGISTRY.commands) <= 100
    for command in REGISTRY.commands:
        assert re.fullmatch(r"[a-z]{1,32}", command.name)
        for text in (command.description, *(parameter.description for parameter in command.parameters)):
            assert 3 <= len(text) <= 100


def usage(name: str) -> str:
    command = REGISTRY.command(name)
    assert command
    return command.usage


def test_usage_is_what_to_type() -> None:
    assert usage("watch") == "/watch on|off"
    assert usage("teach") == "/teach <name> pictures"
    assert usage("optout") == "/optout [on|off]"
    assert usage("threshold") == "/threshold <percent>|auto"
    assert usage("roster") == "/roster [search]"
