"""What the person who trains sees: lines of text, and a progress bar for each long step."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich import console as rich_console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Advance: TypeAlias = Callable[[int], None]
"""Called with how many items were finished."""


class Console:
    """Speaks to a terminal, or to a file without bars and colours."""

    def __init__(self, console: rich_console.Console | None = None) -> None:
        self._console = console or rich_console.Console(highlight=False)

    def say(self, text: str, style: str | None = None) -> None:
        """Write a line as it is, without reading markup in it."""
        self._console.print(text, style=style, markup=False, soft_wrap=True)

    def warn(self, text: str) -> None:
        """Write a line that should not be overlooked."""
        self.say(text, style="yellow")

    @contextmanager
    def steps(self, what: str, total: int | None) -> Iterator[Advance]:
        """Show a bar while the body runs; `total` is None where it is not known."""
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task(what, total=total)
            yield lambda count: progress.advance(task, count)
