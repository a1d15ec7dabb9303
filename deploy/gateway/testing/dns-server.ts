import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const HEADER_BYTES = 12;
const TYPE_A = 1;
const TYPE_OPT = 41;
/** What an answer may have where the question does not say (RFC 1035, section 4.2.1). */
const UDP_BYTES = 512;

export interface DnsServer extends AsyncDisposable {
  readonly port: number;
}

/**
 * A DNS server by UDP that has these IPv4 addresses for every name. Like others it sends as many of them as the question has room for
 * (EDNS, RFC 6891), and says where these are not all.
 */
export async function startDnsServer(addresses: readonly string[]): Promise<DnsServer> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { port, address }) => socket.send(answerTo(question, addresses), port, address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function answerTo(message: Buffer, addresses: readonly string[]): Buffer {
  // A name ends with a label of no length; type and class are behind it.
  const typeAt = message.indexOf(0, HEADER_BYTES) + 1;
  const question = message.subarray(HEADER_BYTES, typeAt + 4);
  const extension = message.subarray(typeAt + 4);
  const isExtended = extension.length >= 11 && extension.readUInt16BE(1) === TYPE_OPT;
  const room =
    (isExtended ? extension.readUInt16BE(3) : UDP_BYTES) - HEADER_BYTES - question.length - (isExtended ? 11 : 0);
  const records = message.readUInt16BE(typeAt) === TYPE_A ? addresses.map(recordOf) : [];
  const sent = records.slice(0, Math.floor(room / 16));
  const header = Buffer.alloc(HEADER_BYTES);
  message.copy(header, 0, 0, 2);
  const isCut = sent.length < records.length;
  header.writeUInt16BE(0x8580 | (isCut ? 0x0200 : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(sent.length, 6);
  header.writeUInt16BE(isExtended ? 1 : 0, 10);
  return Buffer.concat([header, question, ...sent, ...(isExtended ? [extension.subarray(0, 9), Buffer.alloc(2)] : [])]);
}

/** Of the question's name, good for a second. */
function recordOf(address: string): Buffer {
  return Buffer.from([0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split('.').map(Number)]);
}
