// node audit.mjs URL: the audits of graphql-http against a running API, as JSON on standard output.
// TWIN_TOKEN is the bearer token. Queries by GET need a preflight header, which the audit does not know of.
import { auditServer } from 'graphql-http';

const url = process.argv[2];
const own = { authorization: `Bearer ${process.env.TWIN_TOKEN}`, 'graphql-require-preflight': '1' };
const fetchFn = (address, options = {}) =>
  fetch(address, { ...options, headers: { ...options.headers, ...own } });

const results = await auditServer({ url, fetchFn });
const shown = [];
for (const { id, name, status, reason } of results) {
  shown.push({ id, name, status, ...(reason ? { reason } : {}) });
}
console.log(JSON.stringify(shown));
