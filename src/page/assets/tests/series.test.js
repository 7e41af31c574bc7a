// Tests of the series of a run: clocks, queues, drift, jumps, faults.
"use strict";
const test = require("node:test");
const assert = require("node:assert");
const { sim, machines } = require("./charts.js");
const { series } = sim;

const RUN = machines(2, [
  [1e9, 0, 1, 0], [2e9, 1, 1, 1], [3e9, 1, 2, 0], [3e9, 0, 5, 2], [4e9, 1, 6, 0],
]);

test("steps of a lane start with 0 and name their events", () => {
  const [first, second] = series.laneSteps(RUN, RUN.clock);
  assert.deepEqual(Array.from(first.at), [0, 1e9, 3e9]);
  assert.deepEqual(Array.from(first.value), [0, 1, 5]);
  assert.deepEqual(Array.from(first.event), [-1, 0, 3]);
  assert.deepEqual(Array.from(second.value), [0, 1, 2, 6]);
  assert.equal(second.title, "machine 2");
});

test("a lane without numbers has no series", () => {
  const run = machines(3, [[1, 1, 1]]);
  assert.equal(series.laneSteps(run, run.clock).length, 1);
  assert.equal(series.laneSteps(run, run.queue).length, 0);
});

test("the value of steps holds until the next", () => {
  const [first] = series.laneSteps(RUN, RUN.clock);
  assert.equal(series.valueAt(first, 0), 0);
  assert.equal(series.valueAt(first, 2.9e9), 1);
  assert.equal(series.valueAt(first, 3e9), 5);
  assert.ok(Number.isNaN(series.valueAt(first, -1)));
});

test("drift is the highest minus the lowest clock, lanes at 0 first", () => {
  const { at, value } = series.drift(RUN);
  assert.deepEqual(Array.from(at), [0, 1e9, 2e9, 3e9, 4e9]);
  assert.deepEqual(Array.from(value), [0, 1, 0, 3, 1]);
});

test("drift agrees with its definition on many events", () => {
  const events = [];
  const clocks = [0, 0, 0, 0];
  let state = 1;
  for (let e = 0; e < 2000; e += 1) {
    state = (state * 48271) % 2147483647;
    const lane = state % 4;
    clocks[lane] += 1 + (state % 13);
    events.push([e, lane, clocks[lane]]);
  }
  const drift = series.drift(machines(4, events));
  const now = [0, 0, 0, 0];
  for (const [at, lane, clock] of events) {
    now[lane] = clock;
    assert.equal(series.valueAt(drift, at), Math.max(...now) - Math.min(...now));
  }
});

test("without clocks there is no drift", () => {
  assert.deepEqual(series.drift(machines(2, [])), { at: [], value: [] });
});

test("jumps are the advances on a lane", () => {
  assert.deepEqual(Array.from(series.jumps(RUN).size), [1, 1, 1, 4, 4]);
});

test("bins of few sizes are single numbers", () => {
  assert.deepEqual(series.wholeBins(1, 3, 24),
    [{ from: 1, to: 1 }, { from: 2, to: 2 }, { from: 3, to: 3 }]);
  assert.deepEqual(series.wholeBins(NaN, NaN, 24), []);
});

test("bins of many sizes double after 8", () => {
  const bins = series.wholeBins(1, 58, 24);
  assert.deepEqual(bins.slice(7), [{ from: 8, to: 8 }, { from: 9, to: 16 }, { from: 17, to: 32 },
    { from: 33, to: 64 }]);
  for (let k = 1; k < bins.length; k += 1) assert.equal(bins[k].from, bins[k - 1].to + 1);
  assert.ok(series.wholeBins(1, 2 ** 53, 24).length < 70);
  assert.equal(series.wholeBins(2 ** 60, 2 ** 60 + 4096, 24).length, 1);
  assert.equal(series.wholeBins(7, 7, 24).length, 1);
  assert.ok(series.wholeBins(-5, 100, 24).length <= 24);
});

test("the histogram counts each jump once", () => {
  const { bins, lanes, total } = series.jumpHistogram(RUN);
  assert.equal(bins.length, 4);
  assert.deepEqual(Array.from(total), [3, 0, 0, 2]);
  assert.deepEqual(lanes.map((lane) => Array.from(lane.counts)), [[1, 0, 0, 1], [2, 0, 0, 1]]);
  assert.deepEqual(series.jumpHistogram(machines(1, [])).bins, []);
});

test("fault bands are inside the run, sorted, and have words", () => {
  const run = machines(3, [], { faults: [
    { kind: "partition", from: 8e9, until: 99e9, lanes: [], note: "" },
    { kind: "partition", from: 2e9, until: 3e9, lanes: [0, 2], note: "" },
    { kind: "crash", from: 5e9, until: null, lanes: [77], note: "a\u202eb" },
  ] });
  assert.deepEqual(series.faultBands(run), [
    { from: 2e9, until: 3e9, kind: "partition", words: "partition: machine 1 and machine 3" },
    { from: 5e9, until: 10e9, kind: "crash", words: "crash: a\\u202eb" },
    { from: 8e9, until: 10e9, kind: "partition", words: "partition" },
  ]);
});

test("the extent of nothing is not a number", () => {
  assert.deepEqual(series.extent([3, NaN, 1]), [1, 3]);
  assert.deepEqual(series.extent([]), [NaN, NaN]);
});
