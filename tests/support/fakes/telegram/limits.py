"""Limits that Telegram's documentation states in prose, and its machine-readable description does not."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

CAPTION = 1024
TEXT = 4096
CALLBACK_DATA = 64
PLACEHOLDER = 64
BUTTONS = 100
BUTTONS_IN_A_ROW = 8
DELETED_AT_ONCE = 100
ANSWER_TEXTS = {"text": 200, "short_description": 120, "description": 512}
"""The text of an answer to a press, and how a bot may describe itself."""
ALBUM = range(2, 11)
PHOTO_BYTES = 10_000_000
FILE_BYTES = 50_000_000
PHOTO_SIDES = 10_000
PHOTO_RATIO = 20
COMMANDS = 100
ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


def units(text: str) -> int:
    """Return the length in UTF-16 code units, the largest that Telegram could mean by "characters"."""
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)


def problems(method: str, form: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with a call."""
    if "text" in form and not 1 <= units(form["text"]) <= TEXT:
        yield f"{method}: the text has {units(form['text'])} characters"
    if units(form.get("caption", "")) > CAPTION:
        yield f"{method}: the caption has {units(form['caption'])} characters"
    if form.get("action", "typing") not in ACTIONS:
        yield f"{method}: there is no action {form['action']}"
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", form.get("secret_token", "secret")):
        yield f"{method}: the secret may hold A-Z, a-z, 0-9, _ and - only"
    if "parse_mode" in form:
        yield f"{method}: a parse mode, though texts are plain"
    yield from _album_problems(method, json.loads(form["media"]) if method == "sendMediaGroup" else None)
    yield from _command_problems(json.loads(form.get("commands", "[]")))
    yield from _markup_problems(method, json.loads(form.get("reply_markup", "{}")))
    if not 1 <= len(json.loads(form.get("message_ids", "[0]"))) <= DELETED_AT_ONCE:
        yield f"{method}: between 1 and {DELETED_AT_ONCE} messages"
    for name, limit in ANSWER_TEXTS.items():
        if len(form.get(name, "")) > limit and (name != "text" or method == "answerCallbackQuery"):
            yield f"{method}: {name} of {len(form[name])} characters"


def _markup_problems(method: str, markup: Mapping[str, Any]) -> Iterator[str]:
    if not 1 <= len(markup.get("input_field_placeholder", "-")) <= PLACEHOLDER:
        yield f"{method}: a placeholder of {len(markup['input_field_placeholder'])} characters"
    rows = markup.get("inline_keyboard", [])
    if sum(map(len, rows)) > BUTTONS or any(not 1 <= len(row) <= BUTTONS_IN_A_ROW for row in rows):
        yield f"{method}: too many buttons, or an empty row"
    for button in (button for row in rows for button in row):
        if not button["text"] or len(button) < 2:
            yield f"{method}: a button without a label, or that does nothing"
        if not 1 <= len(button.get("callback_data", "-").encode()) <= CALLBACK_DATA:
            yield f"{method}: callback data of {len(button['callback_data'].encode())} bytes"


def _album_problems(method: str, media: list[Mapping[str, Any]] | None) -> Iterator[str]:
    if media is None:
        return
    if len(media) not in ALBUM:
        yield f"{method}: an album of {len(media)}"
    if any(units(item.get("caption", "")) > CAPTION for item in media):
        yield f"{method}: a caption of an album is too long"
    kinds = {item["type"] for item in media}
    if len(kinds) > 1 and kinds & {"document", "audio"}:
        yield f"{method}: documents and audio files go with their like only"


def _command_problems(commands: list[Mapping[str, str]]) -> Iterator[str]:
    if len(commands) > COMMANDS:
        yield "setMyCommands: more than 100 commands"
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            yield f"setMyCommands: {command['command']} is no name of a command"
        if not 1 <= len(command["description"]) <= 256:
            yield f"setMyCommands: the description of {command['command']} has {len(command['description'])} characters"
