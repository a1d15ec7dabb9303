import { connect, type Socket } from 'node:net';

/** Sends bytes that fetch would not, and answers all that comes back until the server hangs up. */
export async function sendRaw(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(text, 'latin1');
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return answer;
}

/**
 * Opens so many connections, sends the same bytes on each of them, and reads nothing of what comes back, not even the end. Disposing
 * hangs up.
 */
export function callDeaf(
  url: string,
  count: number,
  text: string,
): Disposable & { readonly sockets: readonly Socket[] } {
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    // The server may hang up first.
    socket.on('error', () => {});
    socket.pause();
    socket.write(text, 'latin1');
    return socket;
  });
  return {
    sockets,
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
