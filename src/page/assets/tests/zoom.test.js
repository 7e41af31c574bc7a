// Tests of the window of time that all views share.
"use strict";
const test = require("node:test");
const assert = require("node:assert");
const { zooming } = require("./charts.js").sim;

test("a window stays inside the run", () => {
  assert.deepEqual(zooming.clampWindow(20, 30, 100, 1), { from: 20, until: 30 });
  assert.deepEqual(zooming.clampWindow(30, 20, 100, 1), { from: 20, until: 30 });
  assert.deepEqual(zooming.clampWindow(-50, 20, 100, 1), { from: 0, until: 70 });
  assert.deepEqual(zooming.clampWindow(90, 120, 100, 1), { from: 70, until: 100 });
  assert.deepEqual(zooming.clampWindow(-5, 500, 100, 1), { from: 0, until: 100 });
});

test("a window has a least span around its middle", () => {
  assert.deepEqual(zooming.clampWindow(50, 50, 100, 10), { from: 45, until: 55 });
});

test("a window that is no range is the whole run", () => {
  assert.deepEqual(zooming.clampWindow(NaN, 20, 100, 1), { from: 0, until: 100 });
  assert.deepEqual(zooming.clampWindow(undefined, undefined, 100, 1), { from: 0, until: 100 });
});

test("a run of length 0 has a window", () => {
  const zoom = new zooming.Zoom();
  zoom.setEnd(0);
  assert.ok(zoom.until > zoom.from);
  zoom.setEnd(NaN);
  assert.ok(zoom.until > zoom.from);
});

test("a span at the end of a run beyond 2^53 is a span of numbers", () => {
  const zoom = new zooming.Zoom();
  zoom.setEnd(2 ** 60);
  zoom.accept(2 ** 60 - 1, 2 ** 60);
  assert.ok(zoom.until > zoom.from);
});
