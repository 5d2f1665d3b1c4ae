import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from './load.ts';
import { projectsOf } from './projects.ts';
import type { Secrets } from './secrets.ts';

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

const SID = `AC${'0'.repeat(32)}`;
const TOKEN = '0123456789abcdef';

const wrong: [what: string, projects: string, expected: RegExp][] = [
  [
    'a project of none',
    '  - { clientsMayDial: true }\n',
    /:2: projects\[0\]: expected opentok, vonage or twilio, got none/,
  ],
  [
    'half an account',
    `  - vonage: { applicationId: "${ID}", publicKeyFile: a, apiKey: abcd }\n`,
    /:2: projects\[0\]\.vonage: expected both apiKey and apiSecret/,
  ],
  [
    'an account twice',
    `  - twilio: { accountSid: ${SID}, authToken: ${TOKEN} }\n  - twilio: { accountSid: ${SID}, authToken: ${TOKEN} }\n`,
    /:3: projects\[1\]\.twilio\.accountSid: .* another project/,
  ],
  [
    'a number without its page',
    `  - twilio: { accountSid: ${SID}, authToken: ${TOKEN}, numbers: [{ msisdn: "442071234567" }] }\n`,
    /voiceUrl is missing/,
  ],
  [
    'numbers over a trunk that is not there',
    `  - { ${OPENTOK}, numbersVia: carrier }\n`,
    /:2: projects\[0\]\.numbersVia: there is no trunk "carrier"/,
  ],
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

test('an entry of several kinds is a project of each, and each knows the others', () => {
  const entry = {
    opentok: { apiKey: '46', apiSecret: '12345678' },
    twilio: { accountSid: SID, authToken: TOKEN, numbers: [] },
    numbersVia: 'carrier',
  };
  const projects = [...projectsOf({ projects: [entry] }, {} as Secrets).values()];
  assert.equal(
    projects.map(({ kind, id, siblings, numbersVia }) => ({ kind, id, siblings, numbersVia })),
    [
      { kind: 'opentok', id: '46', siblings: [SID], numbersVia: 'carrier' },
      { kind: 'twilio', id: SID, siblings: ['46'], numbersVia: 'carrier' },
    ],
  );
});

test.run();
