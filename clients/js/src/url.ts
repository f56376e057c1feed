/** The addresses of a server, from the one that the user gave. */
export interface Addresses {
  /** `ws://host/path/ws` */
  socket: string;
  /** `http://host/path`, without a slash at the end. */
  http: string;
}

export function addressesOf(url: string | URL): Addresses {
  const base = new URL(url);
  const secure = { 'http:': false, 'ws:': false, 'https:': true, 'wss:': true }[base.protocol];
  if (secure === undefined) {
    throw new TypeError(`"url" must begin with http, https, ws or wss, not ${base.protocol}`);
  }
  if (base.username || base.password || base.search || base.hash) {
    throw new TypeError('"url" takes no user, password, query or fragment; give "token" instead');
  }
  const path = base.pathname.replace(/\/(ws\/?)?$/, '');
  const place = `${secure ? 's' : ''}://${base.host}${path}`;
  return { socket: `ws${place}/ws`, http: `http${place}` };
}
