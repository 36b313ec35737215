"""What a chat can set, as people read it."""

from bot.chat.chat_settings import told
from bot.chat.context import Context
from bot.chat.model import Chat, Help
from bot.chat.words import translations_for
from bot.storage.values import ChatSettings
from tests.support.service_harness import WITH_BUTTONS, incoming

GROUP = Chat("telegram", "-1")


def overview(settings: ChatSettings, chat: Chat = GROUP) -> str:
    asked = incoming(Help(), chat=chat, capabilities=WITH_BUTTONS)
    return "\n".join(told(Context(asked, settings, translations_for("en"))))


def test_settings_say_what_holds_now() -> None:
    assert "when I am asked" in overview(ChatSettings())
    assert "every picture that is posted" in overview(ChatSettings(watch=True))
    assert "sure enough" in overview(ChatSettings())
    assert "from 62.5 % on" in overview(ChatSettings(threshold=0.625))
    assert "from 0 % on" in overview(ChatSettings(threshold=0.0))


def test_settings_of_a_private_chat_speak_of_no_others() -> None:
    text = overview(ChatSettings(watch=True, adults_only=True), Chat("telegram", "1", private=True))
    for words in ("posted here", "Everybody may", "age-restricted"):
        assert words in overview(ChatSettings(watch=True, adults_only=True))
        assert words not in text
