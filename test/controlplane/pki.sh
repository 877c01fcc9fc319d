# shellcheck shell=bash
# Certificates and kubeconfigs of one control plane. Sourced by control-plane.sh; works in
# $state, which holds pki/ and *.kubeconfig.

new_key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

make_ca() {
    new_key pki/ca.key
    openssl req -x509 -new -key pki/ca.key -out pki/ca.crt -days 30 -subj "/CN=berth test CA"
    new_key pki/sa.key
    openssl pkey -in pki/sa.key -pubout -out pki/sa.pub
}

# make_cert NAME SUBJECT [SUBJECT_ALT_NAMES]
make_cert() {
    new_key "pki/$1.key"
    openssl req -new -key "pki/$1.key" -subj "$2" |
        openssl x509 -req -CA pki/ca.crt -CAkey pki/ca.key -CAcreateserial -days 30 \
            -out "pki/$1.crt" -extfile <(echo "subjectAltName=${3:-DNS:$1}") 2>/dev/null
}

# print_kubeconfig SERVER USER_AS_YAML
print_kubeconfig() {
    cat <<Y
apiVersion: v1
kind: Config
clusters:
- name: berth-test
  cluster: {server: "$1", certificate-authority-data: $(base64 -w0 pki/ca.crt)}
users:
- name: user
  user: $2
contexts:
- name: berth-test
  context: {cluster: berth-test, user: user}
current-context: berth-test
Y
}

cert_user() { # the user entry of a client certificate
    echo "{client-certificate-data: $(base64 -w0 "pki/$1.crt"), client-key-data: $(base64 -w0 "pki/$1.key")}"
}

make_pki() { # make_pki SERVER
    umask 077
    mkdir -p pki
    make_ca
    make_cert apiserver /CN=kube-apiserver \
        "DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:10.0.0.1"
    make_cert admin /O=system:masters/CN=admin
    make_cert controller-manager /CN=system:kube-controller-manager
    local name
    for name in admin controller-manager; do
        print_kubeconfig "$1" "$(cert_user $name)" >$name.kubeconfig
    done
}
