// The minimap of a diagram: the whole run, its density and faults, and the window to drag.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const HEIGHT = 46;
  const GRIP = 7;
  const CURSORS = { from: "ew-resize", until: "ew-resize", window: "grab", outside: "pointer" };
  const COLUMN = 4;

  // Returns the number of events in each of `columns` parts of the whole run.
  function overview(layout, columns) {
    const counts = new Uint32Array(columns);
    const { from, until } = layout.bounds;
    const k = columns / (until - from || 1);
    for (let i = 0; i < layout.laneX.length; i += 1) {
      counts[Math.min(columns - 1, Math.max(0, Math.floor((layout.laneX[i] - from) * k)))] += 1;
    }
    return counts;
  }

  // Returns what a pointer at `x` would drag: an edge of the window, the window, or nothing.
  function partAt(scale, window, x) {
    const from = sim.scale.px(scale, window.from);
    const until = sim.scale.px(scale, window.until);
    if (Math.abs(x - from) <= GRIP && x < (from + until) / 2) return "from";
    if (Math.abs(x - until) <= GRIP) return "until";
    return x > from && x < until ? "window" : "outside";
  }

  class Minimap {
    constructor(diagram, canvas) {
      this.diagram = diagram;
      this.canvas = canvas;
      this.drag = null;
      this.cache = null;
      canvas.addEventListener("pointerdown", (event) => this.onDown(event));
      canvas.addEventListener("pointermove", (event) => this.onMove(event));
      canvas.addEventListener("pointerup", () => { this.drag = null; });
      canvas.addEventListener("pointercancel", () => { this.drag = null; });
    }

    // Returns the scale of the whole run.
    scale() {
      const { box, bounds } = this.diagram;
      return sim.scale.make(bounds.from, bounds.until, box.left, box.right - box.left);
    }

    // Begins to drag the window, or moves it to the pointer first.
    onDown(event) {
      if (event.button !== 0) return;
      const scale = this.scale();
      const window = this.diagram.state.window;
      let part = partAt(scale, window, event.offsetX);
      const at = sim.scale.value(scale, event.offsetX);
      if (part === "outside") {
        const half = (window.until - window.from) / 2;
        this.diagram.setWindow(at - half, at + half);
        part = "window";
      }
      this.drag = { part, at, window: { ...this.diagram.state.window } };
      this.canvas.setPointerCapture(event.pointerId);
      event.preventDefault();
    }

    // Drags the window or one of its edges.
    onMove(event) {
      const scale = this.scale();
      if (!this.drag) {
        const part = partAt(scale, this.diagram.state.window, event.offsetX);
        this.canvas.style.cursor = CURSORS[part];
        return;
      }
      const { part, at, window } = this.drag;
      const by = sim.scale.value(scale, event.offsetX) - at;
      const from = part === "until" ? window.from : window.from + by;
      const until = part === "from" ? window.until : window.until + by;
      this.diagram.setWindow(Math.min(from, until), Math.max(from, until));
    }

    // Returns the counts of the columns, computed once for a layout and a width.
    counts(columns) {
      const { layout } = this.diagram;
      if (!this.cache || this.cache.layout !== layout || this.cache.columns !== columns) {
        this.cache = { layout, columns, counts: overview(layout, columns) };
      }
      return this.cache.counts;
    }

    // Draws the minimap.
    draw(width, ratio) {
      const { palette, box, faults } = this.diagram;
      const context = sim.diagramDom.sized(this.canvas, width, HEIGHT, ratio);
      const scale = this.scale();
      context.fillStyle = palette.soft;
      context.fillRect(0, 0, width, HEIGHT);
      context.clearRect(0, 0, box.left, HEIGHT);
      context.clearRect(box.right, 0, width, HEIGHT);
      context.fillStyle = palette.muted;
      context.font = `12px ${palette.font}`;
      context.textBaseline = "middle";
      context.fillText(sim.format.fitted(context, "whole run", box.left - 12), 4, HEIGHT / 2);
      context.fillStyle = palette.fault;
      for (const { whole } of faults.list) {
        if (!whole) continue;
        const from = sim.scale.px(scale, whole.from);
        const until = Math.min(sim.scale.px(scale, whole.until), box.right);
        context.fillRect(from, 0, Math.max(1.5, until - from), HEIGHT);
      }
      this.drawDensity(context, scale);
      this.drawSigns(context, scale);
      this.drawWindow(context, scale);
    }

    // Draws the density of all events.
    drawDensity(context, scale) {
      const { palette, box } = this.diagram;
      const columns = Math.max(1, Math.floor((box.right - box.left) / COLUMN));
      const counts = this.counts(columns);
      const most = counts.reduce((found, count) => Math.max(found, count), 1);
      context.fillStyle = palette.muted;
      context.globalAlpha = 0.55;
      for (let c = 0; c < columns; c += 1) {
        if (counts[c] === 0) continue;
        const height = Math.max(2, (HEIGHT - 10) * Math.sqrt(counts[c] / most));
        context.fillRect(scale.left + c * COLUMN, HEIGHT - height, COLUMN - 0.8, height);
      }
      context.globalAlpha = 1;
    }

    // Draws where the matches of a search, a finding, the difference and the selection are.
    drawSigns(context, scale) {
      const { palette, layout, state, difference } = this.diagram;
      const line = (event, colour, wide) => {
        context.fillStyle = colour;
        context.fillRect(sim.scale.px(scale, layout.x[event]) - wide / 2, 0, wide, HEIGHT);
      };
      const matches = state.matches || [];
      const step = Math.max(1, Math.ceil(matches.length / 2000));
      for (let i = 0; i < matches.length; i += step) {
        context.fillStyle = palette.accent;
        context.fillRect(sim.scale.px(scale, layout.x[matches[i]]) - 1, 0, 2, 8);
      }
      const highlighted = state.highlight ? state.highlight.events : [];
      for (const event of highlighted) line(event, palette.bad, 1.5);
      if (difference >= 0) line(difference, palette.bad, 2);
      if (state.selected >= 0) line(state.selected, palette.accent, 2);
    }

    // Draws the window: what lies outside it is veiled.
    drawWindow(context, scale) {
      const { palette, box, state } = this.diagram;
      const from = Math.max(box.left, sim.scale.px(scale, state.window.from));
      const until = Math.min(box.right, sim.scale.px(scale, state.window.until));
      context.globalAlpha = 0.6;
      context.fillStyle = palette.card;
      context.fillRect(box.left, 0, from - box.left, HEIGHT);
      context.fillRect(until, 0, box.right - until, HEIGHT);
      context.globalAlpha = 1;
      context.strokeStyle = palette.accent;
      context.lineWidth = 1.5;
      const width = Math.max(3, until - from);
      context.strokeRect(from + 0.75, 0.75, width - 1.5, HEIGHT - 1.5);
      context.fillStyle = palette.accent;
      for (const x of [from, from + width]) {
        context.beginPath();
        context.roundRect(x - 2.5, HEIGHT / 2 - 9, 5, 18, 2.5);
        context.fill();
      }
    }
  }

  Object.assign(sim, { Minimap });
  sim.minimapParts = { overview, partAt };
})();
