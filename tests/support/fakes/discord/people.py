"""What people do with the bot's commands, buttons, menus and dialogues."""

import copy
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.support.fakes.discord import payloads
from tests.support.fakes.discord.api import Answer
from tests.support.fakes.discord.interactions import Given, InteractionApi
from tests.support.fakes.discord.payloads import Payload
from tests.support.fakes.discord.world import Channel, Person, Upload

COMMAND, COMPONENT, TYPING, DIALOGUE = 2, 3, 4, 5
STRING, BOOLEAN, ATTACHMENT = 3, 5, 11
PYTHON_TYPES: Mapping[int, type] = {STRING: str, BOOLEAN: bool, ATTACHMENT: Upload}
BUTTON, MENU, LABEL, TEXT_INPUT = 2, 3, 18, 4

Value = Upload | str | bool


class People(InteractionApi):
    """Does what Discord's applications let people do, and nothing else."""

    async def slash(
        self,
        name: str,
        options: Mapping[str, Value] = MappingProxyType({}),
        *,
        author: Person | None = None,
        channel: Channel | None = None,
    ) -> str:
        """Give a slash command as it is registered, and return the interaction's id."""
        command = self._registered(1, name)
        known = {option["name"]: option for option in command.get("options", ())}
        data: Payload = {"id": command["id"], "name": name, "type": 1, "options": []}
        attachments = {}
        for key, value in options.items():
            option = known[key]
            assert isinstance(value, PYTHON_TYPES[option["type"]])
            sent = value
            if isinstance(value, Upload):
                attachment = self._attach(value)
                sent = attachment["id"]
                attachments[sent] = attachment
            elif option.get("choices"):
                assert value in [choice["value"] for choice in option["choices"]]
            data["options"].append({"name": key, "type": option["type"], "value": sent})
        missing = [key for key, option in known.items() if option.get("required") and key not in options]
        assert not missing, f"/{name} cannot be sent without {missing}"
        if attachments:
            data["resolved"] = {"attachments": attachments}
        return await self._begin(COMMAND, data, author, channel)

    async def slash_who(self, *pictures: bytes | Upload, private: bool = False, **how: Any) -> str:
        """Give /who with one to five pictures; `how` as in `slash`."""
        names = ["picture", "picture2", "picture3", "picture4", "picture5"]
        options: dict[str, Value] = {
            name: one if isinstance(one, Upload) else Upload(one) for name, one in zip(names, pictures, strict=False)
        }
        return await self.slash("who", options | ({"private": True} if private else {}), **how)

    async def complete(self, name: str, option: str, text: str, *, author: Person | None = None) -> list[str]:
        """Type `text` into an option of a command, and return what is suggested."""
        command = self._registered(1, name)
        (known,) = [one for one in command["options"] if one["name"] == option]
        assert known["autocomplete"], f"nothing is suggested for {option} of /{name}"
        typed = {"name": option, "type": STRING, "value": text, "focused": True}
        data = {"id": command["id"], "name": name, "type": 1, "options": [typed]}
        given = self.given[await self._begin(TYPING, data, author, None)]
        await self.until(lambda: given.state != "new")
        return [choice["value"] for choice in given.said["choices"]]

    async def menu(
        self, name: str, message: Payload, *, author: Person | None = None, channel: Channel | None = None
    ) -> str:
        """Choose a command of the context menu of a message."""
        command = self._registered(3, name)
        data = {"id": command["id"], "name": name, "type": 3, "target_id": message["id"]}
        data["resolved"] = {"messages": {message["id"]: message}}
        return await self._begin(COMMAND, data, author, channel)

    async def press(self, answer: Answer, label: str, *, author: Person | None = None) -> str:
        """Press the button of that label, or choose that option of a menu."""
        message = self._messages[answer.id]
        for component in (one for row in message["components"] for one in row["components"]):
            data = {"custom_id": component["custom_id"], "component_type": component["type"]}
            if component["type"] == BUTTON and component["label"] == label:
                return await self._use(message, data, author)
            for option in component.get("options", ()):
                if option["label"] == label:
                    return await self._use(message, {**data, "values": [option["value"]]}, author)
        raise AssertionError(f"nothing is called {label} in {message['components']}")

    async def dialogue(self, interaction: str) -> Payload:
        """Wait for the dialogue that an interaction opens."""
        given = self.given[interaction]
        await self.until(lambda: given.state == "asked")
        return given.said

    async def write(self, interaction: str, text: str, *, author: Person | None = None) -> str:
        """Write into the dialogue that an interaction has opened, and send it."""
        dialogue = await self.dialogue(interaction)
        (label,) = dialogue["components"]
        field = {"type": TEXT_INPUT, "custom_id": label["component"]["custom_id"], "value": text}
        data = {"custom_id": dialogue["custom_id"], "components": [{"type": LABEL, "component": field}]}
        before = self.given[interaction].payload
        return await self._begin(DIALOGUE, data, author, self._channel(before["channel_id"]), before.get("message"))

    async def _use(self, message: Payload, data: Payload, author: Person | None) -> str:
        return await self._begin(COMPONENT, data, author, self._channel(message["channel_id"]), message)

    async def _begin(
        self,
        kind: int,
        data: Payload,
        author: Person | None,
        channel: Channel | None,
        message: Payload | None = None,
    ) -> str:
        payload = payloads.interaction(
            data, author or self.alice, channel or self.general, self.guild, self.bot, kind=kind,
            message=copy.deepcopy(message),
        )  # fmt: skip
        self.given[payload["id"]] = Given(payload)
        await self.gateway.dispatch("INTERACTION_CREATE", payload)
        return str(payload["id"])

    def _registered(self, kind: int, name: str) -> Payload:
        return next(one for one in self.commands if (one["type"], one["name"]) == (kind, name))

    def _channel(self, channel_id: str) -> Channel:
        return next(one for one in (*self.channels, self.direct) if one.id == channel_id)
