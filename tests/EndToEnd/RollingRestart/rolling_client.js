// An app's backend on @grpc/grpc-js, as it is: round_robin over the addresses that the name has at the moment, retries by the service
// config. Usage: rolling_client.js PROTOS SERVICE_CONFIG ENDPOINTS, where ENDPOINTS is a JSON file {name: ["host:port", ...]}, read
// whenever gRPC resolves a name, as DNS would be. Calls all services until its input ends or it gets SIGTERM. Prints a line of counts now and then, and
// at last the report: what was acknowledged, and every call that failed for good.
const fs = require('fs');
const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [protos, serviceConfig, endpoints] = process.argv.slice(2);
const {registerResolver, splitHostPort, statusOrFromValue} = grpc.experimental;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const WINDOW = 32;
let stopping = false;

class FileResolver {
  constructor(target, listener) {
    this.name = target.path;
    this.listener = listener;
  }
  updateResolution() {
    if (this.pending) return;
    this.pending = setTimeout(() => {
      this.pending = null;
      const addresses = JSON.parse(fs.readFileSync(endpoints))[this.name];
      this.listener(statusOrFromValue(addresses.map((address) => ({addresses: [splitHostPort(address)]}))), {}, null, '');
    }, 50);
  }
  destroy() {
    clearTimeout(this.pending);
    this.pending = null;
  }
  static getDefaultAuthority(target) {
    return target.path;
  }
}
registerResolver('file', FileResolver);

const files = ['ingestion', 'features', 'serving', 'training'].map((name) => path.join(protos, `recommender/v1/${name}.proto`));
const api = grpc.loadPackageDefinition(loader.loadSync(files, {keepCase: true, longs: Number, defaults: true, includeDirs: [protos]})).recommender.v1;
const client = (service, name) =>
  new service(`file:${name}`, grpc.credentials.createInsecure(), {'grpc.service_config': fs.readFileSync(serviceConfig, 'utf8')});
const events = client(api.IngestionService, 'Ingestion');
const features = client(api.FeatureService, 'Features');
const serving = client(api.RecommendationService, 'Serving');
const runs = client(api.TrainingService, 'Training');
const models = client(api.ModelRegistryService, 'Training');

const report = {ok: {}, failed: [], reopened: 0, acknowledged: []};
let next = 0;

function newEvent() {
  const n = next++;
  return {event_id: `roll-${n}`, type: ['EVENT_TYPE_VIEW', 'EVENT_TYPE_LIKE', 'EVENT_TYPE_SHARE'][n % 3], user_id: `roll-u${n % 97}`, video_id: `roll-v${n % 41}`};
}

function acknowledge(event, response) {
  if (response.rejected_reason) report.failed.push(`event ${event.event_id}: ${response.rejected_reason}`);
  else report.acknowledged.push(event);
}

const failed = (method, error) => report.failed.push(`${method}: ${error.code} ${error.details} ${error.stack}`);
const counted = (method) => report.ok[method] = (report.ok[method] || 0) + 1;

function call(on, method, request) {
  return new Promise((resolve) => on[method](request, (error, response) => {
    if (error) failed(method, error);
    else counted(method);
    resolve(error ? null : response);
  }));
}

async function forever(pause, work) {
  while (!stopping) {
    await work();
    await sleep(pause);
  }
}

async function trackOne() {
  const event = newEvent();
  const response = await call(events, 'TrackEvent', {event});
  if (response) acknowledge(event, response);
}

async function trackMany() {
  const batch = Array.from({length: 20}, newEvent);
  const response = await call(events, 'TrackEvents', {events: batch});
  if (response) response.results.forEach((result, i) => acknowledge(batch[i], result));
}

// What was sent and not acknowledged is sent again on the next stream, under the same ids.
async function stream() {
  let unanswered = [];
  while (!stopping || unanswered.length) unanswered = await streamOnce(unanswered);
}

function streamOnce(again) {
  return new Promise((resolve) => {
    const unanswered = [];
    const call = events.StreamEvents({deadline: Date.now() + 600000});
    let ended = false;
    const send = (event) => {
      unanswered.push(event);
      call.write({event});
    };
    call.on('data', (response) => {
      acknowledge(unanswered.shift(), response);
      counted('StreamEvents');
    });
    call.on('error', (error) => {
      ended = true;
      // The door says so when it closes, and has acknowledged by then what it took.
      if (error.code === grpc.status.UNAVAILABLE && /stopping/.test(error.details)) report.reopened++;
      else failed('StreamEvents', error);
      setTimeout(() => resolve(unanswered), 20);
    });
    call.on('end', () => {
      if (!ended) resolve(unanswered);
      ended = true;
    });
    again.forEach(send);
    (async () => {
      while (!stopping && !ended) {
        while (!ended && unanswered.length < WINDOW && !stopping) {
          send(newEvent());
          await sleep(10);
        }
        await sleep(10);
      }
      if (!ended) call.end();
    })();
  });
}

async function recommend() {
  const response = await call(serving, 'Recommend', {user_id: `viewer-${String(next % 60).padStart(4, '0')}`, count: 10});
  if (response && response.videos.length === 0) report.failed.push('Recommend: no videos');
}

async function main() {
  const stop = () => { stopping = true; };
  process.stdin.resume().on('end', stop);
  process.on('SIGTERM', stop);
  const lines = setInterval(() => console.log(JSON.stringify({ok: report.ok, failed: report.failed.length})), 200);
  await Promise.all([
    forever(20, trackOne), forever(20, trackOne), forever(80, trackMany), stream(), stream(),
    forever(25, recommend), forever(25, recommend),
    forever(40, () => call(features, 'GetUserFeatures', {user_id: `roll-u${next % 97}`})),
    forever(60, () => call(runs, 'ListTrainingRuns', {})),
    forever(60, () => call(models, 'ListModelVersions', {})),
  ]);
  clearInterval(lines);
  process.stdout.write(JSON.stringify(report) + '\n', () => process.exit());
}

main();
