#!/bin/sh
# publish.sh PROJECT ASSEMBLY TO [OPTION...]: publishes services/PROJECT as a tree that is copied onto an image's root: the program as
# /app/start, its list of parts (SBOM) as /app/sbom.cdx.json, and the libraries that a compiled librdkafka takes from the system.
# Run from the top of a checkout, on a machine or while an image is built.
#
# KEEP_CUDA=1 keeps ONNX Runtime's CUDA library where the package has it; it is 230 MB, and of use on a base with CUDA alone.
set -eu
project=$1
assembly=$2
to=$3
shift 3

rm -rf "$to"
mkdir -p "$to/app"
dotnet publish "services/$project" --configuration Release --output "$to/app" --nologo --verbosity quiet -nodeReuse:false "$@"
# Only the entry point's own host stays, under the name that all images share; documentation of code has no reader there.
mv "$to/app/$assembly" "$to/app/start"
find "$to/app" -maxdepth 1 \( -name '*.xml' -o -name '*.staticwebassets.endpoints.json' -o -name '*.pdb' -o -name web.config \) -delete
# Neither have other systems' libraries.
architecture=$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
rm -rf "$to/app/librdkafka"
[ ! -d "$to/app/runtimes" ] || find "$to/app/runtimes" -mindepth 1 -maxdepth 1 ! -name linux ! -name unix ! -name "linux-$architecture" -exec rm -rf {} +
[ "${KEEP_CUDA-}" = 1 ] || find "$to/app" -name 'libonnxruntime_providers_*.so' -delete
dotnet run build/containers/sbom.cs -- "$to/app/$assembly.deps.json" >"$to/app/sbom.cdx.json"

# A minimal base has OpenSSL and the C and C++ libraries, but not these two.
for library in $(find "$to/app" -name librdkafka.so -exec ldd {} \; | sed -n 's/.*=> \(.*\/lib\(z\|zstd\)\.so\.[0-9]*\) .*/\1/p'); do
  folder=$to/usr$(dirname "$library" | sed 's/^\/usr//')
  mkdir -p "$folder"
  cp -L "$library" "$folder/"
done
