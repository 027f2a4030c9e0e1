#!/bin/sh
# Writes the secrets that docker-compose.yml names, once, into secrets/ (or the folder given).
# The folder is for its owner alone; the files in it can be read by the containers' own users, who see only them.
set -eu
folder=${1:-secrets}
umask 077
mkdir -p "$folder"
chmod 700 "$folder"
if [ ! -e "$folder/neo4j_password" ]; then
  LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 32 >"$folder/neo4j_password"
fi
printf 'neo4j/%s' "$(cat "$folder/neo4j_password")" >"$folder/neo4j_auth.new"
mv "$folder/neo4j_auth.new" "$folder/neo4j_auth"
chmod 444 "$folder/neo4j_password" "$folder/neo4j_auth"
if [ ! -e "$folder/jwks.json" ]; then
  echo "now put the public keys of your identity provider (a JWKS) into $folder/jwks.json"
fi
