/** What the browser keeps silent until the user has clicked somewhere. */
export const blocked = new Set<{ play(): Promise<void> }>();

export async function unblockAudio(): Promise<void> {
  await Promise.all([...blocked].map(each => each.play()));
}
