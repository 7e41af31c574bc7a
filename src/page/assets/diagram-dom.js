// The elements of a diagram: canvas, minimap, toolbar, status line, legend. All text is
// textContent.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const HELP = [
    ["Click", "select an event or a message"],
    ["Drag", "move"],
    ["Ctrl + wheel", "zoom; the wheel alone once the diagram has the focus"],
    ["Enter", "select the nearest event"],
    ["← → ↑ ↓", "step along the lane, and to other lanes"],
    ["C, E", "from a receive to its send, and back"],
    ["+ − 0", "zoom in, out, whole run"],
    ["Home, End", "first event, last event"],
    ["/ Esc", "search, clear"],
  ];

  // Returns an element with a class and a text.
  function make(tag, className = "", text = "") {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }

  // Returns a button.
  function button(text, label, className = "") {
    const element = make("button", className, text);
    element.type = "button";
    element.title = label;
    element.setAttribute("aria-label", label);
    return element;
  }

  // Returns the search box with its buttons and its count.
  function searchBox() {
    const root = make("form", "diagram-search");
    root.setAttribute("role", "search");
    const input = make("input");
    Object.assign(input, { type: "search", spellcheck: false, autocomplete: "off" });
    input.placeholder = "Search: message 41, clock 17, lost…";
    input.setAttribute("aria-label", "Search for events: a number, message 41, clock 17, "
      + "value 7, jump 5, a lane, a kind of event, or lost");
    const previous = button("↑", "Previous match (Shift+Enter)");
    const next = button("↓", "Next match (Enter)");
    const count = make("output", "diagram-count");
    root.append(input, previous, next, count);
    return { root, input, previous, next, count };
  }

  // Returns the pair of buttons that choose physical or logical time.
  function timeSwitch(logicalName) {
    const root = make("div", "diagram-switch");
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", "Time of the diagram");
    const physical = button("Physical time", "Draw events at their physical time");
    const logical = button(logicalName, "Draw events at their logical time");
    root.append(physical, logical);
    return { root, physical, logical };
  }

  // Returns the zoom buttons.
  function zoomButtons() {
    const root = make("div", "diagram-zoom");
    const out = button("−", "Zoom out");
    const into = button("+", "Zoom in");
    const all = button("All", "Show the whole run");
    root.append(out, into, all);
    return { root, out, into, all };
  }

  // Returns the list of what mouse and keys do.
  function help() {
    const list = make("dl", "diagram-help");
    for (const [keys, words] of HELP) {
      const row = make("div");
      row.append(make("dt", "", keys), make("dd", "", words));
      list.append(row);
    }
    return list;
  }

  // Returns the legend: a canvas for each kind of event or message that the run has.
  function legend(run) {
    const root = make("ul", "diagram-legend");
    const items = [];
    const add = (draw, words) => {
      const item = make("li");
      const canvas = make("canvas");
      canvas.setAttribute("aria-hidden", "true");
      item.append(canvas, make("span", "", words));
      root.append(item);
      items.push({ canvas, draw });
    };
    const kinds = new Set(run.kind);
    sim.palette.KIND_STYLES.forEach(({ words }, kind) => {
      if (!kinds.has(kind)) return;
      add((context, palette) => sim.palette.mark(context, kind, 15, 9, 5,
        palette[sim.palette.KIND_STYLES[kind].colour], palette.card), words);
    });
    if (run.copies > 0) add(drawArrowItem, "message");
    const fates = new Set(run.copyFate);
    if ([2, 3, 4].some((fate) => fates.has(fate))) add(drawStoppedItem, "lost, cut off or refused");
    if (run.faults.length > 0) add(drawFaultItem, "fault");
    const draw = (palette) => items.forEach((item) => drawLegendItem(item, palette));
    return { root, draw };
  }

  // Draws the canvas of an item of the legend.
  function drawLegendItem({ canvas, draw }, palette) {
    const context = sized(canvas, 30, 18);
    context.clearRect(0, 0, 30, 18);
    draw(context, palette);
  }

  // Draws an arrow for the legend.
  function drawArrowItem(context, palette) {
    context.strokeStyle = palette.muted;
    context.fillStyle = palette.muted;
    context.lineWidth = 1.4;
    context.beginPath();
    context.moveTo(2, 9);
    context.lineTo(21, 9);
    context.stroke();
    context.beginPath();
    context.moveTo(28, 9);
    context.lineTo(20, 5.2);
    context.lineTo(20, 12.8);
    context.fill();
  }

  // Draws a dashed line with a cross for the legend.
  function drawStoppedItem(context, palette) {
    context.strokeStyle = palette.bad;
    context.lineWidth = 1.6;
    context.setLineDash([4, 3]);
    context.beginPath();
    context.moveTo(2, 9);
    context.lineTo(20, 9);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(19, 5);
    context.lineTo(27, 13);
    context.moveTo(27, 5);
    context.lineTo(19, 13);
    context.stroke();
  }

  // Draws the shading of a fault for the legend.
  function drawFaultItem(context, palette) {
    context.fillStyle = palette.fault;
    context.fillRect(3, 2, 24, 14);
    context.fillStyle = palette.faultEdge;
    context.fillRect(3, 2, 3, 14);
  }

  // Returns the context of a canvas that is sized in CSS pixels, scaled to device pixels.
  function sized(canvas, width, height, ratio = window.devicePixelRatio || 1) {
    const wide = Math.max(1, Math.round(width * ratio));
    const high = Math.max(1, Math.round(height * ratio));
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
    }
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return context;
  }

  // Returns all elements of a diagram, not yet in the page.
  function build(run, heading) {
    const root = make("div", "diagram");
    if (heading) root.append(make("h3", "diagram-heading", sim.format.name(heading, 120)));
    const bar = make("div", "diagram-bar");
    const search = searchBox();
    const clocks = run.count > 0 && !Number.isNaN(run.clock[0]);
    const time = timeSwitch(clocks ? "Lamport time" : "Logical time");
    const zoom = zoomButtons();
    bar.append(search.root, time.root, zoom.root);
    const main = make("div", "diagram-main");
    const view = make("div", "diagram-view");
    const canvas = make("canvas", "diagram-canvas");
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-roledescription", "space-time diagram");
    const minimap = make("canvas", "diagram-minimap");
    minimap.setAttribute("aria-hidden", "true");
    const tip = make("div", "diagram-tip");
    tip.hidden = true;
    const status = make("p", "diagram-status");
    view.append(canvas, minimap, status, tip);
    const panel = make("aside", "diagram-panel");
    panel.setAttribute("aria-label", "Explanation of the selected event");
    main.append(view, panel);
    const live = make("p", "hidden-words");
    live.setAttribute("aria-live", "polite");
    const signs = legend(run);
    root.append(bar, main, signs.root, live);
    return {
      root, canvas, minimap, tip, status, panel, live, legend: signs, search, time, zoom, view,
    };
  }

  sim.diagramDom = { make, button, sized, help, build };
})();
