import type { SideTerms } from '../../calls/side-terms.ts';
import { codecsNamed } from '../../sdp/codecs-named.ts';
import type { TrunkPort } from '../trunk-port.ts';

/** A trunk's terms in a bridge, where the codecs of its list that we cannot decode count too. */
export function acrossTerms({ terms, config }: Pick<TrunkPort, 'terms' | 'config'>): SideTerms {
  return config.codecs === undefined ? terms : { ...terms, codecs: codecsNamed(config.codecs) };
}
