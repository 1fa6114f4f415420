"""Algorithm × fault: each cell is refused with its own problem type, and the same without the fault is good (APR-06, 08)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from shared.errors import DomainError
from shared.period import VIETNAM, in_vietnam
from shared.signature.mandates import Mandate, mandate_of
from shared.signature.revocation import WithoutList, read_list
from shared.signature.trust import Trust
from shared.signature.verifier import CertificateVerifier, SignatureVerifier, Terms, Verified
from tests.unit.signature.authority import (
    ALGORITHMS,
    DAY,
    NOW,
    ORGANISATION,
    Holder,
    House,
    Wish,
    house,
    issue,
    renamed,
    revocation_list,
    sign,
    usage,
)

PAYLOAD = b'{"agency":"H38","period":"2026-02"}'
TODAY = NOW.astimezone(VIETNAM).date()


@dataclass(frozen=True)
class Case:
    """One signature as it comes in, before whom it is judged."""

    jws: str
    roots: Sequence[Holder]
    lists: Sequence[bytes]
    mandates: Sequence[Mandate]
    payload: bytes = PAYLOAD
    received_at: datetime = NOW
    without_list: WithoutList = "refuse"

    def judge(self) -> tuple[Verified, Mandate]:
        trust = Trust(tuple(each.read for each in self.roots), tuple(read_list(each) for each in self.lists))
        verifier: SignatureVerifier = CertificateVerifier(lambda: trust, Terms(without_list=self.without_list))
        verified = verifier.verify(self.payload, jws=self.jws, received_at=self.received_at)
        return verified, mandate_of(verified, agency="H38", mandates=self.mandates)


def mandate(holder: Holder, **changes: object) -> Mandate:
    made = Mandate(
        mandate_id="mandate_1",
        agency="H38",
        organisation=ORGANISATION,
        key_digest=holder.read.key_digest,
        holder="Người ký minh họa",
        valid_from=TODAY - DAY,
        valid_to=TODAY + DAY,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def case(made: House, **header: object) -> Case:
    """Good, unless the house or the header is not."""
    jws = sign(PAYLOAD, made.person, made.chain, header=header)
    return Case(jws, [made.root], made.lists, [mandate(made.person)])


def chained(made: House, *between: Holder) -> Case:
    """The person's certificate under other authorities."""
    jws = sign(PAYLOAD, made.person, [made.person, *between])
    return replace(case(made), jws=jws)


def altered_payload(algorithm: str) -> Case:
    return replace(case(house(algorithm)), payload=PAYLOAD.replace(b"02", b"03"))


def altered_signature(algorithm: str) -> Case:
    made = case(house(algorithm))
    head, _, tail = made.jws.rpartition(".")
    return replace(made, jws=f"{head}.{'B' if tail[0] == 'A' else 'A'}{tail[1:]}")


def signature_of_another_key(algorithm: str) -> Case:
    made = house(algorithm)
    other = issue(Wish("Người khác", algorithm), made.issuing)
    return replace(case(made), jws=sign(PAYLOAD, other, made.chain))


def expired(algorithm: str) -> Case:
    return case(house(algorithm, not_before=NOW - 400 * DAY, not_after=NOW - timedelta(seconds=1)))


def not_yet_valid(algorithm: str) -> Case:
    return case(house(algorithm, not_before=NOW + timedelta(seconds=1)))


def authority_expired(algorithm: str) -> Case:
    made = house(algorithm)
    old = issue(Wish("Issuing authority of the tests", ca=True, path_length=0, not_after=NOW - DAY), made.root)
    return chained(made, old)


def revoked(algorithm: str) -> Case:
    made = house(algorithm)
    lists = [revocation_list(made.root), revocation_list(made.issuing, (made.person, NOW - DAY, None))]
    return replace(case(made), lists=lists)


def authority_revoked(algorithm: str) -> Case:
    made = house(algorithm)
    lists = [revocation_list(made.root, (made.issuing, NOW - DAY, x509.ReasonFlags.superseded)), revocation_list(made.issuing)]
    return replace(case(made), lists=lists)


def stolen_after_signing(algorithm: str) -> Case:
    """The key was lost between signing and handing in: a thief may have dated the signature back."""
    made = house(algorithm)
    lost = (made.person, NOW + timedelta(hours=1), x509.ReasonFlags.key_compromise)
    later = NOW + timedelta(hours=3)
    lists = [revocation_list(made.root), revocation_list(made.issuing, lost, at=NOW + timedelta(hours=2))]
    return replace(case(made), lists=lists, received_at=later)


def list_stale(algorithm: str) -> Case:
    made = house(algorithm)
    return replace(
        case(made), lists=[revocation_list(made.root), revocation_list(made.issuing, until=NOW - timedelta(minutes=1))]
    )


def list_missing(algorithm: str) -> Case:
    made = house(algorithm)
    return replace(case(made), lists=[revocation_list(made.root)])


def list_of_an_impostor(algorithm: str) -> Case:
    """Same name, another key: it is no list of the issuer's."""
    made = house(algorithm)
    impostor = issue(Wish("Issuing authority of the tests", "P-384", ca=True))
    return replace(case(made), lists=[revocation_list(made.root), revocation_list(impostor)])


def list_of_a_part(algorithm: str) -> Case:
    made = house(algorithm)
    only = {"only_contains_user_certs": True, "only_contains_ca_certs": False, "only_contains_attribute_certs": False}
    part = x509.IssuingDistributionPoint(None, None, only_some_reasons=None, indirect_crl=False, **only)
    return replace(case(made), lists=[revocation_list(made.root), revocation_list(made.issuing, further=[(part, True)])])


def root_unknown(algorithm: str) -> Case:
    return replace(case(house(algorithm)), roots=[issue(Wish("Another root", ca=True))])


def root_impostor(algorithm: str) -> Case:
    """A root of the right name and another key."""
    return replace(case(house(algorithm)), roots=[issue(Wish("Root of the tests", "P-384", ca=True))])


def no_root(algorithm: str) -> Case:
    return replace(case(house(algorithm)), roots=[])


def chain_broken(algorithm: str) -> Case:
    made = house(algorithm)
    return chained(made, issue(Wish("Another authority", ca=True), made.root))


def chain_of_an_impostor(algorithm: str) -> Case:
    made = house(algorithm)
    return chained(made, issue(Wish("Issuing authority of the tests", "P-384", ca=True), made.root))


def issued_by_a_person(algorithm: str) -> Case:
    """Whoever holds a person's certificate issues another one with it."""
    made = house(algorithm)
    forged = issue(Wish("Kẻ mạo danh", algorithm), made.person)
    jws = sign(PAYLOAD, forged, [forged, made.person, made.issuing])
    return replace(case(made), jws=jws, mandates=[mandate(forged)])


def path_too_long(algorithm: str) -> Case:
    made = house(algorithm)
    below = issue(Wish("Authority too far down", ca=True), made.issuing)
    person = issue(Wish("Người ký minh họa", algorithm), below)
    return replace(case(made), jws=sign(PAYLOAD, person, [person, below, made.issuing]))


def authority_without_key_usage(algorithm: str) -> Case:
    made = house(algorithm)
    odd = issue(Wish("Issuing authority of the tests", ca=True, usage=usage(crl_sign=True)), made.root)
    return chained(made, odd)


def names_narrowed(algorithm: str) -> Case:
    made = house(algorithm)
    names = x509.NameConstraints([x509.DNSName("example")], None)
    narrow = issue(Wish("Issuing authority of the tests", ca=True, further=[(names, False)]), made.root)
    return chained(made, narrow)


def strange_extension(algorithm: str) -> Case:
    odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    return case(house(algorithm, further=[(odd, True)]))


def algorithm_none(algorithm: str) -> Case:
    return replace(case(house(algorithm)), jws=renamed(case(house(algorithm)).jws, "none"))


def algorithm_hmac(algorithm: str) -> Case:
    return replace(case(house(algorithm)), jws=renamed(case(house(algorithm)).jws, "HS256"))


def algorithm_of_another_key(algorithm: str) -> Case:
    other = ALGORITHMS[ALGORITHMS.index(algorithm) - 1]
    return replace(case(house(algorithm)), jws=renamed(case(house(algorithm)).jws, other))


def no_jws(algorithm: str) -> Case:
    return replace(case(house(algorithm)), jws=case(house(algorithm)).jws.replace("..", "."))


def attached(algorithm: str) -> Case:
    return replace(case(house(algorithm)), jws=case(house(algorithm)).jws.replace("..", ".e30."))


def without_chain(algorithm: str) -> Case:
    return case(house(algorithm), x5c=None)


def without_time(algorithm: str) -> Case:
    return case(house(algorithm), iat=None)


def usage_of_encryption(algorithm: str) -> Case:
    return case(house(algorithm, usage=usage(key_encipherment=True)))


def usage_of_nothing(algorithm: str) -> Case:
    return case(house(algorithm, no_usage=True))


def purpose_of_servers(algorithm: str) -> Case:
    return case(house(algorithm, further=[(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)]))


def authority_as_signer(algorithm: str) -> Case:
    return case(house(algorithm, ca=True, usage=usage(digital_signature=True, key_cert_sign=True)))


def signed_in_the_future(algorithm: str) -> Case:
    return replace(case(house(algorithm)), received_at=NOW - timedelta(minutes=6))


def signed_long_ago(algorithm: str) -> Case:
    return replace(case(house(algorithm)), received_at=NOW + timedelta(hours=24, seconds=1))


def another_agency(algorithm: str) -> Case:
    return case(house(algorithm, organisation="VN-G06"))


def no_agency(algorithm: str) -> Case:
    return case(house(algorithm, organisation=None))


def mandate_of_another_key(algorithm: str) -> Case:
    made = house(algorithm)
    return replace(case(made), mandates=[mandate(made.issuing)])


def mandate_nowhere(algorithm: str) -> Case:
    return replace(case(house(algorithm)), mandates=[])


def mandate_of_another_agency(algorithm: str) -> Case:
    made = house(algorithm)
    return replace(case(made), mandates=[mandate(made.person, agency="G06")])


def mandate_ended(algorithm: str) -> Case:
    made = house(algorithm)
    return replace(case(made), mandates=[mandate(made.person, valid_to=TODAY - DAY)])


def mandate_withdrawn(algorithm: str) -> Case:
    made = house(algorithm)
    return replace(case(made), mandates=[mandate(made.person, withdrawn_at=NOW + DAY)])


def mandate_not_begun(algorithm: str) -> Case:
    made = house(algorithm)
    return replace(case(made), mandates=[mandate(made.person, valid_from=TODAY + DAY)])


FAULTS: dict[Callable[[str], Case], str] = {
    altered_payload: "signature-differs",
    altered_signature: "signature-differs",
    signature_of_another_key: "signature-differs",
    expired: "certificate-expired",
    authority_expired: "certificate-expired",
    not_yet_valid: "certificate-not-yet-valid",
    revoked: "certificate-revoked",
    authority_revoked: "certificate-revoked",
    stolen_after_signing: "certificate-revoked",
    list_stale: "revocation-list-stale",
    list_missing: "revocation-list-missing",
    list_of_an_impostor: "revocation-list-missing",
    list_of_a_part: "revocation-list-missing",
    root_unknown: "certificate-root-unknown",
    root_impostor: "certificate-root-unknown",
    no_root: "certificate-root-unknown",
    chain_broken: "certificate-chain-broken",
    chain_of_an_impostor: "certificate-chain-broken",
    issued_by_a_person: "certificate-chain-broken",
    path_too_long: "certificate-chain-broken",
    authority_without_key_usage: "certificate-chain-broken",
    names_narrowed: "certificate-chain-broken",
    strange_extension: "certificate-chain-broken",
    algorithm_none: "signature-algorithm-refused",
    algorithm_hmac: "signature-algorithm-refused",
    algorithm_of_another_key: "signature-algorithm-refused",
    no_jws: "signature-malformed",
    attached: "signature-malformed",
    without_chain: "signature-malformed",
    without_time: "signature-malformed",
    usage_of_encryption: "certificate-usage-wrong",
    usage_of_nothing: "certificate-usage-wrong",
    purpose_of_servers: "certificate-usage-wrong",
    authority_as_signer: "certificate-usage-wrong",
    signed_in_the_future: "signing-time-implausible",
    signed_long_ago: "signing-time-implausible",
    another_agency: "certificate-of-another-agency",
    no_agency: "certificate-of-another-agency",
    mandate_of_another_key: "mandate-missing",
    mandate_nowhere: "mandate-missing",
    mandate_of_another_agency: "mandate-missing",
    mandate_ended: "mandate-ended",
    mandate_withdrawn: "mandate-ended",
    mandate_not_begun: "mandate-not-begun",
}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_each_fault_is_refused_by_its_name(fault: Callable[[str], Case], algorithm: str) -> None:
    with pytest.raises(DomainError) as refused:
        fault(algorithm).judge()
    assert refused.value.slug == FAULTS[fault], refused.value.detail


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_good_signature_is_taken_with_all_that_was_looked_at(algorithm: str) -> None:
    made = house(algorithm)
    verified, used = case(made).judge()
    assert used.mandate_id == "mandate_1"
    assert (verified.jws.algorithm, verified.signed_at) == (algorithm, NOW)
    assert [each.der for each in verified.path] == [made.person.der, made.issuing.der, made.root.der]
    kept = verified.as_dict()
    assert [each["status"] for each in kept["revocation"]] == ["not revoked", "not revoked"]
    assert kept["path"][0]["subject"] == f"organizationIdentifier={ORGANISATION},CN=Người ký minh họa"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_is_good_stays_good(algorithm: str) -> None:
    """Valid at the time of signing, whatever comes after it or stands beside it."""
    made = house(algorithm)
    good = case(made)
    gone = (made.person, NOW + timedelta(hours=1), x509.ReasonFlags.cessation_of_operation)
    later = NOW + timedelta(hours=3)
    left = [revocation_list(made.root), revocation_list(made.issuing, gone, at=NOW + timedelta(hours=2))]
    other = issue(Wish("Người khác", algorithm), made.issuing)
    emails = house(algorithm, further=[(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)])
    expires = house(algorithm, not_after=NOW + timedelta(hours=1))
    renewed = issue(Wish("Root of the tests", ca=True, not_before=NOW - 9 * DAY))
    for each in (
        replace(good, jws=sign(PAYLOAD, made.person, [*made.chain, made.root])),  # the root may be sent too
        replace(good, lists=left, received_at=later),  # left office after signing
        replace(good, lists=[revocation_list(made.root), revocation_list(made.issuing, (other, NOW - DAY, None))]),
        replace(good, received_at=NOW + timedelta(hours=23)),
        replace(good, received_at=NOW - timedelta(minutes=4)),
        replace(good, roots=[renewed, made.root]),
        replace(case(expires), received_at=NOW + timedelta(hours=2)),  # expired since
        case(house(algorithm, usage=usage(content_commitment=True))),
        case(emails),
        replace(good, mandates=[mandate(made.person, valid_from=TODAY, valid_to=TODAY)]),
        replace(good, mandates=[mandate(made.person, valid_to=date(2026, 1, 1)), mandate(made.person, valid_to=None)]),
        case(made, iat=None, sigT="2026-03-04T03:00:00Z", crit=["sigT"]),
    ):
        each.judge()


def test_an_issuer_without_a_list_may_be_marked_instead() -> None:
    verified, _ = replace(list_missing("ES256"), without_list="mark").judge()
    assert [each.as_dict()["status"] for each in verified.revocation] == ["not checked", "not revoked"]


def test_a_stale_list_is_refused_even_where_a_missing_one_is_marked() -> None:
    with pytest.raises(DomainError) as refused:
        replace(list_stale("ES256"), without_list="mark").judge()
    assert refused.value.slug == "revocation-list-stale"


def test_an_invalidity_date_reaches_further_back_than_the_revocation() -> None:
    made = house()
    entry = (made.person, NOW + timedelta(hours=1), x509.ReasonFlags.superseded)
    own = revocation_list(made.issuing, entry, invalid_since=NOW - DAY)
    with pytest.raises(DomainError) as refused:
        replace(case(made), lists=[revocation_list(made.root), own]).judge()
    assert (refused.value.slug, refused.value.context["since"]) == ("certificate-revoked", in_vietnam(NOW - DAY))


@pytest.mark.parametrize("kind", ["P-384", "RS1024"])
def test_a_key_of_another_size_is_no_key_of_the_algorithm(kind: str) -> None:
    made = house("ES256")
    person = issue(Wish("Người ký minh họa", kind), made.issuing)
    signed = renamed(sign(PAYLOAD, made.person, [person, made.issuing]), "ES256" if kind == "P-384" else "RS256")
    with pytest.raises(DomainError) as refused:
        replace(case(made), jws=signed).judge()
    assert refused.value.slug == "signature-algorithm-refused"


def test_a_day_is_a_day_in_vietnam() -> None:
    """23:30 on 3 March in UTC is 4 March in Hà Nội."""
    made = house()
    signed_at = datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
    signed = replace(case(made), jws=sign(PAYLOAD, made.person, made.chain, signed_at=signed_at))
    replace(signed, mandates=[mandate(made.person, valid_from=date(2026, 3, 4))]).judge()
    with pytest.raises(DomainError) as refused:
        replace(signed, mandates=[mandate(made.person, valid_to=date(2026, 3, 3))]).judge()
    assert refused.value.slug == "mandate-ended"
