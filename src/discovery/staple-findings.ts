import { readOr } from '../x509/der.js';
import { isMustStaple } from '../x509/extensions.js';
import { realFile } from './files.js';
import { type Subject, type Words, isThere, isSame, hasResponder } from './finding.js';
import { type Use, TITLES, shownPlace } from './model.js';

/** A must-staple certificate without a response is the worst: clients refuse the connection (RFC 7633). */
export function withoutStaple(use: Use, { certificate, context }: Subject): Words | undefined {
  const { found, names } = certificate;
  const staples = use.isStapling && use.staple !== undefined && isThere(use.staple, context);
  if (staples || !readOr(() => isMustStaple(certificate.found.certificate), false)) return undefined;
  const why =
    use.obstacle === 'server'
      ? `${TITLES[use.server]} cannot staple a file`
      : use.isStapling
        ? `${use.staple} is missing`
        : `${TITLES[use.server]} is not told to staple`;
  return {
    code: 'must-staple-without-staple',
    message: `${names[0] ?? found.path} is must-staple, and ${why} (${shownPlace(use.place)}): clients refuse it`,
    hint: 'staple a response now, see docs/servers.md; or have the certificate issued again without must-staple',
  };
}

/** Finds what is wrong with the file that a server staples. */
export function stapleFindings(use: Use, { certificate, own, owners, context }: Subject): Words[] {
  const { staple, place } = use;
  if (!use.isStapling || staple === undefined) return [];
  const where = shownPlace(place);
  const isPresent = isThere(staple, context);
  const users = owners.get(realFile(staple, context.files))?.size ?? 0;
  // ocspbot keeps a response in it that is good for all of them.
  const isShared = own.some(
    ({ shared, ocsp }) => (shared?.members.length ?? 0) >= users && isSame(ocsp, staple, context),
  );
  if (users > 1 && !isShared)
    return [
      {
        code: 'one-file-for-two',
        message: `${where} staples ${staple}, which is stapled for another certificate, too: one of them gets a wrong response`,
        hint: 'give each certificate a file and a block of its own; or let the entries of an RSA and an ECDSA certificate name this one file, see docs/servers.md',
      },
    ];
  if (!hasResponder(certificate))
    return isPresent
      ? [
          {
            code: 'staple-without-responder',
            message: `${where} staples ${staple} for a certificate that names no OCSP responder: nobody can refresh it`,
            hint: 'take the file out of the configuration of the server, and remove it',
          },
        ]
      : [];
  if (isPresent) return [];
  return [
    {
      code: 'file-missing',
      message: `${where} staples ${staple}, which is missing`,
      hint:
        use.server === 'haproxy'
          ? 'run ocspbot, and reload HAProxy'
          : `run ocspbot before ${TITLES[use.server]} is started the next time: it may not start, or not staple`,
    },
  ];
}
