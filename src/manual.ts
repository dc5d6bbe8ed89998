/** Man pages, completions and JSON Schemas, for build.mjs, which writes them. The program does not load them. */
export { manualFiles } from './manual/files.js';
