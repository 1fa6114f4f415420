"""Every check of what a source delivers, as data: whether a fault concerns one body's row or the whole payload.

A row that cannot be true is put aside, and what it would have counted for is missing of that body; the other bodies are frozen.
What concerns the whole payload stops it, for then nobody can say which rows are right. docs/contracts.md §7 is this table, by
test. The portal's maxima are the product's reading of QĐ 766/QĐ-TTg: a changed one must not stop a month (B-4, ING-16).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Concerns = Literal["payload", "row"]


@dataclass(frozen=True)
class Check:
    """One check: its code, what it concerns, what it finds. ``withhold``: the value found must not be kept with the row."""

    code: str
    concerns: Concerns
    finds: str
    withhold: bool = False


CHECKS: Final = (
    # What the answer is.
    Check("signature", "payload", "a missing or wrong signature where the source's key is set"),
    Check("unreadable", "payload", "bytes that are not one whole document of the format"),
    Check("another_answer", "payload", "another contract, dataset, period or instant than was asked"),
    Check("pages_of_two_states", "payload", "control totals that change from one page to the next"),
    Check("control_total", "payload", "a count or sum over all delivered rows other than the source states"),
    # What its rows are made of.
    Check("unknown_field", "payload", "a field the contract does not have"),
    Check("missing_field", "payload", "a field of the contract that is not there"),
    Check("retyped_field", "payload", "a value of another JSON type than the contract says, or no number where one is due"),
    Check("row_order", "payload", "a repeated or misplaced row"),
    Check("unknown_body", "payload", "a spelling nobody is known by: it cannot be said whose row it is"),
    # One body's row.
    Check("absent_value", "row", "null where the contract wants a value"),
    Check("value_out_of_bounds", "row", "a value of the right type outside what the contract allows"),
    Check("null_character", "row", "text that holds U+0000"),
    Check("portal_maximum", "row", "points below 0 or above the maximum of their portal group, or of the total"),
    Check("classified_text", "row", "text of a classified task (A-15); only that it was there is kept", withhold=True),
    Check("outside_month", "row", "a meeting or speech on a day that is not of the month"),
    Check("row_twice", "row", "one body's row a second time, under another spelling or beside its group"),
    Check("rows_stated", "row", "as many rows naming a body as the source does not state for it"),
    Check("speech_without_meeting", "row", "speeches of a body that was summoned to no meeting (E-8)"),
)  # fmt: skip

BY_CODE: Final = {check.code: check for check in CHECKS}


def of_one_row(code: str) -> bool:
    """Whether a fault found by this check puts the row aside instead of stopping the payload."""
    return BY_CODE[code].concerns == "row"
