interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs?: readonly string[];
}

/** The kinds of the manifests in examples/kubernetes, and the Secrets. */
const KINDS: readonly Kind[] = [
  { group: '', version: 'v1', kind: 'Secret', verbs: ['get', 'list', 'patch'] },
  { group: '', version: 'v1', kind: 'ConfigMap' },
  { group: '', version: 'v1', kind: 'ServiceAccount' },
  { group: 'batch', version: 'v1', kind: 'CronJob' },
  { group: 'networking.k8s.io', version: 'v1', kind: 'NetworkPolicy' },
  { group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'Role' },
  { group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'RoleBinding' },
  { group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRole' },
  { group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRoleBinding' },
];

const GROUPS = [...new Set(KINDS.map(({ group }) => group))].filter((group) => group !== '');

/** The paths that kubectl asks for first. */
export const DISCOVERY: Readonly<Record<string, object>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: GROUPS.map(groupOf) },
  '/version': { major: '1', minor: '31', gitVersion: 'v1.31.0' },
  '/api/v1': resourcesOf(''),
  ...Object.fromEntries(GROUPS.map((group) => [`/apis/${group}/v1`, resourcesOf(group)])),
};

function groupOf(name: string): object {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
}

function resourcesOf(group: string): object {
  const resources = KINDS.filter((one) => one.group === group).map(({ kind, verbs = ['get', 'create'] }) => {
    const name = `${kind.toLowerCase().replace(/y$/, 'ie')}s`;
    const namespaced = !kind.startsWith('Cluster');
    return { name, singularName: kind.toLowerCase(), namespaced, kind, verbs };
  });
  const groupVersion = group === '' ? 'v1' : `${group}/v1`;
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}
