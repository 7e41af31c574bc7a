// The colours and fonts of a diagram, read from the custom properties of the page.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  // The style of each kind of event, by its number: a shape and a colour, never colour alone.
  const KIND_STYLES = [
    { shape: "disc", colour: "send", words: "send" },
    { shape: "ring", colour: "receive", words: "receive" },
    { shape: "square", colour: "internal", words: "internal" },
    { shape: "triangle", colour: "invoke", words: "invocation" },
    { shape: "diamond", colour: "good", words: "ok" },
    { shape: "cross", colour: "bad", words: "failed" },
    { shape: "hollow", colour: "warn", words: "unknown outcome" },
  ];

  // Returns the colours of the page as they are now.
  function read(element) {
    const style = getComputedStyle(document.documentElement);
    const token = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
    return {
      card: token("--card", "#ffffff"), ink: token("--ink", "#17202b"),
      muted: token("--muted", "#526071"), line: token("--line", "#dde3ea"),
      edge: token("--edge", "#8593a5"), soft: token("--soft", "#eef2f7"),
      accent: token("--accent", "#1d5bd0"), bad: token("--bad", "#a81f24"),
      good: token("--good", "#0f6b3f"), warn: token("--warn", "#7c4d00"),
      fault: token("--fault", "rgba(214, 128, 0, 0.13)"),
      faultEdge: token("--fault-edge", token("--warn", "#b06a00")),
      send: token("--series-0", "#2563d9"), receive: token("--series-1", "#dd7a00"),
      internal: token("--muted", "#526071"), invoke: token("--series-2", "#8a1c6b"),
      past: token("--past", "#0b6e8f"), future: token("--future", "#b0471e"),
      font: getComputedStyle(element).fontFamily || "sans-serif",
    };
  }

  // Adds the outline of a shape to the current path of a context.
  function outline(context, shape, x, y, r) {
    if (shape === "disc" || shape === "ring") {
      context.moveTo(x + r, y);
      context.arc(x, y, r, 0, 6.283185307179586);
    } else if (shape === "square") {
      context.rect(x - r * 0.75, y - r * 0.75, r * 1.5, r * 1.5);
    } else if (shape === "triangle") {
      context.moveTo(x - r * 0.8, y - r * 1.1);
      context.lineTo(x + r * 1.2, y);
      context.lineTo(x - r * 0.8, y + r * 1.1);
      context.closePath();
    } else if (shape === "cross") {
      context.moveTo(x - r * 0.8, y - r * 0.8);
      context.lineTo(x + r * 0.8, y + r * 0.8);
      context.moveTo(x - r * 0.8, y + r * 0.8);
      context.lineTo(x + r * 0.8, y - r * 0.8);
    } else {
      context.moveTo(x - r * 1.2, y);
      context.lineTo(x, y - r * 1.2);
      context.lineTo(x + r * 1.2, y);
      context.lineTo(x, y + r * 1.2);
      context.closePath();
    }
  }

  // Fills or strokes the current path as a shape wants it: hollow shapes show the card within,
  // filled ones have an edge in its colour unless they are small, where it would cost too much.
  function paint(context, shape, colour, card, small = false) {
    if (shape === "cross") {
      context.lineWidth = 2.4;
      context.strokeStyle = colour;
      context.stroke();
      return;
    }
    const hollow = shape === "ring" || shape === "hollow";
    context.fillStyle = hollow ? card : colour;
    context.fill();
    if (small && !hollow) return;
    context.lineWidth = hollow ? 2 : 1.2;
    context.strokeStyle = hollow ? colour : card;
    context.stroke();
  }

  // Draws one mark.
  function mark(context, kind, x, y, r, colour, card) {
    const { shape } = KIND_STYLES[kind] || KIND_STYLES[2];
    context.beginPath();
    outline(context, shape, x, y, r);
    paint(context, shape, colour, card);
  }

  sim.palette = { KIND_STYLES, read, outline, paint, mark };
})();
