/** Asks the knowledge twin over HTTP with documents that were generated for a role. Runs in browsers and in Node. */

/** Where a rule hid values: `ids` are the rows concerned, left out where whole rows of a connection are hidden. */
export interface Restricted {
  readonly path: readonly string[];
  readonly rule: string;
  readonly reason: string;
  readonly ids?: readonly string[];
}

/** The stable codes of docs/api.md. */
export type Code =
  | "BAD_USER_INPUT"
  | "COST_LIMIT_EXCEEDED"
  | "GRAPHQL_PARSE_FAILED"
  | "GRAPHQL_VALIDATION_FAILED"
  | "INTERNAL_SERVER_ERROR"
  | "NOT_FOUND"
  | "PERSISTED_QUERY_NOT_FOUND"
  | "RATE_LIMITED"
  | "SERVICE_UNAVAILABLE"
  | "UNAUTHENTICATED";

export interface Problem {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: Code; readonly requestId?: string };
}

/** Data as asked; `problems` beside it speak of single roots, such as `NOT_FOUND`. */
export interface Answer<Result> {
  readonly data: Result;
  readonly problems: readonly Problem[];
  readonly restricted: readonly Restricted[];
}

/** The request was refused as a whole: nothing of it was answered. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    readonly status: number,
    readonly requestId: string | null,
    readonly problems: readonly Problem[],
  ) {
    super(problems.map((problem) => problem.message).join("; ") || `HTTP ${status} without an answer of the twin`);
  }

  /** The code of the first problem; null when something between here and the twin answered. */
  get code(): Code | null {
    return this.problems[0]?.extensions.code ?? null;
  }
}

/** A generated document, with its digest when it is in a manifest. */
export interface Document<Result, Variables> {
  toString(): string;
  readonly __apiType?: (variables: Variables) => Result;
  readonly __meta__?: Record<string, unknown> | undefined;
}

export interface Connection<Node> {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface Page<Result, Node> extends Answer<Result> {
  readonly nodes: readonly Node[];
}

export interface Options {
  /** The address of the endpoint, ending in /graphql. */
  readonly url: string;
  /** The access token, or what fetches one: it is asked before every request, also before a repeated one. */
  readonly token: string | (() => string | Promise<string>);
  /** Send digests instead of texts: needed where the server is trusted-only. */
  readonly persisted?: boolean;
  /** How often a request is sent that is answered 503 or 429, each time after `Retry-After`; 3 when left out. */
  readonly attempts?: number;
  /** Seconds after which it is given up, waiting included; 30 when left out. */
  readonly timeout?: number;
}

const BUSY = [429, 503];
const ACCEPT = "application/graphql-response+json";

export class TwinClient {
  constructor(private readonly options: Options) {}

  /** The answer to an operation; throws `Refused` where there is none, and what `fetch` throws. */
  async ask<Result, Variables>(document: Document<Result, Variables>, variables: Variables): Promise<Answer<Result>> {
    const { attempts = 3, timeout = 30 } = this.options;
    const body = JSON.stringify({ ...this.named(document), variables });
    const deadline = Date.now() + timeout * 1000;
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.send(body, deadline);
      const answer = await answerOf<Result>(response);
      if (answer.data != null) {
        return {
          data: answer.data,
          problems: answer.errors ?? [],
          restricted: answer.extensions?.restricted ?? [],
        };
      }
      const wait = Number(response.headers.get("retry-after")) * 1000;
      if (!BUSY.includes(response.status) || !(wait > 0) || attempt >= attempts || Date.now() + wait > deadline) {
        throw new Refused(response.status, response.headers.get("x-request-id"), answer.errors ?? []);
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  /** The pages of a connection, one after the other; each asks for what comes after the one before. */
  async *pages<Result, Variables extends { after?: string | null | undefined }, Node>(
    document: Document<Result, Variables>,
    variables: Variables,
    connectionOf: (data: Result) => Connection<Node>,
  ): AsyncGenerator<Page<Result, Node>> {
    let after = variables.after;
    do {
      const answer = await this.ask(document, { ...variables, after });
      const { edges, pageInfo } = connectionOf(answer.data);
      yield { ...answer, nodes: edges.map((edge) => edge.node) };
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after != null);
  }

  private named(document: Document<unknown, never>): { documentId: unknown } | { query: string } {
    if (!this.options.persisted) return { query: document.toString() };
    const documentId = document.__meta__?.["hash"];
    if (documentId === undefined) throw new TypeError("the document has no digest: generate it with a manifest");
    return { documentId };
  }

  private async send(body: string, deadline: number): Promise<Response> {
    const { url, token } = this.options;
    const bearer = typeof token === "string" ? token : await token();
    return fetch(url, {
      method: "POST",
      headers: { accept: ACCEPT, "content-type": "application/json", authorization: `Bearer ${bearer}` },
      body,
      signal: AbortSignal.timeout(Math.max(0, deadline - Date.now())),
    });
  }
}

interface Envelope<Result> {
  data?: Result | null;
  errors?: Problem[];
  extensions?: { restricted?: Restricted[] };
}

/** What the twin said; nothing where a proxy answered in another media type. */
async function answerOf<Result>(response: Response): Promise<Envelope<Result>> {
  const body = await response.text();
  return response.headers.get("content-type")?.startsWith(ACCEPT) ? (JSON.parse(body) as Envelope<Result>) : {};
}
