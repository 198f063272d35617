# The local NuGet feed build/feed: stand-ins for packages that the configured registries lack.
# shellcheck shell=bash
#
# build/packages/ID/recipe.sh says version, revision (raised when the stand-in changes), tools (Debian packages) and duration;
# build/packages/ID/make.sh WORK FEED makes it.

feed=$root/build/feed
lacking=()

# Finds the packages that must be made and asks for the tools that this takes. Cheap when there is nothing to do.
check_feed() {
  local recipe id version revision duration
  local -a tools
  mkdir -p "$feed"
  for recipe in "$root"/build/packages/*/recipe.sh; do
    . "$recipe"
    id=$(basename -- "$(dirname -- "$recipe")")
    if ! package_at_hand "$id" "$version" "$revision" && ! registry_has "$id" "$version"; then
      lacking+=("$id")
      need_debian "compile $id" "${tools[@]}"
    fi
  done
}

# Makes what check_feed found lacking.
fill_feed() {
  local id version revision duration
  local -a tools
  for id in ${lacking[@]+"${lacking[@]}"}; do
    . "$root/build/packages/$id/recipe.sh"
    require_npm
    say "Making the NuGet package $id $version, which the registry lacks, once ($duration)."
    rm -rf -- "$cache/make/$id"
    mkdir -p "$cache/make/$id"
    logged "make-$id" bash "$root/build/packages/$id/make.sh" "$cache/make/$id" "$feed" ||
      fail "The package $id could not be made: $why. Try again when that is mended."
    rm -rf -- "$cache/make/$id"
    printf '%s\n' "$revision" >"$feed/$id.$version.revision"
    # NuGet would go on using an earlier copy of the same version.
    rm -rf -- "$(global_packages)/${id:?}/$version"
  done
  lacking=()
}

global_packages() { printf '%s' "${NUGET_PACKAGES:-$HOME/.nuget/packages}"; }

# Is the package in the feed, known to be in a registry, or in this user's NuGet folder? A stand-in there goes to the feed.
package_at_hand() {
  local id=$1 version=$2 revision=$3
  local file=$feed/$id.$version.nupkg stamp=$feed/$id.$version.revision global
  if [[ -e $file ]]; then
    [[ ! -e $stamp || $(<"$stamp") == "$revision" ]] && return
    rm -f -- "$file" "$stamp"
  fi
  [[ ! -e $cache/registry-has/$id.$version ]] || return 0

  global=$(global_packages)/$id/$version/$id
  [[ -e $global.nuspec && -e $global.$version.nupkg ]] || return 1
  grep -q 'Stand-in' "$global.nuspec" || return 0
  grep -q "Stand-in, revision $revision:" "$global.nuspec" || return 1
  cp -- "$global.$version.nupkg" "$file.part" && mv -- "$file.part" "$file"
  printf '%s\n' "$revision" >"$stamp"
}

# Asks the registries by restoring the one package. A yes is remembered; so is a no, by the package in the feed.
registry_has() {
  local id=$1 version=$2 probe=$cache/probe/$1
  require_dotnet
  say "Asking the NuGet registry for $id $version: without it a stand-in is made."
  rm -rf -- "$probe"
  mkdir -p "$probe"
  cat >"$probe/probe.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageDownload Include="$id" Version="[$version]" /></ItemGroup>
</Project>
PROJECT
  # A folder of its own: what an earlier build left in the user's says nothing about the registry.
  if logged "probe-$id" dotnet restore "$probe/probe.csproj" --packages "$probe/packages" --verbosity quiet \
    -p:ImportDirectoryBuildProps=false -p:ImportDirectoryPackagesProps=false; then
    rm -rf -- "$probe"
    mkdir -p "$cache/registry-has"
    : >"$cache/registry-has/$id.$version"
    return 0
  fi
  grep -qE 'NU110[123]' "$logs/probe-$id.txt" && return 1
  fail "NuGet could not look for $id: $why. Can the NuGet registry be reached? Try again when it can."
}
