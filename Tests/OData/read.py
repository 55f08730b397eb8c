"""Reads the feed of a service with python-odata: model, pages, filter, order; and compares with /customers.

Before, the model is held to the structure of CSDL and the rows to the model; after, a refit comes in the
middle of reading, and refusals are read.
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

from odata import ODataService

import model as csdl

url = sys.argv[1]


def get(path, headers={}):
    with urllib.request.urlopen(urllib.request.Request(url + path, headers=headers)) as answer:
        return json.load(answer)


def post(path, text):
    request = urllib.request.Request(url + path, data=text.encode(), headers={"Content-Type": "text/csv"}, method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def pages(path):
    """Every page of an entity set, by the links that lead from one to the next."""
    while path:
        page = get(path)
        assert list(page)[0] == "@odata.context" and set(page) <= {"@odata.context", "@odata.count", "value", "@odata.nextLink"}, list(page)
        yield page
        link = page.get("@odata.nextLink", "")
        assert link == "" or list(page)[-1] == "@odata.nextLink" and link.startswith(url + "/odata/"), link
        path = link.removeprefix(url)


def customers(run=""):
    """Every customer as the API tells it."""
    items, cursor = [], ""
    while True:
        page = get(f"/customers?limit=10000{cursor}{run}")
        items += page["items"]
        if not page["next"]:
            return items
        cursor = "&cursor=" + page["next"]


# --- The model --------------------------------------------------------------------------------------

# The documents come before the first run, too, so that a client can be set up.
sets = ["Customers", "Segments", "Clusters", "Profiles", "KSelection", "Migrations", "Runs"]
keys = {
    "Customers": ["CustomerId"], "Segments": ["SegmentId"], "Clusters": ["Cluster"], "Profiles": ["SegmentId", "Feature"],
    "KSelection": ["K"], "Migrations": ["FromSegmentId", "ToSegmentId"], "Runs": ["RunId"],
}


def read_model(query=""):
    request = urllib.request.Request(url + "/odata/$metadata" + query, headers={"Accept": "application/json"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Type"].startswith("application/xml") and answer.headers["OData-Version"] == "4.0"
        model = csdl.read_model(answer.read().decode())
    assert list(model) == sets and {name: key for name, (_, key) in model.items()} == keys, model
    return model


def hold(model, query=""):
    """Each row of each set is what the model says, and its key is no other row's."""
    count = 0
    for name in sets:
        seen = set()
        for page in pages(f"/odata/{name}?$count=true{query}"):
            for row in page["value"]:
                csdl.hold(row, name, model, f"{name}{query}")
                seen.add(tuple(row[key] for key in keys[name]))
        assert len(seen) == page["@odata.count"], (name, len(seen), page["@odata.count"])
        count += len(seen)
    return count


read_model()
texts = ['<script>alert("1")</script>', "O'Brien & \"Co\"", "😀 👩‍👩‍👧‍👦", "\u202eגיל\u202c", "long " * 60]
quoted = ['"' + text.replace('"', '""') + '"' for text in texts]
rows = "".join(f"{quoted[i % 5][:-1]} {i}\",{i % 3 * 40 + i % 7},{i % 3 * 30 + i % 5}.5,{i % 11},{quoted[i % 3]}\n" for i in range(90))
# Headers that come to nothing or to the same, to a number at the start, to a name that is taken.
headers = ["id", quoted[0], "Age", "2 age", quoted[3]]
post("/segments?k=3&series=hostile", ",".join(headers) + "\n" + rows)
post("/segments?k=2&series=hostile", ",".join(headers) + "\n" + rows)
held = hold(read_model("?series=hostile"), "&series=hostile")

# --- python-odata -----------------------------------------------------------------------------------

# 25,000 customers: three pages of the feed's own size.
rows = "".join(f"c{i},{18 + i * 7 % 60},{15 + i * 13 % 120},{i * 31 % 101}\n" for i in range(25_000))
header = "CustomerID,Age,Annual Income (k$),Spending Score (1-100)\n"
first = post("/segments?k=4", header + rows)["run_id"]
held += hold(read_model())

service = ODataService(url + "/odata/", reflect_entities=True)
assert set(service.entities) == set(sets), service.entities
Customer = service.entities["Customers"]

expected = customers()
assert len(expected) == 25_000

read = list(service.query(Customer))
assert len(read) == 25_000, len(read)
assert [r.CustomerId for r in read] == [e["customer_id"] for e in expected]
assert [r.AnnualIncomeK for r in read] == [e["annual_income"] for e in expected]
assert [r.SegmentId for r in read] == [e["segment_id"] for e in expected]

oldest = max(expected, key=lambda e: e["age"])["segment_id"]
query = service.query(Customer)
found = list(query.filter(Customer.Age >= 70).filter(Customer.SegmentId == oldest)
             .order_by(Customer.AnnualIncomeK.desc(), Customer.CustomerId.asc()).limit(50))
wanted = sorted((e for e in expected if e["age"] >= 70 and e["segment_id"] == oldest),
                key=lambda e: (-e["annual_income"], e["customer_id"]))[:50]
assert wanted and [r.CustomerId for r in found] == [e["customer_id"] for e in wanted]

segments = list(service.query(service.entities["Segments"]))
assert sorted(s.SegmentId for s in segments) == sorted(s["segment_id"] for s in get("/segments")["items"])
assert sum(s.Size for s in segments) == 25_000

# --- A refit in the middle of reading -----------------------------------------------------------------

reading = iter(service.query(Customer).order_by(Customer.Age.desc()))
begun = [next(reading)]
second = post("/segments?k=6", header + rows)["run_id"]
assert second != first and get("/runs?flat=1&limit=1000") and get("/clusters/summary")["run_id"] == second
begun += list(reading)
of = {e["customer_id"]: (e["segment_id"], e["cluster"], e["distance"]) for e in expected}
assert len(begun) == 25_000 and len({r.CustomerId for r in begun}) == 25_000
assert [r.Age for r in begun] == sorted((e["age"] for e in expected), reverse=True)
mixed = [r.CustomerId for r in begun if (r.SegmentId, r.Cluster, r.Distance) != of[r.CustomerId]]
assert mixed == [], f"{len(mixed)} customers have figures of another run: {mixed[:5]}"
# Who begins now reads the new run, whole.
anew = {e["customer_id"]: (e["segment_id"], e["cluster"], e["distance"]) for e in customers()}
assert anew != of
now = list(service.query(Customer))
assert [(r.SegmentId, r.Cluster, r.Distance) for r in now] == [anew[r.CustomerId] for r in now] and len(now) == 25_000

# --- Refusals -----------------------------------------------------------------------------------------

refusals = {
    "/odata/Nothing": 404, "/odata/Customers('nobody')": 404, "/odata/Customers?$filter=Agee%20eq%201": 400,
    "/odata/Customers?$filter=Age%20eq%20'x'": 400, "/odata/Customers?$filter=(Age%20eq%201": 400, "/odata/Customers?$top=-1": 400,
    "/odata/Customers?$select=Nothing": 400, "/odata/Customers?$orderby=Age%20up": 400, "/odata/Customers?$expand=Segments": 501,
    "/odata/Customers?$skiptoken=abc": 400, "/odata/Customers?run=run_unknown": 404, "/odata/Customers?$format=xml": 406,
}
for path, status in refusals.items():
    try:
        urllib.request.urlopen(url + path)
        raise AssertionError(f"{path} is answered")
    except urllib.error.HTTPError as refusal:
        assert refusal.code == status, (path, refusal.code)
        assert refusal.headers["OData-Version"] == "4.0" and refusal.headers["Content-Type"].startswith("application/json"), path
        body = json.load(refusal)
        assert list(body) == ["error"] and {"code", "message"} <= set(body["error"]), body
        assert all(isinstance(body["error"][name], str) and body["error"][name] for name in ["code", "message"]), body

print(f"model: {len(sets)} sets, {held} rows as it says; python-odata: {len(read)} customers over pages, {len(found)} filtered and "
      f"ordered, {len(segments)} segments: equal to the API; a refit in mid-read mixed nothing; {len(refusals)} refusals in OData's form")
