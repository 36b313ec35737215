"""How a file and its pixels pass between the bot and a decoder process: messages in pipes, bodies in shared memory.

A pipe holds 64 kB, so a picture in it would wake both sides a score of times. Neither side maps the memory: a decoder
that has been taken over could cut it short while the bot reads, which would end the bot. Read by a call, it is too
short, and that is all.
"""

import json
import os
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import numpy as np
import numpy.typing as npt

LONGEST_MESSAGE = 1 << 14
"""Bytes of a message without its body."""
LARGEST_BODY = 1 << 26
"""Bytes that a decoder may answer with. A dozen frames of a clip have 59 million."""
_KEPT = 1 << 22
"""Bytes of shared memory that are kept for the next picture: more than most have."""


class HandoverError(Exception):
    """The other side has ended, or does not keep to the rules."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One side's end: what it reads from, what it writes to, and the descriptor of the memory that both have.

    Where the system has no such memory, `shared` is None, and bodies go through the pipes, too.
    """

    reading: BinaryIO
    writing: BinaryIO
    shared: int | None

    def send(self, message: dict[str, Any], *parts: bytes | npt.NDArray[np.uint8]) -> None:
        """Send a message with a body made of `parts`.

        Raises:
            HandoverError: the other side has ended.
        """
        views = [memoryview(cast("bytes", part)).cast("B") for part in parts]  # an array is a buffer, too
        line = json.dumps({**message, "size": sum(map(len, views))}).encode() + b"\n"
        try:
            if self.shared is not None:
                place = 0
                for view in views:
                    place += os.pwrite(self.shared, view, place)
            self.writing.write(line)
            for view in views if self.shared is None else ():
                self.writing.write(view)
            self.writing.flush()
        except (OSError, ValueError) as error:  # a pipe that is closed here is a ValueError
            raise HandoverError("it has ended") from error

    def receive(self, most: int) -> tuple[dict[str, Any], bytes]:
        """Wait for a message with a body of at most `most` bytes.

        Raises:
            HandoverError: none comes, or none such.
        """
        try:
            line = self.reading.readline(LONGEST_MESSAGE)
            message = json.loads(line)
            size = message["size"]
            if not isinstance(size, int) or not 0 <= size <= most:
                raise HandoverError(f"a body of {size} bytes")
            body = self._body(size)
        except (OSError, ValueError, TypeError, LookupError) as error:
            raise HandoverError("it has ended, or talks nonsense") from error
        if len(body) != size:
            raise HandoverError("the body is too short")
        return message, body

    def _body(self, size: int) -> bytes:
        if self.shared is None:
            return self.reading.read(size)
        body = os.pread(self.shared, size, 0)
        if size > _KEPT:
            os.ftruncate(self.shared, 0)
        return body


def shared_memory() -> int | None:
    """Make memory that another process can be given; None where the system has none."""
    try:
        return os.memfd_create("whobot")
    except (AttributeError, OSError):
        return None
