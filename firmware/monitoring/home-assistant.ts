import { healthTopic, statusTopic, telemetryTopic, trunkTopic } from './topic-names.ts';

/*
 * MQTT discovery of Home Assistant (https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery): a retained message an
 * entity, that says on which topic its state is and how to read it from the payload there.
 */

export interface HomeAssistantFacts {
  readonly box: string;
  readonly software: string;
  readonly model: string | null;
  readonly trunks: readonly string[];
}

export interface Discovery {
  readonly topic: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

type Component = 'sensor' | 'binary_sensor';

const PREFIX = 'homeassistant';

/** One for each thing that is shown of the box: whether it is there, calls, load, trouble, and each trunk. */
export function discoveries({ box, software, model, trunks }: HomeAssistantFacts): Discovery[] {
  const node = objectId(`crosspoint_${box}`);
  const common = {
    device: {
      identifiers: [node],
      name: `Crosspoint ${box}`,
      manufacturer: 'Crosspoint',
      ...(model !== null && { model }),
      sw_version: software,
    },
    origin: { name: 'Crosspoint', sw_version: software },
  };
  const online = {
    availability: [{ topic: statusTopic(box), value_template: "{{ 'online' if value_json.online else 'offline' }}" }],
  };
  const entity = (component: Component, object: string, of: Readonly<Record<string, unknown>>): Discovery => ({
    topic: `${PREFIX}/${component}/${node}/${objectId(object)}/config`,
    payload: { ...of, unique_id: `${node}_${objectId(object)}`, ...common },
  });
  return [
    entity('binary_sensor', 'status', {
      name: 'Status',
      device_class: 'connectivity',
      state_topic: statusTopic(box),
      value_template: onIf('value_json.online'),
    }),
    entity('binary_sensor', 'trouble', {
      ...online,
      name: 'Trouble',
      device_class: 'problem',
      state_topic: healthTopic(box),
      value_template: onIf('value_json.alerts > 0'),
    }),
    entity('sensor', 'calls', {
      ...online,
      name: 'Calls',
      state_topic: telemetryTopic(box),
      value_template: '{{ value_json.calls }}',
      unit_of_measurement: 'calls',
      state_class: 'measurement',
    }),
    entity('sensor', 'load', {
      ...online,
      name: 'CPU load',
      state_topic: telemetryTopic(box),
      value_template:
        '{{ (value_json.cpu.busyRatio * 100) | round(1) if value_json.cpu.busyRatio is not none else none }}',
      unit_of_measurement: '%',
      state_class: 'measurement',
    }),
    ...trunks.map(trunk =>
      entity('binary_sensor', `trunk_${trunk}`, {
        ...online,
        name: `Trunk ${trunk}`,
        device_class: 'connectivity',
        state_topic: trunkTopic(box, trunk),
        value_template: onIf("value_json.state == 'up'"),
        json_attributes_topic: trunkTopic(box, trunk),
        json_attributes_template: "{{ {'state': value_json.state, 'reason': value_json.reason} | tojson }}",
      }),
    ),
  ];
}

const onIf = (condition: string) => `{{ 'ON' if ${condition} else 'OFF' }}`;

/** What may stand in a discovery topic: letters, digits, underscore and hyphen. */
const objectId = (name: string) => name.replace(/[^0-9A-Za-z_-]/g, '_');
