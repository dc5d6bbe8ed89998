import type { Server } from './server.js';
import type { Site } from './site.js';

/** The port of TLS in the YAML of examples for the web, and the place of the key. */
export const YAML_PORT = "127.0.0.1:443'";
export const KEY = '/etc/ssl/private/example.com.key';

/** Free ones. */
export type Ports = readonly [number, number, number, number];

/** An example of examples/servers, and how a machine runs its server. */
export interface ExampleServer {
  readonly name: string;
  readonly program: string;
  readonly debianPackage: string;
  readonly needsRoot?: boolean | undefined;
  /** The command before `ocspbot`, such as one that becomes another user. */
  readonly runAs?: readonly string[] | undefined;
  /** The status of the first run, before the server is started; by default 2. */
  readonly firstStatus?: number | undefined;
  /** The configuration of ocspbot. */
  readonly yaml: string;
  /** Files of the example, and their places on the machine. */
  readonly files: Readonly<Record<string, string>>;
  /** The path of the private key; by default the file of the certificate. */
  readonly key?: string | undefined;
  /** Each text of the example that has a port, and the text in its place. */
  ports(ports: Ports): readonly (readonly [string, string])[];
  /** Further files of the machine, such as a main configuration that includes the example. */
  machine?(example: Example): Readonly<Record<string, string>>;
  /** Runs the server in the foreground. */
  command(example: Example): readonly string[];
  /** The work of `systemctl reload`, in a shell; $PID is the server. */
  readonly reload?: string | undefined;
  /** More that root does before the server starts. */
  prepare?(example: Example): void;
}

/** A machine with an example on it. Its folders lie in a sandbox, and it has a `systemctl` of its own. */
export interface Example extends Site {
  readonly program: string;
  readonly ports: Ports;
  /** The first of them, where it speaks TLS. */
  readonly port: number;
  /** Returns the path of a file of the machine. */
  at(path: string): string;
  /** The responder's next response is newer than the one before. */
  newer(): void;
  start(): Promise<Server>;
}
