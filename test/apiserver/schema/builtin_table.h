/* builtin_table.h - the table of built-in types, as text.
 *
 * One type is one line and those after it that begin with a space; a line is one
 * string.
 *
 *     Volume: name! emptyDir:EmptyDirVolumeSource ...
 *     ContainerPort: containerPort!:int hostIP hostPort:int name protocol=TCP
 *
 * A type is its name, `*` when it is owned as one value (x-kubernetes-map-type atomic),
 * `@` when it is a kind (with apiVersion, kind and metadata), a colon and its fields. A
 * field is its name and then, all optional, in this order:
 *
 *     !            required, and not empty
 *     ?            kept when empty (in Go: a pointer, or no `omitempty`); !? both
 *     []           an atomic list; [set] a set; [port,protocol] a map with these keys
 *     {}           a map, {atomic} one that is owned as one value; lists and maps nest:
 *                  extra{}[]
 *     :Type        int, int64, number, bool, bytes, time, microTime, quantity,
 *                  intOrString, any, a type of this group, or of another: meta.Time;
 *                  without it a string
 *     ~strategy    patch strategy where it is not what the list says (map and set:
 *                  merge; else replace): ~replace, ~retainKeys, ~merge(mergeKey), ...
 *     =value       the default, JSON or a bare string; ={} is what Go prints of a
 * struct that is no pointer
 *
 * The facts are those of the OpenAPI documents of Kubernetes 1.37 and of its
 * defaulting.
 */
#ifndef BERTH_APISERVER_BUILTIN_TABLE_H
#define BERTH_APISERVER_BUILTIN_TABLE_H

/* Each ends with NULL. */
extern const char *const builtin_core[];
extern const char *const builtin_core_pod[];
extern const char *const builtin_core_pod_status[];
extern const char *const builtin_core_volume[];
extern const char *const builtin_apps[];
extern const char *const builtin_batch[];
extern const char *const builtin_rbac[];
extern const char *const builtin_authentication[];
extern const char *const builtin_authorization[];
extern const char *const builtin_networking[];
extern const char *const builtin_apiextensions[];
extern const char *const builtin_apiregistration[];
extern const char *const builtin_admissionregistration[];
extern const char *const builtin_meta[];
extern const char *const builtin_events[];
extern const char *const builtin_coordination[];

#endif
