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

    // What not every visit needs comes when it is needed, with its tools handed in.
    const more = () => import(`/assets/details.js${new URL(import.meta.url).search}`).catch((error) => {
      say("The service does not answer.");
      throw error;
    });
    const kit = { byID, view, make, data, ask, say, show, noAnswer, Problem, forget: () => { tag = null; } };
    const tell = async (error) => (await more()).tell(kit, error);
    const assign = async (form = byID("assign-form")) => {
      // Nothing to look up until something is typed.
      if ([...(form?.elements ?? [])].some((field) => field.type === "number" && field.value)) (await more()).assign(kit, form);
    };

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

    const start = async (button, file) => (await more()).start(kit, byID("fit"), button, file);
    const send = (file) => file && byID("fit").reportValidity() && start(null, file);

    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.id === "fit") {
        event.preventDefault();
        const button = event.submitter;
        const file = byID("file").files[0];
        if (button?.name === "dataset") {
          start(button, null);
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

    // --- What is clicked and typed -------------------------------------------------------------------

    document.addEventListener("click", async (event) => {
      const target = event.target.closest?.("[data-segment], [data-close], [data-activate], #cancel, dialog");
      if (!target) return;
      if (target.matches("[data-segment]") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        (await more()).openCustomers(kit, target);
      } else if (target.matches("[data-close]")) {
        target.closest("dialog").close();
      } else if (target.matches("dialog") && event.target === target) {
        target.close();
      } else if (target.id === "cancel") {
        (await more()).stop();
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
    let typing = 0;
    document.addEventListener("input", (event) => {
      if (!event.target.closest("#assign-form")) return;
      clearTimeout(typing);
      typing = setTimeout(assign, 200);
    });
    document.addEventListener("change", (event) => {
      if (event.target.id === "file") send(event.target.files[0]);
      else if (event.target.closest("#axes")) more().then((module) => module.turn(kit, event.target.form));
    });

    enhance();
    wait();
    """#
}
