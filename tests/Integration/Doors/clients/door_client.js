// Calls doors with @grpc/grpc-js. Standard input and output are those of door_client.py.
'use strict';
const fs = require('fs');
const grpc = require('@grpc/grpc-js');

function credentials(test) {
  if (!test.ca) return grpc.credentials.createInsecure();
  const own = test.cert ? [fs.readFileSync(test.key), fs.readFileSync(test.cert)] : [null, null];
  return grpc.credentials.createSsl(fs.readFileSync(test.ca), ...own);
}

function run(test) {
  const client = new grpc.Client(test.address, credentials(test));
  const metadata = new grpc.Metadata();
  if (test.token) metadata.set('authorization', test.token);
  return new Promise((resolve) => {
    client.makeUnaryRequest(
        test.method, (bytes) => bytes, (bytes) => bytes, Buffer.from(test.request, 'hex'), metadata, {deadline: Date.now() + 30000},
        (error) => {
          client.close();
          resolve(error ? {status: grpc.status[error.code], details: error.details} : {status: 'OK', details: ''});
        });
  });
}

async function main() {
  const results = [];
  for (const test of JSON.parse(fs.readFileSync(0))) results.push(await run(test));
  console.log(JSON.stringify(results));
}

main();
