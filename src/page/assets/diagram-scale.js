// The horizontal scale of a diagram: a window of time (or of logical time) over pixels.
//
// Pure: a scale is a plain object `{from, until, left, width}`; `k` is pixels per unit.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  // Returns a scale of a window over pixels.
  function make(from, until, left, width) {
    const span = Math.max(until - from, Number.MIN_VALUE);
    return { from, until, left, width, k: Math.max(1, width) / span };
  }

  // Returns the pixel of a value.
  const px = (scale, value) => scale.left + (value - scale.from) * scale.k;

  // Returns the value at a pixel.
  const value = (scale, pixel) => scale.from + (pixel - scale.left) / scale.k;

  // Returns a window that lies within the bounds as far as it fits, of at least a least span.
  function clamp(window, bounds, least) {
    const whole = bounds.until - bounds.from;
    const span = Math.min(Math.max(window.until - window.from, least), Math.max(whole, least));
    const middle = (window.from + window.until) / 2;
    let from = middle - span / 2;
    from = Math.max(bounds.from, Math.min(from, bounds.until - span));
    if (span >= whole) from = bounds.from - (span - whole) / 2;
    return { from, until: from + span };
  }

  // Returns a window that is zoomed by a factor (below 1: in) while `at` keeps its pixel.
  function zoom(window, factor, at) {
    return { from: at - (at - window.from) * factor, until: at + (window.until - at) * factor };
  }

  // Returns a window moved by a part of its span.
  function pan(window, part) {
    const by = (window.until - window.from) * part;
    return { from: window.from + by, until: window.until + by };
  }

  // Returns the ticks of an axis of time: `{base, ticks: [{at, text}]}`. Deep in a long run the
  // texts are relative ("+20 µs") to `base`, since absolute ones would not differ to the eye.
  function timeTicks(window, width) {
    const count = Math.max(2, Math.floor(width / 84));
    const values = sim.format.ticks(Math.max(0, window.from), window.until, count, 1);
    if (values.length === 0) return { base: "", ticks: [] };
    const step = values.length > 1 ? values[1] - values[0] : 1;
    const most = Math.max(Math.abs(window.from), Math.abs(window.until));
    if (most / step < 1e5) {
      const labels = sim.format.timeLabels(values);
      return { base: "", ticks: values.map((at, i) => ({ at, text: labels[i] })) };
    }
    const coarse = 10 ** Math.ceil(Math.log10(window.until - window.from));
    const base = Math.floor(window.from / coarse) * coarse;
    const relative = sim.format.ticks(window.from - base, window.until - base, count, 1);
    const labels = sim.format.timeLabels(relative);
    const ticks = relative.map((at, i) => ({ at: base + at, text: `+${labels[i]}` }));
    return { base: sim.format.instant(base), ticks };
  }

  // Returns the ticks of an axis of logical time: whole numbers.
  function logicalTicks(window, width) {
    const count = Math.max(2, Math.floor(width / 80));
    const values = sim.format.ticks(window.from, window.until, count, 1);
    const ticks = values.filter((at) => at >= 0 && Number.isInteger(at))
      .map((at) => ({ at, text: sim.format.number(at) }));
    return { base: "", ticks };
  }

  sim.scale = { make, px, value, clamp, zoom, pan, timeTicks, logicalTicks };
})();
