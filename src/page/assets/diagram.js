// The space-time diagrams of the page: one for a run, two with one time scale for a pair of runs.
//
// `sim.mountDiagram(section, runs, page)` fills the `.mount` of a section. `page` is the JSON of
// `#page`: its `difference` names the events where two runs first differ.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const NOTICE_MS = 120;

  // Returns a function that calls `send` at most once in a while, and at last with the last value.
  function throttled(send, wait) {
    let timer = 0;
    let last = null;
    return (value) => {
      last = value;
      if (timer !== 0) return;
      timer = setTimeout(() => {
        timer = 0;
        send(last);
      }, wait);
    };
  }

  // Returns the range of time that all runs have.
  function sharedBounds(runs) {
    const until = Math.max(1, ...runs.map((run) => run.end));
    return { from: -until * 0.015, until: until * 1.015 };
  }

  // Returns a diagram of a run in the mount of a section.
  function makeDiagram(mount, run, options) {
    const dom = sim.diagramDom.build(run, options.heading);
    mount.append(dom.root);
    const diagram = new sim.Diagram(run, dom, options);
    const size = `${sim.format.counted(run.count, "event")} on ${
      sim.format.counted(run.lanes.length, "lane")}`;
    dom.canvas.setAttribute("aria-label", `Space-time diagram of ${
      sim.format.name(run.title, 120)}: ${size}. Arrow keys move, Enter selects the nearest event, `
      + "Escape clears.");
    connectButtons(diagram);
    connectPage(diagram, options.index);
    dom.legend.draw(diagram.palette);
    sim.diagramPanel.showHelp(dom.panel, run);
    diagram.draw();
    return diagram;
  }

  // Connects the buttons of the toolbar.
  function connectButtons(diagram) {
    const { zoom, time } = diagram.dom;
    const middle = () => (diagram.box.left + diagram.box.right) / 2;
    zoom.into.addEventListener("click", () => diagram.zoomAt(0.5, middle(), true));
    zoom.out.addEventListener("click", () => diagram.zoomAt(2, middle(), true));
    zoom.all.addEventListener("click", () => diagram.showAll());
    const choose = (logical) => {
      time.physical.setAttribute("aria-pressed", String(!logical));
      time.logical.setAttribute("aria-pressed", String(logical));
      if (diagram.layout.logical === logical) return;
      diagram.animation = null;
      diagram.setLogical(logical);
      if (diagram.state.selected >= 0) diagram.reveal(diagram.state.selected);
    };
    time.physical.addEventListener("click", () => choose(false));
    time.logical.addEventListener("click", () => choose(true));
    choose(false);
  }

  // Connects a diagram with the events of the page.
  function connectPage(diagram, index) {
    const source = `diagram-${index}`;
    const notify = throttled(({ from, until }) => {
      window.dispatchEvent(new CustomEvent("sim:zoom", { detail: { from, until, source } }));
    }, NOTICE_MS);
    diagram.onWindow = () => {
      if (diagram.layout.logical) return;
      const { from, until } = diagram.state.window;
      for (const peer of diagram.peers || []) {
        if (!peer.layout.logical) peer.setWindow(from, until, true);
      }
      notify({ from: Math.max(0, from), until: Math.min(diagram.bounds.until, until) });
    };
    diagram.onSelect = (_, event) => {
      const detail = { run: index, event, source };
      window.dispatchEvent(new CustomEvent("sim:select", { detail }));
    };
    diagram.onFinding = (_, finding) => {
      window.dispatchEvent(new CustomEvent("sim:finding", { detail: { run: index, finding } }));
    };
    window.addEventListener("sim:zoom", ({ detail }) => {
      if (!detail || String(detail.source).startsWith("diagram-")) return;
      if (!diagram.layout.logical) diagram.setWindow(detail.from, detail.until, true);
    });
    window.addEventListener("sim:select", ({ detail }) => {
      if (!detail || detail.source === source || detail.run !== index) return;
      diagram.select(detail.event, { reveal: true, silent: true });
    });
    window.addEventListener("sim:theme", () => diagram.retheme());
    connectSize(diagram);
  }

  // Draws again when the width changes, and at the width of the paper while printing.
  function connectSize(diagram) {
    const remeasure = () => {
      diagram.measure();
      diagram.requestDraw();
    };
    new ResizeObserver(() => {
      if (!diagram.printing && diagram.dom.view.clientWidth !== diagram.box.width) remeasure();
    }).observe(diagram.dom.view);
    window.addEventListener("beforeprint", () => {
      diagram.printing = true;
      diagram.palette = sim.palette.read(diagram.dom.root);
      diagram.measure();
      diagram.draw();
    });
    window.addEventListener("afterprint", () => {
      diagram.printing = false;
      diagram.palette = sim.palette.read(diagram.dom.root);
      remeasure();
    });
  }

  // Connects the buttons of findings, `<button data-show="0">`.
  function connectFindings(section, diagrams) {
    document.addEventListener("click", (event) => {
      const button = event.target.closest ? event.target.closest("[data-show]") : null;
      if (!button) return;
      const owner = button.closest("[data-run]");
      const diagram = diagrams[owner ? Number(owner.dataset.run) : 0] || diagrams[0];
      const finding = diagram.run.findings[Number(button.dataset.show)];
      if (!finding) return;
      const isOfEvent = Number.isInteger(finding.event);
      const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      const card = section.closest("section") || section;
      card.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
      if (isOfEvent) diagram.select(finding.event, { reveal: true });
      else diagram.showFinding(finding);
      diagram.dom.canvas.focus({ preventScroll: true });
    });
  }

  // Fills the mount of a section with the diagrams of its runs, and returns them.
  function mountDiagram(section, runs, page = {}) {
    const mount = section.querySelector(".mount") || section;
    const events = page.difference ? page.difference.events : [];
    const bounds = sharedBounds(runs);
    const diagrams = runs.map((run, index) => makeDiagram(mount, run, {
      index, bounds, difference: events[index] ?? -1, heading: runs.length > 1 ? run.title : "",
    }));
    diagrams.forEach((diagram) => {
      diagram.peers = diagrams.filter((other) => other !== diagram);
    });
    connectFindings(section, diagrams);
    return diagrams;
  }

  Object.assign(sim, { mountDiagram });
})();
