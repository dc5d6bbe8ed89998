import { text, word } from './fields.js';

export const OK = 'all is well';

export const SEVERITIES = {
  warning: 'to be looked at soon',
  critical: 'to be looked at now',
  unknown: 'it cannot be judged',
} as const;

/** The fields that say what a problem is about. */
export const SUBJECT = {
  about: word('The kind of thing that it is about.', {
    certificate: 'a certificate and its response',
    service: 'a service and its reload',
    configuration: 'the configuration as a whole',
    run: 'the runs of the past',
  }),
  name: text('The name of the certificate or service; empty for the others.'),
};
