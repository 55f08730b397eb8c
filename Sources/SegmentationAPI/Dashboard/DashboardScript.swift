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
    const kit = { byID, view, make, data, ask, say, enhance, noAnswer, Problem, forget: () => { tag = null; } };
    const show = async (address) => (await more()).show(kit, address);
    const tell = async (error) => (await more()).tell(kit, error);
    const assign = async (form = byID("assign-form")) => {
      // Nothing to look up until something is typed.
      if ([...(form?.elements ?? [])].some((field) => field.type === "number" && field.value)) (await more()).assign(kit, form);
    };

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
