// The events of a diagram as marks with their labels. Where there is no room for marks:
// `diagram-density.js`.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  // Classes of an event while one is selected.
  const CLASS = { normal: 0, past: 1, future: 2, other: 3, self: 4 };

  // Returns the class of an event.
  function classOf(state, event) {
    if (state.selected < 0) return CLASS.normal;
    if (event === state.selected) return CLASS.self;
    if (state.past[event] === 1) return CLASS.past;
    return state.future[event] === 1 ? CLASS.future : CLASS.other;
  }

  // Returns the colour of a mark.
  function colourOf(palette, kind, cls) {
    if (cls === CLASS.past) return palette.past;
    if (cls === CLASS.future) return palette.future;
    return palette[(sim.palette.KIND_STYLES[kind] || sim.palette.KIND_STYLES[2]).colour];
  }

  // Returns the radius of marks for a height of lanes.
  const radiusOf = (laneHeight) => Math.max(2.8, Math.min(6.5, laneHeight * 0.14));

  // Returns the radius of the marks of a lane: smaller where they are close to each other.
  function radiusIn({ box, heightOf }, lane, visible) {
    const spacing = (box.right - box.left) / Math.max(1, visible.length);
    return Math.max(2.4, Math.min(radiusOf(heightOf(lane)), spacing * 0.5));
  }

  // Returns the events of a lane in the window with their pixels.
  function visibleEvents({ layout, scale, box }, lane) {
    const slack = 60 / scale.k;
    const [low, high] = layout.range(lane, scale.from - slack * 6, scale.until + slack);
    const found = [];
    for (let i = low; i < high; i += 1) {
      const x = layout.px(layout.members[i], scale);
      if (x < box.left - 40 || x > box.right + 40) continue;
      found.push({ event: layout.members[i], x, rank: i - layout.offsets[lane] });
    }
    return found;
  }

  // Draws the marks of one lane, in batches of one kind and class.
  function drawMarks(view, lane, visible) {
    const { context, run, box, palette, state, laneY } = view;
    const y = laneY(lane);
    const radius = radiusIn(view, lane, visible);
    const rings = (box.right - box.left) / Math.max(1, visible.length) > 3 * radius;
    const batches = new Map();
    for (const { event, x } of visible) {
      const cls = classOf(state, event);
      if (cls === CLASS.self) continue;
      const key = cls * 16 + run.kind[event];
      if (!batches.has(key)) batches.set(key, []);
      batches.get(key).push(x);
    }
    const depth = (key) => (key >= CLASS.other * 16 ? 0 : 1);
    const order = [...batches.keys()].sort((a, b) => depth(a) - depth(b) || a % 16 - b % 16);
    for (const key of order) {
      const kind = key % 16;
      const cls = Math.floor(key / 16);
      const { shape } = sim.palette.KIND_STYLES[kind] || sim.palette.KIND_STYLES[2];
      const r = cls === CLASS.other ? radius * 0.8 : cls === CLASS.normal ? radius : radius * 1.1;
      context.globalAlpha = cls === CLASS.other ? 0.28 : 1;
      context.beginPath();
      for (const x of batches.get(key)) sim.palette.outline(context, shape, x, y, r);
      sim.palette.paint(context, shape, colourOf(palette, kind, cls), palette.card, radius < 4);
      if (cls === CLASS.future && rings) {
        drawRings(context, batches.get(key), y, r + 3, palette.future);
      }
    }
    context.globalAlpha = 1;
  }

  // Draws thin rings around marks: the second sign of the causal future.
  function drawRings(context, xs, y, r, colour) {
    context.beginPath();
    for (const x of xs) sim.palette.outline(context, "disc", x, y, r);
    context.lineWidth = 1;
    context.strokeStyle = colour;
    context.stroke();
  }

  // Returns the label of an event and that of its jump.
  function labelsOf(run, event) {
    if (!Number.isNaN(run.clock[event])) {
      const jump = run.jump(event);
      return { above: String(run.clock[event]), below: jump > 1 ? `+${jump}` : "" };
    }
    const entry = run.history[run.entry[event]];
    if (!entry) return { above: "", below: "" };
    if (entry.kind === "invoke") {
      return { above: sim.format.name(sim.nameOfOperation(entry), 24), below: "" };
    }
    if (entry.kind === "info") return { above: "", below: "unknown" };
    if (entry.kind === "fail") return { above: "", below: "fail" };
    const invoke = run.history[run.otherHalves()[run.entry[event]]];
    const answers = invoke && invoke.value !== entry.value && entry.value !== "null";
    return { above: "", below: answers ? sim.format.name(entry.value, 18) : "" };
  }

  // Returns the n of each n-th label that there is room for: a power of two, so that labels stay
  // while the diagram moves.
  function labelStride({ run, box }, lane, visible, size) {
    if (run.lanes[lane].kind === "client" || visible.length < 2) return 1;
    const width = visible[visible.length - 1].x - visible[0].x;
    const longest = labelsOf(run, visible[visible.length - 1].event).above.length;
    const spacing = Math.max(0.01, width / (visible.length - 1));
    const wanted = (longest * size * 0.58 + 12) / spacing;
    return wanted <= 1 ? 1 : 2 ** Math.ceil(Math.log2(wanted));
  }

  // Draws the labels of one lane: a clock above its mark, the jump below, where there is room.
  // `reach` is the height of marks above and below the lane.
  function drawLabels(view, lane, visible, reach) {
    const { context, run, palette, state, laneY } = view;
    const laneHeight = view.heightOf(lane);
    const y = laneY(lane);
    const size = laneHeight < 44 ? 10.5 : 12.5;
    if (reach + 3 + size * 0.75 > laneHeight / 2) return;
    const every = labelStride(view, lane, visible, size);
    context.textAlign = "center";
    const draw = (text, x, at, colour, weight) => {
      context.font = `${weight} ${size}px ${palette.font}`;
      context.lineWidth = 3.5;
      context.lineJoin = "round";
      context.strokeStyle = palette.card;
      context.strokeText(text, x, at);
      context.fillStyle = colour;
      context.fillText(text, x, at);
    };
    let lastAbove = -Infinity;
    let lastBelow = -Infinity;
    for (let i = 0; i < visible.length; i += 1) {
      const { event, x } = visible[i];
      const { above, below } = labelsOf(run, event);
      const cls = classOf(state, event);
      const room = above.length * size * 0.58 + 8;
      const chosen = visible[i].rank % every === 0 || cls === CLASS.self;
      context.globalAlpha = cls === CLASS.other ? 0.4 : 1;
      if (above && chosen && x - room / 2 >= lastAbove) {
        context.textBaseline = "bottom";
        draw(above, x, y - reach - 3, palette.ink, cls === CLASS.self ? 700 : 450);
        lastAbove = x + room / 2;
      }
      const wide = below.length * size * 0.58 + 8;
      if (below && laneHeight >= 44 && x - wide / 2 >= lastBelow) {
        const clock = !Number.isNaN(run.clock[event]);
        context.textBaseline = "top";
        draw(below, x, y + reach + 3, clock ? palette.warn : palette.muted, clock ? 650 : 450);
        lastBelow = x + wide / 2;
      }
    }
    context.globalAlpha = 1;
  }

  // Draws a ring and the mark of an event above all else.
  function drawAccent(view, event, colour, width = 3) {
    const { context, run, layout, scale, box, palette, laneY } = view;
    const x = layout.px(event, scale);
    const y = laneY(run.lane[event]);
    if (x < box.left - 12 || x > box.right + 12 || y < box.top || y > box.bottom) return;
    const radius = radiusOf(view.heightOf(run.lane[event]));
    context.beginPath();
    context.arc(x, y, radius + 5, 0, 6.2832);
    context.fillStyle = palette.card;
    context.fill();
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
    const kind = run.kind[event];
    sim.palette.mark(context, kind, x, y, radius, colourOf(palette, kind, 0), palette.card);
  }

  sim.diagramMarks = {
    CLASS, classOf, colourOf, radiusIn, visibleEvents, drawMarks, drawLabels, drawAccent, radiusOf,
    labelsOf,
  };
})();
