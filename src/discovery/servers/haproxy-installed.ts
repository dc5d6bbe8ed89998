import type { ConfigurationFiles } from '../model.js';

/** The configuration that the unit of HAProxy starts with: a file or folder, and everything that is read. */
interface Installed {
  readonly main: string;
  readonly parts: readonly string[];
}

const MAIN = '/etc/haproxy/haproxy.cfg';

/** The folders that the units of some distributions name as well. */
const FURTHER = ['/etc/haproxy/haproxy.d', '/etc/haproxy/conf.d'];

/** The files in which administrators change the options of the unit: CONFIG, and further `-f PATH` in EXTRAOPTS. */
const SETTINGS = ['/etc/default/haproxy', '/etc/sysconfig/haproxy'];

/** Finds the files of the installed HAProxy. */
export function installedHaproxy(files: ConfigurationFiles): Installed {
  const lines = SETTINGS.flatMap((path) => (files.read(path) ?? '').split('\n'));
  const valueOf = (name: RegExp) =>
    lines.flatMap(
      (line) =>
        name
          .exec(line)?.[1]
          ?.trim()
          .replaceAll(/^["']|["']$/g, '') ?? [],
    );
  const main = valueOf(/^\s*CONFIG=(.+)$/).at(-1) ?? MAIN;
  const options = valueOf(/^\s*(?:EXTRAOPTS|OPTIONS)=(.+)$/).join(' ');
  const further = [...options.matchAll(/(?:^|\s)-f\s+(\S+)/g)].map(([, path = '']) => path);
  const parts = [main, ...further, ...FURTHER].flatMap((path) => partsAt(path, files));
  return { main, parts: [...new Set(parts)] };
}

/** HAProxy reads the files of a folder that end in .cfg. */
function partsAt(path: string, files: ConfigurationFiles): readonly string[] {
  return files.matching(files.kindOf(path) === 'folder' ? `${path}/*.cfg` : path);
}
