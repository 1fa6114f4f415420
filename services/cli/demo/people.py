"""The demo's people: keys made once, kept 0600 in the data directory so that a second demo finds them. Nobody is real."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.cli.keys import local_actor
from services.cli.site import Site, private_text
from services.gateway.access.keys_limits import NO_LIMITS
from services.gateway.access.keys_making import key_wanted, write_key
from shared.database import Database
from shared.period import Period
from shared.registry_store import load_registry

REASON = "DỮ LIỆU MÔ PHỎNG: chạy thử một tháng từ đầu đến cuối"
OFFICE_KEYS = "demo-keys.json"
# One person cannot do both of what takes two: who scores does not publish, who asks does not approve. The reader only reads.
OFFICE = {
    "operator": ("operator", "reader"),
    "publisher": ("publisher", "reader"),
    "approver": ("publisher", "reader"),
    "reader": ("reader",),
}
OF_A_BODY = ("agency_drafter", "agency_approver", "agency_signer")
# The Ministry of Public Security gathers C1 (QĐ 4585 appendix §3 C1).
REVIEWING_BODY = "G01"
# The province whose letter says which of its units follows which indicator, and those units.
PROVINCE = "H38"
UNITS = ("so-khcn", "tt-pvhcc", "cong-an", "tt-cntt", "so-tai-chinh", "vp-ubnd")


@dataclass(frozen=True)
class Wanted:
    """A key to be made: for whom, with which role inside which body, or in a national office."""

    holder: str
    roles: tuple[str, ...]
    agency: str | None = None


@dataclass(frozen=True)
class Made:
    key_id: str
    key: str


async def office_keys(site: Site) -> dict[str, str]:
    """The keys of the operator, the two publishers and the reader."""

    async def all_of(maker: Maker) -> dict[str, Any]:
        made = await maker.make({name: Wanted(name, roles) for name, roles in OFFICE.items()})
        return {name: each.key for name, each in made.items()}

    return dict(json.loads((await _kept(site, OFFICE_KEYS, all_of)).read_text("utf-8")))


async def agency_keys(site: Site, month: Period) -> Path:
    """A file of three keys for each body, a reader's, the reviewer's, two officers', the assessor's, and those of one
    province's units."""

    async def all_of(maker: Maker) -> dict[str, Any]:
        async with maker.database.read() as connection:
            codes = sorted((await load_registry(connection, month.last_day)).agencies)
        wanted: dict[Any, Wanted] = {
            (code, role): Wanted(f"{code} {role}", (role,), code) for code in codes for role in OF_A_BODY
        }
        wanted |= {number: Wanted(f"officer {number}", ("officer",)) for number in (1, 2)}
        wanted |= {("admin", n): Wanted(f"{PROVINCE} administrator {n}", ("agency_admin",), PROVINCE) for n in (1, 2)}
        wanted |= {unit: Wanted(f"{PROVINCE} {unit}", ("agency_unit",), PROVINCE) for unit in UNITS}
        wanted["reader"] = Wanted("reader of reports", ("reader",))
        wanted["reviewer"] = Wanted("reviewer", ("records_reviewer",), REVIEWING_BODY)
        wanted["assessor"] = Wanted("assessor", ("assessor",))
        made = await maker.make(wanted)
        # The unit enters the person who works for it by the key's id.
        units = {unit: {"key": made[unit].key, "subject": f"key:{made[unit].key_id}"} for unit in UNITS}
        return {
            **{code: {role: made[code, role].key for role in OF_A_BODY} for code in codes},
            "reader": made["reader"].key,
            "reviewer": made["reviewer"].key,
            "assessor": made["assessor"].key,
            "officers": [made[number].key for number in (1, 2)],
            "units": {"administrators": [made["admin", number].key for number in (1, 2)], **units},
        }

    return await _kept(site, "demo-agency-keys.json", all_of)


@dataclass(frozen=True)
class Maker:
    """Whoever holds the machine makes keys, all in one transaction; each has its audit row."""

    site: Site
    database: Database

    async def make(self, wanted: Mapping[Any, Wanted]) -> dict[Any, Made]:
        now, pepper, actor = self.site.platform.clock(), self.site.pepper, local_actor()
        made: dict[Any, Made] = {}
        async with self.database.transaction() as connection:
            for name, each in wanted.items():
                holder, roles, body = f"demo {each.holder}", each.roles, each.agency
                key = key_wanted(holder=holder, roles=roles, agency=body, expires_at=None, limits=NO_LIMITS, now=now)
                made[name] = Made(*await write_key(connection, key, pepper=pepper, actor=actor, reason=REASON, now=now))
        return made


async def _kept(site: Site, name: str, all_of: Callable[[Maker], Awaitable[dict[str, Any]]]) -> Path:
    """The file of that name, made when it is not there yet."""
    path = site.data_dir / name
    if not path.exists():
        database = Database(site.platform.database_url, role="gateway", pool_size=1)
        try:
            private_text(path, json.dumps(await all_of(Maker(site, database))))
        finally:
            await database.close()
    return path
