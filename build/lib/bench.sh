# The benchmarks: tests/Benchmarks, a program with one command per suite.
# shellcheck shell=bash

benchmarks=$root/artifacts/bin/Recommender.Tests.Benchmarks/release/Recommender.Tests.Benchmarks.dll

# Sets up and builds the benchmarks, with what need_debian asked for before; next to nothing when all is there.
prepare_benchmarks() {
  lock
  benchmarks_are_ready || check_feed
  install_debian
  fill_feed
  if ! benchmarks_are_ready; then
    say "Building the benchmarks."
    compile tests/Benchmarks benchmarks
  fi
  unlock
}

benchmarks_are_ready() { [[ -e $benchmarks ]] && up_to_date benchmarks "${sources[@]}" "$root/tests/Benchmarks" "$root/tests/Directory.Build.props"; }
