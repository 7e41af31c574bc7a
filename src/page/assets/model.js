// A run in memory: `sim.Run`, what every part of the page reads.
//
// Events and copies of messages are parallel typed arrays, as in the container. Indexes that are
// derived from them are computed once; those that few pages need are computed when first asked for.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const FATES = [
    { name: "received", words: "received" },
    { name: "waiting", words: "arrived, and was never taken" },
    { name: "lost", words: "lost" },
    { name: "cut", words: "cut off by a partition" },
    { name: "crashed", words: "came to a node that was down" },
    { name: "in-flight", words: "still under way at the end" },
    { name: "not-received", words: "not received, as far as is known" },
  ];

  const KINDS = ["send", "receive", "internal", "invoke", "ok", "fail", "info"];

  // Returns offsets and members of groups: members of group g are at offsets[g]..offsets[g + 1].
  function grouped(groupOf, groups) {
    const offsets = new Int32Array(groups + 1);
    for (let i = 0; i < groupOf.length; i += 1) offsets[groupOf[i] + 1] += 1;
    for (let g = 0; g < groups; g += 1) offsets[g + 1] += offsets[g];
    const fill = offsets.slice(0, groups);
    const members = new Int32Array(groupOf.length);
    for (let i = 0; i < groupOf.length; i += 1) {
      members[fill[groupOf[i]]] = i;
      fill[groupOf[i]] += 1;
    }
    return { offsets, members };
  }

  class Run {
    // Makes a run from the plain data of `sim.decodeRun`.
    constructor(data) {
      Object.assign(this, data);
      this.title = data.title || "";
      this.family = data.family || "machines";
      this.strings = data.strings || [];
      this.faults = data.faults || [];
      this.findings = data.findings || [];
      this.bodiesLeftOut = data.bodiesLeftOut || 0;
      this.sampled = data.sampled || null;
      this.fates = FATES;
      this.kinds = KINDS;
      this.cached = new Map();
      this.checkIndices();
      this.received = this.receivedCopies();
      this.previousEvent = sim.causality.previousOnLane(this.lane, this.lanes.length);
      this.nextEvent = sim.causality.nextOnLane(this.previousEvent);
      this.cause = sim.causality.sendOfReceive(this.received, this.copySend);
      this.byLane = grouped(this.lane, this.lanes.length);
    }

    // Throws where a copy names a lane or an event that is not there.
    checkIndices() {
      const lanes = this.lanes.length;
      for (let c = 0; c < this.copies; c += 1) {
        if (this.copyFrom[c] >= lanes || this.copyTo[c] >= lanes) {
          throw new Error(`copy ${c} is from or to a lane that is not there`);
        }
        if (this.copySend[c] >= this.count || this.copyReceive[c] >= this.count) {
          throw new Error(`copy ${c} has an event that is not there`);
        }
      }
    }

    // Returns the copy that each receive took, -1 where there is none.
    receivedCopies() {
      const received = new Int32Array(this.count).fill(-1);
      for (let c = this.copies - 1; c >= 0; c -= 1) {
        if (this.copyReceive[c] >= 0) received[this.copyReceive[c]] = c;
      }
      return received;
    }

    // Returns a value that is computed once.
    once(name, compute) {
      if (!this.cached.has(name)) this.cached.set(name, compute());
      return this.cached.get(name);
    }

    // Returns the indices of the copies of a message, in order.
    copiesOf(message) {
      const order = this.once("copies by message", () => {
        const ids = Int32Array.from({ length: this.copies }, (_, c) => c);
        ids.sort((a, b) => this.copyMessage[a] - this.copyMessage[b] || a - b);
        return { ids, messages: Float64Array.from(ids, (c) => this.copyMessage[c]) };
      });
      const end = sim.countUpTo(order.messages, message);
      let start = end;
      while (start > 0 && order.messages[start - 1] === message) start -= 1;
      return order.ids.subarray(start, end);
    }

    // Returns the copies that an event sent: those that name it, else those of its message.
    copiesSentBy(event) {
      if (this.kind[event] !== 0) return [];
      return Array.from(this.copiesOf(this.message[event])).filter((c) =>
        this.copySend[c] === event);
    }

    // Returns the events of a lane, in order.
    eventsOf(lane) {
      const { offsets, members } = this.byLane;
      return members.subarray(offsets[lane], offsets[lane + 1]);
    }

    // Returns the event before this one on its lane, or -1.
    previous(event) {
      return this.previousEvent[event];
    }

    // Returns the event after this one on its lane, or -1.
    next(event) {
      return this.nextEvent[event];
    }

    // Returns the last event of a lane at or before an instant, or -1.
    eventAt(lane, at) {
      const events = this.eventsOf(lane);
      let low = 0;
      let high = events.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (this.at[events[middle]] <= at) low = middle + 1;
        else high = middle;
      }
      return low > 0 ? events[low - 1] : -1;
    }

    // Returns marks (1) of the events that happened before this one.
    past(event) {
      return sim.causality.past(this.previousEvent, this.cause, event);
    }

    // Returns marks (1) of the events that happened after this one.
    future(event) {
      return sim.causality.future(this.previousEvent, this.cause, event);
    }

    // Returns the clock of a lane just before an event, 0 at first.
    clockBefore(event) {
      let before = this.previousEvent[event];
      while (before >= 0 && Number.isNaN(this.clock[before])) before = this.previousEvent[before];
      return before >= 0 ? this.clock[before] : 0;
    }

    // Returns by how much the clock advanced at an event; NaN where there is no clock.
    jump(event) {
      return this.clock[event] - this.clockBefore(event);
    }

    // Returns a logical time for each event.
    logical() {
      return this.once("logical", () =>
        sim.causality.logical(this.clock, this.previousEvent, this.cause));
    }

    // Returns what is subtracted from a sender's clock after its send to have the stamp of its
    // message: 0, or 1 where messages carry the clock before the send. It is the one that explains
    // more receives.
    stampOffset() {
      return this.once("stamp offset", () => {
        let after = 0;
        let before = 0;
        for (let e = 0; e < this.count; e += 1) {
          const send = this.cause[e];
          if (send < 0 || Number.isNaN(this.clock[e]) || Number.isNaN(this.clock[send])) continue;
          const own = this.clockBefore(e);
          if (Math.max(own, this.clock[send]) + 1 === this.clock[e]) after += 1;
          if (Math.max(own, this.clock[send] - 1) + 1 === this.clock[e]) before += 1;
        }
        return before > after ? 1 : 0;
      });
    }

    // Returns for each entry of the history its other half (completion of an invocation, and the
    // reverse), -1 where there is none.
    otherHalves() {
      return this.once("other halves", () => {
        const halves = new Int32Array(this.history.length).fill(-1);
        const open = new Map();
        this.history.forEach((entry, i) => {
          if (entry.kind === "invoke") {
            open.set(entry.process, i);
          } else if (open.has(entry.process)) {
            halves[i] = open.get(entry.process);
            halves[open.get(entry.process)] = i;
            open.delete(entry.process);
          }
        });
        return halves;
      });
    }

    // Returns the event of an entry of the history, or -1.
    eventOfEntry(entry) {
      const events = this.once("events of entries", () => {
        const found = new Int32Array(this.history.length).fill(-1);
        for (let e = 0; e < this.count; e += 1) {
          if (this.entry[e] >= 0 && this.entry[e] < found.length) found[this.entry[e]] = e;
        }
        return found;
      });
      return entry >= 0 && entry < events.length ? events[entry] : -1;
    }

    // Returns the lanes that a fault is about; all nodes and machines where it names none.
    lanesOfFault(fault) {
      const named = (fault.lanes || []).filter((lane) => lane < this.lanes.length);
      if (named.length > 0) return named;
      const all = this.lanes.map((_, lane) => lane);
      return all.filter((lane) => ["node", "machine"].includes(this.lanes[lane].kind));
    }
  }

  // Returns the run of a base64 container.
  async function loadRun(base64) {
    return new Run(sim.decodeRun(await sim.inflateRun(base64)));
  }

  Object.assign(sim, { Run, loadRun, grouped });
})();
