import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** The address of ours from which packets to that one go. Nothing is sent. */
export async function localAddressTowards(address: string): Promise<string> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((done, fail) => {
      socket.once('error', fail);
      // Any port will do: connecting a datagram socket only asks the routing table.
      socket.connect(9, address, done);
    });
    return socket.address().address;
  } finally {
    socket.close();
  }
}
