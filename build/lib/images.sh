# Images of the services, with docker, podman or buildah. Uses the options of build/images: engine, tag, repository, local_base, images.
# shellcheck shell=bash

# CUDA 13.0.3 with cuDNN, for amd64. Renew tag and digest together.
cuda_base=docker.io/nvidia/cuda:13.0.3-cudnn-runtime-ubuntu24.04@sha256:af851538a2bb05f587f27b660d61de3643d964e75ef5c04f4086ff2b36f2a12a
local_base_name=localhost/recommender-base:local
container_files=$root/build/containers

# What only a machine without image registries needs: the base's files.
base_packages=(libc6 libgcc-s1 libstdc++6 libssl3 zlib1g libzstd1 ca-certificates tzdata base-files)

prepare_images() {
  choose_engine
  version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$root/Directory.Build.props")
  tag=${tag:-$version}
  revision=$(git -C "$root" rev-parse HEAD 2>/dev/null || echo unknown)
  created=$(git -C "$root" log -1 --format=%cI 2>/dev/null || date --iso-8601=seconds)
  if [[ " ${images[*]} " == *" training-gpu "* ]]; then
    [[ -z $local_base ]] || fail "training-gpu needs NVIDIA's base: leave out --local-base."
    export RECOMMENDER_ONNX_CUDA=1
  fi
  mkdir -p "$root/artifacts/images"
  if [[ -n $local_base ]]; then
    prepare_program
    make_local_base
    return
  fi
  lock
  check_feed
  install_debian
  fill_feed
  unlock
}

# A client without its daemon is no engine.
choose_engine() {
  local candidate
  for candidate in ${engine:-docker podman buildah}; do
    case $candidate in
      docker) docker info >/dev/null 2>&1 && engine=docker && return ;;
      podman | buildah) command -v "$candidate" >/dev/null && engine=$candidate && return ;;
      *) fail "There is no engine $candidate; there are docker, podman and buildah." ;;
    esac
  done
  fail "None of ${engine:-docker, podman and buildah} works here. On Debian: apt-get install --no-install-recommends buildah runc."
}

# engine_build ARGUMENT...; RECOMMENDER_ENGINE_OPTIONS are the engine's own, e.g. another --root.
engine_build() {
  local -a options
  read -ra options <<<"${RECOMMENDER_ENGINE_OPTIONS-}"
  case $engine in
    docker) DOCKER_BUILDKIT=1 docker ${options[@]+"${options[@]}"} build "$@" ;;
    podman) podman ${options[@]+"${options[@]}"} build --format docker "$@" ;;
    buildah) buildah ${options[@]+"${options[@]}"} build --format docker "$@" ;;
  esac
}

# build_image NAME
build_image() {
  local name=$1 project assembly work context dockerfile
  local -a arguments
  case $name in
    cli) project=Standalone assembly=recommender ;;
    training-gpu) project=Training assembly=Recommender.Training ;;
    *) project=${name^} assembly=Recommender.${name^} ;;
  esac
  arguments=(--build-arg "PROJECT=$project" --build-arg "ASSEMBLY=$assembly" --build-arg "TITLE=recommender-$name"
    --build-arg "VERSION=$version" --build-arg "REVISION=$revision" --build-arg "CREATED=$created"
    --build-arg "UseGrpcAspNetCore=${UseGrpcAspNetCore-}")
  work=$(mktemp -d)
  context=$root dockerfile=$container_files/Dockerfile
  if [[ -n $local_base ]]; then
    # The tree that the stage "publish" would leave is made here, of what is compiled already; the rest is the same file.
    say "Publishing $name."
    logged "publish-$name" sh "$container_files/publish.sh" "$project" "$assembly" "$work/out" --no-build || fail "$name could not be published: $why."
    {
      printf 'ARG BASE\nFROM scratch AS publish\nCOPY out/ /out/\n'
      sed -n '/^FROM .* AS runtime$/,$p' "$dockerfile"
    } >"$work/Dockerfile"
    context=$work dockerfile=$work/Dockerfile
    arguments+=(--build-arg "BASE=$local_base_name" --network=none)
    [[ $engine == docker ]] || arguments+=(--pull=never)
  elif [[ $name == training-gpu ]]; then
    arguments+=(--build-arg "BASE=$cuda_base" --build-arg "PUBLISH_OPTIONS=--runtime linux-x64 --self-contained" --build-arg KEEP_CUDA=1)
  fi
  say "Building the image $repository-$name:$tag with $engine."
  logged "image-$name" engine_build "${arguments[@]}" --file "$dockerfile" --tag "$repository-$name:$tag" "$context" ||
    fail "The image could not be built: $why."
  copy_sbom "$repository-$name:$tag" "$root/artifacts/images/recommender-$name.cdx.json"
  rm -rf -- "$work"
}

# copy_sbom IMAGE FILE: the list of parts as the image has it.
copy_sbom() {
  local container mounted
  local -a options
  read -ra options <<<"${RECOMMENDER_ENGINE_OPTIONS-}"
  if [[ $engine == buildah ]]; then
    container=$(buildah ${options[@]+"${options[@]}"} from --pull-never "$1")
    mounted=$(buildah ${options[@]+"${options[@]}"} mount "$container")
    cp -- "$mounted/app/sbom.cdx.json" "$2"
    buildah ${options[@]+"${options[@]}"} rm "$container" >/dev/null
  else
    container=$("$engine" ${options[@]+"${options[@]}"} create "$1")
    "$engine" ${options[@]+"${options[@]}"} cp "$container:/app/sbom.cdx.json" "$2"
    "$engine" ${options[@]+"${options[@]}"} rm "$container" >/dev/null
  fi
}

# The base's files from Debian's packages and the .NET runtime of this machine, for user 1654 as in Microsoft's.
make_local_base() {
  local work dotnet
  work=$(mktemp -d)
  dotnet=$(dirname -- "$(realpath -- "$(command -v dotnet)")")
  say "Making a base from Debian packages and this machine's .NET."
  mkdir -p "$work/debs" "$work/tree"/{app,etc/ssl/certs,usr/share/dotnet/shared}
  (cd "$work/debs" && logged_here base-packages apt-get download "${base_packages[@]}") ||
    fail "The base's Debian packages could not be had: the log is $logs/base-packages.txt."
  for package in "$work"/debs/*.deb; do dpkg-deb --extract "$package" "$work/tree"; done
  mkdir -p "$work/tree/tmp"
  chmod 1777 "$work/tree/tmp"
  cat "$work"/tree/usr/share/ca-certificates/mozilla/*.crt >"$work/tree/etc/ssl/certs/ca-certificates.crt"
  echo 'app:x:1654:1654::/:/sbin/nologin' >"$work/tree/etc/passwd"
  echo 'app:x:1654:' >"$work/tree/etc/group"
  rm -rf -- "$work"/tree/usr/share/{doc,man,ca-certificates}
  cp -a -- "$dotnet"/{dotnet,host} "$work/tree/usr/share/dotnet/"
  cp -a -- "$dotnet"/shared/Microsoft.{NETCore,AspNetCore}.App "$work/tree/usr/share/dotnet/shared/"
  printf 'FROM scratch\nCOPY tree/ /\n' >"$work/Dockerfile"
  logged local-base engine_build --network=none --file "$work/Dockerfile" --tag "$local_base_name" "$work" ||
    fail "The base could not be made: $why."
  rm -rf -- "$work"
}

# As logged, in the directory of the caller.
logged_here() {
  local log=$logs/$1.txt
  shift
  mkdir -p "$logs"
  "$@" >"$log" 2>&1
}
