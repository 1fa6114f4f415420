"""One identity provider whose access tokens are taken: ``BANGDIEM_GATEWAY_ISSUERS__<NAME>__<FIELD>``."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

# Asymmetric only: with a shared secret, or none, whoever can check a token could also make one.
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
IssuerName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,19}$")]
Scope = Annotated[str, Field(pattern=r"^[\x21\x23-\x5b\x5d-\x7e]{1,100}$")]
_URL = r"^https?://[^/?#\s@]+(/[^?#\s]*)?$"


def words(text: object) -> object:
    """A list as an environment variable holds it: separated by commas."""
    return [word.strip() for word in text.split(",") if word.strip()] if isinstance(text, str) else text


class IssuerSettings(BaseModel):
    """``url`` is the token's ``iss``, to the letter. Without ``jwks_url`` the keys are found by OpenID discovery.

    Nothing a token says gives a right: ``subject_claim`` and ``name_claim`` only say who it is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=_URL)
    audience: str = Field(min_length=1)
    jwks_url: str | None = Field(default=None, pattern=_URL)
    algorithms: Annotated[tuple[Algorithm, ...], BeforeValidator(words)] = Field(default=("RS256", "ES256"), min_length=1)
    subject_claim: str = Field(default="sub", min_length=1)
    name_claim: str = Field(default="name", min_length=1)
    leeway_seconds: int = Field(default=30, ge=0, le=300)
    timeout_seconds: float = Field(default=5, gt=0, le=60)
    # How long fetched keys are good, how long beyond it while the issuer is away, and how often at most it is asked.
    keys_seconds: float = Field(default=3600, ge=0)
    stale_seconds: float = Field(default=6 * 3600, ge=0)
    refetch_seconds: float = Field(default=10, ge=0)
    # What the pages sign in with (authorization code, PKCE). Without a client id the provider has no button there; without a
    # secret the client is a public one.
    client_id: str | None = Field(default=None, min_length=1)
    client_secret: SecretStr | None = Field(default=None, min_length=1)
    scopes: Annotated[tuple[Scope, ...], BeforeValidator(words)] = ("openid",)
    # What the provider is asked for where a second factor is needed; without it the acr:… of the gateway's SECOND_FACTOR.
    acr_values: Annotated[tuple[Scope, ...], BeforeValidator(words)] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.client_secret is not None and self.client_id is None:
            raise ValueError("client_secret needs client_id")
        # The identity token carries the nonce: without it a sign-in could be somebody else's.
        if "openid" not in self.scopes:
            raise ValueError("scopes must hold openid")
        return self
