// Stands in a network of its own and listens at the addresses that it is told, one line each: ADDRESS PORT SOCKET.
// Forwards each connection to a unix socket, which belongs to no network namespace. Receives DNS requests and never answers.
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { joinSockets } from '../../support/join-sockets.js';

createSocket('udp4').bind(53, '127.0.0.1', () => console.log('ready'));

for await (const line of createInterface({ input: process.stdin })) {
  const [address = '', port = '', path = ''] = line.split(' ');
  createServer((client) => joinSockets(client, connect(path))).listen(Number(port), address, () =>
    console.log(line),
  );
}
process.exit();
