import { DAY, HOUR, MINUTE, SECOND } from './time.js';

/** The defaults of the configuration. A test compares examples/reference.yaml with them. */
export const DEFAULTS = {
  /** The places of the configuration file when none is named; the first that exists is read. */
  configurationFiles: ['ocspbot.yaml', '/etc/ocspbot.yaml'],
  /** The folders that discovery gives to responses and, where responses go elsewhere, to the state. */
  stapleFolder: '/var/lib/ocsp',
  stateFolder: '/var/lib/ocspbot',
  /** The folder in which a pod finds the CA file and the token of its service account. */
  serviceAccount: '/var/run/secrets/kubernetes.io/serviceaccount',
  /** Certificates in flight. With `stop_on_error` it is one, because a stop would come too late for the others. */
  parallel: 16,
  clockSkew: 5 * MINUTE,
  maxAge: 14 * DAY,
  /** The share of the lifetime that is left when a staple becomes due, if no threshold is set. */
  minimumShare: 0.5,
  /** The share of the refresh threshold below which a staple is critical. */
  criticalShare: 1 / 3,
  backupsKept: 10,
  /** Time limit of each command of a service. */
  reloadTimeout: 1 * MINUTE,
  notifyTimeout: 10 * SECOND,
  /** The age of the last good run from which `check` warns: three hourly runs have failed or not taken place. */
  runWarning: 3 * HOUR,
  /** Time limit of a whole run: an hourly run with a random delay ends before the next one starts. */
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
    /** Requests to each responder in a run, as long as the failure may be temporary. */
    attempts: 3,
    /** Concurrent requests to one host. */
    perHost: 4,
  },
} as const;

/** The limits of the program. */
export const LIMITS = {
  /** The greatest answer of a Kubernetes API server: a page of Secrets of 1 MiB each, in base64. */
  kubernetesAnswer: 64 * 1024 * 1024,
  /** The greatest number of Secrets in a namespace, and of pages of a list. */
  secrets: 100_000,
  /** A GET with a longer URL becomes a POST (RFC 9919 §6). */
  getUrlLength: 255,
  redirects: 3,
  /** Time between two runs of an hourly timer, and its maximum with a random delay of up to half an hour. */
  runInterval: HOUR,
  longestRunInterval: 90 * MINUTE,
  /** Bytes of a responder's URL and of a Location. */
  urlLength: 2048,
  /** OCSP URLs that are tried for one certificate. */
  responderUrls: 4,
  /** Exchanges about one certificate that are shown to the user. */
  exchangesShown: 4,
  /** Concurrent name look-ups: Node works on no more. */
  lookups: 2,
  /** Interim answers (status 1xx) before the final one. */
  interimAnswers: 10,
  /** Time that an idle connection waits for the next request; the end of a run closes it earlier. */
  keepAlive: 10 * MINUTE,
  /** The greatest `http.attempts`. */
  attempts: 10,
  /** The pause before a responder is asked again in a run; it doubles each time. */
  firstPause: 1 * SECOND,
  /** The sum of these pauses for one certificate. */
  pauses: 30 * SECOND,
  /** Consecutive certificates for which a responder fails before the run stops asking it. */
  failuresInARow: 3,
  /** Silent URLs of one host before the run stops asking its other URLs. A host may serve several CAs. */
  silentUrls: 8,
  /** The wait before a later run asks again; it doubles each time, up to the longest. */
  firstWait: 5 * MINUTE,
  longestWait: 6 * HOUR,
  /** The greatest share of the time until a staple is critical that one wait may take. */
  waitShare: 1 / 8,
  /** The greatest count of consecutive waits. */
  countedWaits: 1000,
  /** The changes that wait for a receiver of notifications, and that one document has. */
  unsentChanges: 1000,
  /** The size in bytes of all changes that wait. */
  unsentBytes: 2 * 1024 * 1024,
  /** The bytes of the answer to a notification or a ping that are read. */
  webhookAnswer: 64 * 1024,
  /** The greatest size in bytes of a file of records that is read. */
  memoryFile: 8 * 1024 * 1024,
  /** The responder history: its records, their bytes, and the time that they are kept. */
  rememberedResponders: { count: 1000, bytes: 1024 * 1024 },
  rememberedCertificates: { count: 20_000, bytes: 6 * 1024 * 1024 },
  rememberedFor: 30 * DAY,
  /** Time to wait for a reader of the output that takes nothing: while the run holds its lock, and at its end. */
  readerPatience: 10 * SECOND,
  readerPatienceAtEnd: 10 * MINUTE,
  /** Time to wait for the reader of a named pipe that serves as a log file: in total, and between two attempts. */
  logPatience: 2 * SECOND,
  logPause: 10,
  /** Failures that a message describes in full. */
  failuresTold: 3,
  /** The longest `--splay`. */
  splay: 1 * DAY,
  /** Bytes of an HTTP response's header. */
  responseHeader: 16 * 1024,
  /** Characters of an unwanted body that a message quotes. */
  quotedBody: 60,
  /** Bytes of a certificate file, of a staple on disk, of a configuration file. */
  certificateFile: 1024 * 1024,
  stapleFile: 1024 * 1024,
  configurationFile: 64 * 1024 * 1024,
  /** Problems of a configuration that are shown. */
  problemsShown: 50,
  /** Bytes at the beginning of a log file that are looked at before it begins anew: a key may follow other text. */
  logFile: 16 * 1024 * 1024,
  /** Bytes of a file of metrics, or of a page, that is replaced. */
  shownFile: 256 * 1024 * 1024,
  /** Certificates of a run above which an unchanged one has no line of its own, except with `--verbose`. */
  linesShown: 1000,
  /** The greatest time limit of an exchange, a command or a run: Node's timers end at 24.8 days. */
  timeLimit: 1 * DAY,
  /** The greatest `max_response_size`. */
  responseSize: 1024 * 1024,
  derDepth: 32,
  derElements: 20_000,
  /** Bytes of all certificates in the cache of recent ones. */
  recentCertificates: 1024 * 1024,
  /** The greatest product of the names of a certificate and the name constraints of a CA above it, as in Go. */
  nameComparisons: 250_000,
  /** CA certificates of a path, including the issuer's and the root's, as in mozilla::pkix. */
  pathLength: 7,
  /** Certificates that are tried as the next one of a path, in total. */
  pathAttempts: 1000,
  /** Certificates of a response that are tried as its signer. */
  signerCandidates: 8,
  /** The usual validity of a response: any other causes a warning (BR §4.9.9). */
  usualInterval: { from: 8 * HOUR, to: 10 * DAY },
  nonceLength: 32,
  /** A certificate with at most this lifetime needs no revocation information (BR §1.6.1). */
  shortLived: 10 * DAY,
  /** Bytes of an old file that is copied to its backup; a larger file is not a staple. */
  backupFile: 16 * 1024 * 1024,
  /** Time limit for tar to list, or cp to copy, extended attributes; and the files that are listed at once. */
  attributesTimeout: 20 * SECOND,
  attributesAtOnce: 256,
  /** Backups of one staple with the same second in their names. */
  backupsOfOneSecond: 99,
  /** The record of attempts: together with the days at most 5 MiB. */
  attemptsKept: {
    certificates: { count: 20_000, bytes: 4 * 1024 * 1024 },
    responders: { count: 1000, bytes: 512 * 1024 },
    reloads: { count: 1000, bytes: 256 * 1024 },
  },
  /** Days whose attempts the state folder counts. */
  rememberedDays: 60,
  /** Bytes of a file in the state folder. It may have the names of all services of a configuration. */
  stateFile: 8 * 1024 * 1024,
  /** The age from which a temporary file is stale if it is unknown whether its process is alive. */
  temporaryFileAge: HOUR,
  /** The age from which a lock is stale if its owner is on another host or in another container. */
  lockAge: HOUR,
  /** Pending reloads that no configuration asks for need attention when older than this. */
  unclaimedReloads: DAY,
  /** Attempts to take the lock, each lost to a faster process. */
  lockRounds: 100,
  /** Time after a signal in which the next one counts as the same. */
  signalEcho: 250,
  /** Bytes kept of the output of a command: the last ones. */
  commandOutput: 64 * 1024,
  /** Time between SIGTERM and SIGKILL for a command that exceeds its time limit. */
  commandGrace: 2 * SECOND,
  /** Time limit of one exchange over a server's runtime socket. */
  socketTimeout: 10 * SECOND,
  /** Bytes of an answer on that socket. */
  socketAnswer: 256 * 1024,
  /** Time limit of the handshake that shows what a server staples. */
  handshakeTimeout: 10 * SECOND,
  /** Time limit of `ocspbot fetch`: a server may wait for it. */
  fetchTimeout: 1 * MINUTE,
  /** Characters of a mail server's reply. */
  smtpReply: 16 * 1024,
  /** Live checks after a reload until the server staples the file: their number, the pause between, the total time. */
  liveLooks: 20,
  livePause: 500,
  liveWait: 20 * SECOND,
  /** Bytes of a server's configuration file, of all that a server prints of its configuration, and the time for it. */
  serverFile: 16 * 1024 * 1024,
  serverOutput: 256 * 1024 * 1024,
  serverTimeout: 20 * SECOND,
  /** Depth and number of the includes in a server's configuration, and the number of its directives. */
  includeDepth: 20,
  includes: 100_000,
  directives: 2_000_000,
  /** Files and folders that are looked at below a folder of certificates, its depth, and bytes of a certificate file. */
  namesWalked: 200_000,
  folderDepth: 12,
  /** Files of a folder that are read to see whether they are parts of a server's configuration. */
  partsRead: 1000,
  /** Remarks of discovery that are shown. */
  remarks: 50,
  /** Servers of one service that the written configuration looks at after a reload. */
  liveServers: 10,
  /** Certificates of issuers that are fetched at once. */
  issuersFetched: 64,
  /** Time for the rest of the output of a command that has exited: a process that it started may keep it open. */
  commandDrain: 1 * SECOND,
} as const;
