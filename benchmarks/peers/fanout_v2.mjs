// aws-sdk v2, as the seed's function uses it. Arguments: endpoint, number of connections.
import AWS from "aws-sdk";
import { fanOut } from "./fanout_common.mjs";

const [endpoint, connections] = process.argv.slice(2);
const client = new AWS.ApiGatewayManagementApi({ endpoint });
await fanOut((ConnectionId, Data) => client.postToConnection({ ConnectionId, Data }).promise(), Number(connections));
