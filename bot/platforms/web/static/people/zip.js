// The files in a zip, read where it lies: nothing is unpacked before it is needed, and nothing beyond a limit.

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;
const LONGEST_END = 65_557;
const MOST_ENTRIES = 20_000;

const view = async (blob) => new DataView(await blob.arrayBuffer());

async function* limited(stream, most) {
  let left = most;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    left -= value.byteLength;
    if (left < 0) {
      await reader.cancel();
      throw new RangeError("larger than it says");
    }
    yield value;
  }
}

async function unpack(file, { offset, packed, size, method, name }) {
  const local = await view(file.slice(offset, offset + 30));
  const start = offset + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  const data = file.slice(start, start + packed);
  if (method === STORED) return new File([data], name);
  const parts = [];
  for await (const part of limited(data.stream().pipeThrough(new DecompressionStream("deflate-raw")), size)) parts.push(part);
  return new File(parts, name);
}

// Its files: each with its path and what reads it. Throws a RangeError where this is no zip that can be read.
export async function filesIn(file) {
  const tail = await view(file.slice(Math.max(0, file.size - LONGEST_END)));
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== END) end -= 1;
  if (end < 0) throw new RangeError("no zip");
  const count = tail.getUint16(end + 10, true);
  const start = tail.getUint32(end + 16, true);
  if (count > MOST_ENTRIES || start === 0xffffffff) throw new RangeError("too large");
  const directory = await view(file.slice(start, start + tail.getUint32(end + 12, true)));
  const names = new TextDecoder();
  const found = [];
  let at = 0;
  for (let place = 0; place < count; place += 1) {
    if (at + 46 > directory.byteLength || directory.getUint32(at, true) !== ENTRY) throw new RangeError("damaged");
    const [length, extra, comment] = [28, 30, 32].map((field) => directory.getUint16(at + field, true));
    const path = names.decode(new Uint8Array(directory.buffer, at + 46, length));
    const method = directory.getUint16(at + 10, true);
    const entry = {
      offset: directory.getUint32(at + 42, true),
      packed: directory.getUint32(at + 20, true),
      size: directory.getUint32(at + 24, true),
      method,
      name: path.split("/").at(-1),
    };
    if (!path.endsWith("/") && (method === STORED || method === DEFLATED)) {
      found.push({ path, size: entry.size, read: () => unpack(file, entry) });
    }
    at += 46 + length + extra + comment;
  }
  return found;
}
