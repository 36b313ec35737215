"""The fake's own conscience: it must notice what Telegram would not allow."""

import json

import aiohttp
import pytest

from tests.support.fakes.telegram import fake_telegram, limits
from tests.support.fakes.telegram.contract import Contract

BUTTON = {"text": "x", "callback_data": "x"}


def keyboard(*rows: list[dict[str, str]]) -> str:
    return json.dumps({"inline_keyboard": rows})


@pytest.fixture
def contract() -> Contract:
    found = Contract.find()
    if found is None:
        pytest.skip("Telegram's description (../shared/specs) is not beside this checkout: nothing is held against it")
    return found


@pytest.mark.parametrize(
    ("method", "form", "files", "problem"),
    [
        ("sendSomething", {}, [], "no method sendSomething"),
        ("sendMessage", {"chat_id": "1", "text": "x", "colour": "red"}, [], "no parameter colour"),
        ("sendMessage", {"chat_id": "1"}, [], "text is missing"),
        ("sendMessage", {"chat_id": "1", "text": "x", "message_thread_id": "one"}, [], "is no Integer"),
        ("sendMessage", {"chat_id": "1", "text": "x", "protect_content": "True"}, [], "is no Boolean"),
        ("sendMessage", {"chat_id": "1", "text": "x", "reply_parameters": '{"message": 1}'}, [], "no field message"),
        ("sendMessage", {"chat_id": "1", "text": "x", "reply_parameters": "{}"}, [], "needs message_id"),
        ("sendPhoto", {"chat_id": "1"}, [], "photo is missing"),
        ("sendPhoto", {"chat_id": "1", "photo": "attach://a"}, [], "the file a is not attached"),
        ("sendPhoto", {"chat_id": "1"}, ["photo", "stray"], "nothing needs the file stray"),
        ("sendMediaGroup", {"chat_id": "1", "media": '[{"type": "photo"}]'}, [], "needs media"),
        ("sendMediaGroup", {"chat_id": "1", "media": '[{"type": "gif", "media": "x"}]'}, [], "'gif' is not"),
        ("setMyCommands", {"commands": '[{"command": "who"}]'}, [], "needs description"),
    ],
)
def test_calls_that_telegram_does_not_know(
    contract: Contract, method: str, form: dict[str, str], files: list[str], problem: str
) -> None:
    problems = contract.request(method, form, files)

    assert any(problem in found for found in problems), problems


def test_calls_that_it_knows(contract: Contract) -> None:
    assert not contract.request("sendMessage", {"chat_id": "@name", "text": "123"}, [])
    assert not contract.request("sendPhoto", {"chat_id": "-1", "has_spoiler": "true"}, ["photo"])


def test_answers_and_updates(contract: Contract) -> None:
    assert contract.response("getMe", {"id": 1, "first_name": "x"}) == ["result of getMe: User needs is_bot"]
    assert contract.response("sendChatAction", 1) == ["result of sendChatAction: 1 is no Boolean"]
    message = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}
    assert not contract.value("Update", {"update_id": 1, "message": message})
    assert contract.value("Update", {"update_id": 1, "message": message | {"photo": [{}]}})


def test_limits_that_are_kept() -> None:
    assert not list(limits.problems("sendMessage", {"text": "x", "reply_markup": keyboard([BUTTON] * 8)}))
    assert not list(limits.problems("answerCallbackQuery", {"text": "x" * 200}))


@pytest.mark.parametrize(
    ("method", "form"),
    [
        ("sendMessage", {"text": ""}),
        ("sendMessage", {"text": "🙂" * 2049}),
        ("sendMessage", {"text": "x", "parse_mode": "HTML"}),
        ("sendPhoto", {"caption": "x" * 1025}),
        ("sendMediaGroup", {"media": json.dumps([{"type": "photo"}])}),
        ("sendMediaGroup", {"media": json.dumps([{"type": "photo"}] * 11)}),
        ("sendMediaGroup", {"media": json.dumps([{"type": "photo"}, {"type": "document"}])}),
        ("sendMediaGroup", {"media": json.dumps([{"type": "photo", "caption": "x" * 1025}, {"type": "photo"}])}),
        ("sendChatAction", {"action": "dancing"}),
        ("setWebhook", {"secret_token": "with space"}),
        ("setMyCommands", {"commands": '[{"command": "Who", "description": "x"}]'}),
        ("setMyCommands", {"commands": '[{"command": "who", "description": ""}]'}),
        ("sendMessage", {"reply_markup": keyboard([{"text": "x", "callback_data": "x" * 65}])}),
        ("sendMessage", {"reply_markup": keyboard([{"text": "x", "callback_data": ""}])}),
        ("sendMessage", {"reply_markup": keyboard([{"text": "", "callback_data": "x"}])}),
        ("sendMessage", {"reply_markup": keyboard([{"text": "does nothing"}])}),
        ("sendMessage", {"reply_markup": keyboard([])}),
        ("sendMessage", {"reply_markup": keyboard([BUTTON] * 9)}),
        ("sendMessage", {"reply_markup": keyboard(*[[BUTTON] * 5] * 21)}),
        ("sendMessage", {"reply_markup": json.dumps({"input_field_placeholder": "x" * 65})}),
        ("answerCallbackQuery", {"text": "x" * 201}),
        ("deleteMessages", {"message_ids": "[]"}),
        ("deleteMessages", {"message_ids": json.dumps([1] * 101)}),
        ("setMyShortDescription", {"short_description": "x" * 121}),
        ("setMyDescription", {"description": "x" * 513}),
    ],
)
def test_limits_that_stand_in_prose(method: str, form: dict[str, str]) -> None:
    assert list(limits.problems(method, form))


async def test_a_violation_fails_the_test() -> None:
    async def dance() -> None:
        async with fake_telegram() as telegram, aiohttp.ClientSession() as session:
            address = f"{telegram.address}/bot{telegram.token}/sendChatAction"
            form = {"chat_id": str(telegram.group.id), "action": "dancing"}
            async with session.post(address, data=form) as response:
                assert response.status == 400

    with pytest.raises(AssertionError, match="there is no action dancing"):
        await dance()


async def test_a_press_that_is_never_answered_fails_the_test() -> None:
    async def press() -> None:
        async with fake_telegram() as telegram:
            message = telegram.write(reply_markup={"inline_keyboard": [[BUTTON]]})
            await telegram.press(message, "x")

    with pytest.raises(AssertionError, match="was never answered"):
        await press()
