// Numbers beyond 2^53, exact decimals and odd JSON: nothing is lost between the wire and the item.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toItem } from '../../dist/wire/event-text.js';
import { parseFrame } from '../../dist/wire/frames.js';
import { parseExact, skipValue, textAt } from '../../dist/wire/scan.js';
import { toMilliseconds } from '../../dist/wire/times.js';
import { Random } from '../support/random.mjs';

const around = [
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '1709649001000000001',
  '1709649001000999999',
  '9223372036854775807',
];

function frame(ts, more = '', data = '{}', evidence = 'null') {
  return (
    `{"op":"events","id":"1","epoch":"e","first":1,"last":2,"events":[{"offset":2,"ts_pub":${ts},` +
    `"event":{"id":"a","rev":0,${more}"ts":${ts},"data":${data},"evidence":${evidence}}}]}`
  );
}

test('times keep every digit', () => {
  for (const ts of around) {
    const data = `{"description":"\\"expiration\\":1","expiration":${ts}}`;
    const evidence = `{"trade_id":"ts\\\\","prior_extreme_ts":${ts}}`;
    const [wire] = parseFrame(frame(ts, '"price":100.010000001,', data, evidence)).events;
    const item = toItem(wire, 'e');
    assert.equal(item.tsRaw, ts);
    assert.equal(item.tsNs, BigInt(ts));
    assert.equal(item.tsPubRaw, ts);
    assert.equal(item.tsPubNs, BigInt(ts));
    assert.equal(item.event.data.expiration_raw, ts);
    assert.equal(item.event.evidence.prior_extreme_ts_raw, ts);
    const ms = Number(BigInt(ts) / 1_000_000n);
    assert.equal(item.ts, ms);
    assert.equal(item.tsPub, ms);
    assert.equal(item.event.data.expiration, ms);
    assert.equal(item.event.evidence.prior_extreme_ts, ms);
    assert.equal(item.text('price'), '100.010000001');
    assert.equal(item.text('data', 'expiration'), ts);
    assert.equal(item.text('evidence', 'trade_id'), '"ts\\\\"');
    assert.equal(item.text('data', 'nothing'), undefined);
    assert.equal(item.text('price', 'nothing'), undefined);
  }
});

test('an extreme that passed nothing has no time', () => {
  const [wire] = parseFrame(frame('1', '', '{}', '{"prior_extreme_ts":null}')).events;
  assert.equal(wire.event.evidence.prior_extreme_ts, null);
  assert.equal(wire.event.evidence.prior_extreme_ts_raw, null);
});

test('milliseconds are rounded down', () => {
  for (const [ns, ms] of [
    ['0', 0],
    ['999999', 0],
    ['1000000', 1],
    ['1709649000999999999', 1709649000999],
    ['-1', -1],
    ['-1000000', -1],
    ['-1000001', -2],
  ]) {
    assert.equal(toMilliseconds(ns), ms, ns);
  }
  for (const bad of ['', '1.5', '1e9', '"1"', 'null']) {
    assert.throws(() => toMilliseconds(bad), RangeError, bad);
  }
});

test('the body is the text as it came, whatever the order of members and the white space', () => {
  const body = '{ "ts" : 12 , "symbol":"A\\"}],\\u0042", "data" : { } , "list":[ 1, [2,"]"] ] }';
  const text =
    ` { "events" : [ { "event" : ${body} , "ts_pub":7 , "offset" : 3 } ] , "new":{"x":[]},` +
    '"last":3,"first":3,"epoch":"e","id":"1","op":"events" } ';
  const parsed = parseFrame(text);
  assert.equal(parsed.events[0].raw, body);
  assert.equal(parsed.events[0].event.symbol, 'A"}],B');
  assert.equal(parsed.events[0].offset, 3);
});

test('unsafe integers become text, everything else stays', () => {
  const text =
    '{"a":9007199254740993,"b":"9007199254740993","c":[-9007199254740993,1.5,1e3,9007199254740991],' +
    '"d":"\\\\","e":0.12345678901234567,"f":12345678901234567890e1}';
  assert.deepEqual(parseExact(text), {
    a: '9007199254740993',
    b: '9007199254740993',
    c: ['-9007199254740993', 1.5, 1000, 9007199254740991],
    d: '\\',
    e: 0.12345678901234567,
    f: 123456789012345678900,
  });
});

test('frames that are none are refused', () => {
  const good = frame('12');
  for (let length = 0; length < good.length; ++length) {
    assert.throws(() => parseFrame(good.slice(0, length)), `${length} characters`);
  }
  for (const bad of [
    '',
    '[]',
    '1',
    'null',
    '{"op":"events"}',
    `${good}x`,
    '{"op":1',
    '{op:1}',
    '{"op":"gap",}',
    '{"op":"heartbeat","epoch":"e","offset":1.5,"ts":1}',
    '{"op":"heartbeat","epoch":"e","offset":-1,"ts":1}',
    good.replace('"ts":12', '"ts":"12"'),
    good.replace('"ts":12', '"ts":1.2'),
    good.replace('"offset":2,', ''),
    good.replace('"first":1', '"first":"1"'),
    good.replace('"ts_pub":12', '"ts_pub":null'),
    good.replace('"rev":0', '"rev":00'),
    good.replace('"rev":0', '"rev":tru'),
    '{"op":"subscribed","id":"1","position":{"epoch":1,"offset":1},"recovered":true}',
    '{"op":"subscribed","id":"1","position":null,"recovered":true}',
  ]) {
    assert.throws(() => parseFrame(bad), bad);
  }
  assert.equal(parseFrame('{"op":"drain","events":[]}').op, 'other');
});

test('the scan agrees with JSON.parse on random values', () => {
  const random = new Random(7);
  const text = () =>
    Array.from(
      { length: random.below(6) },
      () => '"\\/{}[],:a\u00e9\ud83d\ude00\n 1'[random.below(19)],
    ).join('');
  const value = (depth) => {
    switch (random.below(depth > 3 ? 5 : 7)) {
      case 0:
        return null;
      case 1:
        return random.chance(0.5);
      case 2:
        return random.below(1e9) / 1000;
      case 3:
      case 4:
        return text();
      case 5:
        return Array.from({ length: random.below(4) }, () => value(depth + 1));
      default:
        return Object.fromEntries(
          Array.from({ length: random.below(4) }, () => [text(), value(depth + 1)]),
        );
    }
  };
  for (let i = 0; i < 3000; ++i) {
    const outer = { before: value(0), wanted: { inner: value(0) }, after: value(0) };
    const json = JSON.stringify(outer, null, random.below(3));
    assert.deepEqual(JSON.parse(textAt(json, ['wanted', 'inner'])), outer.wanted.inner, json);
    assert.equal(skipValue(json, 0), json.length);
    assert.deepEqual(parseExact(json), outer);
  }
});
