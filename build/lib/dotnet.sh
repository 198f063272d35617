# Restoring and compiling, quietly, and only when something changed.
# shellcheck shell=bash

require_dotnet() {
  command -v dotnet >/dev/null || fail "The .NET SDK 10 is needed and dotnet is not on the PATH."
  sdk_version=$(cd "$root" && dotnet --version 2>/dev/null) || fail "The .NET SDK 10 is needed; here is only a runtime, or a broken SDK."
  [[ ${sdk_version%%.*} -ge 10 ]] || fail "The .NET SDK 10 or newer is needed; here is $sdk_version."
}

# What the program is built from; the tests have their own beside it.
sources=("$root"/{services,shared,build/packages,Directory.Build.props,Directory.Packages.props,nuget.config,.editorconfig})

# Switches of the build that may stand in the environment, where MSBuild finds them.
build_switches="UseGrpcAspNetCore=${UseGrpcAspNetCore-}"

# up_to_date NAME SOURCE...: was NAME compiled with these switches, and no source changed, added or removed since?
up_to_date() {
  local stamp=$cache/built/$1
  shift
  [[ -e $stamp && $(<"$stamp") == "$build_switches" && -z $(find "$@" -newer "$stamp" -print -quit) ]]
}

# compile PATH NAME...: builds a project or solution for release, and notes each NAME as up to date. Only errors are shown.
compile() {
  local path=$1 name
  shift
  require_dotnet
  mkdir -p "$cache/built" "$logs"
  printf '%s\n' "$build_switches" >"$cache/built/.started"
  start_compiler
  if ! logged build dotnet build "$root/$path" --configuration Release --nologo --verbosity quiet -nodeReuse:false -warnaserror \
    "${compiler_flags[@]}"; then
    stop_compiler
    show_errors "$logs/build.txt"
    # Should a registry have lost a package meanwhile, the next set-up asks it again.
    rm -rf -- "$cache/registry-has"
    fail "The build failed; the errors are above, and all that it said is in $logs/build.txt."
  fi
  stop_compiler
  for name in "$@"; do cp -p -- "$cache/built/.started" "$cache/built/$name"; done
}

# MSBuild says each error twice; without one, the end of what it said must do.
show_errors() {
  if grep -q ': error' "$1"; then grep ': error' "$1" | awk '!seen[$0]++' >&2; else tail -n 15 "$1" >&2; fi
}

# A compiler server more than halves the time of a whole build, but stays for minutes. This one is ours alone, so it can be ended.
start_compiler() {
  compiler_flags=(-p:UseSharedCompilation=false)
  compiler=$(dirname -- "$(realpath -- "$(command -v dotnet)")")/sdk/$sdk_version/Roslyn/bincore/VBCSCompiler
  [[ -x $compiler ]] || return 0
  compiler_pipe=recommender-$$-$RANDOM
  compiler_flags=(-p:UseSharedCompilation=true "-p:SharedCompilationId=$compiler_pipe")
  trap stop_compiler EXIT
}

stop_compiler() {
  [[ -n ${compiler_pipe-} ]] || return 0
  "$compiler" -shutdown "-pipename:$compiler_pipe" >/dev/null 2>&1 || true
  compiler_pipe=
}
