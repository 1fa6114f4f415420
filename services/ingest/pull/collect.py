"""Use case: fetch a source's period page by page and keep every byte before anything is read out of it (ING-03, 05, 06).

A pull that was killed, or whose source went away, is gone on with from its last kept page. What was kept is read by
``replay``; nothing here enters the records.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

import msgspec
from joserfc.jwk import KeySet

from services.ingest.contract.findings import failure
from services.ingest.contract.reading import check_head
from services.ingest.contract.signatures import SignatureInvalid, check
from services.ingest.contract.source import (
    AsOfUnavailable,
    Head,
    Interface,
    Origin,
    Source,
    SourceNotConfigured,
    SourceRefused,
    Window,
    WrongAnswer,
)
from services.ingest.pull import store
from services.ingest.pull.archive import Kept, pack
from services.ingest.runtime import Asking, Runtime
from shared.audit import record
from shared.datasets.declaration import Dataset
from shared.errors import DomainError, Fault
from shared.ids import new_id
from shared.outbound import AnswerTruncated, SourceUnavailable

Purpose = Literal["rehearsal", "freeze", "second_look", "supersede"]

_KEEPING = 3
_SHOWN = 300
# Failures of the way, not of the content: what was kept before them is good.
_RESUMABLE = frozenset({SourceUnavailable.slug, AnswerTruncated.slug})


@dataclass(frozen=True)
class Pull:
    """One attempt to take a source's period, and under whose name."""

    pull_id: str
    source: Source
    window: Window
    purpose: Purpose
    actor: str
    origin: Origin = "network"
    command_id: str | None = None
    resumes: str | None = None

    def as_row(self) -> dict[str, Any]:
        """The columns of ingest.pull."""
        return {
            "pull_id": self.pull_id,
            "source": self.source.name,
            "period": str(self.window.period),
            "purpose": self.purpose,
            "origin": self.origin,
            "contract": self.source.contract,
            "as_of": self.window.as_of,
            "resumes": self.resumes,
            "command_id": self.command_id,
            "actor": self.actor,
        }


def lock_name(source: Source, window: Window) -> str:
    """One worker at a time on a source's period."""
    return f"ingest:{source.name}:{window.period}"


async def collect(runtime: Runtime, pull: Pull) -> None:
    """Fetch and keep every page not yet kept. Raises SourceProblem; the caller records how the pull ended."""
    if pull.source.interface is None:
        raise without_interface(pull.source)
    endpoint = runtime.settings.of(pull.source.name).endpoint(pull.source.name)
    if endpoint is None:
        raise SourceNotConfigured(
            f"{pull.source.name} has no address",
            hint=f"Set BANGDIEM_INGEST_{pull.source.name.upper()}__BASE_URL, or import an official file.",
        )
    kept = await kept_pages(runtime, pull.pull_id)
    keys = runtime.settings.of(pull.source.name).keys()
    async with runtime.connect(endpoint, runtime.clock) as asking:
        for dataset in pull.source.datasets:
            mine = [page for page in kept if page.dataset == dataset.name]
            await _Fetching(runtime, pull, pull.source.interface, dataset, asking, keys).run(mine)


def without_interface(source: Source) -> SourceNotConfigured:
    """There is nothing to set for a source that cannot be asked."""
    words = f"{source.name} has no interface: its periods come by official file"
    return SourceNotConfigured(words, hint="Import an official file of it for this period (bangdiem import).")


async def begin(runtime: Runtime, pull: Pull) -> Pull:
    """Write the pull down, close those whose process died, and go on with the last one where that can be. Under the lock."""
    place: Mapping[str, Any] = {"source": pull.source.name, "period": pull.window.period}
    async with runtime.database.transaction() as connection:
        last = await store.last_pull(connection, **place, purpose=pull.purpose)
        for dead in await store.unfinished(connection, **place):
            await store.insert_outcome(connection, dead, "abandoned")
        begun = _resuming(pull, last)
        await store.insert_pull(connection, begun.as_row())
        await record(connection, pull.actor, "pull.begin", begun.pull_id, detail={"resumes": begun.resumes})
    return begun


async def failed(runtime: Runtime, pull: Pull, problem: DomainError) -> None:
    """The outcome and the finding of a pull that came to nothing, in a transaction of their own."""
    async with runtime.database.transaction() as connection:
        await store.insert_outcome(connection, pull.pull_id, "failed", problem=problem.as_dict())
        place: Mapping[str, Any] = {"source": pull.source.name, "period": pull.window.period}
        await store.insert_findings(connection, [failure(problem)], pull_id=pull.pull_id, **place)
        await record(connection, pull.actor, "pull.fail", pull.pull_id, detail={"type": problem.slug})


async def kept_pages(runtime: Runtime, pull_id: str) -> list[Kept]:
    """The usable pages of a pull and those it resumes, each dataset's from the first without a gap."""
    async with runtime.database.read() as connection:
        return store.unbroken(await store.pages(connection, pull_id))


def new_pull(source: Source, window: Window, *, purpose: Purpose, actor: str, command_id: str | None = None) -> Pull:
    """A pull not yet begun, which comes the way its source's periods come by themselves."""
    return Pull(new_id("pull"), source, window, purpose, actor, source.origin, command_id=command_id)


def _resuming(pull: Pull, last: store.LastPull | None) -> Pull:
    if pull.origin != "network" or last is None or pull.resumes is not None:
        return pull
    same = (last.as_of, last.contract) == (pull.window.as_of, pull.source.contract)
    died = last.state in (None, "abandoned") or (last.state == "failed" and last.problem in _RESUMABLE)
    if not (same and died):
        return pull
    return replace(pull, resumes=last.pull_id)


class _Fetching:
    """One dataset's pages, one after the other; keeping a page overlaps with fetching the next."""

    def __init__(
        self, runtime: Runtime, pull: Pull, interface: Interface, dataset: Dataset, asking: Asking, keys: KeySet | None
    ) -> None:
        self._runtime = runtime
        self._pull = pull
        self._interface = interface
        self._dataset = dataset
        self._asking = asking
        self._keys = keys
        self._keeping: deque[asyncio.Task[None]] = deque()

    async def run(self, kept: list[Kept]) -> None:
        """``kept`` are the pages there are already. Raises SourceProblem after all received bytes are kept."""
        if kept and kept[-1].next_page is None:
            return
        page_no, token = len(kept), kept[-1].next_page if kept else None
        seen = {page.next_page for page in kept}
        try:
            while True:
                page_no += 1
                token = await self._page(page_no, token)
                if token is None:
                    break
                if token in seen:
                    raise WrongAnswer(f"{self._dataset.name}: page token {token!r} leads back to a page already served")
                seen.add(token)
            await self._all_kept()
        finally:
            await asyncio.gather(*self._keeping, return_exceptions=True)

    async def _page(self, page_no: int, token: str | None) -> str | None:
        """The token of the page after this one."""
        ask = self._interface.request(self._dataset, self._pull.window, token)
        answer = await self._asking.send(ask)
        head, signature, problem = self._judge(page_no, answer.status, answer.body, answer.signature)
        evidence = {
            "pull_id": self._pull.pull_id,
            "dataset": self._dataset.name,
            "page_no": page_no,
            "method": answer.method,
            "url": answer.url,
            "status": answer.status,
            "source_request_id": answer.source_request_id,
            "source_clock": answer.source_clock,
            "sent_at": answer.sent_at,
            "received_at": answer.received_at,
            "attempts": answer.attempts,
            "signature": signature,
            "next_page": head.next_page if head else None,
        }
        self._keeping.append(asyncio.create_task(self._keep(answer.body, evidence)))
        if len(self._keeping) >= _KEEPING:
            await self._keeping.popleft()
        if problem is not None:
            await self._all_kept()
            raise problem
        return head.next_page if head else None

    async def _keep(self, body: bytes, evidence: Mapping[str, Any]) -> None:
        packed = await asyncio.to_thread(pack, body)
        async with self._runtime.database.transaction() as connection:
            await store.keep(connection, packed, evidence)
            await record(connection, self._pull.actor, "page.keep", self._pull.pull_id)

    async def _all_kept(self) -> None:
        while self._keeping:
            await self._keeping.popleft()

    def _judge(
        self, page_no: int, status: int, body: bytes, signature: str | None
    ) -> tuple[Head | None, str, DomainError | None]:
        """What stands around the rows, how the signature was found, and what is wrong, if anything."""
        if status != HTTPStatus.OK:
            return None, "not checked", _refusal(self._pull.source, self._dataset, status, body)
        try:
            checked = check(body, signature, self._keys)
        except SignatureInvalid as problem:
            return None, "invalid", _unproven(self._pull.source, self._dataset, page_no, problem)
        try:
            head = self._interface.peek(self._dataset, body)
            check_head(self._dataset, head, contract=self._pull.source.contract, window=self._pull.window)
        except DomainError as problem:
            return None, checked, problem
        return head, checked, None


class _Refusal(msgspec.Struct):
    code: str = ""
    message: str = ""


def _refusal(source: Source, dataset: Dataset, status: int, body: bytes) -> DomainError:
    try:
        said = msgspec.json.decode(body, type=_Refusal)
    except msgspec.MsgspecError:
        said = _Refusal(message=body[:_SHOWN].decode("utf-8", "replace"))
    words = f"{source.name}/{dataset.name}: {status} {said.code} {said.message[:_SHOWN]}".rstrip()
    if status == HTTPStatus.UNPROCESSABLE_ENTITY and said.code == "AS_OF_UNAVAILABLE":
        return AsOfUnavailable(words, hint="Import an official file of the source for this period (bangdiem import).")
    return SourceRefused(words, hint="Check the address and the credentials of the source.")


def _unproven(source: Source, dataset: Dataset, page_no: int, problem: SignatureInvalid) -> SignatureInvalid:
    place = f"{source.name}/{dataset.name}/page {page_no}"
    hint = (
        "Check that the public key set for the source is its present one; if it is, ask the source to sign its answers with it."
    )
    fault = Fault(place, problem.detail, expected="a signature of the exact bytes by the source's key", hint=hint)
    return SignatureInvalid(f"{place}: {problem.detail}", faults=[fault], hint=hint)


def captured_between(evidence: Sequence[store.Page]) -> tuple[datetime, datetime]:
    """When the first request of a pull was sent and its last answer received, by our clock."""
    return min(line.sent_at for line in evidence), max(line.received_at for line in evidence)
