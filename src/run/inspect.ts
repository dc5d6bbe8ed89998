import {
  choiceFor,
  type IssuerResponders,
  loadIssuerResponders,
  type ResponderChoice,
} from '../client/responder-url.js';
import type { Configuration, Entry } from '../configuration/model.js';
import type { Question } from '../ocsp/verify/question.js';
import { readStaple, type Staple } from '../staple/staple.js';
import { openRollbacks, type Rollbacks } from '../state/rollbacks.js';
import type { System } from '../system/system.js';
import type { Instant } from '../util/time.js';
import type { Certificate } from '../x509/certificate.js';
import { loadReadable } from '../x509/load.js';
import type { Subject } from '../x509/subject.js';
import { type KnownAuthority, knownAuthorities } from './authorities.js';
import { questionOf } from './question.js';

/** A certificate in a run, with the staple that is in place for it. */
export interface InspectedCertificate {
  readonly entry: Entry;
  readonly subject: Subject;
  /** The CA certificates whose responses are kept in the same file (`format: pem-chain`). */
  readonly authorities: readonly KnownAuthority[];
  readonly question: Question;
  readonly staple: Staple;
  readonly responders: ResponderChoice;
  /** True if a rollback has restored this staple. */
  readonly isRestored: boolean;
}

/** The settings and the clock by which a certificate is inspected. */
export interface InspectionContext {
  readonly now: Instant;
  /** The time at which this program was built. A clock that is before it is wrong. */
  readonly earliest: Instant;
  readonly configuration: Configuration;
  readonly trustedResponders: readonly Certificate[];
  readonly issuerResponders: IssuerResponders;
  readonly system: Pick<System, 'files'>;
  readonly rollbacks: Pick<Rollbacks, 'has'>;
}

/** Opens what a look at certificates needs. It reads files only. */
export function openInspection(
  configuration: Configuration,
  moment: Pick<InspectionContext, 'now' | 'earliest'>,
  system: Pick<System, 'files'>,
): InspectionContext & { readonly rollbacks: Rollbacks } {
  return {
    ...moment,
    configuration,
    system,
    trustedResponders: loadReadable(configuration.trustedResponders, system.files),
    issuerResponders: loadIssuerResponders(configuration, system.files),
    rollbacks: openRollbacks(configuration, system),
  };
}

/** Reads the staple in place and verifies it as strictly as a new response. */
export function inspect(entry: Entry, subject: Subject, context: InspectionContext): InspectedCertificate {
  const { trustedResponders } = context;
  const isChain = entry.format === 'pem-chain';
  const authorities = isChain ? knownAuthorities(subject, trustedResponders) : NO_AUTHORITIES;
  const above = isChain ? authorities.map(({ question }) => question) : undefined;
  const question = questionOf(subject, trustedResponders, above);
  const { policy } = context.configuration;
  const staple = readStaple(entry.ocsp, question, { policy, now: context.now }, context.system.files);
  const responders = choiceFor(entry, subject, context.issuerResponders);
  const isRestored = staple.kind === 'usable' && context.rollbacks.has(staple.response);
  return { entry, subject, authorities, question, staple, responders, isRestored };
}

const NO_AUTHORITIES: readonly KnownAuthority[] = [];
