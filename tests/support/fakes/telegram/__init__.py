"""A Telegram on a loopback port, spoken to by the real python-telegram-bot over real sockets.

    async with fake_telegram() as telegram:
        adapter = TelegramAdapter(telegram.settings(), handler)
        running = asyncio.create_task(adapter.run())
        await telegram.connected()
        await telegram.post_picture(png)                                # in a private chat with the bot
        await telegram.post_picture(png, chat=telegram.group, caption="/who", spoiler=True)
        await telegram.post_picture(png, kind="document")               # or one of `KINDS`
        await telegram.post_album([png, png], chat=telegram.group, caption="@whobot_bot")
        photo = await telegram.post_picture(png, chat=telegram.group)   # a picture without a question
        await telegram.post("/who", chat=telegram.group, reply_to=photo, author=telegram.boss)
        answer = await telegram.answer()    # waits; Answer(chat, text, images, reply_to, thread, ...)
        answer.images[0].data               # what the bot has sent, with .filename, .kind, .spoiler
        answer.keyboard                     # [["Wrong?", "Delete"]]
        await telegram.press(answer.message, "Wrong?", author=telegram.boss)
        await telegram.edit()               # or notice(), deletion(), answer(): what the bot does then
        await telegram.edit_message(photo, caption="/who")
        await telegram.react(answer.message, "👎")
        await telegram.change_place(telegram.group, "member", "kicked")
        await adapter.stop()
        await running

An application that makes its own adapter is led here by `telegram.settings()`, or by its parts, ``telegram.token`` and
``telegram.address`` (for ``[telegram] api``); ``settings(webhook_port=...)`` has it wait for calls instead of polling.

Like Telegram it knows privacy mode (``telegram.world.sees_everything = False``), topics, members and administrators,
chats that the bot was thrown out of (``telegram.world.closed[chat.id] = "Forbidden: bot was kicked ..."``), files of
more than 20 MB, the conflict of two programs that poll, and the limits of photos.
``telegram.trouble(method, Refusal(429, "Too Many Requests: retry after 1", retry_after=1))`` has the next call of a
method refused.

Every request of the bot and every answer and update of the fake is held against Telegram's own description of the Bot
API (`contract.py`; where ../shared/specs is missing only the limits of `limits.py` are): what it does not allow fails
the test when the fake is left; so does a press that the bot has not answered.
"""

from tests.support.fakes.telegram import limits
from tests.support.fakes.telegram.payloads import Answer, Chat, Edit, Notice, Person, SentImage
from tests.support.fakes.telegram.people import KINDS, SECRET
from tests.support.fakes.telegram.server import BREAKS_OFF, TOKEN, FakeTelegram, fake_telegram
from tests.support.fakes.telegram.world import Refusal

__all__ = [
    "BREAKS_OFF",
    "KINDS",
    "SECRET",
    "TOKEN",
    "Answer",
    "Chat",
    "Edit",
    "FakeTelegram",
    "Notice",
    "Person",
    "Refusal",
    "SentImage",
    "fake_telegram",
    "limits",
]
