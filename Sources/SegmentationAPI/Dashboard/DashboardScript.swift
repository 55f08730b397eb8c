/// The script of the page: uploads with progress, news without a reload, customers of a segment, one
/// customer typed.
///
/// It makes elements and sets texts; no text ever becomes markup, which the page's policy holds it to.
/// What a run looks like is written by the server alone: news are the same page again, put in place.
enum DashboardScript {
  static let text = DashboardAssets.compact(source)

  private static let source = #"""
    "use strict";
    const byID = (id) => document.getElementById(id);
    const view = () => byID("view");
    const say = (text) => { byID("live").textContent = text; };

    // An element with attributes and children; texts stay texts.
    function make(tag, attributes = {}, ...children) {
      const element = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) {
        if (value !== null && value !== undefined) element.setAttribute(name, value);
      }
      element.append(...children);
      return element;
    }
    const data = (text) => make("bdi", {}, text);
    const count = (number) => Number(number).toLocaleString("en");

    // --- Asking ---------------------------------------------------------------------------------

    class Problem extends Error {
      constructor(body) {
        super(body?.detail ?? "The service gave no reason.");
        this.body = body;
      }
    }
    const noAnswer = () => new Problem({ title: "No answer", detail: "The service cannot be reached. Is it running?" });

    async function ask(path, options = {}) {
      let answer;
      try {
        answer = await fetch(path, { ...options, headers: { Accept: "application/json", ...options.headers } });
      } catch (error) {
        if (error.name === "AbortError") throw error;
        throw noAnswer();
      }
      const body = answer.status === 304 ? null : await answer.json().catch(() => null);
      if (!answer.ok && answer.status !== 304) throw Object.assign(new Problem(body), { status: answer.status });
      return { answer, body };
    }

    function tell(error) {
      const { title, detail, type, errors } = error.body ?? { title: "Something went wrong", detail: error.message };
      const dialog = byID("problem");
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

    function load(address) {
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
    async function fetchPictures(fresh) {
      const waits = [...view().querySelectorAll("figure.picture")].filter(isNear).map((figure) => {
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
    async function show(address, { toTop = false } = {}) {
      if (isShowing) return;
      isShowing = true;
      try {
        const fresh = await load(address);
        await fetchPictures(fresh);
        replace(fresh, toTop);
      } finally {
        isShowing = false;
      }
    }

    function replace(fresh, toTop) {
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

    function enhance() {
      const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
      for (const time of document.querySelectorAll("time.moment")) {
        time.textContent = format.format(new Date(time.dateTime));
        time.title = time.dateTime;
      }
      assign();
    }

    // --- News -----------------------------------------------------------------------------------

    const rest = 4000;
    let tag = null;
    let asked = null;
    let pause = rest;
    let timer = 0;

    function wait() {
      clearTimeout(timer);
      if (!document.hidden) timer = setTimeout(poll, pause);
    }

    async function poll() {
      const { series, run, current } = view().dataset;
      const name = encodeURIComponent(series);
      // Without a run there is no summary to ask for.
      const address = run ? `/clusters/summary?series=${name}` : `/runs?series=${name}&limit=1`;
      if (address !== asked) tag = null;
      asked = address;
      try {
        const { answer, body } = await ask(address, { cache: "no-store", headers: tag ? { "If-None-Match": tag } : {} });
        if (pause !== rest) say("");
        pause = rest;
        if (body && !byID("fit").classList.contains("busy")) {
          const isNew = tag !== null || (run ? body.run_id !== run : body.items.length > 0);
          tag = answer.headers.get("ETag");
          if (isNew && current === "false") {
            if (body.run_id !== run) say("Another run is current.");
          } else if (isNew) {
            await show(`/?series=${name}`);
            if (view().dataset.run !== run) say(`A new run is current: ${byID("title")?.textContent ?? "no segments"}.`);
          }
        }
      } catch (error) {
        if (error.status === 404) {
          await show(`/?series=${name}`).catch(() => null);
        } else {
          pause = Math.min(pause * 2, 60000);
          say("The service does not answer; trying again.");
        }
      }
      wait();
    }

    document.addEventListener("visibilitychange", () => {
      clearTimeout(timer);
      if (!document.hidden) poll();
    });

    // --- A new segmentation ------------------------------------------------------------------------

    const types = { csv: "text/csv", json: "application/json", ndjson: "application/x-ndjson", jsonl: "application/x-ndjson" };
    let request = null;

    // What was chosen, without what is the default anyway.
    function options(form, withColumns) {
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

    function fit(query, file) {
      if (request) return;
      const form = byID("fit");
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
        const taken = seconds();
        end();
        if (status >= 400 || !response?.run_id) return tell(new Problem(response));
        tag = null;
        const address = `/?series=${encodeURIComponent(response.series)}`;
        history.replaceState(null, "", response.series === "default" ? "/" : address);
        try {
          await show(address, { toTop: true });
          say(`${byID("title").textContent}, in ${taken} s.`);
        } catch (error) {
          tell(error);
        }
      };
      request.onerror = () => {
        end();
        tell(noAnswer());
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

    const send = (file) => file && byID("fit").reportValidity() && fit(options(byID("fit"), false), file);

    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.id === "fit") {
        event.preventDefault();
        const button = event.submitter;
        const file = byID("file").files[0];
        if (button?.name === "dataset") {
          const query = options(form, button.id === "refit");
          query.set("dataset", button.value);
          fit(query, null);
        } else if (file) {
          send(file);
        } else {
          byID("file").click();
        }
      } else if (form.id === "assign-form") {
        event.preventDefault();
        assign();
      } else if (form.id === "search") {
        event.preventDefault();
      }
    });

    let depth = 0;
    const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    const over = (isOver) => {
      depth = isOver ? depth : 0;
      byID("fit").classList.toggle("over", isOver);
    };
    document.addEventListener("dragenter", (event) => hasFiles(event) && (depth++, over(true)));
    document.addEventListener("dragleave", (event) => hasFiles(event) && --depth <= 0 && over(false));
    document.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
    document.addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      over(false);
      send(event.dataTransfer.files[0]);
    });

    // --- One customer ---------------------------------------------------------------------------

    const waiting = "Type the figures of a customer; the segment stands here.";
    let assigning = null;
    let typing = 0;

    const nameOf = (id) => document.querySelector(`[data-segment="${CSS.escape(id)}"]`)?.closest(".card")?.querySelector("h3")?.textContent ?? id;

    async function assign() {
      const form = byID("assign-form");
      const output = byID("assigned");
      if (!form) return;
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
    let list = null;

    function openCustomers(link) {
      const card = link.closest(".card");
      const dialog = byID("customers");
      const table = make("table", {}, make("thead"), make("tbody"));
      const status = make("p", { role: "status", class: "muted" });
      const more = make("button", { type: "button", hidden: "" }, "More");
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
      list = { segment: link.dataset.segment, run: view().dataset.run, table, status, more, file, search, order, cursor: null, control: null };
      dialog.showModal();
      search.focus();
      fill(list, false);
    }

    async function fill(list, isMore) {
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
          head.replaceChildren(make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, data(name)))));
        }
        rows.append(...body.items.map((item) => make("tr", {}, ...columns.map((name) => cell(name, item[name])))));
        list.cursor = body.next;
        list.more.hidden = !body.next;
        const shown = rows.children.length;
        list.status.textContent = body.count === 0 ? "No customer matches."
          : shown < body.count ? `${count(shown)} of ${count(body.count)} customers` : `${count(shown)} ${shown === 1 ? "customer" : "customers"}`;
      } catch (error) {
        if (error.name !== "AbortError") list.status.textContent = error.message;
      }
    }

    function cell(name, value) {
      if (typeof value !== "number") return make("td", { title: value ?? "" }, data(value === null ? "" : String(value)));
      const text = name === "distance" || name === "margin" ? value.toFixed(2) : String(value);
      return make("td", { class: "figure" }, text);
    }

    // --- What is clicked and typed -------------------------------------------------------------------

    document.addEventListener("click", async (event) => {
      const target = event.target.closest?.("[data-segment], [data-close], [data-activate], #cancel, dialog");
      if (!target) return;
      if (target.matches("[data-segment]") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        openCustomers(target);
      } else if (target.matches("[data-close]")) {
        target.closest("dialog").close();
      } else if (target.matches("dialog") && event.target === target) {
        target.close();
      } else if (target.id === "cancel") {
        request?.abort();
      } else if (target.dataset.activate) {
        target.disabled = true;
        try {
          const { body } = await ask(`/runs/${target.dataset.activate}/activate`, { method: "POST" });
          tag = null;
          history.replaceState(null, "", `/?series=${encodeURIComponent(body.series)}`);
          await show(location.href);
          say(`Current again: ${byID("title").textContent}.`);
        } catch (error) {
          target.disabled = false;
          tell(error);
        }
      }
    });
    byID("customers").addEventListener("click", (event) => {
      if (list && event.target === list.more) fill(list, true);
    });

    document.addEventListener("input", (event) => {
      clearTimeout(typing);
      if (event.target === list?.search) typing = setTimeout(() => fill(list, false), 200);
      else if (event.target.closest("#assign-form")) typing = setTimeout(assign, 200);
    });
    document.addEventListener("change", (event) => {
      if (event.target.id === "file") send(event.target.files[0]);
      else if (event.target === list?.order) fill(list, false);
      else if (event.target.closest("#axes")) turn(event.target.form);
    });

    // The scatter of other features.
    function turn(form) {
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

    enhance();
    poll();
    """#
}
