# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# One line a test: hawser_test(rules url) is tests/rules/url_test.cpp. The test package.lists fails
# when a file is missing here.

hawser_test(rules chunk_decoder)
hawser_test(rules error)
hawser_test(rules framing)
hawser_test(rules head_parser)
hawser_test(rules headers)
hawser_test(rules url)

hawser_test(wire script_server)
