import type { Sandbox } from '../../support/sandbox.js';

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** For nginx in the foreground that writes nothing outside of the sandbox; `http` is what stands in that block. */
export function nginxConfiguration(sandbox: Sandbox, http: string): string {
  return `
    daemon off;
    # Others may not enter the sandbox of root.
    ${process.geteuid?.() === 0 ? 'user root;' : ''}
    pid ${sandbox.path('nginx.pid')};
    error_log stderr notice;
    events {}
    http {
      access_log off;
      ${TEMPORARY.map((kind) => `${kind}_temp_path ${sandbox.path(kind)};`).join(' ')}
      ${http}
    }`;
}
