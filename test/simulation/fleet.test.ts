import { expect, test } from 'vitest';
import { figuresOf, SCENARIOS } from './scenarios.js';

const HOSTS = 500;

test.each(Object.keys(SCENARIOS))('%s: no host is ever without a staple', (name) => {
  expect(figuresOf(name, HOSTS).withoutStaple).toBe(0);
});

test('a splay of half an hour makes the busiest minute at least ten times quieter', () => {
  const [same, splayed] = ['all hosts at the same minute', 'the same minute, `--splay 30m`'];
  expect(figuresOf(same, HOSTS).firstDay).toBe(HOSTS);
  expect(figuresOf(splayed, HOSTS).firstDay).toBeLessThan(HOSTS / 10);
});

test('a cache before the responder lets one of a hundred requests pass', () => {
  const [without, behind] = [
    '100 hosts for each certificate',
    '100 hosts for each certificate, behind a cache',
  ];
  expect(figuresOf(behind, HOSTS).perDay).toBeLessThan(figuresOf(without, HOSTS).perDay / 50);
});

test('after an outage of two days the hosts do not all ask in one minute', () => {
  const { later } = figuresOf('the responder is down for two days', HOSTS);
  expect(later).toBeLessThan(HOSTS / 10);
});
