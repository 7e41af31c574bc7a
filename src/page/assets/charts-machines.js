// Charts of the machines: clocks, queues, drift, and jumps, for one run or two.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const { format, series: plain, marks } = sim;
  const LETTERS = ["A", "B"];
  const RUN_DASH = [[], [7, 4]];
  const TABLE_TIMES = 61;
  const MOST_BARS = 6;

  // Returns the words that tell two runs apart in a chart, "" for one run.
  function pairWords(runs) {
    if (runs.length < 2) return "";
    const names = runs.map((run, k) => `${LETTERS[k]}, ${format.name(run.title, 60)}`);
    return `Solid lines: ${names[0]}. Dashed lines: ${names[1]}.`;
  }

  // Returns the title of a series of a run: with the letter of the run where there are two.
  function titled(runs, k, title) {
    return runs.length > 1 ? `${title} · ${LETTERS[k]}` : title;
  }

  // Returns the shading of the faults of all runs; the same fault of both runs is shaded once.
  function bandsOf(runs) {
    const all = new Map();
    for (const run of runs) {
      for (const band of plain.faultBands(run)) {
        all.set(JSON.stringify([band.from, band.until, band.words]), band);
      }
    }
    return Array.from(all.values()).sort((a, b) => a.from - b.from);
  }

  // Returns the instant of the first difference of two runs, or null.
  function differenceOf(runs, page) {
    const found = page && page.difference;
    if (!found || runs.length < 2) return null;
    const instants = (found.events || [])
      .map((event, k) => (event >= 0 && runs[k] ? runs[k].at[event] : NaN))
      .filter((at) => Number.isFinite(at));
    if (instants.length === 0) return null;
    return { at: Math.min(...instants), words: format.name(found.words || "", 120) };
  }

  // Returns the series of steps of a column of all runs, ready to draw. Many lines are thin.
  function stepSeries(runs, columnOf) {
    const lanes = runs.map((run) => plain.laneSteps(run, columnOf(run)));
    const many = Math.max(0, ...lanes.map((list) => list.length)) > 12;
    return runs.flatMap((run, k) => lanes[k].map((one, index) => ({
      ...one,
      style: "steps",
      title: titled(runs, k, one.title),
      color: marks.seriesToken(index),
      dash: runs.length > 1 ? RUN_DASH[k] : marks.dashOf(index),
      width: many ? 1.25 : 2,
      pick: (i) => ({ run: k, event: one.event[i] }),
    })));
  }

  // Returns the end of a series in words: "machine 1 at 357".
  function endWords(series, formatted) {
    const value = series.value[series.value.length - 1];
    return `${series.title} at ${formatted(value)}`;
  }

  // Returns one sentence about the ends of the series, highest first.
  function summaryOf(what, series, until, formatted = format.number) {
    if (series.length === 0) return `${what}: nothing is recorded.`;
    const last = (one) => one.value[one.value.length - 1];
    const order = series.slice().sort((a, b) => last(b) - last(a));
    const ends = order.length <= 4
      ? order.map((one) => endWords(one, formatted))
      : [order[0], order[1], order[order.length - 1]].map((one) => endWords(one, formatted));
    const verb = order.length <= 4 ? "at the end" : "at the end, highest, second and lowest";
    return `${what} from 0 s to ${format.time(until)}: ${verb}, ${format.list(ends)}.`;
  }

  // Returns a table of steps at regular times.
  function stepTable(caption, series, formatted = format.number) {
    return (from, until) => {
      const times = sim.sampling.regularTimes(from, until, TABLE_TIMES);
      const columns = series.map((one) => sim.sampling.onGrid(one, times));
      return {
        caption,
        note: `Values at ${format.number(times.length)} regular times.`,
        head: ["Time", ...series.map((one) => one.title)],
        rows: times.map((at, k) => [format.instant(Math.round(at)),
          ...columns.map((column) => formatted(column[k]))]),
      };
    };
  }

  // Returns the ribbon of a sampled run, or null.
  function ribbonOf(runs, name) {
    const sampled = runs.length === 1 ? runs[0].sampled : null;
    const ribbons = sampled && sampled.ribbons;
    if (!ribbons || !ribbons[name] || ribbons[name].length === 0) return null;
    const count = Math.min(ribbons.at.length, ribbons[name].length);
    return {
      at: ribbons.at.slice(0, count),
      levels: ribbons[name].slice(0, count),
      title: `median of ${format.number(sampled.machines)}`,
    };
  }

  // Returns the words below a chart: which run is which, what is left out, what the ribbons are.
  function wordsOf(runs, ribbon) {
    const words = [pairWords(runs)];
    for (const run of runs) if (run.sampled) words.push(format.name(run.sampled.words, 300));
    if (ribbon) {
      words.push("Grey: minimum to maximum, 5 % to 95 %, 25 % to 75 %, and the median of all.");
    }
    return words.filter(Boolean).join(" ");
  }

  // Says that there is nothing to draw.
  function nothing(mount, words) {
    mount.append(sim.tables.element("p", "note", words));
  }

  // Draws a chart of steps of a column.
  function drawSteps(mount, runs, page, chart) {
    const series = stepSeries(runs, chart.column);
    if (series.length === 0) return nothing(mount, `No ${chart.noun} is recorded in this run.`);
    const ribbon = ribbonOf(runs, chart.name);
    const lanes = new Set(series.map((one) => one.lane)).size;
    const what = `${chart.title} of ${format.counted(lanes, "machine")}`;
    return new sim.Plot(mount, {
      source: chart.source, series, ribbon,
      summary: summaryOf(what, series, sim.zoom.end),
      words: wordsOf(runs, ribbon),
      table: stepTable(what, series),
      y: { name: chart.axis, format: format.number, zero: chart.zero, whole: true },
      bands: bandsOf(runs), difference: differenceOf(runs, page),
    });
  }

  function clocks(mount, runs, page) {
    return drawSteps(mount, runs, page, {
      source: "clocks", name: "clock", title: "Clocks", noun: "clock", axis: "logical clock",
      column: (run) => run.clock,
    });
  }

  function queues(mount, runs, page) {
    return drawSteps(mount, runs, page, {
      source: "queues", name: "queue", title: "Queue lengths", noun: "queue length", zero: true,
      axis: "waiting messages", column: (run) => run.queue,
    });
  }

  function drift(mount, runs, page) {
    const series = runs.map((run, k) => ({
      ...plain.drift(run),
      style: "steps",
      title: titled(runs, k, "drift"),
      color: marks.seriesToken(0),
      dash: RUN_DASH[k],
    })).filter((one) => one.at.length > 0);
    if (series.length === 0) return nothing(mount, "No clock is recorded in this run.");
    const most = series.map((one) => plain.extent(one.value)[1]);
    const summary = `${summaryOf("Drift between the highest and the lowest clock", series,
      sim.zoom.end)} At most ${format.list(most.map((value) => format.number(value)))}.`;
    return new sim.Plot(mount, {
      source: "drift", series, summary, words: pairWords(runs),
      table: stepTable("Drift: highest minus lowest clock", series),
      y: { name: "highest − lowest clock", format: format.number, zero: true, whole: true },
      bands: bandsOf(runs), difference: differenceOf(runs, page),
    });
  }

  // Returns the series of points of the jumps above 1 of a run, one for each lane.
  function jumpPoints(run, k) {
    const { event, size } = plain.jumps(run);
    const lanes = new Map();
    size.forEach((value, i) => {
      if (value <= 1) return;
      const lane = run.lane[event[i]];
      if (!lanes.has(lane)) lanes.set(lane, []);
      lanes.get(lane).push(i);
    });
    const order = Array.from(lanes.keys()).sort((a, b) => a - b);
    return order.map((lane, index) => {
      const chosen = lanes.get(lane);
      const title = plain.laneTitle(run, lane);
      const at = Float64Array.from(chosen, (i) => run.at[event[i]]);
      const value = Float64Array.from(chosen, (i) => size[i]);
      return {
        style: "points", title, at, value, color: marks.seriesToken(index),
        marker: { shape: marks.SHAPES[index % marks.SHAPES.length], filled: index % 2 === 0 },
        describe: (i) => [`${title} jumps by ${format.number(value[i])}`, format.instant(at[i])],
        pick: (i) => ({ run: k, event: event[chosen[i]] }),
      };
    });
  }

  // Draws the jumps of a run over time.
  function drawJumpPoints(mount, runs, page, k) {
    const run = runs[k];
    const series = jumpPoints(run, k);
    const all = series.flatMap((one) =>
      Array.from(one.at, (at, i) => [at, one.title, one.value[i]]));
    const most = all.reduce((found, row) => Math.max(found, row[2]), 0);
    const caption = runs.length > 1 ? `Over time · ${LETTERS[k]}` : "Over time";
    if (all.length === 0) return nothing(mount, `${caption}: no clock jumps by more than 1.`);
    return new sim.Plot(mount, {
      source: "jumps", caption, series, height: 240,
      summary: `${format.counted(all.length, "jump")} of more than 1; the largest is ` +
        `${format.number(most)}.`,
      words: "Advances by 1 are left out here.",
      table: () => ({
        caption: "The largest jumps", head: ["Time", "Machine", "Jump"],
        rows: all.slice().sort((a, b) => b[2] - a[2] || a[0] - b[0])
          .map(([at, title, value]) => [format.instant(at), title, format.number(value)]),
      }),
      y: { name: "jump", format: format.number, log: most > 40, whole: true },
      bands: plain.faultBands(run), difference: differenceOf(runs, page),
    });
  }

  // Returns the bars of a histogram: one series for each lane, or one for all where there are many
  // lanes or two runs.
  function histogramSeries(runs, histograms) {
    const bars = (title, index, counts) => ({
      style: "bars", title, value: counts, color: marks.seriesToken(index),
    });
    if (runs.length > 1) {
      return histograms.map((one, k) => bars(`all machines · ${LETTERS[k]}`, k, one.total));
    }
    const { lanes, total } = histograms[0];
    if (lanes.length > MOST_BARS) return [bars("all machines", 0, total)];
    return lanes.map((lane, index) => bars(lane.title, index, lane.counts));
  }

  // Draws the histogram of the sizes of jumps.
  function drawHistogram(mount, runs) {
    const range = plain.extent(runs.flatMap((run) => plain.extent(plain.jumps(run).size)));
    const histograms = runs.map((run) => plain.jumpHistogram(run, 24, range));
    const { bins } = histograms[0];
    if (bins.length === 0) return nothing(mount, "No clock is recorded in this run.");
    const series = histogramSeries(runs, histograms);
    const binName = (k) => (bins[k].from === bins[k].to
      ? format.number(bins[k].from)
      : `${format.number(bins[k].from)}–${format.number(bins[k].to)}`);
    const total = histograms.reduce((sum, one) => sum + one.total.reduce((a, b) => a + b, 0), 0);
    const only = series.length === 1 ? `, ${series[0].title}` : "";
    return new sim.Plot(mount, {
      source: "jump-sizes", caption: `Sizes of the jumps${only}`, series, height: 240,
      summary: `Sizes of ${format.counted(total, "advance")} of the clocks, from ` +
        `${binName(0)} to ${binName(bins.length - 1)}; counts on a log axis.`,
      table: () => ({
        caption: "Sizes of the jumps", head: ["Jump", ...series.map((one) => one.title)],
        rows: bins.map((_, k) => [binName(k), ...series.map((one) => format.number(one.value[k]))]),
      }),
      x: {
        min: -0.5, max: bins.length - 0.5,
        ticks: (count) => {
          const every = Math.ceil(bins.length / count);
          return bins.map((_, k) => k).filter((k) => k % every === 0);
        },
        labels: (ticks) => ticks.map((k) => (bins[k] ? binName(k) : "")),
        describe: (k) => bins[k] && {
          title: `jump of ${binName(k)}`,
          rows: series.map((one) => ({
            series: one, title: one.title, value: format.number(one.value[k]),
          })),
        },
      },
      y: { name: "count (log)", log: true, base: 0.7, format: format.number },
    });
  }

  function jumps(mount, runs, page) {
    if (runs.every((run) => plain.jumps(run).size.length === 0)) {
      return nothing(mount, "No clock is recorded in this run.");
    }
    const grid = sim.tables.element("div", "grid");
    mount.append(grid);
    const plots = runs.map((_, k) => drawJumpPoints(grid, runs, page, k));
    return plots.concat(drawHistogram(grid, runs));
  }

  sim.charts = {
    ...sim.charts, clocks, queues, drift, jumps,
    parts: {
      LETTERS, RUN_DASH, pairWords, titled, bandsOf, differenceOf, stepSeries, summaryOf, stepTable,
      ribbonOf, wordsOf, nothing, jumpPoints, histogramSeries,
    },
  };
})();
