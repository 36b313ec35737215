"""Fair shares: nobody waits behind somebody else's questions. The tests go by order, and never by time."""

import asyncio
from collections.abc import Callable

import pytest

from bot.fair import FairGate, FairQueue, Share

CROWD, ANN, BOB = ("crowd", "eve"), ("hall", "ann"), ("hall", "bob")


def queue(*shares: Share) -> FairQueue[str]:
    """A queue of items that are called after their user, and numbered for each."""
    made: FairQueue[str] = FairQueue()
    for place, share in enumerate(shares):
        made.push(f"{share[-1] if share else 'nobody'}{place}", share)
    return made


def drained(line: FairQueue[str]) -> list[str]:
    return list(iter(line.pop, None))


def test_chats_are_served_in_rotation_and_so_are_the_users_of_each() -> None:
    line = queue(CROWD, CROWD, CROWD, ANN, ANN, BOB)
    assert len(line) == 6
    assert drained(line) == ["eve0", "ann3", "eve1", "bob5", "eve2", "ann4"]
    assert not line


def test_work_without_an_owner_has_a_queue_of_its_own() -> None:
    nobody: Share = (None,)
    assert drained(queue(nobody, nobody, ANN)) == ["None0", "ann2", "None1"]


def test_of_one_user_the_first_to_come_is_the_first_to_be_served() -> None:
    assert drained(queue(ANN, ANN, ANN)) == ["ann0", "ann1", "ann2"]


def test_a_newcomer_is_served_before_the_others() -> None:
    line = queue(CROWD, CROWD, CROWD)
    assert line.pop() == "eve0"
    line.push("ann", ANN)
    assert drained(line) == ["ann", "eve1", "eve2"]
    line.push("eve", CROWD)
    line.push("ann", ANN)
    assert drained(line) == ["ann", "eve"], "the last to be served was the crowd"


def test_lines_that_may_not_be_served_are_passed_over() -> None:
    line = queue(CROWD, CROWD, ANN)
    assert line.pop(lambda key: key != "crowd") == "ann2"
    assert line.pop(lambda key: key != "crowd") is None
    assert drained(line) == ["eve0", "eve1"]


def test_what_is_dropped_is_gone_and_leaves_no_empty_line() -> None:
    line = queue(CROWD, ANN)
    ann = next(item for item in line if item.startswith("ann"))
    assert line.drop(ann)
    assert not line.drop(ann)
    assert drained(line) == ["eve0"]
    assert not line


@pytest.mark.parametrize(
    ("waiting", "newcomer", "gone"),
    [
        ([CROWD, CROWD, ANN], ANN, None),  # a line that would be as long has no claim
        ([CROWD, CROWD, CROWD], ANN, "eve2"),
        ([CROWD, CROWD], BOB, "eve1"),
        ([CROWD, CROWD, CROWD], CROWD, None),
        ([ANN, ANN, ANN], BOB, "ann2"),  # in one chat, of the user who has asked most
        ([CROWD], ANN, None),
        ([], ANN, None),
    ],
)
def test_the_longest_line_gives_way_to_a_much_shorter_one(
    waiting: list[Share], newcomer: Share, gone: str | None
) -> None:
    line = queue(*waiting)
    assert line.give_way(newcomer) == gone
    assert len(line) == len(waiting) - (gone is not None)


class Asker:
    """Goes through a gate, and stays until it is told to leave or to end."""

    def __init__(self, gate: FairGate, share: Share) -> None:
        self.inside = False
        self._go_aside, self._finish = asyncio.Event(), asyncio.Event()
        self._task = asyncio.create_task(self._ask(gate, share))

    async def _ask(self, gate: FairGate, share: Share) -> None:
        async with gate.place(share) as place:
            self.inside = True
            await self._go_aside.wait()
            place.leave()
            await self._finish.wait()
        self.inside = False

    async def leave(self) -> None:
        self._go_aside.set()
        await settled()

    async def end(self) -> None:
        self._finish.set()
        await self.leave()
        assert not self.inside

    async def give_up(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        self.inside = False
        await settled()


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def asking(gate: FairGate, *shares: Share) -> list[Asker]:
    askers = [Asker(gate, share) for share in shares]
    await settled()
    return askers


def inside(askers: list[Asker]) -> list[int]:
    return [place for place, one in enumerate(askers) if one.inside]


async def test_a_chat_has_only_its_share_of_the_places() -> None:
    gate = FairGate(4, each=2)
    askers = await asking(gate, CROWD, CROWD, CROWD, ANN)
    assert inside(askers) == [0, 1, 3]
    assert gate.waiting == 1
    await askers[0].end()
    assert inside(askers) == [1, 2, 3]


async def test_the_next_place_goes_to_the_chat_whose_turn_it_is() -> None:
    gate = FairGate(1, each=1)
    askers = await asking(gate, CROWD, CROWD, CROWD, ANN)
    await askers[0].end()
    assert inside(askers) == [3]
    await askers[3].end()
    assert inside(askers) == [1]


async def test_whoever_leaves_a_place_frees_it_but_still_counts_for_the_own_chat() -> None:
    gate = FairGate(1, each=1)
    askers = await asking(gate, CROWD, CROWD, ANN)
    await askers[0].leave()
    assert inside(askers) == [0, 2]
    await askers[2].end()
    assert inside(askers) == [0], "the crowd's second waits for its first, though there is a place"
    await askers[0].end()
    assert inside(askers) == [1]


async def test_only_so_many_may_leave_their_places() -> None:
    gate = FairGate(2, each=2, aside=1)
    askers = await asking(gate, CROWD, CROWD, ANN, ANN)
    await askers[0].leave()
    assert inside(askers) == [0, 1, 2]
    await askers[1].leave()
    assert inside(askers) == [0, 1, 2]
    await askers[1].end()
    assert inside(askers) == [0, 2, 3]


@pytest.mark.parametrize("when", ["waiting", "inside", "at the moment it is let in"])
async def test_whoever_gives_up_takes_no_place_along(when: str) -> None:
    gate = FairGate(1, each=1)
    first, second = await asking(gate, CROWD, ANN)
    if when == "waiting":
        await second.give_up()
        await first.end()
    elif when == "inside":
        await first.give_up()
        assert second.inside
        await second.end()
    else:
        first._finish.set()
        first._go_aside.set()
        while gate.waiting:  # noqa: ASYNC110 - a gate has no event
            await asyncio.sleep(0)
        await second.give_up()
    (third,) = await asking(gate, BOB)
    assert third.inside
    await third.end()


async def test_a_failure_inside_gives_the_place_back() -> None:
    gate = FairGate(1, each=1)

    async def fail(act: Callable[[], object]) -> None:
        async with gate.place(ANN):
            act()

    with pytest.raises(ZeroDivisionError):
        await fail(lambda: 1 // 0)
    await fail(lambda: None)
