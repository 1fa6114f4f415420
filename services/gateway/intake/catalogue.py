"""Which rule catalogue holds for a month, and what makes a document a catalogue: closed, known checks, known words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.gateway.intake.rules import Catalogue
from shared.errors import InputInvalid, NotFound
from shared.period import Period


class CatalogueInvalid(InputInvalid):
    """A rule catalogue that cannot be used; every fault is named."""

    slug = "rule-catalogue-invalid"
    title_vi = "Danh mục quy tắc kiểm tra không hợp lệ"
    title_en = "Rule catalogue invalid"


class CatalogueUnknown(NotFound):
    """No rule catalogue is in force for the month: it lies before the first one."""

    slug = "rule-catalogue-unknown"
    title_vi = "Không có danh mục quy tắc kiểm tra cho kỳ này"
    title_en = "No rule catalogue for this period"


def parse_catalogue(document: Mapping[str, Any], *, place: str = "catalogue") -> Catalogue:
    """A document made a catalogue, or CatalogueInvalid with every fault of the first kind found."""
    raise NotImplementedError


def catalogue_in_force(period: Period | str, *, activations: Iterable[Catalogue] = ()) -> Catalogue:
    """The catalogue of a month, narrowed to the rules that hold in it. Raises CatalogueUnknown before the first.

    ``activations`` are catalogues the Government Office put in force, in the order it did: among those that have started,
    the latest first period wins, and of two with one first period the one activated later.
    """
    raise NotImplementedError
