// Calls the echo service of this repository with @grpc/grpc-js. Usage: echo_client.js HOST:PORT.
// Prints one JSON object: for each scenario "ok", or what went wrong.
const assert = require('assert');
const crypto = require('crypto');
const grpc = require('@grpc/grpc-js');
const path = require('path');
const loader = require('@grpc/proto-loader');

const MANY = 5000;
const MINUTE = 60000;
const address = process.argv[2];
const file = path.join(process.env.ECHO_PROTOS, 'recommender/test/v1/echo.proto');
const echo = grpc.loadPackageDefinition(loader.loadSync(file, {keepCase: true, longs: Number, defaults: true})).recommender.test.v1;

function connect(options = {}) {
  return new echo.EchoService(address, grpc.credentials.createInsecure(), {'grpc.max_receive_message_length': 8 << 20, ...options});
}

const client = connect();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The outcome of a call with one response; `start` gets the callback and returns the call.
function single(start) {
  return new Promise((resolve, reject) => {
    const result = {};
    const call = start((error, response) => {
      result.response = response;
      if (error) reject(error);
      else setImmediate(() => resolve(result));
    });
    call.on('metadata', (metadata) => { result.initial = metadata; });
    call.on('status', (status) => { result.trailing = status.metadata; });
  });
}

const unary = (request, options = {}, on = client, metadata = new grpc.Metadata()) =>
  single((callback) => on.Unary(request, metadata, options, callback));

async function fails(code, promise) {
  const error = await promise.then(() => assert.fail(`no error, ${code} was expected`), (error) => error);
  assert.strictEqual(error.code, code, `${error.code}: ${error.details || error.stack}`);
  return error;
}

function collect(call) {
  return new Promise((resolve, reject) => {
    const responses = [];
    call.on('data', (response) => responses.push(response));
    call.on('end', () => resolve(responses));
    call.on('error', (error) => reject(Object.assign(error, {responses})));
  });
}

async function sees(key, state) {
  for (let i = 0; i < 3000; i++) {
    const {response} = await single((callback) => client.CallState({call_key: key}, callback));
    if (response.text === state) return;
    await sleep(20);
  }
  assert.fail(`the server does not take the call for ${state}`);
}

const range = (count) => [...Array(count).keys()];
const counts = (responses) => responses.map((response) => response.count);

const scenarios = {
  async unary() {
    assert.strictEqual((await unary({text: 'héllo 漢字'})).response.text, 'héllo 漢字');
  },
  async empty_message() {
    const {response} = await unary({});
    assert.deepStrictEqual({...response, payload: response.payload.length}, {text: '', payload: 0, count: 0, payload_bytes: 0});
  },
  async big_message() {
    const payload = crypto.randomBytes(3 << 20);
    assert.ok((await unary({payload})).response.payload.equals(payload));
  },
  async upload() {
    const {response} = await single((callback) => {
      const call = client.ClientStream(callback);
      for (const i of range(MANY)) call.write({text: `${i}`, payload: Buffer.alloc(10)});
      call.end();
      return call;
    });
    assert.deepStrictEqual([response.count, response.text, response.payload_bytes], [MANY, `${MANY - 1}`, 10 * MANY]);
  },
  async download() {
    assert.deepStrictEqual(counts(await collect(client.ServerStream({count: MANY}))), range(MANY));
  },
  async duplex() {
    const call = client.Duplex();
    const responses = collect(call);
    for (const i of range(MANY)) call.write({count: i});
    call.end();
    assert.deepStrictEqual(counts(await responses), range(MANY));
  },
  async status() {
    for (const message of ['plain', '100 % übel:\r\n漢字', '']) {
      const error = await fails(grpc.status.ABORTED, unary({fail_code: 10, fail_message: message}));
      assert.strictEqual(error.details, message);
      assert.deepStrictEqual(error.metadata.get('x-failed'), ['yes']);
    }
  },
  async status_details() {
    const details = Buffer.from(range(200));
    const error = await fails(grpc.status.INVALID_ARGUMENT, unary({fail_code: 3, fail_details: details}));
    assert.deepStrictEqual(error.metadata.get('grpc-status-details-bin'), [details]);
  },
  async failing_stream() {
    const error = await fails(grpc.status.RESOURCE_EXHAUSTED, collect(client.ServerStream({count: 3, fail_code: 8, fail_message: 'enough'})));
    // grpc-js reports an error at once and drops the messages before it that were not read yet.
    assert.deepStrictEqual(counts(error.responses), [0, 1, 2].slice(0, error.responses.length));
    assert.strictEqual(error.details, 'enough');
  },
  async crash_is_unknown() {
    const error = await fails(grpc.status.UNKNOWN, unary({crash: true}));
    assert.ok(!error.details.includes('hunter2'));
  },
  async metadata() {
    const metadata = new grpc.Metadata();
    metadata.add('x-initial', 'a, b');
    metadata.add('x-initial-bin', Buffer.from([0, 255, 44, 61]));
    metadata.add('x-initial-bin', Buffer.from('2'));
    metadata.add('x-trailing', 'z');
    metadata.add('x-trailing-bin', Buffer.from([1, 2, 3]));
    const {initial, trailing} = await unary({}, {}, client, metadata);
    assert.deepStrictEqual(initial.get('x-initial'), ['a, b']);
    assert.deepStrictEqual(initial.get('x-initial-bin'), [Buffer.from([0, 255, 44, 61]), Buffer.from('2')]);
    assert.deepStrictEqual(trailing.get('x-trailing'), ['z']);
    assert.deepStrictEqual(trailing.get('x-trailing-bin'), [Buffer.from([1, 2, 3])]);
  },
  async deadline() {
    const key = crypto.randomUUID();
    await fails(grpc.status.DEADLINE_EXCEEDED, unary({delay_ms: MINUTE, call_key: key}, {deadline: Date.now() + 4000}));
    await sees(key, 'cancelled');
  },
  async cancellation() {
    const key = crypto.randomUUID();
    let call;
    const ended = single((callback) => call = client.Unary({delay_ms: MINUTE, call_key: key}, callback));
    const failed = fails(grpc.status.CANCELLED, ended);
    await sees(key, 'started');
    call.cancel();
    await failed;
    await sees(key, 'cancelled');
  },
  async abandoned_stream() {
    const key = crypto.randomUUID();
    const call = client.Duplex();
    call.on('error', () => {});
    call.write({delay_ms: MINUTE, call_key: key});
    await sees(key, 'started');
    call.cancel();
    await sees(key, 'cancelled');
  },
  async gzip() {
    const zipping = connect({'grpc.default_compression_algorithm': 2});
    const payload = Buffer.alloc(500000);
    assert.ok((await unary({payload}, {}, zipping)).response.payload.equals(payload));
  },
  async oversized() {
    await fails(grpc.status.RESOURCE_EXHAUSTED, unary({payload: Buffer.alloc((4 << 20) + 1)}));
  },
};

async function main() {
  const results = {};
  for (const [name, scenario] of Object.entries(scenarios)) {
    try {
      await scenario();
      results[name] = 'ok';
    } catch (error) {
      results[name] = error.stack;
    }
  }
  console.log(JSON.stringify(results));
  process.exit();
}

main();
