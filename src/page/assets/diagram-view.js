// A space-time diagram: its state, its geometry, and the order in which its parts are drawn.
//
// Selecting and hit testing are in `diagram-select.js`; the page makes diagrams by `diagram.js`.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const AXIS = 30;
  const TOP = 10;
  const RIGHT = 14;
  const ANIMATION_MS = 180;
  const PRINT_WIDTH = 980;

  class Diagram {
    // Makes a diagram of `run` in the elements of `dom`. `options`: index of the run, `bounds` that
    // two runs share, the event of the first `difference` or -1.
    constructor(run, dom, options) {
      Object.assign(this, { run, dom, options, difference: options.difference ?? -1 });
      this.layouts = new Map();
      this.state = {
        window: null, scroll: 0, selected: -1, selectedCopy: -1, past: null, future: null,
        hoverEvent: -1, hoverCopy: -1, matches: null, highlight: null,
      };
      this.onWindow = () => {};
      this.onSelect = () => {};
      this.onFinding = () => {};
      this.arrows = { list: [], total: 0, every: 1 };
      this.frame = 0;
      this.printing = false;
      this.setLogical(false);
      this.palette = sim.palette.read(dom.root);
      this.minimap = new sim.Minimap(this, dom.minimap);
      this.input = new sim.DiagramInput(this, dom.canvas);
      this.find = new sim.DiagramFind(this, dom.search);
      this.measure();
    }

    // Chooses physical or logical time, each with its own layout, which is kept.
    setLogical(logical) {
      if (!this.layouts.has(logical)) {
        const layout = new sim.Layout(this.run, logical);
        const faults = sim.diagramFaults.faultsOf(this.run, layout);
        this.layouts.set(logical, { layout, faults });
      }
      const { layout, faults } = this.layouts.get(logical);
      Object.assign(this, { layout, faults });
      if (this.box) this.measure();
      this.bounds = { ...this.layout.bounds };
      const shared = logical ? null : this.options.bounds;
      if (shared) {
        this.bounds.from = Math.min(this.bounds.from, shared.from);
        this.bounds.until = Math.max(this.bounds.until, shared.until);
      }
      this.state.window = { ...this.bounds };
      this.requestDraw();
    }

    // Reads the colours again.
    retheme() {
      this.palette = sim.palette.read(this.dom.root);
      this.dom.legend.draw(this.palette);
      this.requestDraw();
    }

    // Computes the areas of the canvas from the width of the page.
    measure() {
      const { run, dom } = this;
      const width = this.printing ? PRINT_WIDTH : Math.max(280, dom.view.clientWidth);
      const context = dom.canvas.getContext("2d");
      context.font = `600 13.5px ${this.palette.font}`;
      const longest = run.lanes.slice(0, 2000).reduce((found, lane) =>
        Math.max(found, context.measureText(sim.format.name(lane.title, 60)).width), 42);
      const left = Math.round(Math.min(longest + 38, width * 0.34, 190));
      const room = Math.max(160, Math.min(620, window.innerHeight * 0.62));
      this.rows = new sim.LaneRows(run, room);
      const strip = this.faults.height;
      const top = TOP + strip;
      const bottom = top + this.rows.visible;
      this.box = {
        width, left, right: width - RIGHT, top, bottom, strip,
        total: this.rows.total, height: bottom + AXIS,
      };
      this.state.scroll = Math.min(this.state.scroll, this.scrollMost());
    }

    // Returns the largest scroll of the lanes.
    scrollMost() {
      return Math.max(0, this.box.total - (this.box.bottom - this.box.top));
    }

    // Scrolls the lanes.
    setScroll(scroll) {
      this.state.scroll = Math.max(0, Math.min(this.scrollMost(), scroll));
      this.requestDraw();
    }

    // The scale of the current window.
    get scale() {
      const { window } = this.state;
      const { left, right } = this.box;
      return sim.scale.make(window.from, window.until, left, right - left);
    }

    // Returns the value of x at a pixel.
    valueAt(pixel) {
      return sim.scale.value(this.scale, pixel);
    }

    // Shows a window; `silent` where it follows another view.
    setWindow(from, until, silent = false) {
      this.animation = null;
      this.applyWindow({ from, until }, silent);
    }

    // Shows a window given as an object.
    setWindowTo({ from, until }) {
      this.setWindow(from, until);
    }

    // Shows a window after it is clamped to the run.
    applyWindow(window, silent) {
      if (!Number.isFinite(window.from) || !Number.isFinite(window.until)) return;
      const whole = this.bounds.until - this.bounds.from;
      const least = Math.max(this.layout.leastSpan(), whole * 1e-12);
      this.state.window = sim.scale.clamp(window, this.bounds, least);
      this.requestDraw();
      if (!silent) this.onWindow(this);
    }

    // Moves to a window in a short animation, at once where motion is not wanted.
    animateTo(target) {
      const start = { ...this.state.window };
      if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
        this.setWindowTo(target);
        return;
      }
      const begin = performance.now();
      const animation = {};
      this.animation = animation;
      const step = (now) => {
        if (this.animation !== animation) return;
        const part = Math.min(1, Math.max(0, now - begin) / ANIMATION_MS);
        const eased = 1 - (1 - part) ** 3;
        this.applyWindow({
          from: start.from + (target.from - start.from) * eased,
          until: start.until + (target.until - start.until) * eased,
        }, false);
        if (part < 1) requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    }

    // Zooms so that the value at a pixel stays where it is.
    zoomAt(factor, pixel, animated) {
      const target = sim.scale.zoom(this.state.window, factor, this.valueAt(pixel));
      if (animated) this.animateTo(target);
      else this.setWindowTo(target);
    }

    // Moves by a part of the window.
    panBy(part) {
      this.animateTo(sim.scale.pan(this.state.window, part));
    }

    // Shows the whole run.
    showAll() {
      this.animateTo(this.bounds);
    }

    // Draws in the next frame.
    requestDraw() {
      if (this.frame !== 0 || !this.box) return;
      this.frame = requestAnimationFrame(() => {
        this.frame = 0;
        this.draw();
      });
    }

    // Returns the y of the middle of a lane.
    laneY(lane) {
      return this.box.top + this.rows.middle(lane) - this.state.scroll;
    }

    // Returns the lanes that are visible now.
    visibleLanes() {
      const { box, state, rows } = this;
      return rows.between(state.scroll, state.scroll + box.bottom - box.top);
    }

    // Returns what drawing needs, for this frame.
    viewOf(context) {
      const { run, layout, scale, box, palette, state, rows, faults } = this;
      const ticks = layout.logical ? sim.scale.logicalTicks : sim.scale.timeTicks;
      return {
        context, run, layout, scale, box, palette, state, rows, faults,
        lanes: this.visibleLanes(),
        laneY: (lane) => this.laneY(lane),
        heightOf: (lane) => rows.heightOf(lane),
        axis: ticks(state.window, box.right - box.left),
      };
    }

    // Draws everything.
    draw() {
      const ratio = this.printing ? 2 : window.devicePixelRatio || 1;
      const { box, dom, palette } = this;
      const context = sim.diagramDom.sized(dom.canvas, box.width, box.height, ratio);
      const view = this.viewOf(context);
      context.fillStyle = palette.card;
      context.fillRect(0, 0, box.width, box.height);
      this.clipped(context, box.left, box.top, () => this.drawInside(view));
      sim.diagramFrame.drawLaneLabels(view);
      sim.diagramFrame.drawIdleLabels(view);
      const flags = this.flags(view);
      sim.diagramFrame.drawAxis(view, flags);
      sim.diagramFaults.drawStrip(view);
      sim.diagramFrame.drawScrollbar(view);
      for (const flag of flags) this.drawFlag(view, flag);
      this.minimap.draw(box.width, ratio);
      this.showStatus(view);
    }

    // Draws within the area of the lanes.
    clipped(context, left, top, draw) {
      const { box } = this;
      context.save();
      context.beginPath();
      context.rect(left, top, box.right - left + 2, box.bottom - top);
      context.clip();
      draw();
      context.restore();
    }

    // Draws what lies within the area of the lanes, from back to front.
    drawInside(view) {
      const { layout, scale, box, state } = this;
      sim.diagramFrame.drawLanes(view);
      sim.diagramFaults.drawFaults(view);
      sim.diagramFrame.drawGrid(view);
      this.counts = sim.detail.countEvents(layout, view.lanes, scale.from, scale.until);
      const levels = sim.detail.levels(this.counts, box.right - box.left);
      this.arrows = sim.diagramMessages.collect(view);
      sim.diagramMessages.drawMessages(view, this.arrows);
      this.dense = 0;
      view.lanes.forEach((lane, i) => {
        this.dense += levels[i] === sim.detail.LEVEL.bars ? 1 : 0;
        this.drawEvents(view, lane, levels[i]);
      });
      this.drawAccents(view, state);
    }

    // Draws the events of a lane at a level of detail.
    drawEvents(view, lane, level) {
      const { LEVEL } = sim.detail;
      if (level === LEVEL.bars) {
        sim.diagramDensity.drawBars(view, lane);
        return;
      }
      const visible = sim.diagramMarks.visibleEvents(view, lane);
      sim.diagramDensity.drawOperations(view, lane, visible);
      const ticks = level === LEVEL.ticks;
      if (ticks) sim.diagramDensity.drawTicks(view, lane, visible);
      else sim.diagramMarks.drawMarks(view, lane, visible);
      const reach = ticks
        ? sim.diagramDensity.tickHeight(view.heightOf(lane))
        : sim.diagramMarks.radiusIn(view, lane, visible);
      sim.diagramMarks.drawLabels(view, lane, visible, reach);
    }

    // Draws the rings of matches, of a finding, of the difference, and of the selection.
    drawAccents(view, state) {
      const { palette, layout, scale } = this;
      const { drawAccent } = sim.diagramMarks;
      const matches = state.matches || [];
      let shown = 0;
      for (let i = 0; i < matches.length && shown < 400; i += 1) {
        const x = layout.x[matches[i]];
        if (x < scale.from || x > scale.until) continue;
        drawAccent(view, matches[i], palette.accent, 1.6);
        shown += 1;
      }
      if (state.highlight) {
        for (const event of state.highlight.events) drawAccent(view, event, palette.bad, 2.6);
        const { example } = state.highlight;
        if (example) sim.diagramExample.drawExample(view, example);
      }
      if (this.difference >= 0) drawAccent(view, this.difference, palette.bad, 2.6);
      if (state.hoverEvent >= 0) drawAccent(view, state.hoverEvent, palette.edge, 1.6);
      if (state.selected >= 0) drawAccent(view, state.selected, palette.ink, 2.8);
    }

    // Returns the flags of the selected event and of the first difference: a line down to the axis,
    // with a label that takes `from` to `until` there.
    flags(view) {
      const { palette, state, layout, run, box } = this;
      const flags = [];
      const add = (event, colour, text) => {
        const x = layout.px(event, view.scale);
        if (x < box.left || x > box.right) return;
        view.context.font = `600 12px ${palette.font}`;
        const wide = view.context.measureText(text).width + 14;
        const from = Math.min(Math.max(x - wide / 2, box.left), box.right - wide);
        const y = Math.min(box.bottom, Math.max(box.top, this.laneY(run.lane[event])));
        flags.push({ x, y, colour, text, from, until: from + wide });
      };
      if (this.difference >= 0) add(this.difference, palette.bad, "first difference");
      if (state.selected >= 0 && state.selected !== this.difference) {
        const at = layout.x[state.selected];
        add(state.selected, palette.ink,
          layout.logical ? sim.format.number(at) : sim.format.instant(at));
      }
      return flags;
    }

    // Draws a flag.
    drawFlag({ context, box, palette }, { x, y, colour, text, from, until }) {
      context.globalAlpha = 0.55;
      context.fillStyle = colour;
      context.fillRect(Math.round(x) - 0.5, y, 1, box.bottom - y + 6);
      context.globalAlpha = 1;
      context.font = `600 12px ${palette.font}`;
      context.beginPath();
      context.roundRect(from, box.bottom + 5, until - from, 20, 5);
      context.fill();
      context.fillStyle = palette.card;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillText(text, (from + until) / 2, box.bottom + 15.5);
    }

    // Shows what the window has, and what is left out.
    showStatus() {
      const { counts, arrows, run, dense } = this;
      const parts = [sim.format.counted(counts.total, "event")];
      if (run.copies > 0) parts.push(sim.format.counted(arrows.total, "message"));
      let text = `${parts.join(", ")} in view`;
      if (arrows.every > 1) text += ` (1 message in ${sim.format.number(arrows.every)} is drawn)`;
      text += dense > 0 || arrows.every > 1 ? "; zoom in to see each." : ".";
      if (run.sampled && run.sampled.words) text += ` ${sim.format.name(run.sampled.words, 300)}`;
      text += sim.diagramFaults.wordsOf(run, this.layout, this.faults);
      if (this.dom.status.textContent !== text) this.dom.status.textContent = text;
    }
  }

  sim.Diagram = Diagram;
})();
