"""Address and credentials of one role on the embedded server."""

from dataclasses import dataclass, field, replace
from urllib.parse import quote


@dataclass(frozen=True, kw_only=True)
class Dsn:
    """`url` carries the password; `repr` and `str` do not, so that a log line cannot leak it."""

    port: int
    role: str
    password: str = field(repr=False)
    database: str
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        """Fit for libpq, psycopg and SQLAlchemy. TLS is refused by this build, whatever PGSSLMODE asks for."""
        secret, database = quote(self.password, safe=""), quote(self.database, safe="")
        return f"postgresql://{self.role}:{secret}@{self.host}:{self.port}/{database}?sslmode=disable"

    def on(self, database: str) -> "Dsn":
        return replace(self, database=database)
