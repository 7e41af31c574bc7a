// Series of a run as plain arrays: clocks, queues, drift, jumps. Pure functions, no document.
//
// A series of steps is {at, value}, two arrays of the same length, `at` ascending: the value holds
// from its instant to the next one. NaN is a gap.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  // Returns the index of the last entry of a sorted array that is at most `value`, -1 if none is.
  function indexAtOrBefore(sorted, value) {
    return sim.countUpTo(sorted, value) - 1;
  }

  // Returns the value of steps at an instant, NaN before the first.
  function valueAt(series, at) {
    const index = indexAtOrBefore(series.at, at);
    return index < 0 ? NaN : series.value[index];
  }

  // Returns the title of a lane that is safe to show.
  function laneTitle(run, lane) {
    const known = run.lanes[lane] || {};
    return sim.format.name(known.title || known.name || `lane ${lane}`, 40);
  }

  // Returns one series of steps for each lane that has a finite number in `column`. Each starts
  // with 0 at time 0.
  function laneSteps(run, column) {
    const counts = new Int32Array(run.lanes.length);
    for (let e = 0; e < run.count; e += 1) {
      if (Number.isFinite(column[e])) counts[run.lane[e]] += 1;
    }
    const series = [];
    const slot = new Int32Array(run.lanes.length).fill(-1);
    for (let lane = 0; lane < run.lanes.length; lane += 1) {
      if (counts[lane] === 0) continue;
      slot[lane] = series.length;
      series.push({
        lane,
        title: laneTitle(run, lane),
        at: new Float64Array(counts[lane] + 1),
        value: new Float64Array(counts[lane] + 1),
        event: new Int32Array(counts[lane] + 1).fill(-1),
      });
    }
    const next = new Int32Array(series.length).fill(1);
    for (let e = 0; e < run.count; e += 1) {
      if (!Number.isFinite(column[e])) continue;
      const k = slot[run.lane[e]];
      series[k].at[next[k]] = run.at[e];
      series[k].value[next[k]] = column[e];
      series[k].event[next[k]] = e;
      next[k] += 1;
    }
    return series;
  }

  // Returns the difference between the highest and the lowest clock over time, over all lanes that
  // ever have a clock (0 at first).
  function drift(run) {
    const current = new Float64Array(run.lanes.length).fill(NaN);
    let changes = 0;
    for (let e = 0; e < run.count; e += 1) {
      if (!Number.isFinite(run.clock[e])) continue;
      current[run.lane[e]] = 0;
      changes += 1;
    }
    const clocks = Array.from(current.keys()).filter((lane) => !Number.isNaN(current[lane]));
    const at = [0];
    const value = [0];
    let least = 0;
    let most = 0;
    if (clocks.length === 0 || changes === 0) return { at: [], value: [] };
    for (let e = 0; e < run.count; e += 1) {
      const clock = run.clock[e];
      if (!Number.isFinite(clock)) continue;
      const before = current[run.lane[e]];
      current[run.lane[e]] = clock;
      if (before === least || before === most || clock < least || clock > most) {
        least = Infinity;
        most = -Infinity;
        for (const lane of clocks) {
          if (current[lane] < least) least = current[lane];
          if (current[lane] > most) most = current[lane];
        }
      }
      const last = at.length - 1;
      if (at[last] === run.at[e]) value[last] = most - least;
      else if (value[last] !== most - least) {
        at.push(run.at[e]);
        value.push(most - least);
      }
    }
    return { at: Float64Array.from(at), value: Float64Array.from(value) };
  }

  // Returns the jumps of the clocks: for each event with a clock, by how much it advanced.
  function jumps(run) {
    const last = new Float64Array(run.lanes.length);
    const event = [];
    const size = [];
    for (let e = 0; e < run.count; e += 1) {
      const clock = run.clock[e];
      if (!Number.isFinite(clock)) continue;
      event.push(e);
      size.push(clock - last[run.lane[e]]);
      last[run.lane[e]] = clock;
    }
    return { event: Int32Array.from(event), size: Float64Array.from(size) };
  }

  // Returns bins of whole numbers: {from, to (inclusive)}. One for each number where `count` are
  // enough; else one for each up to 8, then 9–16, 17–32, and so on (below 1: equal widths).
  function wholeBins(least, most, count) {
    const bins = [];
    if (!(most >= least) || !Number.isFinite(most - least)) return bins;
    const single = most - least < count;
    const width = least < 1 ? Math.ceil((most - least + 1) / count) : 1;
    let from = least;
    let power = 16;
    while (from <= most) {
      const double = !single && least >= 1 && from > 8;
      while (power < from) power *= 2;
      const next = double ? power : from + (single ? 1 : width) - 1;
      // Beyond 2^53 there is no next whole number: the rest is one bin.
      const to = next + 1 > next ? next : Math.max(next, most);
      bins.push({ from, to });
      if (to >= most) break;
      from = to + 1;
    }
    return bins;
  }

  // Returns counts of jump sizes for each lane: {bins, lanes: [{lane, title, counts}], total}.
  // `range` is that of the sizes, for bins that several runs share.
  function jumpHistogram(run, count = 24, range = null) {
    const { event, size } = jumps(run);
    const [least, most] = range || extent(size);
    const bins = wholeBins(least, most, count);
    const starts = bins.map((bin) => bin.from);
    const lanes = new Map();
    const total = new Float64Array(bins.length);
    for (let i = 0; i < size.length; i += 1) {
      const lane = run.lane[event[i]];
      if (!lanes.has(lane)) {
        const counts = new Float64Array(bins.length);
        lanes.set(lane, { lane, title: laneTitle(run, lane), counts });
      }
      const bin = indexAtOrBefore(starts, size[i]);
      lanes.get(lane).counts[bin] += 1;
      total[bin] += 1;
    }
    return { bins, total, lanes: Array.from(lanes.values()).sort((a, b) => a.lane - b.lane) };
  }

  // Returns bands of the faults of a run: {from, until, words}, inside 0 … end, by start.
  function faultBands(run) {
    return (run.faults || []).map((fault) => {
      const lanes = (fault.lanes || []).filter((lane) => run.lanes[lane]);
      const names = lanes.length > 0
        ? sim.format.list(lanes.map((lane) => laneTitle(run, lane)), 4)
        : "";
      const note = sim.format.name(fault.note || "", 60);
      const kind = sim.format.name(fault.kind || "fault", 24);
      const from = Math.max(0, fault.from || 0);
      const open = fault.until === null || fault.until === undefined;
      const until = Math.max(from, open ? run.end : Math.min(fault.until, run.end));
      const rest = note || names;
      return { from, until, kind, words: rest ? `${kind}: ${rest}` : kind };
    }).filter((band) => band.from <= run.end).sort((a, b) => a.from - b.from);
  }

  // Returns the least and greatest finite numbers, [NaN, NaN] if there is none.
  function extent(values) {
    let least = Infinity;
    let most = -Infinity;
    for (const value of values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
    return least > most ? [NaN, NaN] : [least, most];
  }

  sim.series = {
    indexAtOrBefore, valueAt, laneTitle, laneSteps, drift, jumps, wholeBins, jumpHistogram,
    faultBands, extent,
  };
})();
