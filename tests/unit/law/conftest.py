"""A scheme's content to change: the law of the package, copied for each test."""

import copy
from typing import Any

import pytest

from shared.law.law_file import read_law_file
from shared.law.scheme import SCHEMES


@pytest.fixture
def content() -> dict[str, Any]:
    return copy.deepcopy(read_law_file(SCHEMES / "qd-4585.yaml"))
