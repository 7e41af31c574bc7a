// Layers of a plot that uPlot does not have: fault bands, ribbons, markers, bars, labels at the
// ends of lines, the line of the first difference. Each draws on the canvas of a plot.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const { fitted } = sim.format;
  const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif';
  const STRIP = 18;
  const AXIS = 30;
  const STUB = 34;
  const RIBBONS = [[0, 6, 0.13], [1, 5, 0.17], [2, 4, 0.24]];
  let measure = null;

  // Returns the font of the canvas at a size in CSS pixels.
  function font(size, weight = 400) {
    return `${weight} ${size * uPlot.pxRatio}px ${FONT}`;
  }

  // Returns the width of a text of an axis, in CSS pixels.
  function textWidth(text) {
    if (!measure) measure = document.createElement("canvas").getContext("2d");
    if (!measure) return text.length * 7;
    measure.font = `12px ${FONT}`;
    return measure.measureText(text).width;
  }

  // Runs a drawing with the state of the context kept, in the box of the plot if `clipped`.
  function within(u, clipped, draw) {
    const context = u.ctx;
    const box = u.bbox;
    context.save();
    context.setLineDash([]);
    context.globalAlpha = 1;
    context.textAlign = "left";
    if (clipped) {
      context.beginPath();
      context.rect(box.left, box.top, box.width, box.height);
      context.clip();
    }
    draw(context, box, uPlot.pxRatio);
    context.restore();
  }

  // Draws the x axis: grid lines where they are wanted, ticks, labels below.
  function axis(u, ticks, labels, grid) {
    within(u, false, (context, box, ratio) => {
      const foot = box.top + box.height;
      context.font = font(12);
      context.textAlign = "center";
      context.textBaseline = "top";
      ticks.forEach((tick, k) => {
        const x = Math.round(u.valToPos(tick, "x", true));
        context.fillStyle = sim.marks.color("--line");
        context.fillRect(x, grid ? box.top : foot, ratio, (grid ? box.height : 0) + 5 * ratio);
        context.fillStyle = sim.marks.color("--muted");
        context.fillText(labels[k], x, foot + 9 * ratio);
      });
    });
  }

  // Draws the shading of the faults, below everything.
  function bands(u, list) {
    within(u, true, (context, box, ratio) => {
      for (const band of list) {
        const left = u.valToPos(band.from, "x", true);
        const right = Math.max(left + ratio, u.valToPos(band.until, "x", true));
        if (right < box.left || left > box.left + box.width) continue;
        context.fillStyle = sim.marks.color("--fault");
        context.fillRect(left, box.top, right - left, box.height);
        context.strokeStyle = sim.marks.color("--fault-edge");
        context.lineWidth = ratio;
        context.setLineDash([3 * ratio, 3 * ratio]);
        context.beginPath();
        for (const x of [left, right]) {
          context.moveTo(Math.round(x) + 0.5, box.top);
          context.lineTo(Math.round(x) + 0.5, box.top + box.height);
        }
        context.stroke();
      }
    });
  }

  // Draws the labels of the faults in the strip above the plot, each from the start of its fault to
  // the next label.
  function bandLabels(u, list) {
    within(u, false, (context, box, ratio) => {
      const right = box.left + box.width;
      context.font = font(11, 600);
      context.textBaseline = "middle";
      const shown = list
        .map((band) => ({
          words: band.words,
          left: Math.max(box.left, u.valToPos(band.from, "x", true)),
          end: u.valToPos(band.until, "x", true),
        }))
        .filter((band) => band.left < right && band.end >= box.left);
      let free = box.left;
      shown.forEach((band, k) => {
        if (band.left < free) return;
        const next = shown.slice(k + 1).find((other) => other.left > band.left + 60 * ratio);
        const limit = next ? next.left - 8 * ratio : right + 12 * ratio;
        const text = fitted(context, band.words, Math.min(limit - band.left, 420 * ratio));
        if (text === "") return;
        const y = box.top - (STRIP / 2 + 1) * ratio;
        context.fillStyle = sim.marks.color("--fault-edge");
        context.fillRect(Math.round(band.left) - ratio / 2, y - 7 * ratio, ratio * 1.5,
          box.top - y + 7 * ratio);
        context.fillStyle = sim.marks.color("--ink");
        context.fillText(text, band.left + 5 * ratio, y);
        free = band.left + context.measureText(text).width + 6 * ratio;
      });
    });
  }

  // Draws ribbons of quantiles {at, levels: [[min, q05, q25, q50, q75, q95, max] …]} and a line for
  // the median.
  function ribbons(u, ribbon) {
    const y = (value) => u.valToPos(value, "y", true);
    within(u, true, (context, box, ratio) => {
      const xs = ribbon.at.map((at) => u.valToPos(at, "x", true));
      context.fillStyle = sim.marks.color("--muted");
      for (const [low, high, alpha] of RIBBONS) {
        context.globalAlpha = alpha;
        context.beginPath();
        xs.forEach((x, k) => context.lineTo(x, y(ribbon.levels[k][high])));
        for (let k = xs.length - 1; k >= 0; k -= 1) {
          context.lineTo(xs[k], y(ribbon.levels[k][low]));
        }
        context.closePath();
        context.fill();
      }
      context.globalAlpha = 1;
      context.strokeStyle = sim.marks.color("--muted");
      context.lineWidth = 1.5 * ratio;
      context.beginPath();
      xs.forEach((x, k) => context.lineTo(x, y(ribbon.levels[k][3])));
      context.stroke();
    });
  }

  // Draws the markers of a series of points. `shown` are the indices of those to draw.
  function markers(u, series, shown, place) {
    within(u, true, (context, box, ratio) => {
      const path = new Path2D();
      const radius = (shown.length > 3000 ? 2 : series.radius || 3) * ratio;
      for (const i of shown) {
        const x = u.valToPos(series.at[i], "x", true);
        sim.marks.addShape(path, series.marker.shape, x, place(series.value[i]), radius);
      }
      const ink = sim.marks.color(series.color);
      if (series.marker.filled) {
        context.globalAlpha = shown.length > 1500 ? 0.6 : 0.8;
        context.fillStyle = ink;
        context.fill(path);
      } else {
        context.strokeStyle = ink;
        context.lineWidth = 1.6 * ratio;
        context.stroke(path);
      }
    });
  }

  // Draws the bars of a histogram: those of series `index` of `all` side by side in each bin.
  function bars(u, series, index, all, base) {
    within(u, true, (context, box, ratio) => {
      context.fillStyle = sim.marks.color(series.color);
      const foot = u.valToPos(base, "y", true);
      const share = 0.82 / all;
      for (let k = 0; k < series.value.length; k += 1) {
        if (!(series.value[k] > 0)) continue;
        const left = u.valToPos(k - 0.41 + share * index, "x", true);
        const right = u.valToPos(k - 0.41 + share * (index + 1), "x", true);
        const top = u.valToPos(series.value[k], "y", true);
        const gap = all > 1 ? Math.min(ratio, (right - left) / 6) : 0;
        context.fillRect(left + gap / 2, top, Math.max(ratio, right - left - gap), foot - top);
      }
    });
  }

  // Draws labels right of the plot, each at the height of the end of its line.
  // `ends`: [{y, title, color, dash}], y in canvas pixels.
  function endLabels(u, ends, limit) {
    within(u, false, (context, box, ratio) => {
      const gap = 15 * ratio;
      const places = sim.sampling.spread(ends.map((end) => end.y), gap,
        box.top + 2 * ratio, box.top + box.height - 2 * ratio);
      const x = box.left + box.width;
      context.font = font(12);
      context.textBaseline = "middle";
      ends.forEach((end, k) => {
        context.strokeStyle = sim.marks.color(end.color);
        context.lineWidth = 2 * ratio;
        context.beginPath();
        context.moveTo(x + 2 * ratio, end.y);
        context.lineTo(x + 8 * ratio, places[k]);
        context.stroke();
        context.setLineDash((end.dash || []).map((length) => length * ratio));
        context.beginPath();
        context.moveTo(x + 8 * ratio, places[k]);
        context.lineTo(x + (STUB - 4) * ratio, places[k]);
        context.stroke();
        context.setLineDash([]);
        context.fillStyle = sim.marks.color("--ink");
        context.fillText(fitted(context, end.title, limit * ratio), x + STUB * ratio, places[k]);
      });
    });
  }

  // Draws the vertical line of the first difference of two runs, with its words.
  function difference(u, found) {
    within(u, true, (context, box, ratio) => {
      const x = Math.round(u.valToPos(found.at, "x", true)) + 0.5;
      if (x < box.left || x > box.left + box.width) return;
      context.strokeStyle = sim.marks.color("--bad");
      context.lineWidth = 2 * ratio;
      context.beginPath();
      context.moveTo(x, box.top);
      context.lineTo(x, box.top + box.height);
      context.stroke();
      context.font = font(12, 600);
      context.textBaseline = "bottom";
      const text = "first difference";
      const width = context.measureText(text).width + 10 * ratio;
      const right = x + width <= box.left + box.width;
      const left = right ? x + ratio : x - width - ratio;
      const y = box.top + box.height - 4 * ratio;
      context.fillStyle = sim.marks.color("--card");
      context.fillRect(left, y - 17 * ratio, width, 18 * ratio);
      context.fillStyle = sim.marks.color("--bad");
      context.fillText(text, left + 5 * ratio, y);
    });
  }

  sim.layers = {
    FONT, STRIP, AXIS, STUB, font, textWidth, axis, bands, bandLabels, ribbons, markers,
    bars, endLabels, difference,
  };
})();
