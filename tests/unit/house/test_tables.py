"""Tables in one test: every row that fails is told, a table that lost rows fails, and the last line of a run counts them."""

from __future__ import annotations

import pytest

from tests.tables import whole

QUIET = ("-q", "-o", "verbosity_subtests=0", "-o", "asyncio_default_fixture_loop_scope=session")
ROWS = """
def test_rows(subtests):
    for each in range(5):
        with subtests.test(f"row {each}"):
            assert each not in (1, 3)

def test_another():
    pass
"""


def test_every_failing_row_is_told_and_the_last_line_counts(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(ROWS)
    done = pytester.runpytest_inprocess(*QUIET, "-p", "tests.closing", "--called", "it", "--goal", "9")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    said = done.stdout.str()
    assert [f"test_rows [row {each}] ___" in said for each in range(5)] == [False, True, False, True, False]
    done.stdout.re_match_lines([r"it: \d+ s \(goal 9 s on two idle cores\); 2 tests, and 5 rows of tables in them\."])


def test_a_table_that_lost_rows_fails() -> None:
    assert whole(iter("abc"), least=3) == ["a", "b", "c"]
    with pytest.raises(AssertionError, match="a table of 2 rows, where 3 were known"):
        whole("ab", least=3)
