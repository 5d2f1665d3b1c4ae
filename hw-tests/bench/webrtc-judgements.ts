import { budgets } from './budgets.ts';
import { type Judgement, judge } from './judgement.ts';
import { nameOfAudio } from './webrtc-load.ts';
import { type AudioRow, idleMs, OURS, oneSpeaksMs, ratio, speakingMs } from './webrtc-rows.ts';

/**
 * Ours against what Janus needs for browsers that hear each other, with the same clients: in the way that ours is, and
 * where Janus mixes and ours sends each stream on, too.
 */
export function judgeAudio(rows: readonly AudioRow[]): Judgement[] {
  const ours = rows.filter(({ server }) => server === OURS);
  const theirs = rows.filter(({ server }) => server !== OURS);
  return ours.flatMap(own =>
    theirs
      .filter(({ scene }) => sameRooms(own, scene) && (scene.way === own.scene.way || scene.way === 'mix'))
      .flatMap(other =>
        (
          [
            ['all speak', speakingMs],
            ['one speaks', oneSpeaksMs],
            ['all muted', idleMs],
          ] as const
        ).map(([what, of]) =>
          judge(
            budgets.browserAudio,
            ratio(of(own), of(other)),
            `${what}, ${nameOfAudio(own.scene)}, by ${other.server}`,
          ),
        ),
      ),
  );
}

const sameRooms = ({ scene }: AudioRow, { roomSize, browsers }: AudioRow['scene']) =>
  scene.roomSize === roomSize && scene.browsers === browsers;
