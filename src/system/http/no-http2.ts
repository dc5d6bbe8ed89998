/**
 * Stands for `node:http2` in the built program, as in undici itself where Node.js has no HTTP/2. Connections never
 * negotiate it (connector.ts), so undici reads only these constants, and uses none of them.
 */
export const constants = {};
