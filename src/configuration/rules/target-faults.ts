import type { MessageAndHint } from '../defects.js';
import { type PathTarget, unreachable } from '../file-lookup.js';

/** The end of a sentence about a file or folder that nobody can make, and a hint. */
export const TOO_LONG: MessageAndHint = [
  'has a name that is too long',
  'give it a name of at most 255 bytes: a letter outside of ASCII takes two or more',
];

/** Returns the reason why a response cannot be written to a path; undefined if it can. */
export function faultOf(target: PathTarget): MessageAndHint | undefined {
  return target.kind === 'unreachable' ? unreachable(target) : TARGET_FAULTS[target.kind];
}

export const TARGET_FAULTS: Record<Exclude<PathTarget['kind'], 'unreachable'>, MessageAndHint | undefined> = {
  file: undefined,
  absent: undefined,
  folder: ['is a folder', 'name a file in it'],
  other: ['is not a regular file', 'name a regular file, or one that does not exist yet'],
  'too-long': TOO_LONG,
};
