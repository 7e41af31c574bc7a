// The events of a diagram where there is no room for marks: ticks, or bars of density. And the
// operations of clients, as bars from invocation to completion.
//
// Sends and invocations point up, receives and answers down, all else lies across the lane. While
// an event is selected the colours are those of its causal past and future.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const { CLASS, classOf, colourOf } = sim.diagramMarks;

  // Categories of events: sends and invocations, receives and answers, the rest.
  const CATEGORY = Uint8Array.from([0, 1, 2, 0, 1, 1, 1]);
  const TALLEST = 0.4;

  // Returns the height of ticks above and below the lane.
  const tickHeight = (laneHeight) => laneHeight * 0.22;

  // Draws each event of a lane as a tick.
  function drawTicks(view, lane, visible) {
    const { context, run, palette, state, laneY } = view;
    const y = laneY(lane);
    const height = tickHeight(view.heightOf(lane));
    const batches = new Map();
    for (const { event, x } of visible) {
      const key = classOf(state, event) * 16 + run.kind[event];
      if (!batches.has(key)) batches.set(key, []);
      batches.get(key).push(x);
    }
    const depth = (key) => (key >= CLASS.other * 16 ? 0 : 1);
    const order = [...batches.keys()].sort((a, b) => depth(a) - depth(b));
    for (const key of order) {
      const cls = Math.floor(key / 16);
      const category = CATEGORY[key % 16] ?? 2;
      context.fillStyle = colourOf(palette, key % 16, cls);
      context.globalAlpha = cls === CLASS.other ? 0.25 : 0.85;
      const top = category === 0 ? y - height : category === 1 ? y : y - height * 0.35;
      const tall = category === 2 ? height * 0.7 : height;
      for (const x of batches.get(key)) context.fillRect(x - 0.65, top, 1.3, tall);
    }
    context.globalAlpha = 1;
  }

  // Returns the largest count, as a power of two: heights then stay while the diagram moves.
  function fullHeight(counts, categories, together) {
    let most = 1;
    for (let i = 0; i < counts.length; i += categories) {
      const rest = counts[i + 2];
      const here = together
        ? counts[i] + counts[i + 1] + rest : Math.max(counts[i], counts[i + 1], rest);
      if (here > most) most = here;
    }
    return 2 ** Math.ceil(Math.log2(most));
  }

  // Draws the bars of density of one lane.
  function drawBars(view, lane) {
    const { layout, scale, state } = view;
    if (state.selected >= 0) {
      const { members } = layout;
      const found = sim.detail.density(layout, lane, scale, 3, (i) => {
        const cls = classOf(state, members[i]);
        return cls === CLASS.past || cls === CLASS.self ? 0 : cls === CLASS.future ? 1 : 2;
      });
      drawCausalBars(view, lane, found);
      return;
    }
    const { laneKind } = layout;
    const categoryAt = (i) => CATEGORY[laneKind[i]] ?? 2;
    drawKindBars(view, lane, sim.detail.density(layout, lane, scale, 3, categoryAt));
  }

  // Draws bars by kind: sends up, receives down, the rest across.
  function drawKindBars(view, lane, { counts, columns, column, left }) {
    const { context, palette, laneY } = view;
    const full = fullHeight(counts, 3, false);
    const tallest = view.heightOf(lane) * TALLEST;
    const y = laneY(lane);
    const colours = [palette.send, palette.receive, palette.internal];
    for (const category of [2, 0, 1]) {
      context.fillStyle = colours[category];
      context.globalAlpha = category === 2 ? 0.45 : 0.72;
      for (let c = 0; c < columns; c += 1) {
        const count = counts[c * 3 + category];
        if (count === 0) continue;
        const height = Math.max(1.5, tallest * Math.sqrt(count / full));
        const top = category === 0 ? y - height : category === 1 ? y : y - height / 2;
        context.fillRect(left + c * column, top, column - 0.8, height);
      }
    }
    context.globalAlpha = 1;
  }

  // Draws bars of the causal past, future, and the rest, one above the other.
  function drawCausalBars(view, lane, { counts, columns, column, left }) {
    const { context, palette, laneY } = view;
    const full = fullHeight(counts, 3, true);
    const tallest = view.heightOf(lane) * TALLEST * 1.6;
    const y = laneY(lane);
    const colours = [palette.past, palette.future, palette.muted];
    for (let category = 0; category < 3; category += 1) {
      context.fillStyle = colours[category];
      context.globalAlpha = category === 2 ? 0.22 : 0.85;
      for (let c = 0; c < columns; c += 1) {
        const own = counts[c * 3 + category];
        if (own === 0) continue;
        const sum = counts[c * 3] + counts[c * 3 + 1] + counts[c * 3 + 2];
        const height = Math.max(3, tallest * Math.sqrt(sum / full));
        const above = category === 0 ? 0 : category === 1 ? counts[c * 3] : sum - own;
        context.fillRect(left + c * column, y - height / 2 + (height * above) / sum, column - 0.8,
          (height * own) / sum);
      }
    }
    context.globalAlpha = 1;
  }

  // Returns the invocations to draw: those that are visible, and one that began before the window.
  function invocations({ run }, visible) {
    const found = visible.filter(({ event }) => run.kind[event] === 3).map(({ event }) => event);
    let before = visible.length > 0 ? run.previous(visible[0].event) : -1;
    for (let steps = 0; before >= 0 && run.kind[before] < 3 && steps < 50; steps += 1) {
      before = run.previous(before);
    }
    if (before >= 0 && run.kind[before] === 3) found.push(before);
    return found;
  }

  // Draws the operations of a client's lane: a bar from invocation to completion, by outcome.
  function drawOperations(view, lane, visible) {
    const { context, run, layout, scale, box, palette, state, laneY } = view;
    if (run.lanes[lane].kind !== "client") return;
    const y = laneY(lane);
    const height = Math.min(14, view.heightOf(lane) * 0.4);
    for (const event of invocations(view, visible)) {
      const entry = run.entry[event];
      const completion = entry >= 0 ? run.eventOfEntry(run.otherHalves()[entry] ?? -1) : -1;
      const kind = completion >= 0 ? run.kind[completion] : 6;
      const from = Math.max(box.left - 20, layout.px(event, scale));
      const until = Math.min(box.right + 20,
        completion >= 0 ? layout.px(completion, scale) : sim.scale.px(scale, layout.bounds.until));
      if (until - from < 3) continue;
      context.fillStyle = colourOf(palette, kind, 0);
      context.globalAlpha = state.selected >= 0 ? 0.1 : 0.2;
      context.beginPath();
      context.roundRect(from, y - height / 2, until - from, height, 4);
      context.fill();
    }
    context.globalAlpha = 1;
  }

  sim.diagramDensity = { drawTicks, drawBars, drawOperations, tickHeight };
})();
