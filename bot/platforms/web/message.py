"""What a thread holds, and how the page reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.chat.model import Button, Menu, Progress


class Author(StrEnum):
    """Who wrote a message."""

    YOU = "you"
    WHOBOT = "whobot"


class State(StrEnum):
    """`GONE` stays behind as a marker, so that a page that was away learns of it."""

    WORKING = "working"
    DONE = "done"
    GONE = "gone"


def media_url(number: int) -> str:
    """Where the page finds what has this number on the shelf."""
    return f"/api/media/{number}"


@dataclass(frozen=True, slots=True)
class MediaItem:
    """A picture or video in a message: its number in the picture store, its file's name, and a description.

    `kind` is the first half of its media type; what is neither "image" nor "video" cannot be shown.
    """

    number: int
    name: str
    kind: str
    alt: str = ""
    spoiler: bool = False

    def as_json(self) -> dict[str, Any]:
        """As the page reads it."""
        return {
            "url": media_url(self.number),
            "name": self.name,
            "kind": self.kind,
            "alt": self.alt,
            "spoiler": self.spoiler,
        }


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says, shows and offers."""

    text: str = ""
    pictures: tuple[MediaItem, ...] = ()
    spoiler: bool = False
    """Whether the text gives away what is hidden."""
    buttons: tuple[tuple[Button, ...], ...] = ()
    menus: tuple[Menu, ...] = ()
    thumbnails: Mapping[str, int] = field(default_factory=dict)
    """The numbers on the shelf of the pictures on buttons and options, by action."""
    times: tuple[tuple[str, datetime], ...] = ()
    """Times as they stand in the text, which the page shows by its reader's clock."""

    @property
    def shelved(self) -> tuple[int, ...]:
        """The numbers of all that it has on the shelf."""
        return (*(shown.number for shown in self.pictures), *self.thumbnails.values())

    def offers(self, action: str) -> bool:
        """Whether one of its buttons or options sends this action."""
        return any(button.action == action for row in self.buttons for button in row) or any(
            option.action == action for menu in self.menus for option in menu.options
        )

    def as_json(self) -> dict[str, Any]:
        """As the page reads it."""
        return {
            "text": self.text,
            **({"times": {written: at.timestamp() for written, at in self.times}} if self.times else {}),
            "spoiler": self.spoiler,
            "pictures": [shown.as_json() for shown in self.pictures],
            "buttons": [[self._button(button) for button in row] for row in self.buttons],
            "menus": [self._menu(menu) for menu in self.menus],
        }

    def _button(self, button: Button) -> dict[str, Any]:
        prompt = button.prompt
        return {
            "label": button.label,
            "action": button.action,
            "style": button.style,
            "prompt": prompt and {"title": prompt.title, "placeholder": prompt.placeholder},
            **self._thumbnail(button.action),
        }

    def _menu(self, menu: Menu) -> dict[str, Any]:
        options = [
            {"label": one.label, "action": one.action, "selected": one.selected, **self._thumbnail(one.action)}
            for one in menu.options
        ]
        return {"label": menu.label, "options": options}

    def _thumbnail(self, action: str) -> dict[str, str]:
        number = self.thumbnails.get(action)
        return {} if number is None else {"picture": media_url(number)}


@dataclass(frozen=True, slots=True)
class Message:
    """What one side said. `at` is in seconds since 1970; `to` is the question that an answer goes with."""

    id: int
    author: Author
    at: float
    content: Content = Content()
    state: State = State.DONE
    to: int | None = None
    progress: Progress | None = None

    def as_json(self) -> dict[str, Any]:
        """As the page reads it."""
        progress = self.progress
        return {
            "id": self.id,
            "author": self.author,
            "at": self.at,
            "state": self.state,
            **self.content.as_json(),
            "progress": progress
            and {"stage": progress.stage, "picture": progress.picture, "pictures": progress.pictures},
        }
