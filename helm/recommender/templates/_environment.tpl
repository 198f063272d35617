{{/*
The settings of a service: what the chart decides, with the user's `config` on top. A user's setting that the chart itself decides is refused
in _validations.tpl, so nothing is set twice. Result: one line `RECOMMENDER_Section__Setting: "value"` each.
*/}}
{{- define "recommender.settings" -}}
{{- $root := .root -}}{{- $name := .name -}}{{- $service := .service -}}
{{- $kafka := $root.Values.kafka -}}{{- $redis := $root.Values.redis -}}
{{- $settings := dict
  "Server__Host" "0.0.0.0" "Server__GrpcPort" 5050 "Server__HttpPort" 5080
  "Server__DrainTimeout" (include "recommender.seconds" $service.drainSeconds) "Server__Reflection" false
  "Kafka__BootstrapServers" (tpl $kafka.bootstrapServers $root) "Kafka__Partitions" $kafka.partitions "Kafka__ReplicationFactor" $kafka.replicationFactor
  "Kafka__SecurityProtocol" $kafka.securityProtocol "Kafka__ClientId" (printf "recommender-%s" $name)
  "Redis__Endpoints" (tpl $redis.endpoints $root) "Redis__Ssl" $redis.ssl "Redis__Database" $redis.database -}}
{{- if $root.Values.tls.enabled -}}
{{- $_ := set $settings "Server__ProbePort" 5051 -}}
{{- $_ := set $settings "Server__TlsCertificatePath" "/etc/recommender/tls/tls.crt" -}}
{{- $_ := set $settings "Server__TlsKeyPath" "/etc/recommender/tls/tls.key" -}}
{{- if $root.Values.tls.mutual -}}{{- $_ := set $settings "Server__TlsClientCaPath" "/etc/recommender/tls/ca.crt" -}}{{- end -}}
{{- end -}}
{{- if $root.Values.auth.existingSecret -}}{{- $_ := set $settings "Auth__CallersPath" (printf "/etc/recommender/auth/%s" $root.Values.auth.key) -}}{{- end -}}
{{- with $root.Values.auth.issuer -}}
{{- if .url -}}
{{- $_ := set $settings "Auth__Issuer" .url -}}{{- $_ := set $settings "Auth__Audience" .audience -}}
{{- if .kubernetes -}}
{{- $_ := set $settings "Auth__IssuerCaPath" "/etc/recommender/issuer/ca.crt" -}}{{- $_ := set $settings "Auth__IssuerTokenPath" "/etc/recommender/issuer/token" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- /* The events of Feed go through ingestion's door; behind mTLS serving shows the certificate of its own. */ -}}
{{- if and (eq $name "serving") $root.Values.services.ingestion.enabled -}}
{{- $_ := set $settings "Feed__IngestionAddress" (printf "%s://%s.%s.svc:5050" (ternary "https" "http" $root.Values.tls.enabled) (include "recommender.component" (dict "root" $root "name" "ingestion")) $root.Release.Namespace) -}}
{{- if $root.Values.auth.tokens.existingSecret -}}{{- $_ := set $settings "Feed__TokenPath" (printf "/etc/recommender/tokens/%s" $root.Values.auth.tokens.feedKey) -}}{{- end -}}
{{- end -}}
{{- with $kafka.sasl.mechanism -}}{{- $_ := set $settings "Kafka__SaslMechanism" . -}}{{- end -}}
{{- if $kafka.ca.existingSecret -}}{{- $_ := set $settings "Kafka__SslCaLocation" (printf "/etc/recommender/kafka-ca/%s" $kafka.ca.key) -}}{{- end -}}
{{- if $redis.ca.existingSecret -}}{{- $_ := set $settings "Redis__SslCaLocation" (printf "/etc/recommender/redis-ca/%s" $redis.ca.key) -}}{{- end -}}
{{- $properties := list -}}
{{- if $kafka.clientCertificate.existingSecret -}}
{{- $properties = append $properties (printf "ssl.certificate.location=/etc/recommender/kafka-client/%s" $kafka.clientCertificate.certKey) -}}
{{- $properties = append $properties (printf "ssl.key.location=/etc/recommender/kafka-client/%s" $kafka.clientCertificate.keyKey) -}}
{{- end -}}
{{- range $key, $value := $kafka.settings -}}{{- $properties = append $properties (printf "%s=%v" $key $value) -}}{{- end -}}
{{- if $properties -}}{{- $_ := set $settings "Kafka__Settings" (join ";" $properties) -}}{{- end -}}
{{- if has $name (list "features" "training") -}}{{- $_ := set $settings "Storage__ArchivePath" "/var/lib/recommender/archive" -}}{{- end -}}
{{- if has $name (list "training" "serving") -}}{{- $_ := set $settings "Storage__ModelsPath" "/var/lib/recommender/models" -}}{{- end -}}
{{- with $root.Values.storage.s3 -}}
{{- if and .bucket (ne $name "ingestion") -}}
{{- $_ := set $settings "ObjectStore__Bucket" .bucket -}}{{- $_ := set $settings "ObjectStore__Prefix" .prefix -}}
{{- $_ := set $settings "ObjectStore__Endpoint" (tpl .endpoint $root) -}}{{- $_ := set $settings "ObjectStore__Region" .region -}}{{- $_ := set $settings "ObjectStore__PathStyle" .pathStyle -}}
{{- if eq $name "features" -}}{{- $_ := set $settings "ObjectStore__SpoolMegabytes" .spoolMegabytes -}}{{- end -}}
{{- if .existingSecret -}}
{{- $_ := set $settings "ObjectStore__AccessKeyFile" (printf "/etc/recommender/s3/%s" .accessKeyKey) -}}
{{- $_ := set $settings "ObjectStore__SecretKeyFile" (printf "/etc/recommender/s3/%s" .secretKeyKey) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- /* Pods of a Deployment get new names: none of them may be a static member of the group. */ -}}
{{- if eq $name "features" -}}{{- $_ := set $settings "Kafka__GroupInstanceId" "" -}}{{- end -}}
{{- if eq $name "training" -}}
{{- if eq $root.Values.training.mode "job" -}}
{{- $_ := set $settings "Training__Mode" (default "registry" .mode) -}}
{{- else -}}
{{- $_ := set $settings "Training__Interval" $root.Values.training.interval -}}
{{- end -}}
{{- end -}}
{{- /* On a GPU node the trainer that can use it takes the place of its twin for the CPU, unless the user names trainers. */ -}}
{{- if and (eq $name "training") $root.Values.training.gpu.enabled (or .mode (eq $root.Values.training.mode "service")) -}}
{{- $_ := set $settings "Training__Candidates" "popularity,ials-onnx" -}}
{{- end -}}
{{- range $section, $values := .config -}}{{- range $key, $value := $values -}}
{{- $_ := set $settings (printf "%s__%s" $section $key) $value -}}
{{- end -}}{{- end -}}
{{- range $key := keys $settings | sortAlpha }}
RECOMMENDER_{{ $key }}: {{ include "recommender.scalar" (get $settings $key) | quote }}
{{- end -}}
{{- end -}}

{{/* Numbers as people write them: without exponent, and whole ones without fraction. */}}
{{- define "recommender.scalar" -}}
{{- if kindIs "float64" . -}}{{- if eq . (floor .) -}}{{- printf "%.0f" . -}}{{- else -}}{{- . -}}{{- end -}}{{- else -}}{{- . -}}{{- end -}}
{{- end -}}

{{/* Seconds as hours:minutes:seconds. */}}
{{- define "recommender.seconds" -}}
{{- $s := int . -}}
{{- printf "%02d:%02d:%02d" (div $s 3600) (mod (div $s 60) 60) (mod $s 60) -}}
{{- end -}}

{{/* The settings that the chart decides; `config` may not set them. */}}
{{- define "recommender.ownSettings" -}}
{{- list "Server.Host" "Server.GrpcPort" "Server.HttpPort" "Server.ProbePort" "Server.DrainTimeout" "Server.TlsCertificatePath" "Server.TlsKeyPath" "Server.TlsClientCaPath"
  "Kafka.BootstrapServers" "Kafka.Partitions" "Kafka.ReplicationFactor" "Kafka.SecurityProtocol" "Kafka.SaslMechanism" "Kafka.SaslUsername" "Kafka.SaslPassword"
  "Kafka.SslCaLocation" "Kafka.Settings" "Kafka.GroupInstanceId" "Redis.Endpoints" "Redis.Ssl" "Redis.Database" "Redis.SslCaLocation" "Redis.Password" "Storage.ArchivePath" "Storage.ModelsPath"
  "ObjectStore.Bucket" "ObjectStore.Prefix" "ObjectStore.Endpoint" "ObjectStore.Region" "ObjectStore.PathStyle" "ObjectStore.AccessKeyFile" "ObjectStore.SecretKeyFile" "ObjectStore.SpoolMegabytes"
  "Training.Mode" "Training.Interval" "Auth.CallersPath" "Auth.Issuer" "Auth.Audience" "Feed.IngestionAddress" "Feed.TokenPath" | toJson -}}
{{- end -}}

{{/* Environment variables that do not come from the ConfigMap: secrets by reference, and what telemetry says about the pod. */}}
{{- define "recommender.env" -}}
{{- $values := .root.Values -}}
{{- if $values.kafka.sasl.mechanism }}
- name: RECOMMENDER_Kafka__SaslUsername
  valueFrom:
    secretKeyRef: {name: {{ $values.kafka.sasl.existingSecret }}, key: {{ $values.kafka.sasl.usernameKey }}}
- name: RECOMMENDER_Kafka__SaslPassword
  valueFrom:
    secretKeyRef: {name: {{ $values.kafka.sasl.existingSecret }}, key: {{ $values.kafka.sasl.passwordKey }}}
{{- end }}
{{- if $values.redis.existingSecret }}
- name: RECOMMENDER_Redis__Password
  valueFrom:
    secretKeyRef: {name: {{ $values.redis.existingSecret }}, key: {{ $values.redis.passwordKey }}}
{{- end }}
{{- if and (eq .name "serving") $values.tls.enabled (not $values.tls.mutual) }}
# The authority of the doors' certificates, for the events of Feed; the image's authorities stay.
- name: SSL_CERT_FILE
  value: /etc/recommender/tls/ca.crt
{{- end }}
{{- with $values.telemetry.otlpEndpoint }}
- name: POD_NAME
  valueFrom:
    fieldRef: {fieldPath: metadata.name}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ tpl . $.root | quote }}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: k8s.namespace.name={{ $.root.Release.Namespace }},k8s.pod.name=$(POD_NAME)
{{- end }}
{{- with .service.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The user's settings of a service, as YAML; those of training lie beside its jobs' other values. */}}
{{- define "recommender.config" -}}
{{- $service := include "recommender.service" . | fromYaml -}}
{{- $own := ternary .root.Values.training.config (dict) (eq .name "training") -}}
{{- mergeOverwrite (deepCopy $service.config) (deepCopy $own) | toYaml -}}
{{- end -}}
