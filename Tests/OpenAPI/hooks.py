"""What the document cannot know: ids that exist, rows that can be segmented, and how NDJSON is written."""

import csv
import io
import json
import os
import urllib.request
import zlib

import schemathesis

BASE = os.environ["SEGMENTD_URL"]


def ask(method, path, body=None, headers={}):
    request = urllib.request.Request(BASE + path, method=method, data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def known():
    """The ids there are, by the names they have in paths."""
    return {
        "runs": [run["run_id"] for run in ask("GET", "/runs?flat=1")],
        "datasets": [data["dataset_id"] for data in ask("GET", "/datasets?flat=1")],
        "segments": [segment["segment_id"] for segment in ask("GET", "/segments?flat=1")],
        "customers": [row["customer_id"] for row in ask("GET", "/customers?flat=1&limit=5")],
        "features": [f["feature"] for f in ask("GET", "/clusters")["features"]],
        "jobs": [job()],
    }


def job():
    """Work that goes on as a job, and is soon done."""
    rows = "age,spent\n" + "".join(f"{i % 2 * 50 + i},{i * 7 % 13}\n" for i in range(12))
    return ask("POST", "/segments?k=2&series=jobs", rows.encode(), {"Prefer": "respond-async"})["job_id"]


KNOWN = known()
disposable = 0


def choose(values, seed):
    return values[seed % len(values)]


def seed_of(data):
    return zlib.crc32(json.dumps(data, sort_keys=True, default=str).encode())


def throwaway(kind):
    """A run or a dataset that nothing else uses."""
    global disposable
    disposable += 1
    if kind == "jobs":
        return job()
    rows = "".join(f"{i % 2 * 50 + i},{(i * 7 + disposable) % 13}\n" for i in range(12))
    body = ("age,spent\n" + rows).encode()
    if kind == "runs":
        return ask("POST", f"/segments?k=2&series=s{disposable}", body)["run_id"]
    return ask("POST", "/datasets", body + f"{disposable},1\n".encode())["id"]


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if not path_parameters:
        return path_parameters
    seed = seed_of(path_parameters)
    path = context.operation.path
    # One in four keeps what was made up.
    if seed % 4 == 0:
        return path_parameters
    result = dict(path_parameters)
    if "id" in result:
        kind = next(kind for kind in ("datasets", "jobs", "runs") if path.startswith(f"/{kind}"))
        if context.operation.method.lower() == "delete":
            result["id"] = throwaway(kind)
        else:
            result["id"] = choose(KNOWN[kind], seed)
    if "sid" in result:
        result["sid"] = choose(KNOWN["segments"], seed)
    if "cid" in result:
        result["cid"] = choose(KNOWN["customers"], seed)
    if "i" in result:
        result["i"] = seed % 6
    if "slug" in result:
        result["slug"] = choose(["gone", "no-run", "unknown-column"], seed)
    return result


@schemathesis.hook
def map_query(context, query):
    if not query:
        return query
    result = dict(query)
    seed = seed_of(result)
    # A run that exists, half of the time.
    for name in ("run", "from", "to"):
        if isinstance(result.get(name), str) and seed % 2:
            result[name] = choose(KNOWN["runs"], seed)
    if isinstance(result.get("series"), str) and seed % 3:
        result["series"] = "default"
    for name in ("x", "y"):
        if isinstance(result.get(name), str) and seed % 2:
            result[name] = choose(KNOWN["features"], seed // 2)
    if isinstance(result.get("segment"), str) and seed % 2:
        result["segment"] = choose(KNOWN["segments"], seed)
    return result


# Columns of customers, each a function of the row; what a generator of texts does not come upon.
COLUMNS = {
    "id": lambda i: f"c{i}", "age": lambda i: 18 + i * 7 % 50, "annual_income": lambda i: i % 3 * 40 + i % 7,
    "spending_score": lambda i: i % 4 * 25 + i % 5, "gender": lambda i: ["Female", "Male"][i % 2], "visits": lambda i: i % 9 + 1,
    "since": lambda i: f"2026-{i % 12 + 1:02d}-{i % 28 + 1:02d}", "name": lambda i: ['Ada "A" Lo', "=1+1", "<b>", "你好", ""][i % 5],
    "spent": lambda i: None if i % 11 == 3 else i * 13 % 700 / 4,
}


def rows_of(seed):
    names = [name for bit, name in enumerate(COLUMNS) if seed >> bit & 1 or name in ("age", "annual_income", "spending_score")]
    return [{name: COLUMNS[name](i) for name in names} for i in range(4 + seed % 53)]


def as_csv(rows):
    text = io.StringIO()
    csv.writer(text).writerows([list(rows[0])] + [list(row.values()) for row in rows])
    return text.getvalue()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Nobody waits longer than a second; every other content that may be rows is some that can be segmented."""
    wait = (case.query or {}).get("wait")
    if str(wait).isdecimal() and 1 < int(wait) <= 60:
        case.query["wait"] = 1
    path = context.operation.path
    mode = case.meta.generation.mode if case.meta else None
    if context.operation.method.upper() != "POST" or mode is None or not mode.is_positive:
        return
    if path not in ("/segments", "/segments/assign", "/datasets") or case.body in (None, "") or case.media_type is None:
        return
    seed = seed_of([str(case.body), case.query or {}])
    if seed % 2 == 0:
        return
    rows = rows_of(seed // 2)
    for options in (case.query or {}, case.body if isinstance(case.body, dict) else {}):
        # What takes minutes by its nature, on few rows.
        for name in ("bootstraps", "restarts"):
            if str(options.get(name)).isdecimal() and int(options[name]) > 20:
                options[name] = int(options[name]) % 20 + 1
    match case.media_type:
        case "text/csv":
            case.body = as_csv(rows)
        case "application/json":
            columns = list(rows[0])
            case.body = rows if seed % 3 else {"columns": columns, "rows": [list(row.values()) for row in rows]}
        case "application/x-ndjson":
            case.body = "".join(json.dumps(row) + "\n" for row in rows)
        case "multipart/form-data" if isinstance(case.body, dict):
            case.body = case.body | {"file": as_csv(rows)}


@schemathesis.serializer("application/x-ndjson")
def ndjson(context, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
