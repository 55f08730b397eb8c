"""Asks for some answers, reads /metrics in both forms and compares them with what was asked for."""

import sys
import urllib.error
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

url = sys.argv[1]


def get(path, accept="*/*"):
    request = urllib.request.Request(url + path, headers={"Accept": accept})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.headers["Content-Type"], error.read().decode()


for _ in range(30):
    get("/clusters/summary")
get("/nowhere")
rows = "id,age,income\n" + "".join(f"c{i},{20 + i % 40},{10 + i * 7 % 90}\n" for i in range(200))
for k in (2, 3):
    request = urllib.request.Request(f"{url}/segments?series=metrics&k={k}", data=rows.encode())
    urllib.request.urlopen(request).read()

forms = {
    "text/plain; version=0.0.4; charset=utf-8": ("*/*", read_text),
    "application/openmetrics-text; version=1.0.0; charset=utf-8": (
        "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3",
        read_openmetrics,
    ),
}
names = []
for expected, (accept, read) in forms.items():
    content_type, text = get("/metrics", accept)
    assert content_type == expected, content_type
    assert "\r" not in text
    assert text.endswith("# EOF\n") == expected.startswith("application/openmetrics")
    families = {family.name: family for family in read(text)}
    names.append(sorted(families))
    samples = [s for family in families.values() for s in family.samples]
    polled = {"method": "GET", "route": "/clusters/summary"}

    def value(name, **labels):
        found = [s.value for s in samples if s.name == name and s.labels == labels]
        assert len(found) == 1, (name, labels, found)
        return found[0]

    assert value("http_server_requests_total", **polled, status="200") >= 30
    count = value("http_server_request_duration_seconds_count", **polled)
    assert value("http_server_request_duration_seconds_bucket", **polled, le="+Inf") == count
    assert value("segmentation_phase_runs_total", phase="clean") >= 2
    sizes = [s.value for s in samples if s.name == "segment_customers"
             and s.labels["series"] == "metrics"]
    assert len(sizes) == 3 and sum(sizes) == 200, sizes
    assert -1 <= value("segmentation_silhouette_ratio", series="metrics") <= 1
    assert 0 <= value("segmentation_moved_ratio", series="metrics") <= 1
    assert value("segmentation_drift_ratio", series="metrics", feature="age") == 0
    assert value("process_resident_memory_bytes") > 1e6
    assert value("process_cpu_seconds_total") > 0
    assert value("segmentd_store_bytes") > 0
    print(f"{content_type}: {len(families)} families, {len(samples)} samples")
assert names[0] == names[1], set(names[0]) ^ set(names[1])
