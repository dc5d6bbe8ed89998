/** A Secret as the API shows it. */
export interface SecretObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly resourceVersion: string;
  };
  readonly type: string;
  readonly immutable?: boolean;
  readonly data: Readonly<Record<string, string>>;
}

/** A refusal, which becomes a Status object. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface NewSecret {
  readonly data: Readonly<Record<string, string | Uint8Array>>;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly immutable?: boolean;
}

/** Change of a merge patch (RFC 7396): null removes a key. */
interface Change {
  readonly metadata?: { readonly resourceVersion?: string };
  readonly data?: Readonly<Record<string, string | null>>;
}

/** The Secrets of a cluster, with the semantics of resourceVersion, immutability, selectors and pages. */
export class SecretStore {
  readonly #secrets = new Map<string, SecretObject>();
  /** The lists that are read in pages, by the tokens of their next pages. */
  readonly #continued = new Map<string, { rest: readonly SecretObject[]; version: string }>();
  #version = 100;

  put(name: string, { data, namespace = 'gateways', labels = {}, ...more }: NewSecret): void {
    const base64 = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
    const text = Object.fromEntries(base64) as Record<string, string>;
    const { annotations = appliedBy(text), type = 'kubernetes.io/tls', immutable } = more;
    const kept = Object.keys(annotations).length === 0 ? {} : { annotations };
    const metadata = { name, namespace, labels, ...kept, resourceVersion: this.#nextVersion() };
    const other = immutable === undefined ? {} : { immutable };
    this.#secrets.set(`${namespace}/${name}`, { metadata, type, data: text, ...other });
  }

  get(name: string, namespace = 'gateways'): SecretObject | undefined {
    return this.#secrets.get(`${namespace}/${name}`);
  }

  remove(name: string, namespace = 'gateways'): void {
    this.#secrets.delete(`${namespace}/${name}`);
  }

  /** Forgets the lists that are not read to their ends, as a real server does after some minutes. */
  compact(): void {
    this.#continued.clear();
  }

  /** Returns a page of a list. All pages of a list show one moment. */
  list(namespace: string | undefined, query: URLSearchParams, most: number): object {
    const token = query.get('continue');
    const known = token === null ? this.#begin(namespace, query) : this.#continued.get(token);
    if (known === undefined) return statusOf(EXPIRED);
    const limit = Math.min(Number(query.get('limit') ?? Infinity), most);
    const [items, rest] = [known.rest.slice(0, limit), known.rest.slice(limit)];
    const next = rest.length === 0 ? '' : `page-${this.#continued.size + 1}`;
    if (next !== '') this.#continued.set(next, { ...known, rest });
    const metadata = { resourceVersion: known.version, ...(next === '' ? {} : { continue: next }) };
    return { kind: 'SecretList', apiVersion: 'v1', metadata, items };
  }

  patch(name: string, namespace: string, { metadata, data = {} }: Change): object {
    const secret = this.get(name, namespace);
    if (secret === undefined) return statusOf(notFound(name));
    const expected = metadata?.resourceVersion;
    if (expected !== undefined && expected !== '' && expected !== secret.metadata.resourceVersion)
      return statusOf(conflict(name));
    if (secret.immutable === true) return statusOf(immutable(name));
    const merged = Object.entries({ ...secret.data, ...data }).filter(([, value]) => value !== null);
    const changed = {
      ...secret,
      metadata: { ...secret.metadata, resourceVersion: this.#nextVersion() },
      data: Object.fromEntries(merged) as Record<string, string>,
    };
    this.#secrets.set(`${namespace}/${name}`, changed);
    return shown(changed);
  }

  #begin(namespace: string | undefined, query: URLSearchParams) {
    const [fields, labels] = [query.get('fieldSelector') ?? '', query.get('labelSelector') ?? ''];
    const rest = [...this.#secrets.values()].filter(
      ({ metadata, type }) =>
        (namespace === undefined || metadata.namespace === namespace) &&
        (fields === '' || fields === `type=${type}`) &&
        requirementsOf(labels).every((requirement) => isMet(requirement, metadata.labels)),
    );
    return { rest, version: String(this.#version) };
  }

  #nextVersion(): string {
    this.#version += 1;
    return String(this.#version);
  }
}

/** The copy that `kubectl apply` keeps of what it applied, private key and all. */
function appliedBy(data: Readonly<Record<string, string>>): Record<string, string> {
  return { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data }) };
}

/** Splits a label selector at the commas outside of brackets. */
function requirementsOf(selector: string): string[] {
  return selector.split(/,(?![^(]*\))/).filter((one) => one !== '');
}

function isMet(requirement: string, labels: Readonly<Record<string, string>>): boolean {
  const [, name = '', values = ''] = /^(\S+) in \((.*)\)$/.exec(requirement) ?? [];
  if (name !== '') return values.split(',').includes(labels[name] ?? '');
  if (requirement.startsWith('!')) return labels[requirement.slice(1)] === undefined;
  const [key = '', value] = requirement.split(/!?==?/);
  if (value === undefined) return labels[key] !== undefined;
  return requirement.includes('!=') ? labels[key] !== value : labels[key] === value;
}

const EXPIRED: Refusal = {
  code: 410,
  reason: 'Expired',
  message: 'The provided continue parameter is too old to display a consistent list result.',
};

export const notFound = (name: string): Refusal => ({
  code: 404,
  reason: 'NotFound',
  message: `secrets "${name}" not found`,
});

const conflict = (name: string): Refusal => ({
  code: 409,
  reason: 'Conflict',
  message: `Operation cannot be fulfilled on secrets "${name}": the object has been modified`,
});

const immutable = (name: string): Refusal => ({
  code: 422,
  reason: 'Invalid',
  message: `Secret "${name}" is invalid: data: Forbidden: field is immutable when \`immutable\` is set`,
});

export function statusOf({ code, reason, message }: Refusal): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}

export const shown = (secret: SecretObject) => ({ kind: 'Secret', apiVersion: 'v1', ...secret });
