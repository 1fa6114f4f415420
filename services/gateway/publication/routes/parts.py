"""How a reader asks for a part of a published document, or for more beside it."""

from __future__ import annotations

from typing import Annotated, get_args

from fastapi import Depends, Query, Request
from pydantic import Field

from services.gateway.http.edge import JSON
from services.gateway.http.negotiation import choose_language
from services.gateway.http.routes.parameters import Unset
from services.gateway.publication.parts import Expansion, Part
from services.gateway.publication.selection import FIELDS
from shared.errors import Fault, InputInvalid

_Fields = Annotated[str, Field(max_length=2000, pattern="^[A-Za-z0-9_.-]+(,[A-Za-z0-9_.-]+)*$")]
_Expand = Annotated[str, Field(max_length=100, pattern="^(labels|scheme)(,(labels|scheme))*$")]
FieldsQuery = Annotated[
    _Fields | Unset,
    Query(
        description="Of JSON only these fields, by dotted names with commas between, each value as the whole has it. Of a list "
        "the name is that of each item's field.",
        examples=["agencies.agency,agencies.total,agencies.indicators.A1.points"],
    ),
]
ExpandQuery = Annotated[
    _Expand | Unset,
    Query(
        description="Adds to JSON, under `expanded`: `labels`, words for every code in the language of Accept-Language; "
        "`scheme`, the law. With commas between.",
        examples=["labels"],
    ),
]


async def part_wanted(request: Request, fields: FieldsQuery = None, expand: ExpandQuery = None) -> Part | None:
    """None where all is wanted, and nothing beside it."""
    if fields is None and expand is None:
        return None
    named = None if fields is None else frozenset(fields.split(","))
    beside = () if expand is None else expand.split(",")
    language = choose_language(",".join(request.headers.getlist("accept-language")) or None)
    return Part(named, frozenset(each for each in get_args(Expansion) if each in beside), language)


PartWanted = Annotated[Part | None, Depends(part_wanted)]


def require_json(part: Part, media_type: str) -> None:
    """Raises InputInvalid where another format is asked for: a file is whole."""
    if media_type != JSON:
        place = "?expand" if part.fields is None else FIELDS
        fault = Fault(place, "is of JSON alone", seen=media_type)
        raise InputInvalid("a part is taken of the JSON document alone", faults=[fault])
