import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { blocksOf, documents, ROOT, textOf } from './support/markdown.js';

const LANGUAGES = ['console', 'nginx', 'sh', 'yaml'];

describe.each(documents())('%s', (document) => {
  const prose = textOf(document).replaceAll(/^```.*?^```$/gms, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);

  test('has links that lead somewhere', () => {
    for (const link of links.filter((target) => !/^https?:/.test(target))) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? document : join(dirname(document), path);
      expect(existsSync(join(ROOT, target)), link).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(target), link).toContain(anchor);
    }
  });

  test('has only blocks of which a test knows what to do with them', () => {
    for (const { language, key } of blocksOf(document)) expect(LANGUAGES, key).toContain(language);
  });

  test('has sentences of the plain kind', () => {
    expect(prose).not.toMatch(/(?:^|[.!?:] )(?:Of|What|Who|Where|By) [^#\n]*[.;]/m);
    expect(prose).not.toMatch(/needs? (?:a person|an administrator)/);
  });
});

test('docs/README.md lists every document beside it', () => {
  const listed = new Set(
    [...textOf('docs/README.md').matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => `docs/${name}`),
  );
  for (const document of documents().filter((name) => /^docs\/(?!README)[^/]*$/.test(name)))
    expect(listed, document).toContain(document);
});

/** As GitHub makes them from headings. */
function anchorsOf(document: string): string[] {
  return [...textOf(document).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(/\s/g, '-'),
  );
}
