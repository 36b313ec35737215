"""What the API's tests may ask for."""

from collections.abc import AsyncIterator

import pytest

from tests.support.api import Bench, serving


@pytest.fixture
async def api() -> AsyncIterator[Bench]:
    async with serving() as bench:
        yield bench
