# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# One line a test: hawser_test(rules url) is tests/rules/url_test.cpp. The test package.lists fails
# when a file is missing here.

hawser_test(rules chunk_decoder)
hawser_test(rules conn_pool)
hawser_test(rules conn_pool_model)
hawser_test(rules error)
hawser_test(rules framing)
hawser_test(rules head_parser)
hawser_test(rules headers)
hawser_test(rules policy)
hawser_test(rules deadline_queue)
hawser_test(rules request_sender)
hawser_test(rules request_body)
hawser_test(rules response_reader)
hawser_test(rules url)

hawser_test(wire cancel)
hawser_test(wire body)
hawser_test(wire http)
hawser_test(wire lifetime)
hawser_test(wire completion)
hawser_test(wire script_server)
hawser_test(wire tls)
hawser_test(wire tls_cut)
hawser_test(wire tls_http)
hawser_test(wire tls_rude)
