// The kinds that the chart and k8s/ may hold. A kind that is not here fails the tests. Where a package has another type of a kind's name, it is
// named by its interface alone.
export type { IDeployment as Deployment, IStatefulSet as StatefulSet } from "kubernetes-models/apps/v1";
export type { IJob as Job, ICronJob as CronJob } from "kubernetes-models/batch/v1";
export type { IHorizontalPodAutoscaler as HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
export type { IPodDisruptionBudget as PodDisruptionBudget } from "kubernetes-models/policy/v1";
export type { INetworkPolicy as NetworkPolicy, IIngress as Ingress } from "kubernetes-models/networking.k8s.io/v1";
export type { IPriorityClass as PriorityClass } from "kubernetes-models/scheduling.k8s.io/v1";
export type {
  IConfigMap as ConfigMap, ILimitRange as LimitRange, INamespace, IPersistentVolumeClaim as PersistentVolumeClaim, IPod as Pod,
  IResourceQuota as ResourceQuota, ISecret as Secret, IService as Service, IServiceAccount as ServiceAccount,
} from "kubernetes-models/v1";
export type { IScaledObject as ScaledObject, ITriggerAuthentication as TriggerAuthentication } from "@kubernetes-models/keda/keda.sh/v1alpha1";
export type {
  IPodMonitor as PodMonitor, IPrometheusRule as PrometheusRule, IServiceMonitor as ServiceMonitor,
} from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
export type { ICertificate as Certificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1";
export type { IGRPCRoute as GRPCRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1";
