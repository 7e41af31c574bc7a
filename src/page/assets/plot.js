// A chart of series over time (or over bins), drawn with uPlot.
//
// uPlot has the axes, scales, cursor, and selection. The lines come from `sim.sampling`, which
// reduces them for the window that is shown; `sim.layers` draws the rest.
//
// A specification: {source, caption, summary, words, table(from, until), height,
//   series: [{title, style: "steps"|"points"|"bars", at, value, color, dash, width, marker,
//             describe(i), pick(i)}],
//   y: {name, log, base, zero, whole, format(value)},
//   x: null | {min, max, ticks(count), labels(values), describe(k)},
//   bands, difference, ribbon: null | {at, levels, title}}
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const { marks, layers, sampling, series: plain } = sim;

  // Side of a cell of the plot in which one marker of a series is drawn, in CSS pixels.
  const CELL = 2.5;

  // The shared cursor. Only its moves are shared: a selection belongs to the plot it is made in.
  const SYNC = {
    key: "sim",
    scales: ["x", null],
    filters: { sub: (type) => type !== "mousedown" && type !== "mouseup" },
  };

  // Returns the extent of the corners of all lines: [least, most], [NaN, NaN] if there are none.
  function linesExtent(lines) {
    let least = Infinity;
    let most = -Infinity;
    for (const line of lines) {
      const [low, high] = plain.extent(line.y);
      if (low < least) least = low;
      if (high > most) most = high;
    }
    return least > most ? [NaN, NaN] : [least, most];
  }

  // Returns the range of a linear axis with room above and below.
  function linearRange(least, most, zero) {
    if (Number.isNaN(least)) return [0, 1];
    const low = zero || (least >= 0 && least < most * 0.3) ? Math.min(0, least) : least;
    const span = most - low;
    if (span === 0) return low >= 0 && low <= 1 ? [0, 1.5] : [low - 1, low + 1];
    const pad = span * 0.06;
    return [low === 0 ? 0 : low - pad, most + pad];
  }

  // Returns the range of a log axis and where zeros are drawn: {range, floor}. `least` is the least
  // number above zero.
  function logRange(least, most, zeros) {
    if (Number.isNaN(least)) return { range: [1, 10], floor: 1 };
    const low = 10 ** Math.floor(Math.log10(least) + 1e-9);
    const floor = zeros ? low / 10 : low;
    const bottom = zeros ? floor * 0.7 : Math.min(low, least * 0.8);
    return { range: [bottom, Math.max(most * 1.6, low * 10)], floor };
  }

  class Plot {
    constructor(host, spec) {
      this.spec = spec;
      this.linked = !spec.x;
      this.hidden = new Set();
      this.lines = [];
      this.shownPoints = new Map();
      this.floor = 0;
      this.yRange = [0, 1];
      this.frame = new sim.Frame(host, {
        source: spec.source, caption: spec.caption, summary: spec.summary, words: spec.words,
        series: spec.series, linked: this.linked,
        table: () => spec.table(this.window().from, this.window().until),
        onToggle: (series, shown) => this.toggle(series, shown),
      });
      this.pointer = new sim.PlotPointer(this);
      this.plot = new uPlot(this.options(), this.data(), this.frame.plot);
      this.listen();
      this.showLegend();
    }

    // Returns the window of x that is shown.
    window() {
      if (this.spec.x) return { from: this.spec.x.min, until: this.spec.x.max };
      return { from: sim.zoom.from, until: sim.zoom.until };
    }

    width() {
      if (document.documentElement.dataset.printing) return 660;
      return Math.max(240, Math.floor(this.frame.plot.clientWidth));
    }

    height() {
      return this.spec.height || (this.width() > 1100 ? 360 : 300);
    }

    // Returns the width of a label of the time axis, in CSS pixels.
    tickWidth() {
      const { from, until } = this.window();
      const labels = sim.format.timeLabels(sim.format.ticks(from, until, 8));
      return Math.max(40, ...labels.map((text) => layers.textWidth(text)));
    }

    // Returns the room above the plot, in CSS pixels: a strip where faults have labels.
    top() {
      const named = this.linked && this.spec.bands && this.spec.bands.length > 0;
      return named ? 10 + layers.STRIP : 10;
    }

    // Returns the room right of the plot: half a tick's label, or the labels of the lines.
    right() {
      const tick = this.linked ? this.tickWidth() / 2 + 4 : 16;
      return Math.ceil(Math.max(tick, this.labelWidth() + layers.STUB + 6));
    }

    visible() {
      return this.spec.series.filter((series) => !this.hidden.has(series));
    }

    // Returns the lines that have a label at their end: none on a narrow plot, and none if there is
    // no room for all.
    labelled() {
      const lines = this.visible().filter((series) => series.style === "steps");
      const titled = lines.length + (this.spec.ribbon ? 1 : 0);
      if (titled === 1 && !this.spec.ribbon) return [];
    if (this.width() < 520 || titled > Math.floor((this.height() - 60) / 15)) return [];
      return lines;
    }

    // Returns the width of the labels at the ends of lines, in CSS pixels.
    labelWidth() {
      const lines = this.labelled();
      if (lines.length === 0) return 0;
      const titles = lines.map((series) => series.title);
      if (this.spec.ribbon) titles.push(this.spec.ribbon.title);
      const widest = Math.max(...titles.map((title) => layers.textWidth(title)));
      return Math.min(this.width() * 0.28, 180, Math.ceil(widest) + 4);
    }

    showLegend() {
      const only = this.spec.series.length === 1 && this.spec.series[0].style !== "points";
      const lines = this.spec.series.every((series) => series.style === "steps");
      const fits = lines && this.hidden.size === 0 && this.labelled().length > 0;
      this.frame.showLegend(!only && !fits);
    }

    toggle(series, shown) {
      if (shown) this.hidden.delete(series);
      else this.hidden.add(series);
      this.plot.setSeries(this.spec.series.indexOf(series) + 1, { show: shown });
      this.update();
    }

    // Returns the data of the window for uPlot, and computes what the layers draw.
    data() {
      const { from, until } = this.window();
      const columns = Math.max(50, Math.round(this.width() * (window.devicePixelRatio || 1)));
      const grid = this.spec.x
        ? Array.from({ length: Math.round(until - from) }, (_, k) => k)
        : sampling.regularTimes(from, until, columns);
      if (grid.length < 2) grid.push((grid[0] || 0) + 1);
      const blank = new Array(grid.length).fill(null);
      this.lines = this.spec.series.map((series) => {
        const empty = { x: [], y: [] };
        if (this.hidden.has(series)) return empty;
        if (series.style === "steps") return sampling.stepLine(series, from, until, columns);
        return empty;
      });
      this.computeRange(from, until);
      this.thin(from, until);
      return [grid].concat(this.spec.series.map((series) =>
        series.style === "steps" && !this.hidden.has(series)
          ? sampling.onGrid(series, grid)
          : blank));
    }

    // Computes the range of the y axis from what is in the window.
    computeRange(from, until) {
      const { y, ribbon } = this.spec;
      const seen = this.lines.slice();
      for (const series of this.visible()) {
        if (series.style === "bars") seen.push({ y: series.value });
        if (series.style !== "points") continue;
        const inside = [];
        for (let i = 0; i < series.at.length; i += 1) {
          if (series.at[i] >= from && series.at[i] <= until) inside.push(series.value[i]);
        }
        seen.push({ y: inside });
      }
      if (ribbon) {
        const inside = ribbon.levels.filter((_, k) =>
          ribbon.at[k] >= from && ribbon.at[k] <= until);
        seen.push({ y: inside.flatMap((levels) => [levels[0], levels[6]]) });
      }
      if (!y.log) {
        const [least, most] = linesExtent(seen);
        this.yRange = linearRange(least, most, y.zero);
        return;
      }
      const zeros = seen.some((line) => Array.from(line.y).some((value) => value <= 0));
      const above = seen.map((line) => ({ y: Array.from(line.y).filter((value) => value > 0) }));
      const found = logRange(...linesExtent(above), zeros && !y.base);
      this.yRange = y.base ? [y.base, Math.max(found.range[1], y.base * 4)] : found.range;
      this.floor = y.base || found.floor;
    }

    // Chooses the points that are drawn.
    thin(from, until) {
      this.shownPoints.clear();
      const [low, high] = this.yRange;
      const log = this.spec.y.log;
      const row = log
        ? (value) => Math.log(Math.max(value, this.floor) / low) / Math.log(high / low)
        : (value) => (value - low) / (high - low);
      for (const series of this.visible()) {
        if (series.style !== "points") continue;
        this.shownPoints.set(series, sampling.thinPoints(series.at, series.value, from, until,
          Math.ceil(this.width() / CELL), Math.ceil(this.height() / CELL), row));
      }
    }

    // Returns the canvas position of a value of y; zeros of a log axis are at its floor.
    place(value) {
      const drawn = this.spec.y.log ? Math.max(value, this.floor) : value;
      return this.plot.valToPos(drawn, "y", true);
    }

    options() {
      const { spec } = this;
      const ink = () => marks.color("--muted");
      const line = { stroke: () => marks.color("--line"), width: 1 };
      return {
        width: this.width(),
        height: this.height(),
        padding: [this.top(), () => this.right(), layers.AXIS, 0],
        legend: { show: false },
        focus: { alpha: 0.35 },
        scales: {
          x: { time: false, range: () => [this.window().from, this.window().until] },
          y: { distr: spec.y.log ? 3 : 1, range: () => this.yRange },
        },
        axes: [{ show: false }, this.axisY(ink, line)],
        series: [{}].concat(spec.series.map((series, k) => ({
          label: series.title,
          stroke: () => marks.color(series.color),
          width: series.width || 2,
          dash: (series.dash || []).map((length) => length * (window.devicePixelRatio || 1)),
          points: { show: false },
          paths: () => this.path(k),
        }))),
        cursor: {
          y: false,
          focus: { prox: spec.series.length > 1 ? 24 : -1 },
          points: { size: 7, show: spec.series.some((series) => series.style === "steps") },
          drag: { x: this.linked, y: false, setScale: false },
          bind: { dblclick: () => () => { if (this.linked) sim.zoom.reset(spec.source); } },
          sync: this.linked ? SYNC : undefined,
        },
        hooks: {
          drawClear: [(u) => this.drawAxis(u)],
          drawAxes: [(u) => this.drawBelow(u)],
          draw: [(u) => this.drawAbove(u)],
          setCursor: [() => this.pointer.hover()],
          setSelect: [() => this.pointer.select()],
        },
      };
    }

    // Draws the x axis. That of uPlot has no ticks beyond 10^17, and time may end at 10^19.
    drawAxis(u) {
      const { x } = this.spec;
      const { from, until } = this.window();
      const room = x ? 48 : this.tickWidth() + 36;
      const count = Math.max(2, Math.floor(this.width() / room));
      const ticks = x ? x.ticks(count) : sim.format.ticks(from, until, count);
      layers.axis(u, ticks, x ? x.labels(ticks) : sim.format.timeLabels(ticks), this.linked);
    }

    axisY(ink, line) {
      const { y } = this.spec;
      return {
        stroke: ink, grid: line, ticks: { show: false }, font: `12px ${layers.FONT}`, gap: 6,
        size: (u, values) => {
          const longest = Math.max(1, ...(values || []).map((text) => String(text ?? "").length));
          return Math.round(14 + longest * 6.9);
        },
        label: y.name, labelSize: 20, labelFont: `12px ${layers.FONT}`, labelGap: 0,
        splits: (u, k, min, max) => {
          if (!y.log) return sim.format.ticks(min, max, 6, y.whole ? 1 : 0);
          const powers = sim.format.logTicks(Math.max(min, this.floor), max, 7);
          return powers;
        },
        filter: (u, splits) => splits,
        values: (u, splits) => splits.map((value) =>
          (y.log && !y.base && this.hasZeros() && value <= this.floor ? "0" : y.format(value))),
      };
    }

    // Returns true where zeros are drawn at the floor of a log axis.
    hasZeros() {
      return this.yRange[0] < this.floor;
    }

    // Returns the path of a line for uPlot.
    path(index) {
      const { x, y } = this.lines[index];
      if (x.length === 0) return null;
      const stroke = new Path2D();
      let up = true;
      for (let k = 0; k < x.length; k += 1) {
        if (Number.isNaN(y[k])) {
          up = true;
          continue;
        }
        const left = this.plot.valToPos(x[k], "x", true);
        if (up) stroke.moveTo(left, this.place(y[k]));
        else stroke.lineTo(left, this.place(y[k]));
        up = false;
      }
      return { stroke, fill: null, clip: null, flags: 0 };
    }

    drawBelow(u) {
      if (this.linked && this.spec.bands) layers.bands(u, this.spec.bands);
      if (this.spec.ribbon) layers.ribbons(u, this.spec.ribbon);
    }

    drawAbove(u) {
      for (const [series, shown] of this.shownPoints) {
        layers.markers(u, series, shown, (value) => this.place(value));
      }
      const bars = this.visible().filter((series) => series.style === "bars");
      bars.forEach((series, k) => layers.bars(u, series, k, bars.length, this.spec.y.base || 0));
      if (this.linked && this.spec.bands) layers.bandLabels(u, this.spec.bands);
      if (this.linked && this.spec.difference) layers.difference(u, this.spec.difference);
      layers.endLabels(u, this.ends(), this.labelWidth());
    }

    // Returns the ends of the lines that have a label, in canvas pixels.
    ends() {
      const lines = this.labelled();
      if (lines.length === 0) return [];
      const ends = [];
      for (const series of lines) {
        const { y } = this.lines[this.spec.series.indexOf(series)];
        let last = y.length - 1;
        while (last >= 0 && Number.isNaN(y[last])) last -= 1;
        if (last < 0) continue;
        const { title, color, dash } = series;
        ends.push({ y: this.place(y[last]), title, color, dash });
      }
      const { ribbon } = this.spec;
      if (ribbon && ribbon.at.length > 0) {
        const { until } = this.window();
        const k = Math.max(0, plain.indexAtOrBefore(ribbon.at, until));
        ends.push({ y: this.place(ribbon.levels[k][3]), title: ribbon.title, color: "--muted" });
      }
      return ends;
    }

    // Draws the window anew.
    update() {
      this.plot.setData(this.data());
      this.showLegend();
      this.frame.invalidateNumbers();
    }

    resize() {
      const width = this.width();
      if (width === this.plot.width && this.height() === this.plot.height) return;
      this.plot.setSize({ width, height: this.height() });
      this.update();
    }

    listen() {
      if (this.linked) sim.zooming.onZoom(() => this.update());
      window.addEventListener("sim:theme", () => {
        marks.refresh();
        this.resize();
        this.plot.redraw(false, true);
      });
      this.pointer.connect();
      new ResizeObserver(() => this.resize()).observe(this.frame.plot);
    }
  }

  sim.Plot = Plot;
  sim.plotting = { linearRange, logRange, linesExtent };
})();
