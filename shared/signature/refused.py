"""Why a signature does not count. Each fault is a problem type of its own, so that a signer learns what to do (APR-06)."""

from __future__ import annotations

from shared.errors import Conflict, InputInvalid, NotAllowed, Unavailable


class SignatureRefused(InputInvalid):
    """The signature does not count; the problem's own type says why."""

    slug = "signature-refused"
    title_vi = "Chữ ký số không được chấp nhận"
    title_en = "Signature refused"


class SignatureMalformed(SignatureRefused):
    """Not a detached compact JWS with a certificate chain (`x5c`) and a signing time (`iat` or `sigT`)."""

    slug = "signature-malformed"
    title_vi = "Chữ ký số sai định dạng"
    title_en = "Signature malformed"


class AlgorithmRefused(SignatureRefused):
    """Only ES256, EdDSA (Ed25519) and RS256 (2048 bits or more) are taken, and only with a key of that kind."""

    slug = "signature-algorithm-refused"
    title_vi = "Thuật toán ký không được phép"
    title_en = "Signature algorithm refused"


class SignatureDiffers(SignatureRefused):
    """The signature was not made over these bytes with the certificate's key: content, header or signature was altered."""

    slug = "signature-differs"
    title_vi = "Chữ ký số không khớp với nội dung"
    title_en = "Signature does not fit the content"


class ChainBroken(SignatureRefused):
    """A certificate of the chain was not issued by the next one, or the next one may not issue it."""

    slug = "certificate-chain-broken"
    title_vi = "Chuỗi chứng thư số không liền mạch"
    title_en = "Certificate chain broken"


class RootUnknown(SignatureRefused):
    """The chain ends at no root that is trusted here."""

    slug = "certificate-root-unknown"
    title_vi = "Chứng thư số gốc không được tin cậy"
    title_en = "Root of the certificate unknown"


class UsageWrong(SignatureRefused):
    """The certificate is not one for signing by people: its key usage or extended key usage says otherwise."""

    slug = "certificate-usage-wrong"
    title_vi = "Chứng thư số không dùng để ký"
    title_en = "Certificate not for signing"


class SigningTimeImplausible(SignatureRefused):
    """The signing time lies in the future, or too long before the signature came in."""

    slug = "signing-time-implausible"
    title_vi = "Thời điểm ký không hợp lý"
    title_en = "Signing time implausible"


class CertificateExpired(SignatureRefused):
    """A certificate of the chain had expired when the signature was made."""

    slug = "certificate-expired"
    title_vi = "Chứng thư số đã hết hạn tại thời điểm ký"
    title_en = "Certificate expired when signing"


class CertificateNotYetValid(SignatureRefused):
    """A certificate of the chain was not valid yet when the signature was made."""

    slug = "certificate-not-yet-valid"
    title_vi = "Chứng thư số chưa có hiệu lực tại thời điểm ký"
    title_en = "Certificate not valid yet when signing"


class CertificateRevoked(SignatureRefused):
    """A certificate of the chain was revoked before the signature was made, or its key was lost to others."""

    slug = "certificate-revoked"
    title_vi = "Chứng thư số đã bị thu hồi"
    title_en = "Certificate revoked"


class RevocationListMissing(Conflict):
    """No usable revocation list of a certificate's issuer is configured here; the operator must add it."""

    slug = "revocation-list-missing"
    title_vi = "Thiếu danh sách chứng thư số bị thu hồi"
    title_en = "Revocation list missing"


class RevocationListStale(Conflict):
    """The revocation list of a certificate's issuer is past its next update; the operator must renew it."""

    slug = "revocation-list-stale"
    title_vi = "Danh sách chứng thư số bị thu hồi đã quá hạn"
    title_en = "Revocation list out of date"


class SignerNotAllowed(NotAllowed):
    """The signature is good, but its maker may not sign for this body."""

    slug = "signer-not-allowed"
    title_vi = "Người ký không có thẩm quyền"
    title_en = "Signer not allowed"


class AgencyDiffers(SignerNotAllowed):
    """The certificate names an organisation that is not the one of the body signed for."""

    slug = "certificate-of-another-agency"
    title_vi = "Chứng thư số thuộc cơ quan khác"
    title_en = "Certificate of another agency"


class MandateMissing(SignerNotAllowed):
    """The body has mandated nobody with this certificate's key."""

    slug = "mandate-missing"
    title_vi = "Chưa có ủy quyền ký số cho chứng thư số này"
    title_en = "No mandate for this certificate"


class MandateNotBegun(SignerNotAllowed):
    """The signer's mandate begins after the day of signing."""

    slug = "mandate-not-begun"
    title_vi = "Ủy quyền ký số chưa có hiệu lực"
    title_en = "Mandate not begun"


class MandateEnded(SignerNotAllowed):
    """The signer's mandate had ended on the day of signing, or was withdrawn (APR-08)."""

    slug = "mandate-ended"
    title_vi = "Ủy quyền ký số đã hết hiệu lực"
    title_en = "Mandate ended"


class TrustUnusable(Unavailable):
    """A configured root certificate or revocation list cannot be read; the log names the file."""

    slug = "trust-unusable"
    title_vi = "Cấu hình chứng thư số tin cậy không đọc được"
    title_en = "Trusted certificates unusable"
