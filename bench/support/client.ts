import { connect, type Socket } from 'node:net';

/** What came back: the status, the headers as they were sent, and the body as it was sent (chunks put together). */
export type Reply = { status: number; head: string; body: Buffer };
export type Client = {
  /** Sends a whole request and waits for its reply; one at a time. */
  send(request: Buffer): Promise<Reply>;
  close(): void;
};

/**
 * One keep-alive connection spoken by hand: `http.Agent` costs more processor time than the servers that are measured.
 * A server closes what has been idle for some seconds; the next request then opens it anew.
 */
export async function openClient(port: number): Promise<Client> {
  let pending: Buffer = Buffer.alloc(0);
  let waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | null = null;
  const open = () =>
    new Promise<Socket>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      const fail = (error: Error) => {
        reject(error);
        waiting?.reject(error);
        waiting = null;
      };
      socket.on('data', (part) => {
        pending = pending.length === 0 ? part : Buffer.concat([pending, part]);
        const reply = readReply(pending);
        if (!reply || !waiting) return;
        pending = Buffer.alloc(0);
        const { resolve: answer } = waiting;
        waiting = null;
        answer(reply);
      });
      socket.on('error', fail);
      socket.on('close', () => fail(new Error('The server closed the connection')));
      socket.on('connect', () => resolve(socket));
    });
  let socket = await open();
  return {
    send: async (request) => {
      if (socket.destroyed || socket.readableEnded) socket = await open();
      return new Promise<Reply>((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      });
    },
    close: () => {
      waiting = null;
      socket.destroy();
    },
  };
}

/** So many connections at once. */
export const openClients = (port: number, count: number): Promise<Client[]> =>
  Promise.all(Array.from({ length: count }, () => openClient(port)));

/** Null until the reply is whole. */
function readReply(bytes: Buffer): Reply | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = bytes.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    const body = readChunks(bytes, end + 4);
    return body && { status, head, body };
  }
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  if (bytes.length < end + 4 + length) return null;
  return { status, head, body: bytes.subarray(end + 4, end + 4 + length) };
}

function readChunks(bytes: Buffer, from: number): Buffer | null {
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (bytes.length < lineEnd + 2 + size + 2) return null;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

/** The value of a header of a reply; null when it is not there. */
export function headerOf({ head }: Reply, name: string): string | null {
  return new RegExp(`\\r\\n${name}: *([^\\r]*)`, 'i').exec(head)?.[1] ?? null;
}

/** A GET as a browser sends it, compression included. */
export const getRequest = (path: string, headers = ''): Buffer =>
  Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\n${headers}\r\n`,
  );

/** A form as a browser posts it. */
export const postRequest = (path: string, body: string, headers = ''): Buffer =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`,
  );
