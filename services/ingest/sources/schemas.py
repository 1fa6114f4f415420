"""The published contracts: a JSON Schema per source, made of its row types (``python -m services.ingest.sources.schemas``)."""

from __future__ import annotations

import json
import sys
from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec

from services.ingest.contract.source import Source
from services.ingest.sources import SOURCES
from services.ingest.sources.public_service_portal import Evaluation

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REFERENCE = "#/$defs/{name}"


def schema_of(source: Source) -> dict[str, Any]:
    """Rows by dataset, with their order and control sums; for the portal also the shape of its public JSON."""
    name, _, version = source.contract.partition("/")
    types = [dataset.row for dataset in source.datasets]
    extra = [Evaluation] if source.name == "public_service_portal" else []
    found, definitions = msgspec.json.schema_components([*types, *extra], ref_template=_REFERENCE)
    datasets = {
        dataset.name: {
            "type": "array",
            "items": reference,
            "x-order": [*dataset.key, "agency"],
            "x-control-sums": list(dataset.sums),
        }
        for dataset, reference in zip(source.datasets, found, strict=False)
    }
    return {
        "$schema": _DIALECT,
        "$id": f"urn:bangdiem:contract:{name}:{version}",
        "title": source.title_vi,
        "version": version,
        "type": "object",
        "properties": datasets,
        "additionalProperties": False,
        "$defs": {name: _dedented(each) for name, each in definitions.items()},
    }


def _dedented(definition: dict[str, Any]) -> dict[str, Any]:
    """Its description is a docstring, which Python 3.13 compiles without its indentation and former versions with it."""
    return {name: cleandoc(said) if name == "description" else said for name, said in definition.items()}


def text_of(source: Source) -> str:
    """The schema as it is published."""
    return json.dumps(schema_of(source), ensure_ascii=False, indent=2, sort_keys=False) + "\n"


def write(directory: Path) -> None:
    """Write ``<source>.schema.json`` for every source."""
    directory.mkdir(parents=True, exist_ok=True)
    for source in SOURCES:
        (directory / f"{source.name}.schema.json").write_text(text_of(source), "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/contracts"))
