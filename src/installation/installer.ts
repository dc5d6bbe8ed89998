import type { Tools } from '../storage/tools.js';
import type { InstallerSettings } from './backup-keeper.js';
import { createAttributeReader } from './extended-attributes.js';
import type { Installer } from './types.js';

/** Makes the installer of a run. The code of an installation is loaded with the first one: most runs install nothing. */
export function createInstaller(settings: InstallerSettings, tools: Tools): Installer {
  const attributeReader = createAttributeReader(settings.paths, tools);
  let opened: Promise<Omit<Installer, 'expect'>> | undefined;
  const open = () =>
    (opened ??= import('./install.js').then(({ openInstaller }) =>
      openInstaller(settings, attributeReader, tools),
    ));
  return {
    expect: (path) => attributeReader.expect(path),
    install: async (installation) => (await open()).install(installation),
    settle: async () => (await (await opened)?.settle()) ?? [],
    removeStaleTemporaryFiles: async (paths) => (await open()).removeStaleTemporaryFiles(paths),
  };
}
