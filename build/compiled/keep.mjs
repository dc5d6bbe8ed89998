// node keep.mjs PROGRAM CODE ARGUMENT…: runs the program, and writes to CODE what V8 has compiled of it by its end.
import { readFileSync, writeFileSync } from 'node:fs';
import { Script } from 'node:vm';

const [program, code] = process.argv.splice(2, 2);
const script = new Script(readFileSync(program, 'latin1'), { filename: program });
process.on('exit', () => writeFileSync(code, script.createCachedData()));
script.runInThisContext();
