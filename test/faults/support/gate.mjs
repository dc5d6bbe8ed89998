// Preloaded into the program: tells which threads it has, and waits before its first step until somebody says go.
import { readSync, writeSync } from 'node:fs';
import { readlink } from 'node:fs/promises';

// The thread of libuv's pool that works on this: the only one, by UV_THREADPOOL_SIZE.
const pool = (await readlink('/proc/thread-self')).split('/').at(-1);
writeSync(3, `${JSON.stringify({ main: process.pid, pool: Number(pool) })}\n`);
readSync(4, Buffer.alloc(1));
