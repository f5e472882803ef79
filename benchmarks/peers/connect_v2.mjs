// The seed's shape: aws-sdk v2 as a whole, a document client, one write per $connect.
const started = performance.now();
const before = process.cpuUsage();
const { default: AWS } = await import("aws-sdk");
const database = new AWS.DynamoDB.DocumentClient({ endpoint: process.env.AWS_ENDPOINT_URL_DYNAMODB });
const imported = performance.now();

async function handle(connectionId) {
  await database.put({ TableName: process.env.CONNECTION_IDS_TABLE, Item: { connectionId } }).promise();
  return { statusCode: 200 };
}

const answer = await handle("0000000000001Ae=");
const seconds = (performance.now() - started) / 1000;
const used = process.cpuUsage(before);
console.log(
  JSON.stringify({
    answer: answer.statusCode,
    seconds,
    cpu: (used.user + used.system) / 1e6,
    import: (imported - started) / 1000,
  }),
);
process.exit(0);
