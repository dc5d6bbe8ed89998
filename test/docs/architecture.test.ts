import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blockWith, ROOT, rowsOf } from './support/markdown.js';

const DOCUMENT = 'docs/architecture.md';

const { ROOMS } = (await import(join(ROOT, 'oxlint.config.mjs'))) as {
  readonly ROOMS: Readonly<Record<string, { readonly knows: string; readonly doors: string }>>;
};

const rooms = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test('the table has each room and its doors', () => {
  const rows = rowsOf(DOCUMENT, 'room');
  const stated = rows.map(([room = '', , doors = '']) => [room, doors.replaceAll('`', '')]);
  const walls = Object.entries(ROOMS).map(([room, { doors }]) => [
    room,
    doors === '*.ts' ? 'every file' : doors.replaceAll(' ', ', '),
  ]);
  expect(stated.toSorted()).toEqual(walls.toSorted());
  expect(Object.keys(ROOMS).toSorted()).toEqual(rooms.toSorted());
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

test('each door of a room is used from outside', () => {
  const imported = new Set(
    sourcesIn('.').flatMap((text) =>
      [...text.matchAll(/(?:from |import\()'\.{1,2}\/(?:\.\.\/)*([^']+)\.js'/g)].map(
        ([, path = '']) => `${path}.ts`,
      ),
    ),
  );
  const doors = Object.entries(ROOMS).flatMap(([room, { doors: files }]) =>
    files === '*.ts' ? [] : files.split(' ').map((file) => `${room}/${file}`),
  );
  expect(doors.filter((door) => !imported.has(door))).toEqual([]);
});

test('no module of Node is imported late: the built program is a script, which cannot', () => {
  expect(sourcesIn('.').flatMap((text) => text.match(/import\('node:[^']*'\)/g) ?? [])).toEqual([]);
});

/** Other rooms that the files of a room import. */
function importsOf(room: string): string[] {
  const imported = sourcesIn(room).flatMap((text) => [...text.matchAll(/from '(?:\.\.\/)+([a-z0-9]+)\//g)]);
  return imported.map(([, other = '']) => other).filter((other) => rooms.includes(other) && other !== room);
}

function sourcesIn(folder: string): string[] {
  const names = readdirSync(join(ROOT, 'src', folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(ROOT, 'src', folder, name), 'utf8'));
}
