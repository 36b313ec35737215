"""Programs that some tests need and pip does not bring: a browser, a PostgreSQL server."""

import os
from typing import NoReturn

import pytest

REQUIRE_ALL = "WHOBOT_REQUIRE_ALL"
"""Set to 1, as continuous integration does, it has the tests that miss a program fail instead of being skipped."""


def missing(reason: str) -> NoReturn:
    """Skip the test that calls this, or its fixture does; fail it where `REQUIRE_ALL` is set.

    Args:
        reason: What is missing, and how to install it.
    """
    if os.environ.get(REQUIRE_ALL, "") not in ("", "0"):
        pytest.fail(f"{reason}; it must not be skipped, as {REQUIRE_ALL} is set", pytrace=False)
    pytest.skip(reason)
