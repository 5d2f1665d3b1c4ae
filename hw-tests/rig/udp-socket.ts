import dgram from 'node:dgram';

/** Binds a UDP socket; ICMP errors of a far end that is gone are not the test's business. */
export function bindUdp(host: string, port = 0): Promise<dgram.Socket> {
  return new Promise((resolve, reject) => {
    const socket = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', reject);
    socket.bind(port, host, () => {
      socket.off('error', reject);
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

export function closeUdp(socket: dgram.Socket): Promise<void> {
  return new Promise(resolve => {
    try {
      socket.close(() => resolve());
    } catch {
      // It is closed.
      resolve();
    }
  });
}

/** An even port and the next one, for RTP and RTCP. */
export async function bindUdpPair(host: string): Promise<[rtp: dgram.Socket, rtcp: dgram.Socket]> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const first = await bindUdp(host);
    const { port } = first.address();
    if (port % 2 === 0) {
      const second = await bindUdp(host, port + 1).catch(() => undefined);
      if (second) return [first, second];
    }
    await closeUdp(first);
  }
  throw new Error(`no pair of free UDP ports on ${host}`);
}
