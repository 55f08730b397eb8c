"""Scores rows with exported models in real engines and compares every label with the service's.

Python 3.9 and its standard library; each engine needs what Tests/Scoring/run installs for it.
"""

import argparse
import csv
import glob
import io
import json
import math
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request

# --- The service ---------------------------------------------------------------------------------


class Service:
    def __init__(self, url):
        self.url = url

    def ask(self, path, content=None, kind="text/csv"):
        request = urllib.request.Request(self.url + path, data=content)
        if content is not None:
            request.add_header("Content-Type", kind)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            sys.exit(f"{path}: {error.code} {error.read().decode()[:1000]}")

    def handed_back(self, path, content):
        # The answer comes while the content is sent: curl reads it meanwhile, urllib would not.
        command = ["curl", "-sS", "--fail-with-body", "-X", "POST", "-T", "-", "-H", "Content-Type: text/csv", self.url + path]
        done = subprocess.run(command, input=content, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode:
            sys.exit(f"{path}: {done.stderr.decode()} {done.stdout.decode(errors='replace')[:1000]}")
        return done.stdout

    def text(self, path):
        return self.ask(path).decode()


# --- What is scored ------------------------------------------------------------------------------


def written(rows, header):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


class Case:
    """A file to fit, how, and rows to score; None is a missing value."""

    def __init__(self, name, fit, options, header, rows):
        self.name, self.fit, self.options = name, fit, options
        self.header, self.rows = header, rows

    def prepare(self, service):
        query = urllib.parse.urlencode({**self.options, "series": self.name})
        self.run = json.loads(service.ask(f"/segments?{query}", self.fit))["run_id"]
        self.model = json.loads(service.text(f"/runs/{self.run}/model.json"))
        # The column of each feature, and the category it stands for; None for a number.
        told = [f.get("category") for f in self.model["features"]]
        headers = [c["header"] if c else f["header"] for c, f in zip(told, self.model["features"])]
        self.features = [self.header.index(h) for h in headers]
        self.categories = [c["name"] if c else None for c in told]
        self.texts = {h for c, h in zip(told, headers) if c}
        content = written([["" if v is None else v if isinstance(v, str) else repr(v) for v in r] for r in self.rows], self.header)
        answer = service.handed_back(f"/segments/assign.csv?run={self.run}", content).decode()
        lines = csv.reader(io.StringIO(answer, newline=""))
        names = next(lines)
        place = {name: names.index(name) for name in ("segment_id", "cluster", "distance", "far")}
        self.expected = [
            (
                line[place["segment_id"]],
                int(line[place["cluster"]]),
                float(line[place["distance"]]),
                line[place["far"]] == "true",
            )
            if line[place["cluster"]]
            else None
            for line in lines
        ]
        assert len(self.expected) == len(self.rows), (len(self.expected), len(self.rows))
        return self

    def sql(self, service, dialect, table="customers"):
        query = urllib.parse.urlencode({"dialect": dialect, "table": table, "columns": "header"})
        return service.text(f"/runs/{self.run}/model.sql?{query}")


def mall():
    path = os.path.join(os.environ.get("SCORING_DATA", ""), "mall_gender_lf.csv")
    if os.environ.get("SCORING_DATA") and os.path.exists(path):
        content = open(path, "rb").read()
    else:
        content = sample()
    lines = list(csv.reader(io.StringIO(content.decode())))
    header = lines[0]
    numbers = [i for i in range(2, len(header))]
    header = [header[i] for i in numbers]
    rows = [[float(line[i]) for i in numbers] for line in lines[1:]]
    return written(rows, header), header, rows


def sample():
    """Two hundred customers in five groups."""
    random.seed(5)
    centres = [(25, 30, 80), (45, 55, 50), (33, 86, 82), (41, 88, 17), (50, 27, 20)]
    rows = [[i + 1, "F"] + [max(1, round(random.gauss(m, 6))) for m in centres[i % 5]] for i in range(200)]
    return written(rows, ["CustomerID", "Gender", "Age", "Annual Income (k$)", "Spending Score (1-100)"])


def cases(count):
    content, header, rows = mall()
    yield Case("mall", content, {"k": 6}, header, rows)
    yield Case("mall-minmax", content, {"k": 5, "scale": "minmax"}, header, rows)
    yield Case("mall-robust", content, {"k": 4, "scale": "robust"}, header, rows)
    yield Case("mall-log", content, {"k": 6, "scale": "log"}, header, rows)
    yield Case("one", content, {"k": 1}, header, rows)

    # Categories as features: quotes, blanks, capitals and gaps in them.
    random.seed(11)
    names = ["Rome", "rome", "l'Aquila", 'the "old" one', " Rome", "Größe & <co>", None]
    header = ["Age", "Home City", "Pays \\ how"]

    def customer():
        return [float(random.randint(18, 80)), random.choice(names), random.choice(["cash", "card", None])]

    fit = [customer() for _ in range(700)]
    rows = [customer() for _ in range(min(count, 20000))] + [[None, "Rome", "cash"], [40.0, "Paris", "cash"]]
    yield Case("onehot", written([["" if v is None else v for v in r] for r in fit], header), {"k": 6, "categorical": "onehot", "duplicates": "keep"}, header, rows)

    # Centroids on a square: whatever lies on an axis is as near to one as to another, exactly.
    corners = [[x, y] for x in (-10, 10) for y in (-10, 10) for _ in range(3)]
    grid = [[float(x), float(y)] for x in range(-30, 31) for y in range(-30, 31)]
    grid += [[None, 3.0], [3.0, None], [None, None], [1e300, 1.0], [-1e300, 1.0], [1e119, 1.0]]
    yield Case("ties", written(corners, ["x", "y"]), {"k": 4, "scale": "none", "duplicates": "keep"}, ["x", "y"], grid)

    # Names that SQL, XML and spreadsheets stumble over, negative values, gaps, many equal rows.
    header = ["select", 'the "best" o\'rder', "Umsatz 🛒 `x` \\ z", "-- cluster"]
    random.seed(7)

    def row():
        kind = random.randrange(5)
        return [
            random.randint(18, 90) if kind else random.randint(-40, 10),
            round(random.gauss(-250.0 * kind, 80.0), 2),
            random.randint(-3, 3) * 100 + kind,
            random.random() * 10 ** random.randint(-6, 6),
        ]

    fit = [row() for _ in range(4000)]
    rows = [[None if random.random() < 0.01 else v for v in row()] for _ in range(count)]
    rows = [[None if v is None else float(v) for v in r] for r in rows]
    yield Case("generated", written(fit, header), {"k": 7}, header, rows)


# --- The engines ---------------------------------------------------------------------------------


def columns(case, quote, kind):
    return ", ".join([f"rowno INTEGER"] + [f"{quote(h)} {'VARCHAR' if h in case.texts else kind}" for h in case.header])


def double_quoted(name):
    return '"' + name.replace('"', '""') + '"'


def truth(value):
    return None if value is None or value == "" else value in (True, 1, "t", "true", "True", "1")


def line_up(case, found):
    """(rowno, segment_id, cluster, distance, far) in any order, as the list to compare."""
    results = [None] * len(case.rows)
    for rowno, segment, cluster, distance, far in found:
        if cluster not in (None, ""):
            results[int(rowno)] = (segment, int(cluster), float(distance), truth(far))
    return results


RESULT = "rowno, segment_id, cluster, distance, far"


class SQLite:
    def score(self, service, case, folder):
        base = sqlite3.connect(":memory:")
        base.execute(f"CREATE TABLE customers ({columns(case, double_quoted, 'REAL')})")
        marks = ",".join("?" * (1 + len(case.header)))
        base.executemany(f"INSERT INTO customers VALUES ({marks})", ([i] + r for i, r in enumerate(case.rows)))
        found = base.execute(f"SELECT {RESULT} FROM ({case.sql(service, 'sqlite')})")
        return line_up(case, found)


class DuckDB:
    def __init__(self):
        import duckdb

        self.duckdb = duckdb

    def score(self, service, case, folder):
        path = os.path.join(folder, "rows.csv")
        with open(path, "wb") as file:
            file.write(written([[i] + r for i, r in enumerate(case.rows)], ["rowno"] + case.header))
        base = self.duckdb.connect()
        base.execute(f"CREATE TABLE customers ({columns(case, double_quoted, 'DOUBLE')})")
        base.execute(f"COPY customers FROM '{path}' (FORMAT csv, HEADER true)")
        for dialect in ("duckdb", "ansi"):
            found = base.execute(f"SELECT {RESULT} FROM ({case.sql(service, dialect)})").fetchall()
            yield dialect, line_up(case, found)


class Postgres:
    def __init__(self, folder):
        self.bin = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.folder = os.path.join(folder, "postgres")
        os.mkdir(self.folder)
        # PostgreSQL refuses to run as root.
        self.user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if self.user:
            os.chmod(folder, 0o755)
            shutil.chown(self.folder, "postgres")
        self.call([f"{self.bin}/initdb", "-D", f"{self.folder}/data", "-U", "test", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
        self.call([f"{self.bin}/pg_ctl", "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", "-o", f"-k {self.folder} -c listen_addresses='' -c fsync=off", "start"])

    def call(self, command):
        done = subprocess.run(self.user + command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.folder)
        if done.returncode:
            sys.exit(f"{command}: {done.stdout.decode()}")

    def psql(self, script, output=None):
        command = [f"{self.bin}/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "test", "-d", "postgres", "--csv"]
        done = subprocess.run(command, input=script.encode(), stdout=output or subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode:
            sys.exit(f"psql: {done.stderr.decode()[:2000]}")
        return done.stdout

    def score(self, service, case, folder):
        rows = written([[i] + r for i, r in enumerate(case.rows)], ["rowno"] + case.header)
        path = os.path.join(folder, "rows.csv")
        with open(path, "wb") as file:
            file.write(rows)
        names = columns(case, double_quoted, "DOUBLE PRECISION")
        for dialect in ("postgres", "ansi"):
            self.psql(f"DROP TABLE IF EXISTS customers;\nCREATE TABLE customers ({names});\n\\copy customers FROM '{path}' CSV HEADER\nANALYZE customers;")
            answer = self.psql(f"SELECT {RESULT} FROM ({case.sql(service, dialect)}) AS scored;")
            lines = csv.reader(io.StringIO(answer.decode()))
            next(lines)
            yield dialect, line_up(case, lines)

    def stop(self):
        self.call([f"{self.bin}/pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop"])


class Spark:
    def __init__(self, folder):
        from pyspark.sql import SparkSession

        self.session = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.warehouse.dir", os.path.join(folder, "spark"))
            .config("spark.driver.memory", "2g")
            .getOrCreate()
        )
        self.session.sparkContext.setLogLevel("ERROR")

    def score(self, service, case, folder):
        from pyspark.sql import types

        path = os.path.join(folder, "rows.csv")
        with open(path, "wb") as file:
            file.write(written([[i] + r for i, r in enumerate(case.rows)], ["rowno"] + case.header))
        # Letters stand in for names here: only the table must have the odd ones.
        schema = types.StructType(
            [types.StructField("rowno", types.IntegerType())]
            + [types.StructField(h, types.StringType() if h in case.texts else types.DoubleType()) for h in case.header]
        )
        self.session.read.csv(path, schema=schema, header=True, enforceSchema=True, escape='"', ignoreLeadingWhiteSpace=False).createOrReplaceTempView("customers")
        scored = self.session.sql(case.sql(service, "spark")).selectExpr(*RESULT.split(", "))
        target = os.path.join(folder, "scored")
        shutil.rmtree(target, ignore_errors=True)
        scored.write.csv(target)
        found = []
        for part in glob.glob(target + "/*.csv"):
            found += csv.reader(open(part))
        return line_up(case, found)

    def stop(self):
        self.session.stop()


class PMML:
    """The reference evaluator JPMML, and PMML4S through PyPMML."""

    def __init__(self):
        from jpmml_evaluator import make_evaluator
        from pypmml import Model

        self.make_evaluator, self.model = make_evaluator, Model

    def score(self, service, case, folder):
        import pandas

        text = service.text(f"/runs/{case.run}/model.pmml?columns=header")
        path = os.path.join(folder, "model.pmml")
        with open(path, "w") as file:
            file.write(text)
        frame = pandas.DataFrame(
            {
                case.header[i]: pandas.Series([r[i] for r in case.rows], dtype=object if case.header[i] in case.texts else float)
                for i in dict.fromkeys(case.features)
            }
        )
        number = {c["segment_id"]: i for i, c in enumerate(case.model["clusters"])}
        far = [c["far_distance"] for c in case.model["clusters"]]

        def lines(ids, squares):
            for i, (segment, square) in enumerate(zip(ids, squares)):
                if isinstance(segment, str):
                    distance = math.sqrt(float(square))
                    yield i, segment, number[segment], distance, distance > far[number[segment]]

        # A value without a distance is no business of PMML: those rows are left to the others.
        usable = [all(r[i] is None or isinstance(r[i], str) or abs(r[i]) < 1e100 for i in case.features) for r in case.rows]
        for name, evaluate in (("jpmml", self.jpmml), ("pmml4s", self.pmml4s)):
            answer = evaluate(path, frame)
            results = line_up(case, lines(answer["segment_id"], answer["squared_distance"]))
            yield name, [r if u else e for r, u, e in zip(results, usable, case.expected)]

    def jpmml(self, path, frame):
        evaluator = self.make_evaluator(path).verify()
        import pandas

        parts = [evaluator.evaluateAll(frame.iloc[i : i + 50000]) for i in range(0, len(frame), 50000)]
        return pandas.concat(parts)

    def pmml4s(self, path, frame):
        import pandas

        model = self.model.fromFile(path)
        return pandas.concat([model.predict(frame.iloc[i : i + 50000]) for i in range(0, len(frame), 50000)])


class ONNX:
    def __init__(self):
        import numpy, onnx, onnxruntime

        self.numpy, self.onnx, self.runtime = numpy, onnx, onnxruntime

    def score(self, service, case, folder):
        content = service.ask(f"/runs/{case.run}/model.onnx?columns=header")
        model = self.onnx.load_model_from_string(content)
        self.onnx.checker.check_model(model, full_check=True)
        told = {entry.key: entry.value for entry in model.metadata_props}
        assert [told[f"feature.{i}"] for i in range(len(case.features))] == [f["header"] for f in case.model["features"]]

        def number(value, category):
            if category is not None:
                return float(value == category)
            return math.nan if value is None else value

        rows = self.numpy.array(
            [[number(r[i], c) for i, c in zip(case.features, case.categories)] for r in case.rows], dtype=self.numpy.float64
        )
        session = self.runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
        cluster, distance, far = session.run(["cluster", "distance", "far"], {"X": rows})
        return [
            None if c < 0 else (told[f"segment_id.{c}"], c, d, f)
            for c, d, f in zip(cluster.tolist(), distance.tolist(), far.tolist())
        ]


# --- Comparing -----------------------------------------------------------------------------------


def compare(engine, case, found, seconds):
    wrong = 0
    largest = 0.0
    for index, (want, have) in enumerate(zip(case.expected, found)):
        same = (want is None) == (have is None)
        if want is not None and have is not None:
            same = want[0] == have[0] and want[1] == have[1] and want[3] == have[3]
            largest = max(largest, abs(want[2] - have[2]) / max(1e-9, want[2]))
        if not same or largest > 1e-12:
            wrong += 1
            if wrong <= 5:
                print(f"  {engine}, {case.name}, row {index} {case.rows[index]}: {want} expected, {have} found")
            largest = 0.0
    verdict = "equal" if not wrong else f"{wrong} differ"
    print(f"{engine:10} {case.name:12} {len(found):9} rows: {verdict} ({seconds:.1f} s)", flush=True)
    return wrong == 0


def check_scoring(service, folder, engines, count):
    made = {
        "postgres": lambda: Postgres(folder),
        "sqlite": SQLite,
        "duckdb": DuckDB,
        "spark": lambda: Spark(folder),
        "pmml": PMML,
        "onnx": ONNX,
    }
    prepared = [case.prepare(service) for case in cases(count)]
    passed = True
    for name in engines:
        engine = made[name]()
        try:
            for case in prepared:
                start = time.monotonic()
                answer = engine.score(service, case, folder)
                answers = [(name, answer)] if isinstance(answer, list) else answer
                for label, found in answers:
                    label = label if label == name or name == "pmml" else f"{name}/{label}"
                    passed = compare(label, case, found, time.monotonic() - start) and passed
                    start = time.monotonic()
        finally:
            if hasattr(engine, "stop"):
                engine.stop()
    return passed


# --- Push-down -----------------------------------------------------------------------------------


def check_pushdown(service, folder, engines, count):
    """All rows over HTTP against distinct rows with weights: the same fit."""
    import duckdb

    assert engines == ["duckdb"], "the push-down round trip is made with DuckDB"
    base = duckdb.connect(os.path.join(folder, "customers.duckdb"))
    base.execute(f"""CREATE TABLE customers AS SELECT i AS customer_id,
        CAST(18 + (hash(i) % 53) AS INTEGER) AS age,
        CAST(15 + (hash(i + 1000000007) % 62) + (hash(i + 17) % 62) AS INTEGER) AS annual_income,
        CAST(1 + (hash(i + 2000000011) % 50) + (hash(i + 23) % 50) AS INTEGER) AS spending_score
        FROM range({count}) AS r(i)""")
    features = "age,annual_income,spending_score"
    told = json.loads(service.text(f"/pushdown.json?features={features}&table=customers&dialect=duckdb"))
    start = time.monotonic()
    path = os.path.join(folder, "distinct.csv")
    base.execute(f"COPY ({told['sql']}) TO '{path}' (HEADER, DELIMITER ',')")
    content = open(path, "rb").read()
    reduced = json.loads(service.ask(f"/segments?weight={told['weight']}&k=5&series=reduced", content))
    seconds = time.monotonic() - start
    print(f"push-down: {count} customers, {content.count(bytes([10])) - 1} distinct rows, {len(content)} bytes over HTTP, {seconds:.1f} s")
    path = os.path.join(folder, "all.csv")
    base.execute(f"COPY (SELECT {features} FROM customers) TO '{path}' (HEADER, DELIMITER ',')")
    start = time.monotonic()
    everything = json.loads(service.ask("/segments?k=5&series=all", open(path, "rb").read()))
    print(f"all rows:  {os.path.getsize(path)} bytes over HTTP, {time.monotonic() - start:.1f} s")
    a, b = reduced["quality"]["inertia"], everything["quality"]["inertia"]
    sizes = [[s["size"] for s in run["segments"]] for run in (reduced, everything)]
    print(f"inertia {a!r} and {b!r}, relative difference {abs(a - b) / b:.1e}; sizes {sizes[0]}")
    # Scored back where the data live: every customer, and as many in each segment as the fit counted.
    start = time.monotonic()
    sql = service.text(f"/runs/{reduced['run_id']}/model.sql?dialect=duckdb&table=customers")
    counts = dict(base.execute(f"SELECT cluster, COUNT(*) FROM ({sql}) GROUP BY 1").fetchall())
    found = [counts.get(i) for i in range(len(sizes[0]))]
    print(f"scored back in {time.monotonic() - start:.1f} s: {found}")
    return abs(a - b) <= 1e-9 * b and sizes[0] == sizes[1] and found == sizes[0]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--url", required=True)
    options.add_argument("--folder", required=True)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--pushdown", type=int)
    options.add_argument("engines", nargs="+")
    chosen = options.parse_args()
    service = Service(chosen.url)
    if chosen.pushdown:
        passed = check_pushdown(service, chosen.folder, chosen.engines, chosen.pushdown)
    else:
        passed = check_scoring(service, chosen.folder, chosen.engines, chosen.rows)
    print("All labels are equal." if passed and not chosen.pushdown else "passed" if passed else "FAILED")
    sys.exit(0 if passed else 1)


main()
