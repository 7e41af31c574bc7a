// The timeline of operations: a row for each client, a bar from invocation to completion.
//
// Outcomes differ by colour, by pattern (plain, hatched, dotted) and by a mark before the text.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const { format, marks, layers, sampling, series: plain, operations: ops } = sim;
  const { LETTERS, differenceOf, nothing } = sim.charts.parts;
  const TOKENS = { ok: "--op-ok", fail: "--op-fail", unknown: "--op-unknown" };
  const TITLES = { ok: "ok", fail: "failed", unknown: "unknown outcome" };
  const SIGNS = { ok: "", fail: "✗ ", unknown: "? " };
  const MOST_ROWS = 400;
  const RIGHT = 16;
  const NARROW = 2;

  // Returns the height of a row for a number of rows, in CSS pixels.
  function rowHeight(rows) {
    if (rows <= 24) return 24;
    return rows <= 64 ? 17 : 12;
  }

  class Timeline {
    constructor(mount, run, options) {
      this.run = run;
      this.options = options;
      const list = sim.charts.operationsOf(run);
      const rows = ops.barRows(run, list);
      this.rows = rows.slice(0, MOST_ROWS);
      this.row = rowHeight(this.rows.length);
      this.hidden = new Set();
      this.bands = plain.faultBands(run);
      this.top = this.bands.length > 0 ? layers.STRIP : 0;
      const left = rows.length - this.rows.length;
      this.frame = new sim.Frame(mount, {
        source: options.source, caption: options.caption, linked: true,
        summary: this.summary(list, rows.length),
        words: left > 0 ? `${format.counted(left, "client")} more are left out here.` : "",
        series: ops.OUTCOMES.map((outcome) => ({
          title: TITLES[outcome], outcome, color: TOKENS[outcome], style: "operation",
        })),
        table: () => this.table(list),
        onToggle: (series, shown) => {
          if (shown) this.hidden.delete(series.outcome);
          else this.hidden.add(series.outcome);
          this.draw();
        },
      });
      this.canvas = sim.tables.element("canvas", "timeline");
      this.axis = sim.tables.element("canvas", "timeline");
      this.axis.setAttribute("aria-hidden", "true");
      this.selection = sim.tables.element("div", "selection");
      this.selection.hidden = true;
      this.crosshair = sim.tables.element("div", "crosshair");
      this.crosshair.hidden = true;
      this.frame.plot.classList.add("tall");
      this.frame.plot.append(this.canvas, this.selection, this.crosshair);
      this.frame.plot.after(this.axis);
      this.marked = new Map();
      this.pointer = new sim.TimelinePointer(this);
      this.listen();
      this.draw();
    }

    summary(list, clients) {
      const counts = ops.OUTCOMES.map((outcome) => {
        const count = list.filter((one) => one.outcome === outcome).length;
        return `${format.number(count)} ${TITLES[outcome]}`;
      });
      return `Timeline of ${format.counted(list.length, "operation")} of ` +
        `${format.counted(clients, "client")}: ${format.list(counts)}.`;
    }

    table(list) {
      const { from, until } = sim.zoom;
      const inside = list.filter((one) => one.until >= from && one.from <= until);
      return {
        caption: "Operations that are shown, by invocation",
        head: ["Invoked", "Client", "Operation", "Outcome", "Answer", "Latency"],
        rows: inside.map((one) => [format.instant(one.from),
          one.event >= 0 ? plain.laneTitle(this.run, this.run.lane[one.event]) : `${one.client}`,
          `${format.name(one.f, 30)} ${format.name(one.value, 60)}`, TITLES[one.outcome],
          format.name(one.error || one.result, 80), format.time(one.latency, 4)]),
      };
    }

    // Returns the height of the rows and the labels above them, in CSS pixels.
    height() {
      return this.top + Math.max(1, this.rows.length * this.row);
    }

    // Draws layers of a plot on a canvas: they expect what uPlot has, in canvas pixels.
    layer(context, draw) {
      const ratio = window.devicePixelRatio || 1;
      context.save();
      context.setTransform(1, 0, 0, 1, 0, 0);
      draw({
        ctx: context,
        bbox: {
          left: this.left * ratio, top: this.top * ratio,
          width: Math.max(1, this.width - this.left - RIGHT) * ratio,
          height: this.rows.length * this.row * ratio,
        },
        valToPos: (at) => this.place(at) * ratio,
      });
      context.restore();
    }

    // Returns the position of an instant, in CSS pixels.
    place(at) {
      const { from, until } = sim.zoom;
      return this.left + ((at - from) / (until - from)) * (this.width - this.left - RIGHT);
    }

    // Returns the instant at a position.
    instant(x) {
      const { from, until } = sim.zoom;
      const share = (x - this.left) / Math.max(1, this.width - this.left - RIGHT);
      return from + Math.min(1, Math.max(0, share)) * (until - from);
    }

    // Sets the size of a canvas and returns its context, scaled to CSS pixels.
    sized(canvas, height) {
      const ratio = window.devicePixelRatio || 1;
      canvas.width = Math.round(this.width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${this.width}px`;
      canvas.style.height = `${height}px`;
      const context = canvas.getContext("2d");
      context.scale(ratio, ratio);
      return context;
    }

    // Draws everything for the window of the zoom.
    draw() {
      const printing = document.documentElement.dataset.printing;
      this.width = printing ? 660 : Math.max(240, this.frame.plot.clientWidth);
      const height = this.height();
      const context = this.sized(this.canvas, height);
      context.font = `12px ${layers.FONT}`;
      const widest = Math.max(0, ...this.rows.map((row) => context.measureText(row.title).width));
      this.left = Math.ceil(Math.min(widest + 14, this.width * 0.22, 150));
      this.patterns = this.makePatterns(context);
      this.drawBackground(context);
      this.rows.forEach((row, k) => this.drawRow(context, row, k));
      const { difference } = this.options;
      this.layer(context, (u) => difference && layers.difference(u, difference));
      this.drawAxis();
    }

    // Returns the patterns of the outcomes.
    makePatterns(context) {
      const patterns = {};
      for (const outcome of ["fail", "unknown"]) {
        const tile = document.createElement("canvas");
        tile.width = 8;
        tile.height = 8;
        const pen = tile.getContext("2d");
        pen.strokeStyle = marks.color("--op-ink");
        pen.fillStyle = marks.color("--op-ink");
        pen.globalAlpha = 0.3;
        if (outcome === "fail") {
          pen.beginPath();
          for (const shift of [-8, 0, 8]) {
            pen.moveTo(shift - 1, 9);
            pen.lineTo(shift + 9, -1);
          }
          pen.stroke();
        } else {
          pen.fillRect(1, 1, 2, 2);
          pen.fillRect(5, 5, 2, 2);
        }
        patterns[outcome] = context.createPattern(tile, "repeat");
      }
      return patterns;
    }

    drawBackground(context) {
      this.layer(context, (u) => {
        layers.bands(u, this.bands);
        layers.bandLabels(u, this.bands);
      });
      context.fillStyle = marks.color("--line");
      for (let k = 1; k < this.rows.length; k += 1) {
        context.fillRect(0, this.top + k * this.row - 0.5, this.width - RIGHT, 1);
      }
    }

    drawRow(context, row, k) {
      const { from, until } = sim.zoom;
      const top = this.top + k * this.row;
      context.textBaseline = "middle";
      context.fillStyle = marks.color("--ink");
      context.font = `${Math.min(12, this.row - 1)}px ${layers.FONT}`;
      context.fillText(format.fitted(context, row.title, this.left - 10), 0, top + this.row / 2);
      context.save();
      context.beginPath();
      context.rect(this.left, top, this.width - this.left - RIGHT, this.row);
      context.clip();
      const bars = row.bars.filter((bar) => !this.hidden.has(bar.operation.outcome));
      for (const bar of bars) {
        if (bar.tail <= bar.until || bar.tail < from || bar.until > until) continue;
        const left = this.place(bar.until);
        context.fillStyle = marks.color(TOKENS.unknown);
        context.fillRect(left, top + this.row - 4, this.place(bar.tail) - left, 2);
      }
      const columns = Math.max(1, Math.floor((this.width - this.left - RIGHT) / NARROW));
      const narrow = new Map(ops.OUTCOMES.map((outcome) => [outcome, []]));
      for (const i of sampling.visibleBars(bars, from, until, columns)) {
        const bar = bars[i];
        const left = this.place(bar.from);
        if (this.place(bar.until) - left > 2 * NARROW) this.drawBar(context, bar, top);
        else narrow.get(bar.operation.outcome).push(left);
      }
      this.drawNarrow(context, narrow, top);
      for (const bar of bars) this.drawMarked(context, bar, top);
      context.restore();
    }

    // Returns the space between a bar and the edges of its row, in CSS pixels.
    inset() {
      return this.row > 20 ? 3 : 1.5;
    }

    // Draws the bars that are too narrow for a pattern or text, all of an outcome at once. Those
    // that did not succeed are on top.
    drawNarrow(context, narrow, top) {
      const inset = this.inset();
      for (const [outcome, lefts] of narrow) {
        if (lefts.length === 0) continue;
        context.fillStyle = marks.color(TOKENS[outcome]);
        context.beginPath();
        for (const left of lefts) {
          context.rect(left, top + inset, NARROW, this.row - 2 * inset - 0.5);
        }
        context.fill();
      }
    }

    drawBar(context, bar, top) {
      const left = this.place(bar.from);
      const width = this.place(bar.until) - left - (this.row > 12 ? 0.75 : 0);
      const { outcome, f, value } = bar.operation;
      const inset = this.inset();
      const height = this.row - 2 * inset - 0.5;
      context.fillStyle = marks.color(TOKENS[outcome]);
      context.beginPath();
      if (width > 6 && context.roundRect) context.roundRect(left, top + inset, width, height, 3);
      else context.rect(left, top + inset, width, height);
      context.fill();
      if (this.patterns[outcome] && width > 3) {
        context.fillStyle = this.patterns[outcome];
        context.fill();
      }
      const start = Math.max(left, this.left);
      const room = Math.min(left + width, this.width - RIGHT) - start - 8;
      if (room < 14 || this.row < 16) return;
      const text = format.fitted(context, `${SIGNS[outcome]}${format.name(f, 30)} ` +
        format.name(value === "null" ? "" : value, 60), room);
      if (text === "") return;
      if (outcome !== "ok") {
        context.fillStyle = marks.color(TOKENS[outcome]);
        const covered = context.measureText(text).width + 4;
        context.fillRect(start + 2, top + inset + 1, covered, height - 2);
      }
      context.fillStyle = marks.color("--op-ink");
      context.fillText(text, start + 4, top + this.row / 2 + 0.5);
    }

    // Marks the operation of a bar if the finding that is shown has it: a frame, and its name.
    drawMarked(context, bar, top) {
      const { operation } = bar;
      if (!this.marked.has(operation.invoke)) return;
      const left = this.place(bar.from);
      const width = Math.max(NARROW + 4, this.place(bar.until) - left);
      context.strokeStyle = marks.color("--bad");
      context.lineWidth = 2.5;
      context.strokeRect(left - 1, top + 1.5, width + 1, this.row - 3);
      const name = this.marked.get(operation.invoke);
      if (!name) return;
      context.font = `700 ${Math.min(11, this.row - 2)}px ${layers.FONT}`;
      const wide = context.measureText(name).width + 6;
      context.fillStyle = marks.color("--bad");
      context.fillRect(left - 1, top + 1.5, wide, this.row - 3);
      context.fillStyle = marks.color("--card");
      context.fillText(name, left + 2, top + this.row / 2 + 0.5);
    }

    // Marks the operations of a finding; null for none.
    mark(finding) {
      this.marked = new Map();
      const halves = this.run.otherHalves();
      for (const entry of finding ? finding.entries || [] : []) {
        const isBegin = this.run.history[entry] && this.run.history[entry].kind === "invoke";
        this.marked.set(isBegin ? entry : halves[entry], "");
      }
      const names = finding && finding.counterexample ? finding.counterexample.names : [];
      for (const { entry, name } of names) this.marked.set(entry, format.name(name, 12));
      this.draw();
    }

    drawAxis() {
      const context = this.sized(this.axis, layers.AXIS);
      const { from, until } = sim.zoom;
      const ticks = format.ticks(from, until, Math.max(2, Math.floor(this.width / 90)));
      const labels = format.timeLabels(ticks);
      context.font = `12px ${layers.FONT}`;
      context.textAlign = "center";
      context.textBaseline = "top";
      ticks.forEach((at, k) => {
        const x = this.place(at);
        context.fillStyle = marks.color("--line");
        context.fillRect(Math.round(x), 0, 1, 5);
        context.fillStyle = marks.color("--muted");
        context.fillText(labels[k], x, 8);
      });
    }

    listen() {
      this.pointer.connect();
      sim.zooming.onZoom(() => {
        this.draw();
        this.frame.invalidateNumbers();
      });
      window.addEventListener("sim:theme", () => {
        marks.refresh();
        this.draw();
      });
      window.addEventListener("sim:finding", ({ detail }) => {
        if (detail.run === this.options.index) this.mark(detail.finding);
      });
      window.addEventListener("sim:cursor", (event) => {
        if (event.detail.source !== this.options.source) this.pointer.follow(event.detail.at);
      });
      let width = this.frame.plot.clientWidth;
      new ResizeObserver(() => {
        if (this.frame.plot.clientWidth === width) return;
        width = this.frame.plot.clientWidth;
        this.draw();
      }).observe(this.frame.plot);
    }
  }

  function timeline(mount, runs, page) {
    return runs.map((run, k) => {
      if (sim.charts.operationsOf(run).length === 0) {
        return nothing(mount, "No operation was invoked in this run.");
      }
      return new Timeline(mount, run, {
        index: k, source: `timeline-${k}`, difference: differenceOf(runs, page),
        caption: runs.length > 1 ? `${LETTERS[k]} · ${format.name(run.title, 60)}` : "",
      });
    });
  }

  sim.charts = { ...sim.charts, timeline };
})();
