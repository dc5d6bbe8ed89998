import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allDocuments, blocksOf, documents, ROOT, textOf } from './support/markdown.js';

const LANGUAGES = ['console', 'nginx', 'sh', 'yaml'];

const proseOf = (document: string) => textOf(document).replaceAll(/^```.*?^```$/gms, '');

test.each(allDocuments())('the links of %s lead somewhere', (document) => {
  const links = [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  for (const link of links.filter((target) => !/^[a-z]+:/.test(target))) {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? document : join(dirname(document), path);
    expect(existsSync(join(ROOT, target)), link).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(target), link).toContain(anchor);
  }
});

describe.each(documents())('%s', (document) => {
  test('has only blocks of which a test knows what to do with them', () => {
    for (const { language, key } of blocksOf(document)) expect(LANGUAGES, key).toContain(language);
  });

  test('has sentences of the plain kind', () => {
    expect(proseOf(document)).not.toMatch(/(?:^|[.!?:] )(?:Of|What|Who|Where|By) [^#\n]*[.;]/m);
    expect(proseOf(document)).not.toMatch(/needs? (?:a person|an administrator)/);
  });
});

test('docs/README.md lists every document beside it', () => {
  const listed = new Set(
    [...textOf('docs/README.md').matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => `docs/${name}`),
  );
  for (const document of allDocuments().filter((name) => /^docs\/(?!README)[^/]*$/.test(name)))
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
