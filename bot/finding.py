"""What a check of a set-up has found."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """`WARN` does not keep whobot from running, `FAIL` does."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of ``whobot check``; `advice` says what to do about what is not right."""

    subject: str
    status: Status
    message: str
    advice: str = ""
