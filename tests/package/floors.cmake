# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# hawser_floor(<out> <header>): the floor of "hawser/x.hpp"; a body has its header's floor.
# 0 values, 1 rules, 2 net, 3 front.
set(HAWSER_VALUES
    address_filter client_options config cookie credentials error event failure fwd headers middleware_options multipart options parameters progress prometheus proxy reasons redirect request request_body request_options socket_options status_error timings tls_options tls_peer transport_options transport_stats url version)
# Public, but decides everything by rules and waits for nothing.
set(HAWSER_RULES cookie_jar)
# Also values, but with Asio's types.
set(HAWSER_NET_VALUES client_trace connection_info dialer resolver tls_session_cache)

function(hawser_floor out header)
    string(REGEX REPLACE "impl/|\\.[hi]pp$" "" name "${header}")
    string(REGEX REPLACE "^hawser/" "" name "${name}")
    if(name MATCHES "^detail/(message|cookies|har|pool|policy)/" OR name IN_LIST HAWSER_RULES)
        set(floor 1)
    elseif(name MATCHES "^detail/(rt|io|conn)/" OR name IN_LIST HAWSER_NET_VALUES)
        set(floor 2)
    elseif(name MATCHES "^detail/[^/]+$" OR name IN_LIST HAWSER_VALUES)
        set(floor 0)
    else()
        set(floor 3)
    endif()
    set(${out} ${floor} PARENT_SCOPE)
endfunction()
