import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from './load.ts';

const ID = '78d335fa-323d-4114-9c3d-d6f0d48968cf';
const VONAGE = `vonage: { applicationId: "${ID}", publicKeyFile: key.pem }`;
const OPENTOK = 'opentok: { apiKey: "1", apiSecret: "12345678" }';

function refusal(projects: string): string {
  try {
    parseConfig(`projects:\n${projects}`, 'box.yaml');
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
}

test('an application of Vonage is a project, beside those of OpenTok', () => {
  const config = parseConfig(
    `projects:
  - ${OPENTOK}
  - vonage:
      applicationId: ${ID}
      publicKeyFile: /etc/crosspoint/public.pem
      sipMonitoringUrl: http://127.0.0.1:9/sip
      sessionMonitoringUrl: http://127.0.0.1:9/session
    policy: { calls: 5 }
    clientsMayDial: true
numbers:
  - { number: "+442071234567", trunk: t, to: { session: "2_x" }, project: ${ID} }
trunks:
  - { name: t, targets: ["sip:192.0.2.1"] }
`,
    'box.yaml',
  );
  assert.is(config.projects?.[1]?.vonage?.publicKeyFile, '/etc/crosspoint/public.pem');
  assert.is(config.projects?.[1]?.opentok, undefined);
});

const wrong: [what: string, projects: string, expected: RegExp][] = [
  [
    'a project of both kinds',
    `  - { ${OPENTOK}, ${VONAGE} }\n`,
    /:2: projects\[0\]: expected opentok or vonage, got both/,
  ],
  ['a project of none', '  - { clientsMayDial: true }\n', /:2: projects\[0\]: expected opentok or vonage, got neither/],
  [
    'an application twice',
    `  - ${VONAGE}\n  - ${VONAGE}\n`,
    /:3: projects\[1\]\.vonage\.applicationId: .* another project/,
  ],
  [
    'an id that both kinds have',
    `  - opentok: { apiKey: "${ID}", apiSecret: "12345678" }\n  - ${VONAGE}\n`,
    /:3: projects\[1\]\.vonage\.applicationId: .* another project/,
  ],
  [
    'an id that is none',
    '  - vonage: { applicationId: "1", publicKeyFile: a }\n',
    /applicationId: expected a UUID in lower case/,
  ],
  [
    'an id in capitals',
    `  - vonage: { applicationId: "${ID.toUpperCase()}", publicKeyFile: a }\n`,
    /UUID in lower case/,
  ],
  ['no key', `  - vonage: { applicationId: "${ID}" }\n`, /:2: projects\[0\]\.vonage: publicKeyFile is missing/],
  [
    'a misspelt key',
    `  - vonage: { applicationId: "${ID}", keyFile: a }\n`,
    /keyFile: unknown key; did you mean "publicKeyFile"/,
  ],
  ['a misspelt kind', '  - vonnage: {}\n', /vonnage: unknown key; did you mean "vonage"/],
];

for (const [what, projects, expected] of wrong) {
  test(`${what} is refused in words`, () => {
    assert.match(refusal(projects), expected);
  });
}

test.run();
