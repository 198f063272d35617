{{/* Contradictions that the schema can't see. Each is a sentence that says what to change. All of them are told at once. */}}
{{- define "recommender.validate" -}}
{{- $problems := list -}}
{{- $values := .Values -}}
{{- if not $values.kafka.bootstrapServers -}}
{{- $problems = append $problems "kafka.bootstrapServers is empty: name the brokers, e.g. --set kafka.bootstrapServers=kafka:9092. The chart brings no Kafka; k8s/ shows how to run one." -}}
{{- end -}}
{{- if not $values.redis.endpoints -}}
{{- $problems = append $problems "redis.endpoints is empty: name the server, e.g. --set redis.endpoints=redis:6379. The chart brings no Redis; k8s/ shows how to run one." -}}
{{- end -}}
{{- if eq (default .Chart.AppVersion $values.image.tag) "latest" -}}
{{- $problems = append $problems "image.tag is latest: name a version, so that a rollback runs what ran before." -}}
{{- end -}}
{{- if $values.image.digests -}}
{{- $images := include "recommender.enabled" . | fromJsonArray -}}
{{- if and (eq $values.training.mode "job") (not $values.training.gpu.enabled) -}}{{- $images = append $images "training" | uniq -}}{{- end -}}
{{- if $values.training.gpu.enabled -}}{{- $images = append $images "training-gpu" -}}{{- end -}}
{{- if $values.test.enabled -}}{{- $images = append $images "cli" -}}{{- end -}}
{{- range $image := $images -}}
{{- if not (hasKey $values.image.digests $image) -}}
{{- $problems = append $problems (printf "image.digests has no %s: name the digest of every image or of none, so that they are of one build." $image) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $values.kafka.sasl.mechanism (not (hasPrefix "sasl" $values.kafka.securityProtocol)) -}}
{{- $problems = append $problems (printf "kafka.sasl.mechanism is set but kafka.securityProtocol is %s: make it sasl_ssl or sasl_plaintext." $values.kafka.securityProtocol) -}}
{{- end -}}
{{- if and (hasPrefix "sasl" $values.kafka.securityProtocol) (not (and $values.kafka.sasl.mechanism $values.kafka.sasl.existingSecret)) -}}
{{- $problems = append $problems (printf "kafka.securityProtocol is %s: set kafka.sasl.mechanism and kafka.sasl.existingSecret." $values.kafka.securityProtocol) -}}
{{- end -}}
{{- if and $values.kafka.clientCertificate.existingSecret (not (hasSuffix "ssl" $values.kafka.securityProtocol)) -}}
{{- $problems = append $problems (printf "kafka.clientCertificate.existingSecret is set but kafka.securityProtocol is %s: make it ssl." $values.kafka.securityProtocol) -}}
{{- end -}}
{{- if and $values.redis.ca.existingSecret (not $values.redis.ssl) -}}
{{- $problems = append $problems "redis.ca.existingSecret is set but redis.ssl is false: enable it, or leave the authority out." -}}
{{- end -}}
{{- if and $values.auth.issuer.url (not $values.auth.existingSecret) -}}
{{- $problems = append $problems "auth.issuer.url is set but auth.existingSecret is not: the file of callers says what the issuer's subjects may do." -}}
{{- end -}}
{{- if and $values.auth.issuer.kubernetes (not $values.auth.issuer.url) -}}
{{- $problems = append $problems "auth.issuer.kubernetes needs auth.issuer.url, the name that the cluster's tokens have as their issuer." -}}
{{- end -}}
{{- $s3 := $values.storage.s3 -}}
{{- if and (not $s3.bucket) (or $s3.endpoint $s3.existingSecret) -}}
{{- $problems = append $problems "storage.s3.endpoint or existingSecret is set but storage.s3.bucket is not: name the bucket, or leave the rest out." -}}
{{- end -}}
{{- if and $s3.bucket (or $values.storage.archive.existingClaim $values.storage.models.existingClaim) -}}
{{- $problems = append $problems "storage.s3.bucket and storage.archive.existingClaim or storage.models.existingClaim exclude each other: archive and models are in a bucket or on volumes." -}}
{{- end -}}
{{- if and $s3.bucket $values.networkPolicy.enabled -}}
{{- $url := urlParse (default "https://s3" (tpl $s3.endpoint .)) -}}
{{- $port := ternary (last (splitList ":" $url.host)) (ternary "80" "443" (eq $url.scheme "http")) (contains ":" $url.host) -}}
{{- $ports := list -}}{{- range $values.networkPolicy.s3.ports -}}{{- $ports = append $ports (int . | toString) -}}{{- end -}}
{{- if not (has $port $ports) -}}
{{- $problems = append $problems (printf "storage.s3.endpoint is reached at port %s, which networkPolicy.s3.ports does not have: add it." $port) -}}
{{- end -}}
{{- end -}}
{{- if and $values.tls.enabled (not (or $values.tls.existingSecret $values.tls.certManager.enabled)) -}}
{{- $problems = append $problems "tls.enabled needs a certificate: set tls.existingSecret, or tls.certManager.enabled with an issuer." -}}
{{- end -}}
{{- if and $values.tls.certManager.enabled (not $values.tls.certManager.issuerRef.name) -}}
{{- $problems = append $problems "tls.certManager.enabled needs tls.certManager.issuerRef.name." -}}
{{- end -}}
{{- if and $values.tls.existingSecret $values.tls.certManager.enabled -}}
{{- $problems = append $problems "tls.existingSecret and tls.certManager.enabled exclude each other: the certificate is either given or made." -}}
{{- end -}}
{{- if and (not $values.tls.enabled) (or $values.tls.mutual $values.tls.existingSecret $values.tls.certManager.enabled) -}}
{{- $problems = append $problems "tls.* is set but tls.enabled is false: enable it, or leave the rest out." -}}
{{- end -}}
{{- if and $values.auth.tokens.existingSecret (not $values.auth.existingSecret) -}}
{{- $problems = append $problems "auth.tokens.existingSecret is set but auth.existingSecret is not: nobody would look at the tokens." -}}
{{- end -}}
{{- if and $values.auth.existingSecret (not $values.auth.tokens.existingSecret) $values.test.enabled -}}
{{- $problems = append $problems "auth.existingSecret closes the doors to helm test as well: set auth.tokens.existingSecret, or test.enabled to false." -}}
{{- end -}}
{{- if and $values.ingress.enabled (not $values.ingress.host) -}}
{{- $problems = append $problems "ingress.enabled needs ingress.host." -}}
{{- end -}}
{{- if and $values.gateway.enabled (not $values.gateway.parentRefs) -}}
{{- $problems = append $problems "gateway.enabled needs gateway.parentRefs." -}}
{{- end -}}
{{- if and (or $values.ingress.enabled $values.gateway.enabled) $values.networkPolicy.enabled (not $values.networkPolicy.routes) -}}
{{- $problems = append $problems "ingress or gateway is enabled but networkPolicy.routes is empty, so its controller could not reach the pods: name where it runs, e.g. [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}]." -}}
{{- end -}}
{{- if and $values.monitoring.rules.enabled (not $values.monitoring.rules.runbookUrl) -}}
{{- $problems = append $problems "monitoring.rules.enabled needs monitoring.rules.runbookUrl, where k8s/runbooks of the repository is published." -}}
{{- end -}}
{{- if and $values.monitoring.podMonitor.enabled $values.monitoring.serviceMonitor.enabled -}}
{{- $problems = append $problems "monitoring.podMonitor and monitoring.serviceMonitor exclude each other: every pod would be scraped twice." -}}
{{- end -}}
{{- if and (eq $values.training.mode "service") (not $values.services.training.enabled) -}}
{{- $problems = append $problems "training.mode is service but services.training.enabled is false: nothing would train." -}}
{{- end -}}
{{- if and (eq $values.training.mode "service") $values.training.job.runNow -}}
{{- $problems = append $problems "training.job.runNow needs training.mode job; in mode service ask the service for a run." -}}
{{- end -}}
{{- if not (include "recommender.enabled" . | fromJsonArray) -}}
{{- $problems = append $problems "no service is enabled." -}}
{{- end -}}
{{- range $name := include "recommender.enabled" . | fromJsonArray -}}
{{- $problems = concat $problems (include "recommender.validateService" (dict "root" $ "name" $name) | fromJsonArray) -}}
{{- end -}}
{{- if $problems -}}
{{- fail (printf "\n\nThe values contradict each other:\n- %s\n" (join "\n- " $problems)) -}}
{{- end -}}
{{- end -}}

{{- define "recommender.validateService" -}}
{{- $problems := list -}}
{{- $name := .name -}}{{- $values := .root.Values -}}
{{- $service := include "recommender.service" . | fromYaml -}}
{{- if and $service.autoscaling.enabled $service.keda.enabled -}}
{{- $problems = append $problems (printf "services.%s: autoscaling and keda exclude each other: two scalers of one Deployment fight." $name) -}}
{{- end -}}
{{- if and $service.keda.enabled (ne $name "features") -}}
{{- $problems = append $problems (printf "services.%s.keda: only features consumes Kafka; scale %s with autoscaling." $name $name) -}}
{{- end -}}
{{- if and $service.autoscaling.enabled (eq $name "training") -}}
{{- $problems = append $problems "services.training.autoscaling: the registry does not need it, and a training runs alone." -}}
{{- end -}}
{{- if and (eq $name "features") $service.keda.enabled (gt (int $service.keda.maxReplicas) (int $values.kafka.partitions)) -}}
{{- $problems = append $problems (printf "services.features.keda.maxReplicas is %d but there are %d partitions: pods beyond them would be idle." (int $service.keda.maxReplicas) (int $values.kafka.partitions)) -}}
{{- end -}}
{{- $most := ternary $service.autoscaling.maxReplicas (ternary 0 $service.replicas $service.keda.enabled) $service.autoscaling.enabled -}}
{{- if and (eq $name "features") (gt (int $most) (int $values.kafka.partitions)) -}}
{{- $problems = append $problems (printf "services.features has up to %d replicas but there are %d partitions: pods beyond them would be idle." (int $most) (int $values.kafka.partitions)) -}}
{{- end -}}
{{- if and $service.autoscaling.enabled (gt (int $service.autoscaling.minReplicas) (int $service.autoscaling.maxReplicas)) -}}
{{- $problems = append $problems (printf "services.%s.autoscaling: minReplicas is above maxReplicas." $name) -}}
{{- end -}}
{{- if and $service.autoscaling.enabled (not (dig "requests" "cpu" "" $service.resources)) -}}
{{- $problems = append $problems (printf "services.%s.autoscaling needs resources.requests.cpu, of which it measures a percentage." $name) -}}
{{- end -}}
{{- if ge (add (int $service.preStopSeconds) (int $service.drainSeconds)) (int $service.terminationGracePeriodSeconds) -}}
{{- $problems = append $problems (printf "services.%s: preStopSeconds and drainSeconds are %d together, so terminationGracePeriodSeconds must be more than that; it is %d." $name (add (int $service.preStopSeconds) (int $service.drainSeconds)) (int $service.terminationGracePeriodSeconds)) -}}
{{- end -}}
{{- if and (eq (int $service.maxUnavailable) 0) (eq (int $service.maxSurge) 0) -}}
{{- $problems = append $problems (printf "services.%s: maxUnavailable and maxSurge are both 0, so no upgrade could ever go on." $name) -}}
{{- end -}}
{{- if not (dig "limits" "memory" "" $service.resources) -}}
{{- $problems = append $problems (printf "services.%s.resources.limits.memory is missing: .NET sizes its heap by it." $name) -}}
{{- end -}}
{{- range $label := list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" -}}
{{- if hasKey $service.podLabels $label -}}
{{- $problems = append $problems (printf "services.%s.podLabels.%s is what selects the pods; leave it out." $name $label) -}}
{{- end -}}
{{- end -}}
{{- $own := include "recommender.ownSettings" . | fromJsonArray -}}
{{- range $section, $settings := include "recommender.config" . | fromYaml -}}{{- range $key, $_ := $settings -}}
{{- if has (printf "%s.%s" $section $key) $own -}}
{{- $problems = append $problems (printf "services.%s.config.%s.%s is decided by the chart; use the chart's own value for it (README.md)." $name $section $key) -}}
{{- end -}}
{{- end -}}{{- end -}}
{{- $problems | toJson -}}
{{- end -}}
