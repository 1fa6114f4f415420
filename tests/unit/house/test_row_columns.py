"""Lists of frozen rows put columns of their own beside a dataset's: no dataset has one that is called so."""

from __future__ import annotations

from services.gateway.publication.store.rows import ADDED
from shared.datasets import DATASETS
from shared.measures import CLASSIFIED


def test_no_column_of_a_dataset_is_called_as_one_that_is_added() -> None:
    clashing = {(dataset.name, name) for dataset in DATASETS for name in {*ADDED, "snapshot_pk"} & set(dataset.names)}
    assert clashing == set()


def test_every_statement_that_judges_rows_calls_the_verdict_so() -> None:
    assert {name for name, each in CLASSIFIED.items() if "AS row_verdict" not in each.sql} == set()
