/** Sets a flag of V8 for the rest of the process. */
export function setV8Flag(flag: string): void {
  process.getBuiltinModule('node:v8').setFlagsFromString(flag);
}
