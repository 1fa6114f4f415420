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


def done(step, wanted, status, found, *names):
    """Say how the step went; anything unexpected ends the script with what was answered."""
    if status != wanted:
        sys.exit(f"{step}: {status} {json.dumps(found, ensure_ascii=False)}")
    print(f"{step:34} {status}  " + "  ".join(f"{name}={found[name]}" for name in names))


# 1. An empty draft. The idempotency key makes it safe to send again when the answer was lost.
status, headers, draft = call("agency_drafter", "POST", SUBMISSIONS, {"test": False}, Idempotency_Key=f"demo-{AGENCY}-{PERIOD}")
done("1 draft", 201, status, draft, "sequence", "state", "allowed_actions")
PATH = f"{SUBMISSIONS}/{draft['sequence']}"

# 2. What is known already: the year's tasks as they were last reported. They go into this month's report as well. A section of
#    which nothing is known is left out: that there is none of something is for the body to say.
status, _, report = call("agency_drafter", "GET", f"{PATH}/content", Accept="application/json")
tasks = report.setdefault("registered_tasks", [])
done("2 what is known already", 200, status, {"tasks": len(tasks)}, "tasks")
report["report"]["document"] = "DEMO-01/BC"
tasks += [
    {
        "task_code": f"DEMO-{PERIOD}-A",
        "title": f"Nền tảng dữ liệu dùng chung, phần {PERIOD} (nhiệm vụ mô phỏng)",
        "registered_on": f"{PERIOD[:4]}-01-05",
        "accepted_on": f"{PERIOD}-20",
        "acceptance_document": f"DEMO-{PERIOD}/QĐ",
        "client_ref": "dòng 1 của hệ thống chúng tôi",
    },
    {
        "task_code": f"DEMO-{PERIOD}-B",
        "title": f"Trợ lý ảo phục vụ công chức, phần {PERIOD} (nhiệm vụ mô phỏng)",
        "registered_on": "ngày năm tháng một",  # a mistake, to be found
        "client_ref": "dòng 2 của hệ thống chúng tôi",
    },
]
report["reported_databases"] = []  # none but those that the systems count by themselves
report["narratives"] = [{"section": "D1", "visibility": "public", "text": "Dữ liệu mô phỏng."}]

# 3. A dry run: the same route, the same checks, nothing stored.
status, _, tried = call("agency_drafter", "PUT", f"{PATH}/content?dry_run=true", report)
done("3 dry run", 200, status, tried["summary"], "fatal", "confirm", "notice")
for finding in tried["findings"]:
    print(f"    {finding['severity']}: {finding['pointer']} {finding['message_vi']} ({finding['client_ref']})")

# 4. Corrected, and sent in earnest.
tasks[-1]["registered_on"] = f"{PERIOD[:4]}-01-05"
status, headers, taken = call("agency_drafter", "PUT", f"{PATH}/content", report)
done("4 content", 200, status, taken, "revision", "digest")

# 5. What stands out is mended, or confirmed with the true reason. The list goes on behind `next`.
following = f"{PATH}/findings"
while following:
    status, _, page = call("agency_drafter", "GET", following)
    for finding in page["items"]:
        if finding["severity"] == "confirm" and not finding["confirmed"]:
            reason = {"finding_key": finding["key"], "reason": f"dữ liệu mô phỏng: {finding['rule']} là chủ ý của ví dụ"}
            status, _, made = call("agency_drafter", "POST", f"{PATH}/confirmations", reason)
            done("5 confirmation", 201, status, made, "rule")
    following = page["next"] and f"{PATH}/findings?cursor={page['next']}"

# 6. Three people: who drafted hands over, a second approves, a third signs the digest that was approved.
status, _, step = call("agency_drafter", "POST", f"{PATH}/handovers", {})
done("6 handover", 201, status, step, "state", "holder")
status, _, refused = call("agency_drafter", "POST", f"{PATH}/approvals", {})
done("  (the drafter may not approve)", 403, status, refused, "title")
status, _, step = call("agency_approver", "POST", f"{PATH}/approvals", {})
done("7 approval", 201, status, step, "state", "holder")
status, _, signed = call("agency_signer", "POST", f"{PATH}/signatures", {"digest": taken["digest"]})
done("8 signature", 201, status, signed, "state")

# 9. The receipt, which `bangdiem receipt verify` proves offline with the keys of /api/v1/receipt-keys.
status, _, receipt = call("agency_drafter", "GET", f"{PATH}/receipt")
done("9 receipt", 200, status, receipt, "receipt_number", "kid")
content = receipt["content"]
when = "LATE: it counts only if a recorded decision accepts it" if content["late"] else "in time"
print(f"    submitted {content['submitted_at']}, deadline {content['deadline']}: {when}")
