{{/* Names. "root" is the chart's context, "name" one of the services. */}}
{{- define "recommender.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 38 | trimSuffix "-" -}}
{{- end -}}

{{- define "recommender.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 38 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 38 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "recommender.component" -}}
{{ include "recommender.fullname" .root }}-{{ .name }}
{{- end -}}

{{- define "recommender.selector" -}}
app.kubernetes.io/name: {{ include "recommender.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .name }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "recommender.labels" -}}
{{ include "recommender.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: recommender
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* metadata: root, name, and optionally fullname, labels and annotations. */}}
{{- define "recommender.metadata" -}}
name: {{ default (include "recommender.component" .) .fullname }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "recommender.labels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (default (dict) .annotations) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* One service's values: the defaults with its own on top, as YAML. */}}
{{- define "recommender.service" -}}
{{- mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy (index .root.Values.services .name)) | toYaml -}}
{{- end -}}

{{/* The services that are deployed, as a JSON list of names. */}}
{{- define "recommender.enabled" -}}
{{- $names := list -}}
{{- range $name := list "ingestion" "features" "training" "serving" -}}
{{- if (index $.Values.services $name).enabled -}}{{- $names = append $names $name -}}{{- end -}}
{{- end -}}
{{- $names | toJson -}}
{{- end -}}

{{- define "recommender.image" -}}
{{- $image := .root.Values.image -}}
{{- with $image.registry }}{{ . | trimSuffix "/" }}/{{ end -}}
{{ $image.repository }}-{{ .name }}{{ with get $image.digests .name }}@{{ . }}{{ else }}:{{ default .root.Chart.AppVersion $image.tag }}{{ end }}
{{- end -}}

{{- define "recommender.serviceAccountName" -}}
{{- $service := include "recommender.service" . | fromYaml -}}
{{- default (ternary (include "recommender.component" .) "default" $service.serviceAccount.create) $service.serviceAccount.name -}}
{{- end -}}

{{/* The gRPC service whose health says that the pod may be called. */}}
{{- define "recommender.readyName" -}}
{{- get (dict "ingestion" "recommender.v1.IngestionService" "features" "recommender.v1.FeatureService" "training" "recommender.v1.TrainingService" "serving" "recommender.v1.RecommendationService") . -}}
{{- end -}}

{{- define "recommender.tlsSecret" -}}
{{- default (printf "%s-tls" (include "recommender.fullname" .)) .Values.tls.existingSecret -}}
{{- end -}}

{{- define "recommender.claim" -}}
{{- default (include "recommender.component" (dict "root" .root "name" .name)) (index .root.Values.storage .name).existingClaim -}}
{{- end -}}

{{- define "recommender.trainingPriorityClass" -}}
{{- $class := .Values.training.priorityClass -}}
{{- default (ternary (printf "%s-training" (include "recommender.fullname" .)) "" $class.create) $class.name -}}
{{- end -}}

{{/* host:port, comma-separated, so that other namespaces find them too: names without a dot are this namespace's. root, servers. */}}
{{- define "recommender.absoluteServers" -}}
{{- $servers := list -}}
{{- range $server := splitList "," .servers -}}
{{- $parts := $server | trim | splitList ":" -}}
{{- $host := first $parts -}}
{{- $host = ternary $host (printf "%s.%s.svc" $host $.root.Release.Namespace) (contains "." $host) -}}
{{- $servers = append $servers (join ":" (concat (list $host) (rest $parts))) -}}
{{- end -}}
{{- join "," $servers -}}
{{- end -}}

{{/* Both Services' DNS names of a service, for certificates. */}}
{{- define "recommender.dnsNames" -}}
{{- range $name := include "recommender.enabled" . | fromJsonArray }}
{{- $full := include "recommender.component" (dict "root" $ "name" $name) }}
{{- range list $full (printf "%s-headless" $full) }}
- {{ . }}
- {{ . }}.{{ $.Release.Namespace }}
- {{ . }}.{{ $.Release.Namespace }}.svc
{{- end }}
{{- end }}
{{- end -}}
