"""A month's points, read by a client that openapi-python-client made from docs/openapi.json (docs/reporting.md says how).

    python docs/examples/read_month.py http://127.0.0.1:8000 2026-01

One line for each body: its code, its total as an exact fraction, and the points of every indicator.
"""

import sys

from bangdiem_client import Client
from bangdiem_client.api.scores import get_scores
from bangdiem_client.models import ScoreSheet

URL, PERIOD = sys.argv[1:3]

with Client(base_url=URL) as client:
    sheet = get_scores.sync(PERIOD, client=client)
if not isinstance(sheet, ScoreSheet):
    sys.exit(f"{PERIOD}: {sheet}")
for body in sheet.agencies:
    points = {code: indicator.points for code, indicator in body.indicators.additional_properties.items()}
    print(body.agency, body.total_exact, *(f"{code}={points[code]}" for code in sorted(points)))
