// Bun's own WebSocket server with its native publish() to a topic.
import { Feed, options, tell } from './feed.js';

const given = options();
const feed = new Feed(given);
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch(request, self) {
    return self.upgrade(request) ? undefined : new Response('not a WebSocket', { status: 400 });
  },
  websocket: {
    perMessageDeflate: false,
    idleTimeout: 0,
    backpressureLimit: 1024 * 1024, // as server.max_pending_bytes
    closeOnBackpressureLimit: true,
    sendPings: false,
    message(socket) {
      socket.send(feed.subscribed());
      socket.subscribe('readers');
      feed.start_with(server.subscriberCount('readers'), (text) => server.publish('readers', text));
    },
  },
});
tell(server.port);
