import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blockWith, ROOT, rowsOf } from './support/markdown.js';

const DOCUMENT = 'docs/architecture.md';

const rooms = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test('the table has each room, and files to begin with that are there', () => {
  const rows = rowsOf(DOCUMENT, 'room');
  expect(rows.map(([room]) => room).toSorted()).toEqual(rooms.toSorted());
  for (const [room = '', , files = ''] of rows) {
    const names = files.split(', ').map((file) => file.replaceAll('`', ''));
    for (const name of names) readFileSync(join(ROOT, 'src', room, name));
  }
});

test('each room imports only rooms on lower lines of the drawing', () => {
  const { text } = blockWith(DOCUMENT, 'text', '\nrun\nreport\n');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.split(' · '));
  expect(lines.flat().toSorted()).toEqual(rooms.toSorted());
  const lineOf = (room: string) => lines.findIndex((line) => line.includes(room));
  const edges = rooms.flatMap((room) => importsOf(room).map((other) => [room, other] as const));
  expect(edges.length).toBeGreaterThan(100);
  for (const [room, other] of edges)
    expect(lineOf(other), `${room} imports ${other}`).toBeGreaterThan(lineOf(room));
});

/** Other rooms that the files of a room import. */
function importsOf(room: string): string[] {
  const names = readdirSync(join(ROOT, 'src', room), { recursive: true, encoding: 'utf8' });
  const sources = names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(ROOT, 'src', room, name), 'utf8'));
  const imported = sources.flatMap((text) => [...text.matchAll(/from '(?:\.\.\/)+([a-z0-9]+)\//g)]);
  return imported.map(([, other = '']) => other).filter((other) => rooms.includes(other) && other !== room);
}
