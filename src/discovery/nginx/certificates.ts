import { quote } from '../../util/text.js';
import {
  type Listener,
  type Obstacle,
  type Place,
  type Remark,
  shownPlace,
  type ServerFindings,
  type Use,
} from '../model.js';
import { Expander, type Located, placeOf } from './expand.js';
import { type ListenAddress, readListen, socketsWith } from './listen.js';
import { absolute, type NginxSource } from './source.js';

/** The directives of a block that matter here. Each replaces that of the blocks around it. */
interface Settings {
  readonly certificates: readonly { readonly path: string; readonly place: Place }[];
  readonly chain: string | undefined;
  readonly isOn: boolean;
  readonly staple: string | undefined;
}

interface Server {
  readonly settings: Settings;
  readonly names: readonly string[];
  readonly listen: readonly ListenAddress[];
  readonly section: string;
}

const NOTHING: Settings = { certificates: [], chain: undefined, isOn: false, staple: undefined };

/** Finds the certificates of all servers of a configuration, and how nginx staples for them. */
export function readNginx(source: NginxSource): ServerFindings {
  const expander = new Expander(source);
  const remarks: Remark[] = [];
  const servers = serversIn(expander, { prefix: source.prefix, remarks });
  const secure = socketsWith('isTls', servers);
  const proxied = socketsWith('isProxied', servers);
  const uses = servers
    .filter(({ listen }) => listen.some(({ key }) => secure.has(key)))
    .flatMap((server) => usesOf(server, proxied));
  return { server: 'nginx', file: source.main, uses, remarks: [...expander.remarks, ...remarks] };
}

interface Context {
  readonly prefix: string;
  readonly remarks: Remark[];
}

function serversIn(expander: Expander, context: Context): Server[] {
  const top = expander.main();
  const sections = top.filter(({ directive }) => ['http', 'stream', 'mail'].includes(directive.name));
  // A file of a folder such as sites-enabled has servers without a section around them.
  const bare = top.filter(({ directive }) => directive.name === 'server');
  return [
    ...sections.flatMap((section) => {
      const inside = expander.inside(section);
      const settings = settingsIn(inside, NOTHING, context);
      const servers = inside.filter(({ directive: { name, block } }) => name === 'server' && block);
      return servers.map((server) =>
        readServer(
          expander.inside(server),
          placedAt(placeOf(server), settings),
          section.directive.name,
          context,
        ),
      );
    }),
    ...bare.map((server) => readServer(expander.inside(server), NOTHING, 'http', context)),
  ];
}

/**
 * Moves the certificates of the block around a server to the server that inherits them: `ssl_stapling_file` in the place
 * where they are written would hold for servers with other certificates, too.
 */
function placedAt(place: Place, settings: Settings): Settings {
  return { ...settings, certificates: settings.certificates.map(({ path }) => ({ path, place })) };
}

function readServer(inside: readonly Located[], outer: Settings, section: string, context: Context): Server {
  const argsOf = (name: string) =>
    inside.filter(({ directive }) => directive.name === name).map(({ directive }) => directive.args);
  const isOn = argsOf('ssl').some(([value]) => value === 'on');
  return {
    settings: settingsIn(inside, outer, context),
    names: argsOf('server_name').flat(),
    listen: argsOf('listen').map((args) => readListen(args, isOn)),
    section,
  };
}

function settingsIn(inside: readonly Located[], outer: Settings, context: Context): Settings {
  const found = (name: string) => inside.filter(({ directive }) => directive.name === name);
  const paths = (name: string) => found(name).flatMap((one) => pathIn(one, context));
  const certificates = paths('ssl_certificate');
  const stapling = found('ssl_stapling').at(-1)?.directive.args[0];
  return {
    certificates: found('ssl_certificate').length === 0 ? outer.certificates : certificates,
    chain: paths('ssl_trusted_certificate')[0]?.path ?? outer.chain,
    isOn: stapling === undefined ? outer.isOn : stapling === 'on',
    staple: paths('ssl_stapling_file')[0]?.path ?? outer.staple,
  };
}

/** Returns the path of a directive, unless nginx knows it only when a client connects. */
function pathIn(located: Located, { prefix, remarks }: Context): { path: string; place: Place }[] {
  const { name, args } = located.directive;
  const [value] = args;
  const place = placeOf(located);
  if (value === undefined || value === '') return [];
  const problem = problemOf(value);
  if (problem === undefined) return [{ path: absolute(value, prefix), place }];
  const { text, hint } = problem;
  remarks.push({ text: `${shownPlace(place)}: ${name} ${quote(value)} ${text}`, hint });
  return [];
}

function problemOf(value: string): Remark | undefined {
  const isFile = !/^(?:data|engine|store):/.test(value);
  if (value.includes('$'))
    return {
      text: 'has a variable in it and cannot be followed',
      hint: `nginx staples nothing for it: ${isFile ? '' : SAVE}name its file without a variable in a server block of its own`,
    };
  return isFile ? undefined : { text: 'is not a file', hint: `${SAVE}name that file here` };
}

const SAVE = 'save the certificate in a file, and ';

function usesOf({ settings, names, listen, section }: Server, proxied: ReadonlySet<string>): Use[] {
  const { certificates, chain, isOn, staple } = settings;
  // A section "stream" knows the option since nginx 1.27.2: an older one does not start with it.
  const isAble = section === 'http' || (section === 'stream' && staple !== undefined);
  const several = certificates.length > 1 ? 'several-certificates' : undefined;
  const obstacle: Obstacle | undefined = isAble ? several : 'section';
  const direct = listen.filter(({ key }) => !proxied.has(key));
  const listeners: readonly Listener[] = direct.flatMap(({ listener }) => listener ?? []);
  return certificates.map(({ path, place }) => ({
    server: 'nginx',
    cert: path,
    chains: chain === undefined ? [] : [chain],
    place,
    names: names.filter((name) => /^[\w.-]+$/.test(name) && name.includes('.')),
    listeners: isAble ? listeners : [],
    staple,
    isStapling: isOn && staple !== undefined,
    obstacle,
  }));
}
