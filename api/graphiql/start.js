// GraphiQL with a role switcher. Every question gets a token of its own, so that an open page outlives tokens.
"use strict";

const role = document.getElementById("role");
const territories = document.getElementById("territories");
const said = document.getElementById("said");
const root = ReactDOM.createRoot(document.getElementById("graphiql"));

const question = (product) => `# Which HCPs need access support this week? Choose a role above: each has its own schema.
# A field rep needs a territory id, such as those proposed in the field.
{
  viewer { role territories }
  products { id productId brand own }
  accessFrictions(product: ${JSON.stringify(product)}, sort: [{saveableStarts: DESC}], first: 10) {
    edges { node { level plan { name } value low high saveableStarts mainBarrier drivers(first: 1) { reason } } }
  }
}
`;

async function tokenFor(name, ids) {
  const query = new URLSearchParams([["role", name], ...ids.map((id) => ["territory", id])]);
  const response = await fetch(`/dev/token?${query}`, { headers: { "x-twin-development": "1" } });
  if (!response.ok) throw new Error("no token");
  return (await response.json()).token;
}

async function ask(token, body) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return response.json();
}

async function ownProduct(name) {
  const products = (await ask(await tokenFor(name, []), { query: "{ products(first: 1) { id } }" })).data.products;
  return products.length === 0 ? null : products[0].id;
}

async function proposeTerritories(names, product) {
  if (!names.includes("market_access") || product === null) return;
  const token = await tokenFor("market_access", []);
  const query = `query ($id: ID!) { accessFrictions(product: $id, first: 100, where: {level: {eq: "territory"}}) {
    edges { node { territory { territoryId name } } } } }`;
  const found = (await ask(token, { query, variables: { id: product } })).data.accessFrictions.edges;
  for (const edge of found) {
    if (edge.node.territory === null) continue;
    const option = document.createElement("option");
    option.value = edge.node.territory.territoryId;
    option.label = edge.node.territory.name;
    document.getElementById("known").append(option);
  }
}

function show(product) {
  const ids = territories.value.split(",").map((id) => id.trim()).filter((id) => id !== "");
  const name = role.value;
  said.textContent = `asking as ${name}${ids.length > 0 ? ` in ${ids.join(", ")}` : ""}`;
  const key = JSON.stringify([name, ids]);
  const fetcher = async (body) => ask(await tokenFor(name, ids), body);
  root.render(React.createElement(GraphiQL, { key, fetcher, defaultQuery: question(product ?? "your product id") }));
}

async function start() {
  const names = await (await fetch("/dev/roles", { headers: { "x-twin-development": "1" } })).json();
  for (const name of names) role.append(new Option(name, name));
  const product = await ownProduct(names[0]);
  role.addEventListener("change", () => show(product));
  territories.addEventListener("change", () => show(product));
  document.getElementById("caller").addEventListener("submit", (event) => event.preventDefault());
  await proposeTerritories(names, product);
  show(product);
}

start();
