import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mosquittoAcl } from '../../firmware/monitoring/mosquitto-acl.ts';
import { Authority } from '../rig/certificates.ts';
import { Mosquitto } from '../rig/mosquitto.ts';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { OwnBox } from '../rig/own-box.ts';
import { localTest } from '../rig/rig.ts';
import { ConfigFolder, rightConfig } from '../rig/run-box.ts';
import { Sipp } from '../rig/sipp.ts';

const PROJECT = '46000001';
const authority = new Authority();
const open: { close(): unknown }[] = [authority];
const keep = <T extends { close(): unknown }>(thing: T): T => {
  open.push(thing);
  return thing;
};
test.after(async () => {
  for (let thing = open.pop(); thing; thing = open.pop()) await thing.close();
});

const pem = (file: string) => readFileSync(file, 'utf8');
const passwords = { reader: 'the reader', [`project-${PROJECT}`]: 'the project' };

/** mosquitto that wants TLS, a certificate and a password of everybody, and keeps projects apart. */
async function strictBroker() {
  const shown = authority.issue('127.0.0.1', 'localhost');
  const broker = keep(
    await Mosquitto.start({
      users: passwords,
      acl: mosquittoAcl({ box: 'test-box', service: 'crosspoint', projects: [PROJECT], homeAssistant: true }),
      tls: { caFile: authority.caFile, ...shown },
    }),
  );
  const client = authority.issue('client');
  const tls = { ca: pem(authority.caFile), cert: pem(client.certificateFile), key: pem(client.keyFile) };
  const connect = async (user: keyof typeof passwords, filter: string) =>
    keep(await MqttListener.open(broker.urlFor(user, passwords[user] ?? ''), { filter, tls }));
  const passwordFile = path.join(path.dirname(client.keyFile), 'password');
  writeFileSync(passwordFile, `${broker.password}\n`, { mode: 0o600 });
  const mqtt = {
    url: `mqtts://127.0.0.1:${broker.port}`,
    username: broker.username,
    passwordFile,
    requests: true,
    homeAssistant: true,
    tls: { caFile: authority.caFile, certificateFile: client.certificateFile, keyFile: client.keyFile },
  };
  return { broker, connect, mqtt };
}

for (const version of [3, 5])
  localTest(
    `MQTT ${version} over TLS with a client certificate and a password file: events, requests, alerts`,
    async () => {
      const { broker, connect, mqtt } = await strictBroker();
      const box = keep(await OwnBox.start({ mqttUrl: broker.url, config: { mqtt: { ...mqtt, version } } }));
      const operator = await connect('reader', '#');
      await operator.find('online', ({ topic, payload }) => topic.endsWith('/status') && payload.online === true);
      // Its health is told once it hears requests.
      await operator.find('health', ({ topic }) => topic.endsWith('/health'));
      const alert = await operator.find(
        'the alert of a certificate that ends in two days',
        ({ topic }) => topic === 'crosspoint/test-box/alert/certificate-the-MQTT-client',
      );
      assert.match(String(alert.payload.sentence), 'replace');
      const announced = await operator.find('Home Assistant', ({ topic }) => topic.endsWith('/status/config'));
      assert.is(announced.payload.state_topic, 'crosspoint/test-box/status');
      const base = `crosspoint/test-box/project/${PROJECT}`;
      const application = await connect(`project-${PROJECT}`, `${base}/#`);
      const callee = keep(await Sipp.start({ scenario: 'answer' }));
      const sip = { uri: `sip:x@127.0.0.1:${callee.port}`, auth: { username: 'u', password: 'of the far end' } };
      // Whoever keeps a request at the broker is heard once, and not again with every connection.
      await application.publish(`${base}/request/dial`, { transaction: 'd1', sip }, version === 3);
      const answer = await application.find('the answer', ({ topic }) => topic === `${base}/response/dial`);
      assert.is(answer.payload.ok, true, JSON.stringify(answer.payload));
      await callee.logged('ANSWERED');
      const { call } = answer.payload.result as { call: string };
      await application.publish(`${base}/request/hangup`, { transaction: 'h1', call });
      await operator.find('the end', ({ payload }) => payload.event === 'callDestroyed');
      assert.not.match(JSON.stringify(operator.messages), 'of the far end');
      assert.not.match(box.log(), broker.password);
      await box.close();
      await operator.find('offline', ({ topic, payload }) => topic.endsWith('/status') && payload.online === false);
    },
  );

localTest('a broker whose certificate nobody vouches for is not told anything', async () => {
  const { broker, mqtt } = await strictBroker();
  const stranger = keep(new Authority('a stranger'));
  const tls = { ...mqtt.tls, caFile: stranger.caFile };
  const box = keep(await OwnBox.start({ mqttUrl: broker.url, config: { mqtt: { ...mqtt, tls } } }));
  assert.match(box.log(), /no MQTT broker.*/);
  assert.match(
    box.log(),
    /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY/,
  );
});

localTest('the access list for mosquitto comes from the configuration', async () => {
  const url = 'mqtt: { url: "mqtt://box%20one@127.0.0.1" }';
  const folder = keep(new ConfigFolder(`box: lobby\n${(await rightConfig()).replace(/mqtt:\n.*/, url)}`));
  const { code, output } = await folder.run('firmware/monitoring/mosquitto-acl.js', ['--config', folder.file]);
  assert.is(code, 0, output);
  const facts = { box: 'lobby', service: 'box one', projects: [PROJECT], homeAssistant: false };
  assert.is(output, mosquittoAcl(facts));
});

test.run();
