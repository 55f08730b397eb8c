/// The part of the page's script that not every visit needs, loaded when it is: a new segmentation,
/// customers of a segment, one customer typed, what went wrong, the scatter of other features.
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

    // --- A new segmentation ------------------------------------------------------------------------

    const types = { csv: "text/csv", json: "application/json", ndjson: "application/x-ndjson", jsonl: "application/x-ndjson" };
    let request = null;

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

    export const stop = () => request?.abort();

    export function start(kit, form, button, file) {
      if (request) return;
      const { byID, say, show, noAnswer, Problem, forget } = kit;
      const query = options(kit, form, button?.id === "refit");
      if (button) query.set("dataset", button.value);
      const text = byID("progress-text");
      const bar = byID("progress-bar");
      const start = performance.now();
      const seconds = () => ((performance.now() - start) / 1000).toFixed(1);
      let isSent = !file;
      const tick = () => {
        if (isSent) text.textContent = `Cleaning, fitting and weighing how many segments: ${seconds()} s`;
      };
      const clock = setInterval(tick, 100);
      const end = () => {
        clearInterval(clock);
        request = null;
        form.classList.remove("busy");
        byID("progress").hidden = true;
        byID("file").value = "";
      };
      request = new XMLHttpRequest();
      request.open("POST", `/segments?${query}`);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      if (file) {
        const suffix = file.name.split(".").pop().toLowerCase();
        request.setRequestHeader("Content-Type", types[suffix] ?? "application/octet-stream");
      }
      request.upload.onprogress = (event) => {
        if (!event.lengthComputable || isSent) return;
        bar.max = event.total;
        bar.value = event.loaded;
        text.textContent = `Sending ${file.name}: ${Math.round((100 * event.loaded) / event.total)} %`;
      };
      request.upload.onload = () => {
        isSent = true;
        bar.removeAttribute("value");
        tick();
      };
      request.onload = async () => {
        const { status, response } = request;
        const taken = Math.max(0.1, seconds());
        end();
        if (status >= 400 || !response?.run_id) return tell(kit, new Problem(response));
        forget();
        const address = `/?series=${encodeURIComponent(response.series)}`;
        history.replaceState(null, "", response.series === "default" ? "/" : address);
        try {
          await show(address, { toTop: true });
          say(`${byID("title").textContent}, in ${taken} s.`);
        } catch (error) {
          tell(kit, error);
        }
      };
      request.onerror = () => {
        end();
        tell(kit, noAnswer());
      };
      request.onabort = () => {
        end();
        say("Stopped.");
      };
      bar.removeAttribute("value");
      text.textContent = file ? `Sending ${file.name}` : "Starting";
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
