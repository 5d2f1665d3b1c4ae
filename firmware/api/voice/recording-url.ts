/** Where a recording can be fetched (CONTRACT §3.1). */
export function recordingUrlAt(origin: string): (id: string) => string {
  return id => `${origin}/v1/files/${id}`;
}
