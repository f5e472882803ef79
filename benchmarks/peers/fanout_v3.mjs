// aws-sdk v3. Arguments: endpoint, number of connections.
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import { fanOut } from "./fanout_common.mjs";

const [endpoint, connections] = process.argv.slice(2);
const client = new ApiGatewayManagementApiClient({ endpoint });
await fanOut((ConnectionId, Data) => client.send(new PostToConnectionCommand({ ConnectionId, Data })), Number(connections));
