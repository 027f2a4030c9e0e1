// Types and documents of each role's operations, from the role's schema: node generate.mjs [--role ROLE]...
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { generate } from "@graphql-codegen/cli";

const here = import.meta.dirname;
const folders = readdirSync(join(here, "roles"), { withFileTypes: true });
const known = folders.filter((one) => one.isDirectory()).map((one) => one.name);
const asked = rolesAsked() ?? known;

for (const role of asked) {
  if (!known.includes(role)) {
    console.error(`error: no folder roles/${role}: make it and put operations into it, there are ${known.join(", ")}`);
    process.exit(2);
  }
}

function rolesAsked() {
  try {
    return parseArgs({ options: { role: { type: "string", multiple: true } } }).values.role;
  } catch (error) {
    console.error(`error: ${error.message.split("\n")[0]}: use --role ROLE, several times for several roles`);
    process.exit(2);
  }
}

const schemaOf = (role) => {
  const committed = join(here, "..", "..", "docs", "roles", `${role}.graphql`);
  return existsSync(committed) ? committed : join(here, `${role}.graphql`);
};

try {
  await generate({
    cwd: here,
    silent: true,
    errorsOnly: true,
    generates: Object.fromEntries(
      asked.map((role) => [
        join(here, "roles", role, "generated") + "/",
        {
          preset: "client",
          schema: schemaOf(role),
          documents: join(here, "roles", role, "*.graphql"),
          presetConfig: {
            fragmentMasking: false,
            // A manifest for TWIN_DOCUMENTS_FILE, and in each document the digest that asks for it.
            persistedDocuments: { mode: "embedHashInDocument", hashAlgorithm: "sha256" },
          },
          config: {
            documentMode: "string",
            emitLegacyCommonJSImports: false,
            enumsAsTypes: true,
            useTypeImports: true,
            strictScalars: true,
            scalars: { Date: "string", DateTime: "string" },
          },
        },
      ]),
    ),
  });
} catch (error) {
  console.error(`error: ${error.errors?.map((one) => one.message).join("\n") ?? error.message}`);
  process.exit(1);
}
