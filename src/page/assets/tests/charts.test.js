// Tests of the charts before they are drawn: series, ranges, summaries, tables.
"use strict";
const test = require("node:test");
const assert = require("node:assert");
const { sim, machines, nodes } = require("./charts.js");
const { parts } = sim.charts;

const RUN = machines(3, [
  [1e9, 0, 1, 0], [2e9, 1, 4, 1], [3e9, 2, 9, 0], [4e9, 0, 10, 2], [5e9, 1, 11, 0],
]);
const OTHER = { ...RUN, title: "test, seed 2" };

test("each lane has a line with a colour and dashes", () => {
  const series = parts.stepSeries([RUN], (run) => run.clock);
  assert.deepEqual(series.map((one) => one.title), ["machine 1", "machine 2", "machine 3"]);
  assert.equal(new Set(series.map((one) => one.color)).size, 3);
  assert.equal(new Set(series.map((one) => one.dash.join())).size, 3);
  assert.deepEqual(series[1].pick(1), { run: 0, event: 1 });
});

test("two runs share colours and differ by dashes and letters", () => {
  const series = parts.stepSeries([RUN, OTHER], (run) => run.clock);
  assert.equal(series.length, 6);
  assert.equal(series[0].color, series[3].color);
  assert.notDeepEqual(series[0].dash, series[3].dash);
  assert.equal(series[3].title, "machine 1 · B");
  assert.match(parts.pairWords([RUN, OTHER]), /^Solid lines: A, test, seed 1\. Dashed lines: B,/);
  assert.equal(parts.pairWords([RUN]), "");
});

test("64 lanes have 64 thin lines", () => {
  const run = machines(64, Array.from({ length: 64 }, (_, k) => [k, k, k + 1]));
  const series = parts.stepSeries([run], (one) => one.clock);
  assert.equal(series.length, 64);
  assert.ok(series[0].width < 2);
});

test("a summary is one sentence with the ends, highest first", () => {
  const series = parts.stepSeries([RUN], (run) => run.clock);
  assert.equal(parts.summaryOf("Clocks of 3 machines", series, 60e9),
    "Clocks of 3 machines from 0 s to 60 s: at the end, machine 2 at 11, machine 1 at 10 and " +
    "machine 3 at 9.");
  assert.equal(parts.summaryOf("Clocks", [], 60e9), "Clocks: nothing is recorded.");
});

test("the table of steps has regular times and names its columns", () => {
  const series = parts.stepSeries([RUN], (run) => run.clock);
  const table = parts.stepTable("Clocks", series)(0, 6e9);
  assert.deepEqual(table.head, ["Time", "machine 1", "machine 2", "machine 3"]);
  assert.equal(table.rows.length, 61);
  assert.deepEqual(table.rows[30], ["3 s", "1", "4", "9"]);
});

test("a table has at most 200 rows and says what it leaves out", () => {
  const rows = Array.from({ length: 1000 }, (_, k) => [String(k)]);
  const table = sim.tables.capped({ caption: "c", head: ["k"], rows, note: "Note." });
  assert.equal(table.rows.length, 200);
  assert.equal(table.note, "Note. The first 200 of 1,000 rows are shown.");
  assert.equal(sim.tables.capped({ caption: "c", head: ["k"], rows: [["1"]] }).note, "");
});

test("the first difference is the earlier of its two events", () => {
  const page = { difference: { events: [2, 1], words: "x" } };
  assert.deepEqual(parts.differenceOf([RUN, OTHER], page), { at: 2e9, words: "x" });
  assert.deepEqual(parts.differenceOf([RUN, OTHER], { difference: { events: [-1, 4], words: "" } }),
    { at: 5e9, words: "" });
  assert.equal(parts.differenceOf([RUN], page), null);
  assert.equal(parts.differenceOf([RUN, OTHER], { difference: null }), null);
});

test("a fault of both runs is shaded once", () => {
  const faults = [{ kind: "partition", from: 1, until: 2, lanes: [], note: "a | b" }];
  assert.equal(parts.bandsOf([{ ...RUN, faults }, { ...OTHER, faults }]).length, 1);
});

test("ribbons are those of a sampled run", () => {
  const levels = [[0, 1, 2, 3, 4, 5, 6]];
  const sampled = { machines: 100000, words: "8 of 100,000 machines are shown.",
    ribbons: { at: [0, 1], clock: levels, queue: [] } };
  const runs = [{ ...RUN, sampled }];
  assert.deepEqual(parts.ribbonOf(runs, "clock"), { at: [0], levels, title: "median of 100,000" });
  assert.equal(parts.ribbonOf(runs, "queue"), null);
  assert.equal(parts.ribbonOf([RUN], "clock"), null);
  assert.match(parts.wordsOf(runs, parts.ribbonOf(runs, "clock")), /^8 of 100,000 .* of all\.$/);
});

test("jumps of 1 are no points", () => {
  const points = parts.jumpPoints(RUN, 0);
  assert.deepEqual(points.map((one) => [one.title, Array.from(one.value)]),
    [["machine 1", [9]], ["machine 2", [4, 7]], ["machine 3", [9]]]);
  assert.deepEqual(points[1].pick(1), { run: 0, event: 4 });
});

test("linear ranges have room, start at 0 where that is near, and are never empty", () => {
  const { linearRange } = sim.plotting;
  assert.equal(linearRange(1, 100)[0], 0);
  assert.ok(linearRange(1, 100)[1] > 100);
  assert.ok(linearRange(90, 100)[0] > 80);
  assert.deepEqual(linearRange(0, 0), [0, 1.5]);
  assert.deepEqual(linearRange(7, 7), [6, 8]);
  assert.deepEqual(linearRange(NaN, NaN), [0, 1]);
});

test("log ranges have a floor for zeros below the least number", () => {
  const { logRange } = sim.plotting;
  const plain = logRange(2e6, 3e8, false);
  assert.ok(plain.range[0] <= 2e6 && plain.range[1] >= 3e8);
  const zeros = logRange(2e6, 3e8, true);
  assert.ok(zeros.floor < 2e6 && zeros.range[0] < zeros.floor);
  assert.deepEqual(logRange(NaN, NaN, true).range, [1, 10]);
});

test("latencies are grouped by operation and outcome, those without completion left out", () => {
  const run = nodes(2, [
    [1, 0, "read", "invoke"], [3, 0, "read", "ok"], [4, 1, "write", "invoke"],
    [9, 1, "write", "info"], [10, 0, "read", "invoke"],
  ]);
  const series = sim.charts.latencySeries(run, 0, sim.charts.namesOf([run]));
  assert.deepEqual(series.map((one) => [one.title, Array.from(one.value)]),
    [["read ok", [2]], ["write unknown", [5]]]);
  assert.notDeepEqual(series[0].marker, series[1].marker);
  const table = sim.charts.latencyTable(series);
  assert.deepEqual(table.rows[0].slice(0, 3), ["read ok", "1", "2 ns"]);
});

test("a finding leads to the first event that it names", () => {
  const run = { ...RUN, entry: Int32Array.from([-1, 5, -1, -1, -1]),
    message: Float64Array.from([NaN, NaN, 8, NaN, NaN]) };
  const { eventOfFinding } = sim.main;
  assert.equal(eventOfFinding(run, { entries: [4, 5], messages: [8] }), 1);
  assert.equal(eventOfFinding(run, { entries: [], messages: [8] }), 2);
  assert.equal(eventOfFinding(run, { entries: [], messages: [] }), -1);
});
