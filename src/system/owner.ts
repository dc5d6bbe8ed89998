import { fchownSync } from 'node:fs';

/** Tries to change the owner, and returns the refusal: EPERM, or EINVAL if the user namespace has no such user. */
export function refusalOf(descriptor: number, user: number, group: number): Error | undefined {
  try {
    fchownSync(descriptor, user, group);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPERM' || code === 'EINVAL') return error as Error;
    throw error;
  }
}
