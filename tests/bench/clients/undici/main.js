#!/usr/bin/env -S node --expose-gc
// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// undici on Node.js, for comparison; built only where both are to be had. Same arguments, same
// output.
import { readFileSync } from "node:fs";
import { Agent, request } from "undici";

/// 64-bit FNV-1a in two halves of 32 bits: BigInt would cost more than the requests.
class BodySum {
  high = 0xcbf29ce4;
  low = 0x84222325;
  offset = 0;
  next = 0;

  add(data) {
    const end = this.offset + data.length;
    while (this.next < end) {
      const low = (this.low ^ data[this.next - this.offset]) >>> 0;
      const product = low * 0x1b3;
      this.high = (this.high * 0x1b3 + Math.floor(product / 0x100000000) + ((low << 8) >>> 0)) >>> 0;
      this.low = product >>> 0;
      this.next = this.next + 1 < 1024 ? this.next + 1 : Math.floor((this.next + 509) / 509) * 509;
    }
    this.offset = end;
  }
}

/// `total` bytes of the pattern, in pieces of 64 KiB.
async function* patternBody(total) {
  const pattern = Buffer.alloc(65536);
  for (let i = 0, x = 1; i < pattern.length; ++i) {
    x = (Math.imul(x, 1103515245) + 12345) >>> 0;
    pattern[i] = x >>> 16;
  }
  for (let left = total; left > 0; left -= pattern.length) {
    yield left < pattern.length ? pattern.subarray(0, left) : pattern;
  }
}

const args = Object.fromEntries(process.argv.slice(2).map((text) => text.split(/=(.*)/s)));
const number = (key, otherwise) => Number(args[key] ?? otherwise);
if (number("threads", 0) > 0) {
  process.exit(3); // it has one
}
const requests = number("requests", 1);
const size = number("bytes", 0);
const download = args.mode === "download";
const upload = args.mode === "upload";
const origins = Array.from({ length: number("hosts", 1) }, (_, i) =>
  `${args.scheme ?? "http"}://127.0.${Math.floor(i / 250)}.${(i % 250) + 1}:${args.port}`);
const dispatcher = new Agent({
  keepAliveTimeout: 90e3,
  connect: args.scheme === "https" ? { ca: readFileSync(args.ca) } : {},
});

let started = 0, responses = 0, bytes = 0, high = 0, low = 0;

function done(status, body) {
  if (status !== 200) {
    return;
  }
  ++responses;
  bytes += body.offset;
  const sum = low + body.low;
  high = (high + body.high + (sum >= 0x100000000 ? 1 : 0)) >>> 0;
  low = sum >>> 0;
}

async function one(i) {
  const headers = { "user-agent": "bench", accept: "*/*" };
  if (upload && number("chunked", 0) === 0) {
    headers["content-length"] = String(size);
  }
  const { statusCode, body } = await request(origins[i % origins.length] + (args.path ?? "/small"), {
    dispatcher,
    headers,
    method: upload ? "POST" : "GET",
    body: upload ? patternBody(size) : null,
    reset: number("fresh", 0) === 1,
  });
  const sum = new BodySum();
  if (download) {
    for await (const piece of body) {
      sum.add(piece);
    }
  } else {
    sum.add(new Uint8Array(await body.arrayBuffer()));
  }
  done(statusCode, sum);
}

async function worker() {
  while (started < requests) {
    await one(started++);
  }
}

const before = process.resourceUsage();
const begin = process.hrtime.bigint();
await Promise.all(Array.from({ length: number("inflight", 1) }, worker));
const used = process.resourceUsage();
if (args.mode === "idle") {
  await new Promise((resolve) => setTimeout(resolve, 1500));
  globalThis.gc();
}
const hex = (half) => half.toString(16).padStart(8, "0");
console.log(JSON.stringify({
  responses,
  bytes,
  sum: hex(high) + hex(low),
  user_us: used.userCPUTime - before.userCPUTime,
  system_us: used.systemCPUTime - before.systemCPUTime,
  wall_us: Number((process.hrtime.bigint() - begin) / 1000n),
  heap: process.memoryUsage().rss,
}));
process.exit(0);
