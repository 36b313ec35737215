"""Decode strangers' files in processes that can die: each works for one picture at a time, and is used again.

A decoder process knows no secret, and can open no file and no connection; memory and time are limited. One that
crashes, hangs or wants too much is replaced: that picture is refused, and no other one notices.

It is a Python of its own, started anew. A fork would take over threads' locks and the networks' runtime in the middle
of their work, and the memory with the tokens in it. Own code: the executors of the standard library pass pictures
through pipes, start with the parent's environment, and end as a whole when one process dies.
"""

import contextlib
import dataclasses
import json
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import structlog

import bot
from bot import errors
from bot.errors import AnalysisTimeout, DecodingFailed, OperatorError, Stopping
from bot.recognition.decoding.decode import LONGEST_SIDE, Decoded
from bot.recognition.decoding.handover import LARGEST_BODY, Channel, HandoverError, shared_memory

LAST_SECONDS = 60.0
"""After so many seconds over one file a decoder is ended, unless another limit is given."""
STARTING_SECONDS = 60.0
"""After so many seconds a decoder that has not begun is ended. It takes a third of one, on a machine with nothing else
to do."""
_LOOK_SECONDS = 0.2
"""How often to look for those that are over their time."""

PROGRAM = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from bot.recognition.decoding import confinement
confinement.end_with_parent()
from bot.recognition.decoding import decoder
decoder.main(json.loads(sys.argv[2]))
"""
_NEEDED = ("SYSTEMROOT", "LD_LIBRARY_PATH")
"""What a decoder gets of the environment, which holds secrets: what a Python may need to start at all."""
_SPARING = {
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 22),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 24),
}
"""What keeps its memory small: one heap, of which 16 MB stay for the next picture, as asking for them anew takes 3 ms.
What is larger than 4 MB lies beside it, and is given back as soon as it is free."""
_ERRORS: dict[str, type[errors.PictureError]] = {
    error.__name__: error
    for error in (
        errors.BrokenPicture,
        errors.DecodingFailed,
        errors.SideTooLong,
        errors.TooLong,
        errors.TooManyFrames,
        errors.TooManyPixels,
        errors.UnsupportedFormat,
    )
}

_log = structlog.get_logger()


class Decoders:
    """Decoder processes: as many as are asked at the same time, and those that were started before. Thread-safe.

    Args:
        seconds: How long one file may take.
    """

    def __init__(self, seconds: float = LAST_SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._idle: list[_Process] = []
        self._all: set[_Process] = set()
        self._closed = threading.Event()
        self._watch: threading.Thread | None = None
        self._replaced = 0
        self._told = False

    @property
    def replaced(self) -> int:
        """How many have crashed, hung or wanted too much memory so far."""
        return self._replaced

    def start(self, count: int) -> None:
        """Start so many, without waiting until they are ready.

        The system ends them with the thread that calls this.
        """
        for _ in range(count):
            self._put_back(self._add())

    def wait(self) -> None:
        """Wait until those that were started are ready.

        Raises:
            OperatorError: one does not start.
        """
        with self._lock:
            starting, self._idle = self._idle, []
        for process in starting:
            self._begin(process)
            self._put_back(process)

    def open_frames(
        self, data: bytes, *, most: int, max_pixels: int, max_frames: int, max_seconds: float
    ) -> tuple[Decoded, ...]:
        """Do what `bot.recognition.decoding.frames.open_frames` does, in a decoder process.

        Raises:
            PictureError: as there.
            DecodingFailed: the decoder has crashed, or would take too much memory.
            AnalysisTimeout: it did not come to an end.
            Stopping: `close` was called.
            OperatorError: no decoder starts.
        """
        limits = {"max_pixels": max_pixels, "max_frames": max_frames, "max_seconds": max_seconds}
        job = {"most": most, "seconds": self._seconds, **limits}
        process = self._take()
        try:
            answer, body = process.ask(job, data, self._seconds)
            frames = _frames(answer, body)
        except HandoverError as error:
            self._replace(process, "hung" if process.overdue else "died")
            if self._closed.is_set():
                raise Stopping from error
            raise (AnalysisTimeout(self._seconds) if process.overdue else DecodingFailed) from error
        except DecodingFailed:
            # What it has left behind of this file could be missing for the next one.
            self._replace(process, "out of memory")
            raise
        except errors.PictureError:
            self._put_back(process)
            raise
        self._put_back(process)
        return frames

    def close(self) -> None:
        """End them all, whatever they are at. Safe to call again."""
        self._closed.set()
        with self._lock:
            known, idle = self._all, self._idle
            self._all, self._idle = set(), []
        for process in idle:
            process.end()
        for process in known.difference(idle):
            process.kill()  # whoever works with it does the rest

    def _take(self) -> "_Process":
        """Take one that is idle, or a new one, when it is ready."""
        while True:
            with self._lock:
                process = self._idle.pop() if self._idle else None
            if process is not None and process.was_ready and process.status is not None:
                # It has ended while it had nothing to do: somebody has ended it.
                self._forget(process)
                self._count("died idle", process)
                continue
            process = process or self._add()
            self._begin(process)
            return process

    def _begin(self, process: "_Process") -> None:
        """Wait until one has begun."""
        try:
            missing = process.ready()
        except HandoverError as error:
            self._forget(process)
            if self._closed.is_set():
                raise Stopping from error
            raise OperatorError(
                f"a process that decodes pictures does not start, and ends with status {process.status}: "
                "see whether all of whobot's packages are installed and there is memory for another process"
            ) from error
        self._tell(missing)

    def _add(self) -> "_Process":
        process = _Process()
        with self._lock:
            closed = self._closed.is_set()
            if not closed:
                self._all.add(process)
            if self._watch is None:
                self._watch = threading.Thread(target=self._end_overdue, name="decoders", daemon=True)
                self._watch.start()
        if closed:
            process.end()
            raise Stopping
        return process

    def _end_overdue(self) -> None:
        """End those that are over their time, until `close`. A timer for each file would have to be waited for."""
        while not self._closed.wait(_LOOK_SECONDS):
            with self._lock:
                processes = [*self._all]
            for process in processes:
                process.end_if_overdue()

    def _put_back(self, process: "_Process") -> None:
        with self._lock:
            if process in self._all:
                self._idle.append(process)
                return
        process.end()

    def _replace(self, process: "_Process", reason: str) -> None:
        """End one, and start another in its place, so that the next picture does not wait for that."""
        if self._forget(process):
            self._count(reason, process)
            with contextlib.suppress(Stopping):
                self.start(1)

    def _forget(self, process: "_Process") -> bool:
        """End one; return whether it was still counted upon."""
        with self._lock:
            known = process in self._all
            self._all.discard(process)
        process.end()
        return known

    def _count(self, reason: str, process: "_Process") -> None:
        with self._lock:
            self._replaced += 1
        _log.warning("decoder_replaced", reason=reason, status=process.status, replaced=self._replaced)

    def _tell(self, missing: Sequence[str]) -> None:
        """Say once what the system has no means for."""
        if not self._told:
            self._told = True
            if missing:
                _log.info("decoders_less_confined", without=", ".join(missing))


class _Process:
    """One decoder process, for whoever has taken it."""

    def __init__(self) -> None:
        paths = [str(Path(bot.__file__).parents[1]), *(path for path in sys.path if path)]
        environment = {name: os.environ[name] for name in _NEEDED if name in os.environ}
        with contextlib.ExitStack() as stack:
            self._shared = shared_memory()
            if self._shared is not None:
                stack.callback(os.close, self._shared)
            # -I and -S: no variable, no folder and no file of the user's has a say in what it imports.
            self._process = stack.enter_context(
                subprocess.Popen(  # noqa: S603 - our own program
                    [sys.executable, "-I", "-S", "-c", PROGRAM, json.dumps(paths), json.dumps(self._shared)],
                    env={**environment, **_SPARING},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    pass_fds=() if self._shared is None else (self._shared,),
                    # Ctrl-C is for the bot, which finishes what is in hand.
                    start_new_session=True,
                )
            )
            stack.callback(self.kill)
            self._open = stack.pop_all()
        # They are pipes.
        reading, writing = cast("BinaryIO", self._process.stdout), cast("BinaryIO", self._process.stdin)
        self._channel = Channel(reading, writing, self._shared)
        self._missing: Sequence[str] | None = None
        self._lock = threading.Lock()
        self._last_moment = math.inf
        self.overdue = False

    @property
    def status(self) -> int | None:
        """How it ended, as `subprocess` tells it: a signal is a negative number."""
        return self._process.poll()

    @property
    def was_ready(self) -> bool:
        """Whether it has begun."""
        return self._missing is not None

    def ready(self) -> Sequence[str]:
        """Wait until it has begun; return what the system has no means to confine it with.

        Raises:
            HandoverError: it has ended.
        """
        if self._missing is None:
            with self._within(STARTING_SECONDS):
                message, _ = self._channel.receive(0)
            self._missing = message.get("missing", [])
        return self._missing

    def ask(self, job: dict[str, Any], data: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        """Hand it a file and wait for what it says.

        Raises:
            HandoverError: it says nothing within so many seconds, or nothing of use.
        """
        with self._within(seconds):
            self._channel.send(job, data)
            return self._channel.receive(LARGEST_BODY)

    def kill(self) -> None:
        """End it. May be called from any thread."""
        self._process.kill()

    def end(self) -> None:
        """End it, and give back what was kept open for it."""
        with contextlib.suppress(BrokenPipeError):  # what it was not told any more
            self._open.close()

    def end_if_overdue(self) -> None:
        """End it if it is over its time. May be called from any thread."""
        with self._lock:
            if time.monotonic() >= self._last_moment:
                self.overdue = True
                self.kill()

    @contextlib.contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        """Give it so many seconds for the block."""
        with self._lock:
            self._last_moment = time.monotonic() + seconds
        try:
            yield
        finally:
            with self._lock:
                self._last_moment = math.inf


def _frames(answer: dict[str, Any], body: bytes) -> tuple[Decoded, ...]:
    """Read what a decoder says. It may have been taken over: nothing of it is believed unseen.

    Raises:
        PictureError: it says that the file cannot be used.
        HandoverError: it says nothing of use.
    """
    match answer:
        case {"frames": [_, *_] as shapes}:
            return tuple(_pictures(shapes, body))
        case {"error": str(name), "facts": list(facts)} if name in _ERRORS:
            error = _ERRORS[name]
            expected = len(dataclasses.fields(error)) if dataclasses.is_dataclass(error) else 0
            if len(facts) == expected and all(isinstance(fact, int | float) for fact in facts):
                raise error(*facts)
    raise HandoverError("it talks nonsense")


def _pictures(shapes: Sequence[Any], body: bytes) -> Iterator[Decoded]:
    place = 0
    for shape in shapes:
        match shape:
            case [int(rows), int(columns), int(width), int(height)] if (
                0 < rows <= LONGEST_SIDE and 0 < columns <= LONGEST_SIDE and width > 0 and height > 0
            ):
                size = rows * columns * 3
                if place + size > len(body):
                    raise HandoverError("there are too few pixels")
                pixels = np.frombuffer(body, np.uint8, size, place)
                yield Decoded(pixels.reshape(rows, columns, 3), width, height)
                place += size
            case _:
                raise HandoverError("that is no shape of a picture")
    if place < len(body):
        raise HandoverError("there are too many pixels")
