"""Templates with what every page shows: both languages side by side, dates as Vietnam writes them, nothing unescaped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.responses import HTMLResponse, Response

from services.gateway.pages.page_words import month_words
from services.gateway.pages.switching import forms_in
from shared.period import VIETNAM
from shared.problems import Language
from shared.public_pages.drawing import length_of, place_on
from shared.writing import day, decimal_comma, figure, grouped, is_seen, moment, points, sentence, signed, signed_figure

STATIC = Path(__file__).parent / "static"
STYLESHEET = "eform.css"
# A page runs nothing, shows nothing from elsewhere, stands in no frame, and sends its forms to us alone.
GUARDS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}


def page_response(template: str, context: Mapping[str, Any], *, language: Language, status: int = 200) -> Response:
    """The page as HTML. ``t(vi, en)`` in a template chooses the language."""
    html = (
        environment()
        .get_template(template)
        .render(**context, t=chooser(language), language=language, stylesheet=stylesheet_path())
    )
    return HTMLResponse(html, status_code=status, headers={**GUARDS, "content-language": language})


def part(template: str, *, language: Language, **context: Any) -> str:
    """A part of a page, made apart from it: what it was given is escaped already."""
    return environment().get_template(template).render(**context, t=chooser(language), language=language)


def chooser(language: Language) -> Callable[[str, str], str]:
    return (lambda vi, en: vi) if language == "vi" else (lambda vi, en: en)


@cache
def stylesheet() -> tuple[bytes, str]:
    """Its bytes and digest."""
    content = (STATIC / STYLESHEET).read_bytes()
    return content, hashlib.sha256(content).hexdigest()


def stylesheet_path() -> str:
    return f"/e-form/static/{STYLESHEET}?v={stylesheet()[1][:16]}"


@cache
def environment() -> Environment:
    found = Environment(
        # The drawings are those of the public pages.
        loader=ChoiceLoader(
            [PackageLoader("services.gateway.pages"), PrefixLoader({"public": PackageLoader("shared.public_pages")})]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "moment": moment,
        "day": day,
        "decimal_comma": decimal_comma,
        "left": left,
        "grouped": grouped,
        "sentence": sentence,
        "points": points,
        "figure": figure,
        "signed": signed,
        "signed_figure": signed_figure,
        "month": month_said,
        "until": until,
        "forms_in": forms_in,
        "length_of": length_of,
        "place_on": place_on,
    }
    found.tests["seen"] = is_seen
    return found


@pass_context
def month_said(context: Context, period: str) -> str:
    """The month in the page's language: tháng 01/2026."""
    return str(context["t"](*month_words(period)))


@pass_context
def until(context: Context, value: str) -> str:
    """The first instant at which something holds no more: as the last day on which it does, where that day ends then."""
    found = datetime.fromisoformat(value).astimezone(VIETNAM)
    if found.time() != time():
        return moment(found)
    return f"{context['t']('hết ngày', 'the end of')} {day(found.date() - timedelta(days=1))}"


@pass_context
def left(context: Context, seconds: int) -> str:
    """Time left in the page's language: 2 ngày 15 giờ 4 phút."""
    t = context["t"]
    days, rest = divmod(int(seconds), 86_400)
    hours, rest = divmod(rest, 3_600)
    parts = [f"{days} {t('ngày', 'd')}"] if days else []
    return " ".join([*parts, f"{hours} {t('giờ', 'h')}", f"{rest // 60} {t('phút', 'min')}"])
