"""What is refused about webhooks, in the words of the domain."""

from __future__ import annotations

from shared.errors import Conflict, InputInvalid


class WebhookNotHttps(InputInvalid):
    """Events go over TLS only, except to hosts that the operator's setting names."""

    slug = "webhook-not-https"
    title_vi = "Địa chỉ nhận sự kiện phải dùng HTTPS"
    title_en = "Webhook without TLS"


class WebhookAddressRefused(InputInvalid):
    """The host's name leads to an address of this machine or of a private network."""

    slug = "webhook-address-refused"
    title_vi = "Địa chỉ nhận sự kiện thuộc mạng không được phép"
    title_en = "Webhook address refused"


class WebhookHostUnknown(InputInvalid):
    """The host's name leads to no address."""

    slug = "webhook-host-unknown"
    title_vi = "Không tìm thấy máy chủ nhận sự kiện"
    title_en = "Webhook host unknown"


class WebhookEnded(Conflict):
    """The webhook was ended, which is for ever; a new one can be registered."""

    slug = "webhook-ended"
    title_vi = "Địa chỉ nhận sự kiện đã ngừng sử dụng"
    title_en = "Webhook ended"


class WebhookStateSame(Conflict):
    """The webhook is in that state already."""

    slug = "webhook-state-same"
    title_vi = "Địa chỉ nhận sự kiện đã ở trạng thái này"
    title_en = "Webhook in that state already"


class TooManyWebhooks(Conflict):
    """A body has as many webhooks as it may have at a time."""

    slug = "too-many-webhooks"
    title_vi = "Cơ quan đã có đủ số địa chỉ nhận sự kiện"
    title_en = "Too many webhooks"
