{{/*
Names that have changed, and names that other charts use for the same thing. The schema lets them through so that they fail here, with a
sentence and a pointer to UPGRADING.md. A changed name is removed with the major version after.
*/}}
{{- define "recommender.deprecations" -}}
{{- $moved := dict
  "kafka.brokers" "kafka.bootstrapServers"
  "redis.host" "redis.endpoints"
  "redis.url" "redis.endpoints"
  "replicaCount" "defaults.replicas or services.<name>.replicas"
  "serviceMonitor" "monitoring.serviceMonitor"
  "training.cron" "training.schedule" -}}
{{- $problems := list -}}
{{- range $old := keys $moved | sortAlpha -}}
{{- $found := $.Values -}}
{{- range $part := splitList "." $old -}}
{{- $found = ternary (get $found $part) "" (and (kindIs "map" $found) (hasKey $found $part)) -}}
{{- end -}}
{{- if not (kindIs "invalid" $found) -}}{{- if ne (toString $found) "" -}}{{- $problems = append $problems (printf "%s is called %s." $old (get $moved $old)) -}}{{- end -}}{{- end -}}
{{- end -}}
{{- if $problems -}}
{{- fail (printf "\n\nThese values have other names here; see UPGRADING.md of the chart:\n- %s\n" (join "\n- " $problems)) -}}
{{- end -}}
{{- end -}}
