import { type Subject, type Words, hasResponder, isSame } from './finding.js';
import { type Use, TITLES, shownPlace } from './model.js';

/** Finds whether the configuration has the certificate of a server, and writes the file that the server reads. */
export function entryFindings(use: Use, { certificate, own, context }: Subject): Words[] {
  const { found, names } = certificate;
  const who = names[0] ?? found.path;
  const where = `${TITLES[use.server]} (${shownPlace(use.place)})`;
  if (!hasResponder(certificate)) return [];
  if (own.length === 0)
    return [
      {
        code: 'not-looked-after',
        message: `${where} uses ${use.cert} (${who}), which is not in the configuration`,
        hint: 'add it under "domains": ocspbot discover prints the lines',
      },
    ];
  if (use.obstacle !== undefined) return [];
  const files = own.map(({ ocsp }) => ocsp);
  if (!use.isStapling)
    return [
      {
        code: 'not-stapled',
        message: `${where} is not told to staple ${files.join(' or ')} for ${who}`,
        hint: 'ocspbot discover prints the lines for the configuration of the server; then reload it',
      },
    ];
  const { staple } = use;
  if (staple === undefined) return [];
  const same = own.filter(({ ocsp }) => isSame(ocsp, staple, context));
  if (same.some(({ format }) => format === use.format)) return [];
  if (same.length > 0) return [otherFormat(use, where)];
  return [
    {
      code: 'other-file',
      message: `${where} staples ${use.staple} for ${who}, but ocspbot writes ${files.join(' and ')}`,
      hint: 'name the same file in both configurations',
    },
  ];
}

/** A server that finds another form than it expects may refuse the file, or every handshake. */
function otherFormat({ staple, format }: Use, where: string): Words {
  const [read, written] = format === undefined ? ['DER', 'PEM'] : ['PEM', 'DER'];
  return {
    code: 'other-format',
    message: `${where} reads ${staple} as ${read}, but ocspbot writes ${written}`,
    hint:
      format === undefined
        ? 'remove "format: pem-chain" from the entry; or let the server read PEM, if it can'
        : `add "format: ${format}" to the entry; or take the word PEM out of the configuration of the server`,
  };
}
