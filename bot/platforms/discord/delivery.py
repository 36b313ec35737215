"""Getting answers to Discord. What Discord refuses is logged with an id, and never ends the connection."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeAlias, TypeVar

import aiohttp
import discord
import structlog

from bot.chat.model import Placement, Progress, Reply, Stage
from bot.platforms.discord import components, render
from bot.platforms.discord.places import may_refer, replied_to

log = structlog.get_logger(__name__)

T = TypeVar("T")
Send: TypeAlias = Callable[[Reply], Awaitable[discord.Message]]

TYPING_LASTS = 8.0
"""Seconds after which the typing indicator is shown anew; Discord takes it away after ten."""

TIMEOUT = 120.0
"""Seconds that getting an answer to Discord may take, with all attempts and waits for its rate limits."""

TOO_LARGE = 40005
GONE = frozenset({10003, 10008, 10015, 10062, 50027})
"""Unknown channel, message, webhook (an interaction's token after 15 minutes), interaction, token: nobody waits."""

DISCORD_ERRORS = (discord.DiscordException, aiohttp.ClientError, OSError)


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


async def post(message: discord.Message, reply: Reply) -> discord.Message | None:
    """Answer a message with a reply to it, and return what was posted."""
    if reply.silent:
        return None
    spoiler = render.is_spoiler(reply)

    async def send(part: Reply) -> discord.Message:
        # A reply to a message that is gone would be refused, if one insisted that it exists.
        reference = message.to_reference(fail_if_not_exists=False) if may_refer(message) else None
        return await message.channel.send(
            render.content(part.text, spoiler=spoiler, times=part.times),
            files=render.files(part.images),
            view=components.view(part),  # type: ignore[arg-type] # None is its default
            reference=reference,  # type: ignore[arg-type] # so it is here
            suppress_embeds=True,
        )

    return await _deliver(send, reply, to="message", source=message.id)


async def think(interaction: discord.Interaction, *, ephemeral: bool) -> bool:
    """Show that whobot is thinking. False where the one who asked will see no answer anyway."""
    return await _tried(interaction, partial(interaction.response.defer, thinking=True, ephemeral=ephemeral))


async def acknowledge(interaction: discord.Interaction) -> bool:
    """Tell Discord that a press has arrived. False where it does not matter any more."""
    return await _tried(interaction, interaction.response.defer)


async def ask_for_words(interaction: discord.Interaction, dialogue: discord.ui.Modal) -> bool:
    """Show a dialogue."""
    return await _tried(interaction, partial(interaction.response.send_modal, dialogue))


async def stop_thinking(interaction: discord.Interaction) -> bool:
    """Take back that whobot is thinking; False where that did not work."""
    return await _tried(interaction, interaction.delete_original_response)


async def respond(interaction: discord.Interaction, reply: Reply, *, ephemeral: bool) -> discord.Message | None:
    """Put the answer to a command where whobot was thinking, and return it.

    Where everybody sees whobot think (it was not `ephemeral`) and nobody else may see the answer, it comes anew.
    """
    private = reply.private or reply.placement is Placement.NOTICE
    elsewhere = private and not ephemeral
    # What follows while whobot is thinking would be seen by all who see it think.
    if (reply.silent or elsewhere) and (not await stop_thinking(interaction) or reply.silent):
        return None
    spoiler = render.is_spoiler(reply)
    if elsewhere:
        send = _follow_up(interaction, spoiler=spoiler, ephemeral=True)
    else:
        send = _edit(interaction, spoiler=spoiler)
    return await _deliver(send, reply, to="interaction", source=interaction.id)


async def react(interaction: discord.Interaction, reply: Reply) -> discord.Message | None:
    """Do what a press of a button has led to; return the message that was posted anew, if one was."""
    if reply.placement is Placement.DELETE:
        await _tried(interaction, interaction.delete_original_response)
        return None
    if reply.silent:
        return None
    hides = interaction.message is not None and any(one.is_spoiler() for one in interaction.message.attachments)
    if reply.placement is Placement.EDIT:
        send = _edit(interaction, spoiler=render.is_spoiler(reply) or (hides and not reply.images))
        await _deliver(send, reply, to="interaction", source=interaction.id)
        return None
    notice = reply.placement is Placement.NOTICE
    spoiler = render.is_spoiler(reply) or (hides and not notice)
    send = _follow_up(interaction, spoiler=spoiler, ephemeral=notice or reply.private)
    return await _deliver(send, reply, to="interaction", source=interaction.id)


async def asker(answer: discord.PartialMessage) -> int | None:
    """Ask Discord who it was that asked for an answer: that holds after a restart, too."""
    try:
        async with asyncio.timeout(TIMEOUT):
            message = await answer.fetch()
    except DISCORD_ERRORS as error:
        _log_refusal(error, to="answer", source=answer.id)
        return None
    return asker_of(message)


def asker_of(answer: discord.Message) -> int | None:
    """Read off an answer who asked for it, as far as Discord shows that."""
    if answer.interaction_metadata is not None:
        return answer.interaction_metadata.user.id
    question = replied_to(answer)
    return question.author.id if question else None


async def take_away(answer: discord.PartialMessage) -> None:
    """Delete an answer."""
    try:
        async with asyncio.timeout(TIMEOUT):
            await answer.delete()
    except DISCORD_ERRORS as error:
        _log_refusal(error, to="answer", source=answer.id)


def _edit(interaction: discord.Interaction, *, spoiler: bool) -> Send:
    async def send(part: Reply) -> discord.Message:
        return await interaction.edit_original_response(
            content=render.content(part.text, spoiler=spoiler, times=part.times),
            attachments=render.files(part.images) if part.images else discord.utils.MISSING,
            view=components.view(part),
        )

    return send


def _follow_up(interaction: discord.Interaction, *, spoiler: bool, ephemeral: bool) -> Send:
    async def send(part: Reply) -> discord.Message:
        return await interaction.followup.send(
            render.content(part.text, spoiler=spoiler, times=part.times) or discord.utils.MISSING,
            files=render.files(part.images),
            view=components.view(part) or discord.utils.MISSING,
            ephemeral=ephemeral,
            suppress_embeds=True,
            wait=True,
        )

    return send


async def _tried(interaction: discord.Interaction, act: Callable[[], Awaitable[object]]) -> bool:
    try:
        async with asyncio.timeout(TIMEOUT):
            await act()
    except DISCORD_ERRORS as error:
        _log_refusal(error, to="interaction", source=interaction.id)
        return False
    return True


async def _deliver(send: Send, reply: Reply, *, to: str, source: int) -> discord.Message | None:
    try:
        async with asyncio.timeout(TIMEOUT):
            try:
                return await send(reply)
            except discord.HTTPException as error:
                if not reply.images or not (error.code == TOO_LARGE or error.status == 413):
                    raise
                _log_refusal(error, to=to, source=source)
                return await send(render.in_words(reply))
    except DISCORD_ERRORS as error:
        _log_refusal(error, to=to, source=source)
        return None


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
