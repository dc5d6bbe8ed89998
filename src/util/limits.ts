import { DAY, HOUR, MINUTE, SECOND } from './time.js';

/** Every default of the configuration and every limit of the program. The README's reference is checked against it. */
export const DEFAULTS = {
  /** The first one that is there, where none is named. */
  configurationFiles: ['ocspbot.yaml', '/etc/ocspbot.yaml'],
  /** Certificates in flight; one with `stop_on_error`, which would come too late for the others. */
  parallel: 16,
  clockSkew: 5 * MINUTE,
  maxAge: 14 * DAY,
  /** Share of the lifetime left at which a staple is due when no threshold is set. */
  minimumShare: 0.5,
  /** Critical is this share of the refresh threshold. */
  criticalShare: 1 / 3,
  backupsKept: 10,
  /** For each command of a service. */
  reloadTimeout: 1 * MINUTE,
  /** For a whole run, so that one which is called every hour, a little later by chance, has ended before the next. */
  runTimeout: 45 * MINUTE,
  http: {
    timeout: 15 * SECOND,
    connectTimeout: 5 * SECOND,
    maxResponseSize: 64 * 1024,
    method: 'auto',
    hash: 'auto',
    nonce: false,
    proxy: { kind: 'environment' },
    noProxy: undefined,
    caFile: undefined,
    /** Times that each responder is asked in a run while that may mend it. */
    attempts: 3,
    /** Requests to one host at once. */
    perHost: 4,
  },
} as const;

export const LIMITS = {
  /** A GET with a longer URL becomes a POST (RFC 9919 §6). */
  getUrlLength: 255,
  redirects: 3,
  /** Between two runs of an hourly timer; at most, where it waits up to half an hour at random. */
  runInterval: HOUR,
  longestRunInterval: 90 * MINUTE,
  /** Octets of a responder's URL, of a Location. */
  urlLength: 2048,
  /** OCSP URLs of one certificate that are tried. */
  responderUrls: 4,
  /** Questions of one certificate whose course a person is shown. */
  exchangesShown: 4,
  /** Names that are looked up at once: Node works on no more. */
  lookups: 2,
  /** Of status 1xx, before the one that counts. */
  interimAnswers: 10,
  /** How long a connection may wait for the next request; the end of a run closes it before. */
  keepAlive: 10 * MINUTE,
  /** The greatest `http.attempts`. */
  attempts: 10,
  /** Before a responder is asked again in a run; twice as long each time. */
  firstPause: 1 * SECOND,
  /** For all such pauses of one certificate. */
  pauses: 30 * SECOND,
  /** Certificates in a row that a responder must fail for the others to be spared the trouble. */
  failuresInARow: 3,
  /** Before a later run asks again; twice as long each time, up to the longest. */
  firstWait: 5 * MINUTE,
  longestWait: 6 * HOUR,
  /** Of the time until a staple is critical: the greatest part that one wait may take. */
  waitShare: 1 / 8,
  /** Waits in a row that are counted. */
  countedWaits: 1000,
  /** Octets of the file of what is remembered of responders, and what of it stays how long. */
  memoryFile: 8 * 1024 * 1024,
  rememberedResponders: 1000,
  rememberedCertificates: 20_000,
  rememberedFor: 30 * DAY,
  /** How long a reader of the output may take nothing while the run holds its lock, and then before the run ends. */
  readerPatience: 10 * SECOND,
  readerPatienceAtEnd: 10 * MINUTE,
  /** How long a run waits for the reader of a pipe in the place of a log file, in all and at once. */
  logPatience: 2 * SECOND,
  logPause: 10,
  /** Failures that a message tells in full. */
  failuresTold: 3,
  /** The longest `--splay`. */
  splay: 1 * DAY,
  /** Octets of an HTTP response's header. */
  responseHeader: 16 * 1024,
  /** Characters of an unwanted body that a message quotes. */
  quotedBody: 60,
  /** Octets of a certificate file, of a staple on disk, of a configuration file. */
  certificateFile: 1024 * 1024,
  stapleFile: 1024 * 1024,
  configurationFile: 64 * 1024 * 1024,
  /** Problems of a configuration that are shown. */
  problemsShown: 50,
  /** The greatest time limit of an exchange, a command or a run: Node's timers end at 24.8 days. */
  timeLimit: 1 * DAY,
  /** The greatest `max_response_size`. */
  responseSize: 1024 * 1024,
  derDepth: 32,
  derElements: 20_000,
  /** Octets of all certificates that are kept for when they come again. */
  recentCertificates: 1024 * 1024,
  /** Names of one certificate times name constraints of a CA above it: what Go compares at most. */
  nameComparisons: 250_000,
  /** CA certificates of a path, the issuer's and the root's included: what mozilla::pkix follows at most. */
  pathLength: 7,
  /** Certificates that are tried as the next one of a path, in all. */
  pathAttempts: 1000,
  /** Certificates of a response that are tried as its signer. */
  signerCandidates: 8,
  /** Outside of it a warning is given (BR §4.9.9). */
  usualInterval: { from: 8 * HOUR, to: 10 * DAY },
  nonceLength: 32,
  /** A certificate with at most this lifetime needs no revocation information (BR §1.6.1). */
  shortLived: 10 * DAY,
  /** Octets of an old file that is copied to its backup; whatever is larger is no staple. */
  backupFile: 16 * 1024 * 1024,
  /** For tar to list, or cp to copy, extended attributes; files that are listed at once. */
  attributesTimeout: 20 * SECOND,
  attributesAtOnce: 256,
  /** Backups of one staple with the same second in their names. */
  backupsOfOneSecond: 99,
  /** Octets of a file in the state folder. */
  stateFile: 64 * 1024,
  /** A temporary file whose maker cannot be asked about is left over from a dead run when older than this. */
  temporaryFileAge: HOUR,
  /** A lock whose owner cannot be asked about (another host, another container) is stale when older than this. */
  lockAge: HOUR,
  /** Pending reloads that no configuration asks for are a case for a person when older than this. */
  unclaimedReloads: DAY,
  /** Attempts to become the next holder of the lock, each lost to somebody faster. */
  lockRounds: 100,
  /** For the run before, which has released the lock, to strike out what it has told; between two looks at it. */
  strikeOut: 1 * SECOND,
  strikeOutPause: 10,
  /** Octets that are kept of what a command writes: the last ones. */
  commandOutput: 64 * 1024,
  /** Between SIGTERM and SIGKILL for a command whose time is up. */
  commandGrace: 2 * SECOND,
  /** To speak with a server over its runtime socket, once. */
  socketTimeout: 10 * SECOND,
  /** Octets of an answer there. */
  socketAnswer: 256 * 1024,
  /** To see what a server staples. */
  handshakeTimeout: 10 * SECOND,
  /** Characters of a reply of a mail server. */
  smtpReply: 16 * 1024,
  /** How often a server is looked at after a reload until it staples what is in the file, the time between, and in all. */
  liveLooks: 20,
  livePause: 500,
  liveWait: 20 * SECOND,
  /** For the output of a command that has ended, which something that it has started may keep open. */
  commandDrain: 1 * SECOND,
} as const;
