/** The layers of architecture: adapters → application → domain; services → libs; libs never → services. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'libs-never-import-services',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^services/' },
    },
    {
      name: 'services-never-import-each-other',
      comment: 'Only standalone composes them.',
      severity: 'error',
      from: { path: '^services/([^/]+)/', pathNot: '^services/standalone/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'domain-is-pure',
      comment:
        'No I/O, framework or clock in a domain folder: only event-sourcing, contracts types, time and what only computes.',
      severity: 'error',
      from: { path: '^services/[^/]+/src/domain/', pathNot: '\\.spec\\.ts$' },
      to: {
        pathNot: [
          '^services/[^/]+/src/domain/',
          '^libs/(event-sourcing|contracts|time|mesos)/',
          '^node_modules/@carillon/(event-sourcing|contracts|time|mesos)',
          '^node_modules/re2js/',
        ],
      },
    },
    {
      name: 'application-knows-no-adapters',
      severity: 'error',
      from: { path: '^services/[^/]+/src/application/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^services/[^/]+/src/(adapters|http|grpc)/' },
    },
    {
      name: 'rigs-only-in-tests',
      severity: 'error',
      from: { path: '^(libs|services)/', pathNot: '\\.spec\\.ts$|/test/|/contract/' },
      to: { path: 'rigs' },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
    },
  },
};
