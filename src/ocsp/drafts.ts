import type { Certificate } from '../certificates/certificate.js';
import type { HashName } from '../configuration/model.js';
import { makeCertId } from './cert-id.js';
import { buildRequest } from './request.js';

/** Which certificate is asked about. */
interface Subject {
  readonly issuer: Certificate;
  /** Content octets of its serialNumber. */
  readonly serialNumber: Uint8Array;
}

/** The DER of an OCSPRequest, as `buildRequest` makes it. */
export function requestAbout(subject: Subject, hash: HashName, nonce: Uint8Array | undefined): Uint8Array {
  const build = () => buildRequest({ certId: makeCertId(hash, subject.issuer, subject.serialNumber), nonce });
  return nonce === undefined ? byDraft(subject, hash, build) : build();
}

const drafts = new WeakMap<Certificate, Map<string, Uint8Array>>();

/**
 * Without a nonce a request ends with the serialNumber, the last part of the CertID (RFC 6960 §4.1.1). Those about
 * certificates of one issuer whose serialNumbers have the same length differ in nothing else: one is built for all.
 */
function byDraft({ issuer, serialNumber }: Subject, hash: HashName, build: () => Uint8Array): Uint8Array {
  const ofIssuer = drafts.get(issuer) ?? new Map<string, Uint8Array>();
  drafts.set(issuer, ofIssuer);
  const alike = `${hash} ${serialNumber.length}`;
  const draft = ofIssuer.get(alike) ?? build();
  ofIssuer.set(alike, draft);
  const request = Uint8Array.from(draft);
  request.set(serialNumber, request.length - serialNumber.length);
  return request;
}
