/*
 * The names of all MQTT topics. What is on them: topic-table.ts.
 *
 * The project stands in the topic so that a broker's access list can keep tenants apart.
 */

export function callTopic(box: string, project: string, call: string): string {
  return `${base(box)}/project/${level(project)}/call/${level(call)}/event`;
}

export function mediaTopic(box: string, project: string, call: string): string {
  return `${base(box)}/project/${level(project)}/call/${level(call)}/media`;
}

export function sessionTopic(box: string, project: string, session: string): string {
  return `${base(box)}/project/${level(project)}/session/${level(session)}/event`;
}

export function recordingTopic(box: string, project: string, session: string): string {
  return `${base(box)}/project/${level(project)}/session/${level(session)}/recording`;
}

export function callRecordingTopic(box: string, project: string, call: string): string {
  return `${base(box)}/project/${level(project)}/call/${level(call)}/recording`;
}

export function archiveTopic(box: string, project: string, session: string): string {
  return `${base(box)}/project/${level(project)}/session/${level(session)}/archive`;
}

export function statusTopic(box: string): string {
  return `${base(box)}/status`;
}

export function telemetryTopic(box: string): string {
  return `${base(box)}/telemetry`;
}

export function trunkTopic(box: string, trunk: string): string {
  return `${base(box)}/trunk/${level(trunk)}/state`;
}

export function callStateTopic(box: string, project: string, call: string): string {
  return `${base(box)}/project/${level(project)}/call/${level(call)}/state`;
}

export function gapTopic(box: string, project: string): string {
  return `${base(box)}/project/${level(project)}/gap`;
}

export function requestTopic(box: string, project: string, verb: string): string {
  return `${base(box)}/project/${level(project)}/request/${verb}`;
}

export function responseTopic(box: string, project: string, verb: string): string {
  return `${base(box)}/project/${level(project)}/response/${verb}`;
}

export function infoTopic(box: string): string {
  return `${base(box)}/info`;
}

export function healthTopic(box: string): string {
  return `${base(box)}/health`;
}

export function alertTopic(box: string, alert: string): string {
  return `${base(box)}/alert/${level(alert)}`;
}

function base(box: string): string {
  return `crosspoint/${level(box)}`;
}

/** One level of a topic: separators and wildcards (MQTT 3.1.1 §4.7) in a name must not make it another topic. */
function level(name: string): string {
  // The one level that stands for any, as subscriptions have it.
  if (name === '+') return name;
  return name.replace(/[/+#%\u0000]/g, encodeURIComponent);
}
