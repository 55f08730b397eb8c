"""What the document cannot know: ids that exist, and how NDJSON is written."""

import json
import os
import urllib.request
import zlib

import schemathesis

BASE = os.environ["SEGMENTD_URL"]


def ask(method, path, body=None):
    request = urllib.request.Request(BASE + path, method=method, data=body)
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
    }


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
        kind = "datasets" if path.startswith("/datasets") else "runs"
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


@schemathesis.hook
def before_call(context, case, kwargs):
    """Nobody waits longer than a second."""
    wait = (case.query or {}).get("wait")
    if str(wait).isdecimal() and 1 < int(wait) <= 60:
        case.query["wait"] = 1


@schemathesis.serializer("application/x-ndjson")
def ndjson(context, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
