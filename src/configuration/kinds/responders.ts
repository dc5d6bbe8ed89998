import type { ResponderRule } from '../model.js';
import { quote } from '../../text/visible.js';
import { report } from './kind.js';
import type { Kind, Value } from './kind.js';
import { text } from './text.js';

/** The http or https URL of a responder. */
export const responderUrl: Kind<string> = {
  expected: 'a URL',
  read(value) {
    const url = text(this.expected).read(value);
    return url === undefined ? undefined : readUrl(url, value, 'write for example: http://ocsp.example.com');
  },
};

/** A URL, or `certificate` for those that the certificate itself names. */
export const responderRule: Kind<ResponderRule> = {
  expected: 'a URL or "certificate"',
  read(value) {
    const written = text(this.expected).read(value);
    if (written === undefined) return undefined;
    if (written === 'certificate') return { kind: 'certificate' };
    const url = readUrl(written, value, 'write for example: http://ocsp.example.com, or: certificate');
    return url === undefined ? undefined : { kind: 'url', url };
  },
};

function readUrl(url: string, value: Value, hint: string): string | undefined {
  if (!URL.canParse(url) || !['http:', 'https:'].includes(new URL(url).protocol)) {
    return report(value, `${quote(url)} is not an http or https URL`, hint);
  }
  const { username, password } = new URL(url);
  if (username === '' && password === '') return url;
  return report(value, `${value.label} has a user name or password in it`, 'remove them: they are not sent');
}
