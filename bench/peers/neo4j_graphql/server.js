// The peer over HTTP: `node server.js`, with NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD and JWT_KEY; prints its address.
// As the manuals of both tell: production mode, one driver, one schema, Yoga's caches of parsed and validated documents.
import { createServer } from "node:http";

import { Neo4jGraphQL } from "@neo4j/graphql";
import { createYoga } from "graphql-yoga";
import neo4j from "neo4j-driver";

import { typeDefs } from "./schema.js";

const { NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD, JWT_KEY, PORT } = process.env;
const driver = neo4j.driver(NEO4J_URI, neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD), {
  maxConnectionPoolSize: 64,
  telemetryDisabled: true,
});
const neo4jGraphql = new Neo4jGraphQL({ typeDefs, driver, features: { authorization: { key: JWT_KEY } } });
const schema = await neo4jGraphql.getSchema();
const yoga = createYoga({
  schema,
  context: ({ request }) => ({ token: request.headers.get("authorization") }),
  cors: false,
  graphiql: false,
  logging: false,
  maskedErrors: false, // the comparison reads its messages
  parserAndValidationCache: true,
});
const server = createServer(yoga);
server.keepAliveTimeout = 60_000;
server.listen(Number(PORT ?? 0), "127.0.0.1", () => {
  console.log(JSON.stringify({ address: `http://127.0.0.1:${server.address().port}` }));
});
process.on("SIGTERM", async () => {
  server.closeAllConnections();
  server.close();
  await driver.close();
  process.exit(0);
});
