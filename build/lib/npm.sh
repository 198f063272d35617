# npm packages that tools and tests use, pinned by build/npm/NAME/package-lock.json and installed under build/.cache/npm/NAME.
# shellcheck shell=bash

# npm_at NAME: the folder that holds node_modules.
npm_at() { printf '%s' "$cache/npm/$1"; }

# ensure_npm NAME REASON FILE...: the reason completes "to ..."; the files must be there afterwards, below node_modules.
ensure_npm() {
  local name=$1 reason=$2 from=$root/build/npm/$1 to stamp file
  shift 2
  to=$(npm_at "$name")
  stamp=$to/installed.json
  cmp --silent -- "$from/package-lock.json" "$stamp" && return

  require_npm
  say "Installing from npm, to $reason: $name."
  mkdir -p "$to"
  rm -f "$stamp"
  cp -- "$from/package.json" "$from/package-lock.json" "$to/"
  logged "npm-$name" npm ci --prefix "$to" "${npm_options[@]}" ||
    fail "npm could not install $name: $why. Can the npm registry be reached? Try again when it can."
  for file in "$@"; do
    [[ -e $to/node_modules/$file ]] || fail "npm could not get $file: can the npm registry be reached? Try again when it can."
  done
  cp -- "$from/package-lock.json" "$stamp"
}

# No package's own scripts are run, what packages would like to have beside them is not fetched, and a registry that is away is given up
# on after seconds.
npm_options=(--ignore-scripts --legacy-peer-deps --no-audit --no-fund --loglevel=error --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000)

require_npm() {
  command -v npm >/dev/null || fail "Node.js with npm is needed and npm is not on the PATH. Install Node.js 20 or newer."
}
