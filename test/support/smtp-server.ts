import { createServer, type Socket } from 'node:net';

/** A letter as it came in. */
export type TakenLetter = { from: string; to: string; headers: Map<string, string>; raw: string; text: string };

/** What the server says to a recipient: null takes the letter, a reply refuses it, `drop` cuts the line after the letter. */
export type Answer = string | null | 'drop' | 'take and drop';

/** A small mail server on loopback, for tests: it speaks enough of SMTP to take letters, refuse them, or hang up. */
export async function startSmtpServer(answer: (recipient: string) => Answer = () => null) {
  const letters: TakenLetter[] = [];
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const heard: (() => void)[] = [];
  let onTaken: ((letter: TakenLetter) => Promise<void> | void) | null = null;

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    const say = (line: string) => socket.write(`${line}\r\n`);
    let [from, to, waiting, isData] = ['', '', '', false];
    say('220 stub ESMTP');
    socket.on('data', async (part) => {
      waiting += part.toString('latin1');
      for (;;) {
        if (isData) {
          const end = waiting.indexOf('\r\n.\r\n');
          if (end < 0) return;
          const raw = Buffer.from(waiting.slice(0, end), 'latin1').toString('utf8');
          waiting = waiting.slice(end + 5);
          isData = false;
          const how = answer(to);
          if (how === 'drop') return void socket.destroy();
          const letter = readLetter(from, to, raw);
          letters.push(letter);
          for (const hear of heard.splice(0)) hear();
          await onTaken?.(letter);
          if (how === 'take and drop') return void socket.destroy();
          say('250 2.0.0 taken');
          continue;
        }
        const line = /^(.*?)\r\n/.exec(waiting);
        if (!line) return;
        waiting = waiting.slice(line[0].length);
        const command = line[1] ?? '';
        if (/^(EHLO|HELO)/i.test(command)) say('250 stub');
        else if (/^MAIL FROM:/i.test(command)) {
          from = /<(.*?)>/.exec(command)?.[1] ?? '';
          say('250 2.1.0 ok');
        } else if (/^RCPT TO:/i.test(command)) {
          to = /<(.*?)>/.exec(command)?.[1] ?? '';
          asked.push(to);
          const reply = answer(to);
          say(reply === null || reply.endsWith('drop') ? '250 2.1.5 ok' : reply);
        } else if (/^DATA/i.test(command)) {
          isData = true;
          say('354 go on');
        } else if (/^QUIT/i.test(command)) {
          say('221 bye');
          socket.end();
        } else say('250 ok');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };

  return {
    url: `smtp://127.0.0.1:${port}`,
    letters,
    /** Every recipient that was named, taken or not. */
    asked,
    /** What happens between taking a letter and saying so. */
    whenTaken: (act: (letter: TakenLetter) => Promise<void> | void) => {
      onTaken = act;
    },
    /** Waits until so many letters have been taken. */
    taken: async (count: number, waitMs = 10_000): Promise<TakenLetter[]> => {
      const until = performance.now() + waitMs;
      while (letters.length < count) {
        if (performance.now() > until) throw new Error(`Only ${letters.length} of ${count} letters came`);
        await Promise.race([
          new Promise<void>((resolve) => heard.push(resolve)),
          new Promise((resolve) => setTimeout(resolve, 200)),
        ]);
      }
      return letters;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type SmtpServer = Awaited<ReturnType<typeof startSmtpServer>>;

function readLetter(from: string, to: string, raw: string): TakenLetter {
  const [top = '', ...rest] = raw.split('\r\n\r\n');
  const headers = new Map(
    top
      .replace(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map((line) => {
        const [name = '', ...value] = line.split(':');
        return [name.toLowerCase(), value.join(':').trim()];
      }),
  );
  let text = rest.join('\r\n\r\n').replace(/^\.\./gm, '.');
  const encoding = headers.get('content-transfer-encoding') ?? '';
  if (/quoted-printable/i.test(encoding)) {
    const bytes = text
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    text = Buffer.from(bytes, 'latin1').toString('utf8');
  } else if (/base64/i.test(encoding)) text = Buffer.from(text, 'base64').toString('utf8');
  return { from, to, headers, raw, text: text.replaceAll('\r\n', '\n') };
}
