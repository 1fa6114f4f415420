"""An authority that a gateway trusts, and a person whose certificate signs a body's report. All of it is made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from tests.unit.signature.authority import House, house, revocation_list, sign


@dataclass(frozen=True)
class Signing:
    """``settings`` are those of a gateway that trusts the authority."""

    made: House
    settings: dict[str, Any]

    @classmethod
    def trusted_in(cls, folder: Path, *, now: datetime, **person: Any) -> Signing:
        """The folder is empty; ``person`` are wishes for the certificate, valid now."""
        made = house("EdDSA", at=now, organisation="VN-HOP-DONG", **person)
        settings = {name: folder / name for name in ("signature_roots", "signature_revocation_lists")}
        for each in settings.values():
            each.mkdir()
        (settings["signature_roots"] / "root.pem").write_bytes(made.root.certificate.public_bytes(Encoding.PEM))
        for name, issuer in (("root", made.root), ("issuing", made.issuing)):
            der = revocation_list(issuer, at=now - timedelta(hours=1), until=now + timedelta(days=1))
            (settings["signature_revocation_lists"] / f"{name}.crl").write_bytes(der)
        return cls(made, settings)

    @property
    def certificate(self) -> str:
        return self.made.person.certificate.public_bytes(Encoding.PEM).decode()

    def sign(self, payload: bytes, at: datetime) -> str:
        """A detached JWS."""
        return sign(payload, self.made.person, self.made.chain, signed_at=at)
