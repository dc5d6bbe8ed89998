/** Matches variables that say where programs and folders are, settings of the tests, and what Vitest sets for its workers. */
const KEPT =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|TERM|TMPDIR|CI|OCSPBOT_.*|npm_.*|NODE_ENV|TEST|DEV|PROD|SSR|MODE|BASE_URL|VITEST.*)$/;

/**
 * Takes away what somebody has set for his own work and the tests would inherit: language, proxies, options of Node.js and of
 * OpenSSL, a strict umask, a folder of temporary files with a space in its path. Tests that are about such settings make them
 * themselves.
 */
export function leaveSurroundings(): void {
  process.umask(0o022);
  for (const name of Object.keys(process.env)) if (!KEPT.test(name)) delete process.env[name];
  // Patterns of tests take a path for one word.
  if (/\s/.test(process.env['TMPDIR'] ?? '')) delete process.env['TMPDIR'];
}
