"""Work beside a block begins with it and ends with it."""

import asyncio

import pytest

from bot.background import beside


async def test_work_goes_on_until_the_block_ends() -> None:
    going, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        try:
            going.set()
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with beside(work()):
        await going.wait()
        assert not ended.is_set()
    assert ended.is_set()


async def test_what_went_wrong_is_raised_at_the_end() -> None:
    reached = []

    async def work() -> None:
        raise LookupError

    async def block() -> None:
        async with beside(work()):
            await asyncio.sleep(0)
            reached.append(True)

    with pytest.raises(LookupError):
        await block()
    assert reached
