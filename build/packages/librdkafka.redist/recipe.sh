# shellcheck shell=bash
version=2.15.1
revision=1
tools=(gcc make libc6-dev python3-minimal libssl-dev zlib1g-dev libzstd-dev)
duration="half a minute"
