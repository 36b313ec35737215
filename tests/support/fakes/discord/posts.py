"""Messages and what is in them, as Discord writes them."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.fakes.discord.payloads import TIME, Payload, user
from tests.support.fakes.discord.world import Person, Sticker, Upload, snowflake

FORWARDED = (
    "type", "content", "embeds", "attachments", "timestamp", "edited_timestamp", "flags", "mentions", "mention_roles",
    "components", "sticker_items",
)  # fmt: skip


def attachment(upload: Upload, media_url: str) -> Payload:
    attachment_id = snowflake()
    filename = f"SPOILER_{upload.filename}" if upload.spoiler else upload.filename
    url = f"{media_url}/attachments/{attachment_id}/{filename}?ex=1&is=2&hm=3"
    payload = {
        "id": attachment_id,
        "filename": filename,
        "size": len(upload.data),
        "url": url,
        "proxy_url": url,
        "flags": 0,
    }
    if upload.content_type:
        payload["content_type"] = upload.content_type
    return payload


def components(rows: Sequence[Payload]) -> list[Payload]:
    """Rows of buttons and menus as Discord writes them back: numbered, and `required` is a word for dialogues only."""
    numbers = itertools.count(1)

    def written(one: Payload) -> Payload:
        return {**{key: value for key, value in one.items() if key != "required"}, "id": next(numbers)}

    return [{**written(row), "components": [written(one) for one in row["components"]]} for row in rows]


def embed(url: str, copy: str, *, kind: str = "image", where: str = "thumbnail") -> Payload:
    """The preview of a link, with Discord's own `copy` of the picture; `where` it is shown."""
    picture = {"url": url, "proxy_url": copy, "width": 640, "height": 480, "flags": 0}
    return {"type": kind, "url": url, where: picture}


def sticker(one: Sticker) -> Payload:
    return {"id": one.id, "name": one.name, "format_type": one.format}


def message(
    author: Person,
    channel_id: str,
    *,
    content: str = "",
    attachments: Sequence[Payload] = (),
    stickers: Sequence[Sticker] = (),
    embeds: Sequence[Payload] = (),
    rows: Sequence[Payload] = (),
    flags: int = 0,
    metadata: Payload | None = None,
    mentions: Sequence[Person] = (),
    reply_to: Mapping[str, Any] | None = None,
    forwards: Mapping[str, Any] | None = None,
    webhook: bool = False,
    age: float = 0.0,
) -> Payload:
    payload: Payload = {
        "id": snowflake(age=age),
        "channel_id": channel_id,
        "author": user(author),
        "content": content,
        "timestamp": TIME,
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [user(one) for one in mentions],
        "mention_roles": [],
        "attachments": list(attachments),
        "embeds": list(embeds),
        "components": components(rows),
        "sticker_items": [sticker(one) for one in stickers],
        "pinned": False,
        "flags": flags,
        "type": 0,
    }
    if metadata is not None:
        payload["interaction_metadata"] = metadata
    if webhook:
        payload["webhook_id"] = author.id
    if reply_to is not None:
        payload["type"] = 19
        payload["message_reference"] = {"type": 0, "channel_id": channel_id, "message_id": reply_to["id"]}
        payload["referenced_message"] = {key: value for key, value in reply_to.items() if key != "referenced_message"}
    if forwards is not None:
        payload["message_reference"] = {"type": 1, "channel_id": forwards["channel_id"], "message_id": forwards["id"]}
        snapshot = {key: forwards[key] for key in FORWARDED}
        payload["message_snapshots"] = [{"message": {**snapshot, "stickers": []}}]
    return payload
