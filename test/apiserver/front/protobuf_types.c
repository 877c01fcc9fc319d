#include "test/apiserver/front/protobuf_types.h"

#include <stdio.h>
#include <string.h>

static const char *const MESSAGES[] = {
    ("ObjectMeta 1=name 2=generateName 3=namespace 4=selfLink 5=uid 6=resourceVersion "
     "7=generation:count 8=creationTimestamp:time 11=labels:map 12=annotations:map "
     "13=ownerReferences:OwnerReference* 14=finalizers:text*"),
    ("OwnerReference 1=kind 3=name 4=uid 5=apiVersion 6=controller:bool "
     "7=blockOwnerDeletion:bool"),
    "LabelSelector 1=matchLabels:map 2=matchExpressions:Requirement*",
    "Requirement 1=key 2=operator 3=values:text*",
    ("DeleteOptions 1=gracePeriodSeconds:int 2=preconditions:Preconditions "
     "3=orphanDependents:bool 4=propagationPolicy 5=dryRun:text*"),
    "Preconditions 1=uid 2=resourceVersion",

    ("SelfSubjectAccessReview 1=metadata:ObjectMeta 2=spec:AccessReviewSpec "
     "3=status:status"),
    "SubjectAccessReview 1=metadata:ObjectMeta 2=spec:AccessReviewSpec 3=status:status",
    ("LocalSubjectAccessReview 1=metadata:ObjectMeta 2=spec:AccessReviewSpec "
     "3=status:status"),
    ("AccessReviewSpec 1=resourceAttributes:ResourceAttributes "
     "2=nonResourceAttributes:NonResourceAttributes 3=user 4=groups:text* 6=uid"),
    ("ResourceAttributes 1=namespace 2=verb 3=group 4=version 5=resource 6=subresource "
     "7=name"),
    "NonResourceAttributes 1=path 2=verb",
    ("SelfSubjectRulesReview 1=metadata:ObjectMeta 2=spec:RulesReviewSpec "
     "3=status:status"),
    "RulesReviewSpec 1=namespace",
    "SelfSubjectReview 1=metadata:ObjectMeta 2=status:status",
    "TokenRequest 1=metadata:ObjectMeta 2=spec:TokenRequestSpec 3=status:status",
    ("TokenRequestSpec 1=audiences:text* 3=boundObjectRef:BoundObjectReference "
     "4=expirationSeconds:int"),
    "BoundObjectReference 1=kind 2=apiVersion 3=name 4=uid",

    "Namespace 1=metadata:ObjectMeta 2=spec:NamespaceSpec 3=status:status",
    "NamespaceSpec 1=finalizers:text*",
    "ConfigMap 1=metadata:ObjectMeta 2=data:map 3=binaryData:bytemap 4=immutable:bool",
    ("Secret 1=metadata:ObjectMeta 2=data:bytemap 3=type 4=stringData:map "
     "5=immutable:bool"),
    ("ServiceAccount 1=metadata:ObjectMeta 2=secrets:ObjectReference* "
     "3=imagePullSecrets:LocalObjectReference* 4=automountServiceAccountToken:bool"),
    ("ObjectReference 1=kind 2=namespace 3=name 4=uid 5=apiVersion 6=resourceVersion "
     "7=fieldPath"),
    "LocalObjectReference 1=name",
    "Service 1=metadata:ObjectMeta 2=spec:ServiceSpec 3=status:status",
    ("ServiceSpec 1=ports:ServicePort* 2=selector:map 3=clusterIP 4=type "
     "5=externalIPs:text* 7=sessionAffinity 8=loadBalancerIP 10=externalName "
     "11=externalTrafficPolicy 12=healthCheckNodePort:count "
     "13=publishNotReadyAddresses:flag 18=clusterIPs:text*"),
    ("ServicePort 1=name 2=protocol 3=port:int 4=targetPort:intstr 5=nodePort:count "
     "6=appProtocol"),

    "Role 1=metadata:ObjectMeta 2=rules:PolicyRule*",
    ("ClusterRole 1=metadata:ObjectMeta 2=rules:PolicyRule* "
     "3=aggregationRule:AggregationRule"),
    "AggregationRule 1=clusterRoleSelectors:LabelSelector*",
    ("PolicyRule 1=verbs:text* 2=apiGroups:text* 3=resources:text* "
     "4=resourceNames:text* 5=nonResourceURLs:text*"),
    "RoleBinding 1=metadata:ObjectMeta 2=subjects:Subject* 3=roleRef:RoleRef",
    "ClusterRoleBinding 1=metadata:ObjectMeta 2=subjects:Subject* 3=roleRef:RoleRef",
    "Subject 1=kind 2=apiGroup 3=name 4=namespace",
    "RoleRef 1=apiGroup 2=kind 3=name",

    "Deployment 1=metadata:ObjectMeta 2=spec:DeploymentSpec 3=status:status",
    ("DeploymentSpec 1=replicas:int 2=selector:LabelSelector 3=template:PodTemplate "
     "4=strategy:DeploymentStrategy 5=minReadySeconds:count 6=revisionHistoryLimit:int "
     "7=paused:flag 9=progressDeadlineSeconds:int"),
    "DeploymentStrategy 1=type",
    "PodTemplate 1=metadata:ObjectMeta 2=spec:PodSpec",
    "Pod 1=metadata:ObjectMeta 2=spec:PodSpec 3=status:status",
    ("PodSpec 2=containers:Container* 3=restartPolicy "
     "4=terminationGracePeriodSeconds:int "
     "5=activeDeadlineSeconds:int 6=dnsPolicy 7=nodeSelector:map 8=serviceAccountName "
     "9=serviceAccount 10=nodeName 11=hostNetwork:flag 12=hostPID:flag 13=hostIPC:flag "
     "16=hostname 17=subdomain 19=schedulerName 21=automountServiceAccountToken:bool "
     "24=priorityClassName"),
    ("Container 1=name 2=image 3=command:text* 4=args:text* 5=workingDir "
     "6=ports:ContainerPort* 7=env:EnvVar* 8=resources:Resources "
     "13=terminationMessagePath 14=imagePullPolicy 16=stdin:flag 17=stdinOnce:flag "
     "18=tty:flag 20=terminationMessagePolicy"),
    "ContainerPort 1=name 2=hostPort:count 3=containerPort:int 4=protocol 5=hostIP",
    "EnvVar 1=name 2=value",
    "Resources ",

};

const char *protobuf_message(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof MESSAGES / sizeof *MESSAGES; i++) {
        if (strncmp(MESSAGES[i], name, len) == 0 && MESSAGES[i][len] == ' ')
            return MESSAGES[i] + len + 1;
    }
    return NULL;
}

int protobuf_find(const char *fields, uint64_t number, struct protobuf_field *field)
{
    char wanted[24];
    snprintf(wanted, sizeof wanted, "%llu=", (unsigned long long)number);
    while (strncmp(fields, wanted, strlen(wanted)) != 0) {
        fields += strcspn(fields, " ");
        if (!*fields)
            return 0;
        fields++;
    }
    const char *name = fields + strlen(wanted);
    size_t name_len = strcspn(name, ": ");
    const char *type = name[name_len] == ':' ? name + name_len + 1 : "text";
    size_t type_len = strcspn(type, " *");
    *field = (struct protobuf_field){.name = name,
                                     .name_len = name_len,
                                     .type = type,
                                     .type_len = type_len,
                                     .list = type[type_len] == '*'};
    return 1;
}
