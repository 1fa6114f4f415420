"""A body's monthly report from an empty draft to the receipt, by nothing but HTTP calls. Demo data throughout.

    python docs/examples/send_report.py http://127.0.0.1:8000 H38 2026-01 keys.json

keys.json holds three API keys of three different people: {"agency_drafter": …, "agency_approver": …, "agency_signer": …}.
Needs Python's standard library only; every step is one request that any other program can make as well.
"""

import json
import sys
import urllib.error
import urllib.request

URL, AGENCY, PERIOD, KEYS = sys.argv[1:5]
with open(KEYS, encoding="utf-8") as file:
    KEY = json.load(file)
SUBMISSIONS = f"/api/v1/agencies/{AGENCY}/periods/{PERIOD}/submissions"


def call(who, method, path, body=None, **headers):
    """One request as one person; gives status, headers and the JSON that came back."""
    data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"Authorization": f"Bearer {KEY[who]}", "Content-Type": "application/json", **named}
    request = urllib.request.Request(URL + path, data=data, method=method, headers=sent)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers, json.load(refusal)


def show(step, status, found, *names):
    print(f"{step:34} {status}  " + "  ".join(f"{name}={found[name]}" for name in names))


report = {
    "report": {"form": "monthly-report/1", "agency": AGENCY, "period": PERIOD, "document": "DEMO-01/BC"},
    "registered_tasks": [
        {
            "task_code": "DEMO-001",
            "title": "Nền tảng dữ liệu dùng chung (nhiệm vụ mô phỏng)",
            "registered_on": f"{PERIOD[:4]}-01-05",
            "accepted_on": f"{PERIOD}-20",
            "acceptance_document": "DEMO-02/QĐ",
            "client_ref": "dòng 1 của hệ thống chúng tôi",
        },
        {
            "task_code": "DEMO-002",
            "title": "Trợ lý ảo phục vụ công chức (nhiệm vụ mô phỏng)",
            "registered_on": "ngày năm tháng một",  # a mistake, to be found
            "client_ref": "dòng 2 của hệ thống chúng tôi",
        },
    ],
    "reported_databases": [],
    "narratives": [{"section": "D1", "visibility": "public", "text": "Dữ liệu mô phỏng."}],
}

# 1. An empty draft. The idempotency key makes it safe to send again when the answer was lost.
status, headers, draft = call("agency_drafter", "POST", SUBMISSIONS, {"test": False}, Idempotency_Key=f"demo-{AGENCY}-{PERIOD}")
show("1 draft", status, draft, "sequence", "state", "allowed_actions")
PATH = f"{SUBMISSIONS}/{draft['sequence']}"

# 2. A dry run: the same route, the same checks, nothing stored.
status, _, tried = call("agency_drafter", "PUT", f"{PATH}/content?dry_run=true", report)
show("2 dry run", status, tried["summary"], "fatal", "confirm", "notice")
for finding in tried["findings"]:
    print(f"    {finding['severity']}: {finding['pointer']} {finding['message_vi']} ({finding['client_ref']})")

# 3. Corrected, and sent in earnest.
report["registered_tasks"][1]["registered_on"] = f"{PERIOD[:4]}-01-05"
status, headers, taken = call("agency_drafter", "PUT", f"{PATH}/content", report)
show("3 content", status, taken, "revision", "digest")

# 4. What stands out is confirmed with a reason, or mended.
for finding in taken["findings"]:
    if finding["severity"] == "confirm":
        reason = {"finding_key": finding["key"], "reason": "đã đối chiếu với hồ sơ gốc (mô phỏng)"}
        status, _, made = call("agency_drafter", "POST", f"{PATH}/confirmations", reason)
        show("4 confirmation", status, made, "rule")

# 5. Three people: who drafted hands over, a second approves, a third signs the digest that was approved.
status, _, step = call("agency_drafter", "POST", f"{PATH}/handovers", {})
show("5 handover", status, step, "state", "holder")
status, _, refused = call("agency_drafter", "POST", f"{PATH}/approvals", {})
show("  (the drafter may not approve)", status, refused, "title")
status, _, step = call("agency_approver", "POST", f"{PATH}/approvals", {})
show("6 approval", status, step, "state", "holder")
status, _, signed = call("agency_signer", "POST", f"{PATH}/signatures", {"digest": taken["digest"]})
show("7 signature", status, signed, "state")

# 8. The receipt, which `bangdiem receipt verify` proves offline with the keys of /api/v1/receipt-keys.
status, _, receipt = call("agency_drafter", "GET", f"{PATH}/receipt")
show("8 receipt", status, receipt, "receipt_number", "kid")
sys.exit(0 if status == 200 else 1)
