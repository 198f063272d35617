# shellcheck shell=bash
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
. "$root/build/lib/debian.sh"
. "$root/build/lib/npm.sh"
. "$root/build/lib/feed.sh"
. "$root/build/lib/dotnet.sh"
. "$root/build/lib/program.sh"
. "$root/build/lib/tests.sh"
. "$root/build/lib/bench.sh"
