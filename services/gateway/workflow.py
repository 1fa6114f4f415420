"""A workflow as a list of moves: which move an action makes in a state, and what may be done next. Pure.

Reports, initiatives and feedback are such lists; what decides whose move it is, each says for itself. The database holds every
step against the same list (`intake.move`, `intake.initiative_move`, `intake.feedback_move`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar


@dataclass(frozen=True)
class Move:
    action: str
    from_state: str
    to_state: str


Kind = TypeVar("Kind", bound=Move)


@dataclass(frozen=True)
class Machine(Generic[Kind]):
    moves: tuple[Kind, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state that a move leads to, in the order of the list."""
        return tuple(dict.fromkeys(move.to_state for move in self.moves))

    def move(self, action: str, state: str) -> Kind | None:
        """The move an action makes in a state; None where there is none."""
        return next((each for each in self.moves if (each.action, each.from_state) == (action, state)), None)

    def require(self, action: str, state: str) -> Kind:
        """The move of whoever knows that there is one. Raises LookupError."""
        found = self.move(action, state)
        if found is None:
            raise LookupError(f"{action} of what is {state}")
        return found

    def actions(self, state: str, may: Callable[[Kind], bool]) -> list[str]:
        """What may be done in a state, in the order of the list."""
        return [each.action for each in self.moves if each.from_state == state and may(each)]
