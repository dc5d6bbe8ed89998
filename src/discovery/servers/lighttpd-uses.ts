import type { Listener, Place, Use } from '../model.js';

/** The settings of a block; those of the blocks around it hold where it has none. */
export interface Block {
  readonly outer: Block | undefined;
  readonly listeners: readonly Listener[];
  readonly names: readonly string[];
  readonly values: Map<string, { readonly path: string; readonly place: Place }>;
  isOn: boolean | undefined;
}

/** Finds the certificates of all blocks. */
export function usesOf(blocks: readonly Block[]): Use[] {
  const heirs = heirsOf(blocks);
  return blocks.flatMap((block) => usesIn(block, listenersOf(block, heirs)));
}

/** The addresses of the sockets that have no certificate but that of a block around them, by that block. */
type Heirs = ReadonlyMap<Block, readonly Listener[]>;

function heirsOf(blocks: readonly Block[]): Heirs {
  const heirs = new Map<Block, readonly Listener[]>();
  for (const block of blocks) {
    const owner = ownerOf(block);
    if (block.isOn === true && owner !== undefined && owner.listeners.length === 0)
      heirs.set(owner, [...(heirs.get(owner) ?? []), ...block.listeners]);
  }
  return heirs;
}

/** Returns the block whose certificate a block has. */
function ownerOf(block: Block | undefined): Block | undefined {
  return block === undefined || block.values.has('ssl.pemfile') ? block : ownerOf(block.outer);
}

/** A certificate outside of all sockets is that of those that inherit it; one for a name is there beside it. */
function listenersOf(block: Block, heirs: Heirs): readonly Listener[] {
  if (block.listeners.length > 0) return block.listeners;
  const beside = ownerOf(block.outer);
  return heirs.get(block) ?? (beside && heirs.get(beside)) ?? [];
}

/** A block that names a certificate is a use of it. lighttpd takes the file of the response from that very block. */
function usesIn(block: Block, listeners: readonly Listener[]): Use[] {
  const pem = block.values.get('ssl.pemfile');
  if (pem === undefined || valueOf(block, ({ isOn }) => isOn) === false) return [];
  const staple = block.values.get('ssl.stapling-file')?.path;
  const chain = valueOf(block, ({ values }) => values.get('ssl.ca-file'))?.path;
  return [
    {
      server: 'lighttpd',
      cert: pem.path,
      chains: chain === undefined ? [] : [chain],
      place: pem.place,
      names: block.names,
      listeners,
      staple,
      isStapling: staple !== undefined,
      obstacle: undefined,
    },
  ];
}

function valueOf<T>(block: Block | undefined, take: (block: Block) => T | undefined): T | undefined {
  return block && (take(block) ?? valueOf(block.outer, take));
}
