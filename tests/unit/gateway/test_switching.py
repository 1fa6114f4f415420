"""The switch of languages belongs to the one form that somebody may have begun to fill, and to no other."""

from __future__ import annotations

import pytest

from services.gateway.pages.switching import forms_in

TYPED = '<form method="post" action="/a"><input type="hidden" name="csrf"><input id="x" name="reason" required></form>'
BUTTON = '<form method="post" action="/b"><input type="hidden" name="csrf"><button>Ghi</button></form>'
CHOSEN = '<form method="post" action="/c"><select name="z"></select></form>'
FILTER = '<form method="get" action="/d"><input name="q"></form>'
SECRET = '<form method="post" action="/e"><input type="password" name="p"></form>'


@pytest.mark.parametrize(
    ("content", "typed"),
    [(BUTTON + FILTER, 0), (SECRET, 0), (BUTTON + TYPED, 1), (CHOSEN, 1), (TYPED + CHOSEN, 2)],
)
def test_only_a_form_that_stands_alone_is_named(content: str, typed: int) -> None:
    found = forms_in(content)
    assert found.typed == typed
    assert found.content.count(' id="typed"') == (typed == 1)
    assert found.content.replace(' id="typed"', "") == content


def test_a_form_that_is_named_already_stays_so() -> None:
    content = BUTTON.replace("<form", '<form id="typed"') + TYPED
    assert forms_in(content).typed == 1
    assert forms_in(content).content == content
