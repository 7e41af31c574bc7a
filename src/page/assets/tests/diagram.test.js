// Tests of the geometry of the diagram: scale, layout, levels of detail, arrows, hit testing.
"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const { runOf, sim } = require("./load.js");
const synthetic = require("./synthetic.js");

const WIDTH = 800;

// Returns a scale of a window over the test's pixels.
const scaleOf = (from, until) => sim.scale.make(from, until, 100, WIDTH);

test("pixels and values are inverse, and zooming keeps the value at the pointer", () => {
  const scale = scaleOf(5, 25);
  assert.equal(sim.scale.px(scale, 5), 100);
  assert.equal(sim.scale.px(scale, 25), 900);
  assert.equal(sim.scale.value(scale, sim.scale.px(scale, 7.25)), 7.25);
  const zoomed = sim.scale.zoom({ from: 5, until: 25 }, 0.5, 10);
  assert.deepEqual(zoomed, { from: 7.5, until: 17.5 });
  assert.deepEqual(sim.scale.pan({ from: 0, until: 10 }, 0.2), { from: 2, until: 12 });
});

test("a window stays within its bounds, and has a least span", () => {
  const bounds = { from: 0, until: 100 };
  assert.deepEqual(sim.scale.clamp({ from: -20, until: 10 }, bounds, 1), { from: 0, until: 30 });
  assert.deepEqual(sim.scale.clamp({ from: 90, until: 120 }, bounds, 1), { from: 70, until: 100 });
  assert.deepEqual(sim.scale.clamp({ from: -5e9, until: 5e9 }, bounds, 1), bounds);
  const least = sim.scale.clamp({ from: 50, until: 50 }, bounds, 4);
  assert.deepEqual(least, { from: 48, until: 52 });
});

test("ticks of time are round, in the window, and relative deep inside a long run", () => {
  const { base, ticks } = sim.scale.timeTicks({ from: 0, until: 60e9 }, WIDTH);
  assert.equal(base, "");
  assert.deepEqual(ticks.slice(0, 2), [{ at: 0, text: "0 s" }, { at: 10e9, text: "10 s" }]);
  const deep = sim.scale.timeTicks({ from: 59e9, until: 59e9 + 2000 }, WIDTH);
  assert.match(deep.base, /^59 s$|^58\.9\d* s$/);
  for (const tick of deep.ticks) {
    assert.match(tick.text, /^\+/);
    assert.ok(tick.at >= 59e9 - 1 && tick.at <= 59e9 + 2001);
  }
  assert.deepEqual(sim.scale.logicalTicks({ from: -1, until: 4 }, WIDTH).ticks.map((t) => t.text),
    ["0", "1", "2", "3", "4"]);
});

test("pixels of a lane do not decrease, and no arrow leads back in time", async () => {
  const runs = [await runOf(synthetic.nodes({ end: 5e9 }))];
  for (let seed = 0; seed < 30; seed += 1) runs.push(await runOf(synthetic.scrambled(seed)));
  for (const run of runs) {
    for (const logical of [false, true]) {
      const layout = new sim.Layout(run, logical);
      const { from, until } = layout.bounds;
      for (const part of [1, 0.01, 0.0001]) {
        const scale = scaleOf(from, from + (until - from) * part);
        for (let e = 0; e < run.count; e += 1) {
          const before = run.previous(e);
          if (before >= 0) assert.ok(layout.px(before, scale) <= layout.px(e, scale) + 1e-6);
          const send = run.cause[e];
          if (send >= 0 && run.lane[send] !== run.lane[e]) {
            assert.ok(layout.px(send, scale) <= layout.px(e, scale) + 1e-6);
          }
        }
      }
    }
  }
});

test("events of one instant are spread when there is room, and not beyond a limit", async () => {
  const lanes = [{ name: "n1", kind: "node", title: "n1" }];
  const events = Array.from({ length: 500 }, () => ({ at: 5, lane: 0, kind: 2 }));
  const run = await runOf({ family: "nodes", lanes, end: 10, events });
  const layout = new sim.Layout(run, false);
  const scale = scaleOf(0, 10);
  const first = layout.px(0, scale);
  const last = layout.px(499, scale);
  assert.ok(last > first && last - first <= 160);
  assert.equal(layout.eventsNear(0, first, scale, 0.1)[0], 0);
});

test("the events of a window and near a pixel are those of a linear search", async () => {
  const run = await runOf(synthetic.machines({ end: 30e9 }));
  const layout = new sim.Layout(run, false);
  for (const [from, until] of [[0, 30e9], [5e9, 6e9], [29e9, 40e9], [-5, -1], [7e9, 7e9]]) {
    for (let lane = 0; lane < 3; lane += 1) {
      const [low, high] = layout.range(lane, from, until);
      const inside = (e) => run.at[e] >= from && run.at[e] <= until;
      const expected = [...run.eventsOf(lane)].filter(inside);
      assert.deepEqual([...layout.members.subarray(low, high)], expected);
    }
  }
  const scale = scaleOf(5e9, 8e9);
  for (let pixel = 100; pixel < 900; pixel += 7) {
    const near = layout.eventsNear(2, pixel, scale, 9);
    const distance = (e) => Math.abs(layout.px(e, scale) - pixel);
    const expected = [...run.eventsOf(2)].filter((e) => distance(e) <= 9)
      .sort((a, b) => distance(a) - distance(b) || a - b);
    assert.deepEqual(near, expected);
  }
});

test("a clock that goes back does not break the order of a lane", async () => {
  const lanes = [{ name: "1", kind: "machine", title: "machine 1" }];
  const events = [5, 3, 9].map((clock, at) => ({ at, lane: 0, kind: 2, clock }));
  const layout = new sim.Layout(await runOf({ lanes, end: 3, events }), true);
  assert.deepEqual([...layout.x], [5, 5, 9]);
  assert.deepEqual([...layout.run.logical()], [5, 3, 9]);
});

test("the copies of a window are found, also those that began long before it", async () => {
  const run = await runOf(synthetic.machines({ rates: [1, 1, 40], end: 300e9, send: 0.9 }));
  const layout = new sim.Layout(run, false);
  const { start, end } = layout.copies;
  assert.ok(run.copies > 8192);
  const windows = [[0, 300e9], [100e9, 101e9], [299e9, 300e9], [-9, -1], [1e12, 2e12]];
  for (const [from, until] of windows) {
    const found = [];
    layout.copies.inWindow(from, until, (copy) => found.push(copy));
    const expected = [];
    for (let c = 0; c < run.copies; c += 1) {
      if (start[c] <= until && end[c] >= from) expected.push(c);
    }
    assert.deepEqual(found.sort((a, b) => a - b), expected);
    assert.equal(layout.copies.count(from, until, null), expected.length);
  }
});

test("too many arrows are thinned, the same ones wherever the window is", async () => {
  const run = await runOf(synthetic.machines({ rates: [30, 30, 30], end: 60e9 }));
  const layout = new sim.Layout(run, false);
  const all = sim.detail.chooseCopies(layout, 0, 60e9, null);
  assert.ok(all.every > 1 && all.chosen.length <= sim.detail.ARROWS_MAX * 1.3);
  assert.equal(all.total, run.copies);
  const some = sim.detail.chooseCopies(layout, 20e9, 21e9, null);
  assert.equal(some.every, 1);
  assert.equal(some.chosen.length, some.total);
  const moved = sim.detail.chooseCopies(layout, 1e9, 60e9, null);
  const kept = new Set(moved.chosen);
  assert.ok(all.chosen.filter((c) => layout.copies.start[c] > 1e9).every((c) => kept.has(c)));
});

test("levels of detail follow the room, and the number of marks is limited", () => {
  const { LEVEL, levels } = sim.detail;
  const of = (perLane) => levels({ perLane }, WIDTH);
  assert.deepEqual(of([0, 10, 133, 134, 500, 501]),
    [LEVEL.marks, LEVEL.marks, LEVEL.marks, LEVEL.ticks, LEVEL.ticks, LEVEL.bars]);
  const many = of(Array.from({ length: 500 }, () => 100));
  assert.ok(many.every((level) => level === LEVEL.bars));
});

test("density counts every event once, and does not change while the window moves", async () => {
  const run = await runOf(synthetic.machines({ rates: [200], end: 60e9 }));
  const layout = new sim.Layout(run, false);
  const density = (from, until) =>
    sim.detail.density(layout, 0, scaleOf(from, until), 2, (i) => layout.laneKind[i] % 2);
  const all = density(-1e9, 61e9);
  assert.equal(all.counts.reduce((sum, count) => sum + count, 0), run.count);
  const here = density(10e9, 20e9);
  const moved = density(11e9, 21e9);
  const shift = Math.round((moved.left - here.left + (1e9 * WIDTH) / 10e9) / here.column);
  for (let c = 5; c < 40; c += 1) {
    assert.equal(moved.counts[c * 2], here.counts[(c + shift) * 2]);
  }
});

test("arrows end by fate: at the receive, at a cross, or open", async () => {
  const lanes = [0, 1, 2].map((i) => ({ name: `n${i}`, kind: "node", title: `n${i}` }));
  const base = { message: 1, from: 0, to: 2, send: 0, sent: 100, receive: -1, at: 300 };
  const run = await runOf({ family: "nodes", lanes, end: 1000, events: [
    { at: 100, lane: 0, kind: 0, message: 1 }, { at: 400, lane: 2, kind: 1, message: 1 },
  ], copies: [
    { ...base, receive: 1, fate: 0 }, { ...base, fate: 1 }, { ...base, fate: 2, at: 100 },
    { ...base, fate: 3 }, { ...base, fate: 4 }, { ...base, fate: 5, at: null },
    { ...base, fate: 6, at: null }, { ...base, send: -1, sent: null, receive: 1, fate: 0 },
    { ...base, send: -1, sent: null, receive: -1, at: null, fate: 2 },
  ] });
  const layout = new sim.Layout(run, false);
  const scale = scaleOf(0, 800);
  const laneY = (lane) => lane * 50;
  const arrows = Array.from({ length: run.copies }, (_, c) =>
    sim.arrows.arrow(run, layout, scale, laneY, c));
  const { STYLE } = sim.arrows;
  assert.deepEqual(arrows.map((one) => one.style), [STYLE.received, STYLE.waiting, STYLE.lost,
    STYLE.stopped, STYLE.stopped, STYLE.open, STYLE.open, STYLE.unsent, STYLE.lost]);
  assert.deepEqual([arrows[0].x2, arrows[0].y2], [500, 100]);
  assert.deepEqual([arrows[1].x2, arrows[1].y2], [400, 100]);
  assert.equal(arrows[2].y2, 50);
  assert.ok(arrows[3].y2 < 100 && arrows[3].y2 > 50 && arrows[3].x2 <= 400);
  for (const one of arrows) {
    for (const value of [one.x1, one.y1, one.x2, one.y2]) assert.ok(Number.isFinite(value));
    assert.ok(one.x1 <= one.x2);
  }
});

test("a click finds the nearest arrow within reach", () => {
  const arrows = [{ x1: 0, y1: 0, x2: 100, y2: 100, copy: 7 },
    { x1: 0, y1: 20, x2: 100, y2: 120, copy: 8 }, { x1: 50, y1: 300, x2: 50, y2: 300, copy: 9 }];
  assert.equal(sim.arrows.arrowNear(arrows, 50, 51, 5), 7);
  assert.equal(sim.arrows.arrowNear(arrows, 50, 69, 5), 8);
  assert.equal(sim.arrows.arrowNear(arrows, 52, 301, 5), 9);
  assert.equal(sim.arrows.arrowNear(arrows, 200, 0, 5), -1);
});

test("segments are cut to the visible range", () => {
  const cut = sim.arrows.clipped({ x1: -1e9, y1: 0, x2: 1e9, y2: 100 }, 0, 100);
  assert.ok(Math.abs(cut.y1 - 50) < 1e-4 && Math.abs(cut.y2 - 50) < 1e-4);
  assert.deepEqual([cut.x1, cut.x2], [0, 100]);
  assert.equal(sim.arrows.clipped({ x1: -5, y1: 0, x2: -1, y2: 9 }, 0, 100), null);
  const inside = { x1: 1, y1: 2, x2: 3, y2: 4 };
  assert.deepEqual(sim.arrows.clipped(inside, 0, 100), inside);
});

test("faults that overlap are in different rows of the strip", () => {
  const rows = sim.diagramFaults.rowsOf([
    { from: 0, until: 10 }, { from: 5, until: 15 }, { from: 10, until: 20 }, { from: 6, until: 7 },
    { from: 6, until: 8 },
  ]);
  assert.deepEqual(rows.rows.slice(0, 3), [0, 1, 0]);
  assert.equal(rows.count, 3);
  assert.equal(sim.diagramFaults.rowsOf([]).height, 0);
});

test("in logical time a fault covers the events that happened during it, lane by lane", async () => {
  const partition = { from: 1e9, until: 2e9, lanes: [2] };
  const run = await runOf(synthetic.nodes({ partition, end: 4e9 }));
  const [fault] = run.faults;
  const physical = sim.diagramFaults.faultsOf(run, new sim.Layout(run, false));
  assert.deepEqual(physical.list[0].lanes, [{ lane: 2, from: 1e9, until: 2e9 }]);
  const layout = new sim.Layout(run, true);
  const logical = sim.diagramFaults.faultsOf(run, layout);
  const [{ from, until }] = logical.list[0].lanes;
  const during = Array.from(run.eventsOf(2))
    .filter((event) => run.at[event] >= fault.from && run.at[event] < fault.until);
  assert.ok(during.length > 0);
  for (const event of run.eventsOf(2)) {
    const isInside = layout.x[event] > from && layout.x[event] < until;
    assert.equal(isInside, during.includes(event), `event ${event}`);
  }
  assert.match(sim.diagramFaults.wordsOf(run, layout, logical), /shaded over the events/);
});

test("a fault without an event on a lane has no band there in logical time, in words", async () => {
  const run = await runOf(synthetic.nodes({ end: 4e9 }));
  run.faults = [{ kind: "pause", from: 5e9, until: 6e9, lanes: [1], note: "" }];
  const layout = new sim.Layout(run, true);
  const found = sim.diagramFaults.faultsOf(run, layout);
  assert.deepEqual([found.list[0].whole, found.list[0].empty], [null, [1]]);
  assert.match(sim.diagramFaults.wordsOf(run, layout, found), /no event then: n1 during pause/);
});

test("lanes are as high as there is room, and scroll where there is none", async () => {
  const rowsOf = async (count, room) => {
    const lanes = Array.from({ length: count }, (_, i) => (
      { name: `${i}`, kind: "machine", title: `machine ${i}` }));
    return new sim.LaneRows(await runOf({ lanes }), room);
  };
  const few = await rowsOf(5, 400);
  assert.deepEqual([few.height, few.total, few.visible, few.middle(1)], [80, 400, 400, 120]);
  assert.equal((await rowsOf(1, 400)).height, 96);
  const many = await rowsOf(500, 400);
  assert.deepEqual([many.height, many.total, many.visible], [22, 11000, 400]);
  assert.deepEqual(many.between(0, 44), [0, 1, 2]);
  assert.deepEqual(many.between(10990, 12000), [499]);
  assert.deepEqual([-1, 0, 21.9, 22, 10999, 11000].map((y) => many.laneAt(y)),
    [-1, 0, 0, 1, 499, -1]);
  assert.deepEqual((await rowsOf(0, 400)).between(0, 100), []);
});

test("clients that did next to nothing are thin among many lanes", async () => {
  const lanes = Array.from({ length: 12 }, (_, i) => (
    { name: `${i}`, kind: i < 3 ? "node" : "client", title: `lane ${i}` }));
  const events = Array.from({ length: 20 }, (_, at) => ({ at, lane: 11, kind: 2 }));
  const rows = new sim.LaneRows(await runOf({ lanes, events, end: 20 }), 400);
  assert.deepEqual(rows.idleGroups(), [{ from: 3, count: 8 }]);
  assert.ok(rows.heightOf(3) < rows.heightOf(11) && rows.total <= 401);
  assert.equal(rows.laneAt(rows.middle(7)), 7);
  const quiet = new sim.LaneRows(await runOf({ lanes, end: 20 }), 400);
  assert.deepEqual(quiet.idleGroups(), []);
});

test("the minimap counts all events, and its window has edges to drag", async () => {
  const run = await runOf(synthetic.machines({ end: 30e9 }));
  const layout = new sim.Layout(run, false);
  const counts = sim.minimapParts.overview(layout, 100);
  assert.equal(counts.reduce((sum, count) => sum + count, 0), run.count);
  const scale = scaleOf(0, 100);
  const part = (x) => sim.minimapParts.partAt(scale, { from: 25, until: 50 }, x);
  assert.deepEqual([302, 400, 498, 700, 200].map(part),
    ["from", "window", "until", "outside", "outside"]);
});

test("degenerate runs have a layout: no lanes, one event, huge times", async () => {
  const lanes = [{ name: "n", kind: "node", title: "n" }];
  const cases = [
    { lanes: [], end: 0 }, { lanes, end: 0 },
    { lanes, end: 0, events: [{ at: 0, lane: 0, kind: 2 }] },
    { lanes, end: 2 ** 60, events: [{ at: 2 ** 59, lane: 0, kind: 2 }] },
  ];
  for (const rows of cases) {
    const run = await runOf(rows);
    for (const logical of [false, true]) {
      const layout = new sim.Layout(run, logical);
      assert.ok(layout.bounds.until > layout.bounds.from);
      const { from, until } = layout.bounds;
      const ticksOf = logical ? sim.scale.logicalTicks : sim.scale.timeTicks;
      const { ticks } = ticksOf({ from, until }, WIDTH);
      for (const tick of ticks) assert.ok(Number.isFinite(tick.at) && tick.text !== "");
    }
  }
});
