/**
 * Makes the error of a failed system call, as Node.js throws it. The code of an error for which libuv has no name ends with its
 * number: `Unknown system error -122`.
 */
export function systemError(code: string, rest = "open 'a'"): NodeJS.ErrnoException {
  const [number] = /-\d+$/.exec(code) ?? [];
  const errno = number === undefined ? {} : { errno: Number(number) };
  return Object.assign(new Error(`${code}: ${code}, ${rest}`), {
    code,
    syscall: rest.split(' ')[0],
    ...errno,
  });
}

/** Makes the same as some synchronous calls throw it, such as fs.writeSync: only its number says which error it is. */
export function nameless(errno: number): NodeJS.ErrnoException {
  return Object.assign(new Error('UNKNOWN: unknown error, write'), {
    code: 'UNKNOWN',
    syscall: 'write',
    errno,
  });
}
