"""One section was replaced: only the rules that read it are run anew, all others' findings are carried over (INT-07).

The result is that of checking the whole report; a property test holds both against each other for any sequence of
replacements. Cells are read anew, for the report is made of them, and so are its digests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.gateway.reports.form.form import Form
from services.gateway.reports.form.report import Finding, SentReport, Unapplied
from services.gateway.reports.form.understanding import understand
from services.gateway.reports.rules.checking import Checked, check_sent, checked_of
from services.gateway.reports.rules.context import Context
from services.gateway.reports.rules.judging import in_order, judge, unapplied
from services.gateway.reports.rules.observing import observe, reading, rules_of_reports, unknown
from services.gateway.reports.rules.rule_types import Catalogue


@dataclass(frozen=True)
class Before:
    """What a check of the report found before the section was replaced: by the same rules and form, knowing the same, and
    with every cell readable. Where one of these was otherwise the whole report is to be checked.
    """

    findings: tuple[Finding, ...]
    not_applicable: tuple[Unapplied, ...]


def recheck(
    sent: SentReport, section: str, before: Before, *, file_digest: str, context: Context, catalogue: Catalogue, form: Form
) -> Checked:
    """``sent`` is the whole report with the section replaced. Where a cell cannot be read no rule of meaning was tried."""
    report, _ = understand(sent, form)
    if report is None:
        return check_sent(sent, file_digest=file_digest, context=context, catalogue=catalogue, form=form)
    again = reading(section, catalogue)
    run = {rule.id for rule in again.rules}
    observed = observe(report, context, again)
    fresh = judge(observed.observations, catalogue, sent, form=form)
    kept = [each for each in before.findings if each.rule not in run]
    idle = [*unapplied(observed.not_applicable, catalogue), *(each for each in before.not_applicable if each.rule not in run)]
    return checked_of(
        sent,
        report,
        file_digest,
        in_order([*fresh, *kept], form),
        unchecked=unknown(context, catalogue),
        not_applicable=_by_rule(idle, catalogue),
        carried=tuple(rule.id for rule in rules_of_reports(catalogue) if rule.id not in run),
    )


def _by_rule(idle: Iterable[Unapplied], catalogue: Catalogue) -> tuple[Unapplied, ...]:
    """In the catalogue's order, as a whole check tells them."""
    places = {rule.id: place for place, rule in enumerate(catalogue.rules)}
    return tuple(sorted(idle, key=lambda each: places[each.rule]))
