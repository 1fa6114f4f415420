"""How far a long step has come: a moving line on a terminal, elsewhere a line for each quarter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

QUARTERS = 4


@dataclass
class Step:
    """One long step. ``told`` is the last quarter that was said where nothing moves."""

    words: str
    bars: Progress | None
    task: TaskID | None
    console: Console
    told: int = 0

    def reach(self, count: int, total: int) -> None:
        """``count`` of ``total`` are done."""
        if self.bars is not None and self.task is not None:
            self.bars.update(self.task, completed=count, total=total)
            return
        quarter = count * QUARTERS // max(total, 1)
        if quarter > self.told:
            self.told = quarter
            self.console.print(f"  {self.words} {count}/{total}", highlight=False)

    def say(self, words: str) -> None:
        """One part more is done; a line stays of what it came to."""
        if self.bars is not None and self.task is not None:
            self.bars.advance(self.task)
        self.console.print(f"✓ {words}", highlight=False)


class Steps:
    """Steps that go on side by side on one console."""

    def __init__(self, console: Console, bars: Progress | None) -> None:
        self._console = console
        self._bars = bars

    def begin(self, words: str, *, total: int | None = None) -> Step:
        task = None if self._bars is None else self._bars.add_task(words, total=total)
        return Step(words, self._bars, task, self._console)

    def leave(self, step: Step) -> None:
        """The step leaves the moving lines."""
        if self._bars is not None and step.task is not None:
            self._bars.remove_task(step.task)

    def end(self, step: Step, words: str) -> None:
        """As ``leave``; what came of the step stays as a line."""
        self.leave(step)
        self._console.print(f"✓ {words}", highlight=False)


@contextmanager
def shown_steps(console: Console) -> Iterator[Steps]:
    if not console.is_terminal:
        yield Steps(console, None)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        yield Steps(console, bars)
