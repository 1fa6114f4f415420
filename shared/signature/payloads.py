"""The bytes a signature is made over. Each kind of thing has its own shape, so a signature of one is none of another."""

from __future__ import annotations

from shared.canonical import canonical_bytes


def of_report(content: bytes) -> bytes:
    """A report: its RFC 8785 bytes, which name form, agency and period; the accepted digest is theirs."""
    return content


def of_file(digest: str, *, agency: str, period: str) -> bytes:
    """A file that a body hands in for a month, by ``sha256:…`` of its bytes."""
    return canonical_bytes({"agency": agency, "file": digest, "period": period})


def of_snapshot(snapshot_id: str, *, period: str, source: str) -> bytes:
    """A frozen snapshot, countersigned by a body; its id is the digest of its rows and window."""
    return canonical_bytes({"period": period, "snapshot": snapshot_id, "source": source})
