/* builtin_columns.h - the columns that kubectl prints of the built-in resources.
 *
 * As the Tables of the real server have them. A column without a path is computed by
 * its name (table.c). Resources that share all columns share the list.
 */
#ifndef BERTH_APISERVER_BUILTIN_COLUMNS_H
#define BERTH_APISERVER_BUILTIN_COLUMNS_H

#include "test/apiserver/schema/builtin.h"

/* Each ends with a zeroed entry. */
extern const struct builtin_column columns_of_namespaces[];
extern const struct builtin_column columns_of_nodes[];
extern const struct builtin_column columns_of_configmaps[];
extern const struct builtin_column columns_of_secrets[];
extern const struct builtin_column columns_of_serviceaccounts[];
extern const struct builtin_column columns_of_services[];
extern const struct builtin_column columns_of_endpoints[];
extern const struct builtin_column columns_of_pods[];
extern const struct builtin_column columns_of_events[];
extern const struct builtin_column columns_of_limitranges[];
extern const struct builtin_column columns_of_resourcequotas[];
extern const struct builtin_column columns_of_persistentvolumeclaims[];
extern const struct builtin_column columns_of_deployments[];
extern const struct builtin_column columns_of_replicasets[];
extern const struct builtin_column columns_of_statefulsets[];
extern const struct builtin_column columns_of_daemonsets[];
extern const struct builtin_column columns_of_controllerrevisions[];
extern const struct builtin_column columns_of_jobs[];
extern const struct builtin_column columns_of_networkpolicies[];
extern const struct builtin_column columns_of_rolebindings[];
extern const struct builtin_column columns_of_leases[];
extern const struct builtin_column columns_of_customresourcedefinitions[];
extern const struct builtin_column columns_of_validatingadmissionpolicies[];
extern const struct builtin_column columns_of_validatingadmissionpolicybindings[];
extern const struct builtin_column columns_of_apiservices[];

#endif
