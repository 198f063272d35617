{{/* What deployments and training jobs have alike. root, name, service (merged values), mode (training jobs), image, trains. */}}
{{- define "recommender.podSecurity" -}}
runAsNonRoot: true
{{- range $key, $value := .podSecurityContext }}
{{- if not (kindIs "invalid" $value) }}
{{ $key }}: {{ toJson $value }}
{{- end }}
{{- end }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "recommender.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: {drop: [ALL]}
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "recommender.container" -}}
name: {{ .name }}
image: {{ include "recommender.image" (dict "root" .root "name" .image) }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
envFrom:
  - configMapRef: {name: {{ .configMap }}}
  {{- with .service.extraEnvFrom }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with include "recommender.env" . | trim }}
env:
  {{- . | nindent 2 }}
{{- end }}
securityContext:
  {{- include "recommender.containerSecurity" . | nindent 2 }}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
  {{- if .root.Values.tls.enabled }}
  - {name: tls, mountPath: /etc/recommender/tls, readOnly: true}
  {{- end }}
  {{- if .root.Values.auth.existingSecret }}
  - {name: auth, mountPath: /etc/recommender/auth, readOnly: true}
  {{- end }}
  {{- if .root.Values.auth.issuer.kubernetes }}
  - {name: issuer, mountPath: /etc/recommender/issuer, readOnly: true}
  {{- end }}
  {{- if and .root.Values.auth.tokens.existingSecret (eq .name "serving") }}
  - {name: tokens, mountPath: /etc/recommender/tokens, readOnly: true}
  {{- end }}
  {{- if .root.Values.kafka.ca.existingSecret }}
  - {name: kafka-ca, mountPath: /etc/recommender/kafka-ca, readOnly: true}
  {{- end }}
  {{- if .root.Values.redis.ca.existingSecret }}
  - {name: redis-ca, mountPath: /etc/recommender/redis-ca, readOnly: true}
  {{- end }}
  {{- if .root.Values.kafka.clientCertificate.existingSecret }}
  - {name: kafka-client, mountPath: /etc/recommender/kafka-client, readOnly: true}
  {{- end }}
  {{- if has .name (list "features" "training") }}
  {{- /* What trains keeps the columns of the archive's files beside them. With a bucket the folder is the pod's own. */}}
  - {name: archive, mountPath: /var/lib/recommender/archive{{ if and (eq .name "training") (not .trains) (not .root.Values.storage.s3.bucket) }}, readOnly: true{{ end }}}
  {{- end }}
  {{- if has .name (list "training" "serving") }}
  - {name: models, mountPath: /var/lib/recommender/models{{ if and (eq .name "serving") (not .root.Values.storage.s3.bucket) }}, readOnly: true{{ end }}}
  {{- end }}
  {{- if and .root.Values.storage.s3.bucket .root.Values.storage.s3.existingSecret (ne .name "ingestion") }}
  - {name: s3, mountPath: /etc/recommender/s3, readOnly: true}
  {{- end }}
  {{- with .service.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "recommender.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 256Mi}
{{- if .root.Values.tls.enabled }}
- name: tls
  secret: {secretName: {{ include "recommender.tlsSecret" .root }}, defaultMode: 0440}
{{- end }}
{{- with .root.Values.auth.existingSecret }}
- name: auth
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- if .root.Values.auth.issuer.kubernetes }}
- name: issuer
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken: {path: token, expirationSeconds: 3600}
      - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
{{- end }}
{{- if eq .name "serving" }}
{{- with .root.Values.auth.tokens }}
{{- if .existingSecret }}
- name: tokens
  secret:
    secretName: {{ .existingSecret }}
    defaultMode: 0440
    items: [{key: {{ .feedKey }}, path: {{ .feedKey }}}]
{{- end }}
{{- end }}
{{- end }}
{{- with .root.Values.kafka.ca.existingSecret }}
- name: kafka-ca
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- with .root.Values.redis.ca.existingSecret }}
- name: redis-ca
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- with .root.Values.kafka.clientCertificate.existingSecret }}
- name: kafka-client
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- $s3 := .root.Values.storage.s3 }}
{{- if has .name (list "features" "training") }}
- name: archive
  {{- if not $s3.bucket }}
  persistentVolumeClaim: {claimName: {{ include "recommender.claim" (dict "root" .root "name" "archive") }}}
  {{- else if eq .name "features" }}
  emptyDir: {sizeLimit: {{ div (mul (int $s3.spoolMegabytes) 5) 4 }}Mi}
  {{- else }}
  emptyDir: {sizeLimit: {{ $s3.archiveSize }}}
  {{- end }}
{{- end }}
{{- if has .name (list "training" "serving") }}
- name: models
  {{- if $s3.bucket }}
  emptyDir: {sizeLimit: {{ $s3.modelsSize }}}
  {{- else }}
  persistentVolumeClaim: {claimName: {{ include "recommender.claim" (dict "root" .root "name" "models") }}}
  {{- end }}
{{- end }}
{{- if and $s3.bucket $s3.existingSecret (ne .name "ingestion") }}
- name: s3
  secret:
    secretName: {{ $s3.existingSecret }}
    defaultMode: 0440
    items: [{key: {{ $s3.accessKeyKey }}, path: {{ $s3.accessKeyKey }}}, {key: {{ $s3.secretKeyKey }}, path: {{ $s3.secretKeyKey }}}]
{{- end }}
{{- with .service.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* grpc probes against named health services; with TLS they use the plaintext port that offers health alone. */}}
{{- define "recommender.probes" -}}
{{- $port := ternary 5051 5050 .root.Values.tls.enabled -}}
{{- $probes := .service.probes -}}
startupProbe:
  grpc: {port: {{ $port }}, service: liveness}
  {{- toYaml $probes.startup | nindent 2 }}
readinessProbe:
  grpc: {port: {{ $port }}, service: {{ include "recommender.readyName" .name }}}
  {{- toYaml $probes.readiness | nindent 2 }}
livenessProbe:
  grpc: {port: {{ $port }}, service: liveness}
  {{- toYaml $probes.liveness | nindent 2 }}
{{- end -}}

{{- define "recommender.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* One training, as the pod of a Job. */}}
{{- define "recommender.trainingJobSpec" -}}
{{- $training := .Values.training -}}
{{- $service := include "recommender.service" (dict "root" . "name" "training") | fromYaml -}}
{{- $image := ternary "training-gpu" "training" $training.gpu.enabled -}}
{{- $configMap := printf "%s-training-job" (include "recommender.fullname" .) -}}
activeDeadlineSeconds: {{ $training.job.activeDeadlineSeconds }}
backoffLimit: {{ $training.job.backoffLimit }}
podFailurePolicy:
  rules:
    # Wrong settings do not get better by trying again; a pod that had to leave its node has not failed.
    - action: FailJob
      onExitCodes: {containerName: training, operator: In, values: [2]}
    - action: Ignore
      onPodConditions: [{type: DisruptionTarget}]
ttlSecondsAfterFinished: {{ $training.job.ttlSecondsAfterFinished }}
template:
  metadata:
    labels:
      {{- include "recommender.labels" (dict "root" . "name" "training-job") | nindent 6 }}
      {{- with $service.podLabels }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    annotations:
      checksum/config: {{ include (print $.Template.BasePath "/configmap.yaml") . | sha256sum }}
      {{- with $service.podAnnotations }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
  spec:
    restartPolicy: Never
    serviceAccountName: {{ include "recommender.serviceAccountName" (dict "root" . "name" "training") }}
    automountServiceAccountToken: false
    enableServiceLinks: false
    {{- with include "recommender.pullSecrets" . | trim }}
    {{- . | nindent 4 }}
    {{- end }}
    securityContext:
      {{- include "recommender.podSecurity" $service | nindent 6 }}
    {{- with include "recommender.trainingPriorityClass" . }}
    priorityClassName: {{ . }}
    {{- end }}
    {{- if $training.gpu.enabled }}
    {{- with $training.gpu.runtimeClassName }}
    runtimeClassName: {{ . }}
    {{- end }}
    {{- end }}
    terminationGracePeriodSeconds: {{ $service.terminationGracePeriodSeconds }}
    {{- with ternary (merge (dict) $training.gpu.nodeSelector $training.nodeSelector) $training.nodeSelector $training.gpu.enabled }}
    nodeSelector:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with ternary (concat $training.tolerations $training.gpu.tolerations) $training.tolerations $training.gpu.enabled }}
    tolerations:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with $training.affinity }}
    affinity:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with $service.initContainers }}
    initContainers:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    containers:
      - {{ include "recommender.container" (dict "root" . "name" "training" "image" $image "configMap" $configMap "service" $service "trains" true) | nindent 8 | trim }}
        ports:
          - {name: grpc, containerPort: 5050}
          - {name: http, containerPort: 5080}
          {{- if .Values.tls.enabled }}
          - {name: probe, containerPort: 5051}
          {{- end }}
        {{- include "recommender.probes" (dict "root" . "name" "training" "service" $service) | nindent 8 }}
        resources:
          {{- include "recommender.trainingResources" . | nindent 10 }}
    volumes:
      {{- include "recommender.volumes" (dict "root" . "name" "training" "service" $service) | nindent 6 }}
{{- end -}}

{{/* The GPU is asked for in limits alone: the API server makes the request equal. */}}
{{- define "recommender.trainingResources" -}}
{{- $resources := deepCopy .Values.training.resources -}}
{{- if .Values.training.gpu.enabled -}}
{{- $limits := default (dict) $resources.limits -}}
{{- $_ := set $limits .Values.training.gpu.resourceName .Values.training.gpu.count -}}
{{- $_ := set $resources "limits" $limits -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}
