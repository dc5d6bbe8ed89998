// Preloaded into the program: writes the IDs of its threads, and waits for a byte before the program begins.
import { readSync, writeSync } from 'node:fs';
import { readlink } from 'node:fs/promises';

// This call is made by the only thread of libuv's pool (UV_THREADPOOL_SIZE is 1).
const pool = (await readlink('/proc/thread-self')).split('/').at(-1);
writeSync(3, `${JSON.stringify({ main: process.pid, pool: Number(pool) })}\n`);
readSync(4, Buffer.alloc(1));
