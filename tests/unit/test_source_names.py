"""Every source that a figure may come from has a name in both languages."""

from __future__ import annotations

import unicodedata

from services.ingest.sources import SOURCES
from shared.law.scheme import packaged_schemes
from shared.source_names import source_name, source_names


def test_every_source_is_named() -> None:
    counted = {source for scheme in packaged_schemes() for measure in scheme.measures.values() for source in measure.sources}
    assert counted | {source.name for source in SOURCES} == set(source_names())
    for names in source_names().values():
        assert set(names) == {"vi", "en"}
        assert all(name == unicodedata.normalize("NFC", name).strip() != "" for name in names.values())
    assert source_name("unheard_of", "vi") == "unheard_of"
