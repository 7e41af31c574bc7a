// Happens-before of a run: the causal past and future of an event, and logical time.
//
// The edges are the order of events on a lane, and send to receive of each copy. Event ids respect
// causality, so each function is one pass over typed arrays: backwards for the past, forwards for
// the future. An edge that leads from a later id to an earlier one is ignored.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  // Returns the previous event on the same lane for each event, -1 for the first of a lane.
  function previousOnLane(lane, lanes) {
    const last = new Int32Array(lanes).fill(-1);
    const previous = new Int32Array(lane.length);
    for (let e = 0; e < lane.length; e += 1) {
      previous[e] = last[lane[e]];
      last[lane[e]] = e;
    }
    return previous;
  }

  // Returns the next event on the same lane for each event, -1 for the last of a lane.
  function nextOnLane(previous) {
    const next = new Int32Array(previous.length).fill(-1);
    for (let e = 0; e < previous.length; e += 1) if (previous[e] >= 0) next[previous[e]] = e;
    return next;
  }

  // Returns the send event behind each receive, -1 where there is none.
  function sendOfReceive(received, copySend) {
    const cause = new Int32Array(received.length);
    for (let e = 0; e < received.length; e += 1) {
      const send = received[e] >= 0 ? copySend[received[e]] : -1;
      cause[e] = send >= 0 && send < e ? send : -1;
    }
    return cause;
  }

  // Returns marks (1) of all events that happened before `event`; the event itself has none.
  function past(previous, cause, event) {
    const marks = new Uint8Array(previous.length);
    if (event < 0 || event >= previous.length) return marks;
    marks[event] = 1;
    for (let e = event; e >= 0; e -= 1) {
      if (marks[e] === 0) continue;
      if (previous[e] >= 0) marks[previous[e]] = 1;
      if (cause[e] >= 0) marks[cause[e]] = 1;
    }
    marks[event] = 0;
    return marks;
  }

  // Returns marks (1) of all events that happened after `event`; the event itself has none.
  function future(previous, cause, event) {
    const marks = new Uint8Array(previous.length);
    if (event < 0 || event >= previous.length) return marks;
    marks[event] = 1;
    for (let e = event + 1; e < previous.length; e += 1) {
      const before = previous[e];
      const sent = cause[e];
      if ((before >= 0 && marks[before] === 1) || (sent >= 0 && marks[sent] === 1)) marks[e] = 1;
    }
    marks[event] = 0;
    return marks;
  }

  // Returns a logical time for each event: its clock where it has one, else its Lamport depth,
  // 1 + the maximum of its direct causes.
  function logical(clock, previous, cause) {
    const times = new Float64Array(clock.length);
    for (let e = 0; e < clock.length; e += 1) {
      if (!Number.isNaN(clock[e])) {
        times[e] = clock[e];
        continue;
      }
      const before = previous[e] >= 0 ? times[previous[e]] : 0;
      const sent = cause[e] >= 0 ? times[cause[e]] : 0;
      times[e] = 1 + Math.max(before, sent);
    }
    return times;
  }

  sim.causality = { previousOnLane, nextOnLane, sendOfReceive, past, future, logical };
})();
