/**
 * In which order the targets of a trunk are tried: those that share the calls taken in turn, then the back-ups, last
 * the ones that are not well. They stay in the list: health may be out of date, and a call has nothing to lose.
 *
 * @param share how many of the first targets share the calls
 * @param turn counts the calls: each starts with the next of those that share and are well
 */
export function orderTargets<T>(
  targets: readonly T[],
  share: number,
  turn: number,
  isWell: (target: T) => boolean,
): readonly T[] {
  // One target is the usual case, and every call comes by here.
  if (targets.length < 2) return targets;
  const well = targets.filter(isWell);
  const sharing = targets.slice(0, share).filter(isWell);
  const start = sharing.length === 0 ? 0 : turn % sharing.length;
  const inTurn = [...sharing.slice(start), ...sharing.slice(0, start)];
  return [...inTurn, ...well.slice(sharing.length), ...targets.filter(target => !isWell(target))];
}
