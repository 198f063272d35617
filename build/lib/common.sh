# Sourced by every command in build/: where things are, how the commands speak, and one lock per checkout.
# shellcheck shell=bash

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
cache=$root/build/.cache
logs=$cache/log

# The SDK neither reports usage, greets, nor leaves servers behind; it needs a home directory and no ICU library.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=1
if [[ -z ${HOME-} ]]; then
  export HOME=$cache/home
  mkdir -p "$HOME"
fi

# Everything but results goes to standard error, so that a command's own output can be piped.
say() { printf 'build: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

# logged NAME COMMAND...: runs it in the checkout and keeps what it says in build/.cache/log/NAME.txt. After a failure, $why is
# the line of it that tells most.
logged() {
  local log=$logs/$1.txt
  shift
  mkdir -p "$logs"
  (cd "$root" && "$@") >"$log" 2>&1 </dev/null 9>&- && return
  why=$(grep --max-count=1 --extended-regexp '^E: |^npm error code|error:|error [A-Z]+[0-9]+:' -- "$log" || tail -n 1 -- "$log")
  why="${why:-it said nothing} ($log)"
  return 1
}

# Two commands in one checkout must not set up or compile at the same time. Released by unlock, or by the end of the shell:
# what might outlive it is started without the handle (9>&-).
lock() {
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock --nonblock 9 && return
  say "Waiting for another build in this checkout to end."
  flock 9
}
unlock() { exec 9>&-; }
