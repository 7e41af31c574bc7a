// Text of numbers, times, and names, and the ticks of axes. Pure functions, no document.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const UNITS = [
    { ns: 1e9, name: "s" },
    { ns: 1e6, name: "ms" },
    { ns: 1e3, name: "µs" },
    { ns: 1, name: "ns" },
  ];
  const NONE = "–";

  // Returns the digits of a finite number with thousands separators: "12,345.6".
  function grouped(text) {
    const [whole, fraction] = text.split(".");
    const commas = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    return fraction === undefined ? commas : `${commas}.${fraction}`;
  }

  // Returns a number with at most `decimals` decimals, none of them trailing zeros.
  function number(value, decimals = 2) {
    if (value === null || value === undefined || Number.isNaN(value)) return NONE;
    if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
    if (Math.abs(value) >= 1e21) return value.toExponential(3);
    const fixed = Math.abs(value).toFixed(decimals);
    const text = grouped(fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed);
    return value < 0 && text !== "0" ? `−${text}` : text;
  }

  // Returns a number with about `digits` significant digits, whole digits always kept.
  function significant(value, digits = 3) {
    if (value === 0 || !Number.isFinite(value)) return number(value);
    const magnitude = Math.floor(Math.log10(Math.abs(value)));
    return number(value, Math.min(12, Math.max(0, digits - 1 - magnitude)));
  }

  // Returns the largest unit that is at most `ns`.
  function unitOf(ns) {
    return UNITS.find((unit) => Math.abs(ns) >= unit.ns) || UNITS[3];
  }

  // Returns a short text of nanoseconds: "12.5 s", "250 ms", "0 s".
  function time(ns, digits = 3) {
    if (ns === null || ns === undefined || Number.isNaN(ns)) return NONE;
    if (ns === 0) return "0 s";
    const unit = unitOf(ns);
    return `${significant(ns / unit.ns, digits)} ${unit.name}`;
  }

  // Returns the text of an instant with every digit that a Number keeps: "12.345678901 s".
  function instant(ns) {
    if (ns === null || ns === undefined || Number.isNaN(ns)) return NONE;
    if (ns === 0) return "0 s";
    const unit = unitOf(ns);
    return `${number(ns / unit.ns, Math.round(Math.log10(unit.ns)))} ${unit.name}`;
  }

  // Returns a step of 1, 2, or 5 times a power of ten that divides `span` in at most `count` parts.
  function niceStep(span, count) {
    const least = span / Math.max(1, count);
    const power = 10 ** Math.floor(Math.log10(least));
    const factor = [1, 2, 5, 10].find((f) => f * power >= least * (1 - 1e-9)) || 10;
    return factor * power;
  }

  // Returns round numbers from `min` to `max`, at most `count` + 1 of them.
  function ticks(min, max, count, leastStep = 0) {
    if (!(max > min) || !Number.isFinite(max - min)) return Number.isFinite(min) ? [min] : [];
    const step = Math.max(niceStep(max - min, count), leastStep);
    const result = [];
    for (let k = Math.ceil(min / step - 1e-9); k * step <= max + step * 1e-9; k += 1) {
      result.push(Number((k * step).toPrecision(15)));
      if (result.length > 200) break;
    }
    return result;
  }

  // Returns the texts of ticks of time, all in one unit: ["0 s", "0.5 s", "1 s"].
  function timeLabels(values) {
    const most = values.reduce((found, value) => Math.max(found, Math.abs(value)), 0);
    const step = values.length > 1 ? values[1] - values[0] : most;
    const unit = unitOf(Math.max(most, 1));
    const scaled = step / unit.ns;
    const decimals = scaled > 0 ? Math.max(0, -Math.floor(Math.log10(scaled) + 1e-9)) : 0;
    return values.map((value) => `${number(value / unit.ns, Math.min(9, decimals))} ${unit.name}`);
  }

  // Returns the powers of `base` from `min` to `max`, thinned to at most `count`.
  function logTicks(min, max, count, base = 10) {
    if (!(min > 0) || !(max >= min)) return [];
    const first = Math.ceil(Math.log(min) / Math.log(base) - 1e-9);
    const last = Math.floor(Math.log(max) / Math.log(base) + 1e-9);
    const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, count)));
    const result = [];
    for (let k = first; k <= last; k += every) result.push(Number((base ** k).toPrecision(15)));
    return result;
  }

  // Returns a foreign name that is safe to show: control characters and marks that change the
  // direction of text become visible codes, and a long name is cut.
  function name(text, limit = 80) {
    const shown = String(text ?? "").replace(
      /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
      (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);
    const letters = Array.from(shown);
    return letters.length > limit ? `${letters.slice(0, limit - 1).join("")}…` : shown;
  }

  // Returns "1 event", "2 events".
  function counted(count, noun, plural = `${noun}s`) {
    return `${number(count)} ${count === 1 ? noun : plural}`;
  }

  // Returns a list in words: "a, b and c", cut after `limit`.
  function list(items, limit = 6) {
    const shown = items.slice(0, limit);
    const rest = items.length - shown.length;
    if (rest > 0) return `${shown.join(", ")} and ${number(rest)} more`;
    if (shown.length < 2) return shown.join("");
    return `${shown.slice(0, -1).join(", ")} and ${shown[shown.length - 1]}`;
  }

  // Returns a text that fits a width on a canvas, cut with an ellipsis; "" where fewer than three
  // letters of it would fit.
  function fitted(context, text, width) {
    if (context.measureText(text).width <= width) return text;
    const letters = Array.from(text);
    const cut = (count) => `${letters.slice(0, count).join("").trimEnd()}…`;
    let low = 0;
    let high = letters.length;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (context.measureText(cut(middle)).width <= width) low = middle;
      else high = middle - 1;
    }
    return low < 3 ? "" : cut(low);
  }

  sim.format = {
    fitted, number, significant, time, instant, niceStep, ticks, timeLabels, logTicks, name,
    counted, list,
  };
})();
