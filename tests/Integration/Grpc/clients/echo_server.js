// The echo service on @grpc/grpc-js. Prints its port, then serves until its input ends.
const events = require('events');
const grpc = require('@grpc/grpc-js');
const path = require('path');
const loader = require('@grpc/proto-loader');

const states = new Map();
const file = path.join(process.env.ECHO_PROTOS, 'recommender/test/v1/echo.proto');
const echo = grpc.loadPackageDefinition(loader.loadSync(file, {keepCase: true, longs: Number, defaults: true})).recommender.test.v1;

// Every wait of a call ends early when the call is given up.
function pause(call, request) {
  return new Promise((resolve) => {
    const end = () => {
      states.set(request.call_key, 'cancelled');
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      call.off('cancelled', end);
      resolve();
    }, request.delay_ms);
    call.once('cancelled', end);
  });
}

async function answer(call, request) {
  states.set(request.call_key, 'started');
  if (request.delay_ms > 0) await pause(call, request);
  failIfAsked(request);
  return {
    text: request.text,
    payload: request.response_bytes ? Buffer.alloc(request.response_bytes) : request.payload,
    count: request.count,
    payload_bytes: request.payload.length,
  };
}

function failIfAsked(request) {
  if (request.crash) throw new Error('crash');
  if (!request.fail_code) return;
  const metadata = new grpc.Metadata();
  metadata.add('x-failed', 'yes');
  if (request.fail_details.length) metadata.add('grpc-status-details-bin', request.fail_details);
  throw {code: request.fail_code, details: request.fail_message, metadata};
}

function picked(call, prefix) {
  const metadata = new grpc.Metadata();
  for (const key of Object.keys(call.metadata.getMap()))
    if (key.startsWith(prefix)) for (const value of call.metadata.get(key)) metadata.add(key, value);
  return metadata;
}

function single(handler) {
  return async (call, callback) => {
    call.sendMetadata(picked(call, 'x-initial'));
    try {
      callback(null, await handler(call), picked(call, 'x-trailing'));
    } catch (error) {
      callback(error);
    }
  };
}

function streaming(handler) {
  return async (call) => {
    call.sendMetadata(picked(call, 'x-initial'));
    try {
      await handler(call);
      call.end(picked(call, 'x-trailing'));
    } catch (error) {
      call.emit('error', error);
    }
  };
}

async function write(call, message) {
  if (call.write(message) || call.cancelled) return;
  await Promise.race([events.once(call, 'drain'), events.once(call, 'cancelled')]);
}

const server = new grpc.Server({'grpc.max_receive_message_length': 8 << 20});
server.addService(echo.EchoService.service, {
  Unary: single((call) => answer(call, call.request)),
  ClientStream: single(async (call) => {
    const total = {count: 0, text: '', payload_bytes: 0};
    for await (const request of call) {
      const one = await answer(call, request);
      total.count++;
      total.text = one.text;
      total.payload_bytes += one.payload_bytes;
    }
    return total;
  }),
  ServerStream: streaming(async (call) => {
    const once = {...call.request, fail_code: 0};
    for (let i = 0; i < call.request.count && !call.cancelled; i++)
      await write(call, {...await answer(call, once), count: i});
    failIfAsked(call.request);
  }),
  Duplex: streaming((call) => new Promise((resolve, reject) => {
    // Not with for await: its end would destroy the stream with what is still to be written.
    call.on('data', (request) => {
      call.pause();
      answer(call, request).then((one) => write(call, one)).then(() => call.resume(), reject);
    });
    call.on('end', resolve);
  })),
  CallState: single(async (call) => ({text: states.get(call.request.call_key)})),
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
  process.stdin.resume();
  process.stdin.on('end', () => process.exit());
});
