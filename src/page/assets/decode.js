// The container of a run in the page: base64 of a zlib stream that holds a JSON text and columns.
//
// `sim.inflateRun` and `sim.decodeRun` turn it into plain data; `model.js` makes a `sim.Run` of it.
// Numbers above 2^53 lose precision, as all Numbers do. Unknown columns are skipped; a column that
// ends early is an error, since a run that lacks its end would explain nothing.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  // Returns the bytes of a base64 text, in which white space is allowed.
  function bytesOfBase64(text) {
    if (typeof Uint8Array.fromBase64 === "function") return Uint8Array.fromBase64(text);
    const binary = atob(text.trim());
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
    return bytes;
  }

  // Returns the inflated bytes of a container.
  async function inflateRun(base64) {
    if (typeof DecompressionStream !== "function") {
      throw new Error("this browser cannot decompress the run: it has no DecompressionStream");
    }
    const stream = new Blob([bytesOfBase64(base64)])
      .stream()
      .pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  // Returns the first `count` LEB128 varints of a column. It sums Numbers and does not shift: its
  // limit is 2^53, not 2^31.
  function readVarints(bytes, count, name) {
    const values = new Float64Array(count);
    const length = bytes.length;
    let position = 0;
    for (let i = 0; i < count; i += 1) {
      let byte = position < length ? bytes[position] : 128;
      position += 1;
      let value = byte & 127;
      let scale = 128;
      while (byte >= 128) {
        if (position >= length) throw new Error(`column "${name}" ends early`);
        byte = bytes[position];
        position += 1;
        value += (byte & 127) * scale;
        scale *= 128;
      }
      values[i] = value;
    }
    return values;
  }

  // Returns the signed number of a zigzag code.
  function unzigzag(code) {
    const half = Math.floor(code / 2);
    return code === half * 2 ? half : -half - 1;
  }

  // Returns a column where each number is the plain difference to the one before.
  function sums(codes) {
    for (let i = 1; i < codes.length; i += 1) codes[i] += codes[i - 1];
    return codes;
  }

  // Returns a column where each number is the signed difference to the one before.
  function signedSums(codes) {
    let sum = 0;
    for (let i = 0; i < codes.length; i += 1) {
      sum += unzigzag(codes[i]);
      codes[i] = sum;
    }
    return codes;
  }

  // Returns a column where 0 is `none`, and else 1 + the signed difference to the last number that
  // was there.
  function optionalSums(codes, none) {
    let last = 0;
    for (let i = 0; i < codes.length; i += 1) {
      if (codes[i] !== 0) last += unzigzag(codes[i] - 1);
      codes[i] = codes[i] === 0 ? none : last;
    }
    return codes;
  }

  // Returns a column like that of `optionalSums`, with a last number for each lane.
  function laneSums(codes, none, lane, lanes) {
    const last = new Float64Array(lanes);
    for (let i = 0; i < codes.length; i += 1) {
      if (codes[i] !== 0) last[lane[i]] += unzigzag(codes[i] - 1);
      codes[i] = codes[i] === 0 ? none : last[lane[i]];
    }
    return codes;
  }

  // Returns a column where 0 is `none`, and else 1 + the signed difference to the number at the
  // same place of `base`, or to 0 where `base` has none there.
  function optionalFrom(codes, none, base) {
    for (let i = 0; i < codes.length; i += 1) {
      const from = base[i] >= 0 ? base[i] : 0;
      codes[i] = codes[i] === 0 ? none : from + unzigzag(codes[i] - 1);
    }
    return codes;
  }

  // Returns a column of indices, where 0 is none (-1), and else 1 + index.
  function indices(codes) {
    const found = new Int32Array(codes.length);
    for (let i = 0; i < codes.length; i += 1) found[i] = codes[i] - 1;
    return found;
  }

  // Returns the entries of a history that is stored column by column.
  function readHistory(columns) {
    const entries = [];
    let at = 0;
    const count = columns && columns.at ? columns.at.length : 0;
    for (let i = 0; i < count; i += 1) {
      at += columns.at[i];
      entries.push({
        process: String(columns.process[i]),
        f: columns.f[i],
        kind: columns.kind[i],
        value: columns.value[i] || "",
        error: columns.error[i] || "",
        at,
        client: columns.client ? columns.client[i] : -1,
      });
    }
    return entries;
  }

  // Returns a function from the name and the length of a column to its codes.
  function columnReader(bytes, offset, columns) {
    const parts = new Map();
    let position = offset;
    for (const [name, length] of columns) {
      if (position + length > bytes.length) throw new Error(`column "${name}" ends early`);
      parts.set(name, bytes.subarray(position, position + length));
      position += length;
    }
    return (name, count) => readVarints(parts.get(name) || new Uint8Array(0), count, name);
  }

  // Returns the columns of the events.
  function readEvents(count, lanes, codes) {
    const lane = new Uint32Array(codes("lane", count));
    if (lane.some((index) => index >= lanes)) throw new Error("an event is on an unknown lane");
    return {
      count,
      lane,
      at: sums(codes("at", count)),
      kind: new Uint8Array(codes("kind", count)),
      clock: laneSums(codes("clock", count), NaN, lane, lanes),
      queue: laneSums(codes("queue", count), NaN, lane, lanes),
      message: optionalSums(codes("message", count), NaN),
      entry: new Int32Array(optionalSums(codes("entry", count), -1)),
    };
  }

  // Returns the columns of the copies of messages.
  function readCopies(count, at, codes) {
    const send = new Int32Array(optionalSums(codes("copySend", count), -1));
    const sendAt = new Float64Array(count);
    for (let c = 0; c < count; c += 1) sendAt[c] = send[c] >= 0 ? at[send[c]] : 0;
    const sent = optionalFrom(codes("copySent", count), NaN, sendAt);
    return {
      copies: count,
      copyMessage: signedSums(codes("copyMessage", count)),
      copyNumber: new Uint32Array(codes("copyNumber", count)),
      copyFrom: new Uint32Array(codes("copyFrom", count)),
      copyTo: new Uint32Array(codes("copyTo", count)),
      copySend: send,
      copySent: sent,
      copyReceive: new Int32Array(optionalFrom(codes("copyReceive", count), -1, send)),
      copyAt: optionalFrom(codes("copyAt", count), NaN, sent),
      copyFate: new Uint8Array(codes("copyFate", count)),
      copyKind: indices(codes("copyKind", count)),
      copyNote: indices(codes("copyNote", count)),
    };
  }

  // Returns the plain data of a run from the inflated bytes of its container.
  function decodeRun(bytes) {
    if (bytes.length < 4) throw new Error("the run is empty");
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    const codes = columnReader(bytes, 4 + length, header.columns || []);
    const events = readEvents(header.events || 0, header.lanes.length, codes);
    const copies = readCopies(header.copies || 0, events.at, codes);
    const history = readHistory(header.history);
    const bodies = new Map(header.bodies || []);
    return { ...header, ...events, ...copies, history, bodies };
  }

  Object.assign(sim, { inflateRun, decodeRun, readVarints, unzigzag });
})();
