"""Classification markers: a report that bears Mật, Tối mật or Tuyệt mật is refused and nothing of it is kept (SEC-06)."""

from __future__ import annotations

from services.gateway.intake.report import SentReport
from shared.errors import InputInvalid


class Classified(InputInvalid):
    """The file bears a classification marker; it was refused and not kept. Places are named, the text is not repeated."""

    slug = "classified-content"
    title_vi = "Có dấu hiệu bí mật nhà nước: từ chối và không lưu"
    title_en = "Classified content: refused and not kept"


def refuse_classified(subject: SentReport | str) -> None:
    """Raises Classified naming every place and its marker. Text, too, is searched: a file that could not be read."""
    raise NotImplementedError
