"""Teaching, correcting, agreeing, forgetting, undoing and adopting in any order: what is shown is what is stored.

Hypothesis chooses the order, over the real service and the real store. After every step a chat is shown a face, and
must be answered what a gallery read afresh from the store says.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.chat.features.forgetting import Forget
from bot.chat.features.history import ShowHistory
from bot.chat.features.settings import Configure
from bot.chat.model import Chat, Press, Reply, User
from bot.chat.service import Service
from bot.config import Limits
from bot.metrics import Metrics
from bot.recognition.characters import Character, Characters
from bot.recognition.gallery import Gallery
from bot.recognition.options import AnalysisOptions
from bot.recognition.results import Analysis
from bot.storage.reembedding import reembed
from bot.storage.store import Store
from bot.storage.values import Example, Keeping, Scope
from tests.support.learning_backend import LearningBackend, Member, labels, see
from tests.support.service_harness import REGISTRY, Source

T = TypeVar("T")

CHATS = (Chat("discord", "1", home="server"), Chat("discord", "2", home="server"), Chat("telegram", "-100"))
PEOPLE = tuple(User("discord", name, manager=name == "ann", name=name) for name in ("ann", "bob"))
FACES = ("umi", "umi2", "eli", "maki")
NAMES = ("Umi", "Eli", "Nishikino Maki")
MANY = 100_000
ROSTER = (Character("nishikino_maki", "Nishikino Maki"), Character("yazawa_nico", "Yazawa Nico"))
LATER = Character("sonoda_umi", "Umi", "Love Live!")
"""A later bundle knows by itself, under an id of its own, who was taught before."""

Kept = frozenset[tuple[int, Scope, str, bytes, bool]]


class ChangingBackend(LearningBackend):
    """A bundle takes over from another one, as often as one likes."""

    def __init__(self) -> None:
        super().__init__()
        self.bundle_id = "b0"

    def adopt(self) -> None:
        number = int(self.bundle_id[1:]) + 1
        self.bundle_id = f"b{number}"
        self.characters = Characters([*ROSTER, *([LATER] if number % 2 else [])])

    async def analyse(self, data: bytes, options: AnalysisOptions) -> Analysis:
        analysis = await super().analyse(data, options)
        portraits = [one.portrait and replace(one.portrait, bundle_id=self.bundle_id) for one in analysis.sightings]
        return replace(
            analysis,
            sightings=tuple(replace(one, portrait=p) for one, p in zip(analysis.sightings, portraits, strict=True)),
        )


class AnyOrder(RuleBasedStateMachine):
    """Two communities, one of them with two channels, and the operator."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.turn = 0
        self.before: dict[int, Kept] = {}
        """By the id of a change that is the last of its scope: what was kept there before it."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize()
    def open(self) -> None:
        self.store = self.run(self.stack.enter_async_context(Store("sqlite+aiosqlite://")))
        self.backend = ChangingBackend()
        limits = Limits(user_requests=MANY, chat_requests=MANY, user_presses=MANY, chat_presses=MANY)
        service = Service(REGISTRY, self.backend, self.store, Metrics(), limits=limits)
        source = Source()
        self.members = {(chat, user): Member(service, source, user, chat) for chat in CHATS for user in PEOPLE}
        for chat in CHATS:
            self.run(self.store.change(chat, keep=Keeping.JUDGED))

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()

    async def kept(self, chat: Chat) -> Kept:
        examples = await self.store.examples(Scope.of(chat), provisional=True)
        return frozenset((one.id, one.scope, one.character, one.image, one.denied) for one in examples)

    async def last_change(self, chat: Chat) -> int:
        found = await self.store.history(Scope.of(chat), limit=1)
        return found[0].id if found else 0

    def do(self, chat: Chat, work: Coroutine[Any, Any, Reply]) -> Reply:
        """Do something, and note what was kept before the one change that it made."""

        async def noting() -> Reply:
            kept, last = await self.kept(chat), await self.last_change(chat)
            reply = await work
            assert "Something went wrong" not in reply.text
            made = [one.id for one in await self.store.history(Scope.of(chat), limit=5) if one.id > last]
            self.before = {made[0]: kept} if len(made) == 1 else {}
            return reply

        return self.run(noting())

    @rule(chat=st.sampled_from(CHATS), user=st.sampled_from(PEOPLE), name=st.sampled_from(NAMES), faces=st.lists(
        st.sampled_from(FACES), min_size=1, max_size=3))  # fmt: skip
    def teach(self, chat: Chat, user: User, name: str, faces: list[str]) -> None:
        self.do(chat, self.members[chat, user].teach(name, *faces))

    @rule(chat=st.sampled_from(CHATS), user=st.sampled_from(PEOPLE), name=st.sampled_from(NAMES),
          face=st.sampled_from(FACES))  # fmt: skip
    def correct(self, chat: Chat, user: User, name: str, face: str) -> None:
        member = self.members[chat, user]

        async def correcting() -> Reply:
            answer = await member.ask(face)
            asked = await member.press(answer, "Wrong?" if "Wrong?" in labels(answer) else "Name this face")
            reply = await member.press(asked, "Someone else…", name)
            return await member.press(reply, "Add anyway") if "Add anyway" in labels(reply) else reply

        self.do(chat, correcting())

    @rule(chat=st.sampled_from(CHATS), face=st.sampled_from(FACES))
    def confirm(self, chat: Chat, face: str) -> None:
        member = self.members[chat, PEOPLE[1]]

        async def confirming() -> Reply:
            answer = await member.ask(face)
            return await member.press(answer, "Right!") if "Right!" in labels(answer) else answer

        self.do(chat, confirming())

    @rule(chat=st.sampled_from(CHATS), name=st.sampled_from(NAMES))
    def forget(self, chat: Chat, name: str) -> None:
        self.do(chat, self.members[chat, PEOPLE[0]].say(Forget(name)))

    @rule(chat=st.sampled_from(CHATS), on=st.booleans())
    def want_a_second_opinion(self, chat: Chat, on: bool) -> None:
        self.run(self.members[chat, PEOPLE[0]].say(Configure({"confirm": on})))

    @rule(chat=st.sampled_from(CHATS), data=st.data())
    def press_in_the_history(self, chat: Chat, data: st.DataObject) -> None:
        """Undo, or agree to, whatever the history offers; the undoing of the last change brings back what was."""
        manager = self.members[chat, PEOPLE[0]]
        page = self.run(manager.say(ShowHistory()))
        pressed = [button for row in page.buttons for button in row]
        if not pressed:
            return
        button = data.draw(st.sampled_from(pressed))
        undone = int(button.action.rsplit(":", 1)[-1]) if "revert" in button.action else 0
        expected = self.before.get(undone)
        self.do(chat, manager.say(Press(button.action)))
        if expected is not None:
            assert self.run(self.kept(chat)) == expected

    @rule(chat=st.sampled_from(CHATS), data=st.data())
    def promote(self, chat: Chat, data: st.DataObject) -> None:
        taught = self.run(self.store.taught_here(Scope.of(chat), provisional=False))
        if taught:
            self.run(self.store.promote(Scope.of(chat), data.draw(st.sampled_from(sorted(taught)))))
            self.before = {}

    @rule()
    def adopt(self) -> None:
        self.backend.adopt()
        self.run(reembed(self.store, self.backend))
        assert self.run(self.store.stale_examples(self.backend.bundle_id)) == []

    @invariant()
    def what_is_shown_is_what_is_stored(self) -> None:
        self.turn = (self.turn + 1) % len(CHATS)
        self.run(self.check(CHATS[self.turn], ("umi", "maki")[self.turn % 2]))

    async def check(self, chat: Chat, face: str) -> None:
        scope, characters = Scope.of(chat), self.backend.characters
        examples = await self.store.examples(scope)
        shown, denied = ([_pair(one) for one in examples if one.denied is kind] for kind in (False, True))
        gallery = Gallery.of(shown, denied).renamed(characters.current)
        sighting = see(face, gallery)
        text = (await self.members[chat, PEOPLE[1]].ask(face)).text
        expected = "Nobody I know" if sighting.unknown else sighting.guesses[0].name
        assert expected in text
        counted = await self.store.taught(scope)
        assert sum(counted.values()) == len(shown)
        assert len({(one.scope, one.character, one.image, one.denied) for one in examples}) == len(examples)


def _pair(one: Example) -> tuple[str, Any]:
    assert one.embedding is not None
    return one.character, one.embedding


def test_what_is_shown_is_what_is_stored_whatever_the_order() -> None:
    some = settings(
        max_examples=5,
        stateful_step_count=15,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),  # to shorten an order that fails, add Phase.shrink
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(AnyOrder, settings=some)
