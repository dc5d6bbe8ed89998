import type { CommandName } from './command.js';

const GENERAL = `ocspbot keeps fresh, verified OCSP responses where TLS servers staple them from.

usage: ocspbot [refresh] [CONFIG]      look after the certificates of a configuration
       ocspbot validate [CONFIG]       check a configuration and its certificates
       ocspbot services STATUS [CONFIG]  name the services that an exit status asks to reload
       ocspbot owe SERVICE … [CONFIG]  have the next run ask again for reloads that failed
       ocspbot explain NAME [CONFIG]   tell all about one certificate and its staple
       ocspbot live [HOST:PORT]        see what a server staples, and whether it needs a reload
       ocspbot verify RESPONSE …       judge a response as a run would
       ocspbot install RESPONSE …      verify and install responses that somebody else has fetched
       ocspbot rollback NAME           put back the staple that was in place before

CONFIG is ocspbot.yaml when left out.

      --json       report for programs, on standard output
  -q, --quiet      only what needs attention
      --verbose    more about each certificate
  -h, --help       this text; of a command with: ocspbot COMMAND --help
  -v, --version    the version

exit status of a run:
  0            all is well, nothing to reload
  2–30, even   all is well; sum of the exit bits (2, 4, 8, 16) of the services to reload
  32           something needs attention; nothing to reload
  34–62, even  something needs attention, and 32 + the bits of the services to reload
  64           the command line is wrong              nothing was changed
  70           a fault in ocspbot                     the next run asks for the reloads that it owes
  73           cannot write to the state folder       nothing was changed
  75           another run is at work                 nothing was changed
  78           the configuration is wrong             nothing was changed
  1, 3, … 63   ocspbot did not run: Node.js could not start it. A failure, like 126, 127 and 128 + a signal

examples:
  ocspbot /etc/ocspbot.yaml
  ocspbot /etc/ocspbot.yaml --only example.com --force
  ocspbot /etc/ocspbot.yaml --quiet; for s in $(ocspbot services $? /etc/ocspbot.yaml); do systemctl reload "$s"; done
`;

const TOPICS: Readonly<Record<CommandName, string>> = {
  refresh: `usage: ocspbot [refresh] [CONFIG] [options]

Looks at every certificate of the configuration, and fetches, verifies and installs a new OCSP response where the
one in place is missing, of no use or due. The exit status tells which services to reload: see ocspbot --help.

  --only NAME   only this certificate; may be repeated
  --match GLOB  only certificates whose names match a pattern with * and ?; may be repeated
  --force       also what is not due, and even if the new response is older than the one in place
  --dry-run     fetch and verify, but write nothing
  --strict      every failed attempt sets 32, also with a good staple in place
  --reload      run the reload commands of the services (run_reloads)
  --splay TIME  first wait for a random time of up to this, like 10m, so that many machines do not ask at once; nothing
                is looked at or locked meanwhile, and a signal ends it
  --now TIME    judge by this time, for tests
`,
  validate: `usage: ocspbot validate [CONFIG]

Reads the configuration and the files of its certificates, and tells all problems at once. Nothing is fetched or
written. Exit status: 0, or 78 when something has to be put right.
`,
  services: `usage: ocspbot services STATUS [CONFIG]

Prints the names of the services that an exit status of a run asks to reload, one a line:

  ocspbot /etc/ocspbot.yaml; rc=$?
  names=$(ocspbot services $rc /etc/ocspbot.yaml) || exit
  for s in $names; do systemctl reload "$s" || ocspbot owe "$s" /etc/ocspbot.yaml; done

With --json also whether something needs attention, and the reasons.

Exit status: 0; or 70 for a status that no run of ocspbot ends with: an odd one below 64 (Node.js could not start it),
126, 127, or 128 and the number of a signal.
`,
  owe: `usage: ocspbot owe SERVICE … [CONFIG]

Hands back services that a run asked to reload, and whose reload failed: the next run asks for them again. It works at any
time, also while a run is at work.

CONFIG is the argument with a slash in it, or with .yaml or .yml at its end.

  --config FILE  the configuration; then all arguments are services

A service is one of the configuration, or - for the certificates of no service. Exit status: 0; 64 for an unknown service;
73 when the state folder cannot be written to.

example:
  systemctl reload nginx || ocspbot owe nginx /etc/ocspbot.yaml
`,
  explain: `usage: ocspbot explain NAME [CONFIG]

Tells of one certificate which response lies there, every check of it with what it saw and what would make it pass,
and what the next run would do and when. Nothing is fetched or written. Exit status: 0 when the staple can be used,
1 when not.

  --now TIME   judge at this time, like 2026-01-31T09:05:00Z

example:
  ocspbot explain example.com /etc/ocspbot.yaml
`,
  live: `usage: ocspbot live [HOST:PORT] [--config CONFIG] [options]

Connects as a visitor would, judges the response that the server staples as a run would, and compares it with the one
in the file of that certificate: same, newer, or

  older               a reload is missing: the server still has the old one
  absent              no response is stapled
  expired, foreign    of no use any more; for another certificate
  refused             it fails another check
  other-certificate   the server's certificate is none of the configuration
  unreachable         there was no TLS connection, or no issuer to judge by
  not-applicable      there is no response, as the certificate is one without OCSP

Of a server with certificates for RSA and ECDSA, only the one that it prefers is seen.

Without HOST:PORT: all servers that "live" of the services names. Without a configuration there is nothing to compare
with: a response that passes is good. Exit status: 0 for same, newer, good and not-applicable, 1 for all else.

  --config FILE      the configuration (ocspbot.yaml, where it is there)
  --servername NAME  the name that is asked for; that of HOST when left out
  --starttls smtp    for a mail server, where TLS begins only when asked for
  --now TIME         judge at this time, like 2026-01-31T09:05:00Z

examples:
  ocspbot live example.com:443 --config /etc/ocspbot.yaml
  ocspbot live 127.0.0.1:8443 --servername www.example.com
  ocspbot live mail.example.com:25 --starttls smtp
`,
  install: `usage: ocspbot install RESPONSE … [--config CONFIG] [options]

Verifies OCSP responses that somebody else has fetched, and installs them where the configuration wants them, by the
rules of a run and without a network. RESPONSE is a file (DER), a folder with all below it but names that begin with
a dot, or - for one response on standard input. Each is for the certificates that it names; of several for one
certificate the newest genuine one is taken. Certificates without a response are left alone.

A file that is for no certificate of the configuration, or a folder without any that is, sets 32. Otherwise the exit
status is that of a run: see ocspbot --help.

  --config FILE  the configuration (ocspbot.yaml)
  --force        even if the response is older than the one in place
  --dry-run      verify, but write nothing
  --strict       every response that is refused sets 32, also with a good staple in place
  --now TIME     judge by this time, for tests

examples:
  ocspbot install /srv/staples --config /etc/ocspbot.yaml
  ssh fetcher cat /var/lib/ocsp/example.com.ocsp-resp | ocspbot install - --config /etc/ocspbot.yaml
`,
  rollback: `usage: ocspbot rollback NAME [--to TIMESTAMP] [--config CONFIG] [options]

Puts a backup of a staple back in place, verified like any response and by the rules of a run: what it replaces is
backed up, and the exit status tells which services to reload. It needs no network.

Without --to it is the newest response that is good and older than the one in place: each rollback goes back one
further. Where the one in place is of no use, it is the newest that is good. It then stays until it is about to end
(critical_validity), or until a run with --force.

  --list         only list the backups with their times and verdicts; 0 when one would be put back, 1 when not
  --to TIMESTAMP this one: the time in its name, like 20260131-090500, or its whole name
  --config FILE  the configuration (ocspbot.yaml)
  --force        also one whose time is past, for a server that needs a genuine file to start; never one that is
                 forged, foreign, revoked or from the future
  --dry-run      verify, but write nothing
  --reload       run the reload commands of the services (run_reloads)
  --now TIME     judge by this time, for tests

Exit status: that of a run, see ocspbot --help; 32 when nothing was put back, and 32 + the bits of the services when
it was one whose time is past.

examples:
  ocspbot rollback example.com --list --config /etc/ocspbot.yaml
  ocspbot rollback example.com --config /etc/ocspbot.yaml --reload
`,
  verify: `usage: ocspbot verify RESPONSE --issuer FILE (--cert FILE | --serial HEX) [options]

Judges the OCSP response in a file (DER) as a run would, and prints every check. Exit status: 0 when it would be
installed, 1 when not.

  --issuer FILE              certificate of the issuer; its chain may stand there too
  --cert FILE                certificate that the response has to be for
  --serial HEX               its serial number, where the certificate is not at hand
  --root FILE                trust anchors that the issuer must chain to
  --trusted-responder FILE   certificates that may sign for the issuer; may be repeated
  --now TIME                 judge at this time, like 2026-01-31T09:05:00Z
  --max-age DURATION         greatest age of thisUpdate (14d)
  --clock-skew DURATION      how far times may lie ahead (5m)
  --assumed-validity DURATION  stands for nextUpdate where there is none
  --allow-sha1-signatures    for private PKIs that cannot do better

examples:
  ocspbot verify example.com.ocsp-resp --issuer chain.pem --cert cert.pem
  ocspbot verify r.der --issuer ca.pem --serial 0A:1B:2C --now 2026-01-31T09:05:00Z --json
`,
};

export function helpText(topic: CommandName | undefined): string {
  return topic === undefined ? GENERAL : TOPICS[topic];
}
