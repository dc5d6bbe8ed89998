import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { configurationText } from '../../src/discovery/configuration-text.js';

// Editors read up to the first space.
test.each(['/usr/share/ocspbot/schemas/a.json', '/opt/my programs/50% ä/a.json', '/opt/a\nb#c/a.json'])(
  'editors find the schema at %j',
  (schema) => {
    const text = configurationText({
      plan: { entries: [], leftOut: [], remarks: [] },
      services: [],
      folder: { kind: 'beside' },
      stateFolder: undefined,
      schema,
      file: 'ocspbot.yaml',
    });
    const [, url = ''] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text) ?? [];
    expect(fileURLToPath(url)).toBe(schema);
  },
);
