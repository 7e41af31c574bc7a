// Levels of detail of a diagram: which lanes show marks, ticks, or bars of density, and which
// messages are drawn. Pure, no canvas.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const LEVEL = { marks: 0, ticks: 1, bars: 2 };
  const MARK_ROOM = 6;
  const TICK_ROOM = 1.6;
  const MARKS_MAX = 2500;
  const ARROWS_MAX = 800;
  const COLUMNS = [4, 6, 8, 12, 16];
  const COLUMN_EVENTS = 3;

  // Returns the number of events of a window by lane, and their sum.
  function countEvents(layout, lanes, from, until) {
    let total = 0;
    const perLane = lanes.map((lane) => {
      const [low, high] = layout.range(lane, from, until);
      total += high - low;
      return high - low;
    });
    return { perLane, total };
  }

  // Returns for each lane how its events are drawn: as marks where they have room, as ticks where
  // they have a little, else as bars; never more marks and ticks than can be drawn in a frame.
  function levels(counts, width) {
    const level = (count) => {
      if (count <= width / MARK_ROOM) return LEVEL.marks;
      return count <= width / TICK_ROOM ? LEVEL.ticks : LEVEL.bars;
    };
    const found = counts.perLane.map(level);
    const single = counts.perLane.reduce((sum, count, i) =>
      sum + (found[i] === LEVEL.bars ? 0 : count), 0);
    if (single <= MARKS_MAX) return found;
    return counts.perLane.map((count) => (count <= 40 ? LEVEL.marks : LEVEL.bars));
  }

  // Returns the width in pixels of a column that has some events on average.
  function columnWidth(events, width) {
    return COLUMNS.find((column) => (events * column) / width >= COLUMN_EVENTS) ||
      COLUMNS[COLUMNS.length - 1];
  }

  // Returns the number of events of each category in each column of a lane:
  // `counts[column * categories + category]`, the first column at pixel `left`. Columns are aligned
  // to x, not to the window, so that they do not flicker while the diagram moves.
  function density(layout, lane, scale, categories, categoryAt) {
    let [low, high] = layout.range(lane, scale.from, scale.until);
    const column = columnWidth(high - low, scale.width);
    const span = column / scale.k;
    const first = Math.floor(scale.from / span);
    const columns = Math.ceil(scale.width / column) + 1;
    [low, high] = layout.range(lane, first * span, (first + columns) * span);
    const counts = new Uint32Array(columns * categories);
    for (let i = low; i < high; i += 1) {
      const at = Math.min(columns - 1, Math.max(0, Math.floor(layout.laneX[i] / span) - first));
      counts[at * categories + categoryAt(i)] += 1;
    }
    return { counts, columns, column, left: sim.scale.px(scale, first * span) };
  }

  // Returns the copies to draw of a window: all, or each n-th where there are too many. The choice
  // depends on the copy alone, so that arrows do not flicker while the diagram moves. `wanted` is
  // null where all lanes are visible.
  function chooseCopies(layout, from, until, wanted) {
    const total = layout.copies.count(from, until, wanted);
    let every = 1;
    while (total / every > ARROWS_MAX) every *= 2;
    const chosen = [];
    layout.copies.inWindow(from, until, (copy) => {
      if (every > 1 && hash(copy) % every !== 0) return;
      if (wanted === null || wanted(copy)) chosen.push(copy);
    });
    return { chosen, total, every };
  }

  // Returns a number that looks random, the same for the same copy.
  function hash(copy) {
    let h = Math.imul(copy + 1, 0x9e3779b1);
    h ^= h >>> 15;
    h = Math.imul(h, 0x85ebca6b);
    return (h ^ (h >>> 13)) >>> 0;
  }

  sim.detail = {
    LEVEL, MARKS_MAX, ARROWS_MAX, countEvents, levels, density, chooseCopies,
  };
})();
