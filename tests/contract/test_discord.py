"""Shows that what Discord does not allow is noticed: without that the fake would prove nothing."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.fakes.discord import Channel, fake_discord, limits, payloads, posts
from tests.support.fakes.discord.contract import Contract
from tests.support.fakes.discord.gateway import GUILD_MESSAGES, GUILDS, Gateway
from tests.support.fakes.discord.rest import CALLBACK, COMMANDS, FOLLOW_UP, MESSAGES, ORIGINAL
from tests.support.fakes.discord.world import Guild, Person, Upload

BOT = Person("whobot", bot=True)
ALICE = Person("alice")
GUILD = Guild()
WHO = {"name": "who", "type": 1, "description": "Who is this?", "options": []}


@pytest.fixture(scope="module")
def contract(shared: Path) -> Contract:
    """Skips where ../shared is missing: then nothing is held against Discord's descriptions."""
    return Contract(shared / "specs")


def message(**changes: Any) -> dict[str, Any]:
    return posts.message(ALICE, "5", attachments=[posts.attachment(Upload(b"x"), "http://127.0.0.1")]) | changes


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"content": "hi"}, None),
        ({"content": None, "attachments": [{"id": 0, "filename": "a.png", "description": "A girl"}]}, None),
        ({"content": "hi", "message_reference": {"message_id": 5, "channel_id": 6, "fail_if_not_exists": False}}, None),
        ({"content": 5}, "5 is not of type"),
        ({"content": "hi", "colour": "red"}, "'colour' was unexpected"),
        ({"content": "hi", "message_reference": {"channel_id": 6}}, "message_id"),
        ({"content": "hi", "allowed_mentions": {"parse": ["all"]}}, "all"),
        ({"content": "hi", "allowed_mentions": {"parsed": []}}, "parsed"),
        ({"content": "", "attachments": [{"id": 0, "description": "A" * 1025}]}, "too long"),
    ],
)
def test_requests(contract: Contract, body: dict[str, Any], found: str | None) -> None:
    problems = contract.request("POST", MESSAGES, body)
    assert problems == [] if found is None else any(found in problem for problem in problems)


def test_requests_that_do_not_exist(contract: Contract) -> None:
    assert contract.request("POST", "/channels/{channel_id}/faces", {}) != []
    assert contract.request("DELETE", ORIGINAL, {"content": "no body here"}) != []


def test_commands(contract: Contract) -> None:
    assert contract.request("PUT", COMMANDS, [WHO]) == []
    assert contract.request("PUT", COMMANDS, [{**WHO, "options": [{"type": 11, "name": "picture"}]}]) != []
    assert contract.request("PUT", COMMANDS, [{**WHO, "colour": "red"}]) != []


def test_responses(contract: Contract) -> None:
    assert contract.response("POST", MESSAGES, 200, message()) == []
    assert contract.response("POST", MESSAGES, 200, message(colour="red")) != []
    assert contract.response("POST", MESSAGES, 403, {"code": 50013, "message": "Missing Permissions"}) == []
    assert contract.response("POST", MESSAGES, 403, {"message": "Missing Permissions"}) != []
    assert contract.response("POST", MESSAGES, 429, {"code": 0, "message": "Slower"}) != []
    assert contract.response("POST", MESSAGES, 204, None) != []
    without_author = message()
    del without_author["author"]
    assert contract.response("POST", MESSAGES, 200, without_author) != []


def test_events(contract: Contract) -> None:
    ready = payloads.ready(BOT, [GUILD], "session", "ws://127.0.0.1")
    assert contract.event("READY", ready) == []
    assert contract.event("READY", {**ready, "session_id": 5}) != []
    guild = payloads.guild_create(GUILD, [Channel("general")], BOT)
    assert contract.event("GUILD_CREATE", guild) == []
    assert contract.event("GUILD_CREATE", {**guild, "roles": [{}]}) != []
    assert contract.event("MESSAGE_CREATE", {**message(), "guild_id": GUILD.id}) == []
    assert contract.event("MESSAGE_CREATE", message(colour="red")) != []
    assert contract.event("MESSAGE_CREATE", message(attachments=[{"id": "1"}])) != []
    data = {"id": "1", "name": "help", "type": 1}
    interaction = payloads.interaction(data, ALICE, Channel("general"), GUILD, BOT)
    assert contract.event("INTERACTION_CREATE", interaction) == []
    assert contract.event("INTERACTION_CREATE", {**interaction, "token": None}) != []
    assert contract.event("INTERACTION_CREATE", {**interaction, "data": {"id": "1", "type": 1}}) != []


async def test_what_is_not_allowed_fails_the_test(contract: Contract) -> None:
    async def break_the_rules() -> None:
        async with fake_discord() as fake:
            await fake.gateway.dispatch("MESSAGE_CREATE", message(content=None))

    with pytest.raises(AssertionError, match="not as Discord describes it"):
        await break_the_rules()


@pytest.mark.parametrize(
    ("payload", "files", "found"),
    [
        ({"content": "a" * 2000}, [], 0),
        ({"content": "a" * 2001}, [], 1),
        ({"components": [{"type": 1}] * 6}, [], 1),
        ({"attachments": [{"id": 0}]}, ["files[0]"], 0),
        ({"attachments": [{"id": 1}]}, ["files[0]"], 1),
        ({"attachments": []}, ["files[0]"], 1),
        ({"attachments": [{"id": 0, "description": "a" * 1025}]}, ["files[0]"], 1),
        ({"attachments": [{"id": n} for n in range(11)]}, [f"files[{n}]" for n in range(11)], 1),
    ],
)
def test_limits_of_messages(payload: dict[str, Any], files: list[str], found: int) -> None:
    assert len(limits.message_problems(payload, files)) == found


def row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


def button(custom_id: str) -> dict[str, Any]:
    return {"type": 2, "style": 2, "label": "Wrong?", "custom_id": custom_id}


def menu(custom_id: str, *values: str, default: bool = False) -> dict[str, Any]:
    options = [{"label": value, "value": value, "default": default} for value in values]
    return {"type": 3, "custom_id": custom_id, "min_values": 1, "max_values": 1, "options": options}


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([row(button("a"), button("b")), row(menu("c", "x", "y"))], 0),
        ([row(button("a")), row(button("a"))], 1),
        ([row(menu("a", "x"), menu("b", "y"))], 1),
        ([row(menu("a", "x"), button("b"))], 1),
        ([row(menu("a", "x", "x"))], 1),
        ([row(menu("a", "x", "y", default=True))], 1),
    ],
)
def test_limits_of_components(rows: list[dict[str, Any]], found: int) -> None:
    assert len(limits.message_problems({"components": rows}, [])) == found


def test_components(contract: Contract) -> None:
    rows = [row(button("a")), row(menu("b", "x"))]
    assert contract.request("POST", FOLLOW_UP, {"content": "hi", "flags": 64, "components": rows}) == []
    assert contract.request("POST", MESSAGES, {"components": rows}) == []
    assert contract.request("POST", MESSAGES, {"components": [row(button("a" * 101))]}) != []
    assert contract.request("POST", MESSAGES, {"components": [row(menu("a", *map(str, range(26))))]}) != []
    assert contract.response("POST", MESSAGES, 200, message(components=posts.components(rows))) == []
    assert contract.response("POST", MESSAGES, 200, message(components=rows)) != []


def test_dialogues(contract: Contract) -> None:
    field = {"type": 4, "style": 1, "custom_id": "b"}
    dialogue = {"custom_id": "a", "title": "Who?", "components": [{"type": 18, "label": "A name", "component": field}]}
    assert contract.request("POST", CALLBACK, {"type": 9, "data": dialogue}) == []
    assert contract.request("POST", CALLBACK, {"type": 9, "data": {**dialogue, "title": "a" * 46}}) != []
    assert contract.request("POST", CALLBACK, {"type": 9, "data": {**dialogue, "components": []}}) != []


def test_presses_and_dialogues_as_events(contract: Contract) -> None:
    where = Channel("general")
    pressed = {"custom_id": "a", "component_type": 2}
    field = {"type": 4, "custom_id": "b", "value": "Nico"}
    written = {"custom_id": "a", "components": [{"type": 18, "component": field}]}
    for kind, data in ((3, pressed), (5, written)):
        event = payloads.interaction(data, ALICE, where, GUILD, BOT, kind=kind, message=message())
        assert contract.event("INTERACTION_CREATE", event) == []
        assert contract.event("INTERACTION_CREATE", {**event, "data": {}}) != []


PICTURE = {"type": 11, "name": "picture", "description": "A picture", "required": True}


@pytest.mark.parametrize(
    ("command", "found"),
    [
        (WHO, 0),
        ({**WHO, "name": "Who"}, 1),
        ({**WHO, "name": "who is"}, 1),
        ({**WHO, "name": "だれ"}, 0),
        ({**WHO, "description": ""}, 1),
        ({**WHO, "description": "a" * 101}, 1),
        ({**WHO, "options": [PICTURE]}, 0),
        ({**WHO, "options": [{**PICTURE, "description": ""}]}, 1),
        ({**WHO, "options": [{**PICTURE, "required": False}, {**PICTURE, "name": "b"}]}, 1),
        ({**WHO, "options": [{**PICTURE, "name": f"p{n}"} for n in range(26)]}, 1),
        ({"type": 3, "name": "Who is this?"}, 0),
        ({"type": 3, "name": "Who is this?", "description": "Not here"}, 1),
        ({"type": 3, "name": "a" * 33}, 1),
    ],
)
def test_limits_of_commands(command: dict[str, Any], found: int) -> None:
    assert len(limits.commands_problems([command])) == found


def test_limits_of_commands_together() -> None:
    assert limits.commands_problems([WHO, WHO]) != []
    assert limits.commands_problems([WHO, {"type": 3, "name": "who"}]) == []


async def test_without_the_intent_the_content_of_others_messages_is_hidden() -> None:
    seen = []
    gateway = Gateway("token", BOT.id, lambda *_: None)
    gateway.intents = GUILDS | GUILD_MESSAGES
    for mentions in ([], [payloads.user(BOT)]):
        await gateway.dispatch("MESSAGE_CREATE", message(guild_id=GUILD.id, mentions=mentions))
        seen.append(gateway.sent[-1][1]["attachments"] != [])
    assert seen == [False, True]
