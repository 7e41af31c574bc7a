// Tests of down-sampling: what is drawn must show what is there.
"use strict";
const test = require("node:test");
const assert = require("node:assert");
const { sampling, series } = require("./charts.js").sim;

// Returns steps of many events with one spike.
function spiked(count, spike) {
  const at = Float64Array.from({ length: count }, (_, k) => k);
  const value = Float64Array.from(at, (k) => (k === spike ? 1000 : k % 3));
  return { at, value };
}

test("few steps are exact corners", () => {
  const line = sampling.stepLine({ at: [0, 10, 20], value: [0, 2, 5] }, 0, 30, 100);
  assert.deepEqual(line, { x: [0, 10, 10, 20, 20, 30], y: [0, 0, 2, 2, 5, 5] });
});

test("a window starts with the value that holds there", () => {
  const line = sampling.stepLine({ at: [0, 10, 20], value: [0, 2, 5] }, 12, 18, 100);
  assert.deepEqual(line, { x: [12, 18], y: [2, 2] });
});

test("a gap lifts the pen", () => {
  const line = sampling.stepLine({ at: [0, 10, 20], value: [1, NaN, 3] }, 0, 30, 100);
  assert.deepEqual(line.x, [0, 10, 10, 20, 20, 30]);
  assert.deepEqual(line.y, [1, 1, NaN, NaN, 3, 3]);
});

test("a spike of one event in a million is drawn", () => {
  const line = sampling.stepLine(spiked(1e6, 777777), 0, 1e6, 1000);
  assert.equal(series.extent(line.y)[1], 1000);
  assert.ok(line.x.length <= 8 * 1000 + 4);
});

test("each column keeps its least and greatest value", () => {
  const steps = spiked(50000, 1234);
  const columns = 100;
  const line = sampling.stepLine(steps, 0, 50000, columns);
  for (let c = 0; c < columns; c += 1) {
    const from = c * 500;
    const inside = line.y.filter((_, k) => line.x[k] >= from && line.x[k] < from + 500);
    const truth = Array.from(steps.value.subarray(from, from + 500));
    assert.equal(Math.max(...inside), Math.max(...truth, series.valueAt(steps, from - 1) || 0));
    assert.equal(Math.min(...inside), 0);
  }
});

test("all events at one instant, and times beyond 2^53, end", () => {
  const at = new Float64Array(5000).fill(2 ** 60);
  const value = Float64Array.from(at, (_, k) => k);
  const line = sampling.stepLine({ at, value }, 0, 2 ** 60, 10);
  assert.equal(series.extent(line.y)[1], 4999);
  const far = Float64Array.from({ length: 5000 }, (_, k) => 2 ** 60 + k * 256);
  const narrow = sampling.stepLine({ at: far, value }, 2 ** 60, 2 ** 60 + 1024, 900);
  assert.equal(narrow.y[narrow.y.length - 1], 4);
});

test("values on a grid are those that hold", () => {
  const steps = { at: [10, 20], value: [1, NaN] };
  assert.deepEqual(sampling.onGrid(steps, [0, 10, 15, 25]), [null, 1, 1, null]);
  assert.deepEqual(sampling.onGrid({ at: [], value: [] }, [0, 1]), [null, null]);
});

test("regular times include both ends and do not repeat", () => {
  assert.deepEqual(sampling.regularTimes(0, 10, 3), [0, 5, 10]);
  assert.deepEqual(sampling.regularTimes(5, 5, 3), [5]);
});

test("points are thinned to one for each cell, and those outside are left out", () => {
  const at = [0, 0.1, 0.2, 50, 200];
  const shown = sampling.thinPoints(at, [1, 1, 9, NaN, 1], 0, 100, 100, 10, (value) => value / 10);
  assert.deepEqual(shown, [0, 2]);
});

test("bars narrower than a column share one, wide ones stay", () => {
  const bars = Array.from({ length: 10000 }, (_, k) => ({ from: k, until: k + 0.5 }));
  bars.push({ from: 9990, until: 20000 });
  const shown = sampling.visibleBars(bars, 0, 10000, 100);
  assert.ok(shown.length <= 202, `${shown.length}`);
  assert.ok(shown.includes(10000));
  assert.deepEqual(sampling.visibleBars([{ from: 5, until: 5 }], 0, 0, 100), []);
});

test("labels keep their distance, their order, and their room", () => {
  const placed = sampling.spread([50, 51, 52, 10], 15, 0, 100);
  const sorted = placed.slice().sort((a, b) => a - b);
  for (let k = 1; k < sorted.length; k += 1) assert.ok(sorted[k] - sorted[k - 1] >= 15 - 1e-9);
  assert.ok(placed[0] < placed[1] && placed[1] < placed[2]);
  assert.equal(placed[3], 10);
  for (const place of sampling.spread([99, 99, 99], 15, 0, 100)) assert.ok(place <= 100);
  assert.deepEqual(sampling.spread([], 15, 0, 100), []);
});
