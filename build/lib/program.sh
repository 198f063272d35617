# The program: services/Standalone, whose assembly is recommender.dll.
# shellcheck shell=bash

program=$root/artifacts/bin/Recommender.Standalone/release/recommender.dll

# Sets up and builds the program, with what need_debian asked for before; next to nothing when all is there.
prepare_program() {
  lock
  program_is_ready || check_feed
  install_debian
  fill_feed
  if ! program_is_ready; then
    say "Building Recommender."
    compile services/Standalone program
  fi
  unlock
}

program_is_ready() { [[ -e $program ]] && up_to_date program "${sources[@]}"; }
