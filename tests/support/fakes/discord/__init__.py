"""A Discord on a loopback port, spoken to by the real discord.py over real sockets: HTTP, gateway websocket and media.

    async with fake_discord() as discord:
        adapter = DiscordAdapter(SecretStr(discord.token), handler)
        running = asyncio.create_task(adapter.run())
        await discord.connected()
        await discord.slash_who(png)                        # /who with a picture
        await discord.post_picture(png)                     # a picture posted in a channel
        await discord.post_picture(png, mention=True)       # ... with a mention of the bot
        await discord.post_picture(png, channel=discord.direct)             # in a private chat
        await discord.post("who?", mention=True, reply_to=message)          # a mention in reply to a message
        await discord.menu("Who is this?", message)
        await discord.slash("watch", {"state": "on"}, author=discord.boss)
        await discord.complete("teach", "name", "ni")       # what is suggested for a name that is typed
        answer = await discord.answer()                     # waits; Answer(content, files, reply_to, interaction, ...)
        press = await discord.press(answer, "Wrong?")       # a button, or an option of a menu
        await discord.write(press, "Nico")                  # into the dialogue that a press has opened
        await discord.edit(message, content="never mind")
        await discord.react(answer, "❌")
        await adapter.stop()
        await running

While it runs, `Route.BASE`, `DiscordWebSocket.DEFAULT_GATEWAY` and `DiscordAdapter.media_hosts` point to it, so that an
application which makes its own adapter speaks to it too; it only has to be given `discord.token`.

Like Discord it knows permissions, sessions that are resumed, intents (without "message content" the attachments of
messages that do not mention the bot are hidden) and registered commands: only what is registered can be called.
`discord.rest.trouble(...)` has the next calls of a route refused, `discord.gateway.drop()` cuts the connection.

Every request of the bot and every answer and event of the fake is held against Discord's own descriptions of its API
(`contract.py`; where ../shared/specs is missing only the limits of `limits.py` are): what they do not allow fails the
test when the fake is left.
"""

from tests.support.fakes.discord.api import Answer, Sent
from tests.support.fakes.discord.rest import Refusal
from tests.support.fakes.discord.server import FakeDiscord, fake_discord, led_to
from tests.support.fakes.discord.world import Channel, Person, Sticker, Upload

__all__ = [
    "Answer",
    "Channel",
    "FakeDiscord",
    "Person",
    "Refusal",
    "Sent",
    "Sticker",
    "Upload",
    "fake_discord",
    "led_to",
]
