"""The methods of the Bot API, as far as whobot calls them: what each checks, changes and answers."""

import asyncio
import json
from typing import Any

from tests.support.fakes.telegram import payloads
from tests.support.fakes.telegram.editing import Editing
from tests.support.fakes.telegram.payloads import Json, Notice, Person
from tests.support.fakes.telegram.sending import Sending
from tests.support.fakes.telegram.world import Form, Refusal, Uploads


class Api(Sending, Editing):
    """One method of the Bot API is one method here."""

    async def call(self, method: str, form: Form, uploads: Uploads) -> object:
        """Carry out a call and return its result; raises `Refusal`."""
        return await getattr(self, f"_{method}")(form, uploads)

    async def _getMe(self, form: Form, uploads: Uploads) -> Json:  # noqa: N802
        return self._world.me.payload() | {
            "can_join_groups": True,
            "can_read_all_group_messages": self._world.sees_everything,
            "supports_inline_queries": False,
        }

    async def _getUpdates(self, form: Form, uploads: Uploads) -> list[Json]:  # noqa: N802
        world = self._world
        if world.webhook is not None:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        world.polls = mine = world.polls + 1
        updates, changed = world.updates, world.changed
        async with changed:
            changed.notify_all()
            while updates and updates[0]["update_id"] < int(form.get("offset", 0)):
                updates.popleft()
            allowed = {"update_id", *json.loads(form.get("allowed_updates", "[]"))}

            def wanted() -> list[Json]:
                return [update for update in updates if not update.keys() - allowed]

            try:
                async with asyncio.timeout(int(form.get("timeout", 0))):
                    await changed.wait_for(lambda: wanted() or world.polls != mine)
            except TimeoutError:
                return []
            if world.polls != mine:
                raise Refusal(409, "Conflict: terminated by other getUpdates request")
            return wanted()[: int(form.get("limit", 100))]

    async def _setWebhook(self, form: Form, uploads: Uploads) -> bool:  # noqa: N802
        self._drop_pending(form)
        async with self._world.changed:
            self._world.webhook = form
            self._world.changed.notify_all()
        return True

    async def _deleteWebhook(self, form: Form, uploads: Uploads) -> bool:  # noqa: N802
        self._drop_pending(form)
        self._world.webhook = None
        return True

    def _drop_pending(self, form: Form) -> None:
        if form.get("drop_pending_updates") == "true":
            self._world.updates.clear()

    async def _setMyCommands(self, form: Form, uploads: Uploads) -> bool:  # noqa: N802
        scope = json.loads(form.get("scope", '{"type": "default"}'))["type"]
        self._world.commands[scope, form.get("language_code", "")] = json.loads(form["commands"])
        return True

    async def _setMyDescription(self, form: Form, uploads: Uploads) -> bool:  # noqa: N802
        self._world.descriptions["long", form.get("language_code", "")] = form["description"]
        return True

    async def _setMyShortDescription(self, form: Form, uploads: Uploads) -> bool:  # noqa: N802
        self._world.descriptions["short", form.get("language_code", "")] = form["short_description"]
        return True

    async def _getChatMember(self, form: Form, uploads: Uploads) -> Json:  # noqa: N802
        chat = self._chat(form)
        asked = int(form["user_id"])
        for person in chat.admins:
            if person.id == asked:
                return payloads.member(person, "administrator")
        return payloads.member(Person(asked, "Somebody"), "member")

    async def _getFile(self, form: Form, uploads: Uploads) -> Json:  # noqa: N802
        file = self._world.files.get(form["file_id"])
        if file is None:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if file.size > 20_000_000:
            raise Refusal(400, "Bad Request: file is too big")
        facts = {"file_id": file.id, "file_unique_id": f"unique{file.id}"}
        return facts | {"file_size": file.size, "file_path": file.path}

    async def _sendChatAction(self, form: Form, uploads: Uploads) -> bool:  # noqa: N802
        chat = self._chat(form)
        self._world.actions.put_nowait((chat.id, json.loads(form.get("message_thread_id", "null"))))
        return True

    async def _answerCallbackQuery(self, form: Form, uploads: Uploads) -> bool:  # noqa: N802
        query = form["callback_query_id"]
        if query not in self._world.queries:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self._world.queries.remove(query)
        self._world.notices.put_nowait(Notice(query, form.get("text", ""), form.get("show_alert") == "true"))
        return True


def parameters(refusal: Refusal) -> dict[str, Any]:
    """Return a refusal as Telegram sends it."""
    body = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    return body | ({"parameters": refusal.parameters} if refusal.parameters else {})
