"""Many items at once, in order."""

import itertools
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from bot.cli.batch import in_order, lines


def done(value: int) -> Future[int]:
    future: Future[int] = Future()
    future.set_result(value)
    return future


def test_the_order_is_kept_whatever_finishes_first() -> None:
    futures = [Future[int]() for _ in range(3)]
    answers = in_order(range(3), futures.__getitem__, window=3)
    for number in (2, 1, 0):
        futures[number].set_result(number * 10)
    assert [(item, future.result()) for item, future in answers] == [(0, 0), (1, 10), (2, 20)]


def test_work_is_done_side_by_side() -> None:
    barrier = threading.Barrier(4, timeout=20)
    with ThreadPoolExecutor(4) as pool:
        answers = list(in_order(range(4), lambda _: pool.submit(barrier.wait), window=4))
    assert sorted(future.result() for _, future in answers) == [0, 1, 2, 3]


def test_no_more_than_the_window_is_begun() -> None:
    begun: list[int] = []

    def start(number: int) -> Future[int]:
        begun.append(number)
        return done(number)

    answers = in_order(itertools.count(), start, window=3)
    for number in range(10):
        assert next(answers)[0] == number
        assert len(begun) <= number + 3
    answers.close()


def test_what_is_not_done_is_cancelled_at_the_end() -> None:
    futures = [Future[int]() for _ in range(4)]
    futures[0].set_result(0)
    window_is_full = threading.Event()

    def items() -> Iterator[int]:
        yield from range(3)
        window_is_full.set()  # the three before it have been begun
        yield 3

    answers = in_order(items(), futures.__getitem__, window=3)
    next(answers)
    assert window_is_full.wait(20)
    answers.close()
    assert [future.cancelled() for future in futures] == [False, True, True, False]


def test_an_answer_does_not_wait_for_the_next_item() -> None:
    may_go_on = threading.Event()

    def slow() -> Iterator[int]:
        yield 1
        assert may_go_on.wait(20)
        yield 2

    answers = in_order(slow(), done, window=5)
    assert next(answers)[0] == 1
    may_go_on.set()
    assert [item for item, _ in answers] == [2]


def test_failing_work_stays_with_its_item() -> None:
    broken: Future[int] = Future()
    broken.set_exception(ValueError("no"))
    first, second = in_order([0, 1], [broken, done(1)].__getitem__, window=2)
    assert isinstance(first[1].exception(), ValueError)
    assert second[1].result() == 1


def test_a_failing_source_fails_the_reader() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    answers = in_order(source(), done, window=2)
    assert next(answers)[0] == 1
    with pytest.raises(OSError, match="gone"):
        next(answers)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"a.png\nb c.png\n", ["a.png", "b c.png"]),
        (b"a.png\r\n\n  \nb.png", ["a.png", "b.png"]),
        ("真姫.png\n".encode(), ["真姫.png"]),
    ],
)
def test_lines_of_a_descriptor(content: bytes, expected: list[str]) -> None:
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    assert list(lines(reading)) == expected
    os.close(reading)


def test_a_line_is_there_before_the_next_is_written() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"a.p")
    os.write(writing, b"ng\nb.png")
    read = lines(reading)
    assert next(read) == "a.png"
    os.close(writing)
    assert list(read) == ["b.png"]
    os.close(reading)
