"""The token is in every address of the Bot API, and must show up nowhere else; nor must the webhook's secret."""

import logging
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import AdapterError
from bot.platforms.telegram.adapter import TelegramAdapter
from bot.platforms.telegram.client import PLACEHOLDER, Client, MaskedStr
from bot.platforms.telegram.platform import Telegram
from tests.bot.platforms.telegram.conftest import Recorder, Serve, free_port, png, until
from tests.support.fakes.telegram import BREAKS_OFF, SECRET, TOKEN, FakeTelegram, Refusal
from tests.support.service_harness import REGISTRY

SECRET_PART = TOKEN.partition(":")[2]


@pytest.fixture
def everything_written(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """All that is logged at the most talkative level, and what errors show with all their local variables."""
    caplog.set_level(logging.DEBUG)

    def text(*errors: BaseException) -> str:
        printed = capsys.readouterr()
        return "\n".join([caplog.text, printed.out, printed.err, *map(_shown, errors)])

    return text


def _shown(error: BaseException) -> str:
    """The traceback with local variables, but for those of the tests, which know the token."""
    trace = error.__traceback__
    while trace is not None and "tests" in Path(trace.tb_frame.f_code.co_filename).parts:
        trace = trace.tb_next
    report = traceback.TracebackException(type(error), error, trace, capture_locals=True)
    return "".join([*report.format(), repr(error), str(error)])


async def test_in_good_times(telegram: FakeTelegram, serve: Serve, everything_written: Callable[..., str]) -> None:
    async with serve() as adapter:
        await telegram.post_picture(png())
        answer = await telegram.answer()
        # httpx logs what it has sent when the response is back, which may be after the fake has shown the answer.
        written = ""

        def logged() -> bool:
            nonlocal written
            written += everything_written()
            return f"/bot{PLACEHOLDER}/send" in written

        await until(logged)

    written += everything_written()
    assert SECRET_PART not in written + repr(adapter) + answer.text


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_when_a_download_fails(
    telegram: FakeTelegram, recorder: Recorder, serve: Serve, everything_written: Callable[..., str], status: int
) -> None:
    async with serve():
        await telegram.post_picture(png(), status=status)
        answer = await telegram.answer()

    (error,) = recorder.errors
    assert SECRET_PART not in everything_written(error) + answer.text


async def test_when_the_server_hangs_up_in_the_middle_of_a_file(
    telegram: FakeTelegram, recorder: Recorder, serve: Serve, everything_written: Callable[..., str]
) -> None:
    async with serve():
        await telegram.post_picture(png(), status=BREAKS_OFF)
        await telegram.answer()

    (error,) = recorder.errors
    assert SECRET_PART not in everything_written(error)


async def test_when_the_token_is_refused(telegram: FakeTelegram, everything_written: Callable[..., str]) -> None:
    settings = telegram.settings(token="123456789:a-wrong-token")
    with pytest.raises(AdapterError) as caught:
        await TelegramAdapter(settings, Recorder(), REGISTRY).run()

    assert "a-wrong-token" not in everything_written(caught.value)


@pytest.mark.parametrize("token", [TOKEN, "no token at all", "line\nbreak", "ünïcode"])
async def test_when_the_server_cannot_be_reached(token: str, everything_written: Callable[..., str]) -> None:
    settings = Telegram(token=SecretStr(token), api=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(AdapterError) as caught:
        await TelegramAdapter(settings, Recorder(), REGISTRY).run()

    written = everything_written(caught.value)
    assert token not in written
    assert SECRET_PART not in written


async def test_when_the_server_fails(
    telegram: FakeTelegram, serve: Serve, everything_written: Callable[..., str]
) -> None:
    async with serve():
        telegram.fail_with("sendMessage", *[Refusal(500, "Internal Server Error")] * 3)
        telegram.fail_with("getUpdates", Refusal(500, "Internal Server Error"))
        await telegram.post("/help")
        await telegram.post("/help")
        await telegram.answer()

    written = everything_written()
    assert "Internal Server Error" in written
    assert SECRET_PART not in written


async def test_a_bug_shows_no_token_either(
    telegram: FakeTelegram, serve: Serve, everything_written: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[BaseException] = []

    async def broken(bot: Client, *_: object, **__: object) -> None:
        errors.append(error := ValueError(f"{bot!r} {bot.token} {bot.base_url} {bot.base_file_url}"))
        raise error

    monkeypatch.setattr("bot.platforms.telegram.questions.deliver", broken)
    async with serve():
        await telegram.post("/help")
        await until(lambda: errors)

    assert SECRET_PART not in everything_written(*errors)


async def test_the_webhooks_secret(
    telegram: FakeTelegram, serve: Serve, everything_written: Callable[..., str]
) -> None:
    async with serve(telegram.settings(webhook_port=free_port())):
        await telegram.post("/help")
        await telegram.answer()

    written = everything_written()
    assert "setWebhook" in written
    assert SECRET not in written
    assert SECRET_PART not in written


def test_a_masked_string_shows_itself_only_when_it_is_asked() -> None:
    masked = MaskedStr("sesame")

    assert repr({"secret": masked}) == "{'secret': '**********'}"
    assert masked == "sesame"
    assert f"{masked}" == "sesame"
