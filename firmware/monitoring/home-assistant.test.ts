import { type TObject, Type } from 'typebox';
import { Value } from 'typebox/value';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discoveries } from './home-assistant.ts';
import { healthTopic, statusTopic, telemetryTopic, trunkTopic } from './topic-names.ts';

const closed = { additionalProperties: false } as const;
const text = Type.String({ minLength: 1 });
/** https://www.home-assistant.io/integrations/mqtt/#device-registry-properties, #origin, #availability: what we use of it. */
const common = {
  name: text,
  unique_id: Type.String({ pattern: '^[0-9A-Za-z_-]+$' }),
  state_topic: text,
  value_template: Type.String({ pattern: '^\\{\\{.*\\}\\}$' }),
  availability: Type.Optional(Type.Array(Type.Object({ topic: text, value_template: text }, closed))),
  json_attributes_topic: Type.Optional(text),
  json_attributes_template: Type.Optional(text),
  device: Type.Object(
    {
      identifiers: Type.Array(text, { minItems: 1 }),
      name: text,
      manufacturer: text,
      model: Type.Optional(text),
      sw_version: text,
    },
    closed,
  ),
  origin: Type.Object({ name: text, sw_version: text }, closed),
};
/** https://www.home-assistant.io/integrations/binary_sensor.mqtt/ and …/sensor.mqtt/ with their device classes. */
const documented: Readonly<Record<string, TObject>> = {
  binary_sensor: Type.Object({ ...common, device_class: Type.Enum(['connectivity', 'problem', 'running']) }, closed),
  sensor: Type.Object(
    {
      ...common,
      device_class: Type.Optional(Type.Enum(['temperature', 'duration', 'data_size'])),
      state_class: Type.Enum(['measurement', 'total', 'total_increasing']),
      unit_of_measurement: text,
    },
    closed,
  ),
};

const facts = { box: 'lobby.1', software: '0.1.0', model: 'Raspberry Pi 4', trunks: ['carrier', 'pbx-2'] };

test("each entity has a topic of discovery and fields that Home Assistant's documentation knows", () => {
  for (const { topic, payload } of discoveries(facts)) {
    const [prefix, component = '', node, object, last] = topic.split('/');
    assert.equal([prefix, node, last], ['homeassistant', 'crosspoint_lobby_1', 'config']);
    assert.match(object ?? '', /^[0-9A-Za-z_-]+$/);
    const schema = documented[component];
    assert.ok(
      schema && Value.Check(schema, payload),
      `${topic} ${schema && JSON.stringify([...Value.Errors(schema, payload)])}`,
    );
  }
});

test('the box has its status, trouble, calls and load, and every trunk is one', () => {
  const found = discoveries(facts).map(({ topic, payload }) => [topic.split('/')[3], payload.state_topic]);
  assert.equal(found, [
    ['status', statusTopic('lobby.1')],
    ['trouble', healthTopic('lobby.1')],
    ['calls', telemetryTopic('lobby.1')],
    ['load', telemetryTopic('lobby.1')],
    ['trunk_carrier', trunkTopic('lobby.1', 'carrier')],
    ['trunk_pbx-2', trunkTopic('lobby.1', 'pbx-2')],
  ]);
  const ids = discoveries(facts).map(({ payload }) => payload.unique_id);
  assert.is(new Set(ids).size, ids.length);
});

test('a machine that does not say what it is has no model', () => {
  for (const { payload } of discoveries({ ...facts, model: null }))
    assert.not.ok('model' in (payload.device as object));
});

test.run();
