"""Everybody is answered in their language, from the first word to the last, unless the chat has one of its own."""

import pytest

from bot.chat.features.settings import Configure
from bot.chat.model import Help, Misuse
from bot.chat.service import Service
from bot.chat.words import translations_for
from tests.support.service_harness import CHAT, MANAGER, FakeBackend, Source, asking, incoming

LOOKED_FOR = "I found no anime face here. I see them best when they are large, upright and look towards you."


@pytest.mark.parametrize(
    ("locale", "word"),
    [
        ("ja", "アニメの顔"),
        ("de-AT", "Anime-Gesicht"),
        ("es-419", "cara de anime"),
        ("id", "wajah anime"),
        ("zh-CN", "动漫人脸"),
        ("tlh", "anime face"),
        (None, "anime face"),
    ],
)
async def test_an_answer_is_in_the_readers_language(
    service: Service, source: Source, locale: str | None, word: str
) -> None:
    reply = await service.handle(asking(source.picture("landscape"), locale=locale))
    assert word in reply.text
    assert reply.text == translations_for(locale).gettext(LOOKED_FOR)


@pytest.mark.parametrize(
    ("locale", "word"), [("de", "unbekannt"), ("ja", "不明"), ("zh-CN", "未知"), ("tlh", "unknown"), (None, "unknown")]
)
async def test_the_word_in_the_picture_is_in_the_readers_language(
    service: Service, backend: FakeBackend, source: Source, locale: str | None, word: str
) -> None:
    await service.handle(asking(source.picture("stranger"), locale=locale))
    assert [options.unknown for options in backend.calls] == [word]


async def test_the_chats_language_goes_before_the_readers(service: Service, source: Source) -> None:
    told = await service.handle(incoming(Configure({"language": "de"}), user=MANAGER, locale="ja"))
    assert "Ich spreche diese Sprache: Deutsch" in told.text
    assert "Anime-Gesicht" in (await service.handle(asking(source.picture("landscape"), locale="ja"))).text
    told = await service.handle(incoming(Configure({"language": None}), user=MANAGER, locale="ja"))
    assert "一人ひとりの言語" in told.text
    assert "アニメの顔" in (await service.handle(asking(source.picture("landscape"), locale="ja"))).text


async def test_refusals_and_pages_are_in_the_readers_language(service: Service) -> None:
    refused = await service.handle(incoming(Configure({"watch": True}), locale="ja"))
    assert refused.text == "それができるのは、このチャットの管理者だけです。"
    misused = await service.handle(incoming(Misuse("watch"), locale="ja"))
    assert misused.text.startswith("ここに投稿される画像をすべて見る")
    assert misused.text.endswith(": /watch on|off")
    helped = await service.handle(incoming(Help(), chat=CHAT, locale="ja"))
    assert helped.text.startswith("アニメ画像に誰が写っているか")


@pytest.mark.parametrize(
    ("locale", "name"),
    [
        ("ja", "真姫 / Nishikino Maki"),
        ("zh-CN", "真姫 / Nishikino Maki"),
        ("de", "Nishikino Maki"),
        ("en", "Nishikino Maki"),
    ],
)
async def test_names_are_written_in_the_readers_script_where_they_are_known_in_it(
    service: Service, source: Source, locale: str, name: str
) -> None:
    text = (await service.handle(asking(source.picture(), locale=locale))).text
    assert text.startswith(f"1. {name}")
