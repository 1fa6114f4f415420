"""Who stands behind the ids of actors that other documents hold (`actor`, `author`, `approved_by`, …).

One list beside all documents, and not a name inside each: facts keep the id, which never changes; who may know a name depends
on who asks, and documents with an ETag say the same to everybody; and a page of history asks once for everybody on it.
"""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import unquote

from fastapi import Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.gateway.access.auth import ROLES
from services.gateway.access.known_people import known_people
from services.gateway.access.permits import Permit
from services.gateway.access.schemas.people import KnownPeople
from services.gateway.http.answers import no_store
from services.gateway.http.openapi_responses import tells
from services.gateway.http.routes.parameters import Unset
from services.gateway.http.routing import resource
from services.gateway.http.runtime import runtime
from services.gateway.http.words import is_line
from shared.audit import Actor
from shared.errors import Fault, InputInvalid

router = resource("people")

ASKER: Final = Permit(ROLES)
MOST: Final = 100
_Ids = Annotated[str, Field(pattern="^[!-~]{1,20000}$")]
IdsQuery = Annotated[
    _Ids | Unset,
    Query(
        description=f"At most {MOST} ids of actors, parted by commas; in an id, %25 for a percent sign, %2C for a comma."
        " Without it, the caller's own.",
        examples=["key:0123456789ab,oidc:vpcp:nguyen.a"],
    ),
]


@router.get("/people", **tells(KnownPeople, refuses=(401, 403)))
async def list_people(request: Request, actor: Annotated[Actor, Depends(ASKER)], ids: IdsQuery = None) -> Response:
    """Names and roles behind actors' ids, also of keys and roles that ended, as far as the caller may know.

    A body's people are named inside their body, to auditors and system administrators; other national roles learn their
    body and roles. National offices' people are named to national roles; a body learns their roles. Another body's people
    are left out, as if there were none.
    """
    asked = [actor.id] if ids is None else [unquote(each) for each in ids.split(",") if each]
    if len(asked) > MOST or not all(map(is_line, asked)):
        expected = f"at most {MOST} ids, parted by commas"
        fault = Fault("?ids", "cannot be read", expected=expected, hint="Ask in several requests.")
        raise InputInvalid("these are no ids of actors", faults=[fault])
    return no_store({"items": await known_people(runtime(request).database, actor=actor, ids=asked)})
