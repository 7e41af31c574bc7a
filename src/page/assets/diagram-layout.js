// Where events are in a diagram: x by time or by logical time, y by lane. Pure, no canvas.
//
// Events of one instant on one lane (a receive and the sends that follow it) would cover each
// other. They are spread by some pixels, in their order, as far as there is room before the next
// instant and before the receives of what they sent, so that no arrow leads back in time: the
// offset grows smoothly with the zoom, and is 0 when zoomed out.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const SPREAD_MAX = 13;
  const SPREAD_ALL_MAX = 160;

  // Returns the logical times of a run, made non-decreasing on each lane so that they can be
  // searched; a trace that breaks Lamport's rules may have a clock that goes back.
  function logicalX(run) {
    const times = Float64Array.from(run.logical());
    for (let e = 0; e < run.count; e += 1) {
      const before = run.previous(e);
      if (before >= 0 && times[e] < times[before]) times[e] = times[before];
    }
    return times;
  }

  // Returns for each event the distance to the earliest receive of what it sent.
  function flights(run, x) {
    const least = new Float64Array(run.count).fill(Infinity);
    for (let c = 0; c < run.copies; c += 1) {
      const send = run.copySend[c];
      const receive = run.copyReceive[c];
      if (send >= 0 && receive >= 0) least[send] = Math.min(least[send], x[receive] - x[send]);
    }
    return least;
  }

  // Returns the rank of each event among those of one x on its lane, their number, and the
  // distance that they may be spread over.
  function ranks(run, x) {
    const flight = flights(run, x);
    const rank = new Float64Array(run.count);
    const size = new Float64Array(run.count);
    const room = new Float64Array(run.count);
    for (let lane = 0; lane < run.lanes.length; lane += 1) {
      const events = run.eventsOf(lane);
      let i = 0;
      while (i < events.length) {
        let j = i;
        while (j < events.length && x[events[j]] === x[events[i]]) j += 1;
        let distance = j < events.length ? x[events[j]] - x[events[i]] : Infinity;
        for (let k = i; k < j && j - i > 1; k += 1) {
          distance = Math.min(distance, flight[events[k]]);
        }
        distance = Math.max(0, distance);
        for (let k = i; k < j; k += 1) {
          rank[events[k]] = k - i;
          size[events[k]] = j - i;
          room[events[k]] = distance;
        }
        i = j;
      }
    }
    return { rank, size, room };
  }

  class Layout {
    // Makes the layout of a run in physical or logical time.
    constructor(run, logical) {
      this.run = run;
      this.logical = logical;
      this.x = logical ? logicalX(run) : run.at;
      Object.assign(this, ranks(run, this.x));
      const { offsets, members } = run.byLane;
      this.offsets = offsets;
      this.members = members;
      this.laneX = new Float64Array(members.length);
      this.laneKind = new Uint8Array(members.length);
      for (let i = 0; i < members.length; i += 1) {
        this.laneX[i] = this.x[members[i]];
        this.laneKind[i] = run.kind[members[i]];
      }
      this.bounds = this.boundsOf();
      this.copies = new sim.CopyIndex(run, this);
    }

    // Returns the range of x with some room at both ends.
    boundsOf() {
      let from = 0;
      let until = this.logical ? 1 : this.run.end;
      for (let lane = 0; lane < this.run.lanes.length; lane += 1) {
        const first = this.offsets[lane];
        const last = this.offsets[lane + 1] - 1;
        if (last < first) continue;
        from = Math.min(from, this.laneX[first]);
        until = Math.max(until, this.laneX[last]);
      }
      const margin = Math.max((until - from) * 0.015, this.logical ? 1 : 1e-9);
      return { from: from - margin, until: until + margin };
    }

    // Returns the least span that a window may have.
    leastSpan() {
      return this.logical ? 4 : 50;
    }

    // Returns the offset in pixels of an event among those of its instant.
    spread(event, k) {
      const rank = this.rank[event];
      if (rank === 0) return 0;
      const room = Math.min(SPREAD_ALL_MAX, this.room[event] * k);
      return rank * Math.min(SPREAD_MAX, room / (this.size[event] + 1));
    }

    // Returns the pixel of an event.
    px(event, scale) {
      return scale.left + (this.x[event] - scale.from) * scale.k + this.spread(event, scale.k);
    }

    // Returns the range of positions (in `members`) of a lane's events with x in a window.
    range(lane, from, until) {
      const end = this.offsets[lane + 1];
      return [this.firstFrom(this.offsets[lane], end, from, false),
        this.firstFrom(this.offsets[lane], end, until, true)];
    }

    // Returns the first position whose x is at least `value` (or above it).
    firstFrom(start, end, value, above) {
      let low = start;
      let high = end;
      while (low < high) {
        const middle = (low + high) >>> 1;
        const x = this.laneX[middle];
        if (above ? x <= value : x < value) low = middle + 1;
        else high = middle;
      }
      return low;
    }

    // Returns the events of a lane within `radius` pixels of a pixel, nearest first.
    eventsNear(lane, pixel, scale, radius) {
      const reach = radius + SPREAD_ALL_MAX;
      const [low, high] = this.range(lane, sim.scale.value(scale, pixel - reach),
        sim.scale.value(scale, pixel + radius));
      const found = [];
      for (let i = low; i < high; i += 1) {
        const distance = Math.abs(this.px(this.members[i], scale) - pixel);
        if (distance <= radius) found.push({ event: this.members[i], distance });
      }
      found.sort((a, b) => a.distance - b.distance || a.event - b.event);
      return found.slice(0, 64).map((one) => one.event);
    }
  }

  sim.Layout = Layout;
})();
