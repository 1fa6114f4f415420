"""Use cases: what each kind of entry must satisfy when it is first entered, and when it is corrected (E-1, E-5, E-7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from services.gateway.http.errors import PeriodUnknown
from services.gateway.http.periods import known_period
from services.gateway.registers.entries import About, Office, Version, change, enter, find, summoned_to
from services.gateway.registers.refused import EnteredAlready, NotSummoned
from services.gateway.registers.rules import PLACES, Kind, speech_faults
from services.gateway.registers.store import registers as stored
from services.gateway.registers.store.records import Entry
from shared.database import Connection
from shared.errors import Fault, InputInvalid
from shared.period import VIETNAM, Period
from shared.registry_store import load_registry


async def enter_meeting(office: Office, version: Version) -> Entry:
    """Raises InputInvalid for a day to come, a month without scheme or a body that is not scored; OwnBody."""
    period = _month_of(office, version.content["held_on"])
    async with office.transaction(str(period)) as connection:
        await _require_bodies(connection, period, version.content)
        entry_id = await enter(connection, office, "meeting", About(str(period)), version)
        return await find(connection, "meeting", entry_id)


async def correct_meeting(office: Office, meeting_id: str, version: Version) -> Entry:
    """A meeting stays in its month: one entered under the wrong month is withdrawn and entered again."""
    period = _month_of(office, version.content["held_on"])
    async with office.read() as connection:
        found = await find(connection, "meeting", meeting_id)
        await _require_bodies(connection, period, version.content)
    if str(period) != found.period:
        fault = Fault("/held_on", "is in another month", seen=version.content["held_on"], expected=found.period)
        raise InputInvalid("a meeting stays in its month", faults=[fault], hint="Withdraw it and enter it again.")
    return await change(office, "meeting", meeting_id, version)


async def enter_attendance(office: Office, meeting_id: str, agency: str, version: Version) -> Entry:
    """Raises NotFound, MeetingNotInForce, NotSummoned, EnteredAlready or OwnBody."""
    return await _enter_under(office, "attendance", meeting_id, agency, version)


async def enter_speech(office: Office, meeting_id: str, agency: str, version: Version) -> Entry:
    """Raises NotFound, MeetingNotInForce, NotSummoned, OwnBody, or InputInvalid for a mark without its note."""
    require_note(version.content)
    return await _enter_under(office, "speech", meeting_id, agency, version)


def require_note(content: Mapping[str, Any]) -> None:
    """Raises InputInvalid."""
    faults = speech_faults(content)
    if faults:
        raise InputInvalid("a qualifying speech needs its note", faults=faults)


async def enter_closing(office: Office, period: str, version: Version) -> Entry:
    """Raises InputInvalid for a month that has not ended, EnteredAlready."""
    month = _known(office, period, "/period")
    if office.given.clock() < month.end:
        fault = Fault("/period", "has not ended", seen=period, expected="a month that has ended")
        raise InputInvalid("a month is closed after its end", faults=[fault])
    async with office.transaction(period) as connection:
        await stored.lock(connection, f"closing:{period}")
        _refuse_second("closing", await stored.list_entries(connection, "closing", period=period))
        entry_id = await enter(connection, office, "closing", About(period), version)
        return await find(connection, "closing", entry_id)


async def _enter_under(office: Office, kind: Kind, meeting_id: str, agency: str, version: Version) -> Entry:
    async with office.transaction_about("meeting", meeting_id) as (connection, period):
        await stored.lock(connection, meeting_id)
        if agency not in await summoned_to(connection, meeting_id):
            fault = Fault("/agency", "was not summoned", seen=agency, hint="Correct the meeting's summons first.")
            raise NotSummoned(f"{meeting_id} does not summon {agency}", faults=[fault])
        if kind == "attendance":
            _refuse_second(kind, await stored.list_entries(connection, kind, meeting_id=meeting_id, agency=agency))
        entry_id = await enter(connection, office, kind, About(period, meeting_id, agency), version)
        return await find(connection, kind, entry_id)


def _refuse_second(kind: Kind, found: Iterable[Entry]) -> None:
    for line in found:
        hint = f"Correct it: POST {PLACES[kind]}/{line.entry_id}/corrections."
        raise EnteredAlready(f"{line.entry_id} says so already", hint=hint, location=f"{PLACES[kind]}/{line.entry_id}")


def _month_of(office: Office, held_on: str) -> Period:
    """Raises InputInvalid for a day that has not come, or in a month that no scheme rules."""
    today = office.given.clock().astimezone(VIETNAM).date()
    if date.fromisoformat(held_on) > today:
        fault = Fault("/held_on", "has not come yet", seen=held_on, expected=f"{today} or before")
        raise InputInvalid("a meeting is entered once it was held", faults=[fault])
    return _known(office, held_on[:7], "/held_on")


def _known(office: Office, period: str, place: str) -> Period:
    try:
        return known_period(period, now=office.given.clock())
    except PeriodUnknown as error:
        raise InputInvalid(error.detail, faults=[Fault(place, "is in no scored month", seen=period)]) from error


async def _require_bodies(connection: Connection, period: Period, content: Mapping[str, Any]) -> None:
    known = (await load_registry(connection, period.last_day)).agencies
    faults = [
        Fault(f"/summons/{place}/agency", "no scored body has this code", seen=each["agency"])
        for place, each in enumerate(content["summons"])
        if each["agency"] not in known
    ]
    if faults:
        raise InputInvalid("the meeting summons bodies that are not scored", faults=faults)
