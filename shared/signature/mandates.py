"""Whether whoever made a good signature may sign for the body: by organisation, key and day (APR-08). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shared.period import VIETNAM
from shared.signature.refused import AgencyDiffers, MandateEnded, MandateMissing, MandateNotBegun
from shared.signature.verifier import Verified


@dataclass(frozen=True)
class Mandate:
    """``key_digest`` is of the certificate's public key; both days belong to it, in Vietnam. Withdrawn, it ends at once."""

    mandate_id: str
    agency: str
    organisation: str
    key_digest: str
    holder: str
    valid_from: date
    valid_to: date | None
    withdrawn_at: datetime | None = None


def mandate_of(verified: Verified, *, agency: str, mandates: Sequence[Mandate]) -> Mandate:
    """The mandate the signature rests on; ``mandates`` are the body's approved ones.

    Raises AgencyDiffers, MandateMissing, MandateNotBegun or MandateEnded.
    """
    own = [each for each in mandates if each.agency == agency]
    signer, day = verified.signer, verified.signed_at.astimezone(VIETNAM).date()
    if own and signer.organisation not in {each.organisation for each in own}:
        named = signer.organisation or "no organisation"
        raise AgencyDiffers(f"the certificate names {named}, which is not {agency}", certificate=signer.subject)
    of_signer = [each for each in own if (each.organisation, each.key_digest) == (signer.organisation, signer.key_digest)]
    if not of_signer:
        hint = "The body's administrators record a mandate; a second person approves it."
        raise MandateMissing(f"{agency} has mandated nobody with this key", hint=hint, key_digest=signer.key_digest)
    holding = [each for each in of_signer if _holds(each, day)]
    if holding:
        return max(holding, key=lambda each: each.valid_from)
    last = max(of_signer, key=lambda each: each.valid_from)
    if last.withdrawn_at is None and day < last.valid_from:
        raise MandateNotBegun(f"the mandate {last.mandate_id} begins on {last.valid_from}", mandate=last.mandate_id)
    raise MandateEnded(f"the mandate {last.mandate_id} had ended on {day}", mandate=last.mandate_id)


def _holds(mandate: Mandate, day: date) -> bool:
    # Withdrawn is over for good, whatever day a signature claims: it would be easy to date one back.
    if mandate.withdrawn_at is not None:
        return False
    return mandate.valid_from <= day and (mandate.valid_to is None or day <= mandate.valid_to)
