#!/usr/bin/env bash
# Brings a fresh clone to the point where the gateway runs: Debian packages, npm packages, plugin, prompts, bundled service,
# what browsers load.
#
#     provisioning/bootstrap.sh [--with-tests] [--with-bench]
#
# Does only what is missing, and says what and why; silent when nothing is. Nothing is fetched but from apt and npm.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
logs=$root/build/bootstrap
plugin=$root/pipelines/plugin
with_tests=false
with_bench=false
cd "$root"

say() { printf 'bootstrap: %s\n' "$*"; }
die() {
  printf 'bootstrap: %s\n' "$@" >&2
  exit 1
}

# Runs a long step quietly; its output is kept in a file and shown when it fails.
step() {
  local name=$1
  shift
  mkdir -p "$logs"
  if ! "$@" >"$logs/$name.log" 2>&1 </dev/null; then
    tail -n 60 "$logs/$name.log" >&2
    die "step '$name' failed ($*); its whole output is in build/bootstrap/$name.log"
  fi
}

# One at a time: the second one waits and then finds everything done. Read-only trees with nothing to do need no lock.
take_lock() {
  [ -n "${lock_taken:-}" ] && return
  mkdir -p "$logs"
  exec 9>"$logs/lock"
  flock 9
  lock_taken=yes
}

check_node() {
  command -v node >/dev/null || die 'Node.js is missing: install Node 20.18.1 or newer with npm, headers included.'
  # version, ABI, architecture, prefix of the Node that runs here
  read -r node_version node_abi node_arch node_prefix < <(node -p \
    '[process.versions.node, process.versions.modules, process.arch, require("path").dirname(require("path").dirname(require("fs").realpathSync(process.execPath)))].join(" ")')
  [ "$(printf '%s\n' 20.18.1 "$node_version" | sort -V | head -n 1)" = 20.18.1 ] ||
    die "Node.js $node_version is too old: install Node 20.18.1 or newer."
}

# ---- Debian packages -------------------------------------------------------------------------------------------------

wanted_packages() {
  local groups='build|run'
  $with_tests && groups+='|tests'
  $with_bench && groups+='|bench'
  awk -v groups="^($groups)\$" '!/^#/ && $1 ~ groups { print $2 }' provisioning/packages.txt
}

missing_packages() {
  local wanted
  mapfile -t wanted < <(wanted_packages)
  # Patterns from an empty list match nothing: on a bare machine all are missing.
  printf '%s\n' "${wanted[@]}" | grep -vxF -f <(
    dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null | awk '$1 == "installed" { print $2 }'
  ) || true
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

# Package lists may be absent (a fresh image) or older than the mirror: then they are fetched, once.
install_packages() {
  if ! apt-cache show "$@" >/dev/null 2>&1 || ! apt_install "$@"; then
    as_root apt-get update
    apt_install "$@"
  fi
}

# Services of installed packages must not start: the tests run programs of their own on ports of their own.
without_services() {
  local policy=/usr/sbin/policy-rc.d ours=false status=0
  if [ ! -e $policy ]; then
    ours=true
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod 755 $policy
    trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  "$@" || status=$?
  if $ours; then
    as_root rm -f $policy
    trap - EXIT
  fi
  return $status
}

install_debian_packages() {
  command -v dpkg-query >/dev/null ||
    die 'This is not Debian: packages like these are needed, install them by hand:' "$(wanted_packages | paste -sd ' ')"
  local missing
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} = 0 ] && return
  if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
    die "Debian packages are missing, and installing them takes root or sudo without a password: ${missing[*]}" \
      "As root: apt-get update && apt-get install --no-install-recommends ${missing[*]}"
  fi
  take_lock
  say "installing ${#missing[@]} Debian packages:"
  printf '%s\n' "${missing[@]}" | awk 'NR == FNR { want[$1]; next } $2 in want {
    why = $0; sub(/^[^ ]+ +[^ ]+ +/, "", why); printf "  %-34s %s\n", $2, why }' - provisioning/packages.txt
  step apt without_services install_packages "${missing[@]}"
  local service
  for service in mosquitto kamailio janus rtpengine-daemon; do
    [[ " ${missing[*]} " != *" $service "* ]] || step "$service" disable_service "$service"
  done
}

# policy-rc.d kept it from starting now; this keeps it from starting with the machine. Offline (--root): in an image or
# a container nobody would answer.
disable_service() {
  if command -v systemctl >/dev/null; then
    as_root systemctl --root=/ disable "$1.service"
  elif command -v update-rc.d >/dev/null; then
    as_root update-rc.d "$1" disable
  fi
}

# ---- npm packages ----------------------------------------------------------------------------------------------------

install_npm_packages() {
  local stamp=node_modules/.bootstrap key
  key="$(sha256sum <package-lock.json) node $node_version abi $node_abi $node_arch"
  [ "$(cat $stamp 2>/dev/null)" = "$key" ] && return
  take_lock
  [ "$(cat $stamp 2>/dev/null)" = "$key" ] && return
  # Headers of exactly this Node, so that node-gyp has nothing to fetch.
  [ -f "$node_prefix/include/node/node.h" ] ||
    die "The running Node ($node_version) has no headers in $node_prefix/include/node; native packages are built against them." \
      "Use a Node that brings them: the official archive, nvm, NodeSource, or Debian's libnode-dev of the same version."
  say 'installing npm packages (native ones are built from source, a few minutes)'
  step npm env npm_config_build_from_source=true npm_config_nodedir="$node_prefix" \
    npm ci --include=dev --no-audit --no-fund
  printf '%s\n' "$key" >$stamp
}

# ---- builds ----------------------------------------------------------------------------------------------------------

# Whether anything among the sources (folders too: a removed file changes its folder) is newer than the stamp.
outdated() {
  local stamp=$1
  shift
  [ ! -e "$stamp" ] || [ -n "$(find "$@" -newer "$stamp" -print -quit)" ]
}

build_plugin() {
  local kind=$1 stamp=$plugin/build/$1/.bootstrap
  shift
  # A tree that was moved or copied elsewhere is configured anew: meson writes absolute paths.
  if ! grep -qsF "regenerate $plugin " "$plugin/build/$kind/build.ninja"; then
    take_lock
    rm -rf "$plugin/build/$kind"
    step "plugin-$kind-setup" meson setup "$plugin/build/$kind" "$plugin" "$@"
  fi
  outdated "$stamp" "$plugin" -path "$plugin/build" -prune -o \( -type f -o -type d \) ! -path "$plugin" || return 0
  take_lock
  say "building the plugin ($kind)"
  touch "$logs/started"
  step "plugin-$kind" ninja -C "$plugin/build/$kind"
  touch -r "$logs/started" "$stamp"
  # Loads it once: shows that it does, and GStreamer's registry is ready when the worker starts.
  if [ "$kind" = release ]; then
    step plugin-load env GST_PLUGIN_PATH="$plugin/build/release" \
      GST_REGISTRY="$plugin/build/release/gstreamer-registry.bin" gst-inspect-1.0 interconnect
  fi
}

# What the box says to callers: a WAV file of each line of pipelines/prompts/<locale>.tsv.
speak_prompts() {
  local folder
  for table in pipelines/prompts/*.tsv; do
    while IFS=$'\t' read -r name text; do
      case $name in '' | '#'*) continue ;; esac
      folder=build/prompts.next/$(basename "$table" .tsv)
      mkdir -p "$folder"
      espeak-ng -v "$(basename "$table" .tsv)" -s 150 -w "$folder/$name.wav" -- "$text"
    done <"$table"
  done
}

make_prompts() {
  local stamp=build/prompts/.bootstrap
  outdated $stamp pipelines/prompts || return 0
  take_lock
  say 'speaking the prompts'
  mkdir -p "$logs"
  touch "$logs/started"
  rm -rf build/prompts.next
  step prompts speak_prompts
  touch -r "$logs/started" build/prompts.next/.bootstrap
  rm -rf build/prompts
  mv build/prompts.next build/prompts
}

bundle_service() {
  local stamp=dist/.bootstrap
  outdated $stamp firmware pipelines provisioning package-lock.json -path pipelines/plugin -prune -o \
    \( -name '*.ts' -o -name package-lock.json -o -type d \) || return 0
  take_lock
  say 'bundling the service'
  mkdir -p "$logs"
  touch "$logs/started"
  # Beside the old one, so that a gateway that starts meanwhile finds either, never half of one.
  trap 'rm -rf dist.next' EXIT
  rm -rf dist.next
  step service node --import tsx provisioning/bundling/bundle-service.ts dist.next
  touch -r "$logs/started" dist.next/.bootstrap
  rm -rf dist
  mv dist.next dist
}

# The browser SDK and the page that uses it. Their sizes are worth a look: pages wait for them.
bundle_client() {
  local stamp=build/browser/.bootstrap
  outdated $stamp firmware/client firmware/agent provisioning/bundle-client.sh package-lock.json || return 0
  take_lock
  say 'bundling the browser SDK'
  touch "$logs/started"
  rm -rf build/browser.next
  step bundle provisioning/bundle-client.sh build/browser.next
  sed 's/^/  /' "$logs/bundle.log"
  touch -r "$logs/started" build/browser.next/.bootstrap
  rm -rf build/browser
  mv build/browser.next build/browser
}

for argument in "$@"; do
  case $argument in
    --with-tests) with_tests=true ;;
    --with-bench) with_bench=true ;;
    *) die "unknown argument '$argument'; usage: provisioning/bootstrap.sh [--with-tests] [--with-bench]" ;;
  esac
done

check_node
install_debian_packages
install_npm_packages
build_plugin release --buildtype=release
$with_tests && build_plugin asan --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false
make_prompts
bundle_service
bundle_client
[ -z "${lock_taken:-}" ] || say 'ready'
