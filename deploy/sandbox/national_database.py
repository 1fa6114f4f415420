"""National consolidated database: new records per body and database. A few bodies have no automatic figure at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from deploy.sandbox.bodies import bodies, codes, spelled, style_of
from deploy.sandbox.content import Content, content
from deploy.sandbox.dice import between
from deploy.sandbox.figures import as_known, drift, weight
from deploy.sandbox.months import Month

NOTICE = (
    "DỮ LIỆU MÔ PHỎNG: số bản ghi và dấu “thuộc Nghị quyết 214/NQ-CP” là giả định. / "
    "Demo data: record counts and the Resolution 214 marks are invented."
)
WITHOUT_AUTOMATIC = frozenset({"G11", "G22", "G32", "H12", "H18", "H35"})
"""Bodies whose records only their own report gives (the official file of ``agency_report``)."""


@dataclass(frozen=True, slots=True)
class Database:
    """One database: code, name, whether marked as listed, and the bodies that feed it."""

    code: str
    name: str
    listed: bool
    feeders: tuple[str, ...]


@lru_cache(maxsize=1)
def databases() -> tuple[Database, ...]:
    """The six databases of the stand-in."""
    everyone, provinces = codes(), codes("province")
    return (
        Database("CSDL-BH", "Cơ sở dữ liệu quốc gia về bảo hiểm", True, ("G12", "G09")),
        Database("CSDL-CBCC", "Cơ sở dữ liệu quốc gia về cán bộ, công chức, viên chức", True, everyone),
        Database("CSDL-DC", "Cơ sở dữ liệu quốc gia về dân cư", True, ("G01",)),
        Database("CSDL-DD", "Cơ sở dữ liệu quốc gia về đất đai", True, ("G10", *provinces)),
        Database("CSDL-HT", "Cơ sở dữ liệu hộ tịch điện tử", True, ("G15", *provinces)),
        Database("CSDL-LT", "Cơ sở dữ liệu tài liệu lưu trữ điện tử", False, everyone),
    )


def fed_by(code: str) -> tuple[Database, ...]:
    """The databases a body feeds."""
    return tuple(database for database in databases() if code in database.feeders)


def records(seed: int, period: Month, code: str, database: Database) -> int:
    """The month's new records of one body in one database, once settled."""
    whole = weight(seed, code, "records") * 1_723 * drift(period, "records", code) // 1000
    shares = {fed.code: between(10, 90, seed, "share", code, fed.code) for fed in fed_by(code)}
    return whole * shares[database.code] // sum(shares.values())


@lru_cache(maxsize=16)
def database_growth(seed: int, period: Month, as_of: datetime) -> Content:
    """One row per database and body that feeds it automatically."""
    found = (row for code in bodies() if code not in WITHOUT_AUTOMATIC for row in _growth(seed, period, as_of, code))
    return content(found, key=("database", "agency"), sums=("new_records",))


def _growth(seed: int, period: Month, as_of: datetime, code: str) -> Iterator[dict[str, object]]:
    agency = spelled(code, period.last, style_of(seed, "database", code))
    for database in fed_by(code):
        final = records(seed, period, code, database)
        yield {
            "agency": agency,
            "database": database.code,
            "database_name": database.name,
            "listed": database.listed,
            "new_records": as_known(final, period, as_of, "records", code, database.code),
        }
