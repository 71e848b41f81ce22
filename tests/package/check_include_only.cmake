# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
cmake_minimum_required(VERSION 3.25)

# Including the headers without using them must generate no code: OBJECT has none of ours. A class
# whose virtual functions become inline only after it would emit the whole library.
execute_process(COMMAND ${NM} -C --defined-only ${OBJECT}
    OUTPUT_VARIABLE symbols RESULT_VARIABLE failed)
if(failed)
    message(FATAL_ERROR "${NM} ${OBJECT}: ${failed}")
endif()
string(REGEX MATCHALL "[^\n]* ([tTwW]|V vtable for) [^\n]*hawser::[^\n]*" code "${symbols}")
if(code)
    list(LENGTH code count)
    list(SUBLIST code 0 10 first)
    string(REPLACE ";" "\n" first "${first}")
    message(FATAL_ERROR "${count} symbols in a file that uses nothing, the first of them:\n${first}")
endif()
