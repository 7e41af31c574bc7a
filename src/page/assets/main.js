// Starts the page: reads its data, draws the charts and the diagram.
//
// Sets `data-ready="yes"` on the root when everything is drawn, and `sim.shown` to the runs and
// diagrams, for the console of a browser. A failure becomes one notice in the
// page: the text that was written without scripts stays.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const CHARTS = ["clocks", "queues", "drift", "jumps", "latency", "quantiles", "rate", "timeline"];

  // Returns the place of a chart, or null where the page has none.
  function mountOf(id) {
    return document.querySelector(`#${id} .mount`);
  }

  // Shows a notice at the top of the page, once for each text.
  function notice(words) {
    const main = document.querySelector("main") || document.body;
    const known = Array.from(main.querySelectorAll(".notice"));
    if (known.some((one) => one.textContent === words)) return;
    const made = document.createElement("p");
    made.className = "notice";
    made.setAttribute("role", "alert");
    made.textContent = words;
    main.prepend(made);
  }

  // Returns the words of an error.
  function wordsOf(error) {
    return error instanceof Error ? error.message : String(error);
  }

  // Returns what the page says about itself.
  function readPage() {
    const element = document.getElementById("page");
    if (!element) return { kind: "sweep", runs: 0 };
    try {
      return JSON.parse(element.textContent);
    } catch (error) {
      throw new Error(`the description of the page is damaged (${wordsOf(error)})`);
    }
  }

  // Returns the words of a run that could not be decoded. The words of a TypeError are those of the
  // browser's streams and explain nothing.
  function wordsOfDamage(k, error) {
    if (typeof DecompressionStream !== "function") {
      return "this browser is too old: it has no DecompressionStream";
    }
    const words = error instanceof TypeError ? "" : ` (${wordsOf(error)})`;
    return `the data of run ${k} is damaged${words}`;
  }

  // Returns the runs of the page, decoded.
  async function readRuns(page) {
    const runs = [];
    for (let k = 0; k < (page.runs || 0); k += 1) {
      const element = document.getElementById(`run-${k}`);
      if (!element) throw new Error(`run ${k} is missing`);
      try {
        runs.push(await sim.loadRun(element.textContent));
      } catch (error) {
        throw new Error(wordsOfDamage(k, error));
      }
    }
    return runs;
  }

  // Draws one part; a failure leaves the other parts.
  function draw(name, action) {
    try {
      action();
    } catch (error) {
      notice(`The part "${name}" could not be drawn: ${wordsOf(error)}.`);
    }
  }

  // Returns the event that a finding is about, or -1.
  function eventOfFinding(run, finding) {
    if (Number.isInteger(finding.event)) return finding.event;
    for (const entry of finding.entries || []) {
      const event = run.entry.indexOf(entry);
      if (event >= 0) return event;
    }
    for (const message of finding.messages || []) {
      const event = run.message.indexOf(message);
      if (event >= 0) return event;
    }
    return -1;
  }

  // Disables the buttons of findings that name no event of the page. The diagram connects the rest.
  function disableEmptyFindings(runs) {
    for (const button of document.querySelectorAll("button[data-show]")) {
      const owner = button.closest("[data-run]");
      const run = runs[owner ? Number(owner.dataset.run) : 0];
      const finding = run && run.findings[Number(button.dataset.show)];
      if (finding && eventOfFinding(run, finding) >= 0) continue;
      button.disabled = true;
      button.title = "This finding names no event that is in this page.";
    }
  }

  // Scrolls drawings that do not fit to their end: there is what cannot follow.
  function scrollDrawings() {
    for (const drawing of document.querySelectorAll(".drawn.whole")) {
      drawing.scrollTo(drawing.scrollWidth, drawing.scrollHeight);
    }
  }

  // Draws every part of the page that has a place.
  function mountAll(runs, page) {
    sim.zoom.setEnd(Math.max(...runs.map((run) => run.end)));
    sim.zooming.listen();
    for (const id of CHARTS) {
      const mount = mountOf(id);
      if (mount) draw(id, () => sim.charts[id](mount, runs, page));
    }
    const diagram = mountOf("diagram") && document.getElementById("diagram");
    sim.shown = { runs, diagrams: [] };
    if (diagram) {
      draw("diagram", () => { sim.shown.diagrams = sim.mountDiagram(diagram, runs, page); });
    }
    draw("findings", () => {
      disableEmptyFindings(runs);
      scrollDrawings();
    });
  }

  async function start() {
    try {
      sim.theme.mountTheme();
      const page = readPage();
      if (page.runs > 0) mountAll(await readRuns(page), page);
    } catch (error) {
      notice(`The charts cannot be drawn: ${wordsOf(error)}. The text of this page is complete ` +
        "without them.");
    }
    requestAnimationFrame(() => requestAnimationFrame(() => {
      document.documentElement.dataset.ready = "yes";
    }));
  }

  sim.main = { eventOfFinding, start };
  if (typeof document !== "undefined") start();
})();
