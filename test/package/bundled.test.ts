import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { expect, test } from 'vitest';
import { ROOT } from '../docs/support/markdown.js';

const read = (name: string): string => readFileSync(join(ROOT, 'dist', name), 'utf8');

interface Component {
  readonly 'bom-ref': string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly [{ readonly license: { readonly id: string } }];
}

interface BillOfMaterials {
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const bill = JSON.parse(read('sbom.json')) as BillOfMaterials;
const fullName = ({ group, name }: Component): string => (group === undefined ? name : `${group}/${name}`);

test('the bill of materials is valid, and has nothing that another build would write otherwise', async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  expect(await validator.validate(read('sbom.json'))).toBeNull();
  expect(await validator.validate(read('sbom.json').replace('CycloneDX', 'other'))).not.toBeNull();
  expect(read('sbom.json')).not.toMatch(/"(?:timestamp|serialNumber)"/);
});

test('the bill of materials lists the packages of which the program has sources', () => {
  const { sources } = JSON.parse(read('ocspbot.js.map')) as { readonly sources: readonly string[] };
  const inProgram = sources.flatMap((source) => {
    const [, folder] = /^\.\.\/(.*node_modules\/(?:@[^/]+\/)?[^/]+)/.exec(source) ?? [];
    if (folder === undefined) return [];
    const file = readFileSync(join(ROOT, folder, 'package.json'), 'utf8');
    const { name, version } = JSON.parse(file) as Record<string, string>;
    return [`${name} ${version}`];
  });
  const listed = bill.components.map((one) => `${fullName(one)} ${one.version}`);
  for (const name of ['undici', 'yaml', 'pkijs']) expect(listed.join('\n')).toContain(`${name} `);
  expect(listed.toSorted()).toEqual([...new Set(inProgram)].toSorted());
});

test('every package is there because another one needs it', () => {
  const reached = new Set<string>();
  const follow = (ref: string): void => {
    if (reached.has(ref)) return;
    reached.add(ref);
    bill.dependencies.find((one) => one.ref === ref)?.dependsOn.forEach(follow);
  };
  follow(bill.dependencies[0]!.ref);
  for (const { 'bom-ref': ref } of bill.components) expect(reached).toContain(ref);
});

test('the text of every licence is shipped', () => {
  const text = read('LICENSES.txt');
  for (const one of bill.components) {
    const heading = `${fullName(one)} ${one.version} (${one.licenses[0].license.id})\n\n    `;
    expect(text).toContain(heading);
  }
  expect(text.match(/^ +.*copyright/gim)?.length).toBeGreaterThanOrEqual(bill.components.length);
});
