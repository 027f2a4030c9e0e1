// All that the examples use of Node.js.
declare const process: { readonly argv: string[]; readonly env: Record<string, string | undefined> };
