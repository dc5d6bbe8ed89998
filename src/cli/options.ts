export const COMMANDS = [
  'refresh',
  'validate',
  'services',
  'owe',
  'verify',
  'status',
  'check',
  'explain',
  'live',
  'install',
  'rollback',
  'fetch',
  'discover',
] as const;
export type CommandName = (typeof COMMANDS)[number];

/** An option of the command line. Parsing and help use the same table. */
export interface Option {
  readonly name: string;
  readonly short?: string;
  /** The name of its value; undefined for a flag. */
  readonly value?: string;
  readonly isRepeatable?: true;
  /** The text for the help. Further lines are indented. */
  readonly about: string;
}

const CONFIG: Option = { name: 'config', value: 'FILE', about: 'the configuration, instead of CONFIG' };
const NOW: Option = {
  name: 'now',
  value: 'TIME',
  about: 'judge at this time, like 2026-01-31T09:05:00Z; for tests',
};
const DRY_RUN: Option = { name: 'dry-run', about: 'verify, but write nothing' };
const ONLY: Option = {
  name: 'only',
  value: 'NAME',
  isRepeatable: true,
  about: 'only this certificate; may be repeated',
};
const MATCH: Option = {
  name: 'match',
  value: 'GLOB',
  isRepeatable: true,
  about: 'only certificates whose names match a pattern with * and ?; may be repeated',
};
const RELOAD: Option = { name: 'reload', about: 'run the reload commands of the services (run_reloads)' };

export const COMMON_OPTIONS: readonly Option[] = [
  { name: 'json', about: 'report for programs, on standard output' },
  { name: 'quiet', short: 'q', about: 'only what needs attention' },
  { name: 'verbose', about: 'more about each certificate' },
  { name: 'no-color', about: 'no escape sequences, also for a terminal' },
  { name: 'help', short: 'h', about: 'this text; of a command with: ocspbot COMMAND --help' },
  { name: 'version', short: 'v', about: 'the version' },
];

export const OPTIONS: Readonly<Record<CommandName, readonly Option[]>> = {
  refresh: [
    ONLY,
    MATCH,
    {
      name: 'force',
      about: 'also refresh what is not due, and accept a response that is older than the one in place',
    },
    { name: 'dry-run', about: 'fetch and verify, but write nothing' },
    { name: 'strict', about: 'every failed attempt sets 32, also with a good staple in place' },
    RELOAD,
    {
      name: 'exit',
      value: 'simple',
      about: '0 when all is well, also after updates: no bits of services; for Kubernetes Jobs',
    },
    {
      name: 'splay',
      value: 'TIME',
      about:
        'first wait for a random time of up to this, like 10m, so that many machines do not ask\nat once; nothing is looked at or locked meanwhile, and a signal ends it',
    },
    {
      name: 'log-format',
      value: 'FORMAT',
      about: 'json: each message is a line of JSON, for programs that collect logs (text)',
    },
    CONFIG,
    NOW,
  ],
  validate: [CONFIG],
  services: [CONFIG],
  owe: [{ ...CONFIG, about: 'the configuration; then all arguments are services' }],
  status: [
    ONLY,
    MATCH,
    {
      name: 'state',
      value: 'STATE',
      isRepeatable: true,
      about: 'only certificates in this state, or "attention" for all that need it; may be repeated',
    },
    { name: 'prometheus', about: 'metrics for Prometheus, as metrics_file has them' },
    {
      name: 'html',
      value: 'FILE',
      about: 'write the page for a browser, as html_file has it, and print nothing',
    },
    CONFIG,
    NOW,
  ],
  check: [
    {
      name: 'warning',
      short: 'w',
      value: 'LEFT',
      about:
        'WARNING when less than this is left of a staple: a duration like 2d, or a share of\nits lifetime like 25%',
    },
    { name: 'critical', short: 'c', value: 'LEFT', about: 'CRITICAL when less than this is left' },
    {
      name: 'run-warning',
      value: 'AGE',
      about: 'WARNING when the last good run is older than this (3h), or "off"',
    },
    { name: 'run-critical', value: 'AGE', about: 'CRITICAL when the last good run is older than this' },
    ONLY,
    MATCH,
    CONFIG,
    NOW,
  ],
  explain: [CONFIG, NOW],
  live: [
    {
      ...CONFIG,
      about: 'the configuration, instead of CONFIG; it need not be there when HOST:PORT is given',
    },
    { name: 'servername', value: 'NAME', about: 'the name that is asked for; that of HOST when left out' },
    { name: 'starttls', value: 'smtp', about: 'for a mail server, where TLS begins only when asked for' },
    NOW,
  ],
  install: [
    CONFIG,
    { name: 'force', about: 'accept a response that is older than the one in place' },
    DRY_RUN,
    { name: 'strict', about: 'every response that is refused sets 32, also with a good staple in place' },
    NOW,
  ],
  rollback: [
    {
      name: 'list',
      about: 'only list the backups with their times and verdicts; 0 when one would be restored, 32 when not',
    },
    {
      name: 'to',
      value: 'TIMESTAMP',
      about: 'this one: the time in its name, like 20260131-090500, or its whole name',
    },
    CONFIG,
    {
      name: 'force',
      about:
        'also one that has expired, for a server that needs a genuine file to start; never one\nthat is forged, foreign, revoked or from the future',
    },
    DRY_RUN,
    RELOAD,
    NOW,
  ],
  discover: [
    {
      name: 'write',
      value: 'FILE',
      about: 'write the configuration to a new file, and make the folder of responses',
    },
    { name: 'force', about: 'with --write: replace FILE if it is there' },
    {
      name: 'ocsp-folder',
      value: 'FOLDER',
      about: 'where responses go that no server expects in a certain file (/var/lib/ocsp)',
    },
    {
      name: 'fetch-issuers',
      about:
        'fetch missing certificates of issuers from the places that the certificates name, and\nkeep them below the folder of responses',
    },
    { name: 'check', about: 'compare a configuration with the servers; write nothing' },
    { ...CONFIG, about: 'with --check: the configuration, instead of CONFIG' },
    NOW,
  ],
  verify: [
    { name: 'issuer', value: 'FILE', about: 'certificate of the issuer; its chain may stand there too' },
    { name: 'cert', value: 'FILE', about: 'certificate that the response has to be for' },
    { name: 'serial', value: 'HEX', about: 'its serial number, where the certificate is not at hand' },
    { name: 'root', value: 'FILE', about: 'trust anchors that the issuer must chain to' },
    {
      name: 'trusted-responder',
      value: 'FILE',
      isRepeatable: true,
      about: 'certificates that may sign for the issuer; may be repeated',
    },
    NOW,
    { name: 'max-age', value: 'DURATION', about: 'greatest age of thisUpdate (14d)' },
    { name: 'clock-skew', value: 'DURATION', about: 'how far times may lie ahead (5m)' },
    { name: 'assumed-validity', value: 'DURATION', about: 'stands for nextUpdate where there is none' },
    { name: 'allow-sha1-signatures', about: 'for private PKIs that cannot do better' },
  ],
  fetch: [
    { name: 'issuer', value: 'FILE', about: 'certificate of the issuer, if CERT is not a full chain' },
    { name: 'root', value: 'FILE', about: 'trust anchors that the issuer must chain to' },
    {
      name: 'responder',
      value: 'URL',
      about: 'the responder, instead of the one that the certificate names',
    },
    {
      name: 'config',
      value: 'FILE',
      about: 'a configuration: its settings apply, and what it says about CERT',
    },
    NOW,
  ],
};
