"""A person's path through the page, in a real browser: drop a file, see segments, open one, download its customers, assign one customer, see the charts; and that nothing moves when a new run is activated."""

import argparse
import csv
import io
import json
import os
import random
import shutil
import tempfile
import urllib.request

from chromium import Chromium

arguments = argparse.ArgumentParser()
arguments.add_argument("url")
arguments.add_argument("file", help="customers with the columns of the Mall file")
arguments.add_argument("--segments", type=int, default=6, help="how many segments the file has")
arguments.add_argument("--pictures", default="", help="folder for screenshots")
arguments.add_argument("--browser", default=shutil.which("chromium") or "chromium")
arguments = arguments.parse_args()
url = arguments.url.rstrip("/")
customers = open(arguments.file, encoding="utf-8-sig").read()
sizes = [("phone", 390, 844), ("laptop", 1280, 800), ("wall", 2560, 1300)]
limit = 100_000


def get(path):
    with urllib.request.urlopen(url + path) as answer:
        return answer.read()


def post(path, text=""):
    request = urllib.request.Request(url + path, data=text.encode(), headers={"Content-Type": "text/csv"}, method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def check(page, what):
    """Nothing was complained about, nothing was asked of anybody else."""
    assert page.complaints() == [], (what, page.complaints())
    strangers = [r for r in page.requests() if not r.startswith((url + "/", "about:", "blob:" + url))]
    assert strangers == [], (what, strangers)


# Counts what moves without having been asked to; from before the first paint on.
watch = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (!entry.hadRecentInput) window.shifts.push([entry.value, entry.sources.map((s) => s.node?.nodeName + '#' + s.node?.id + '.' + s.node?.className).join(' ')]);
  }
}).observe({type: 'layout-shift', buffered: true});
"""


def path(browser, name, width, height, dark):
    page = browser.page()
    page.look(width, height, dark)
    page.call("Page.addScriptToEvaluateOnNewDocument", source=watch)
    page.open(url + "/")

    # --- Drop the file ---
    before = page.value("document.getElementById('view').dataset.run")
    page.drop("#drop", arguments.file)
    page.wait(f"document.getElementById('view').dataset.run !== {json.dumps(before)} && !document.querySelector('#fit.busy')", 60)
    found = page.value("document.querySelectorAll('.card').length")
    assert found == arguments.segments, f"{found} segments"
    summary = json.loads(get("/clusters/summary"))
    shown = page.value("[...document.querySelectorAll('.card')].map((c) => [c.querySelector('h3').textContent, Number(c.querySelector('.size b').textContent.replaceAll(',', ''))])")
    assert sorted(map(tuple, shown)) == sorted((i["name"], i["size"]) for i in summary["items"]), shown
    assert page.value("document.activeElement.id") == "title", "the new title is not in focus"

    # --- Open a segment, search, download ---
    first = summary["items"][0]
    page.click(f"[data-segment='{first['segment_id']}']")
    page.wait("document.querySelectorAll('#customers[open] tbody tr').length > 0")
    rows = page.value("document.querySelectorAll('#customers tbody tr').length")
    assert rows == min(100, first["size"]), rows
    assert page.value("document.activeElement.id") == "search-text"
    file = page.value("document.querySelector('#customers a[download]').href")
    table = list(csv.DictReader(io.StringIO(get(file.removeprefix(url)).decode())))
    assert len(table) == first["size"] and {r["segment_id"] for r in table} == {first["segment_id"]}
    wanted = table[0]["customer_id"]
    page.type(wanted)
    expected = json.loads(get(f"/segments/{first['segment_id']}/customers?search={wanted}"))["count"]
    page.wait(f"document.querySelectorAll('#customers tbody tr').length === {min(100, expected)} && document.querySelector('#customers tbody').textContent.includes({json.dumps(wanted)})")
    if arguments.pictures:
        page.browser.listen(0.2)
        page.screenshot(f"{arguments.pictures}/{name}-customers.png", whole=False)
    # The first empties the field, as in every field for searching.
    page.press("Escape", number=27)
    page.press("Escape", number=27)
    page.wait("!document.getElementById('customers').open")

    # --- Assign one customer ---
    typed = {"age": "32", "annual_income": "86", "spending_score": "82"}
    for key, text in typed.items():
        page.value(f"document.querySelector('#assign-form [name={key}]').focus()")
        page.type(text)
    told = json.loads(get("/segments/assign?" + "&".join(f"{k}={v}" for k, v in typed.items())))
    page.wait(f"document.querySelector('#assigned strong')?.textContent === {json.dumps(told['segment_name'])}")

    # --- See the charts ---
    page.value("(async () => { for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) { scrollTo({top: y, behavior: 'instant'}); await new Promise((r) => setTimeout(r, 60)); } })()")
    page.wait("[...document.images].every((i) => i.complete && i.naturalWidth > 0)")
    pictures = page.value("[...document.querySelectorAll('figure.picture')].map((f) => f.id.replace('chart-', ''))")
    charts = [c["name"] for c in json.loads(get("/charts"))["items"]]
    assert sorted(pictures) == sorted(charts), (pictures, charts)
    # Each picture has the room that it takes: what was reserved for it is its own shape.
    bent = page.value("[...document.querySelectorAll('figure.picture img')].filter((i) => Math.abs(i.naturalHeight / i.naturalWidth - i.getBoundingClientRect().height / i.getBoundingClientRect().width) > 0.01).map((i) => i.src)")
    assert bent == [], bent
    wide = page.value("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, f"{wide} pixels too wide"
    if arguments.pictures:
        page.value("scrollTo({top: 0, behavior: 'instant'})")
        page.screenshot(f"{arguments.pictures}/{name}.png")

    # --- A new run is activated elsewhere: the page shows it, and nothing moves ---
    run = page.value("document.getElementById('view').dataset.run")
    for place in ["0", "document.getElementById('segments').getBoundingClientRect().top + scrollY", "document.body.scrollHeight / 2"]:
        page.value(f"scrollTo({{top: {place}, behavior: 'instant'}})")
        browser.listen(0.7)
        before = page.value("window.shifts.length")
        anchor = "[...document.querySelectorAll('#view section[id]')].find((s) => s.getBoundingClientRect().bottom > 80)"
        stood = page.value(f"(() => {{ const s = {anchor}; return [s.id, s.getBoundingClientRect().top] }})()")
        k = 4 if page.value("document.querySelectorAll('.card').length") != 4 else 5
        now = post(f"/segments?k={k}", customers)["run_id"]
        page.wait(f"document.getElementById('view').dataset.run === {json.dumps(now)}", 20)
        browser.listen(0.6)
        assert page.value("document.querySelectorAll('.card').length") == k
        moved = page.value("window.shifts")[before:]
        assert moved == [], (name, place, moved)
        stands = page.value(f"document.getElementById({json.dumps(stood[0])}).getBoundingClientRect().top")
        bottom = page.value("scrollY + innerHeight >= document.documentElement.scrollHeight - 1")
        assert bottom or abs(stands - stood[1]) < 2, (name, stood, stands)
    assert page.value("document.querySelector('#assign-form [name=age]').value") == "32", "what was typed is gone"
    page.wait("document.getElementById('live').textContent.startsWith('A new run is current')")

    # --- Back to the first run, from the page ---
    page.click(f"[data-activate='{run}']")
    page.wait(f"document.getElementById('view').dataset.run === {json.dumps(run)}")
    shifts = [s for s in page.value("window.shifts") if s[0] > 0]
    assert shifts == [], (name, shifts)
    check(page, name)
    print(f"{name}: {found} segments, {len(table)} customers downloaded, assigned to {told['segment_name']}, {len(charts)} charts, nothing moved")


def first_view(browser, name, width, height):
    """What opening the page costs, to the byte: the page, its files, and the pictures in sight.

    A browser also fetches pictures that will soon be in sight; they are told, and not part of the view.
    """
    page = browser.page()
    page.look(width, height)
    page.open(url + "/")
    browser.listen(1)
    received = page.bytes_received()
    below = page.value("[...document.images].filter((i) => i.getBoundingClientRect().top >= innerHeight).map((i) => i.currentSrc)")
    ahead = sum(size for address, size in received.items() if address in below)
    total = sum(received.values()) - ahead
    check(page, name)
    print(f"{name}: the first view takes {total} bytes in {len(received)} answers; {ahead} were fetched ahead")
    return total


def keyboard(browser):
    """Everything by keyboard: the skip link first, then controls in order, each with a visible focus."""
    page = browser.page()
    page.look(1280, 800, reduced=True)
    page.open(url + "/")
    page.press("Tab", number=9)
    assert page.value("document.activeElement.className") == "skip"
    seen = set()
    for _ in range(400):
        page.press("Tab", number=9)
        state = page.value("""(() => { const e = document.activeElement; if (e === document.body) return null;
          const s = getComputedStyle(e); const b = e.getBoundingClientRect();
          return [e.id || e.getAttribute('href') || e.name || e.className, s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0, b.bottom > 0 && b.top < innerHeight && b.width > 0] })()""")
        if state is None:
            break
        assert state[1], f"the focus on {state[0]} is not seen"
        assert state[2], f"{state[0]} has the focus out of sight"
        seen.add(state[0])
    assert {"file", "sample"} <= seen and any("customers" in s for s in seen), seen
    unnamed = page.value("[...document.querySelectorAll('input:not([type=hidden]), select, textarea')].filter((f) => !f.labels?.length && !f.getAttribute('aria-label')).map((f) => f.name)")
    assert unnamed == [], unnamed
    page.value("document.querySelector('[data-segment]').focus()")
    page.press("Enter", number=13, text="\r")
    page.wait("document.getElementById('customers').open")
    page.press("Escape", number=27)
    page.wait("!document.getElementById('customers').open")
    assert page.value("document.activeElement.matches('[data-segment]')"), "the focus does not come back"
    assert page.value("getComputedStyle(document.documentElement).scrollBehavior") == "auto", "moves although motion is unwelcome"
    check(page, "keyboard")
    print(f"keyboard: {len(seen)} places, each in sight and seen")


contrast = """(() => {
  const channel = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const luminance = (c) => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const low = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !e.checkVisibility() || e.closest('.unseen, .skip, svg')) continue;
    const style = getComputedStyle(e);
    const [a, b] = [luminance(parse(style.color)), luminance(ground(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push([walker.currentNode.textContent.trim().slice(0, 40), ratio.toFixed(2)]);
  }
  return low;
})()"""


def readable(browser):
    """Every text has a contrast of 4.5:1 (WCAG 2.2 §1.4.3), light and dark, everything opened."""
    for dark in [False, True]:
        page = browser.page()
        page.look(1280, 800, dark)
        page.open(url + "/")
        page.value("document.querySelectorAll('details').forEach((d) => d.open = true)")
        low = page.value(contrast)
        assert low == [], (dark, low)
    print("contrast: 4.5:1 or more, light and dark")


def narrow(browser):
    """At 360 pixels nothing stands out to the side, opened or not."""
    page = browser.page()
    page.look(360, 740)
    page.open(url + "/")
    page.value("document.querySelectorAll('details').forEach((d) => d.open = true)")
    assert page.value("document.documentElement.scrollWidth") == 360
    check(page, "narrow")


def without_script(browser):
    """The page as it is without a script: figures, pictures, a form that works."""
    # Another run than the sample's, which the form is to lead to.
    post("/segments?k=3", customers)
    page = browser.page(scripts=False)
    page.look(1280, 800)
    page.open(url + "/")
    text = page.call("DOM.getDocument")["root"]["nodeId"]
    html = page.call("DOM.getOuterHTML", nodeId=text)["outerHTML"]
    for item in json.loads(get("/clusters/summary"))["items"]:
        assert f"<bdi>{item['name']}</bdi>" in html, item["name"]
    if arguments.pictures:
        page.screenshot(f"{arguments.pictures}/without-script.png")
    # The sample's button sends the form, which leads back to the page.
    node = page.call("DOM.querySelector", nodeId=text, selector="#sample")["nodeId"]
    box = page.call("DOM.getBoxModel", nodeId=node)["model"]["content"]
    before = json.loads(get("/clusters/summary"))["run_id"]
    for kind in ["mousePressed", "mouseReleased"]:
        page.call("Input.dispatchMouseEvent", type=kind, x=(box[0] + box[2]) / 2, y=(box[1] + box[5]) / 2, button="left", clickCount=1)
    for _ in range(100):
        browser.listen(0.1)
        if json.loads(get("/clusters/summary"))["run_id"] != before:
            break
    else:
        raise AssertionError("the form without a script does nothing")
    browser.listen(0.5)
    address = page.call("Page.getNavigationHistory")["entries"][-1]["url"]
    assert address == f"{url}/?series=default", address
    check(page, "without script")
    print("without a script: every segment stands there, and the form works")


def hostile(browser):
    """Headers and cells that would like to be markup, script, another direction or very long."""
    evil = '<script>alert(1)</script>'
    headers = ["id", evil, '"><img src=x onerror=alert(2)>', "👩‍👩‍👧 שלום ‮evil", "n" * 300, "gr\"oup'<b>"]
    lines = [headers]
    for row in range(90):
        group = row % 3
        lines.append([f"<b>{row}</b>", group * 10 + row % 4, group * 7 + row % 5, group * 3 + row % 2, row % 7,
                      ["</td><script>alert(3)</script>", "‮rtl‬ 🛒", "x" * 300][group]])
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    run = post("/segments?series=hostile&k=3", text.getvalue())
    page = browser.page()
    page.look(390, 844)
    page.open(url + "/?series=hostile")
    assert page.value("document.querySelectorAll('script').length") == 1
    assert page.value("document.querySelectorAll('img[src=x], [onerror], [onload]').length") == 0
    assert page.value("document.documentElement.scrollWidth") == 390
    assert evil in page.value("document.getElementById('data').textContent")
    page.click("[data-segment]")
    page.wait("document.querySelectorAll('#customers[open] tbody tr').length > 0")
    assert page.value("document.querySelector('#customers tbody').textContent.includes('<b>')")
    assert page.value("document.querySelectorAll('#customers tbody b, #customers script').length") == 0
    if arguments.pictures:
        page.screenshot(f"{arguments.pictures}/hostile-customers.png", whole=False)
    page.press("Escape", number=27)
    page.value("[...document.images].forEach((i) => i.removeAttribute('loading'))")
    page.wait("[...document.images].every((i) => i.complete && i.naturalWidth > 0)")
    if arguments.pictures:
        page.screenshot(f"{arguments.pictures}/hostile.png")
    check(page, "hostile")
    print(f"hostile: {len(run['segments'])} segments shown, nothing ran")


def trouble(browser):
    """A file that cannot be read is told in words, with lines."""
    folder = os.path.dirname(os.path.abspath(arguments.file)) if arguments.pictures == "" else arguments.pictures
    broken = os.path.join(folder if os.access(folder, os.W_OK) else "/tmp", "broken.csv")
    with open(broken, "w") as file:
        file.write("id,name\n1,Ada\n2,Grace\n")
    page = browser.page()
    page.look(1280, 800)
    page.open(url + "/")
    page.drop("#drop", broken)
    page.wait("document.getElementById('problem').open")
    assert page.value("document.getElementById('problem').textContent.length") > 40
    if arguments.pictures:
        page.screenshot(f"{arguments.pictures}/problem.png", whole=False)
    os.remove(broken)
    # The browser itself notes the status of the answer; nothing else may be there.
    assert all("status of 4" in c for c in page.complaints()), page.complaints()
    print("trouble: told in words")


def progress(browser):
    """A large file: what is being done and how far it is, and an end to it when one has enough."""
    folder = tempfile.TemporaryDirectory(prefix="large-")

    def large(name, seed):
        dice = random.Random(seed)
        path = os.path.join(folder.name, name)
        with open(path, "w") as file:
            file.write("id,age,income,spent,visits\n")
            file.writelines(f"{i},{dice.random() * 60:.4f},{dice.random() * 90:.4f},{dice.random() * 400:.4f},{dice.random() * 9:.4f}\n" for i in range(250_000))
        return path

    page = browser.page()
    page.look(1280, 800)
    page.open(url + "/?series=large")
    page.value("""(() => {
      window.told = [];
      const bar = document.getElementById("progress-bar");
      new MutationObserver(() => told.push([document.getElementById("progress-text").textContent, bar.hasAttribute("value") ? bar.value / bar.max : null]))
        .observe(document.getElementById("progress"), {subtree: true, childList: true, characterData: true, attributes: true});
    })()""")
    page.drop("#drop", large("large.csv", 1))
    page.wait("document.getElementById('progress-text').textContent.startsWith('Finding segments and')", 60)
    page.wait("document.getElementById('progress-time').textContent.includes('left')", 60)
    if arguments.pictures:
        page.screenshot(f"{arguments.pictures}/progress.png", whole=False)
    page.wait("document.querySelectorAll('.card').length > 1 && !document.querySelector('#fit.busy')", 180)
    told = page.value("told")
    texts = list(dict.fromkeys(text for text, _ in told))
    assert texts[0].startswith("Sending large.csv") and len([t for t in texts if t.startswith(("Finding", "Drawing", "Cleaning", "Naming"))]) >= 2, texts
    first = next(i for i, (text, _) in enumerate(told) if text.startswith("Finding segments and"))
    shares = [share for _, share in told[first:] if share is not None]
    assert shares == sorted(shares) and shares[-1] > 0.5, shares
    run = json.loads(get("/clusters/summary?series=large"))["run_id"]
    assert page.value("document.getElementById('view').dataset.run") == run
    # Another one is stopped: no run comes of it.
    page.drop("#drop", large("other.csv", 2))
    page.wait("document.getElementById('progress-text').textContent.startsWith('Finding segments and')", 60)
    page.click("#cancel")
    page.wait("document.getElementById('live').textContent === 'Stopped.' && !document.querySelector('#fit.busy')", 30)
    states = [job["state"] for job in json.loads(get("/jobs?flat=1"))]
    assert states[-2:] == ["succeeded", "cancelled"], states
    assert json.loads(get("/clusters/summary?series=large"))["run_id"] == run
    check(page, "progress")
    folder.cleanup()
    print(f"progress: {len(texts)} phases told, up to {shares[-1]:.0%}; a second one stopped")


with Chromium(arguments.browser) as browser:
    empty = browser.page()
    empty.look(1280, 800)
    empty.open(url + "/")
    check(empty, "empty")
    if arguments.pictures:
        empty.screenshot(f"{arguments.pictures}/empty.png")
    for name, width, height in sizes:
        for dark in [False, True]:
            post("/segments?k=3", customers)
            path(browser, f"{name}-{width}-{'dark' if dark else 'light'}", width, height, dark)
    totals = [first_view(browser, f"{name} {width}×{height}", width, height) for name, width, height in sizes]
    assert max(totals) < limit, f"the first view takes {max(totals)} bytes; {limit} are allowed"
    keyboard(browser)
    readable(browser)
    narrow(browser)
    hostile(browser)
    trouble(browser)
    progress(browser)
    without_script(browser)
