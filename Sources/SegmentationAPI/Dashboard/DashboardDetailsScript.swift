/// The part of the page's script that not every visit needs, loaded when it is: a new segmentation,
/// the page again in place, customers of a segment, one customer typed, what went wrong, the scatter
/// of other features.
///
/// Its functions are handed the tools of ``DashboardScript``.
enum DashboardDetailsScript {
  static let text = DashboardAssets.compact(source)

  private static let source = #"""
    "use strict";
    const count = (number) => Number(number).toLocaleString("en");

    export function tell({ byID, make, data }, error) {
      const { title, detail, type, errors } = error.body ?? { title: "Something went wrong", detail: error.message };
      const dialog = byID("problem");
      dialog.setAttribute("aria-labelledby", "problem-title");
      const close = make("button", { type: "button", class: "main", "data-close": "" }, "Close");
      const list = make("ul");
      for (const fault of (errors ?? []).slice(0, 12)) {
        const place = [fault.line && `line ${fault.line}`, fault.column ?? fault.pointer].filter(Boolean).join(", ");
        list.append(make("li", {}, data(place), place ? ": " : "", data(fault.value ? `“${fault.value}” ` : ""), data(fault.reason ?? "")));
      }
      dialog.replaceChildren(
        make("header", {}, make("h2", { id: "problem-title" }, title ?? "Something went wrong")),
        make("div", { class: "scroll" }, make("p", {}, data(detail ?? "")), ...(list.children.length ? [list] : [])),
        make("footer", {}, close, ...(type ? [make("a", { href: `${type}.txt` }, "What this means")] : [])));
      if (!dialog.open) dialog.showModal();
      close.focus();
    }

    // --- The page again, in place ----------------------------------------------------------------

    function load(address, noAnswer) {
      return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open("GET", address);
        request.responseType = "document";
        request.setRequestHeader("Accept", "text/html");
        request.onload = () => (request.status === 200 && request.response?.getElementById("view") ? resolve(request.response) : reject(new Error(`status ${request.status}`)));
        request.onerror = () => reject(noAnswer());
        request.send();
      });
    }

    const narrow = matchMedia("(max-width: 639px)");
    const source = (picture) => (narrow.matches ? picture.querySelector("source")?.srcset : null) || picture.querySelector("img").src;
    const isNear = (element) => {
      const box = element.getBoundingClientRect();
      return box.bottom > -innerHeight && box.top < 2 * innerHeight;
    };

    // Pictures that will be seen at once are fetched before they take their place.
    async function fetchPictures(view, fresh) {
      const waits = [...view.querySelectorAll("figure.picture")].filter(isNear).map((figure) => {
        const picture = fresh.getElementById(figure.id)?.querySelector("picture");
        if (!picture) return null;
        picture.querySelector("img").removeAttribute("loading");
        const image = new Image();
        image.src = source(picture);
        return image.decode().catch(() => null);
      });
      await Promise.race([Promise.all(waits), new Promise((resolve) => setTimeout(resolve, 2000))]);
    }

    let isShowing = false;
    export async function show(kit, address, { toTop = false } = {}) {
      if (isShowing) return;
      isShowing = true;
      try {
        const fresh = await load(address, kit.noAnswer);
        await fetchPictures(kit.view(), fresh);
        replace(kit, fresh, toTop);
      } finally {
        isShowing = false;
      }
    }

    function replace({ byID, view, enhance }, fresh, toTop) {
      const old = view();
      const next = document.adoptNode(fresh.getElementById("view"));
      const typed = [...old.querySelectorAll("input[id], select[id]")].map((field) => [field.id, field.name, field.value]);
      const open = [...old.querySelectorAll("details[open][id]")].map((details) => details.id);
      const focused = old.contains(document.activeElement) ? document.activeElement.id : null;
      const anchor = [...old.querySelectorAll("section[id]")].find((section) => section.getBoundingClientRect().bottom > 80);
      const place = anchor && { id: anchor.id, top: anchor.getBoundingClientRect().top };

      const form = byID("fit");
      const freshForm = document.adoptNode(fresh.getElementById("fit"));
      const isKept = byID("options").open && form.className === freshForm.className && !toTop;
      if (!isKept && !form.classList.contains("busy")) {
        freshForm.querySelector("#options").open = byID("options").open;
        for (const field of form.querySelectorAll(".fields [id]:is(input, select)")) {
          // What was chosen stays chosen, but for columns, which are those of other data now.
          const other = freshForm.querySelector(`#${field.id}`);
          if (other && !field.closest("#again")) other.value = field.value;
        }
        form.replaceWith(freshForm);
      }
      old.replaceWith(next);
      document.title = fresh.title;
      document.querySelector(".top nav").hidden = !next.dataset.run;

      for (const id of open) if (byID(id)) byID(id).open = true;
      for (const [id, name, value] of typed) {
        const field = byID(id);
        if (field && field.name === name && next.contains(field) && value) field.value = value;
      }
      // What was said of the customer stands until it is said anew, so that nothing below moves.
      const said = old.querySelector("#assigned");
      if (said && byID("assigned")) byID("assigned").replaceChildren(...said.childNodes);
      enhance();
      if (toTop) {
        scrollTo({ top: 0, behavior: "instant" });
        byID("title")?.focus({ preventScroll: true });
      } else {
        if (focused) byID(focused)?.focus({ preventScroll: true });
        const now = place && byID(place.id);
        if (now && scrollY > 0) scrollBy({ top: now.getBoundingClientRect().top - place.top, behavior: "instant" });
      }
    }

    // --- A new segmentation ------------------------------------------------------------------------

    const types = { csv: "text/csv", json: "application/json", ndjson: "application/x-ndjson", jsonl: "application/x-ndjson" };
    // What is done in each phase of the work.
    const doing = {
      clean: "Cleaning", distinct: "Putting equal rows together", scale: "Bringing features to one scale",
      fit: "Finding segments and weighing how many", quality: "Measuring how well customers fit",
      stability: "Drawing customers anew to see what is stable", describe: "Naming the segments", store: "Storing",
    };
    // What is under way: the request, then the job that it became where it takes longer.
    let request = null;
    let job = null;

    // What was chosen, without what is the default anyway.
    function options({ byID }, form, withColumns) {
      const query = new URLSearchParams({ series: form.elements.series.value });
      const again = byID("again");
      for (const field of form.querySelectorAll("input[name], select[name]")) {
        if (["hidden", "file", "checkbox"].includes(field.type) || !field.value) continue;
        const isColumn = again?.contains(field) ?? false;
        if (isColumn && !withColumns) continue;
        if (field.tagName === "SELECT" && !isColumn && field.value === field.options[0].value) continue;
        query.set(field.name, field.value.trim());
      }
      if (again && withColumns) {
        const boxes = [...again.querySelectorAll("input[type=checkbox]")];
        const isChanged = boxes.some((box) => box.checked !== box.defaultChecked);
        if (isChanged || again.dataset.given === "true") {
          query.set("features", boxes.filter((box) => box.checked).map((box) => box.value).join(","));
        }
      }
      return query;
    }

    export const stop = () => (job ? fetch(job, { method: "DELETE" }).catch(() => null) : request?.abort());

    export function start(kit, form, button, file) {
      if (request) return;
      const { byID, say, noAnswer, Problem, forget } = kit;
      const query = options(kit, form, button?.id === "refit");
      if (button) query.set("dataset", button.value);
      const bar = byID("progress-bar");
      const start = performance.now();
      const seconds = () => ((performance.now() - start) / 1000).toFixed(1);
      let left = null;
      // Only what is done is told aloud; the time is there to be seen.
      const note = (text) => {
        if (byID("progress-text").textContent !== text) byID("progress-text").textContent = text;
      };
      const clock = setInterval(() => {
        byID("progress-time").textContent = `${seconds()} s${left ? `, about ${count(Math.ceil(left))} s left` : ""}`;
      }, 100);
      const end = () => {
        clearInterval(clock);
        request = job = null;
        form.classList.remove("busy");
        byID("progress").hidden = true;
        byID("file").value = "";
      };
      const fail = (problem) => {
        end();
        tell(kit, problem);
      };
      const stopped = () => {
        end();
        say("Stopped.");
      };
      const found = async (series) => {
        const taken = Math.max(0.1, seconds());
        end();
        forget();
        const address = `/?series=${encodeURIComponent(series)}`;
        history.replaceState(null, "", series === "default" ? "/" : address);
        try {
          await show(kit, address, { toTop: true });
          say(`${byID("title").textContent}, in ${taken} s.`);
        } catch (error) {
          tell(kit, error);
        }
      };
      // Work that takes longer tells by itself how far it is.
      const follow = ({ url, links }) => {
        job = url;
        const events = new EventSource(links.events);
        events.addEventListener("progress", ({ data }) => {
          const status = JSON.parse(data);
          note(doing[status.phase] ?? "Waiting for its turn");
          left = status.seconds_left;
          bar.max = 1;
          bar.value = status.progress;
        });
        events.addEventListener("done", ({ data }) => {
          events.close();
          const { state, problem } = JSON.parse(data);
          if (state === "succeeded") found(query.get("series"));
          else if (state === "cancelled") stopped();
          else fail(new Problem(problem));
        });
        events.onerror = () => events.readyState === EventSource.CLOSED && fail(noAnswer());
      };
      request = new XMLHttpRequest();
      request.open("POST", `/segments?${query}`);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("Prefer", "respond-async, wait=1");
      request.responseType = "json";
      if (file) {
        const suffix = file.name.split(".").pop().toLowerCase();
        request.setRequestHeader("Content-Type", types[suffix] ?? "application/octet-stream");
      }
      request.upload.onprogress = ({ lengthComputable, total, loaded }) => {
        if (!lengthComputable || loaded === total) return;
        bar.max = total;
        bar.value = loaded;
      };
      request.upload.onload = () => {
        bar.removeAttribute("value");
        note("Finding segments");
      };
      request.onload = () => {
        const { status, response } = request;
        if (status === 202) follow(response);
        else if (status >= 400 || !response?.run_id) fail(new Problem(response));
        else found(response.series);
      };
      request.onerror = () => fail(noAnswer());
      request.onabort = stopped;
      bar.removeAttribute("value");
      note(file ? `Sending ${file.name}` : "Finding segments");
      form.classList.add("busy");
      byID("progress").hidden = false;
      byID("cancel").focus({ preventScroll: true });
      say("");
      request.send(file ?? null);
    }

    // --- One customer ---------------------------------------------------------------------------

    const waiting = "Type the figures of a customer; the segment stands here.";
    let assigning = null;

    const nameOf = (id) =>
      document.querySelector(`[data-segment="${CSS.escape(id)}"]`)?.closest(".card")?.querySelector("h3")?.textContent ?? id;

    export async function assign({ byID, make, data, ask }, form) {
      const output = byID("assigned");
      assigning?.abort();
      const fields = [...form.querySelectorAll("input[type=number]")];
      if (fields.some((field) => !field.value || !field.checkValidity())) {
        if (output.textContent !== waiting) output.textContent = waiting;
        return;
      }
      assigning = new AbortController();
      try {
        const query = new URLSearchParams(new FormData(form));
        const { body } = await ask(`/segments/assign?${query}`, { signal: assigning.signal });
        const mark = byID(`segment-${body.cluster}`)?.querySelector(".mark");
        const next = body.second_segment_id && nameOf(body.second_segment_id);
        const sentences = [
          body.far ? " Far from the customers of this segment: an unusual one." : "",
          next ? (body.margin < 0.1 ? " On the border with " : " Next would be ") : "",
        ];
        output.replaceChildren(
          ...(mark ? [mark.cloneNode(true)] : []), make("strong", {}, data(body.segment_name)), make("br"),
          sentences[0], sentences[1], ...(next ? [data(next), "."] : []));
      } catch (error) {
        if (error.name !== "AbortError") output.textContent = error.message;
      }
    }

    // --- Customers of a segment ---------------------------------------------------------------------

    const hidden = new Set(["segment_id", "segment_name", "cluster"]);
    export function openCustomers(kit, link) {
      const { byID, view, make, data } = kit;
      const card = link.closest(".card");
      const dialog = byID("customers");
      dialog.setAttribute("aria-labelledby", "customers-title");
      const table = make("table", {}, make("thead"), make("tbody"));
      const status = make("p", { role: "status", class: "muted" });
      const more = make("button", { type: "button", disabled: "" }, "More");
      const file = make("a", { class: "button", download: `${link.dataset.segment}.csv` }, "Download CSV");
      const search = make("input", { type: "search", id: "search-text", "aria-label": "Search these customers", placeholder: "Search: id, or any cell", autocomplete: "off" });
      const order = make("select", { "aria-label": "Order" },
        make("option", { value: "" }, "In the order of the file"),
        make("option", { value: "sort=distance" }, "Typical ones first"),
        make("option", { value: "borderline=true" }, "Near another segment"));
      dialog.replaceChildren(
        make("header", {}, card.querySelector(".mark").cloneNode(true),
          make("h2", { id: "customers-title" }, data(card.querySelector("h3").textContent)),
          make("button", { type: "button", "data-close": "" }, "Close")),
        make("form", { id: "search", role: "search" }, search, order),
        make("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "customers-title" }, table),
        make("footer", {}, status, more, file));
      const list = { segment: link.dataset.segment, run: view().dataset.run, table, status, more, file, search, order, cursor: null, control: null };
      let typing = 0;
      search.addEventListener("input", () => {
        clearTimeout(typing);
        typing = setTimeout(() => fill(kit, list, false), 200);
      });
      order.addEventListener("change", () => fill(kit, list, false));
      more.addEventListener("click", () => fill(kit, list, true));
      dialog.showModal();
      search.focus();
      fill(kit, list, false);
    }

    async function fill(kit, list, isMore) {
      const { make, data, ask } = kit;
      list.control?.abort();
      list.control = new AbortController();
      const query = new URLSearchParams(list.order.value);
      query.set("run", list.run);
      if (list.search.value.trim()) query.set("search", list.search.value.trim());
      const path = `/segments/${encodeURIComponent(list.segment)}/customers`;
      list.file.href = `${path}.csv?${query}`;
      query.set("limit", "100");
      if (isMore && list.cursor) query.set("cursor", list.cursor);
      try {
        const { body } = await ask(`${path}?${query}`, { signal: list.control.signal });
        const [head, rows] = list.table.children;
        const columns = Object.keys(body.items[0] ?? {}).filter((name) => !hidden.has(name));
        if (!isMore) {
          rows.replaceChildren();
          head.replaceChildren(make("tr", {}, ...columns.map((name) => make("th", { scope: "col", title: name, class: typeof body.items[0][name] === "number" ? "figure" : null }, data(name.replaceAll("_", " "))))));
        }
        rows.append(...body.items.map((item) => make("tr", {}, ...columns.map((name) => cell(kit, name, item[name])))));
        list.cursor = body.next;
        list.more.disabled = !body.next;
        const shown = rows.children.length;
        list.status.textContent = body.count === 0 ? "No customer matches."
          : shown < body.count ? `${count(shown)} of ${count(body.count)} customers` : `${count(shown)} ${shown === 1 ? "customer" : "customers"}`;
      } catch (error) {
        if (error.name !== "AbortError") list.status.textContent = error.message;
      }
    }

    function cell({ make, data }, name, value) {
      if (typeof value !== "number") return make("td", { title: value ?? "" }, data(value === null ? "" : String(value)));
      const text = name === "distance" || name === "margin" ? value.toFixed(2) : String(value);
      return make("td", { class: "figure" }, text);
    }

    // The scatter of other features.
    export function turn({ byID }, form) {
      const picture = byID("chart-scatter").querySelector("picture");
      for (const [image, attribute] of [[picture.querySelector("source"), "srcset"], [picture.querySelector("img"), "src"]]) {
        const address = new URL(image.getAttribute(attribute), location.href);
        for (const axis of ["x", "y"]) {
          if (form.elements[axis].value) address.searchParams.set(axis, form.elements[axis].value);
          else address.searchParams.delete(axis);
        }
        image.setAttribute(attribute, address.pathname + address.search);
      }
    }
    """#
}
