// The walls between the rooms of src, and the other rules of the linter. docs/architecture.md explains the rooms.

/**
 * The rooms of src: which others each may import (`knows`), and the only files that others may import (`doors`). A door is
 * one of the few things that its room exists for. Before you add one, look whether a door can have what you need.
 *
 * x509, storage, http and util are libraries: small functions and values, which need nothing else of their room. All their
 * files are doors, except those in folders.
 */
export const ROOMS = {
  manual: { knows: 'cli configuration util', doors: 'files.ts' },
  cli: {
    knows:
      'notification snapshot run report discovery kubernetes client services installation staple ocsp configuration x509 state system util',
    doors: 'run.ts options.ts pages.ts reports/schema.ts',
  },
  notification: {
    knows: 'snapshot report configuration storage system http util',
    doors: 'notification.ts document.ts',
  },
  snapshot: {
    knows: 'run report client installation ocsp configuration x509 state storage system util',
    doors: 'snapshot.ts take.ts text.ts json.ts check.ts plugin.ts metrics.ts publish.ts publication.ts',
  },
  run: {
    knows: 'report client services installation staple ocsp configuration x509 state storage system util',
    doors:
      'refresh.ts work.ts sources/supplied.ts sources/rollback.ts sources/backups.ts entries.ts selection.ts inspect.ts decision.ts objection.ts authorities.ts forecast.ts prospect.ts present.ts fetch-one.ts reloads.ts types.ts',
  },
  report: {
    knows: 'client services staple ocsp configuration util',
    doors: 'outcome.ts exit-status.ts status-reading.ts text.ts summary.ts troubles.ts json.ts checks.ts',
  },
  discovery: {
    knows: 'client staple configuration x509 storage system http util',
    doors: 'discover.ts check.ts finding.ts fetch-issuers.ts gather.ts services.ts write.ts model.ts',
  },
  kubernetes: {
    knows: 'configuration storage system http util',
    doors: 'kubernetes.ts',
  },
  client: {
    knows: 'staple ocsp configuration x509 storage system http util',
    doors: 'client.ts access.ts follow.ts responder-url.ts trace.ts types.ts',
  },
  services: {
    knows: 'staple ocsp configuration x509 system util',
    doors: 'reload.ts live.ts live-messages.ts readiness.ts ignored-responses.ts types.ts',
  },
  installation: {
    knows: 'ocsp configuration state storage system util',
    doors: 'installer.ts target.ts backups.ts types.ts',
  },
  staple: {
    knows: 'ocsp configuration x509 system util',
    doors: 'staple.ts other-file.ts schedule.ts decide.ts',
  },
  ocsp: {
    knows: 'configuration x509 util',
    doors:
      'verify/verify.ts request.ts response.ts pem-chain.ts cert-id.ts verify/check.ts verify/question.ts verify/match.ts verify/still-current.ts verify/advice.ts',
  },
  configuration: {
    knows: 'x509 state system http util',
    doors: 'key-descriptions.ts read.ts model.ts problem.ts published-schema.ts rules/folders.ts',
  },
  x509: {
    knows: 'system util',
    doors: '*.ts',
  },
  state: {
    knows: 'storage system util',
    doors:
      'locked-state.ts pending-reloads.ts attempts.ts last-run.ts rollbacks.ts own-state.ts state-folder.ts',
  },
  storage: {
    knows: 'system util',
    doors: '*.ts',
  },
  system: { knows: 'http util', doors: 'system.ts' },
  http: { knows: 'util', doors: '*.ts' },
  util: {
    knows: '',
    doors: '*.ts',
  },
};

const NAMES = Object.keys(ROOMS);

/** Modules of Node.js with effects, which only src/system imports. */
const EFFECTS = {
  regex:
    '^(node:)?(fs|fs/promises|net|tls|dns|dgram|http|https|http2|child_process|worker_threads|cluster|os|process|timers|timers/promises|readline)$',
  message: 'effects live in src/system',
};

/** Forbids the imports that break the walls of a room. */
function wallsOf(room) {
  const others = NAMES.filter((other) => other !== room);
  const known = listed(ROOMS[room].knows);
  const strangers = others.filter((other) => !known.includes(other));
  const wall = {
    regex: `^(\\.\\./)+(${strangers.join('|')})/`,
    message: `src/${room} knows only ${known.join(', ') || 'itself'} (ROOMS in oxlint.config.mjs)`,
  };
  const doors = others.map((other) => doorsOf(other, ['../', '../../', '../../../']));
  const paths = [{ name: 'execa', message: 'processes are started through src/system' }];
  const restricted =
    room === 'system' ? { patterns: [wall, ...doors] } : { paths, patterns: [EFFECTS, wall, ...doors] };
  return { files: [`src/${room}/**`], rules: { 'no-restricted-imports': ['error', restricted] } };
}

/** Forbids the imports of files that are no doors of a room. `ways` are the paths that lead to the folder of rooms. */
function doorsOf(room, ways) {
  const doors = listed(ROOMS[room].doors);
  return {
    group: [
      ...ways.map((way) => `${way}${room}/**`),
      ...doors.map((door) => `!**/${room}/${door.replace(/ts$/, 'js')}`),
    ],
    message: `from outside, src/${room} is entered by ${doors.join(', ')} (ROOMS in oxlint.config.mjs)`,
  };
}

function listed(words) {
  return words.split(' ').filter((word) => word !== '');
}

export default {
  ignorePatterns: ['dist'],
  plugins: ['typescript', 'import', 'unicorn', 'oxc', 'promise', 'node'],
  categories: {
    correctness: 'error',
    suspicious: 'error',
    perf: 'error',
  },
  rules: {
    'import/no-cycle': [
      'error',
      {
        ignoreTypes: false,
      },
    ],
    'import/no-self-import': 'error',
    'import/no-default-export': 'error',
    // Certificates, system calls and attempts go one after the other on purpose. What may go at once has a pool of its own.
    'no-await-in-loop': 'off',
    // Only arrays that were made in the same expression are sorted in place.
    'unicorn/no-array-sort': 'off',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    eqeqeq: 'error',
    'no-console': 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    'max-params': [
      'error',
      {
        max: 6,
      },
    ],
    'max-depth': [
      'error',
      {
        max: 3,
      },
    ],
    // A local name in the field's term (`certificate`, `response`) is better than a synonym that a function elsewhere left over.
    'no-shadow': 'off',
    // Outcomes and checks are values: a copy with one more field is what is meant, and they are few.
    'oxc/no-map-spread': 'off',
    // A helper stands beside its only use, also if it closes over nothing.
    'unicorn/consistent-function-scoping': 'off',
    // `[...condition ? [x] : [], ...others]` lines up optional parts; the rule takes some of these for useless.
    'unicorn/no-useless-spread': 'off',
  },
  overrides: [
    {
      files: ['src/**/*.ts'],
      rules: {
        'max-params': ['error', { max: 4 }],
        'no-restricted-globals': [
          'error',
          {
            name: 'process',
            message: 'effects live in src/system',
          },
          {
            name: 'Date',
            message: 'now is a parameter; src/util/time.ts formats and parses',
          },
          {
            name: 'fetch',
            message: 'the network is reached through src/system',
          },
          {
            name: 'setTimeout',
            message: 'effects live in src/system',
          },
          {
            name: 'setInterval',
            message: 'effects live in src/system',
          },
          {
            name: 'console',
            message: 'only src/main.ts has streams',
          },
        ],
        'no-restricted-properties': [
          'error',
          {
            object: 'Math',
            property: 'random',
            message: 'randomness comes from src/system',
          },
          {
            object: 'globalThis',
            property: 'process',
            message: 'effects live in src/system',
          },
          {
            object: 'globalThis',
            property: 'Date',
            message: 'now is a parameter',
          },
        ],
      },
    },
    ...NAMES.map(wallsOf),
    {
      files: ['src/system/**', 'src/main.ts', 'src/start.ts', 'src/index.ts', 'src/fault.ts'],
      rules: {
        // These files are the effects.
        'no-restricted-globals': 'off',
        'no-restricted-properties': 'off',
      },
    },
    {
      files: ['src/main.ts', 'src/start.ts', 'src/index.ts', 'src/manual.ts', 'src/fault.ts'],
      rules: {
        // They wire the real system to the rooms.
        'no-restricted-imports': [
          'error',
          { patterns: NAMES.filter((room) => room !== 'system').map((room) => doorsOf(room, ['./'])) },
        ],
      },
    },
    {
      files: ['src/main.ts', 'src/start.ts'],
      rules: {
        'import/no-unassigned-import': [
          'error',
          {
            allow: ['./fault.js'],
          },
        ],
      },
    },
    {
      files: ['src/util/time.ts'],
      rules: {
        // It formats and parses, and gives the others no way to the clock.
        'no-restricted-globals': 'off',
      },
    },
    {
      files: ['vitest*.config.ts', 'oxlint.config.mjs'],
      rules: {
        // Their programs ask for it.
        'import/no-default-export': 'off',
      },
    },
    {
      files: ['test/**', 'fixtures/**', 'examples/**'],
      rules: {
        // A test that asserts too much fails, which is what it is for.
        'typescript/no-non-null-assertion': 'off',
        // Programs of examples, benchmarks and fixtures print.
        'no-console': 'off',
      },
    },
  ],
};
