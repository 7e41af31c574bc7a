// The pointer on a timeline: tooltip, choice of an event, selection of a range, shared cursor.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const { operations: ops } = sim;
  const DRAG = 4;

  class TimelinePointer {
    // Makes the pointer of a timeline.
    constructor(owner) {
      this.owner = owner;
    }

    // Returns the position of the pointer in the canvas.
    position(event) {
      const box = this.owner.canvas.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    }

    // Returns the operation at a position, or null.
    operationAt({ x, y }) {
      const row = this.owner.rows[Math.floor((y - this.owner.top) / this.owner.row)];
      if (!row || x < this.owner.left - 3) return null;
      const reach = this.owner.instant(this.owner.left + 4) - this.owner.instant(this.owner.left);
      const bars = row.bars.filter((bar) => !this.owner.hidden.has(bar.operation.outcome));
      const bar = ops.barAt(bars, this.owner.instant(x), reach);
      return bar ? bar.operation : null;
    }

    hover(event) {
      const position = this.position(event);
      const operation = this.operationAt(position);
      const at = this.owner.instant(position.x);
      this.follow(at);
      window.dispatchEvent(new CustomEvent("sim:cursor", {
        detail: { at, source: this.owner.options.source },
      }));
      this.owner.canvas.style.cursor = operation ? "pointer" : "";
      if (!operation) {
        this.owner.frame.hideTooltip();
        return;
      }
      const lines = ops.describe(this.owner.run, operation);
      const top = position.y - this.owner.frame.plot.scrollTop;
      this.owner.frame.showTooltip(position.x, top, { title: lines[0], lines: lines.slice(1) });
    }

    // Moves the line of the shared cursor.
    follow(at) {
      this.owner.crosshair.hidden = at === null;
      if (at === null) return;
      this.owner.crosshair.style.left = `${this.owner.place(at)}px`;
      this.owner.crosshair.style.height = `${this.owner.height()}px`;
    }

    // Shows the range that is being dragged.
    showSelection(from, to) {
      this.owner.selection.hidden = false;
      this.owner.selection.style.left = `${Math.min(from, to)}px`;
      this.owner.selection.style.width = `${Math.abs(to - from)}px`;
      this.owner.selection.style.height = `${this.owner.height()}px`;
    }

    // Connects a drag to the zoom, and a click to the choice of an event.
    connect() {
      let start = null;
      let dragged = false;
      this.owner.canvas.addEventListener("pointerdown", (event) => {
        dragged = false;
        if (event.button !== 0 || event.pointerType === "touch") return;
        start = this.position(event).x;
        this.owner.canvas.setPointerCapture(event.pointerId);
      });
      this.owner.canvas.addEventListener("pointermove", (event) => {
        const { x } = this.position(event);
        if (start !== null && Math.abs(x - start) > DRAG) this.showSelection(start, x);
        this.hover(event);
      });
      this.owner.canvas.addEventListener("pointerup", (event) => {
        const { x } = this.position(event);
        const from = start;
        start = null;
        this.owner.selection.hidden = true;
        dragged = from !== null && Math.abs(x - from) > DRAG;
        if (!dragged) return;
        const { owner } = this;
        sim.zoom.set(owner.instant(from), owner.instant(x), owner.options.source);
      });
      this.owner.canvas.addEventListener("pointercancel", () => {
        start = null;
        this.owner.selection.hidden = true;
      });
      this.owner.canvas.addEventListener("pointerleave", () => this.follow(null));
      this.owner.canvas.addEventListener("dblclick", () => {
        sim.zoom.reset(this.owner.options.source);
      });
      this.owner.canvas.addEventListener("click", (event) => {
        const operation = dragged ? null : this.operationAt(this.position(event));
        if (!operation || operation.event < 0) return;
        const detail = { run: this.owner.options.index, event: operation.event };
        window.dispatchEvent(new CustomEvent("sim:select", { detail }));
      });
    }
  }

  sim.TimelinePointer = TimelinePointer;
})();
