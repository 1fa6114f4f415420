"""From the bytes of an exchange document to period and agencies. Every fault is found and named, with its agency."""

from decimal import Decimal
from typing import Any

from shared.law.exact import Number, NumberUnreadable, read_number
from shared.law.json_numbers import JsonUnreadable, Members, NoNumber, read_json
from shared.law.refusals import Fault, InputRefused, SchemeNotInForce, shown
from shared.law.scheme import scheme_for
from shared.law.sheet import AgencyInput, faults_of
from shared.period import Period, PeriodInvalid

NOT_APPLICABLE = "not_applicable"
MEMBERS = ("period", "agencies")


def read_input(data: bytes) -> tuple[Period, list[AgencyInput]]:
    """Period and agencies of a document. Raises InputRefused with every fault of form and of the figures."""
    try:
        document = read_json(data)
    except JsonUnreadable as error:
        raise InputRefused([_fault("not-json", None, None, None, "one JSON object in UTF-8", str(error))]) from error
    if not isinstance(document, Members):
        hint = 'write {"period": "2026-01", "agencies": {…}}'
        raise InputRefused([_fault("not-an-object", None, None, document, "one JSON object", hint)])
    reader = _Reader()
    period = reader.period(document)
    agencies = reader.agencies(document)
    if period is None:
        raise InputRefused(reader.faults)
    if reader.faults:
        raise InputRefused([*reader.faults, *faults_of(scheme_for(period), agencies)])
    return period, agencies


class _Reader:
    """Reads part after part and gathers what it cannot accept."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def period(self, document: Members) -> Period | None:
        """The period, if it is one and ruled by a scheme; also the document's own member names."""
        for name in document.repeated():
            self.faults.append(_repeated(None, name))
        members = dict(document.pairs)
        for name in sorted(members.keys() - set(MEMBERS)):
            self.faults.append(_fault("unknown-member", None, name, None, f"only {' and '.join(MEMBERS)}", "remove it"))
        text = members.get("period")
        try:
            period = Period.parse(text) if isinstance(text, str) else None
            if period is not None:
                scheme_for(period)
                return period
            reason = "write the month the figures belong to"
        except (PeriodInvalid, SchemeNotInForce) as error:
            reason = str(error)
        self.faults.append(_fault("period", None, "period", text, "a month YYYY-MM that a scheme rules", reason))
        return None

    def agencies(self, document: Members) -> list[AgencyInput]:
        """Every agency that is an object with a writable name."""
        agencies = dict(document.pairs).get("agencies")
        if not isinstance(agencies, Members):
            hint = "write one object per agency code; {} for none"
            self.faults.append(_fault("agencies", None, "agencies", agencies, "an object of agencies", hint))
            return []
        self.faults += [
            _fault("duplicate-agency", code, None, None, "each agency once", "remove the second one")
            for code in agencies.repeated()
        ]
        read = {code: self._agency(code, figures) for code, figures in agencies.pairs}
        return [agency for agency in read.values() if agency is not None]

    def _agency(self, code: str, figures: Any) -> AgencyInput | None:
        if not isinstance(figures, Members):
            hint = "write the agency's measures as an object; {} when all are missing"
            self.faults.append(_fault("agency", code, None, figures, "an object of measures", hint))
            return None
        if any("\ud800" <= letter <= "\udfff" for letter in code):
            self.faults.append(_fault("agency", code, None, None, "a code in Unicode", "half a character is none"))
        self.faults += [_repeated(code, name) for name in figures.repeated()]
        measures = {name: self._figure(code, name, value) for name, value in figures.pairs if name != NOT_APPLICABLE}
        barred = [self._codes(code, value) for name, value in figures.pairs if name == NOT_APPLICABLE]
        return AgencyInput(code=code, measures=measures, not_applicable=frozenset().union(*barred))

    def _figure(self, agency: str, measure: str, value: Any) -> Number | None:
        try:
            if isinstance(value, str | NoNumber):
                return read_number(value if isinstance(value, str) else value.text)
            if value is None or (isinstance(value, int | Decimal) and not isinstance(value, bool)):
                return value
            expected = "a JSON number, a decimal string or null"
        except NumberUnreadable as error:
            expected = str(error)
        hint = 'write the figure as it is reported, for example 12 or "8.25"; null when it is missing'
        self.faults.append(_fault("not-a-number", agency, measure, value, expected, hint))
        return None

    def _codes(self, agency: str, value: Any) -> frozenset[str]:
        if isinstance(value, list) and all(isinstance(code, str) for code in value):
            return frozenset(value)
        hint = 'write them as ["B1", "B2"]'
        self.faults.append(_fault(NOT_APPLICABLE, agency, NOT_APPLICABLE, value, "a list of indicator codes", hint))
        return frozenset()


def _repeated(agency: str | None, name: str) -> Fault:
    return _fault("repeated-key", agency, name, None, "each name once", "keep the right one")


def _fault(rule: str, agency: str | None, measure: str | None, value: Any, expected: str, hint: str) -> Fault:
    return Fault(rule, agency, measure, None if value is None else _text(value), expected, hint)


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case NoNumber():
            return shown(value.text)
        case Members():
            return "an object"
        case list():
            return "a list"
        case _:
            return shown(str(value))
