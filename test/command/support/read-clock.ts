import { readClock } from './times.js';

// Vitest runs this before each file of tests.
readClock();
