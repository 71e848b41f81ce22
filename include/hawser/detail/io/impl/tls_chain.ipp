// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/tls_chain.hpp>
#include <hawser/detail/io/tls_fault.hpp>
#include <hawser/detail/owned.hpp>
#include <hawser/detail/policy/certificate_name.hpp>

#include <openssl/x509v3.h>

#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL bool is_common_deviation(X509_STORE_CTX* store) noexcept {
    switch (X509_STORE_CTX_get_error(store)) {
        case X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER:
        case X509_V_ERR_MISSING_SUBJECT_KEY_IDENTIFIER:
        case X509_V_ERR_CA_CERT_MISSING_KEY_USAGE:
        case X509_V_ERR_CA_BCONS_NOT_CRITICAL:
            return true;
        case X509_V_ERR_INVALID_CA: {  // without this flag, too, for all but the last one
            const int last = sk_X509_num(X509_STORE_CTX_get0_chain(store)) - 1;
            return X509_STORE_CTX_get_error_depth(store) == last &&
                   X509_check_ca(X509_STORE_CTX_get_current_cert(store)) > 1;
        }
        default:
            return false;
    }
}

using NameConstraintsPtr = Owned<NAME_CONSTRAINTS, OpenSslFree<NAME_CONSTRAINTS_free>>;

// `host` is null if an address is verified, which no wildcard covers.
inline bool excludes(const NAME_CONSTRAINTS& constraints, const char* host) noexcept {
    for (int i = 0; host != nullptr && i < sk_GENERAL_SUBTREE_num(constraints.excludedSubtrees);
         ++i) {
        const GENERAL_NAME* const name =
            sk_GENERAL_SUBTREE_value(constraints.excludedSubtrees, i)->base;
        if (name->type == GEN_DNS && is_in_subtree(host, bytes_of(name->d.dNSName))) {
            return true;
        }
    }
    return false;
}

/// What is wrong about the constraints of a certificate; X509_V_OK if nothing is.
inline int judge_constraints(X509* cert, const char* host) noexcept {
    if (X509_get_ext_by_NID(cert, NID_name_constraints, -1) < 0) {
        return X509_V_OK;
    }
    const NameConstraintsPtr constraints(static_cast<NAME_CONSTRAINTS*>(
        X509_get_ext_d2i(cert, NID_name_constraints, nullptr, nullptr)));
    const bool means_something =
        constraints && (sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees) > 0 ||
                        sk_GENERAL_SUBTREE_num(constraints->excludedSubtrees) > 0);
    if (!means_something || X509_check_ca(cert) == 0) {
        return X509_V_ERR_INVALID_EXTENSION;
    }
    return excludes(*constraints, host) ? X509_V_ERR_EXCLUDED_VIOLATION : X509_V_OK;
}

HAWSER_COLD_DECL bool obeys_constraints(X509_STORE_CTX* store) noexcept {
    const char* const host = X509_VERIFY_PARAM_get0_host(X509_STORE_CTX_get0_param(store), 0);
    const STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(store);
    for (int depth = sk_X509_num(chain) - 1; depth >= 0; --depth) {
        X509* const cert = sk_X509_value(chain, depth);
        if (const int result = judge_constraints(cert, host); result != X509_V_OK) {
            X509_STORE_CTX_set_error(store, result);
            X509_STORE_CTX_set_error_depth(store, depth);
            X509_STORE_CTX_set_current_cert(store, cert);
            return false;
        }
    }
    return true;
}

}  // namespace hawser::inline HAWSER_ABI::detail
