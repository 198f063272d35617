#!/usr/bin/env bash
# make.sh WORK FEED: compiles librdkafka from the sources that its npm package carries, and packs the library for NuGet.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
work=$1
feed=$2
. "$here/recipe.sh"

# This version of the npm package carries the librdkafka that recipe.sh names.
archive=confluentinc-kafka-javascript-1.10.1.tgz
sha512=29578f5019f6d44a8254ff667f1cc4b8cdd26091c7105ed7fa2882d9ee374108034b211a92c2279821a8a13df0e6af9c340764482acaef58f42027eaa12a992f

stop() { echo "error: $*" >&2; exit 1; }

case $(uname -m) in
  x86_64) platform=linux-x64 ;;
  aarch64) platform=linux-arm64 ;;
  *) stop "There is no recipe for a $(uname -m) machine." ;;
esac

fetch() {
  npm pack --loglevel=error --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000 @confluentinc/kafka-javascript@1.10.1
  echo "$sha512  $archive" | sha512sum --check --status || stop "$archive is not the file that this recipe was written for."
  tar -xzf "$archive" package/deps/librdkafka
}

# In a folder of its own, for librdkafka's configure cannot do with a space in its path.
# Debian's own compiler and python, whatever else is on the PATH: they belong to the libraries. configure wants to hear of a
# C++ compiler, though only C is compiled. LZ4 and snappy are in the sources.
compile() (
  PATH=/usr/bin:/bin
  sources=$(mktemp -d /tmp/recommender-librdkafka.XXXXXX)
  trap 'rm -rf "$sources"' EXIT
  cp -R package/deps/librdkafka/. "$sources"
  cd "$sources"
  CXX=gcc ./configure --disable-gssapi --disable-curl --disable-lz4-ext --enable-ssl --enable-zstd --disable-debug-symbols ||
    stop "librdkafka's configure failed."
  grep -q '^#define WITH_ZLIB 1' config.h || stop "zlib was not found."
  make --jobs="$(nproc)" --directory=src librdkafka.so.1
  strip --strip-unneeded -o "$work/librdkafka.so" src/librdkafka.so.1
)

pack() {
  local native=content/runtimes/$platform/native
  mkdir -p "$native"
  cp librdkafka.so "$native/"
  cp package/deps/librdkafka/LICENSES.txt "$here/README.md" content/
  sed -e "s/@version@/$version/" -e "s/@revision@/$revision/" "$here/librdkafka.redist.nuspec" >librdkafka.redist.nuspec
  dotnet pack librdkafka.redist.nuspec --output out
  mv "out/librdkafka.redist.$version.nupkg" "$feed/"
}

cd "$work"
fetch
compile
pack
