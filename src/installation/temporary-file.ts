import { OcspbotError } from '../util/errors.js';
import { doStep } from '../storage/errors.js';
import { temporaryPath } from '../storage/names.js';
import type { Tools } from '../storage/tools.js';
import { type AttributeReader, type AttributesFound, differenceOf } from './extended-attributes.js';
import type { Target } from './target.js';

/** A new staple that has not replaced the old one yet. */
export interface NewStaple {
  readonly bytes: Uint8Array;
  readonly target: Target;
  readonly attributes: AttributesFound;
  /** The state that follows if the staple cannot be written, in words. */
  readonly consequence: string;
}

/**
 * Writes a new staple with the owner, group, mode and extended attributes of the old one. The file is in the same folder,
 * so that rename(2) is one step. Returns its path.
 *
 * @throws OcspbotError `not-permitted` if the file cannot get these attributes: then it is removed; `write-failed` if the
 * attributes of the old file cannot be listed now
 */
export async function writeTemporary(
  staple: NewStaple,
  attributeReader: AttributeReader,
  tools: Tools,
): Promise<string> {
  const { bytes, target, attributes, consequence } = staple;
  refuseUnknownForNow(staple);
  const path = temporaryPath(target.folder, target.name, tools);
  const create = (like?: string) =>
    doStep(`write a new file in ${target.folder}`, consequence, () =>
      tools.files.create({ path, bytes, ...rightsOf(staple), like }),
    );
  await create();
  if (attributes.kind === 'unknown' || target.existing === undefined) return path;
  if (attributes.old.length === 0 && !attributes.isInherited) return path;
  const usual = await attributeReader.ofNewFiles(target.folder, path);
  if (usual !== undefined && differenceOf(attributes.old, usual) === undefined) return path;
  await doStep(`remove ${path}`, consequence, () => tools.files.remove(path));
  await create(target.path);
  const refusal = await refusalOf(path, attributes.old, attributeReader);
  if (refusal === undefined) return path;
  // A file that cannot be removed now is a stale one for the next run.
  await tools.files.remove(path).catch(() => undefined);
  throw new OcspbotError('not-permitted', `${target.path} is not replaced: ${refusal}`, {
    hint: `run ocspbot as root and install setfacl, or take it from the old file (setfacl -b, setfattr -x); ${consequence}`,
  });
}

/** Refuses to replace a file if only this run cannot list its attributes: a server may need its access control list. */
function refuseUnknownForNow({ target: { path, existing }, attributes, consequence }: NewStaple): void {
  if (existing === undefined || attributes.kind === 'known' || !attributes.isPassing) return;
  const question = 'nobody can tell now whether it has an access control list or extended attributes';
  throw new OcspbotError('write-failed', `${path} is not replaced: ${question}: ${attributes.problem}`, {
    hint: `see what keeps tar from its end, such as a limit of open files or processes; ${consequence}`,
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
  attributeReader: AttributeReader,
): Promise<string | undefined> {
  const made = await attributeReader.ofFile(path);
  if (made === undefined)
    return 'nobody can tell whether the new file has the extended attributes of the old one';
  const difference = differenceOf(old, made);
  return difference && `the new file would be ${difference}`;
}
