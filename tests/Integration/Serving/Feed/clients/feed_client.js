// Holds a Feed stream with @grpc/grpc-js. Usage: feed_client.js HOST:PORT PROTOS USER VIDEO. It prints what feed_client.py prints.
'use strict';
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [address, protos, user, video] = process.argv.slice(2);
const definition = loader.loadSync('recommender/v1/serving.proto', {includeDirs: [protos], keepCase: true, enums: String, defaults: true, oneofs: true});
const {recommender} = grpc.loadPackageDefinition(definition);
const client = new recommender.v1.RecommendationService(address, grpc.credentials.createInsecure());
const told = {tiers: [], videos: [], acks: [], ended: false};
const steps = [
  {event: {event_id: 'from-node', type: 'EVENT_TYPE_LIKE', video_id: video}},
  {event: {type: 'EVENT_TYPE_LIKE'}},
  {buffer: {videos: 0}},
];

const call = client.Feed(new grpc.Metadata(), {deadline: Date.now() + 60000});
call.on('data', (response) => {
  if (response.ack) {
    told.acks.push({event_id: response.ack.event_id, rejected_reason: response.ack.rejected_reason});
  } else {
    told.tiers.push(response.videos.tier);
    told.videos.push(...response.videos.videos.map((v) => v.video_id));
  }
  if (steps.length) call.write(steps.shift());
  else call.end();
});
call.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
call.on('status', (status) => {
  told.ended = status.code === grpc.status.OK;
});
call.on('end', () => setImmediate(() => {
  console.log(JSON.stringify(told));
  process.exit(0);
}));
call.write({start: {request: {user_id: user}, ahead: 5}});
