// Colours, dashes, and marker shapes of series: what tells them apart, with and without colour.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const DASHES = [[], [9, 3], [2, 3], [10, 3, 2, 3], [5, 3], [14, 4], [1, 3], [8, 3, 2, 3, 2, 3]];
  const SHAPES = ["circle", "square", "diamond", "triangle", "pentagon", "bar"];
  const CROSSES = ["cross", "plus", "star"];
  const SERIES = 8;
  let cache = new Map();

  // Returns the colour of a custom property of the root, such as "--ink".
  function color(token) {
    if (!cache.has(token)) {
      const style = getComputedStyle(document.documentElement);
      cache.set(token, style.getPropertyValue(token).trim() || "#888888");
    }
    return cache.get(token);
  }

  // Forgets the colours. Called when the theme changes, before anything is drawn again.
  function refresh() {
    cache = new Map();
  }

  // Returns the token of the colour of a series.
  function seriesToken(index) {
    return `--series-${index % SERIES}`;
  }

  // Returns the dashes of a series, in CSS pixels: different in each round of the colours.
  function dashOf(index) {
    return DASHES[(index + Math.floor(index / SERIES)) % DASHES.length];
  }

  // Returns the marker of an operation and its outcome: filled for ok, hollow for unknown,
  // a cross for fail.
  function markerOf(index, outcome) {
    if (outcome === "fail") return { shape: CROSSES[index % CROSSES.length], filled: false };
    return { shape: SHAPES[index % SHAPES.length], filled: outcome === "ok" };
  }

  // Adds a regular polygon to a path.
  function polygon(path, x, y, radius, corners, turn) {
    for (let k = 0; k < corners; k += 1) {
      const angle = turn + (2 * Math.PI * k) / corners;
      const cornerX = x + radius * Math.cos(angle);
      const cornerY = y + radius * Math.sin(angle);
      if (k === 0) path.moveTo(cornerX, cornerY);
      else path.lineTo(cornerX, cornerY);
    }
    path.closePath();
  }

  // Adds strokes through a centre to a path.
  function strokes(path, x, y, radius, angles) {
    for (const angle of angles) {
      const dx = radius * Math.cos(angle);
      const dy = radius * Math.sin(angle);
      path.moveTo(x - dx, y - dy);
      path.lineTo(x + dx, y + dy);
    }
  }

  const TURN = Math.PI / 2;
  const ADD = {
    circle: (p, x, y, r) => { p.moveTo(x + r, y); p.arc(x, y, r, 0, 2 * Math.PI); },
    square: (p, x, y, r) => p.rect(x - r * 0.88, y - r * 0.88, r * 1.76, r * 1.76),
    diamond: (p, x, y, r) => polygon(p, x, y, r * 1.25, 4, -TURN),
    triangle: (p, x, y, r) => polygon(p, x, y + r * 0.2, r * 1.25, 3, -TURN),
    pentagon: (p, x, y, r) => polygon(p, x, y, r * 1.12, 5, -TURN),
    bar: (p, x, y, r) => p.rect(x - r * 1.2, y - r * 0.5, r * 2.4, r),
    cross: (p, x, y, r) => strokes(p, x, y, r * 1.2, [TURN / 2, -TURN / 2]),
    plus: (p, x, y, r) => strokes(p, x, y, r * 1.2, [0, TURN]),
    star: (p, x, y, r) => strokes(p, x, y, r * 1.2, [0, TURN, TURN / 2, -TURN / 2]),
  };

  // Adds a marker to a path.
  function addShape(path, shape, x, y, radius) {
    (ADD[shape] || ADD.circle)(path, x, y, radius);
  }

  // Draws the sample of an operation in the legend: plain, hatched, or dotted.
  function drawOperation(context, outcome) {
    context.fillRect(2, 1, 22, 12);
    context.beginPath();
    context.rect(2, 1, 22, 12);
    context.clip();
    context.strokeStyle = color("--op-ink");
    context.fillStyle = color("--op-ink");
    context.globalAlpha = 0.4;
    context.lineWidth = 1;
    for (let x = -8; outcome === "fail" && x < 30; x += 6) {
      context.beginPath();
      context.moveTo(x, 14);
      context.lineTo(x + 14, 0);
      context.stroke();
    }
    for (let x = 4; outcome === "unknown" && x < 24; x += 6) {
      context.fillRect(x, 3, 2, 2);
      context.fillRect(x + 3, 8, 2, 2);
    }
  }

  // Draws the sample of a series in the legend: a line, a marker, or a bar.
  function drawSwatch(canvas, series) {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = 26 * ratio;
    canvas.height = 14 * ratio;
    const context = canvas.getContext("2d");
    if (!context) return;
    context.scale(ratio, ratio);
    const ink = color(series.color);
    context.strokeStyle = ink;
    context.fillStyle = ink;
    context.lineWidth = Math.max(1.5, series.width || 2);
    if (series.style === "points") {
      const path = new Path2D();
      addShape(path, series.marker.shape, 13, 7, 4);
      if (series.marker.filled) context.fill(path);
      context.lineWidth = 1.6;
      context.stroke(path);
    } else if (series.style === "bars") {
      context.fillRect(6, 1, 14, 12);
    } else if (series.style === "operation") {
      drawOperation(context, series.outcome);
    } else {
      context.setLineDash(series.dash || []);
      context.beginPath();
      context.moveTo(0, 7);
      context.lineTo(26, 7);
      context.stroke();
    }
  }

  sim.marks = {
    DASHES, SHAPES, color, refresh, seriesToken, dashOf, markerOf, addShape, drawSwatch,
  };
})();
