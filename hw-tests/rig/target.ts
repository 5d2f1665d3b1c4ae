import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

/**
 * An existing box for the tests, named by HW_TEST_TARGET: a JSON file, or a URL that gives one.
 * Only the tests that need no more than this run; the others are skipped, and say why.
 */
const Target = Type.Object(
  {
    http: Type.String({ description: 'http://host:port of the box' }),
    sip: Type.Object({ host: Type.String(), udpPort: Type.Integer(), tcpPort: Type.Integer() }),
    project: Type.Object({ apiKey: Type.String(), apiSecret: Type.String() }),
    operatorToken: Type.String(),
    mqttUrl: Type.String({ description: 'a broker login that may subscribe: mqtt://user:password@host:port' }),
    name: Type.String({ description: "the box's name in topics" }),
    us: Type.String({ description: 'our address as the box sees it: phones and webhooks listen there' }),
    webhookPort: Type.Optional(
      Type.Integer({ description: "our port to which the project's two monitoring URLs point (any path)" }),
    ),
    builtinNumbers: Type.Boolean({ description: 'whether the box answers tone, echo and room-<name> for us' }),
  },
  { additionalProperties: false },
);

export type Target = Type.Static<typeof Target>;

/** undefined: no existing box, the suite starts its own. @throws when what is named is no description of a box */
export function targetFromEnvironment(): Target | undefined {
  const named = process.env.HW_TEST_TARGET;
  if (!named) return undefined;
  const text = /^https?:/.test(named)
    ? execFileSync(process.execPath, ['-e', `fetch(process.argv[1]).then(a => a.text()).then(console.log)`, named], {
        encoding: 'utf8',
      })
    : readFileSync(named, 'utf8');
  const value: unknown = JSON.parse(text);
  if (Value.Check(Target, value)) return value;
  const problems = [...Value.Errors(Target, value)].map(({ instancePath, message }) => `${instancePath} ${message}`);
  throw new Error(`HW_TEST_TARGET ${named} does not describe a box: ${problems.join('; ')}`);
}
