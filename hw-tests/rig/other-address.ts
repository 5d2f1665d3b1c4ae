import { networkInterfaces } from 'node:os';

/** An IPv4 address of this machine that is not loopback: from there we are a stranger. Undefined without a network. */
export function otherAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap(each => each ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
