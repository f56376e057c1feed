// socket.io, websocket only, on its default adapter and `ws`: one emit to a room. The messages are
// objects, as its users send them; each body is parsed once beforehand.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { Feed, options, tell } from './feed.js';

const given = options();
const feed = new Feed(given);
const parsed = feed.bodies.map((body) => JSON.parse(body));
const http = createServer();
const io = new Server(http, { transports: ['websocket'] });

io.on('connection', (socket) => {
  socket.on('subscribe', () => {
    socket.emit('events', JSON.parse(feed.subscribed()));
    socket.join('readers');
    feed.start_with(io.engine.clientsCount, (message) => io.to('readers').emit('events', message));
  });
});
feed.message = (first, last, wall) => {
  const events = [];
  for (let offset = first; offset <= last; offset += 1) {
    // A number beyond 2^53 loses its last digits here, some 200 ns.
    events.push({
      offset,
      ts_pub: Number(feed.timeOf(offset, wall)),
      event: parsed[(offset - 1) % parsed.length],
    });
  }
  return { op: 'events', id: 't', epoch: 'bench', first, last, events };
};
http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  tell(http.address().port);
});
