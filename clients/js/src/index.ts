export { TickStockClient, type ClientEvents, type Head, type User } from './client.js';
export type { ClientState, StateChange } from './connection.js';
export {
  AuthenticationError,
  ClosedError,
  HttpError,
  ProtocolFault,
  SubscriptionError,
  TickStockError,
} from './errors.js';
export type * from './events.js';
export { isBarEvent } from './events.js';
export type {
  EventItem,
  Gap,
  GapItem,
  Item,
  Position,
  RecoveredItem,
  ResetItem,
  SnapshotItem,
} from './items.js';
export type { BackoffOptions } from './backoff.js';
export type { ClientOptions, Filter, Provider, Selection, SubscribeOptions } from './options.js';
export type {
  Collection,
  EventsPage,
  EventsQuery,
  Json,
  StoredFilter,
  SymbolPage,
  Ticket,
  UserSettings,
} from './rest.js';
export type { Tape, TapeHandlers, TapeState } from './tape.js';
export type { Timers } from './timers.js';
export type { Since } from './tracker.js';
export type { WebSocketClass, WebSocketLike } from './transport/websocket.js';
