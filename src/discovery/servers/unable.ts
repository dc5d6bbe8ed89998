import { isAbsolute } from 'node:path';
import type { ServerFindings, ServerKind, Use } from '../model.js';

const OPTIONS = {
  apache: /^\s*SSLCertificateFile\s+"?([^"\n]+?)"?\s*$/gim,
  dovecot: /^\s*ssl_(?:server_)?cert(?:_file)?\s*=\s*<?\s*([^\s#]+)/gim,
} as const;

/** Finds the certificates of a server that cannot staple a file, so that it can be said. */
export function readUnable(
  server: keyof typeof OPTIONS & ServerKind,
  path: string,
  text: string,
): ServerFindings {
  const uses = [...text.matchAll(OPTIONS[server])].flatMap((match): Use[] => {
    const [, cert = ''] = match;
    const line = text.slice(0, match.index).split('\n').length + (match[0].match(/^\s*\n/) === null ? 0 : 1);
    if (!isAbsolute(cert)) return [];
    const place = { file: path, line };
    const nothing = { chains: [], names: [], listeners: [], staple: undefined, isStapling: false } as const;
    return [{ server, cert, place, obstacle: 'server', ...nothing }];
  });
  return { server, file: path, uses, remarks: [] };
}
