#!/bin/sh
# Run as root: installs the Debian packages named, without starting the services they bring, now or at the next boot.
set -eu

export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

# One source out of reach need not matter; the installation shows it.
apt-get -qq -o DPkg::Lock::Timeout=300 update || true
apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 --no-install-recommends install "$@"

for package in "$@"; do
  case $package in
    redis-server | prometheus) [ ! -d /run/systemd/system ] || systemctl --quiet disable "$package.service" || true ;;
  esac
done
