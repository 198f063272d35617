#!/usr/bin/env bash
# make.sh WORK FEED: compiles the managed binding of ONNX Runtime, and packs it with the native library for NuGet.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
work=$1
feed=$2
. "$here/recipe.sh"

id=Microsoft.ML.OnnxRuntime.Gpu
binding=com.github.asus4.onnxruntime@0.4.9
binding_sha512=064cf176e499f4891e0cfe90f25cf64c553689eee1492bd2ed921fccca28131a2ad02373267bae19a509ec8b288c182a3b8a2e0f58d76a1f0e63225b08ddbd16
native=onnxruntime-node@$version
native_sha512=5a3895541ef6ae220bcfc1db62fc6f9a32b213f5a6918a127ca63ef9ac68e63011eb4f47420f0cc221bf1e14a1a537097e6980773c71981f8c3124f703e4a23c
cuda=com.github.asus4.onnxruntime.linux-x64-gpu@0.4.9
cuda_sha512=168a4884d13f360fafd97eb9c1573d7253c2042be1bc0e771f1a3653429fe5f19d56c0bb88203e999d0a2d6820710023ed3219ea9362751e000b5d20ef85e8eb

stop() { echo "error: $*" >&2; exit 1; }

case $(uname -m) in
  x86_64) architecture=x64 ;;
  aarch64) architecture=arm64 ;;
  *) stop "There is no recipe for a $(uname -m) machine." ;;
esac
with_cuda=
if [[ $revision == *-cuda ]]; then
  [[ $architecture == x64 ]] || stop "ONNX Runtime's CUDA library is at hand for x86_64 only: unset RECOMMENDER_ONNX_CUDA."
  with_cuda=1
fi

# fetch PACKAGE SHA512 PATH...: takes the named paths out of an npm package, of which nothing is run.
fetch() {
  local name=$1 sha512=$2 archive=${1/@/-}.tgz
  shift 2
  npm pack --ignore-scripts --loglevel=error --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000 "$name"
  echo "$sha512  $archive" | sha512sum --check --status || stop "$archive is not the file that this recipe was written for."
  mkdir -p "${name%@*}"
  tar -xzf "$archive" --strip-components=1 --directory="${name%@*}" "${@/#/package/}"
  rm -f -- "$archive"
}

compile() {
  cp "$here/binding.csproj" .
  dotnet build binding.csproj --configuration Release --output binding --verbosity quiet --nologo -nodeReuse:false \
    "-p:Sources=$work/${binding%@*}/Runtime" "-p:Version=$version" -p:UseSharedCompilation=false \
    -p:ImportDirectoryBuildProps=false -p:ImportDirectoryPackagesProps=false
}

pack() {
  local platform=content/runtimes/linux-$architecture/native
  mkdir -p content/lib/net10.0 "$platform"
  cp binding/Microsoft.ML.OnnxRuntime.dll content/lib/net10.0/
  cp "${native%@*}/bin/napi-v6/linux/$architecture/libonnxruntime.so.1" "$platform/libonnxruntime.so"
  [[ -z $with_cuda ]] || cp "${cuda%@*}"/Plugins/Linux/x64/libonnxruntime_providers_{cuda,shared}.so "$platform/"
  cp "${binding%@*}"/{LICENSE,ThirdPartyNotices.txt} "$here/README.md" content/
  sed -e "s/@version@/$version/" -e "s/@revision@/$revision/" "$here/$id.nuspec" >"$id.nuspec"
  dotnet pack "$id.nuspec" --output out
  mv "out/$id.$version.nupkg" "$feed/"
}

cd "$work"
fetch "$binding" "$binding_sha512" Runtime LICENSE ThirdPartyNotices.txt
fetch "$native" "$native_sha512" "bin/napi-v6/linux/$architecture/libonnxruntime.so.1"
[[ -z $with_cuda ]] || fetch "$cuda" "$cuda_sha512" Plugins/Linux/x64
compile
pack
