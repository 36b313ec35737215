"""Getting answers to Discord. What Discord refuses is logged with an id, and never ends the connection."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import discord
import structlog

from bot.adapters.discord import render
from bot.adapters.discord.translate import may_refer
from bot.domain import Progress, Reply, Stage

log = structlog.get_logger(__name__)

TYPING_LASTS = 8.0
"""Seconds after which the typing indicator is shown anew; Discord takes it away after ten."""

PATIENCE = 120.0
"""Seconds that getting an answer to Discord may take, with all attempts and waits for its rate limits."""

TOO_LARGE = 40005
GONE = frozenset({10003, 10008, 10015, 10062})
"""Unknown channel, message, webhook (an interaction's token after 15 minutes), interaction: nobody waits any more."""

TROUBLE = (discord.DiscordException, aiohttp.ClientError, OSError)


def incident() -> str:
    """Make an id under which a line of the log can be found."""
    return uuid.uuid4().hex[:8]


@asynccontextmanager
async def typing(channel: discord.abc.Messageable) -> AsyncIterator[Callable[[Progress], Awaitable[None]]]:
    """Yield a listener that shows "whobot is typing" from the moment on that an answer is certain to follow."""
    indicator: asyncio.Task[None] | None = None

    async def listen(progress: Progress) -> None:
        nonlocal indicator
        if progress.stage is Stage.ACCEPTED and indicator is None:
            indicator = asyncio.create_task(_keep_typing(channel))

    try:
        yield listen
    finally:
        if indicator is not None:
            indicator.cancel()
            # Whatever became of it: an answer does not depend on it.
            await asyncio.gather(indicator, return_exceptions=True)


async def post(message: discord.Message, reply: Reply) -> None:
    """Answer a message with a reply to it."""
    if reply.silent:
        return
    spoiler = render.is_spoiler(reply)

    async def send(part: Reply) -> None:
        # A reply to a message that is gone would be refused, if one insisted that it exists.
        reference = message.to_reference(fail_if_not_exists=False) if may_refer(message) else None
        await message.channel.send(
            render.content(part.text, spoiler=spoiler),
            files=render.files(part.images),
            reference=reference,  # type: ignore[arg-type] # None is its default
            suppress_embeds=True,
        )

    await _deliver(send, reply, to="message", source=message.id)


async def think(interaction: discord.Interaction, *, ephemeral: bool) -> bool:
    """Show that whobot is thinking. False where the one who asked will see no answer anyway."""
    try:
        async with asyncio.timeout(PATIENCE):
            await interaction.response.defer(thinking=True, ephemeral=ephemeral)
    except TROUBLE as error:
        _log_refusal(error, to="interaction", source=interaction.id)
        return False
    return True


async def respond(interaction: discord.Interaction, reply: Reply) -> None:
    """Put the answer to a command where whobot was thinking."""
    spoiler = render.is_spoiler(reply)

    async def send(part: Reply) -> None:
        if part.silent:
            await interaction.delete_original_response()
        else:
            await interaction.edit_original_response(
                content=render.content(part.text, spoiler=spoiler), attachments=render.files(part.images)
            )

    await _deliver(send, reply, to="interaction", source=interaction.id)


async def _deliver(send: Callable[[Reply], Awaitable[None]], reply: Reply, *, to: str, source: int) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            try:
                await send(reply)
            except discord.HTTPException as error:
                if not reply.images or not (error.code == TOO_LARGE or error.status == 413):
                    raise
                _log_refusal(error, to=to, source=source)
                await send(render.in_words(reply))
    except TROUBLE as error:
        _log_refusal(error, to=to, source=source)


def _log_refusal(error: Exception, *, to: str, source: int) -> None:
    """Log what Discord said, but for the address: an interaction's holds its token."""
    facts = {"to": to, "source": source, "id": incident(), "error": type(error).__name__}
    if isinstance(error, discord.HTTPException):
        facts |= {"status": error.status, "code": error.code, "text": error.text}
        if error.code in GONE:
            log.info("discord.answer_not_wanted", **facts)
            return
    log.warning("discord.answer_refused", **facts)


async def _keep_typing(channel: discord.abc.Messageable) -> None:
    while True:
        await channel.typing()
        await asyncio.sleep(TYPING_LASTS)
