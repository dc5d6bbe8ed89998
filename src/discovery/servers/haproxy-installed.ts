import type { ConfigurationFiles } from '../model.js';

/** The configuration that the unit of HAProxy starts with: a file or folder, and everything that is read. */
interface Installed {
  readonly main: string;
  /** Further files and folders that HAProxy is started with. */
  readonly further: readonly string[];
  /** All files that are read. */
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
  const named = [...options.matchAll(/(?:^|\s)-f\s+(\S+)/g)].map(([, path = '']) => withoutEnd(path));
  const further = [...new Set([...named, ...FURTHER])].filter(
    (path) => path !== withoutEnd(main) && partsAt(path, files).length > 0,
  );
  const parts = [main, ...further].flatMap((path) => partsAt(path, files));
  return { main, further, parts: [...new Set(parts)] };
}

/** Removes the slashes at the end of the path of a folder. */
function withoutEnd(path: string): string {
  return path.replace(/(?<=.)\/+$/, '');
}

/** HAProxy reads the files of a folder that end in .cfg. */
function partsAt(path: string, files: ConfigurationFiles): readonly string[] {
  return files.matching(files.kindOf(path) === 'folder' ? `${path}/*.cfg` : path);
}
