# Debian packages: asked for one by one, checked in one look, installed in one go.
# shellcheck shell=bash

debian_names=()
declare -A debian_reasons=()

# need_debian REASON PACKAGE...: the reason completes "to ...".
need_debian() {
  local reason=$1 name
  shift
  for name in "$@"; do
    debian_names+=("$name")
    debian_reasons[$name]=$reason
  done
}

# Installs what need_debian named and this machine lacks. RECOMMENDER_SKIP_DEBIAN=1 trusts that all of it is there already.
install_debian() {
  local -a missing=() as_root=()
  [[ ${RECOMMENDER_SKIP_DEBIAN-} != 1 && ${#debian_names[@]} -gt 0 ]] || return 0
  mapfile -t missing < <(missing_debian)
  ((${#missing[@]})) || return 0

  local by_hand="apt-get install --no-install-recommends ${missing[*]}"
  command -v apt-get >/dev/null ||
    fail "Missing: ${missing[*]}. There is no apt-get here: install the like of these by hand, and set RECOMMENDER_SKIP_DEBIAN=1."
  if (($(id -u) != 0)); then
    if sudo -n true 2>/dev/null; then as_root=(sudo -n)
    elif [[ -t 0 ]] && command -v sudo >/dev/null; then as_root=(sudo)
    else fail "Missing Debian packages, and neither root nor sudo here. As root, type: $by_hand"
    fi
  fi

  say_what_for "${missing[@]}"
  logged debian ${as_root[@]+"${as_root[@]}"} sh "$root/build/lib/apt-install.sh" "${missing[@]}" ||
    fail "Debian's packages could not be installed: $why. Try again when that is mended, or as root: $by_hand"
}

# One line for each reason, in the order of first need.
say_what_for() {
  local name reason
  local -A packages=()
  for name in "$@"; do packages[${debian_reasons[$name]}]+=" $name"; done
  for name in "$@"; do
    reason=${debian_reasons[$name]}
    [[ -z ${packages[$reason]-} ]] || say "Installing from Debian, to $reason:${packages[$reason]}."
    packages[$reason]=
  done
}

missing_debian() {
  local name status
  local -A installed=()
  if command -v dpkg-query >/dev/null; then
    while read -r name status; do
      [[ $status == installed ]] && installed[$name]=1
    done < <(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "${debian_names[@]}" 2>/dev/null)
  fi
  for name in "${debian_names[@]}"; do
    [[ -n ${installed[$name]-} ]] || printf '%s\n' "$name"
  done
}
