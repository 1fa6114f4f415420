"""People and credentials of a body, as they are asked for and shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.http.schemas.shape import AgencyCode, Document, Page, Reason, Shape, identifier
from services.gateway.http.words import Instant, Line

GrantId = Annotated[str, identifier("grant")]
KeyId = Annotated[str, Field(pattern="^[0-9a-f]{12}$", examples=["0123456789ab"])]
Holder = Annotated[Line, Field(max_length=200, description="The person or system.", examples=["Phòng Tổng hợp"])]
# What a system of a body may be given; deciding about people is for people.
SystemRole = Literal["agency_drafter", "agency_approver", "agency_signer", "agency_unit"]
AgencyRole = Literal["agency_drafter", "agency_approver", "agency_signer", "agency_admin", "agency_unit"]
OfficeRole = Literal[
    "reader", "operator", "publisher", "auditor", "records_reviewer", "officer", "assessor", "system_administrator"
]
State = Literal["requested", "in_force", "ended", "revoked"]


class Person(Shape):
    """A subject of a configured identity provider."""

    issuer: Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,19}$", description="The provider, by its name here.")]
    sub: Annotated[Line, Field(max_length=255, description="The token's subject.")]


class MemberAsked(Shape):
    """Roles inside the body, in force once a second person approves."""

    person: Person
    holder: Holder
    roles: Annotated[list[AgencyRole], Field(min_length=1, max_length=5)]
    ends_at: Instant | None = None
    document: Document | None = None
    reason: Reason


class OfficerAsked(Shape):
    """Roles in a national office; `belongs_to` is the scored body the person comes from, where there is one."""

    person: Person
    holder: Holder
    roles: Annotated[list[OfficeRole], Field(min_length=1, max_length=6)]
    belongs_to: AgencyCode | None = None
    ends_at: Instant | None = None
    document: Document | None = None
    reason: Reason


class PersonnelDecisionAsked(Shape):
    """An approval or a revocation."""

    reason: Reason


class CredentialAsked(Shape):
    """A key for a system of the body, in force once a second person approves. Null is no limit."""

    holder: Holder
    roles: Annotated[list[SystemRole], Field(min_length=1, max_length=4)]
    expires_at: Annotated[Instant, Field(description="At most a year from now.")]
    read_only: bool = False
    resources: Annotated[list[str], Field(max_length=50, description="Names of groups of routes.")] | None = None
    networks: Annotated[list[str], Field(max_length=50, description="CIDR.", examples=[["203.0.113.0/24"]])] | None = None
    reason: Reason


class RotationAsked(Shape):
    """`overlap_hours`: how long the former key goes on beside its successor."""

    overlap_hours: Annotated[int, Field(ge=0, le=720)] = 24
    reason: Reason


class Grant(Shape):
    """Roles of a person; `agency` is null in a national office."""

    grant_id: GrantId
    agency: AgencyCode | None
    belongs_to: AgencyCode | None
    subject: str
    holder: str
    roles: list[str]
    state: State
    ends_at: datetime | None
    document: str | None
    requested_by: str
    requested_at: datetime
    reason: str
    approved_by: str | None
    approved_at: datetime | None
    revoked_by: str | None
    revoked_at: datetime | None


class GrantPage(Page):
    items: list[Grant]


class Credential(Shape):
    """A key of a body's system or person, without its secret. `at_terminal`: the server's operator made it (`requested_by`);
    nobody approves it, and it is taken back where it was made."""

    key_id: KeyId
    agency: AgencyCode
    holder: str
    roles: list[str]
    state: State
    expires_at: datetime | None
    read_only: bool
    resources: list[str] | None
    networks: list[str] | None
    rotates: KeyId | None
    replaced_by: KeyId | None
    replaced_at: datetime | None
    requested_by: str
    requested_at: datetime
    reason: str
    approved_by: str | None
    approved_at: datetime | None
    revoked_at: datetime | None
    at_terminal: bool


class OfficeKey(Shape):
    """A key of somebody of a national office, without its secret. The server's operator made it (`made_by`) at the terminal,
    where it is taken back too. `agency` is the body that its holder comes from, and checks nothing of."""

    key_id: KeyId
    agency: AgencyCode | None
    holder: str
    roles: list[str]
    state: State
    expires_at: datetime | None
    read_only: bool
    resources: list[str] | None
    networks: list[str] | None
    replaced_by: KeyId | None
    replaced_at: datetime | None
    made_by: str
    made_at: datetime
    reason: str
    revoked_at: datetime | None


class OfficeKeyPage(Page):
    items: list[OfficeKey]


class CredentialPage(Page):
    items: list[Credential]


class CredentialMade(Shape):
    """`key` is shown here and never again; it is null where the same request is answered a second time."""

    credential: Credential
    key: str | None
