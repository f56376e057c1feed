import { beforeEach, expect, it } from 'vitest';
import { Api } from './api';

let asked: { url: string; method: string; authorization: string | null }[];
let answers: Response[];
let api: Api;
let unauthorized: string[];

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers });
const error = (status: number, message: string, headers = {}): Response =>
  json(status, { error: { code: 'x', message } }, headers);

beforeEach(() => {
  asked = [];
  answers = [];
  unauthorized = [];
  api = new Api((url, init) => {
    const authorization = new Headers(init.headers).get('Authorization');
    asked.push({ url, method: init.method ?? 'GET', authorization });
    const answer = answers.shift();
    return answer ? Promise.resolve(answer) : Promise.reject(new TypeError('no network'));
  });
  api.onUnauthorized = (message) => unauthorized.push(message);
});

it('sends the credential where there is one', async () => {
  answers = [json(200, {}), json(200, {})];
  await api.request('status', 1000);
  api.credential = 'tsk_1';
  await api.request('channels/fmv/pause', 1000, 'POST');
  expect(asked).toEqual([
    { url: '/api/v1/status', method: 'GET', authorization: null },
    { url: '/api/v1/channels/fmv/pause', method: 'POST', authorization: 'Bearer tsk_1' },
  ]);
});

it('tells of a 401, with the server’s word, and leaves the answer whole', async () => {
  answers = [error(401, 'not accepted')];
  const response = await api.request('status', 1000);
  expect(unauthorized).toEqual(['not accepted']);
  expect(await response.json()).toMatchObject({ error: { message: 'not accepted' } });
});

it('takes 403 and 429 for no end of the session', async () => {
  answers = [error(403, 'role'), error(429, 'guesses')];
  await api.request('status', 1000);
  await api.request('status', 1000);
  expect(unauthorized).toEqual([]);
});

it('does not hold a late 401 of the old credential against the new one', async () => {
  answers = [error(401, 'not accepted')];
  api.credential = 'old';
  const answer = api.request('status', 1000);
  api.credential = 'new';
  await answer;
  expect(unauthorized).toEqual([]);
});

it('tells of the first 401 only when several come at once', async () => {
  answers = [error(401, 'revoked'), error(401, 'revoked')];
  api.credential = 'old';
  api.onUnauthorized = (message) => {
    unauthorized.push(message);
    api.credential = null;
  };
  await Promise.all([api.request('status', 1000), api.request('alerts', 1000)]);
  expect(unauthorized).toEqual(['revoked']);
});

it('gets a ticket', async () => {
  answers = [json(200, { ticket: 'tkt_1', expires_in: 30 })];
  api.credential = 'tsk_1';
  expect(await api.ticket()).toBe('tkt_1');
  expect(asked[0]).toMatchObject({ url: '/api/v1/ticket', method: 'POST' });
});

it.each([
  [error(503, 'not ready'), 'not ready'],
  [json(200, {}), 'the answer has none'],
  [undefined, 'no network'],
])('fails without a ticket', async (answer, why) => {
  answers = answer === undefined ? [] : [answer];
  await expect(api.ticket()).rejects.toThrow(why);
});

it('asks who has a credential, without taking it over', async () => {
  answers = [json(200, { user: 'ann', role: 'trader', kind: 'api_key', expires_at: null })];
  expect(await api.whoIs('tsk_1')).toEqual({
    kind: 'known',
    identity: { user: 'ann', role: 'trader', kind: 'api_key' },
  });
  expect(asked[0]).toMatchObject({ url: '/api/v1/me', authorization: 'Bearer tsk_1' });
  expect(api.credential).toBeNull();
});

it('tells what is wrong with a credential, and what is not its fault', async () => {
  answers = [error(401, 'not accepted'), error(429, 'guesses', { 'Retry-After': '12' })];
  expect(await api.whoIs('x')).toEqual({ kind: 'refused', text: 'not accepted' });
  expect(await api.whoIs('x')).toEqual({
    kind: 'unclear',
    text: 'guesses; try again in 12 s',
    retryMs: 12_000,
  });
  expect(await api.whoIs('x')).toEqual({
    kind: 'unclear',
    text: 'the server does not answer: no network',
    retryMs: null,
  });
  expect(unauthorized).toEqual([]);
});
