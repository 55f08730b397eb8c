"""Reads the feed of a service with python-odata: model, pages, filter, order; and compares with /customers."""

import json
import sys
import urllib.request

from odata import ODataService

url = sys.argv[1]


def get(path):
    with urllib.request.urlopen(url + path) as answer:
        return json.load(answer)


def post(path, text):
    request = urllib.request.Request(url + path, data=text.encode(), headers={"Content-Type": "text/csv"}, method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


# 25,000 customers: three pages of the feed's own size.
rows = "".join(f"c{i},{18 + i * 7 % 60},{15 + i * 13 % 120},{i * 31 % 101}\n" for i in range(25_000))
post("/segments?k=4", "CustomerID,Age,Annual Income (k$),Spending Score (1-100)\n" + rows)

service = ODataService(url + "/odata/", reflect_entities=True)
assert set(service.entities) >= {"Customers", "Segments", "Clusters", "Profiles", "KSelection", "Runs"}, service.entities
Customer = service.entities["Customers"]

expected, cursor = [], ""
while True:
    page = get("/customers?limit=10000" + cursor)
    expected += page["items"]
    if not page["next"]:
        break
    cursor = "&cursor=" + page["next"]
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
print(f"python-odata: {len(read)} customers over pages, {len(found)} filtered and ordered, {len(segments)} segments: equal to the API")
