"""Secrets are taken out of texts, and nothing else is."""

import pytest

from bot.redact import MASK, Redactor
from tests.support.tokens import DISCORD_TOKEN, TELEGRAM_TOKEN


@pytest.mark.parametrize(
    "text",
    [
        DISCORD_TOKEN,
        f"Authorization: Bot {DISCORD_TOKEN}",
        TELEGRAM_TOKEN,
        f"https://api.telegram.org/bot{TELEGRAM_TOKEN}/getMe",
        f"https://api.telegram.org/file/bot{TELEGRAM_TOKEN}/photos/1.jpg",
        f"https://api.telegram.org/bot{TELEGRAM_TOKEN.replace(':', '%3A')}/getMe",
    ],
)
def test_what_is_shaped_like_a_token_is_removed(text: str) -> None:
    clean = Redactor()(f"before {text} after")
    assert MASK in clean
    assert clean.startswith("before ")
    assert clean.endswith(" after")
    for part in (DISCORD_TOKEN[30:], TELEGRAM_TOKEN[15:]):
        assert part not in clean


def test_a_short_token_in_an_address_and_a_password_in_one_are_removed() -> None:
    assert Redactor()("http://127.0.0.1:1/bot42:TEST/getMe") == f"http://127.0.0.1:1/bot{MASK}/getMe"
    assert Redactor()("postgresql://me:secret@db/x") == f"postgresql://me:{MASK}@db/x"
    assert Redactor()("postgresql://me@db/x?password=secret&ssl=on") == f"postgresql://me@db/x?password={MASK}&ssl=on"
    token = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5"
    assert token not in Redactor()(f"https://discord.com/api/v10/webhooks/123/{token}/messages/@original")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T17:11:52 listening on http://127.0.0.1:8080/ for 12:34:56",
        "three-characters-int8.tflite 0123456789abcdef",
        "https://cdn.discordapp.com/attachments/1147123456789012345/1147123456789012346/maki.png",
        "chat telegram:-1001234567890 message 17",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redactor(["", "abc"])(text) == text


def test_the_longer_of_two_secrets_goes_whole() -> None:
    assert Redactor(["hunter", "hunter22"])("it is hunter22.") == f"it is {MASK}."
