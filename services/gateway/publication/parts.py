"""Use case: a published document in part, or with what stands elsewhere beside it (PUB-15, PUB-18). No value is computed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec

from services.gateway.http.answers import encoded
from services.gateway.http.words import SHOWN
from services.gateway.publication.labels import labels_of
from services.gateway.publication.schemas.sheet import ScoreSheet
from services.gateway.publication.selection import Place, read_fields, select
from services.gateway.publication.sheets import NotExplained
from services.gateway.publication.store.records import Rendering
from shared.canonical import sha256_hex
from shared.law.revisions import law_of_sheet
from shared.law.scheme import Scheme, packaged_schemes
from shared.problems import Language

Expansion = Literal["labels", "scheme"]


@dataclass(frozen=True)
class Part:
    """What is wanted of a document: ``fields`` None is all of it, ``expand`` what is added, labels in the ``language``."""

    fields: frozenset[str] | None
    expand: frozenset[Expansion]
    language: Language

    @property
    def worded(self) -> bool:
        """Labels are words of the product, which a later release may mend."""
        return "labels" in self.expand

    async def of(self, found: Rendering, address: str) -> Rendering:
        """As ``made_of``, with the digest of its own bytes."""
        body = await asyncio.to_thread(self.made_of, bytes(found.body), found.digest, address)
        return replace(found, body=body, digest=sha256_hex(body))

    def made_of(self, stored: bytes, digest: str, address: str) -> bytes:
        """The part of the stored document, as JSON; ``whole`` says where that stands, and its digest.

        Raises InputInvalid for unknown fields, NotExplained where its scheme is not held here."""
        document: dict[str, Any] = msgspec.json.decode(stored)
        wanted = document
        if self.fields is not None:
            wanted = select(document, read_fields(self.fields, Place.whole(ScoreSheet, document), shown=SHOWN))
        expanded = {"expanded": self._expanded(document)} if self.expand else {}
        return encoded({**wanted, "whole": {"address": address, "digest": digest}, **expanded})

    def _expanded(self, document: Mapping[str, Any]) -> dict[str, Any]:
        scheme = _scheme_of(document)
        labels = {"language": self.language, **labels_of(scheme, self.language)}
        law = {"id": scheme.id, "digest": scheme.digest, "content": dict(scheme.content)}
        added: dict[Expansion, Any] = {"labels": labels, "scheme": law}
        return {name: content for name, content in added.items() if name in self.expand}


def _scheme_of(document: Mapping[str, Any]) -> Scheme:
    """As it ships: what a revision reads otherwise the document says itself."""
    law = law_of_sheet(document, packaged_schemes())
    if law is None:
        version, period, scheme = (document[name] for name in ("version", "period", "scheme"))
        raise NotExplained(f"version {version} of {period} was computed under a scheme that is not held here: {scheme}")
    return law.scheme
