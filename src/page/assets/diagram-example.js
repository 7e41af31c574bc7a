// The counterexample of a finding on a diagram: names at its operations, and edges between them
// with their labels.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  // Returns the operation that an entry begins: its `lane` and its events, -1 for the end of one
  // without an end; null where the page has no event of it.
  function operationOf(run, entry) {
    const begin = Number.isInteger(entry) ? run.eventOfEntry(entry) : -1;
    if (begin < 0) return null;
    const other = run.otherHalves()[entry] ?? -1;
    return { entry, lane: run.lane[begin], begin, end: other >= 0 ? run.eventOfEntry(other) : -1 };
  }

  // Returns the counterexample of a finding with the events of its operations; null without one.
  // Edges between two operations that are in several cases are drawn once.
  function exampleOf(run, finding) {
    const { counterexample } = finding;
    if (!counterexample) return null;
    const names = counterexample.names
      .map((one) => ({ ...one, operation: operationOf(run, one.entry) }))
      .filter((one) => one.operation);
    const edges = [];
    for (const edge of counterexample.edges) {
      const from = operationOf(run, edge.from);
      const to = operationOf(run, edge.to);
      const known = edges.some((one) => one.from.entry === edge.from && one.to.entry === edge.to);
      if (from && to && !known) edges.push({ from, to, label: edge.label });
    }
    return { kind: counterexample.kind, names, edges };
  }

  // Returns the visible middle of an operation in pixels.
  function middleOf({ layout, scale, box, laneY }, { lane, begin, end }) {
    const from = layout.px(begin, scale);
    const until = end >= 0 ? layout.px(end, scale) : from;
    const left = Math.min(Math.max(from, box.left), until);
    const right = Math.max(Math.min(until, box.right), from);
    return { x: (left + right) / 2, y: laneY(lane) };
  }

  // Returns the points of an edge: a bow, so that edges in both directions are apart.
  function bowOf(view, edge) {
    const a = middleOf(view, edge.from);
    const b = middleOf(view, edge.to);
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    const bend = Math.max(26, Math.min(60, length * 0.18));
    const flat = Math.abs(b.y - a.y) < 4;
    const middle = {
      x: (a.x + b.x) / 2 + (flat ? 0 : ((b.y - a.y) / length) * bend),
      y: (a.y + b.y) / 2 - (flat ? bend : ((b.x - a.x) / length) * bend),
    };
    return { a, b, middle };
  }

  // Draws a text on a ground of the card's colour, framed.
  function drawTag({ context, palette, box }, text, x, y, { ink, edge, bold }) {
    context.font = `${bold ? 700 : 600} 12px ${palette.font}`;
    const wide = context.measureText(text).width + 10;
    const left = Math.max(box.left + 2, Math.min(x - wide / 2, box.right - wide));
    context.beginPath();
    context.roundRect(left, y - 9, wide, 18, 5);
    context.fillStyle = palette.card;
    context.fill();
    context.lineWidth = 1.4;
    context.strokeStyle = edge;
    context.stroke();
    context.fillStyle = ink;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillText(text, left + 5, y + 0.5);
  }

  // Draws an edge with its head.
  function drawEdge(view, edge, order) {
    const { context, palette } = view;
    const { a, b, middle } = bowOf(view, edge);
    const angle = Math.atan2(b.y - middle.y, b.x - middle.x);
    const tip = { x: b.x - 11 * Math.cos(angle), y: b.y - 11 * Math.sin(angle) };
    const colour = order ? palette.ink : palette.bad;
    context.strokeStyle = colour;
    context.fillStyle = colour;
    context.lineWidth = 2.2;
    context.beginPath();
    context.moveTo(a.x, a.y);
    context.quadraticCurveTo(middle.x, middle.y, tip.x, tip.y);
    context.stroke();
    context.beginPath();
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    for (const [along, aside] of [[-4, 0], [7, 5], [7, -5]]) {
      context.lineTo(tip.x - along * cos + aside * sin, tip.y - along * sin - aside * cos);
    }
    context.fill();
    if (!edge.label) return;
    // Nearer to where the edge begins: labels of edges in both directions are apart.
    const t = 0.36;
    const [s, u, v] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
    const x = s * a.x + u * middle.x + v * b.x;
    const y = s * a.y + u * middle.y + v * b.y;
    drawTag(view, sim.format.name(edge.label, 30), x, y, { ink: palette.ink, edge: palette.bad });
  }

  // Draws the operations of the counterexample, its edges, and the names on top.
  function drawExample(view, example) {
    const { context, palette, layout, scale, box, laneY } = view;
    for (const { operation, blocked } of example.names) {
      const { lane, begin, end } = operation;
      const from = layout.px(begin, scale);
      const until = end >= 0 ? layout.px(end, scale) : from + 30;
      if (until < box.left || from > box.right) continue;
      const height = Math.min(22, view.heightOf(lane) * 0.7);
      context.beginPath();
      const wide = Math.max(6, until - from) + 10;
      context.roundRect(from - 5, laneY(lane) - height / 2, wide, height, 6);
      context.lineWidth = 2;
      context.strokeStyle = palette.bad;
      context.setLineDash(blocked ? [5, 3] : []);
      context.stroke();
      context.setLineDash([]);
    }
    for (const edge of example.edges) drawEdge(view, edge, example.kind === "order");
    for (const { operation, name, blocked } of example.names) {
      const { x, y } = middleOf(view, operation);
      if (x < box.left || x > box.right) continue;
      const ink = blocked ? palette.bad : palette.ink;
      drawTag(view, sim.format.name(name, 12), x, y - 15, { ink, edge: ink, bold: true });
    }
  }

  Object.assign(sim, { exampleOf });
  sim.diagramExample = { drawExample, bowOf };
})();
