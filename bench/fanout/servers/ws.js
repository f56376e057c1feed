// npm's `ws`, as its own documentation broadcasts: one buffer, send() for each client.
import { WebSocketServer } from 'ws';
import { Feed, options, tell } from './feed.js';

const given = options();
const feed = new Feed(given);
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/ws', backlog: 4096 });
const readers = new Set();

function broadcast(text) {
  const bytes = Buffer.from(text);
  for (const socket of readers) {
    socket.send(bytes, { binary: false });
  }
}

server.on('listening', () => tell(server.address().port));
server.on('connection', (socket) => {
  socket.on('message', () => {
    socket.send(feed.subscribed());
    readers.add(socket);
    feed.start_with(readers.size, broadcast);
  });
  socket.on('close', () => readers.delete(socket));
  socket.on('error', () => readers.delete(socket));
});
