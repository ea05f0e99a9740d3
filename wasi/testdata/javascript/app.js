// A program and a handler in JavaScript. The program's first argument, or the handler's path,
// names a case.
import { getArguments, getEnvironment } from 'wasi:cli/environment@0.2.12';
import { getStdin } from 'wasi:cli/stdin@0.2.12';
import { getStdout } from 'wasi:cli/stdout@0.2.12';
import { getDirectories } from 'wasi:filesystem/preopens@0.2.12';
import { now } from 'wasi:clocks/monotonic-clock@0.2.12';

function say(what, f) {
  try {
    console.log(what, JSON.stringify(f(), (_, v) => (typeof v === 'bigint' ? Number(v) : v instanceof Uint8Array ? new TextDecoder().decode(v) : v)));
  } catch (e) {
    console.log(what, 'failed', e.payload ?? e.message);
  }
}

const text = (s) => new TextEncoder().encode(s);
const follow = { symlinkFollow: true };

function files() {
  const [data] = getDirectories().find(([, name]) => name === '/data');
  const open = (name, how, flags) => data.openAt(follow, name, how, flags);
  const rw = { read: true, write: true };
  say('write', () => open('a', { create: true }, rw).write(text('hello world'), 0n));
  say('read', () => open('a', {}, { read: true }).read(5n, 6n));
  say('none', () => open('none', {}, { read: true }).read(5n, 0n));
  say('exclusive', () => open('a', { create: true, exclusive: true }, rw).getType());
  say('mkdir', () => data.createDirectoryAt('d'));
  say('mkdir', () => data.createDirectoryAt('d'));
  say('rename', () => data.renameAt('a', data, 'd/b'));
  say('stat', () => data.statAt(follow, 'd/b').size);
  say('symlink', () => data.symlinkAt('d/b', 'l'));
  say('through', () => open('l', {}, { read: true }).read(100n, 0n)[0]);
  say('readlink', () => data.readlinkAt('l'));
  say('outside', () => open('../etc/passwd', {}, { read: true }).getType());
  say('absolute', () => open('/etc/passwd', {}, { read: true }).getType());
  say('list', () => {
    const stream = data.readDirectory();
    const names = [];
    for (let e; (e = stream.readDirectoryEntry()); ) names.push(e.name + ' ' + e.type);
    return names.sort();
  });
  say('rmdir', () => data.removeDirectoryAt('d'));
  say('unlink', () => data.unlinkFileAt('l'));
  say('stream', () => {
    const s = open('s', { create: true }, rw).writeViaStream(0n);
    s.blockingWriteAndFlush(text('streamed'));
    return s.checkWrite() > 0n;
  });
}

function copy() {
  const input = getStdin();
  const out = getStdout();
  let n = 0;
  try {
    for (;;) {
      const some = input.blockingRead(4096n);
      n += some.length;
      out.blockingWriteAndFlush(some);
    }
  } catch (e) {
    console.error(n, e.payload?.tag);
  }
}

function surroundings() {
  console.log(JSON.stringify(getArguments().slice(1)), JSON.stringify(getEnvironment()));
  console.error('to standard error');
}

function random() {
  const b = crypto.getRandomValues(new Uint8Array(1000));
  console.log(new Set(b).size > 100, crypto.randomUUID() !== crypto.randomUUID(), Math.random() !== Math.random());
}

async function time() {
  const start = now();
  console.log(Date.now() > 1.7e12, performance.now() >= 0);
  await new Promise((done) => setTimeout(done, 10));
  console.log(now() - start >= 10_000_000n);
}

async function fetches() {
  const [, , host, nobody] = getArguments();
  const url = `http://${host}`;
  let r = await fetch(url + '/hello?a=b', { headers: { 'x-mine': 'js', accept: 'text/x' } });
  console.log(r.status, r.ok, r.headers.get('x-seen'), await r.text());
  r = await fetch(url + '/echo', { method: 'POST', body: 'text'.repeat(5000), headers: { 'content-type': 'text/y' } });
  console.log(r.status, r.headers.get('content-type'), (await r.text()).length);
  r = await fetch(url + '/status/404');
  console.log(r.status, r.ok);
  const all = await Promise.all([1, 2, 3].map(() => fetch(url + '/stream').then((r) => r.text())));
  console.log(all.map((t) => t.length).join());
  try {
    await fetch(`http://${nobody}/`);
  } catch (e) {
    console.log('failed', e instanceof TypeError);
  }
}

const cases = { files, copy, surroundings, random, time, fetches };

export const run = {
  async run() {
    const name = getArguments()[1];
    if (name === 'throw') throw new Error('an odd error');
    await cases[name]();
  },
};

async function answer(request) {
  const url = new URL(request.url);
  switch (url.pathname) {
    case '/':
      return new Response('hello from JavaScript\n', { headers: { 'content-type': 'text/plain', 'x-one': '1' } });
    case '/echo':
      return new Response(await request.text(), { headers: { 'x-method': request.method } });
    case '/pass':
      return new Response(request.body);
    case '/seen':
      return Response.json([request.method, url.search, [...request.headers].filter(([n]) => n.startsWith('x-'))]);
    case '/status':
      return new Response(null, { status: Number(url.search.slice(1)) });
    case '/stream':
      return new Response(new ReadableStream({
        async start(c) {
          for (let n = 0; n < 20; n++) {
            c.enqueue(text(`${n}\n`));
            await new Promise((done) => setTimeout(done, 1));
          }
          c.close();
        },
      }));
    case '/large':
      return new Response('0123456789'.repeat(50_000));
    case '/fetch':
      return fetch('http://' + url.search.slice(1));
    case '/throw':
      throw new Error('an odd error');
  }
  return new Response('no such case', { status: 404 });
}

addEventListener('fetch', (event) => event.respondWith(answer(event.request)));
