#!/usr/bin/env bash
# Bundles what browsers load: the SDK as a script and as a module, and the agent page. Prints their sizes.
#
#     provisioning/bundle-client.sh FOLDER
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=$1
version=$(node -p 'require("./package.json").version')
mkdir -p "$folder/client" "$folder/agent"

bundle() {
  node_modules/.bin/esbuild --bundle --minify --target=es2022 --charset=utf8 --log-level=warning "$@"
}

sdk() {
  bundle firmware/client/main.ts --define:CROSSPOINT_VERSION="\"$version\"" "$@"
}

sdk --format=esm --outfile="$folder/client/crosspoint.mjs"
sdk --format=iife --global-name=OT --define:import.meta.url=undefined --outfile="$folder/client/crosspoint.js"
# One file for who compiles against it: the parts without what they have of each other.
awk '/^export type \* from/ { next } /^import type/ { skip = 1 } !skip { print } skip && /;$/ { skip = 0 }' \
  firmware/client/crosspoint{,-events,-session,-media}.d.ts >"$folder/client/crosspoint.d.ts"

# The page loads the SDK from the box as any page does.
bundle firmware/agent/agent.ts --format=esm --external:/client/crosspoint.mjs --outfile="$folder/agent/agent.js"
cp firmware/agent/index.html firmware/agent/agent.css "$folder/agent/"

for file in "$folder"/client/*.*js "$folder"/agent/*.js; do
  printf '%-40s %6d bytes, %6d compressed\n' "${file##*/}" "$(wc -c <"$file")" "$(gzip -9c "$file" | wc -c)"
done
