// The window of time that all linked views show, and the keys that change it.
//
// Views change it by `sim.zoom.set`, or by dispatching "sim:zoom" themselves, and follow it by
// listening to "sim:zoom": detail {from, until, source}, in nanoseconds.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  // Returns a window inside 0 … end that is at least `least` long. A window that is not a range
  // becomes the whole.
  function clampWindow(from, until, end, least) {
    if (!Number.isFinite(from) || !Number.isFinite(until)) return { from: 0, until: end };
    let low = Math.min(from, until);
    let span = Math.max(Math.abs(until - from), least);
    if (span >= end) return { from: 0, until: end };
    if (Math.abs(until - from) < least) low = (from + until - span) / 2;
    low = Math.min(Math.max(0, low), end - span);
    span = Math.min(span, end - low);
    return { from: low, until: low + span };
  }

  class Zoom {
    constructor() {
      this.end = 1;
      this.from = 0;
      this.until = 1;
    }

    // Sets the end of the longest run; the window becomes the whole.
    setEnd(end) {
      this.end = Math.max(1, Number.isFinite(end) ? end : 1);
      this.from = 0;
      this.until = this.end;
    }

    // Returns the least span of a window: 10 ns, more where Numbers are coarser.
    least() {
      return Math.min(this.end, Math.max(10, this.end * 1e-12));
    }

    // Returns true while the window is not the whole run.
    zoomed() {
      return this.from > 0 || this.until < this.end;
    }

    // Takes over a window without notice to others.
    accept(from, until) {
      const range = clampWindow(from, until, this.end, this.least());
      this.from = range.from;
      this.until = range.until;
    }

    // Changes the window of all linked views.
    set(from, until, source = "chart") {
      const range = clampWindow(from, until, this.end, this.least());
      window.dispatchEvent(new CustomEvent("sim:zoom", { detail: { ...range, source } }));
    }

    // Shows the whole run.
    reset(source = "chart") {
      this.set(0, this.end, source);
    }

    // Moves the window by a share of its span.
    pan(share, source = "chart") {
      const span = this.until - this.from;
      const from = Math.min(Math.max(0, this.from + share * span), this.end - span);
      this.set(from, from + span, source);
    }

    // Multiplies the span of the window; the instant `around` stays where it is.
    scale(factor, around = (this.from + this.until) / 2, source = "chart") {
      const share = (around - this.from) / (this.until - this.from || 1);
      const span = Math.min(this.end, (this.until - this.from) * factor);
      const from = Math.max(0, around - share * span);
      this.set(from, from + span, source);
    }
  }

  const zoom = new Zoom();

  // Makes the zoom follow "sim:zoom" of all views. Called once, before views listen.
  function listen() {
    window.addEventListener("sim:zoom", (event) => {
      const { from, until } = event.detail || {};
      zoom.accept(from, until);
    });
  }

  // Calls back after the window changed, at most once for each frame.
  function onZoom(callback) {
    let pending = false;
    window.addEventListener("sim:zoom", () => {
      if (pending) return;
      pending = true;
      requestAnimationFrame(() => {
        pending = false;
        callback();
      });
    });
  }

  // Connects the keys of a focused view: arrows pan, + and - zoom, 0 resets.
  function connectKeys(element, source) {
    const actions = {
      ArrowLeft: () => zoom.pan(-0.2, source),
      ArrowRight: () => zoom.pan(0.2, source),
      "+": () => zoom.scale(0.5, undefined, source),
      "=": () => zoom.scale(0.5, undefined, source),
      "-": () => zoom.scale(2, undefined, source),
      0: () => zoom.reset(source),
      Home: () => zoom.set(0, zoom.until - zoom.from, source),
      End: () => zoom.set(zoom.end - (zoom.until - zoom.from), zoom.end, source),
    };
    element.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const action = actions[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    });
  }

  sim.zoom = zoom;
  sim.zooming = { Zoom, clampWindow, listen, onZoom, connectKeys };
})();
