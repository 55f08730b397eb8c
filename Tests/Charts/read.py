"""Reads every chart of a service, as Vega-Lite and as SVG, and compares the numbers with the API's.

A specification is valid against its schema and drawn by vl-convert without a warning; a picture is
well-formed, runs nothing and fetches nothing. Customers of the Mall file, customers with categories in
such number that pictures hold a sample, and a file whose texts mean harm.
"""

import argparse
import collections
import csv
import importlib.resources
import io
import json
import math
import os
import random
import re
import tempfile
import unicodedata
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

import jsonschema
import vl_convert

arguments = argparse.ArgumentParser()
arguments.add_argument("url")
arguments.add_argument("customers", help="a CSV with the columns of the Mall file")
arguments.add_argument("--pictures", default="", help="folder for what was drawn")
arguments = arguments.parse_args()
url = arguments.url.rstrip("/")


def get(path):
    with urllib.request.urlopen(url + path) as answer:
        return answer.read()


def read(path):
    return json.loads(get(path))


def post(path, text):
    request = urllib.request.Request(url + path, data=text.encode(), headers={"Content-Type": "text/csv"}, method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def pages(path):
    """Every item of a list, page by page."""
    items, cursor = [], ""
    while True:
        page = read(path + cursor)
        items += page["items"]
        if not page["next"]:
            return items
        cursor = "&cursor=" + urllib.parse.quote(page["next"])


# --- The three files ------------------------------------------------------------------------------


def written(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def with_categories():
    """More customers than a picture has points, in four groups, with three columns of categories."""
    dice = random.Random(7)
    rows = [["id", "age", "income", "visits", "spent", "city", "plan", "since"]]
    cities = [f"city {number}" for number in range(15)]
    for number in range(3000):
        group = number % 4
        rows.append([
            f"c{number}", 20 + 12 * group + dice.randrange(9), 15 + 25 * (group % 2) + dice.randrange(12),
            3 + 7 * (group // 2) + dice.randrange(4), round(100 * (group + 1) + dice.gauss(0, 20), 2),
            cities[(group * 4 + dice.randrange(5)) % 15], ["free", "plus", "gold", "gold"][group],
            ["new", "old"][dice.randrange(2)],
        ])
    return written(rows)


script = "<script>alert(1)</script>"
hostile_headers = [script, "\"><img src=x onerror=alert(2)>'", "😀 👩‍👩‍👧‍👦 \u202eגיל של\u202c", "long " * 60, "a.b[0]\\'c']|d`"]
hostile_words = ["</svg><script>alert(3)</script>", "datum['x'] \"; alert(4) //", "\u202eתשובה\u202c 🛒", "x" * 300, "]]> &lt; &amp;", "=1+1"]


def hostile():
    rows = [["id", *hostile_headers[:4], "kind " + hostile_headers[4]]]
    for number in range(180):
        group = number % 3
        rows.append([
            f"{hostile_words[number % 6]} {number}", group * 40 + number % 7, group * 30 + number % 5,
            number % 11 + group * 4, (number * 13) % 29, hostile_words[group + number % 2 * 3],
        ])
    return written(rows)


# --- What the API tells ---------------------------------------------------------------------------


class Told:
    """The numbers of a run, as each chart should have them: lists of tuples, segments and features by position."""

    def __init__(self, run, series):
        about = f"run={run['run_id']}"
        clusters = read(f"/clusters?{about}")
        self.features = [feature["feature"] for feature in clusters["features"]]
        clusters = sorted(clusters["items"], key=lambda item: item["cluster"])
        self.segments = [item["segment_id"] for item in clusters]
        self.names = [item["name"] for item in clusters]
        self.sizes = [(item["cluster"], item["size"], item["share"]) for item in clusters]
        profiles = read(f"/clusters/profiles?{about}")["items"]
        place = lambda item: (item["cluster"], self.features.index(item["feature"]))
        self.profiles = [(*place(item), item["mean"], item["z"]) for item in profiles]
        self.boxplots = [(*place(item), *(item[q] for q in ["q10", "q25", "q50", "q75", "q90"])) for item in profiles]
        table = read(f"/clusters/k?{about}")["items"]
        self.elbow = [(item["k"], item["inertia"]) for item in table]
        indices = ["silhouette", "calinski_harabasz", "davies_bouldin", "gap", "min_stability"]
        self.k = [(index, item["k"], item[index]) for index in indices for item in table if item[index] is not None]
        self.silhouette = [(item["cluster"], item["size"], item["silhouette"]) for item in clusters]
        eda = read(f"/datasets/{run['dataset']['id']}/eda?bins=10")
        self.columns = eda["correlations"]["columns"]
        of = {column["key"]: column["histogram"] for column in eda["columns"] if "histogram" in column}
        self.histograms = [
            (position, low, high, count) for position, key in enumerate(self.columns)
            for low, high, count in zip(of[key]["edges"], of[key]["edges"][1:], of[key]["counts"])]
        self.correlation = [
            (row, column, r) for row, line in enumerate(eda["correlations"]["pearson"])
            for column, r in enumerate(line) if r is not None]
        # Cells with few expected customers are told in numbers only, so they have no lift.
        self.categories = []
        for position, segment in enumerate(self.segments):
            for column in read(f"/segments/{urllib.parse.quote(segment)}?{about}")["categories"]:
                self.categories += [
                    (column["column"], position, item["category"], item["count"], item["share"], item["lift"])
                    for item in column["items"]]
        self.centroids = [(item["cluster"], item["x"], item["y"], item["size"]) for item in read(f"/clusters/distances?{about}")["items"]]
        moved = read(f"/migrations?to={run['run_id']}&series={series}&limit=1")["matrix"]
        self.movement = [(item["from"], item["to"], item["customers"]) for item in moved if item["customers"]]
        self.centres = [(item["cluster"], tuple(item["centroid"][key] for key in self.features)) for item in clusters]
        self.customers = [
            (self.segments.index(item["segment_id"]), tuple(item[key] for key in self.features))
            for item in pages(f"/customers?{about}&limit=10000") if item["segment_id"]]


# --- What a specification holds ---------------------------------------------------------------------


def package_schema():
    file = importlib.resources.files("altair") / "vegalite/v5/schema/vega-lite-schema.json"
    return jsonschema.Draft7Validator(json.loads(file.read_text()))


schema = package_schema()
index_keys = {"Calinski–Harabasz": "calinski_harabasz", "Davies–Bouldin": "davies_bouldin", "least stability": "min_stability"}


def spoken(text):
    """A text without what is not seen: pictures leave out what turns the text beside it around."""
    return " ".join("".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc")).split())


class Positions(dict):
    """The positions of names in the order in which they first stand."""

    def __init__(self, names):
        super().__init__()
        for name in names:
            self.setdefault(name, len(self))


def numbers_of_specification(name, spec, told, segments):
    values = spec["data"]["values"]
    features = Positions(value["feature"] for value in values if "feature" in value)
    place = lambda value: (segments[value["segment"]], features[value["feature"]])
    match name:
        case "sizes":
            return [(segments[v["segment"]], v["size"], v["share"]) for v in values]
        case "profiles":
            return [(*place(v), v["mean"], v["z"]) for v in values]
        case "boxplots":
            return [(*place(v), *(v[q] for q in ["q10", "q25", "median", "q75", "q90"])) for v in values]
        case "elbow":
            assert [v["k"] for v in values if v["chosen"]] == [len(told.segments)]
            return [(v["k"], v["inertia"]) for v in values]
        case "k":
            return [(index_keys.get(v["index"], v["index"]), v["k"], v["value"]) for v in values if v["value"] is not None]
        case "silhouette":
            return [(segments[v["segment"]], v["silhouette"]) for v in values]
        case "histograms":
            return [(features[v["feature"]], v["from"], v["to"], v["count"]) for v in values]
        case "correlation":
            rows = Positions(v["row"] for v in values)
            return [(rows[v["row"]], rows[v["column"]], v["r"]) for v in values if v["r"] is not None]
        case "categories":
            return [(spoken(v["column"]), segments[v["segment"]], spoken(v["category"]), v["customers"], v["share"], v["lift"]) for v in values]
        case "centroids":
            return [(segments[v["segment"]], v["x"], v["y"], v["size"]) for v in values]
        case "movement":
            return [(v["from"], v["to"], v["customers"]) for v in values if v["customers"]]
        case "scatter":
            return [(v["kind"], segments[v["segment"]], v["x"], v["y"]) for v in values]
        case "pairs":
            return [(segments[v["segment"]], *(v[f"f{number}"] for number in range(len(v) - 1))) for v in values]


def draw(name, spec, path):
    """The picture that vl-convert draws; a warning is a fault. Nothing may be fetched for it."""
    with tempfile.TemporaryFile() as complaints:
        kept = os.dup(2)
        os.dup2(complaints.fileno(), 2)
        try:
            picture = vl_convert.vegalite_to_svg(spec, vl_version="5.20", show_warnings=True, allowed_base_urls=[])
        finally:
            os.dup2(kept, 2)
            os.close(kept)
        complaints.seek(0)
        told = complaints.read().decode()
    assert not told.strip(), (path, told)
    tree = ElementTree.fromstring(picture)
    drawn = [e for e in tree.iter() if e.get("aria-roledescription")]
    # A point, bar or cell for each row of data, but for lines, which are one mark for many.
    rows = len(spec["data"]["values"])
    least = 1 if name in ("elbow", "k") else rows
    assert len(drawn) >= least, (path, len(drawn), rows)
    assert "NaN" not in re.sub(r">[^<]*<", "", picture) and "undefined" not in re.sub(r">[^<]*<", "", picture), path
    assert not [e.tag for e in tree.iter() if e.tag.endswith("script")], path
    width, height = (float(tree.get(side)) for side in ["width", "height"])
    assert 100 < width < 4000 and 60 < height < 20000, (path, width, height)
    return picture


# --- What a picture holds -----------------------------------------------------------------------------

svg = "{http://www.w3.org/2000/svg}"
elements = {"svg", "title", "desc", "style", "g", "rect", "line", "path", "text", "circle", "polyline", "polygon", "tspan"}
attributes = re.compile(
    r"class|role|viewBox|width|height|id|x|y|x1|x2|y1|y2|d|points|rx|ry|r|cx|cy|transform|font-size|font-weight|text-anchor|aria-[a-z]+|data-[a-z0-9-]+")


def is_safe(picture, path):
    """Well-formed, with a title and a description, of shapes and texts alone."""
    text = picture.decode()
    assert not re.search(r"<!|<\?", text), path
    tree = ElementTree.fromstring(text)
    used = {element.tag.removeprefix(svg) for element in tree.iter()}
    assert used <= elements, (path, used - elements)
    named = {name for element in tree.iter() for name in element.attrib}
    strange = [name for name in named if not attributes.fullmatch(name)]
    assert strange == [], (path, strange)
    # The only address is the name of the language, and the style draws on nothing from elsewhere.
    assert tree.tag == svg + "svg" and tree.get("role") == "img"
    ids = {element.get("id"): element for element in tree.iter() if element.get("id")}
    for name in tree.get("aria-labelledby").split():
        assert ids[name].text.strip(), path
    style = "".join(element.text for element in tree.iter(svg + "style"))
    assert not re.search(r"url|@import|expression|//|\\", style), path
    # Nothing that is shown turns what stands beside it around.
    assert not re.search("[\u200e\u200f\u202a-\u202e]", "".join(tree.itertext())), path
    # What keeps a name apart within a sentence ends with the name; a line by itself may be cut anywhere.
    for element in [*tree.iter(svg + "title"), *tree.iter(svg + "desc")]:
        shown = element.text or ""
        assert shown.count("\u2068") == shown.count("\u2069"), (path, shown)
    return tree


def data_of(tree):
    """Every element with data of its own, with those of the groups around it."""
    found = []

    def walk(element, around):
        own = {name.removeprefix("data-"): value for name, value in element.attrib.items() if name.startswith("data-")}
        whole = around | own
        if own:
            found.append((own, whole))
        for child in element:
            walk(child, whole)

    walk(tree, {})
    return found


def numbers_of_picture(name, tree, told):
    marks = data_of(tree)
    segment = lambda m: told.segments.index(m["segment"])
    number = lambda m, *names: tuple(float(m[n]) for n in names)
    having = lambda key: [whole for own, whole in marks if key in own]
    match name:
        case "sizes":
            return [(segment(m), *number(m, "size", "share")) for m in having("size")]
        case "profiles":
            return [(segment(m), told.features.index(m["feature"]), *number(m, "mean", "z")) for m in having("z")]
        case "boxplots":
            return [(segment(m), told.features.index(m["feature"]), *number(m, "q10", "q25", "median", "q75", "q90")) for m in having("median")]
        case "elbow":
            return [number(m, "k", "inertia") for m in having("inertia")]
        case "k":
            return [(m["index"], *number(m, "k", "value")) for m in having("value")]
        case "silhouette":
            return [(segment(m), *number(m, "silhouette")) for m in having("silhouette")]
        case "histograms":
            return [(told.columns.index(m["feature"]), *number(m, "from", "to", "count")) for m in having("count")]
        case "correlation":
            return [(told.columns.index(m["row"]), told.columns.index(m["column"]), *number(m, "r")) for m in having("r")]
        case "categories":
            return [(m["column"], segment(m), m["category"], *number(m, "customers", "share"), float(m["lift"]) if "lift" in m else None) for m in having("category")]
        case "centroids":
            return [(segment(m), *number(m, "x", "y", "size")) for m in having("size")]
        case "movement":
            return [(m["from"], m["to"], *number(m, "customers")) for m in having("to")]
        case "scatter":
            return [
                ("centroid", told.segments.index(m["centroid"]), *number(m, "x", "y")) if "centroid" in m
                else ("customer", segment(m), *number(m, "x", "y")) for m in having("x")]
        case "pairs":
            return [(m["x-feature"], m["y-feature"], segment(m), *number(m, "x", "y")) for m in having("x")]


# --- The comparison -----------------------------------------------------------------------------------


def same(first, second, path):
    """The same tuples as often, in whatever order."""
    left, right = collections.Counter(first), collections.Counter(second)
    assert left == right, (path, list((left - right).elements())[:5], list((right - left).elements())[:5])


def among(some, all, path):
    surplus = collections.Counter(some) - collections.Counter(all)
    assert not surplus, (path, list(surplus.elements())[:5])


def compare(name, told, spec, tree, path):
    """The numbers in both forms are the API's. Returns how many there are."""
    segments = Positions(told.shown)
    in_spec, in_picture = numbers_of_specification(name, spec, told, segments), numbers_of_picture(name, tree, told)
    assert in_spec and in_picture, path
    note = spec["description"]
    sampled = re.search(r"([\d,]+) of ([\d,]+) customers are drawn", note)
    match name:
        case "scatter":
            x, y = (told.features.index(key) for key in ends_of_scatter(path))
            customers = [("customer", segment, values[x], values[y]) for segment, values in told.customers]
            centres = [("centroid", segment, values[x], values[y]) for segment, values in told.centres]
            points = [point for point in in_spec if point[0] == "customer"]
            same(in_spec, in_picture, path)
            same([point for point in in_spec if point[0] == "centroid"], centres, path)
            among(points, customers, path)
            shares(points, told, path)
            check_note(sampled, len(points), len(customers), path)
        case "pairs":
            keys = sorted({mark[0] for mark in in_picture} | {mark[1] for mark in in_picture}, key=told.features.index)
            places = [told.features.index(key) for key in keys]
            among(in_spec, [(segment, *(values[p] for p in places)) for segment, values in told.customers], path)
            shares([("", point[0]) for point in in_spec], told, path)
            same(in_picture, [
                (keys[x], keys[y], row[0], row[1 + x], row[1 + y])
                for row in in_spec for x in range(len(keys)) for y in range(x + 1, len(keys))], path)
            check_note(sampled, len(in_spec), len(told.customers), path)
        case "silhouette":
            same(in_spec, in_picture, path)
            total = sum(size for _, size, _ in told.silhouette)
            for segment, size, mean in told.silhouette:
                bars = [value for place, value in in_spec if place == segment]
                assert bars == sorted(bars, reverse=True), path
                if not sampled:
                    assert len(bars) == size and math.isclose(sum(bars) / size, mean, abs_tol=1e-9), (path, segment)
            check_note(sampled, len(in_spec), total, path)
        case "categories":
            # The picture shows the most frequent ones, the specification all of them.
            key = {spoken(column): told_key for told_key, column in told.headers.items()}
            in_spec = [(key[v[0]], *v[1:]) for v in in_spec]
            clean = lambda rows: [(*row[:2], spoken(row[2]), *row[3:]) for row in rows]
            among(clean(in_picture), in_spec, path)
            known = clean(told.categories)
            among(known, in_spec, path)
            # The others have too few customers to tell a lift.
            assert all(row[5] is None for row in (collections.Counter(in_spec) - collections.Counter(known)).elements()), path
        case "movement":
            numbers = lambda rows: sorted(row[2] for row in rows)
            same(in_picture, told.movement, path)
            assert numbers(in_spec) == numbers(told.movement), path
        case _:
            wanted = getattr(told, name)
            same(in_spec, wanted, path)
            same(in_picture, wanted, path)
    return len(in_spec)


def ends_of_scatter(path):
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query)
    return query["x"][0], query["y"][0]


def shares(points, told, path):
    """Each segment has its share of what is drawn, to a customer."""
    counts = collections.Counter(point[1] for point in points)
    for segment, _, share in told.sizes:
        assert abs(counts[segment] - share * len(points)) <= 1.5, (path, segment, counts[segment], share * len(points))


def check_note(note, drawn, total, path):
    if drawn == total:
        assert note is None, (path, note)
    else:
        assert note and [int(part.replace(",", "")) for part in note.groups()] == [drawn, total], (path, drawn, total, note)


def charts_of(kind, text):
    series = urllib.parse.quote(kind)
    post(f"/segments?series={series}&k=3", text)
    run = post(f"/segments?series={series}&k_max=7", text)
    told = Told(run, series)
    told.headers = {column["key"]: column["header"] for column in run["dataset"]["columns"]}
    items = read(f"/charts?series={series}")["items"]
    names = [item["name"] for item in items]
    expected = {"scatter", "pairs", "elbow", "k", "silhouette", "sizes", "profiles", "histograms", "boxplots", "correlation", "categories", "centroids", "movement"}
    assert set(names) == expected, (kind, expected ^ set(names))
    sizes = read(next(item["vega_lite"] for item in items if item["name"] == "sizes"))
    told.shown = [value["segment"] for value in sizes["data"]["values"]]
    assert [spoken(name) for name in told.names] == [spoken(name) for name in told.shown], kind
    count = 0
    for item in items:
        name, more = item["name"], ""
        if name == "scatter":
            more = "&" + urllib.parse.urlencode({"x": told.features[-1], "y": told.features[0]})
        path = item["vega_lite"] + more
        spec = read(path)
        faults = [f"{'/'.join(map(str, fault.absolute_path))}: {fault.message[:200]}" for fault in schema.iter_errors(spec)]
        assert not faults, (path, faults)
        assert spec["$schema"] == "https://vega.github.io/schema/vega-lite/v5.json"
        assert "url" not in json.dumps(spec["data"]) or kind == "hostile", path
        drawn = draw(name, spec, path)
        tree = is_safe(get(item["svg"] + more), item["svg"])
        count += compare(name, told, spec, tree, path)
        for width in (320, 1600):
            is_safe(get(f"{item['svg']}{more}&width={width}"), item["svg"])
        if arguments.pictures:
            with open(f"{arguments.pictures}/{kind}-{name}.png", "wb") as file:
                file.write(vl_convert.svg_to_png(drawn))
    print(f"{kind}: {len(items)} charts of {len(told.segments)} segments and {len(told.customers)} customers: "
          f"{count} rows of data valid, drawn, and equal to the API in both forms")


with open(arguments.customers, encoding="utf-8-sig") as file:
    charts_of("mall", file.read())
charts_of("categories", with_categories())
charts_of("hostile", hostile())
