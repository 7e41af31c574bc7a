// The heights of the lanes of a diagram. Pure.
//
// Lanes share the room that there is. Clients that did next to nothing (those that only set up the
// nodes) are thin where there are many lanes, so that the others have room.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const LANE_MIN = 22;
  const LANE_MAX = 96;
  const IDLE_HEIGHT = 8;
  const IDLE_EVENTS = 8;
  const LANES_FEW = 8;

  // Returns for each lane whether it is idle: a client with few events, among many lanes, some of
  // which are not idle.
  function idleLanes(run) {
    const idle = run.lanes.map((lane, i) =>
      lane.kind === "client" && run.eventsOf(i).length <= IDLE_EVENTS);
    const busyClient = run.lanes.some((lane, i) => lane.kind === "client" && !idle[i]);
    return run.lanes.length > LANES_FEW && busyClient ? idle : idle.map(() => false);
  }

  class LaneRows {
    // Makes rows for the lanes of a run in `room` pixels, as far as it suffices.
    constructor(run, room) {
      this.idle = idleLanes(run);
      const idle = this.idle.filter((one) => one).length;
      const share = (room - idle * IDLE_HEIGHT) / Math.max(1, run.lanes.length - idle);
      this.height = Math.min(LANE_MAX, Math.max(LANE_MIN, Math.floor(share)));
      this.tops = new Float64Array(run.lanes.length + 1);
      for (let lane = 0; lane < run.lanes.length; lane += 1) {
        this.tops[lane + 1] = this.tops[lane] + this.heightOf(lane);
      }
      this.total = this.tops[run.lanes.length];
      this.visible = Math.max(LANE_MIN, Math.min(room, this.total));
    }

    // Returns the height of a lane.
    heightOf(lane) {
      return this.idle[lane] ? IDLE_HEIGHT : this.height;
    }

    // Returns the y of the middle of a lane, from the top of the first.
    middle(lane) {
      return (this.tops[lane] + this.tops[lane + 1]) / 2;
    }

    // Returns the lane at a y, -1 if there is none.
    laneAt(y) {
      if (!(y >= 0 && y < this.total)) return -1;
      return sim.countUpTo(this.tops, y) - 1;
    }

    // Returns the lanes between two y.
    between(from, until) {
      const first = Math.max(0, this.laneAt(Math.max(0, from)));
      const end = until >= this.total ? this.idle.length : this.laneAt(until) + 1;
      return Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
    }

    // Returns the groups of neighbouring idle lanes, each `{from, count}`.
    idleGroups() {
      const groups = [];
      this.idle.forEach((idle, lane) => {
        if (!idle) return;
        const last = groups[groups.length - 1];
        if (last && last.from + last.count === lane) last.count += 1;
        else groups.push({ from: lane, count: 1 });
      });
      return groups;
    }
  }

  sim.LaneRows = LaneRows;
})();
