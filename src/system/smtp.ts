import { once } from 'node:events';
import type { Socket } from 'node:net';
import { LIMITS } from '../defaults.js';
import { printable } from '../text/printable.js';

/** Brings a mail server to the point where TLS begins (RFC 3207 §4). Throws errors in words. */
export async function beginTlsOverSmtp(socket: Socket): Promise<void> {
  const end = () => socket.destroy(new Error('the mail server has ended the connection'));
  socket.once('end', end);
  await expectReply(socket, '220', 'its greeting');
  socket.write('EHLO ocspbot.invalid\r\n');
  const extensions = await expectReply(socket, '250', 'EHLO');
  if (!/^250[ -]STARTTLS\r?$/im.test(extensions)) throw new Error('the mail server offers no STARTTLS');
  socket.write('STARTTLS\r\n');
  await expectReply(socket, '220', 'STARTTLS');
  socket.off('end', end);
}

/** Lines with one code, of which the last has a blank after it (RFC 5321 §4.2.1). */
async function expectReply(socket: Socket, code: string, to: string): Promise<string> {
  let text = '';
  while (!/(?:^|\n)\d{3}(?: [^\n]*)?\r?\n$/.test(text)) {
    const [chunk] = (await once(socket, 'data')) as [Uint8Array];
    socket.pause();
    text += Buffer.from(chunk).toString('latin1');
    if (text.length > LIMITS.smtpReply) throw new Error(`the mail server's reply to ${to} is too long`);
    socket.resume();
  }
  if (!text.startsWith(code)) throw new Error(`the mail server's reply to ${to} is "${printable(text, 80)}"`);
  return text;
}
