import { OcspbotError } from '../util/errors.js';
import { attempt } from '../storage/errors.js';
import { temporaryPath } from '../storage/names.js';
import type { Tools } from '../storage/tools.js';
import { type AttributeLooks, type AttributesFound, differenceOf } from './extended-attributes.js';
import type { Target } from './target.js';

/** A new staple that has not taken the place of the old one. */
export interface NewStaple {
  readonly bytes: Uint8Array;
  readonly target: Target;
  readonly attributes: AttributesFound;
  /** What is so when it cannot be written. */
  readonly outcome: string;
}

/**
 * Writes a new staple beside the old one, so that rename(2) is one step, with the same owner, group, mode and extended
 * attributes. Returns its path.
 * @throws OcspbotError `not-permitted` where it cannot have those of the old one: nothing stays behind
 */
export async function writeTemporary(
  staple: NewStaple,
  looks: AttributeLooks,
  tools: Tools,
): Promise<string> {
  const { bytes, target, attributes, outcome } = staple;
  const path = temporaryPath(target.folder, target.name, tools);
  const create = (like?: string) =>
    attempt(`write ${path}`, outcome, () => tools.files.create({ path, bytes, ...rightsOf(staple), like }));
  await create();
  if (attributes.kind === 'unknown' || target.existing === undefined) return path;
  if (attributes.old.length === 0 && !attributes.isInherited) return path;
  const usual = await looks.ofNewFiles(target.folder, path);
  if (usual !== undefined && differenceOf(attributes.old, usual) === undefined) return path;
  await attempt(`remove ${path}`, outcome, () => tools.files.remove(path));
  await create(target.path);
  const refusal = await refusalOf(path, attributes.old, looks);
  if (refusal === undefined) return path;
  // What cannot be removed now is left over from a dead run for the next one.
  await tools.files.remove(path).catch(() => undefined);
  throw new OcspbotError('not-permitted', `${target.path} is not replaced: ${refusal}`, {
    hint: `run ocspbot as root, or take it from the old file (setfacl -b, setfattr -x); ${outcome}`,
  });
}

function rightsOf({ target: { existing, folderFacts }, attributes }: NewStaple) {
  if (existing !== undefined)
    return { mode: existing.mode & 0o777, owner: existing.owner, group: existing.group };
  const inherit = attributes.kind === 'known' && attributes.isInherited;
  return { mode: 0o644, group: folderFacts.group, inherit };
}

async function refusalOf(
  path: string,
  old: readonly string[],
  looks: AttributeLooks,
): Promise<string | undefined> {
  const made = await looks.ofFile(path);
  if (made === undefined)
    return 'nobody can tell whether the new file has the extended attributes of the old one';
  const difference = differenceOf(old, made);
  return difference && `the new file would be ${difference}`;
}
