// The pointer on a plot: tooltip, choice of an event, selection of a range, shared cursor.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const { series: plain } = sim;
  const MOST_ROWS = 9;
  const REACH = 14;
  const REACH_LINE = 24;

  class PlotPointer {
    // Makes the pointer of a `sim.Plot`, before uPlot is there.
    constructor(owner) {
      this.owner = owner;
      this.spec = owner.spec;
    }

    get plot() {
      return this.owner.plot;
    }

    // Returns the position of the cursor in canvas pixels.
    position() {
      const u = this.plot;
      const ratio = uPlot.pxRatio;
      return { x: u.cursor.left * ratio + u.bbox.left, y: u.cursor.top * ratio + u.bbox.top };
    }

    // Takes over the range that was dragged.
    select() {
      const u = this.plot;
      const { left, width } = u.select;
      if (width < 4 || !this.owner.linked) return;
      const from = u.posToVal(left, "x");
      const until = u.posToVal(left + width, "x");
      u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      sim.zoom.set(from, until, this.spec.source);
    }

    // Shows what is below the pointer. Charts that only follow the cursor show no tooltip.
    hover() {
      const u = this.plot;
      const { frame, linked } = this.owner;
      if (!u || !frame.plot.matches(":hover")) {
        frame.hideTooltip();
        return;
      }
      const { left, top } = u.cursor;
      const at = left >= 0 ? u.posToVal(left, "x") : null;
      if (linked) {
        const detail = { at, source: this.spec.source };
        window.dispatchEvent(new CustomEvent("sim:cursor", { detail }));
      }
      const { x, y } = this.position();
      let content = null;
      if (at !== null) {
        content = linked ? this.describe(at, x, y) : this.spec.x.describe(Math.round(at));
      }
      const ratio = uPlot.pxRatio;
      if (!content) frame.hideTooltip();
      else frame.showTooltip(left + u.bbox.left / ratio, top + u.bbox.top / ratio, content);
    }

    // Returns the series of steps that are shown, each with what `of` returns for it.
    steps(of) {
      return this.owner.visible().filter((series) => series.style === "steps").map(of);
    }

    // Returns the content of the tooltip at an instant and a canvas position.
    describe(at, x, y) {
      const nearest = this.nearest(x, y);
      const during = (this.spec.bands || [])
        .filter((band) => band.from <= at && at <= band.until).map((band) => band.words);
      if (nearest) {
        const lines = nearest.series.describe(nearest.index);
        return { title: lines[0], lines: lines.slice(1).concat(during) };
      }
      const rows = this.steps((series) =>
        ({ series, title: series.title, number: plain.valueAt(series, at) }))
        .filter((row) => !Number.isNaN(row.number));
      if (rows.length === 0) return null;
      const distance = (row) => Math.abs(this.owner.place(row.number) - y);
      const near = rows.slice().sort((a, b) => distance(a) - distance(b)).slice(0, MOST_ROWS);
      near.sort((a, b) => b.number - a.number);
      const rest = rows.length - near.length;
      return {
        title: sim.format.time(at, 5),
        rows: near.map((row) => ({ ...row, value: this.spec.y.format(row.number) })),
        lines: during.concat(rest > 0 ? [`and ${rest} more`] : []),
      };
    }

    // Returns the marker nearest to a canvas position, if one is within reach.
    nearest(x, y) {
      let best = null;
      let least = (REACH * uPlot.pxRatio) ** 2;
      for (const [series, shown] of this.owner.shownPoints) {
        for (const index of shown) {
          const dx = this.plot.valToPos(series.at[index], "x", true) - x;
          if (dx * dx > least) continue;
          const dy = this.owner.place(series.value[index]) - y;
          if (dx * dx + dy * dy > least) continue;
          least = dx * dx + dy * dy;
          best = { series, index };
        }
      }
      return best;
    }

    // Returns what `pick` of the nearest marker or line names at the cursor, or null.
    picked() {
      const { x, y } = this.position();
      const nearest = this.nearest(x, y);
      if (nearest) return nearest.series.pick ? nearest.series.pick(nearest.index) : null;
      const at = this.plot.posToVal(this.plot.cursor.left, "x");
      const near = this.steps((series) =>
        ({ series, index: plain.indexAtOrBefore(series.at, at) }))
        .filter(({ series, index }) => series.pick && index >= 0)
        .map(({ series, index }) =>
          ({ series, index, far: Math.abs(this.owner.place(series.value[index]) - y) }))
        .sort((a, b) => a.far - b.far)[0];
      if (!near || near.far > REACH_LINE * uPlot.pxRatio) return null;
      return near.series.pick(near.index);
    }

    // Chooses the event that was clicked.
    click() {
      if (this.plot.cursor.left < 0 || !this.owner.linked) return;
      const detail = this.picked();
      if (!detail || !(detail.event >= 0)) return;
      window.dispatchEvent(new CustomEvent("sim:select", { detail }));
    }

    // Follows the cursor of a view that is not a plot.
    follow({ at, source }) {
      if (!String(source).startsWith("timeline")) return;
      const left = at === null ? -10 : this.plot.valToPos(at, "x");
      this.plot.setCursor({ left, top: left < 0 ? -10 : 0 });
    }

    connect() {
      this.plot.over.addEventListener("click", () => this.click());
      this.plot.over.addEventListener("mouseleave", () => {
        this.plot.setSeries(null, { focus: true });
      });
      if (!this.owner.linked) return;
      window.addEventListener("sim:cursor", (event) => this.follow(event.detail));
      this.owner.frame.plot.addEventListener("pointerleave", () => {
        const detail = { at: null, source: this.spec.source };
        window.dispatchEvent(new CustomEvent("sim:cursor", { detail }));
      });
    }
  }

  sim.PlotPointer = PlotPointer;
})();
