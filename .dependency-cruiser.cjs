/**
 * The house (docs/architecture.md) as rules. An import that the drawing has no arrow for is a violation.
 */

/** Who may import whom, beside itself: the arrows of the drawing. */
const ARROWS = {
  'libs/codec': [],
  'libs/core': ['libs/codec'],
  'libs/secure': [],
  'libs/transport': [],
  'libs/transport-websocket': ['libs/transport'],
  'libs/transport-grpc': ['libs/transport'],
  'libs/peer': ['libs/core', 'libs/secure', 'libs/codec', 'libs/transport'],
  'libs/ui': ['libs/codec', 'libs/peer'],
  'reference/broker': ['libs/core', 'libs/codec', 'libs/transport', 'libs/transport-websocket', 'libs/transport-grpc'],
  'reference/customer': ['libs/core', 'libs/codec', 'libs/peer', 'libs/ui', 'libs/transport', 'libs/transport-websocket', 'libs/transport-grpc'],
  'reference/agent': ['libs/core', 'libs/codec', 'libs/peer', 'libs/ui', 'libs/transport', 'libs/transport-websocket', 'libs/transport-grpc'],
  'reference/testee': ['reference/broker', 'libs/core', 'libs/codec', 'libs/peer', 'libs/transport', 'libs/transport-websocket', 'libs/transport-grpc'],
  conformance: [],
}

/** Matches a package of ours by its folder, and by its name where it could not be resolved. */
const packages = folders => folders.map(folder => `^(${folder}|@remote-assist/${folder.split('/').at(-1)})(/|$)`)
const HOUSE = packages(Object.keys(ARROWS))

const arrows = Object.entries(ARROWS).map(([folder, imports]) => ({
  name: `${folder.split('/').at(-1)}-imports-by-the-drawing`,
  comment: `${folder} may import ${imports.length > 0 ? imports.join(', ') : 'no other package of this repository'}.`,
  severity: 'error',
  from: { path: `^${folder}/src/` },
  to: { path: HOUSE, pathNot: packages([folder, ...imports]) },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...arrows,
    {
      name: 'broker-cannot-reach-keys',
      comment: 'The broker has no means to read a record: not even over detours does it reach secure or peer.',
      severity: 'error',
      from: { path: '^reference/broker/src/' },
      to: { path: packages(['libs/secure', 'libs/peer']), reachable: true },
    },
    {
      name: 'core-is-pure',
      comment: 'The core takes nothing of the platform and nothing of npm.',
      severity: 'error',
      from: { path: '^libs/core/src/' },
      to: { couldNotResolve: false, pathNot: ['^libs/core/', ...HOUSE] },
    },
    {
      name: 'channels-are-strangers',
      comment: 'Channels (folders of channels/) never import one another; rules that cross them live in coupling.',
      severity: 'error',
      from: { path: '^libs/core/src/channels/([^/]+)/' },
      to: { path: ['^libs/core/src/channels/[^/]+/', '^libs/core/src/.*coupling[./]'], pathNot: '^libs/core/src/channels/$1/' },
    },
    {
      name: 'runs-in-browsers',
      comment: 'codec, core, secure, peer and ui run unchanged in Node and browsers; only an entry for Node may know it.',
      severity: 'error',
      from: { path: '^libs/(codec|core|secure|peer|ui)/src/', pathNot: '^libs/[^/]+/src/node[./]' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'browser-entries-know-no-node',
      comment: 'What is written for browsers takes no module of Node.',
      severity: 'error',
      from: { path: '^(libs|reference)/[^/]+/src/browser[./]' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'packages-are-entered-by-name',
      comment: 'Another package is imported by its name, never by a path into its folder.',
      severity: 'error',
      from: { path: '^((libs|reference)/[^/]+|conformance)/' },
      to: { path: '^((libs|reference)/[^/]+|conformance)/', pathNot: '^$1/', dependencyTypes: ['local'], dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'helper-stands-alone',
      comment: 'What runs with the powers of an administrator takes nothing but modules of Node.',
      severity: 'error',
      from: { path: '^reference/customer/src/helper/' },
      to: { pathNot: '^reference/customer/src/helper/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'data-knows-no-views',
      comment: 'What a customer sees is data first: it runs where nothing can be drawn.',
      severity: 'error',
      from: { path: '^libs/ui/src/', pathNot: '^libs/ui/src/browser/' },
      to: { path: ['^libs/ui/src/browser/', '/lit/'] },
    },
    { name: 'no-cycles', comment: 'Modules form no circle.', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', comment: 'Every import leads somewhere.', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'src-takes-no-dev-dependency',
      comment: 'What is published imports what its package.json depends on.',
      severity: 'error',
      from: { path: '/src/', pathNot: '\\.d\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    // Types count as imports: an arrow is an arrow.
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/src/gen/' },
  },
}
