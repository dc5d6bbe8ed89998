import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const DIST = join(import.meta.dirname, '../../dist');
const FOR_ALL = { file: 0o444, folder: 0o555 } as const;

// The user who builds the program, often root with a strict umask, is seldom the one who runs it.
test('every user may read what the build has made', () => {
  const paths = ['', ...readdirSync(DIST, { encoding: 'utf8', recursive: true })];
  expect(paths.length).toBeGreaterThan(10);
  const closed = paths.filter((path) => {
    const facts = statSync(join(DIST, path));
    const needed = facts.isDirectory() ? FOR_ALL.folder : FOR_ALL.file;
    return (facts.mode & needed) !== needed;
  });
  expect(closed).toEqual([]);
});
