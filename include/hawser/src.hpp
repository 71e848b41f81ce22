// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// All function bodies, for programs that define HAWSER_SEPARATE_COMPILATION; exactly one file
// includes this.

#if !defined(HAWSER_SEPARATE_COMPILATION)
#error "<hawser/src.hpp> needs HAWSER_SEPARATE_COMPILATION, defined in every file of the program"
#endif

#include <hawser/detail/conn/impl/blocking_reads.ipp>
#include <hawser/detail/conn/impl/body_delivery.ipp>
#include <hawser/detail/conn/impl/body_end.ipp>
#include <hawser/detail/conn/impl/body_origin.ipp>
#include <hawser/detail/conn/impl/body_pump.ipp>
#include <hawser/detail/conn/impl/body_reads.ipp>
#include <hawser/detail/conn/impl/conn_body.ipp>
#include <hawser/detail/conn/impl/decoded_body.ipp>
#include <hawser/detail/conn/impl/exchange.ipp>
#include <hawser/detail/conn/impl/exchange_trace.ipp>
#include <hawser/detail/conn/impl/failure_notes.ipp>
#include <hawser/detail/conn/impl/incoming.ipp>
#include <hawser/detail/conn/impl/outgoing.ipp>
#include <hawser/detail/conn/impl/persist_conn.ipp>
#include <hawser/detail/conn/impl/persist_conn_exchange.ipp>
#include <hawser/detail/conn/impl/tunnel.ipp>
#include <hawser/detail/conn/impl/unread_body.ipp>
#include <hawser/detail/conn/impl/wire.ipp>
#include <hawser/detail/cookies/impl/cookie_date.ipp>
#include <hawser/detail/cookies/impl/cookie_file.ipp>
#include <hawser/detail/cookies/impl/cookie_rules.ipp>
#include <hawser/detail/cookies/impl/cookie_store.ipp>
#include <hawser/detail/cookies/impl/netscape_format.ipp>
#include <hawser/detail/cookies/impl/public_suffix.ipp>
#include <hawser/detail/cookies/impl/set_cookie.ipp>
#include <hawser/detail/io/impl/digest_hash.ipp>
#include <hawser/detail/io/impl/name_lookup.ipp>
#include <hawser/detail/io/impl/net_dialer.ipp>
#include <hawser/detail/io/impl/tcp_stream.ipp>
#include <hawser/detail/io/impl/tls_context.ipp>
#include <hawser/detail/io/impl/tls_fault.ipp>
#include <hawser/detail/io/impl/tls_files.ipp>
#include <hawser/detail/io/impl/tls_stream.ipp>
#include <hawser/detail/message/impl/body_decoder.ipp>
#include <hawser/detail/message/impl/body_parser.ipp>
#include <hawser/detail/message/impl/challenge.ipp>
#include <hawser/detail/message/impl/chunk_decoder.ipp>
#include <hawser/detail/message/impl/content_decoder.ipp>
#include <hawser/detail/message/impl/field_line.ipp>
#include <hawser/detail/message/impl/field_names.ipp>
#include <hawser/detail/message/impl/framing.ipp>
#include <hawser/detail/message/impl/head_lines.ipp>
#include <hawser/detail/message/impl/event_parser.ipp>
#include <hawser/detail/message/impl/head_parser.ipp>
#include <hawser/detail/message/impl/outgoing_request.ipp>
#include <hawser/detail/message/impl/request_refusal.ipp>
#include <hawser/detail/message/impl/line_splitter.ipp>
#include <hawser/detail/message/impl/request_writer.ipp>
#include <hawser/detail/message/impl/response_reader.ipp>
#include <hawser/detail/message/impl/status_line.ipp>
#include <hawser/detail/policy/impl/authorization.ipp>
#include <hawser/detail/policy/impl/digest_auth.ipp>
#include <hawser/detail/policy/impl/digest_sessions.ipp>
#include <hawser/detail/policy/impl/netrc.ipp>
#include <hawser/detail/policy/impl/redirect.ipp>
#include <hawser/detail/pool/impl/conn_pool.ipp>
#include <hawser/detail/rt/impl/blocking_loop.ipp>
#include <hawser/detail/rt/impl/caller_run_loop.ipp>
#include <hawser/detail/rt/impl/composed_operation.ipp>
#include <hawser/detail/rt/impl/context_threads.ipp>
#include <hawser/detail/rt/impl/deadlines.ipp>
#include <hawser/detail/rt/impl/trace_queue.ipp>
#include <hawser/detail/transport/impl/middleware_trip.ipp>
#include <hawser/detail/transport/impl/round_trip.ipp>
#include <hawser/detail/transport/impl/shared_pool.ipp>
#include <hawser/detail/transport/impl/transport_core.ipp>
#include <hawser/detail/transport/impl/transport_core_shutdown.ipp>
#include <hawser/detail/transport/impl/transport_dials.ipp>
#include <hawser/detail/transport/impl/transport_service.ipp>
#include <hawser/detail/transport/impl/transport_timers.ipp>
#include <hawser/hawser.hpp>
#include <hawser/impl/client.ipp>
#include <hawser/impl/cookie_jar.ipp>
#include <hawser/impl/credentials.ipp>
#include <hawser/impl/error.ipp>
#include <hawser/impl/failure.ipp>
#include <hawser/impl/headers.ipp>
#include <hawser/impl/multipart.ipp>
#include <hawser/impl/parameters.ipp>
#include <hawser/impl/request.ipp>
#include <hawser/impl/request_body.ipp>
#include <hawser/impl/response_body.ipp>
#include <hawser/impl/round_tripper.ipp>
#include <hawser/impl/transport.ipp>
#include <hawser/impl/upgraded_stream.ipp>
#include <hawser/impl/url.ipp>
